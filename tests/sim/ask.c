/* ask.c: what is in doubt is asked about; what a dead teller left is in doubt; who lives renews its leases (teller_ask.c). */
#include "tests/sim/sim.h"

enum { DUE = 3 };

struct asking {
	int8_t due[DUE];
	int n;
	bool any[DUE], worse[DUE];
};

static bool in_doubt(const struct world *w, int id, int d)
{
	const struct payout *p = &w->rows.payout[id];
	return w->rows.dispatch[d].members >> id & 1 && p->there &&
	       (p->dispatch == NOBODY || p->dispatch == d) &&
	       (p->state == PAYOUT_SENT || p->state == PAYOUT_UNKNOWN || p->state == PAYOUT_ACCEPTED);
}

static bool is_due(const struct world *w, const struct dispatch *row, int bank)
{
	return row->state == DISPATCH_SENT && !row->owner && row->bank == bank && row->ask_after <= w->now;
}

/* The next time is put off at once; if this teller dies, another one asks then. */
static struct asking find_due(struct world *w, int bank)
{
	struct asking a = {.n = 0};
	for (int d = 0; d < w->rows.dispatches && a.n < DUE; d++) {
		struct dispatch *row = &w->rows.dispatch[d];
		if (!is_due(w, row, bank))
			continue;
		row->ask_after = w->now + enquiry_wait_ms(row->asked) * 1000;
		row->asked++;
		for (int i = 0; i < PAYOUTS; i++)
			if (in_doubt(w, i, d)) {
				a.any[a.n] = true;
				a.worse[a.n] |= w->rows.payout[i].state != PAYOUT_ACCEPTED;
			}
		a.due[a.n++] = (int8_t)d;
	}
	return a;
}

static void ask_for(const struct world *w, struct parcel *p, int d, bool worse)
{
	const struct dispatch *row = &w->rows.dispatch[d];
	int64_t since;
	struct profile believed = attempt_believed(&w->bank[p->bank].profile, w->our_days[p->bank]);
	for (int i = 0; i < PAYOUTS && p->n < ITEMS; i++) {
		if (!in_doubt(w, i, d) ||
			!enquiry_wants((enum payout_state)w->rows.payout[i].state, worse, row->asked))
			continue;
		const struct attempt_facts facts = {.believed = believed,
			.asked = row->asked,
			.first_sent = day_of_instant_vn(
				rows_heard_since(w, &since) && since < row->sent_at ? since : row->sent_at),
			.today = {.n = today(w)},
			.valid_until_us = w->rows.payout[i].valid_until,
			.now_us = w->now};
		p->of_dispatch[p->n] = (int8_t)d;
		p->of_epoch[p->n] = row->epoch;
		p->may_again[p->n] = attempt_may_again(&facts);
		p->id[p->n++] = (uint8_t)i;
	}
}

static bool any_due(const struct world *w, int bank)
{
	for (int d = 0; d < w->rows.dispatches; d++)
		if (is_due(w, &w->rows.dispatch[d], bank))
			return true;
	return false;
}

static bool ask(struct world *w, int t, int bank)
{
	struct teller *me = &w->teller[t];
	if (me->asking[bank] || me->draining || !any_due(w, bank))
		return false;
	struct parcel *p = parcel_new(me);
	if (!p)
		return false;
	p->used = false;
	tx_begin(w);
	struct asking a = find_due(w, bank);
	p->call = ENQUIRY;
	p->bank = (uint8_t)bank;
	for (int k = 0; k < a.n; k++) {
		struct dispatch *row = &w->rows.dispatch[a.due[k]];
		if (!a.any[k])
			row->state = DISPATCH_ENDED;
		else if (!a.worse[k])
			row->ask_after = w->now + enquiry_wait_taken_ms(row->asked) * 1000;
		if (a.any[k])
			ask_for(w, p, a.due[k], a.worse[k]);
	}
	if (tx_commit(w) != OK || p->n == 0)
		return true;
	parcel_cut(w, p);
	p->used = true;
	me->asking[bank] = true;
	return true;
}

bool ask_step(struct world *w, int t)
{
	int bank = (int)below(w, (uint32_t)w->banks);
	return teller_holds(w, t, bank) && ask(w, t, bank);
}

/* ---- what the dead left --------------------------------------------------------------------------------------------------------- */

bool takeover_step(struct world *w, int t)
{
	const struct teller *me = &w->teller[t];
	int d = 0;
	for (; d < w->rows.dispatches; d++) {
		const struct dispatch *row = &w->rows.dispatch[d];
		if (row->state == DISPATCH_SENT && row->owner &&
			(row->lease_until < w->now ||
				(row->owner != me->owner && row->owner >> 24 == me->owner >> 24)))
			break;
	}
	if (d == w->rows.dispatches)
		return false;
	tx_begin(w);
	struct dispatch *row = &w->rows.dispatch[d];
	row->epoch++;
	row->owner = 0;
	row->ask_after = w->now;
	met.takeovers++;
	for (int i = 0; i < PAYOUTS; i++) {
		const struct payout *p = &w->rows.payout[i];
		if (row->members >> i & 1 && p->there && p->state == PAYOUT_SENT &&
			(p->dispatch == NOBODY || p->dispatch == d))
			rows_learn(w, i, EVENT_TAKEN_OVER, NOBODY);
	}
	(void)tx_commit(w);
	return true;
}

bool lease_step(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	if (w->now < me->leases_at)
		return false;
	me->leases_at = w->now + LEASE / 3;
	int mine[PARCELS], n = 0;
	for (int k = 0; k < PARCELS; k++) {
		const struct parcel *p = &me->parcel[k];
		if (!p->used || p->call != TRANSFER || k == me->busy || p->dispatch >= w->rows.dispatches)
			continue;
		const struct dispatch *row = &w->rows.dispatch[p->dispatch];
		if (row->owner == me->owner && row->state == DISPATCH_SENT)
			mine[n++] = p->dispatch;
	}
	if (n == 0)
		return false;
	tx_begin(w);
	while (n > 0)
		w->rows.dispatch[mine[--n]].lease_until = w->now + LEASE;
	(void)tx_commit(w);
	return true;
}
