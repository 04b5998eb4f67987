/* The mutex guards: the chain of waiting jobs and the counts of each lane, the chain of finished jobs, `closing`.
 * A job itself belongs to the loop's thread, then to one worker between taking and finishing it, then to the loop. */
#include "daemon/queue.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ledger/base/arena.h"
#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "daemon/loop.h"
#include "daemon/metrics.h"

enum { THREADS_MAX = 64, ARENAS_KEPT = 64 };

struct worker {
	struct lane *lane;
	pthread_t thread;
	struct db *db; /* its thread's; under the mutex, as all below */
	const struct job *running;
	int64_t since_us;
	bool late; /* at the last look */
};

struct lane {
	struct queue *queue;
	struct lane *next;
	const char *name;
	size_t capacity;
	int64_t deadline_ms;
	pthread_cond_t work;
	struct job *first, **last; /* waiting */
	size_t waiting, running;
	struct worker *workers;
	int workers_n;
	struct metric *ended[UNSURE + 1], *took, *waited, *depth;
};

struct queue {
	struct queue_options o;
	pthread_mutex_t lock;
	struct lane *lanes;
	struct job *finished, **finished_last;
	bool closing;
	int eventfd;
	struct watch *watch;
	size_t in_flight;
	struct arena *arenas[ARENAS_KEPT]; /* lent to jobs, reset when they come back */
	size_t arenas_n;
};

static void *allocate(size_t n, size_t size)
{
	void *at = calloc(n, size);
	bug_if(!at);
	return at;
}

static void lock(struct queue *q)
{
	bug_if(pthread_mutex_lock(&q->lock) != 0);
}

static void unlock(struct queue *q)
{
	bug_if(pthread_mutex_unlock(&q->lock) != 0);
}

/* ---- in a worker ------------------------------------------------------------------------------------------------ */

static void run_job(struct db *db, struct job *job)
{
	struct lane *lane = job->lane;
	int64_t limit = job->deadline_ms ? job->deadline_ms : lane->deadline_ms;
	struct work w = {.arena = job->arena,
		.db = db,
		.job = job->name,
		.deadline_us = job->submitted_us + limit * 1000};
	job->started_us = monotonic_us();
	if (job->started_us >= w.deadline_us) {
		why_set(&job->why, "deadline", "waited %lld ms in lane %s and was not begun",
			(long long)(job->started_us - job->submitted_us) / 1000, lane->name);
		job->result = RETRY;
		job->ended_us = job->started_us;
		return;
	}
	job->result = job->run(&w, job->arg);
	if (db)
		tx_rollback(&w);
	job->why = w.why;
	job->ended_us = monotonic_us();
}

/* NULL: the queue closes. */
static struct job *take(struct worker *worker)
{
	struct lane *lane = worker->lane;
	struct queue *q = lane->queue;
	lock(q);
	while (!lane->first && !q->closing)
		bug_if(pthread_cond_wait(&lane->work, &q->lock) != 0);
	struct job *job = NULL;
	if (!q->closing) {
		job = lane->first;
		lane->first = job->next;
		if (!lane->first)
			lane->last = &lane->first;
		lane->waiting--;
		lane->running++;
		worker->running = job;
		worker->since_us = monotonic_us();
		worker->late = false;
	}
	unlock(q);
	return job;
}

static void finish(struct worker *worker, struct job *job)
{
	struct queue *q = job->lane->queue;
	job->next = NULL;
	lock(q);
	job->lane->running--;
	worker->running = NULL;
	bool first = q->finished == NULL;
	*q->finished_last = job;
	q->finished_last = &job->next;
	unlock(q);
	/* Only the first needs to say so: the loop takes the whole chain. */
	uint64_t one = 1;
	if (first && write(q->eventfd, &one, sizeof one) != sizeof one)
		bug("could not tell the loop that a job has ended: errno %d", errno);
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct queue *q = worker->lane->queue;
	struct db *db = q->o.conninfo ? db_open(q->o.conninfo, q->o.duty) : NULL;
	lock(q);
	worker->db = db;
	unlock(q);
	for (;;) {
		struct job *job = take(worker);
		if (!job)
			break;
		run_job(db, job);
		finish(worker, job);
	}
	if (db)
		db_close(db);
	return NULL;
}

/* ---- on the loop's thread ---------------------------------------------------------------------------------------- */

static struct arena *lend_arena(struct queue *q)
{
	return q->arenas_n ? q->arenas[--q->arenas_n] : arena_new();
}

static void take_arena_back(struct queue *q, struct arena *a)
{
	if (q->arenas_n == ARENAS_KEPT) {
		arena_free(a);
		return;
	}
	arena_reset(a);
	q->arenas[q->arenas_n++] = a;
}

static void end_job(struct queue *q, struct job *job)
{
	struct lane *lane = job->lane;
	struct arena *lent = job->arena_lent ? job->arena : NULL;
	enum result result = job->result;
	metric_add(lane->ended[result], 1);
	metric_took(lane->waited, job->started_us - job->submitted_us);
	metric_took(lane->took, job->ended_us - job->started_us);
	if (result == OK)
		lane_wake(lane, job->wakes);
	job->done(job, result); /* may free the job, or submit it again */
	if (lent)
		take_arena_back(q, lent);
	q->in_flight--;
}

static void jobs_ended(void *arg, int fd, int what)
{
	(void)what;
	struct queue *q = arg;
	uint64_t count;
	if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
		bug("could not read the eventfd of the queue: errno %d", errno);
	lock(q);
	struct job *job = q->finished;
	q->finished = NULL;
	q->finished_last = &q->finished;
	unlock(q);
	while (job) {
		struct job *next = job->next;
		end_job(q, job);
		job = next;
	}
}

struct queue *queue_new(const struct queue_options *o)
{
	struct queue *q = allocate(1, sizeof *q);
	q->o = *o;
	q->finished_last = &q->finished;
	bug_if(pthread_mutex_init(&q->lock, NULL) != 0);
	q->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->eventfd < 0)
		bug("could not make an eventfd: errno %d", errno);
	q->watch = watch_new(o->loop, q->eventfd, WATCH_READ, jobs_ended, q);
	return q;
}

static void make_metrics(struct lane *lane)
{
	char labels[96];
	for (int r = OK; r <= UNSURE; r++) {
		snprintf(labels, sizeof labels, "lane=\"%s\",result=\"%s\"", lane->name,
			result_name((enum result)r));
		lane->ended[r] = metric_counter(
			"chitra_jobs_total", labels, "Jobs that ended, by lane and result.");
	}
	snprintf(labels, sizeof labels, "lane=\"%s\"", lane->name);
	lane->took = metric_seconds("chitra_job_seconds", labels, "How long jobs ran.");
	lane->waited = metric_seconds(
		"chitra_job_wait_seconds", labels, "How long jobs waited for a worker.");
	lane->depth = metric_gauge("chitra_lane_depth", labels, "Jobs waiting in the lane.");
}

struct lane *lane_open(struct queue *q, const struct lane_plan *plan)
{
	bug_if(plan->threads < 1 || plan->threads > THREADS_MAX || plan->capacity < 1 ||
		plan->deadline_ms < 1);
	struct lane *lane = allocate(1, sizeof *lane);
	lane->queue = q;
	lane->name = plan->name;
	lane->capacity = plan->capacity;
	lane->deadline_ms = plan->deadline_ms;
	lane->last = &lane->first;
	bug_if(pthread_cond_init(&lane->work, NULL) != 0);
	make_metrics(lane);
	lane->next = q->lanes;
	q->lanes = lane;

	/* Signals are the loop's: a worker starts with all of them blocked. */
	sigset_t all, before;
	sigfillset(&all);
	bug_if(pthread_sigmask(SIG_BLOCK, &all, &before) != 0);
	lane->workers = allocate((size_t)plan->threads, sizeof *lane->workers);
	lane->workers_n = plan->threads;
	for (int i = 0; i < plan->threads; i++) {
		struct worker *worker = &lane->workers[i];
		worker->lane = lane;
		int error = pthread_create(&worker->thread, NULL, work, worker);
		if (error)
			bug("could not start a thread of lane %s: errno %d", plan->name, error);
		char name[16];
		snprintf(name, sizeof name, "%s", plan->name);
		pthread_setname_np(worker->thread, name);
	}
	bug_if(pthread_sigmask(SIG_SETMASK, &before, NULL) != 0);
	return lane;
}

bool lane_submit(struct lane *lane, struct job *job)
{
	struct queue *q = lane->queue;
	bug_if(!job->run || !job->done || !job->name);
	job->lane = lane;
	job->next = NULL;
	job->submitted_us = monotonic_us();
	why_clear(&job->why);
	if (!job->arena || job->arena_lent) {
		job->arena = lend_arena(q);
		job->arena_lent = true;
	}
	lock(q);
	bool taken = lane->waiting < lane->capacity;
	if (taken) {
		*lane->last = job;
		lane->last = &job->next;
		lane->waiting++;
		bug_if(pthread_cond_signal(&lane->work) != 0);
	}
	size_t depth = lane->waiting;
	unlock(q);
	metric_set(lane->depth, (int64_t)depth);
	if (!taken) {
		if (job->arena_lent)
			take_arena_back(q, job->arena);
		return false;
	}
	q->in_flight++;
	return true;
}

static bool is_stuck(struct worker *w, int64_t now_us, int64_t after_ms)
{
	int64_t alive_us = w->running && w->db ? db_alive_us(w->db) : 0;
	if (alive_us < w->since_us)
		alive_us = w->since_us;
	bool was_late = w->late;
	w->late = w->running && now_us - alive_us > after_ms * 1000;
	return w->late && was_late;
}

bool queue_stuck(struct queue *q, int64_t after_ms, const char **lane, const char **job)
{
	bool stuck = false;
	lock(q);
	for (struct lane *l = q->lanes; l; l = l->next) {
		for (int i = 0; i < l->workers_n; i++) {
			if (!is_stuck(&l->workers[i], monotonic_us(), after_ms))
				continue;
			stuck = true;
			*lane = l->name;
			*job = l->workers[i].running->name;
		}
	}
	unlock(q);
	return stuck;
}

static void drop_waiting(struct queue *q)
{
	for (struct lane *lane = q->lanes; lane; lane = lane->next) {
		for (struct job *job = lane->first, *next; job; job = next) {
			next = job->next;
			if (job->arena_lent)
				arena_free(job->arena);
		}
		lane->first = NULL;
	}
	for (struct job *job = q->finished, *next; job; job = next) {
		next = job->next;
		if (job->arena_lent)
			arena_free(job->arena);
	}
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	lock(q);
	q->closing = true;
	for (struct lane *lane = q->lanes; lane; lane = lane->next)
		bug_if(pthread_cond_broadcast(&lane->work) != 0);
	unlock(q);
	for (struct lane *lane = q->lanes; lane; lane = lane->next)
		for (int i = 0; i < lane->workers_n; i++)
			bug_if(pthread_join(lane->workers[i].thread, NULL) != 0);
	drop_waiting(q);
	for (struct lane *lane = q->lanes, *next; lane; lane = next) {
		next = lane->next;
		pthread_cond_destroy(&lane->work);
		free(lane->workers);
		free(lane);
	}
	for (size_t i = 0; i < q->arenas_n; i++)
		arena_free(q->arenas[i]);
	watch_free(q->watch);
	close(q->eventfd);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

size_t lane_waiting(const struct lane *lane)
{
	struct queue *q = lane->queue;
	lock(q);
	size_t n = lane->waiting;
	unlock(q);
	return n;
}

size_t lane_running(const struct lane *lane)
{
	struct queue *q = lane->queue;
	lock(q);
	size_t n = lane->running;
	unlock(q);
	return n;
}

const char *lane_name(const struct lane *lane)
{
	return lane->name;
}

void lane_wake(struct lane *lane, unsigned bits)
{
	struct queue *q = lane->queue;
	if (bits && q->o.wake)
		q->o.wake(q->o.wake_ctx, bits);
}

size_t queue_in_flight(const struct queue *q)
{
	return q->in_flight;
}
