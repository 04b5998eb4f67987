/* scribe.c: the gate stores callbacks, the scribe digests them, takes statements, settles their lines, concludes from absence and seals
 * (gate.c, heard_store.c, statement_store.c, settle_store.c, absence_store.c, scribe_seal.c). */
#include "ledger/recon/statement.h"
#include "tests/sim/sim.h"

/* ---- callbacks -------------------------------------------------------------------------------------------------------------- */

/* The row is committed before the 200; the same id again is answered and changes nothing. */
enum result gate_callback(struct world *w, const struct wire *c)
{
	struct rows *r = &w->rows;
	for (int i = 0; i < r->words; i++)
		if (r->inbox[i].bank == c->bank && r->inbox[i].id == c->callback)
			return OK;
	if (r->words == INBOX)
		return OK;
	tx_begin(w);
	r->inbox[r->words++] = (struct word){
		.bank = c->bank, .payout = c->id[0], .event = c->said[0], .id = c->callback};
	return tx_commit(w);
}

static bool digest(struct world *w)
{
	struct rows *r = &w->rows;
	if (r->digested >= r->words)
		return false;
	tx_begin(w);
	for (int n = 1 + (int)below(w, 4); n > 0 && r->digested < r->words; n--) {
		const struct word *m = &r->inbox[r->digested++];
		if (r->payout[m->payout].there) /* else it waits in quarantine, and a person is told */
			rows_learn(w, m->payout, (enum payout_event)m->event, NOBODY);
	}
	(void)tx_commit(w);
	return true;
}

/* ---- statements --------------------------------------------------------------------------------------------------------------- */

static void line_add(struct world *w, int bank, int entry, struct booked_line *page, int *n)
{
	struct rows *r = &w->rows;
	if (r->lines == LINES || *n == BOOK)
		longjmp(w->end, 2);
	int id = w->bank[bank].book[entry].id;
	int64_t amount = w->bank[bank].book[entry].amount;
	bool debit = w->bank[bank].book[entry].debit;
	r->line[r->lines++] = (struct line){.bank = (uint8_t)bank,
		.debit = debit,
		.id = (int8_t)id,
		.amount = amount,
		.amount_fits = id != NOBODY && amount == amount_of(id),
		.account_fits = w->bank[bank].book[entry].account_fits,
		.says_returned = !debit,
		.entry = (int16_t)entry,
		.statement = r->statements};
	page[*n] = (struct booked_line){.line = *n + 1, .debit = debit, .amount = vnd(amount)};
	++*n;
}

/* All pages are one here: statement.c judges whether they make a whole. */
static bool is_whole(
	const struct rows *r, int bank, int32_t day, int64_t closing, const struct booked_line *page, int n)
{
	static const struct hash text;
	struct statement_sums s = {0};
	struct statement_head head = {.pages = 1,
		.line_count = n,
		.sequence = day,
		.opening = vnd(r->closing[bank]),
		.closing = vnd(closing)};
	struct vnd gap;
	struct why why = {0};
	return statement_take(&s, &head, page, (size_t)n, &text, &why) && statement_whole(&s) &&
	       statement_gap(&s, &gap) && vnd_is_zero(gap);
}

static int64_t balance_at_end_of(const struct bank *b, int32_t day)
{
	int64_t balance = b->balance;
	for (int i = 0; i < b->booked; i++)
		if (b->book[i].posted > day)
			balance += b->book[i].debit ? b->book[i].amount : -b->book[i].amount;
	return balance;
}

static bool take_statement(struct world *w)
{
	static struct booked_line page[BOOK];
	struct rows *r = &w->rows;
	int bank = (int)below(w, (uint32_t)w->banks), n = 0;
	struct bank *b = &w->bank[bank];
	int32_t day = r->next_day[bank];
	if (day >= today(w) || b->withheld_until > today(w))
		return false;
	if (fault(w, F_STATEMENT_LATE, 12)) {
		b->withheld_until = today(w) + 1 + (int32_t)below(w, 6);
		return false;
	}
	if (r->statements == STATEMENTS)
		longjmp(w->end, 2);
	tx_begin(w);
	uint8_t *gap = &b->gap[(day - w->first_day) % DAYS];
	if (*gap == 0)
		*gap = fault(w, F_STATEMENT_GAP, 30) ? (uint8_t)(2 + below(w, 3)) : 1;
	int gap_at = *gap - 2;
	int16_t first = r->lines;
	for (int i = 0, k = 0; i < b->booked; i++)
		if (b->book[i].posted == day && k++ != gap_at)
			line_add(w, bank, i, page, &n);
	int64_t closing = balance_at_end_of(b, day);
	bool whole = is_whole(r, bank, day, closing, page, n);
	r->statement[r->statements] = (struct statement){.bank = (uint8_t)bank,
		.day = day,
		.first = first,
		.n = (int16_t)n,
		.whole = whole,
		.chained = true};
	r->closing[bank] = closing;
	r->next_day[bank]++;
	if (!whole) {
		if (r->breaks == BREAKS)
			longjmp(w->end, 2);
		r->brk[r->breaks++] = (struct brk){.kind = BREAK_CONTRADICTION,
			.bank = (uint8_t)bank,
			.payout = NOBODY,
			.line = NOBODY,
			.entry = NOBODY,
			.statement = r->statements};
	}
	r->statements++;
	tell(w, NOBODY, "statement of bank %d, day %d: %d lines%s", bank, (int)day, n,
		whole ? "" : ", does not add up");
	(void)tx_commit(w);
	return true;
}

/* ---- settlement ----------------------------------------------------------------------------------------------------------------- */

/* What the recovered books have in suspense waits again, under the break that came back. */
static bool joined(struct rows *r, const struct line *l, int at)
{
	bool found = false;
	for (int i = 0; i < r->breaks; i++)
		if (r->brk[i].bank == l->bank && r->brk[i].entry == l->entry) {
			r->brk[i].line = (int16_t)at;
			found = true;
		}
	return found;
}

static void settle_line(struct world *w, int at)
{
	struct rows *r = &w->rows;
	struct line *l = &r->line[at];
	bool is_payout = l->id != NOBODY && r->payout[l->id].there && r->payout[l->id].bank == l->bank;
	const struct line_facts facts = {.debit = l->debit,
		.amount = vnd(l->amount),
		.has_id = l->id != NOBODY,
		.is_payout = is_payout,
		.amount_fits = l->amount_fits,
		.account = l->account_fits ? FIT_YES : FIT_NO,
		.says_returned = l->says_returned,
		.bank = "",
		.text = ""};
	struct pairing pair = pair_line(&facts, NULL, 0);
	bool waits = r->waited[l->bank][l->entry] && joined(r, l, at);
	if (!waits && pair.kind == PAIR_PAYOUT && rows_learn(w, l->id, pair.event, at))
		return;
	l->suspense = true;
	r->sums.bank += l->debit ? l->amount : -l->amount;
	r->sums.suspense -= l->debit ? l->amount : -l->amount;
	if (!waits && pair.kind == PAIR_SUSPENSE)
		rows_break(w, l->debit ? BREAK_ROGUE_DEBIT : BREAK_RETURN_UNKNOWN, NOBODY, at, l->bank);
}

static bool settle(struct world *w)
{
	struct rows *r = &w->rows;
	if (r->settled >= r->lines)
		return false;
	tx_begin(w);
	for (int n = 1 + (int)below(w, 6); n > 0 && r->settled < r->lines; n--)
		settle_line(w, r->settled++);
	(void)tx_commit(w);
	return true;
}

/* ---- absence: the conditions of absence_payouts (sql/queries/recon.sql) ----------------------------------------------------------- */

struct absence {
	int32_t upto; /* what was paid by then is on the statements up to this one */
	const struct statement *s;
};

static bool is_unexplained(const struct rows *r, const struct line *l, int at)
{
	for (int i = 0; l->suspense && l->debit && i < r->breaks; i++)
		if (r->brk[i].line == at && break_is_open(&r->brk[i]))
			return true;
	return false;
}

static bool all_good(const struct rows *r, int bank, int32_t from, int32_t to)
{
	for (int i = 0; i < r->statements; i++) {
		const struct statement *s = &r->statement[i];
		if (s->bank == bank && s->day >= from && s->day <= to && !(s->whole && s->chained))
			return false;
	}
	return true;
}

static void judge_absence(struct world *w, const struct absence *a, int id)
{
	struct rows *r = &w->rows;
	const struct payout *p = &r->payout[id];
	bool same_amount = false;
	if (!p->there || p->bank != a->s->bank || !payout_state_in_flight((enum payout_state)p->state))
		return;
	bool over = day_of_instant_vn(p->valid_until).n <= a->upto &&
		    all_good(r, p->bank, p->not_before, a->s->day);
	bool credited = p->state == PAYOUT_CREDITED && p->credited_day <= a->upto;
	for (int i = 0; i < r->lines; i++) {
		if (r->line[i].bank != p->bank || !is_unexplained(r, &r->line[i], i))
			continue;
		if (r->line[i].id == id)
			return;
		same_amount |= (r->line[i].id == NOBODY || !r->payout[r->line[i].id].there) &&
			       r->line[i].amount == p->amount &&
			       r->statement[r->line[i].statement].day >= p->not_before;
	}
	if (over && !same_amount)
		rows_learn(w, id, EVENT_ABSENT, NOBODY);
	else if (over || credited)
		rows_break(w, over ? BREAK_OVERDUE : BREAK_LOST_LINE, id, NOBODY, p->bank);
}

static bool conclude(struct world *w)
{
	struct rows *r = &w->rows;
	if (r->judged >= r->statements)
		return false;
	struct absence a = {.s = &r->statement[r->judged], .upto = 0};
	if (a.s->first + a.s->n > r->settled)
		return false;
	int lag = w->bank[a.s->bank].profile.posting_lag_days;
	for (int i = r->judged; i >= 0; i--)
		if (r->statement[i].bank == a.s->bank && lag-- == 0)
			a.upto = r->statement[i].day;
	tx_begin(w);
	for (int i = 0; i < PAYOUTS && a.upto; i++)
		judge_absence(w, &a, i);
	r->judged++;
	(void)tx_commit(w);
	return true;
}

/* ---- seal: a checkpoint, and what its leaves say is for ever ------------------------------------------------------------------------ */

static void archive_breaks(struct archive *a, const struct rows *r)
{
	for (int i = 0; i < r->breaks; i++) {
		const struct brk *b = &r->brk[i];
		int k = 0;
		if (b->statement != NOBODY)
			continue;
		while (k < a->breaks && !(a->brk[k].kind == b->kind && a->brk[k].payout == b->payout &&
						a->brk[k].bank == b->bank && a->brk[k].entry == b->entry))
			k++;
		if (k == BREAKS)
			continue;
		a->brk[k] = *b;
		a->brk[k].line = NOBODY;
		if (b->entry != NOBODY)
			a->waited[b->bank][b->entry] = true;
		if (k == a->breaks)
			a->breaks++;
	}
}

static bool seal(struct world *w)
{
	struct archive *a = &w->archive;
	struct rows *r = &w->rows;
	if (w->doubt || w->sealed == w->commits || !one_in(w, 3))
		return false;
	tx_begin(w);
	r->seals++;
	if (tx_commit(w) != OK)
		return true;
	a->seals = r->seals;
	w->sealed = w->commits;
	for (int i = 0; i < PAYOUTS; i++) {
		const struct payout *p = &r->payout[i];
		enum payout_state s = (enum payout_state)p->state;
		if (!p->there)
			continue;
		a->there[i] = true;
		a->sent[i] |= payout_state_in_flight(s) || (payout_state_ended(s) && s != PAYOUT_CANCELLED);
		if (s == PAYOUT_REJECTED || s == PAYOUT_NOT_PAID)
			a->unpaid[i] = (uint8_t)s;
	}
	for (int i = 0; i < r->dispatches; i++)
		if (r->dispatch[i].epoch > a->epoch[i])
			a->epoch[i] = r->dispatch[i].epoch;
	archive_breaks(a, r);
	return true;
}

bool scribe_step(struct world *w)
{
	static bool (*const steps[])(struct world * w) = {
		digest, digest, take_statement, settle, conclude, seal};
	uint32_t first = below(w, COUNT_OF(steps));
	for (uint32_t i = 0; i < COUNT_OF(steps); i++)
		if (steps[(first + i) % COUNT_OF(steps)](w))
			return true;
	return false;
}
