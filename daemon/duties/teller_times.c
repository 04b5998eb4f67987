/* teller_times.c: when payments may leave (schedule.h): read once a second for the claims, and looked at for what can go no more. */
#include "daemon/duties/teller_claim.h"

#include <stdlib.h>

#include "ledger/base/log.h"

enum {
	TIMES_KEPT_US = 1000 * 1000,
	LATE_LOOK_MS = 10 * 1000,
	LATE_MOST = 5000, /* payouts in one transaction */
};

/* Lane journal only. */
struct times {
	struct arena *arena; /* NULL: not read yet */
	int64_t read_us;     /* monotonic */
	struct day day;      /* that they were read for */
	struct timetable table;
};

void times_free(struct teller *t)
{
	if (t->times && t->times->arena)
		arena_free(t->times->arena);
	free(t->times);
}

static enum result read_times(struct work *w, struct times *kept, struct day today, int64_t monotonic_us)
{
	struct arena *of_work = w->arena;
	struct times fresh = {.arena = arena_new(), .read_us = monotonic_us, .day = today};
	w->arena = fresh.arena;
	enum result r = timetable_load(w, today, &fresh.table);
	w->arena = of_work;
	struct arena *old = r == OK ? kept->arena : fresh.arena;
	if (r == OK)
		*kept = fresh;
	if (old)
		arena_free(old);
	return r;
}

enum result times_open(struct claim *c, int64_t now_us, struct open_now *out)
{
	struct teller *t = c->bank->teller;
	struct day today = day_of_instant_vn(now_us);
	enum result r = OK;
	if (!t->times)
		t->times = calloc(1, sizeof *t->times);
	bug_if(!t->times);
	if (!t->times->arena || day_cmp(t->times->day, today) != 0 ||
		c->monotonic_us - t->times->read_us > TIMES_KEPT_US)
		r = read_times(c->w, t->times, today, c->monotonic_us);
	if (r == OK)
		*out = timetable_open(&t->times->table, c->w->arena, c->bank->code, now_us);
	return r;
}

/* One teller at a time looks; another takes over when it is gone. */
static enum result hold_late(struct work *w, void *arg, size_t *found)
{
	const struct teller *t = arg;
	enum result r = schedule_hold_late(w, LATE_MOST, found);
	if (r == OK && *found > 0) {
		metric_add(t->refused, (int64_t)*found);
		log_event(LOG_ERROR, "no_opening", K_I64("payouts", (int64_t)*found),
			K_STR("do", "cancel them and make a new batch (chitra schedule)"));
	}
	return r;
}

static enum result look_for_late(struct work *w, void *arg, size_t *found)
{
	struct teller *t = arg;
	return run_under_lease(w, &t->schedule, hold_late, t, found);
}

void times_start(struct teller *t)
{
	t->schedule = lease_of("schedule", t->duty->owner, t->duty->owner_prefix, t->sender.lease_ms);
	duty_poll(t->duty, &(struct poll_plan){
				   .name = "schedule.late",
				   .lane = t->lane_dispatch,
				   .run = look_for_late,
				   .arg = t,
				   .full = LATE_MOST,
				   .idle_max_ms = LATE_LOOK_MS,
			   });
}
