/* store.c: the simulated PostgreSQL: the rows that matter, transactions that are one after the other, and what a commit may come to. */
#include "tests/sim/sim.h"

/* ---- transactions -------------------------------------------------------------------------------------------------------- */

void tx_begin(struct world *w)
{
	bug_if(w->open);
	w->open = true;
	w->undo = w->rows;
}

void tx_rollback(struct world *w)
{
	bug_if(!w->open);
	w->rows = w->undo;
	w->open = false;
}

/* Images from which a failover or a restore goes on: some of the past, at random, the newest last. */
static void keep_image(struct world *w)
{
	if (!one_in(w, 12))
		return;
	if (w->images == IMAGES) {
		uint32_t gone = below(w, IMAGES);
		for (uint32_t i = gone; i + 1 < IMAGES; i++)
			w->image[i] = w->image[i + 1];
		w->images--;
	}
	w->image[w->images++] = w->rows;
}

static void remember(struct world *w)
{
	const struct rows *r = &w->rows;
	for (int i = 0; i < PAYOUTS; i++)
		if (r->payout[i].there && r->payout[i].state == PAYOUT_SENT)
			w->truth[i].intent = true;
	for (int i = 0; i < r->dispatches; i++)
		if (r->dispatch[i].epoch > w->epoch_ever[i])
			w->epoch_ever[i] = r->dispatch[i].epoch;
}

enum result tx_commit(struct world *w)
{
	bug_if(!w->open);
	oracle_rows(w);
	if (fault(w, F_COMMIT_REFUSED, 60)) {
		tx_rollback(w);
		return RETRY;
	}
	if (fault(w, F_COMMIT_VANISHED, 90)) {
		tx_rollback(w);
		return UNSURE;
	}
	w->open = false;
	w->commits++;
	remember(w);
	keep_image(w);
	return fault(w, F_COMMIT_UNSURE, 60) ? UNSURE : OK;
}

/* ---- moves ------------------------------------------------------------------------------------------------------------------ */

static void book(struct world *w, const struct payout *p, enum payout_state from, enum payout_state to)
{
	struct sums *s = &w->rows.sums;
	if (payout_state_in_flight(to) && !payout_state_in_flight(from)) {
		s->payable -= p->amount;
		s->in_flight += p->amount;
	} else if (to == PAYOUT_REJECTED || to == PAYOUT_NOT_PAID) {
		s->in_flight -= p->amount;
		s->payable += p->amount;
	} else if (to == PAYOUT_SETTLED && payout_state_in_flight(from)) {
		s->in_flight -= p->amount;
		s->bank += p->amount;
	} else if (to == PAYOUT_SETTLED) { /* a late debit that waited in suspense */
		s->payable -= p->amount;
		s->suspense += p->amount;
	} else if (to == PAYOUT_RETURNED) {
		s->bank -= p->amount;
		s->unclaimed += p->amount;
	}
}

void rows_move(struct world *w, int payout, enum payout_state to)
{
	struct payout *p = &w->rows.payout[payout];
	enum payout_state from = (enum payout_state)p->state;
	if (!p->there || !payout_move_legal(from, to))
		broken(w, payout, "moves from %s to %s", payout_state_name(from), payout_state_name(to));
	book(w, p, from, to);
	p->state = (uint8_t)to;
	if (to == PAYOUT_CREDITED)
		p->credited_day = today(w);
	met.moves[from][to]++;
	tell(w, payout, "%s -> %s", payout_state_name(from), payout_state_name(to));
}

bool rows_learn(struct world *w, int payout, enum payout_event event, int line)
{
	struct payout *p = &w->rows.payout[payout];
	enum payout_state from = (enum payout_state)p->state;
	struct profile profile = {.honours_valid_until = w->bank[p->bank].profile.honours_valid_until};
	struct decision d = payout_step(from, event, &profile);
	met.cells[event][from]++;
	if (d.to != from)
		rows_move(w, payout, d.to);
	if (d.opens != BREAK_NONE)
		rows_break(w, d.opens, payout, line, p->bank);
	return d.to != from;
}

/* ---- breaks ------------------------------------------------------------------------------------------------------------------- */

bool break_is_open(const struct brk *b)
{
	return b->outcome == OPEN;
}

/* One that is there already stays as it is; what is said after two officers resolved it is new. */
void rows_break(struct world *w, enum payout_break kind, int payout, int line, int bank)
{
	struct rows *r = &w->rows;
	for (int i = 0; i < r->breaks; i++)
		if (r->brk[i].kind == kind && r->brk[i].payout == payout && r->brk[i].line == line &&
			r->brk[i].bank == bank && r->brk[i].statement == NOBODY &&
			(line != NOBODY || r->brk[i].entry == NOBODY) &&
			(line != NOBODY || break_is_open(&r->brk[i])))
			return;
	if (r->breaks == BREAKS)
		longjmp(w->end, 2);
	r->brk[r->breaks++] = (struct brk){.kind = (uint8_t)kind,
		.payout = (int8_t)payout,
		.line = (int16_t)line,
		.statement = NOBODY,
		.entry = line == NOBODY ? NOBODY : r->line[line].entry,
		.bank = (uint8_t)bank};
	met.breaks[kind]++;
	tell(w, payout, "break %s", payout_break_name(kind));
}

/* payout.in_question */
bool rows_in_question(const struct world *w, int claim, int issue)
{
	const struct rows *r = &w->rows;
	for (int k = 0; k < issue; k++) {
		int p = claim * ISSUES + k;
		if (!r->payout[p].there)
			continue;
		if (!payout_proven_unpaid((enum payout_state)r->payout[p].state))
			return true;
		for (int i = 0; i < r->breaks; i++)
			if (r->brk[i].payout == p && r->brk[i].kind != BREAK_LOST_LINE &&
				r->brk[i].kind != BREAK_OVERDUE &&
				(break_is_open(&r->brk[i]) || r->brk[i].outcome == RECOVERY))
				return true;
	}
	return false;
}

/* ---- dispatches ------------------------------------------------------------------------------------------------------------- */

int rows_dispatch_new(struct world *w, int bank, uint32_t members)
{
	struct rows *r = &w->rows;
	if (r->dispatches == DISPATCHES)
		longjmp(w->end, 2);
	r->dispatch[r->dispatches] = (struct dispatch){
		.state = DISPATCH_READY, .bank = (uint8_t)bank, .members = members};
	return r->dispatches++;
}

bool rows_dispatch_doubt(const struct world *w, int dispatch)
{
	for (int i = 0; i < PAYOUTS; i++) {
		const struct payout *p = &w->rows.payout[i];
		if (p->there && p->dispatch == dispatch &&
			(p->state == PAYOUT_SENT || p->state == PAYOUT_UNKNOWN ||
				p->state == PAYOUT_ACCEPTED))
			return true;
	}
	return false;
}

bool rows_heard_since(const struct world *w, int64_t *since)
{
	bool any = false;
	for (int t = 0; t < w->tellers; t++) {
		if (w->rows.history[t] == w->history)
			continue;
		if (!any || w->rows.looked[t] < *since)
			*since = w->rows.looked[t];
		any = true;
	}
	return any;
}

bool rows_paused(const struct world *w, int bank)
{
	return w->rows.paused_all || w->rows.paused[bank];
}
