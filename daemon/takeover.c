#include "daemon/takeover.h"

#include <stdlib.h>

#include "ledger/base/log.h"
#include "daemon/loop.h"
#include "daemon/queue.h"

enum {
	CLASS = 0x43480000, /* "CH": the advisory locks of instances; the low bits are the duty */
	TRY_MS = 200,
	HELD_MS = 5000,
	JOB_MS = 5000,
};

struct takeover {
	struct lane *lane;
	struct job job;
	struct timer *timer;
	enum db_duty duty;
	int instance;
	takeover_held *held;
	void *arg;
	int32_t backend, got_backend;
	bool is_held, got, stopped;
};

static enum result ask(struct work *w, void *arg)
{
	struct takeover *t = arg;
	struct rows r;
	enum result result = db_run(w, Q_DAEMON_HOLD_INSTANCE,
		DB_ARGS(db_i32(CLASS + (int32_t)t->duty), db_i32(t->instance)), &r);
	if (result != OK)
		return result;
	t->got = row_bool(&r, 0, rows_col(&r, "held"));
	t->got_backend = row_i32(&r, 0, rows_col(&r, "backend"));
	return OK;
}

static void answered(struct job *job, enum result result)
{
	struct takeover *t = job->arg;
	bool before = t->is_held;
	/* Without an answer the connection, and with it the lock, may be gone; on another connection it was gone, and
	 * somebody else may have had it in between. */
	t->is_held = result == OK && t->got;
	bool anew = t->is_held && (!before || t->backend != t->got_backend);
	t->backend = t->got_backend;
	if (t->stopped)
		return;
	if (before && (!t->is_held || anew))
		log_event(LOG_WARN, "instance_lost", K_I64("instance", t->instance), K_WHY(&job->why));
	if (anew) {
		log_event(LOG_INFO, "instance_held", K_I64("instance", t->instance));
		t->held(t->arg);
	}
	timer_set(t->timer, t->is_held ? HELD_MS : TRY_MS);
}

static void try_now(void *arg)
{
	struct takeover *t = arg;
	if (!lane_submit(t->lane, &t->job))
		timer_set(t->timer, TRY_MS);
}

struct takeover *takeover_new(
	struct loop *l, struct lane *lane, enum db_duty duty, int instance, takeover_held *held, void *arg)
{
	struct takeover *t = calloc(1, sizeof *t);
	bug_if(!t);
	t->lane = lane;
	t->duty = duty;
	t->instance = instance;
	t->held = held;
	t->arg = arg;
	t->job = (struct job){
		.name = "instance.hold", .run = ask, .done = answered, .arg = t, .deadline_ms = JOB_MS};
	t->timer = timer_new(l, try_now, t);
	timer_set(t->timer, 0);
	return t;
}

bool takeover_is_held(const struct takeover *t)
{
	return t->is_held;
}

void takeover_stop(struct takeover *t)
{
	t->stopped = true;
	timer_clear(t->timer);
}

void takeover_free(struct takeover *t)
{
	if (!t)
		return;
	timer_free(t->timer);
	free(t);
}
