/* Lanes with jobs that sleep, fail and allocate; no database. Runs under ThreadSanitizer too. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/loop.h"
#include "daemon/queue.h"
#include "ledger/base/arena.h"
#include "ledger/base/clock.h"
#include "tests/lib/tap.h"

static struct loop *loop;

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void end(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

/* Runs the loop until something calls loop_stop; a test that hangs ends after 20 s. */
static void run_loop(void)
{
	struct timer *limit = timer_new(loop, end, NULL);
	timer_set(limit, 20000);
	loop_run(loop);
	ok(timer_is_set(limit), "the jobs end before the test's patience");
	timer_free(limit);
}

static unsigned woken;

static void wake(void *ctx, unsigned bits)
{
	(void)ctx;
	woken |= bits;
}

static struct queue *new_queue(void)
{
	return queue_new(&(struct queue_options){.loop = loop, .wake = wake});
}

/* ---- many jobs on two lanes --------------------------------------------------------------------------------------- */

enum { MANY = 2000 };
static _Atomic int ran;
static int done_count, wrong_arena;

struct numbered {
	struct job job;
	int n;
	char *text;
};

static enum result write_number(struct work *w, void *arg)
{
	struct numbered *n = arg;
	atomic_fetch_add(&ran, 1);
	n->text = arena_printf(w->arena, "job %d", n->n);
	if (n->n % 3 == 1) {
		why_set(&w->why, "third", "job %d is refused", n->n);
		return REFUSED;
	}
	return OK;
}

static int refused_with_reason, in_flight_in_last;
static struct queue *many;

static void number_done(struct job *job, enum result result)
{
	struct numbered *n = job->arg;
	char expected[32];
	snprintf(expected, sizeof expected, "job %d", n->n);
	wrong_arena += strcmp(expected, n->text) != 0;
	refused_with_reason += result == REFUSED && why_is(&job->why, "third");
	if (++done_count == MANY) {
		in_flight_in_last = (int)queue_in_flight(many);
		loop_stop(loop);
	}
}

static void many_jobs(void)
{
	struct queue *q = new_queue();
	many = q;
	struct lane *a = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 4, .capacity = MANY, .deadline_ms = 20000});
	struct lane *b = lane_open(
		q, &(struct lane_plan){.name = "b", .threads = 2, .capacity = MANY, .deadline_ms = 20000});
	struct numbered *jobs = calloc(MANY, sizeof *jobs);
	for (int i = 0; i < MANY; i++) {
		jobs[i].n = i;
		jobs[i].job = (struct job){
			.name = "number", .run = write_number, .done = number_done, .arg = &jobs[i]};
		if (!lane_submit(i % 2 ? a : b, &jobs[i].job))
			ok(false, "job %d fits", i);
	}
	run_loop();
	is_i64(ran, MANY, "every job is run once");
	is_i64(done_count, MANY, "every job is done once");
	is_i64(wrong_arena, 0, "what run allocated is there in done");
	is_i64(refused_with_reason, 667, "a refused job brings its reason to done");
	is_i64(in_flight_in_last, 1, "inside its done a job still counts as under way");
	is_i64((int64_t)queue_in_flight(q), 0, "after it no more");
	queue_free(q);
	free(jobs);
}

/* ---- the loop stays responsive ------------------------------------------------------------------------------------- */

static int ticks;
static struct timer *ticker;

static enum result nap(struct work *w, void *arg)
{
	(void)w;
	(void)arg;
	sleep_ms(300);
	return OK;
}

static void stop_after(struct job *job, enum result result)
{
	(void)job;
	(void)result;
	loop_stop(loop);
}

static void tick(void *arg)
{
	(void)arg;
	ticks++;
	timer_set(ticker, 10);
}

static void responsive(void)
{
	struct queue *q = new_queue();
	struct lane *lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 1, .capacity = 1, .deadline_ms = 5000});
	struct job job = {.name = "nap", .run = nap, .done = stop_after};
	ticker = timer_new(loop, tick, NULL);
	timer_set(ticker, 10);
	ok(lane_submit(lane, &job), "a job is taken");
	run_loop();
	ok(ticks >= 10, "the loop's timers fire while a job sleeps (%d times in 300 ms)", ticks);
	timer_free(ticker);
	queue_free(q);
}

/* ---- limits ----------------------------------------------------------------------------------------------------------- */

static int late_result = -1, late_ran, others_done;

static enum result never(struct work *w, void *arg)
{
	(void)w;
	(void)arg;
	late_ran++;
	return OK;
}

static void late_done(struct job *job, enum result result)
{
	late_result = why_is(&job->why, "deadline") ? (int)result : -2;
	loop_stop(loop);
}

static void other_done(struct job *job, enum result result)
{
	(void)job;
	(void)result;
	others_done++;
}

static void limits(void)
{
	struct queue *q = new_queue();
	struct lane *lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 1, .capacity = 2, .deadline_ms = 5000});
	struct job first = {.name = "nap", .run = nap, .done = other_done};
	struct job late = {.name = "late", .run = never, .done = late_done, .deadline_ms = 100};
	struct job dropped = {.name = "dropped", .run = nap, .done = other_done};
	struct job beyond = {.name = "beyond", .run = never, .done = other_done};
	ok(lane_submit(lane, &first), "the first job is taken");
	while (lane_waiting(lane))
		sleep_ms(1);
	ok(lane_submit(lane, &late) && lane_submit(lane, &dropped),
		"as many jobs wait as the lane has room for");
	ok(!lane_submit(lane, &beyond), "one more is not taken");
	is_i64((int64_t)lane_running(lane), 1, "one thread runs one job");
	run_loop();
	is_i64(late_result, RETRY, "a job that waited past its deadline gets RETRY and the reason");
	is_i64(late_ran, 0, "and is not run");
	is_i64(others_done, 1, "the job before it was done, the one beyond never");
	queue_free(q);
}

static void freeing(void)
{
	struct queue *q = new_queue();
	struct lane *lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 1, .capacity = 4, .deadline_ms = 5000});
	struct job running = {.name = "nap", .run = nap, .done = other_done};
	struct job waiting = {.name = "never", .run = never, .done = other_done};
	others_done = late_ran = 0;
	ok(lane_submit(lane, &running) && lane_submit(lane, &waiting), "two jobs on one thread");
	while (!lane_running(lane))
		sleep_ms(1);
	int64_t before = monotonic_us();
	queue_free(q);
	ok(monotonic_us() - before > 200000, "freeing the queue waits for the job that runs");
	is_i64(late_ran, 0, "the job that waited is not run");
	is_i64(others_done, 0, "and nobody is told of either");
}

/* ---- wake, and a job that is submitted again from its own done ------------------------------------------------------ */

static int rounds;
static enum result result_of_round[] = {RETRY, REFUSED, UNSURE, OK};
static unsigned woken_at[4];

static enum result round_result(struct work *w, void *arg)
{
	(void)w;
	return result_of_round[*(int *)arg];
}

static void round_done(struct job *job, enum result result)
{
	(void)result;
	woken_at[rounds++] = woken;
	if (rounds == 4)
		loop_stop(loop);
	else if (!lane_submit(job->lane, job))
		ok(false, "a job may be submitted again from its own done");
}

static void waking(void)
{
	struct queue *q = new_queue();
	struct lane *lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 1, .capacity = 1, .deadline_ms = 5000});
	struct job job = {
		.name = "round", .run = round_result, .done = round_done, .arg = &rounds, .wakes = 5};
	woken = 0;
	ok(lane_submit(lane, &job), "a job is taken");
	run_loop();
	is_i64(rounds, 4, "a job is submitted again from its own done");
	is_i64(woken_at[2], 0, "RETRY, REFUSED and UNSURE wake nobody");
	is_i64(woken_at[3], 5, "OK tells the duties that the job names");
	queue_free(q);
}

/* ---- a job that hangs ------------------------------------------------------------------------------------------------ */

static struct queue *watched;
static int looks, found_at;
static const char *stuck_lane, *stuck_job;

static enum result hang(struct work *w, void *arg)
{
	(void)w;
	(void)arg;
	sleep_ms(700);
	return OK;
}

static void hung(struct job *job, enum result result)
{
	(void)job;
	(void)result;
	loop_stop(loop);
}

static void look(void *arg)
{
	looks++;
	if (queue_stuck(watched, 200, &stuck_lane, &stuck_job) && !found_at)
		found_at = looks;
	timer_set(*(struct timer **)arg, 100);
}

static void hanging(void)
{
	struct queue *q = watched = new_queue();
	struct lane *lane = lane_open(
		q, &(struct lane_plan){.name = "a", .threads = 2, .capacity = 2, .deadline_ms = 5000});
	struct job job = {.name = "hang", .run = hang, .done = hung};
	struct timer *t = timer_new(loop, look, &t);
	timer_set(t, 100);
	ok(lane_submit(lane, &job), "a job is taken");
	run_loop();
	timer_free(t);
	ok(found_at >= 2, "a job that hangs is found, after its time and at the second look (%d)", found_at);
	ok(stuck_job && strcmp(stuck_job, "hang") == 0 && strcmp(stuck_lane, "a") == 0, "by its name");
	ok(!queue_stuck(q, 0, &stuck_lane, &stuck_job) && !queue_stuck(q, 0, &stuck_lane, &stuck_job),
		"a worker that waits for a job is not stuck");
	queue_free(q);
}

int main(void)
{
	loop = loop_new();
	many_jobs();
	responsive();
	limits();
	freeing();
	waking();
	hanging();
	loop_free(loop);
	return done_testing();
}
