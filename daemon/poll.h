/* poll.h: a job that is run again and again, because duties learn of work only by asking PostgreSQL.
 *
 * Waits 5 ms after work was found, doubles to 200 ms while there is none, skips the wait when another duty sent its
 * byte (wake.h) or a full batch was found. After RETRY it backs off from 200 ms to 10 s; REFUSED and UNSURE too, and
 * they are logged: a polling job that is refused is a fault that someone must see. Loop thread only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/result.h"

struct work;
struct lane;
struct loop;
struct poll_task;

struct poll_plan {
	const char *name; /* a constant, for logs and metrics: "intent" */
	struct lane *lane;
	/* In a worker; sets *found (0 before the call) to how many things it did. One transaction. */
	enum result (*run)(struct work *w, void *arg, size_t *found);
	/* On the loop after each run, before the next is planned; may be NULL. The job's arena is valid inside. */
	void (*after)(void *arg, enum result result, size_t found);
	void *arg;
	size_t full;         /* found >= full: again at once; 0: never */
	unsigned wakes;      /* WAKE_ bits told to other duties after OK with found > 0 */
	unsigned woken_by;   /* WAKE_ bits that skip this task's wait */
	int64_t idle_max_ms; /* 0: 200 */
	int64_t gather_ms; /* after work was found that was not full, wait so long and let nobody hurry it: fuller groups */
	int64_t deadline_ms; /* of one run; 0: the lane's */
};

/* Starts at once. poll_task_free demands poll_task_idle. */
void poll_task_free(struct poll_task *t);
struct poll_task *poll_task_new(struct loop *l, const struct poll_plan *plan) FREED_BY(poll_task_free);

/* Runs now; when it is running, once more afterwards. A task that backs off after trouble is not hurried. */
void poll_task_wake(struct poll_task *t);

/* Stops after the run that is under way. Pause is the opposite of resume, stop is for good. */
void poll_task_stop(struct poll_task *t);
void poll_task_pause(struct poll_task *t);
void poll_task_resume(struct poll_task *t);

bool poll_task_idle(const struct poll_task *t); /* nothing of it is in the lane */
unsigned poll_task_woken_by(const struct poll_task *t);
