#include "daemon/gather.h"

#include <stdlib.h>

#include "ledger/base/clock.h"

struct gather {
	struct timer *timer;
	timer_fire *close;
	void *arg;
	int64_t first_us; /* of the clock that only goes forward */
};

static void over(void *arg)
{
	struct gather *g = arg;
	g->close(g->arg);
}

struct gather *gather_new(struct loop *l, timer_fire *close, void *arg)
{
	struct gather *g = calloc(1, sizeof *g);
	bug_if(!g);
	g->close = close;
	g->arg = arg;
	g->timer = timer_new(l, over, g);
	return g;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	timer_free(g->timer);
	free(g);
}

void gather_came(struct gather *g)
{
	int64_t now = monotonic_us();
	if (!timer_is_set(g->timer))
		g->first_us = now;
	int64_t left = GATHER_MOST_MS - (now - g->first_us) / 1000;
	timer_set(g->timer, left > GATHER_GAP_MS ? GATHER_GAP_MS : left > 0 ? left : 0);
}

bool gather_is_open(const struct gather *g)
{
	return timer_is_set(g->timer);
}
