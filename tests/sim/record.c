/* record.c: what banks answered becomes moves, many replies in one transaction; who lost a dispatch moves nothing with what it still
 * hears; and a dispatch of which nothing is open is let go of (teller_record.c). */
#include "tests/sim/sim.h"

enum { GROUP = 4 };

struct group {
	struct parcel *of[GROUP];
	struct request *at[GROUP];
	int n;
};

static struct group gather(struct world *w, struct teller *me)
{
	struct group g = {.n = 0};
	int most = 1 + (int)below(w, GROUP);
	EACH_REQUEST(me, p, r)
	{
		if (g.n == most)
			break;
		if (r->where != AT_ENDED)
			continue;
		if (g.n > 0 && g.of[0]->call != p->call)
			continue;
		g.of[g.n] = p;
		g.at[g.n++] = r;
	}
	return g;
}

static void say(struct world *w, struct parcel *p, struct request *r)
{
	const struct dispatch *row = &w->rows.dispatch[p->dispatch];
	r->doubt = r->accepted = 0;
	r->stale = p->call == TRANSFER && (p->dispatch >= w->rows.dispatches || row->epoch != p->epoch);
	if (r->stale) {
		met_fault(w, F_REPLY_STALE);
		return;
	}
	for (int i = 0; i < r->n; i++) {
		int id = p->id[r->first + i];
		if (!w->rows.payout[id].there)
			continue;
		enum payout_event e = r->transport == REPLIED  ? (enum payout_event)r->said[i]
				      : r->transport == STAYED ? EVENT_NOT_SENT
							       : EVENT_SAID_NOTHING;
		rows_learn(w, id, e, NOBODY);
		enum payout_state now = (enum payout_state)w->rows.payout[id].state;
		if (now == PAYOUT_UNKNOWN || now == PAYOUT_SENT)
			r->doubt++;
		if (now == PAYOUT_ACCEPTED)
			r->accepted++;
		if (p->call == ENQUIRY)
			r->again[i] = attempt_goes_again(p->may_again[r->first + i], now, e);
	}
}

/* Of which these were the last. */
static bool is_closing(const struct group *g, const struct parcel *p)
{
	int mine = 0;
	for (int i = 0; i < g->n; i++)
		mine += g->of[i] == p;
	return p->call == TRANSFER && mine == p->open;
}

static void let_go(struct world *w, const struct group *g, const struct parcel *p)
{
	struct dispatch *row = &w->rows.dispatch[p->dispatch];
	size_t doubt = p->doubt, accepted = p->accepted;
	for (int i = 0; i < g->n; i++)
		if (g->of[i] == p) {
			doubt += g->at[i]->doubt;
			accepted += g->at[i]->accepted;
		}
	if (p->dispatch >= w->rows.dispatches || row->epoch != p->epoch)
		return;
	int64_t ms = enquiry_after_ms(doubt, accepted, p->part, row->asked);
	row->owner = 0;
	row->state = ms == ENQUIRY_NEVER && !rows_dispatch_doubt(w, p->dispatch) ? DISPATCH_ENDED
										 : DISPATCH_SENT;
	row->ask_after = w->now + (ms == ENQUIRY_NEVER ? 0 : ms) * 1000;
}

static void recorded(struct teller *me, const struct group *g)
{
	for (int i = 0; i < g->n; i++) {
		struct parcel *p = g->of[i];
		g->at[i]->where = AT_RECORDED;
		p->doubt = (uint8_t)(p->doubt + g->at[i]->doubt);
		p->accepted = (uint8_t)(p->accepted + g->at[i]->accepted);
		if (--p->open > 0)
			continue;
		if (p->call == ENQUIRY) {
			me->asking[p->bank] = false;
			if (!me->draining)
				again_wanted(me, p);
		}
		p->used = false;
	}
}

bool record_step(struct world *w, int t)
{
	struct teller *me = &w->teller[t];
	struct group g = gather(w, me);
	if (g.n == 0)
		return false;
	tx_begin(w);
	for (int i = 0; i < g.n; i++)
		say(w, g.of[i], g.at[i]);
	for (int i = 0; i < g.n; i++)
		if (is_closing(&g, g.of[i]))
			let_go(w, &g, g.of[i]);
	if (tx_commit(w) == OK) /* else it is recorded again */
		recorded(me, &g);
	return true;
}
