#include "daemon/poll.h"

#include <stdlib.h>

#include "ledger/base/log.h"
#include "daemon/loop.h"
#include "daemon/queue.h"

enum {
	FOUND_MS = 5,
	IDLE_MAX_MS = 200,
	TROUBLE_MIN_MS = 200,
	TROUBLE_MAX_MS = 10000,
};

struct poll_task {
	struct poll_plan plan;
	struct job job;
	struct timer *timer;
	size_t found;       /* of the run that is under way */
	int64_t wait_ms;    /* the last wait without trouble */
	int64_t trouble_ms; /* 0: the last run had none */
	bool running, again, paused, stopped;
	bool gathering; /* a wake is not to hurry it */
};

static void run_ended(struct job *job, enum result result);

static void run_now(void *arg)
{
	struct poll_task *t = arg;
	if (t->running || t->stopped || t->paused)
		return;
	timer_clear(t->timer);
	t->again = t->gathering = false;
	t->found = 0;
	t->running = lane_submit(t->plan.lane, &t->job);
	/* A full lane is somebody else's load: wait as if nothing had been found. */
	if (!t->running)
		timer_set(t->timer, t->plan.idle_max_ms);
}

static enum result run_plan(struct work *w, void *arg)
{
	struct poll_task *t = arg;
	return t->plan.run(w, t->plan.arg, &t->found);
}

static int64_t doubled(int64_t ms, int64_t max)
{
	return ms * 2 < max ? ms * 2 : max;
}

static void back_off(struct poll_task *t, enum result result)
{
	t->trouble_ms = t->trouble_ms ? doubled(t->trouble_ms, TROUBLE_MAX_MS) : TROUBLE_MIN_MS;
	log_event(result == RETRY ? LOG_WARN : LOG_ERROR, "poll_failed", K_STR("task", t->plan.name),
		K_STR("result", result_name(result)), K_WHY(&t->job.why),
		K_I64("again_in_ms", t->trouble_ms));
	timer_set(t->timer, t->trouble_ms);
}

static void run_ended(struct job *job, enum result result)
{
	struct poll_task *t = job->arg;
	size_t found = result == OK ? t->found : 0;
	t->running = false;
	if (found)
		lane_wake(t->plan.lane, t->plan.wakes);
	if (t->plan.after)
		t->plan.after(t->plan.arg, result, found);
	if (t->running || t->stopped || t->paused)
		return;
	if (result != OK) {
		back_off(t, result);
		return;
	}
	t->trouble_ms = 0;
	t->wait_ms = found ? FOUND_MS : doubled(t->wait_ms, t->plan.idle_max_ms);
	bool full = t->plan.full && found >= t->plan.full;
	t->gathering = t->plan.gather_ms && found && !full;
	if (t->gathering)
		timer_set(t->timer, t->plan.gather_ms);
	else if (t->again || full)
		run_now(t);
	else
		timer_set(t->timer, t->wait_ms);
}

struct poll_task *poll_task_new(struct loop *l, const struct poll_plan *plan)
{
	bug_if(!plan->name || !plan->lane || !plan->run);
	struct poll_task *t = calloc(1, sizeof *t);
	bug_if(!t);
	t->plan = *plan;
	if (!t->plan.idle_max_ms)
		t->plan.idle_max_ms = IDLE_MAX_MS;
	t->wait_ms = FOUND_MS;
	t->job = (struct job){
		.name = plan->name,
		.run = run_plan,
		.done = run_ended,
		.arg = t,
		.deadline_ms = plan->deadline_ms,
	};
	t->timer = timer_new(l, run_now, t);
	timer_set(t->timer, 0);
	return t;
}

void poll_task_free(struct poll_task *t)
{
	if (!t)
		return;
	bug_if(t->running);
	timer_free(t->timer);
	free(t);
}

void poll_task_wake(struct poll_task *t)
{
	if (t->running)
		t->again = true;
	else if (!t->trouble_ms && !t->gathering)
		run_now(t);
}

void poll_task_stop(struct poll_task *t)
{
	t->stopped = true;
	timer_clear(t->timer);
}

void poll_task_pause(struct poll_task *t)
{
	t->paused = true;
	timer_clear(t->timer);
}

void poll_task_resume(struct poll_task *t)
{
	t->paused = false;
	if (!t->running && !t->stopped)
		timer_set(t->timer, t->trouble_ms);
}

bool poll_task_idle(const struct poll_task *t)
{
	return !t->running;
}

unsigned poll_task_woken_by(const struct poll_task *t)
{
	return t->plan.woken_by;
}
