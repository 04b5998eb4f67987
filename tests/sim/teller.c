/* teller.c: what one teller does next: requests leave at the bank's pace and end; replies are recorded, many together
 * (teller_send.c, teller_record.c). */
#include "tests/sim/sim.h"

int64_t teller_wall(const struct world *w, const struct teller *t)
{
	return w->now + t->wall_skew;
}

bool teller_holds(const struct world *w, int t, int bank)
{
	return w->bank[bank].profile.deduplicates || t == w->pin;
}

void teller_kill(struct world *w, int t)
{
	tell(w, NOBODY, "teller %d dies", t);
	journal_ids_free(w->teller[t].ids);
	w->teller[t] = (struct teller){.wall_skew = w->teller[t].wall_skew};
}

/* ---- leaving ------------------------------------------------------------------------------------------------------------------- */

static void not_sent(struct request *r, const struct parcel *p)
{
	r->transport = STAYED;
	r->where = p->call == TRANSFER ? AT_RENEWS : AT_ENDED;
}

static void post(struct world *w, int t, struct parcel *p, struct request *r)
{
	struct teller *me = &w->teller[t];
	if (w->wires == WIRES || fault(w, F_NOT_SENT, 25)) {
		pace_end(&me->pace[p->bank], PACE_DISTRESS, below(w, 1000), w->now);
		not_sent(r, p);
		return;
	}
	if (p->call == TRANSFER)
		oracle_leaves(w, t, p, r);
	struct wire out = {.what = WIRE_REQUEST,
		.bank = p->bank,
		.call = p->call,
		.n = r->n,
		.teller = (int8_t)t,
		.owner = me->owner,
		.message = r->message};
	for (int i = 0; i < r->n; i++) {
		out.id[i] = p->id[r->first + i];
		out.valid_until[i] = p->valid_until[r->first + i];
	}
	(void)wire_send(w, &out);
	r->where = AT_OUT;
	r->left_at = w->now;
}

static bool may_go(const struct teller *me, const struct parcel *p, const struct request *r)
{
	return r->where == AT_WAITS && (p->call == ENQUIRY || (p->journalled && !me->stopped[p->bank]));
}

/* Enquiries go first. */
static bool pump(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	struct request *next = NULL;
	struct parcel *of = NULL;
	EACH_REQUEST(me, p, r)
	{
		if (may_go(me, p, r) && (!next || p->call == ENQUIRY)) {
			next = r;
			of = p;
		}
	}
	if (!next)
		return false;
	if (w->now > next->leave_by || me->draining) {
		not_sent(next, of);
	} else if (w->now - next->signed_at > SIGNATURE) {
		next->signature_old = true;
		next->where = AT_RENEWS;
	} else {
		if (!pace_take(&me->pace[of->bank], w->now))
			return false;
		post(w, t, of, next);
	}
	return true;
}

/* ---- ending --------------------------------------------------------------------------------------------------------------------- */

static bool time_out(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	EACH_REQUEST(me, p, r)
	{
		if (r->where != AT_OUT || w->now - r->left_at < DEADLINE)
			continue;
		r->where = AT_ENDED;
		r->transport = NO_REPLY;
		pace_end(&me->pace[p->bank], PACE_DISTRESS, below(w, 1000), w->now);
		return true;
	}
	return false;
}

/* Only a fresh reply to what is still waited for; anything else goes with its connection. */
void teller_replied(struct world *w, const struct wire *reply)
{
	struct teller *me = &w->teller[reply->teller];
	if (!me->alive || me->owner != reply->owner)
		return;
	EACH_REQUEST(me, p, r)
	{
		if (r->where != AT_OUT || r->message != reply->message)
			continue;
		if (w->now - r->left_at >= DEADLINE)
			break;
		r->where = AT_ENDED;
		r->transport = REPLIED;
		for (int i = 0; i < r->n; i++)
			r->said[i] = reply->cut || reply->distress ? EVENT_SAID_NOTHING : reply->said[i];
		pace_end(&me->pace[p->bank], reply->distress ? PACE_DISTRESS : PACE_ANSWERED, below(w, 1000),
			w->now);
		if (reply->distress)
			pace_retry_after(&me->pace[p->bank], 1 + below(w, 120), below(w, 1000), w->now);
		return;
	}
	met_fault(w, F_REPLY_LATE);
}

/* ---- one thing -------------------------------------------------------------------------------------------------------------------- */

static bool look_for_pauses(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	bool changed = false;
	for (int b = 0; b < w->banks; b++) {
		changed |= me->stopped[b] != rows_paused(w, b);
		me->stopped[b] = rows_paused(w, b);
	}
	return changed;
}

static bool claim_any(struct world *w, int t)
{
	int bank = (int)below(w, (uint32_t)w->banks);
	return teller_holds(w, t, bank) && !w->teller[t].draining && claim_step(w, t, bank);
}

static bool again_any(struct world *w, int t)
{
	int bank = (int)below(w, (uint32_t)w->banks);
	return again_step(w, t, bank);
}

static bool drained(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	if (!me->draining || me->busy != NOBODY)
		return false;
	for (int i = 0; i < PARCELS; i++)
		if (me->parcel[i].used)
			return false;
	teller_kill(w, t);
	teller_start(w, t);
	return true;
}

typedef bool teller_does(struct world *w, int t);

static bool one_of(struct world *w, int t, teller_does *const *what, uint32_t n)
{
	uint32_t first = below(w, n);
	for (uint32_t i = 0; i < n; i++)
		if (what[(first + i) % n](w, t))
			return true;
	return false;
}

bool teller_step(struct world *w, int t)
{
	static teller_does *const idle[] = {
		claim_any, ask_step, again_any, takeover_step, look_for_pauses, drained};
	static teller_does *const busy[] = {pump, pump, pump, time_out, record_step, record_step, claim_any,
		journal_step, journal_step, renew_step, ask_step, again_any, takeover_step, lease_step,
		look_for_pauses};
	const struct teller *me = &w->teller[t];
	bool any = false;
	if (!me->alive) {
		if (!w->calm && !one_in(w, 3))
			return false;
		teller_start(w, t);
		return true;
	}
	if (me->frozen_until > w->now)
		return false;
	if (me->compared != w->history && one_in(w, 8) && compare_step(w, t))
		return true;
	for (int i = 0; i < PARCELS; i++)
		any |= me->parcel[i].used;
	return any ? one_of(w, t, busy, COUNT_OF(busy)) : one_of(w, t, idle, COUNT_OF(idle));
}
