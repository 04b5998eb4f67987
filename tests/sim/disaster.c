/* disaster.c: processes that die, freeze and are replaced; a database that forgets; `chitra recover` (ledger/payout/recover_store.c). */
#include <string.h>

#include "tests/sim/sim.h"

/* ---- processes ------------------------------------------------------------------------------------------------------------------ */

static enum fault stage_of(const struct teller *me)
{
	enum fault worst = F_KILLED;
	if (me->busy != NOBODY)
		return F_KILLED_UNJOURNALLED;
	EACH_REQUEST(me, p, r)
	{
		if (p->call != TRANSFER)
			continue;
		if (r->where == AT_OUT)
			return F_KILLED_SENT;
		if (r->where == AT_WAITS)
			worst = F_KILLED_JOURNALLED;
	}
	return worst;
}

static bool is_busy(const struct teller *me)
{
	for (int k = 0; k < PARCELS; k++)
		if (me->parcel[k].used && me->parcel[k].call == TRANSFER)
			return true;
	return false;
}

/* Mostly where it hurts: while something of its own is under way. */
static bool process(struct world *w)
{
	int t = (int)below(w, (uint32_t)w->tellers);
	struct teller *me = &w->teller[t];
	if (!me->alive || me->frozen_until > w->now || (!is_busy(me) && !one_in(w, 8)))
		return false;
	if (fault(w, stage_of(me), 4)) {
		teller_kill(w, t);
	} else if (fault(w, F_FROZEN, 2)) {
		me->frozen_until = w->now + LEASE +
				   (one_in(w, 2) ? (int64_t)below(w, 72) * HOUR : below(w, 100) * SECOND);
		tell(w, NOBODY, "teller %d is frozen", t);
	} else if (fault(w, F_DRAINED, 4)) {
		me->draining = true;
	} else if (fault(w, F_CLOCK_STEP, 3)) {
		me->wall_skew = one_in(w, 2) ? ((int64_t)below(w, 119) - 59) * SECOND
					     : ((int64_t)below(w, 7) - 3) * DAY +
						       ((int64_t)below(w, 7) - 3) * HOUR;
		tell(w, NOBODY, "teller %d's wall clock steps by %lld s", t,
			(long long)(me->wall_skew / SECOND));
	} else {
		return false;
	}
	return true;
}

/* ---- the database forgets ---------------------------------------------------------------------------------------------------------- */

static void go_back(struct world *w, int image)
{
	w->rows = w->image[image];
	w->images = image + 1; /* the others are of a history that is over */
	w->history++;
}

static bool in_journal(const struct world *w, int id)
{
	for (int t = 0; t < w->tellers; t++)
		for (int i = 0; i < w->journal[t].n; i++)
			if (w->journal[t].at[i].id == id)
				return true;
	return false;
}

/* A dump that lacks what was released is refused. */
static bool recoverable(const struct world *w, const struct rows *r)
{
	for (int i = 0; i < PAYOUTS; i++)
		if (!r->payout[i].there && (w->archive.there[i] || in_journal(w, i)))
			return false;
	return true;
}

static void fence(struct world *w)
{
	struct rows *r = &w->rows;
	for (int t = 0; t < w->tellers; t++)
		for (int i = 0; i < w->journal[t].n; i++) {
			int d = w->journal[t].at[i].dispatch;
			if (d >= r->dispatches)
				r->dispatches = (int16_t)(d + 1);
			if (r->dispatch[d].epoch < w->journal[t].at[i].epoch)
				r->dispatch[d].epoch = w->journal[t].at[i].epoch;
			if (w->journal[t].at[i].word == WORD_SENT &&
				r->dispatch[d].sent_at > w->journal[t].at[i].wall)
				r->dispatch[d].sent_at = w->journal[t].at[i].wall;
		}
	for (int d = 0; d < DISPATCHES; d++) {
		if (w->archive.epoch[d] && d >= r->dispatches)
			r->dispatches = (int16_t)(d + 1);
		if (r->dispatch[d].epoch < w->archive.epoch[d])
			r->dispatch[d].epoch = w->archive.epoch[d];
	}
	for (int d = 0; d < r->dispatches; d++) {
		struct dispatch *row = &r->dispatch[d];
		if (row->state == DISPATCH_NONE)
			row->state = DISPATCH_ENDED;
		if (rows_dispatch_doubt(w, d))
			row->state = DISPATCH_SENT;
		row->owner = 0;
		row->epoch++;
		if (row->state == DISPATCH_SENT)
			row->ask_after = w->now;
	}
}

/* Of which dispatch it was: the last that any journal names, else the last that was made for it. */
static int dispatch_of(const struct world *w, int id, int64_t *at)
{
	int d = NOBODY;
	*at = w->now;
	for (int t = 0; t < w->tellers; t++)
		for (int i = 0; i < w->journal[t].n; i++)
			if (w->journal[t].at[i].id == id) {
				d = w->journal[t].at[i].dispatch;
				if (w->journal[t].at[i].wall < *at)
					*at = w->journal[t].at[i].wall;
			}
	for (int k = 0; d == NOBODY && k < w->rows.dispatches; k++)
		if (w->rows.dispatch[k].members >> id & 1)
			d = k;
	return d;
}

static void bring_back(struct world *w, int id)
{
	struct payout *p = &w->rows.payout[id];
	bool journalled = in_journal(w, id);
	int64_t at;
	if (!p->there || payout_state_ended((enum payout_state)p->state))
		return;
	if ((p->state == PAYOUT_READY || p->state == PAYOUT_HELD) && (journalled || w->archive.sent[id])) {
		int d = dispatch_of(w, id, &at);
		if (d == NOBODY)
			longjmp(w->end, 2); /* recover_dispatch: it cannot be told */
		if (p->state == PAYOUT_HELD)
			rows_move(w, id, PAYOUT_READY);
		rows_move(w, id, PAYOUT_SENT);
		struct dispatch *row = &w->rows.dispatch[d];
		p->dispatch = (int8_t)d;
		row->bank = p->bank;
		row->members |= 1U << id;
		row->state = DISPATCH_SENT;
		row->ask_after = w->now;
		row->sent_at = row->sent_at && row->sent_at < at ? row->sent_at : at;
	}
	if (w->archive.unpaid[id] &&
		payout_move_legal((enum payout_state)p->state, (enum payout_state)w->archive.unpaid[id]))
		rows_move(w, id, (enum payout_state)w->archive.unpaid[id]);
	else if (p->state == PAYOUT_SENT && (journalled || w->archive.sent[id]))
		rows_move(w, id, PAYOUT_UNKNOWN);
}

/* What stands ready in a dispatch that was sent did not go with it. */
static void hold_rest(struct world *w)
{
	for (int i = 0; i < PAYOUTS; i++) {
		struct payout *p = &w->rows.payout[i];
		if (!p->there || p->state != PAYOUT_READY)
			continue;
		bool waits = false;
		for (int d = 0; d < w->rows.dispatches; d++)
			waits |= w->rows.dispatch[d].state == DISPATCH_READY &&
				 w->rows.dispatch[d].members >> i & 1;
		if (waits)
			continue;
		p->held = HELD_RECOVERED;
		p->let_go = 0;
		rows_move(w, i, PAYOUT_HELD);
	}
}

/* Breaks keep what two officers found, and what a late debit was found to pay is paid; their lines come with the statement. */
static void breaks_back(struct world *w)
{
	struct rows *r = &w->rows;
	memcpy(r->waited, w->archive.waited, sizeof r->waited);
	for (int i = 0; i < w->archive.breaks; i++) {
		const struct brk *b = &w->archive.brk[i];
		int k = 0;
		while (k < r->breaks && !(r->brk[k].kind == b->kind && r->brk[k].payout == b->payout &&
						r->brk[k].bank == b->bank && r->brk[k].entry == b->entry &&
						r->brk[k].statement == NOBODY))
			k++;
		if (k == BREAKS)
			longjmp(w->end, 2);
		if (k == r->breaks)
			r->brk[r->breaks++] = *b;
		else if (break_is_open(&r->brk[k]))
			r->brk[k].outcome = b->outcome;
		if (b->outcome == PAID_AFTER_ALL &&
			payout_proven_unpaid((enum payout_state)r->payout[b->payout].state) &&
			payout_move_legal((enum payout_state)r->payout[b->payout].state, PAYOUT_SETTLED))
			rows_move(w, b->payout, PAYOUT_SETTLED);
	}
}

/* The programs are stopped; afterwards nothing that may have left is ready, and the banks are asked. */
static void recover(struct world *w)
{
	for (int t = 0; t < w->tellers; t++)
		if (w->teller[t].alive)
			teller_kill(w, t);
	fence(w);
	for (int i = 0; i < PAYOUTS; i++)
		bring_back(w, i);
	hold_rest(w);
	breaks_back(w);
	w->rows.seals = w->archive.seals;
	for (int i = 0; i < PAYOUTS; i++)
		if (!w->rows.payout[i].there)
			w->archive.manifest[i] = 0; /* of which nothing was sent: it is moved away */
	for (int t = 0; t < w->tellers; t++) {
		w->rows.history[t] = w->history;
		w->rows.looked[t] = w->now;
	}
	w->doubt = w->lost = false;
	oracle_rows(w);
	tell(w, NOBODY, "recovered");
}

/* README.md: lost_cancellation */
static bool loses_cancellation(const struct world *w, const struct rows *r)
{
	for (int i = 0; i + 1 < PAYOUTS; i++)
		if (w->rows.payout[i].there && w->rows.payout[i].state == PAYOUT_CANCELLED &&
			r->payout[i].state != PAYOUT_CANCELLED && (i + 1) % ISSUES > 0 &&
			w->rows.payout[i + 1].there)
			return true;
	return false;
}

static bool forgets(struct world *w)
{
	if (w->images == 0)
		return false;
	int image = (int)below(w, (uint32_t)w->images);
	const struct rows *r = &w->image[image];
	bool unseen = r->seals == w->archive.seals;
	if (recoverable(w, r) && fault(w, F_RESTORED, 8)) {
		tell(w, NOBODY, "an old image is restored");
		go_back(w, image);
		recover(w);
		return true;
	}
	if (unseen && !loses_cancellation(w, r) && fault(w, F_LOST_UNSEEN, 4)) {
		tell(w, NOBODY, "a failover loses commits, and nobody sees it");
		go_back(w, image);
		w->lost = true;
		return true;
	}
	if (!unseen && recoverable(w, r) && fault(w, F_LOST_SEEN, 4)) {
		tell(w, NOBODY, "a failover loses commits that were sealed");
		go_back(w, image);
		w->doubt = true;
		return true;
	}
	return false;
}

bool disaster_step(struct world *w)
{
	if (w->doubt) {
		if (!w->calm && !one_in(w, 4))
			return false;
		if (!recoverable(w, &w->rows))
			longjmp(w->end, 3); /* nothing is sent until somebody has found a newer dump */
		recover(w);
		return true;
	}
	if (w->calm)
		return false;
	return one_in(w, 3) ? forgets(w) : process(w);
}
