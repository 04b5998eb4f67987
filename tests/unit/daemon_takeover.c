/* Two processes of one number, as far as the database sees them: who holds the lock, and who gets it when. */
#include "tests/unit/db_test.h"

#include "daemon/loop.h"
#include "daemon/queue.h"
#include "daemon/takeover.h"
#include "ledger/base/log.h"

struct starter {
	struct queue *queue;
	struct takeover *takeover;
	int times_held;
};

static struct loop *loop;

static void held(void *arg)
{
	struct starter *s = arg;
	s->times_held++;
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

/* Until it holds the lock that many times, or 10 s. */
static bool until_held(struct starter *s, int times)
{
	for (int i = 0; i < 200 && s->times_held < times; i++)
		run_for(50);
	return s->times_held == times && takeover_is_held(s->takeover);
}

static void begin(struct starter *s, enum db_duty duty, int instance)
{
	*s = (struct starter){0};
	s->queue = queue_new(&(struct queue_options){.loop = loop, .conninfo = "", .duty = duty});
	struct lane *lane = lane_open(s->queue,
		&(struct lane_plan){.name = "watch", .threads = 1, .capacity = 4, .deadline_ms = 5000});
	s->takeover = takeover_new(loop, lane, duty, instance, held, s);
}

/* As a process ends: its connections close. */
static void end(struct starter *s)
{
	takeover_stop(s->takeover);
	while (queue_in_flight(s->queue))
		run_for(10);
	queue_free(s->queue);
	takeover_free(s->takeover);
}

/* Other tests have databases in the same cluster. */
#define OURS \
	"locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"

static const char *locks(void)
{
	return scene("select count(*) from pg_locks where " OURS);
}

int main(void)
{
	log_start(&(struct log_setup){.level = LOG_ERROR});
	scene_begin("takeover");
	loop = loop_new();
	struct starter first, second, other_number, other_duty;
	begin(&first, DB_DUTY_TELLER, 1);
	ok(until_held(&first, 1), "the first process of a number gets its lock");
	is_str(scene("select count(*) from pg_locks where " OURS " and granted"), "1", "it is one lock");
	begin(&second, DB_DUTY_TELLER, 1);
	begin(&other_number, DB_DUTY_TELLER, 2);
	begin(&other_duty, DB_DUTY_SCRIBE, 1);
	ok(until_held(&other_number, 1) && until_held(&other_duty, 1),
		"another number and another duty have locks of their own");
	run_for(700);
	ok(!takeover_is_held(second.takeover) && takeover_is_held(first.takeover),
		"a second process of the number does not get it while the first lives");
	end(&first);
	int64_t ended = monotonic_us();
	ok(until_held(&second, 1), "it gets it when the first has ended");
	ok(monotonic_us() - ended < 1500000, "at once (%d ms)", (int)((monotonic_us() - ended) / 1000));

	scene("select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a using (pid) "
	      "where " OURS " and objid = 1 and usename = 'chitra_teller'");
	ok(until_held(&second, 2),
		"when its connection is lost it asks again, and is told again that it holds the lock");
	run_for(5500);
	is_i64(second.times_held, 2, "as long as it holds the lock it is told once");
	is_str(scene("select count(*) from pg_locks where " OURS " and objid = 1 and granted"), "2",
		"and holds it once, beside the other duty's");
	end(&second);
	end(&other_number);
	end(&other_duty);
	for (int i = 0; i < 100 && strcmp(locks(), "0") != 0; i++)
		run_for(20);
	is_str(locks(), "0", "locks end with their processes");
	loop_free(loop);
	scene_end();
	return done_testing();
}
