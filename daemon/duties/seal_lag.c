#include "daemon/duties/seal_lag.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/base/log.h"
#include "ledger/books/seal_store.h"

enum {
	WAITS_MAX_S =
		45, /* what waits longer for its checkpoint is an alarm: with the look's own pause, within a minute */
	LOOK_MS = 5 * 1000,
};

#define TO_DO                                                                                                     \
	"see whether the scribe runs and what its log says (/readyz: seal); see whether the disk of the archive " \
	"answers and has room"

/* One in a process, as long as it. */
struct lag {
	struct unsealed now;
	bool late;
	struct metric *leaves, *waited;
	struct condition *sealed; /* NULL: it is none */
};

static enum result look(struct work *w, void *arg, size_t *found)
{
	struct lag *l = arg;
	(void)found;
	return books_unsealed(w, &l->now);
}

static void say(const struct lag *l)
{
	if (l->late)
		log_event(LOG_ERROR, "sealing_is_late", K_I64("leaves", (int64_t)l->now.leaves),
			K_I64("waited_s", l->now.waited_s), K_STR("do", TO_DO));
	else
		log_event(LOG_NOTICE, "sealing_goes_on");
}

static void looked(void *arg, enum result result, size_t found)
{
	struct lag *l = arg;
	bool late = l->now.waited_s > WAITS_MAX_S;
	(void)found;
	if (result != OK)
		return;
	metric_set(l->leaves, (int64_t)l->now.leaves);
	metric_set(l->waited, l->now.waited_s);
	if (l->sealed && late)
		condition_set(l->sealed, false,
			"%" PRIu64 " transactions are not sealed, the oldest for %" PRId64 " s; %s",
			l->now.leaves, l->now.waited_s, TO_DO);
	else if (l->sealed)
		condition_set(l->sealed, true, "all of it, or it waits for less than a minute");
	if (late == l->late)
		return;
	l->late = late;
	say(l);
}

static struct metric *gauge(const struct duty_ctx *d, const char *what, const char *help)
{
	char name[64];
	snprintf(name, sizeof name, "chitra_%s_%s", d->duty->name, what);
	return metric_gauge(name, NULL, help);
}

void seal_lag_watch(struct duty_ctx *d, const char *lane, bool condition)
{
	static struct lag lag;
	if (!config_text(d->config, "archive", "directory"))
		return;
	lag.leaves = gauge(d, "leaves_unsealed", "Ledger transactions that no checkpoint covers.");
	lag.waited = gauge(d, "seal_lag_seconds", "For how long the oldest of them has waited.");
	if (condition) {
		lag.sealed = condition_new("sealed");
		condition_set(lag.sealed, true, "since this process works");
	}
	duty_poll(d, &(struct poll_plan){
			     .name = "seal.lag",
			     .lane = duty_lane(d, lane),
			     .run = look,
			     .after = looked,
			     .arg = &lag,
			     .idle_max_ms = LOOK_MS,
		     });
}
