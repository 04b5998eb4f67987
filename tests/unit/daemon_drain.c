/* A duty of our own as a whole process: what it finishes when it is told to stop, and how it ends. Each case is a
 * child process of this one; it runs against a copy of the migrated template database. */
#include "tests/unit/db_test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "daemon/duty.h"
#include "daemon/spawn.h"
#include "ledger/base/log.h"

static char dir[64], conf[96], said[96];

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* ---- the duty: each thing that happens is a letter in the file `said` ---------------------------------------------- */

static struct {
	long job_ms;
	bool refuse, busy_after;
	int status;
} behaviour;

static void tell(char what)
{
	int fd = open(said, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, &what, 1) != 1)
		abort();
	close(fd);
}

static enum result work_long(struct work *w, void *arg)
{
	(void)w;
	(void)arg;
	tell('r');
	sleep_ms(behaviour.job_ms);
	return OK;
}

static struct duty_ctx *context;
static _Atomic int64_t stopped_us;

static void worked(struct job *job, enum result result)
{
	(void)job;
	(void)result;
	tell('d');
	if (behaviour.status)
		duty_end(context, behaviour.status);
}

static enum result claim(struct work *w, void *arg, size_t *found)
{
	(void)w;
	(void)arg;
	*found = 1;
	/* One run may have been under way; 100 ms after the order to stop claiming none is. */
	int64_t stopped = atomic_load(&stopped_us);
	if (stopped && monotonic_us() - stopped > 100000)
		tell('!');
	return OK;
}

static struct job job;
static struct timer *later;
static bool still_busy;

static void no_longer_busy(void *arg)
{
	(void)arg;
	still_busy = false;
	tell('n');
}

static bool start(struct duty_ctx *d, struct why *why)
{
	context = d;
	if (behaviour.refuse)
		return why_set(why, "no_key", "the key is missing");
	tell('s');
	job = (struct job){.name = "long", .run = work_long, .done = worked};
	if (!lane_submit(duty_lane(d, "only"), &job))
		abort();
	duty_poll(d, &(struct poll_plan){.name = "claim", .lane = duty_lane(d, "claims"), .run = claim});
	return true;
}

static void stop_claiming(struct duty_ctx *d)
{
	tell('c');
	atomic_store(&stopped_us, monotonic_us());
	if (behaviour.busy_after) {
		still_busy = true;
		later = timer_new(d->loop, no_longer_busy, NULL);
		timer_set(later, 300);
	}
}

static bool idle(const struct duty_ctx *d)
{
	(void)d;
	return !still_busy;
}

static void stop(struct duty_ctx *d)
{
	(void)d;
	timer_free(later);
	tell('e');
}

static const struct lane_plan lanes[] = {
	{.name = "only", .threads = 1, .capacity = 4}, {.name = "claims", .threads = 1, .capacity = 4}};
static const struct duty tested = {
	.name = "scribe",
	.db = DB_DUTY_SCRIBE,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
	.stop_claiming = stop_claiming,
	.idle = idle,
	.stop = stop,
};

/* ---- the cases ----------------------------------------------------------------------------------------------------------- */

static const char *what_was_said(void)
{
	static char text[64];
	size_t n = 0;
	FILE *f = fopen(said, "r");
	if (f) {
		n = fread(text, 1, sizeof text - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

static pid_t begin(void)
{
	unlink(said);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		struct spawner spawner = {.program = "/bin/false", .config_path = conf};
		_exit(duty_run(&tested, &spawner));
	}
	return child;
}

static bool until_said(char what)
{
	for (int i = 0; i < 1000; i++) {
		if (strchr(what_was_said(), what))
			return true;
		sleep_ms(10);
	}
	return false;
}

static int end_of(pid_t child, int *took_ms)
{
	int64_t began = monotonic_us();
	int status;
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (monotonic_us() - began > 15000000)
			kill(child, SIGKILL);
		sleep_ms(5);
	}
	*took_ms = (int)((monotonic_us() - began) / 1000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void write_conf(const char *drain_time)
{
	FILE *f = fopen(conf, "w");
	fprintf(f, "[chitra]\nrun_dir = %s\ndrain_time = %s\n[database]\nconninfo = dbname=%s\n", dir,
		drain_time, scene_database);
	fclose(f);
}

int main(void)
{
	int took_ms;
	pid_t child;
	if (!getenv("PGHOST") || !getenv("CHITRA_TEST_CLUSTER"))
		skip_all("drain: no migrated template database (tests/run brings one)");
	scene_conn = scene_connect("postgres");
	snprintf(scene_database, sizeof scene_database, "chitra_drain_%d", (int)getpid());
	scene("create database %s template chitra_template", scene_database);
	PQfinish(scene_conn);
	snprintf(dir, sizeof dir, "/tmp/chitra-drain-XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(conf, sizeof conf, "%s/conf", dir);
	snprintf(said, sizeof said, "%s/said", dir);
	write_conf("5s");

	behaviour.job_ms = 600;
	child = begin();
	ok(until_said('r'), "a duty starts and its job runs");
	sleep_ms(100);
	kill(child, SIGTERM);
	is_i64(end_of(child, &took_ms), 0, "told to stop it ends with 0");
	is_str(what_was_said(), "srcde", "it stops claiming, finishes the job, records it, and frees itself");
	ok(took_ms >= 300 && took_ms < 2000, "no sooner than the job has ended, and not much later (%d ms)",
		took_ms);

	behaviour.job_ms = 10;
	behaviour.busy_after = true;
	child = begin();
	until_said('d');
	kill(child, SIGTERM);
	is_i64(end_of(child, &took_ms), 0, "a duty that is still busy on the loop is waited for");
	is_str(what_was_said(), "srdcne", "until it says that it is idle");
	behaviour.busy_after = false;

	write_conf("300ms");
	behaviour.job_ms = 5000;
	child = begin();
	until_said('r');
	kill(child, SIGTERM);
	is_i64(end_of(child, &took_ms), 75,
		"when the drain time is over it ends as it is, and its status says so");
	ok(took_ms >= 280 && took_ms < 2500, "then, and not when the job ends (%d ms)", took_ms);
	write_conf("5s");

	behaviour.refuse = true;
	child = begin();
	is_i64(end_of(child, &took_ms), 78, "a duty whose configuration cannot work ends with 78");
	is_str(what_was_said(), "", "before it has begun anything");
	behaviour.refuse = false;

	behaviour.job_ms = 10;
	behaviour.status = 70;
	child = begin();
	is_i64(end_of(child, &took_ms), 70, "a duty can end its process");
	is_str(what_was_said(), "srdce", "which drains as well");
	behaviour.status = 0;

	unlink(said);
	unlink(conf);
	ok(rmdir(dir) == 0, "nothing is left in the run directory");
	scene_conn = scene_connect("postgres");
	scene("drop database if exists %s with (force)", scene_database);
	PQfinish(scene_conn);
	return done_testing();
}
