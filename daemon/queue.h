/* queue.h: worker lanes, where everything that can block happens.
 *
 * A lane is a name and a number of threads; each thread has its own database connection, opened with the duty's role
 * on first use. A job has `run` (in a worker: one transaction, straight down; encoding, signing and hashing too) and
 * `done` (on the loop: never blocks). Holds the only mutex of the daemon. It never repeats a job: RETRY goes to
 * `done`, and the caller knows how long to wait (poll.h does). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"
#include "ledger/db/db.h"

struct arena;
struct loop;
struct queue;
struct lane;

struct job {
	/* The caller's. The struct lives until `done` has begun; `done` may free it or submit it again. */
	const char *name; /* for logs and metrics: a constant */
	enum result (*run)(struct work *w, void *arg);
	void (*done)(struct job *job, enum result result);
	void *arg;
	struct arena *arena; /* NULL: lent by the queue and taken back when done returns */
	int64_t deadline_ms; /* from being submitted to the end of run; 0: the lane's */
	unsigned wakes;      /* WAKE_ bits (wake.h) told to other duties after OK */

	/* The queue's; to be read in done. */
	struct why why; /* of the work, when the result is not OK */
	int64_t submitted_us, started_us, ended_us;
	struct lane *lane;
	struct job *next;
	enum result result;
	bool arena_lent;
};

struct queue_options {
	struct loop *loop;
	const char *conninfo; /* borrowed until queue_free; NULL: jobs run with w->db == NULL (tests) */
	enum db_duty duty;
	void (*wake)(void *ctx, unsigned bits); /* told on the loop's thread; may be NULL */
	void *wake_ctx;
};

/* queue_free waits until every running job has ended, drops the waiting ones without calling done, ends threads. */
void queue_free(struct queue *q);
struct queue *queue_new(const struct queue_options *o) FREED_BY(queue_free);

struct lane_plan {
	const char *name; /* "dispatch" */
	int threads;      /* 1 to 64; 0: the option NAME_threads in the duty's section ("dispatch_threads") */
	const char *
		per; /* instead: one for each section of this name, so that no one of them waits for another */
	size_t capacity; /* jobs that may wait; one more is not taken */
	int64_t deadline_ms;
};

/* Opens a lane and starts its threads. It lives as long as the queue. */
struct lane *lane_open(struct queue *q, const struct lane_plan *plan);

/* Loop thread. False: the lane is full; the job was not taken and `done` will not be called. A job that waits past
 * its deadline is not run: done gets RETRY with why "deadline". */
bool lane_submit(struct lane *lane, struct job *job) WARN_UNUSED;

size_t lane_waiting(const struct lane *lane);
size_t lane_running(const struct lane *lane);
const char *lane_name(const struct lane *lane);

/* Tells other duties, as job.wakes does, when only the loop knows that there is something. */
void lane_wake(struct lane *lane, unsigned bits);

/* A job that has run for so long without a word with the database, at this look and at the one before it: it spins or hangs, and
 * nothing can end it but the end of the process. (Two looks: a process that was frozen looks once and finds everything late.) Call it
 * again and again. */
bool queue_stuck(struct queue *q, int64_t after_ms, const char **lane, const char **job) WARN_UNUSED;

/* Jobs submitted whose done has not returned, over all lanes. */
size_t queue_in_flight(const struct queue *q);
