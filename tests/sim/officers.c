/* officers.c: what people do: batches, a further payout of a claim, holds, cancellations, pauses, and breaks that two of them resolve,
 * under PostgreSQL's guards (payout.guard_lines, guard_cause, recon.guard_resolution). */
#include "tests/sim/sim.h"

/* ---- batches ------------------------------------------------------------------------------------------------------------------ */

/* Law 4: a further payout only when the one before is proven unpaid and nothing speaks against it. NOBODY: none may be made. */
static int next_payout(const struct world *w, int claim)
{
	const struct payout *of = &w->rows.payout[claim * ISSUES];
	int issue = 0;
	while (issue < ISSUES && of[issue].there)
		issue++;
	if (issue == ISSUES)
		return NOBODY;
	if (issue > 0 && (!payout_proven_unpaid((enum payout_state)of[issue - 1].state) ||
				 rows_in_question(w, claim, issue)))
		return NOBODY;
	return claim * ISSUES + issue;
}

static void approve(struct world *w, int id, int32_t not_before, int64_t valid_until)
{
	struct payout *p = &w->rows.payout[id];
	struct sums *s = &w->rows.sums;
	*p = (struct payout){.there = true,
		.state = PAYOUT_READY,
		.bank = w->channel[id],
		.dispatch = NOBODY,
		.not_before = not_before,
		.valid_until = valid_until,
		.amount = amount_of(id)};
	if (id % ISSUES == 0)
		s->benefit -= p->amount;
	else if (p[-1].state == PAYOUT_RETURNED)
		s->unclaimed -= p->amount;
	else
		return;
	s->payable += p->amount;
}

static bool release(struct world *w)
{
	int bank = (int)below(w, (uint32_t)w->banks), n = 0, most = 1 + (int)below(w, 4);
	uint32_t members = 0;
	for (int c = 0; c < w->claims; c++)
		n += next_payout(w, c) != NOBODY;
	if (n == 0)
		return false;
	n = 0;
	tx_begin(w);
	int32_t from = today(w) + (one_in(w, 4) ? 1 : 0);
	int64_t until = instant_of_day_vn(
				(struct day){.n = from + 1 + (int32_t)below(w, one_in(w, 2) ? 2 : 6)}) -
			SECOND;
	for (int c = 0; c < w->claims && n < most; c++) {
		int id = next_payout(w, c);
		if (id == NOBODY || w->channel[id] != bank || (w->calm && id % ISSUES > 0))
			continue;
		if (w->archive.manifest[id] && w->archive.manifest[id] != until) { /* manifest_differs */
			tx_rollback(w);
			w->doubt = true;
			return true;
		}
		approve(w, id, from, until);
		tell(w, id, "released, valid until day %d", (int)day_of_instant_vn(until).n);
		members |= 1U << id;
		n++;
	}
	if (n == 0) {
		tx_rollback(w);
		return false;
	}
	(void)rows_dispatch_new(w, bank, members);
	(void)tx_commit(w);
	for (int i = 0; i < PAYOUTS; i++)
		if (members >> i & 1 && w->rows.payout[i].there)
			w->archive.manifest[i] = until;
	return true;
}

/* ---- holds -------------------------------------------------------------------------------------------------------------------- */

static bool stop(struct world *w, int id)
{
	struct payout *p = &w->rows.payout[id];
	int64_t since;
	if (p->state != PAYOUT_READY && p->state != PAYOUT_HELD)
		return false;
	if (w->calm && p->state == PAYOUT_READY)
		return false;
	tx_begin(w);
	if (p->state == PAYOUT_READY && one_in(w, 2)) {
		p->held = HELD_BY_OFFICER;
		p->let_go = 0;
		rows_move(w, id, PAYOUT_HELD);
	} else if (p->state == PAYOUT_HELD && one_in(w, 2)) {
		if (++p->let_go == 2) {
			met.let_go++;
			rows_move(w, id, PAYOUT_READY);
			(void)rows_dispatch_new(w, p->bank, 1U << id);
		}
	} else if ((p->held == HELD_SENT_BEFORE && p->state == PAYOUT_HELD) || rows_heard_since(w, &since)) {
		tx_rollback(w); /* may_have_left, journal_not_compared */
		return false;
	} else {
		rows_move(w, id, PAYOUT_CANCELLED);
	}
	(void)tx_commit(w);
	return true;
}

static bool pause_or_resume(struct world *w)
{
	struct rows *r = &w->rows;
	int bank = (int)below(w, (uint32_t)w->banks + 1);
	uint8_t *what = bank == w->banks ? &r->paused_all : &r->paused[bank];
	if (!*what && (w->calm || !fault(w, F_PAUSED, 3)))
		return false;
	tx_begin(w);
	*what = !*what;
	(void)tx_commit(w);
	return true;
}

/* ---- breaks -------------------------------------------------------------------------------------------------------------------- */

/* recon.waits_for: the complete statement of its last valid day and the lag was judged. */
static bool last_word_is_in(const struct world *w, const struct payout *p)
{
	const struct rows *r = &w->rows;
	int lag = w->bank[p->bank].profile.posting_lag_days;
	int32_t last = day_of_instant_vn(p->valid_until).n;
	for (int i = 0; i < r->judged; i++) {
		const struct statement *s = &r->statement[i];
		if (s->bank != p->bank || s->day < p->not_before)
			continue;
		if (!s->whole || !s->chained)
			return false;
		if (s->day >= last && lag-- == 0)
			return true;
	}
	return false;
}

enum claim_is { CLAIM_OWED, CLAIM_PAID, CLAIM_LIVE };
static enum claim_is claim_without(const struct world *w, int id)
{
	enum claim_is is = CLAIM_OWED;
	for (int k = 0; k < ISSUES; k++) {
		const struct payout *o = &w->rows.payout[id / ISSUES * ISSUES + k];
		if (!o->there || k == id % ISSUES)
			continue;
		if (o->state == PAYOUT_SETTLED)
			return CLAIM_PAID;
		if (!payout_proven_unpaid((enum payout_state)o->state))
			is = CLAIM_LIVE;
	}
	return is;
}

static bool resolve_debit(struct world *w, struct brk *b, const struct payout *p)
{
	const struct line *l = &w->rows.line[b->line];
	bool settled = p->state == PAYOUT_SETTLED;
	bool unpaid = b->kind == BREAK_ROGUE_DEBIT
			      ? p->state == PAYOUT_CANCELLED
			      : b->kind == BREAK_CONTRADICTION &&
					(p->state == PAYOUT_REJECTED || p->state == PAYOUT_NOT_PAID);
	enum claim_is claim = settled ? CLAIM_PAID : claim_without(w, b->payout);
	if (!l->debit || !payout_state_ended((enum payout_state)p->state) || claim == CLAIM_LIVE ||
		(claim == CLAIM_OWED && (!unpaid || !l->amount_fits || !l->account_fits)))
		return false;
	tx_begin(w);
	b->outcome = claim == CLAIM_OWED ? PAID_AFTER_ALL : RECOVERY;
	if (claim == CLAIM_OWED) {
		rows_move(w, b->payout, PAYOUT_SETTLED);
	}
	met.paid_after_all += claim == CLAIM_OWED;
	met.recovery += claim != CLAIM_OWED;
	(void)tx_commit(w);
	return true;
}

static bool resolve(struct world *w)
{
	struct rows *r = &w->rows;
	int first = (int)below(w, BREAKS);
	for (int k = 0; k < r->breaks; k++) {
		struct brk *b = &r->brk[(first + k) % r->breaks];
		if (!break_is_open(b) || b->payout == NOBODY)
			continue;
		const struct payout *p = &r->payout[b->payout];
		if (b->line != NOBODY) {
			if (resolve_debit(w, b, p))
				return true;
			continue;
		}
		if (b->entry != NOBODY || b->kind != BREAK_CONTRADICTION || !last_word_is_in(w, p) ||
			!payout_state_ended((enum payout_state)p->state))
			continue;
		tx_begin(w);
		b->outcome = NOTED;
		met.noted++;
		tell(w, b->payout, "two officers resolve a contradiction");
		(void)tx_commit(w);
		return true;
	}
	return false;
}

bool officer_step(struct world *w)
{
	if (w->doubt)
		return false;
	switch (below(w, 6)) {
	case 0:
	case 1: return release(w);
	case 2: return stop(w, (int)below(w, (uint32_t)w->claims * ISSUES));
	case 3: return pause_or_resume(w);
	default: return resolve(w);
	}
}
