/* When a poll task runs again. Times are measured; the bounds are wide because the machine may be busy. */
#include <string.h>

#include "daemon/loop.h"
#include "daemon/poll.h"
#include "daemon/queue.h"
#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

enum { RUNS_MAX = 64 };

static struct loop *loop;
static struct queue *queue;
static struct lane *lane;
static unsigned woken;

/* What each run answers, and when it was. */
static struct {
	enum result result[RUNS_MAX];
	size_t found[RUNS_MAX];
	int64_t at_us[RUNS_MAX];
	int runs, wanted, after;
	size_t found_after;
} script;

static enum result run(struct work *w, void *arg, size_t *found)
{
	(void)arg;
	int i = script.runs;
	script.at_us[i] = monotonic_us();
	script.runs = i + 1;
	*found = script.found[i];
	if (script.result[i] != OK)
		why_set(&w->why, "scripted", "run %d", i);
	return script.result[i];
}

static void after(void *arg, enum result result, size_t found)
{
	(void)arg;
	(void)result;
	script.after++;
	script.found_after += found;
	if (script.after == script.wanted)
		loop_stop(loop);
}

static void wake(void *ctx, unsigned bits)
{
	(void)ctx;
	woken |= bits;
}

static void stop_loop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void run_for(int64_t ms)
{
	struct timer *t = timer_new(loop, stop_loop, NULL);
	timer_set(t, ms);
	loop_run(loop);
	timer_free(t);
}

static int64_t gap_ms(int i)
{
	return (script.at_us[i + 1] - script.at_us[i]) / 1000;
}

static int64_t shortest_ms(int first, int last)
{
	int64_t shortest = gap_ms(first);
	for (int i = first; i <= last; i++)
		if (gap_ms(i) < shortest)
			shortest = gap_ms(i);
	return shortest;
}

static struct poll_task *task(int wanted, size_t full)
{
	memset(&script, 0, sizeof script);
	script.wanted = wanted;
	return poll_task_new(loop, &(struct poll_plan){.name = "scripted",
					   .lane = lane,
					   .run = run,
					   .after = after,
					   .full = full,
					   .wakes = 8,
					   .woken_by = 2});
}

static void end(struct poll_task *t)
{
	poll_task_stop(t);
	while (!poll_task_idle(t))
		run_for(5);
	poll_task_free(t);
}

int main(void)
{
	log_start(&(struct log_setup){.level = LOG_ERROR - 1});
	loop = loop_new();
	queue = queue_new(&(struct queue_options){.loop = loop, .wake = wake});
	lane = lane_open(
		queue, &(struct lane_plan){.name = "a", .threads = 1, .capacity = 8, .deadline_ms = 5000});

	struct poll_task *t = task(10, 0);
	run_for(10000);
	ok(gap_ms(0) >= 9, "idle: the second look comes after 10 ms (%d)", (int)gap_ms(0));
	ok(gap_ms(3) >= 79, "idle: the wait doubles (%d ms the fourth time)", (int)gap_ms(3));
	ok(gap_ms(7) >= 199 && gap_ms(7) < 1000, "idle: the wait ends at 200 ms, not at 1,280 (%d)",
		(int)gap_ms(7));
	is_i64(woken, 0, "finding nothing wakes nobody");
	end(t);

	t = task(20, 0);
	for (int i = 8; i < 20; i++)
		script.found[i] = 1;
	run_for(10000);
	ok(shortest_ms(8, 18) >= 4 && shortest_ms(8, 18) < 100,
		"busy: the next look comes after 5 ms again (%d)", (int)shortest_ms(8, 18));
	is_i64((int64_t)script.found_after, 12, "after each run the task is told how much was found");
	is_i64(woken, 8, "work that was found wakes the duties that the plan names");
	end(t);

	t = task(20, 100);
	for (int i = 0; i < 20; i++)
		script.found[i] = 100;
	run_for(10000);
	is_i64(shortest_ms(0, 18), 0, "a full batch is followed by the next at once");
	end(t);

	t = task(RUNS_MAX, 0);
	run_for(900);
	int before = script.after;
	while (script.after == before)
		run_for(1);
	poll_task_wake(t);
	before = script.after;
	while (script.after == before)
		run_for(1);
	ok(gap_ms(before - 1) < 150, "a wake byte skips the wait (%d ms instead of 200)",
		(int)gap_ms(before - 1));
	is_i64(poll_task_woken_by(t), 2, "a task says which bytes wake it");
	end(t);

	t = task(4, 0);
	script.result[0] = script.result[1] = RETRY;
	script.result[2] = REFUSED;
	run_for(15000);
	ok(gap_ms(0) >= 199, "trouble: 200 ms the first time (%d)", (int)gap_ms(0));
	ok(gap_ms(1) >= 399, "trouble: doubling (%d)", (int)gap_ms(1));
	ok(gap_ms(2) >= 799, "a refusal backs off as well (%d)", (int)gap_ms(2));
	end(t);

	t = task(RUNS_MAX, 0);
	script.result[0] = RETRY;
	run_for(50);
	poll_task_wake(t);
	run_for(50);
	is_i64(script.after, 1, "a wake byte does not hurry a task that backs off");
	end(t);

	t = task(RUNS_MAX, 0);
	run_for(50);
	poll_task_pause(t);
	run_for(20);
	before = script.after;
	run_for(300);
	is_i64(script.after, before, "a paused task does not run");
	poll_task_resume(t);
	run_for(50);
	ok(script.after > before, "a resumed task runs again");
	poll_task_stop(t);
	run_for(20);
	before = script.after;
	poll_task_wake(t);
	run_for(300);
	is_i64(script.after, before, "a stopped task does not run, also when it is woken");
	end(t);

	queue_free(queue);
	loop_free(loop);
	return done_testing();
}
