#include "daemon/duty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/log.h"
#include "daemon/admin.h"
#include "daemon/duty_private.h"
#include "daemon/notify.h"
#include "daemon/version.h"

enum {
	EX_CONFIG = 78,
	EX_TEMPFAIL = 75,
	DRAIN_LOOK_MS = 20,
};

/* ---- what a duty's own file calls ------------------------------------------------------------------------------------ */

struct lane *duty_lane(struct duty_ctx *d, const char *name)
{
	for (size_t i = 0; i < d->duty->lanes_n; i++)
		if (strcmp(d->duty->lanes[i].name, name) == 0)
			return d->own->lanes[i];
	bug("duty %s has no lane %s", d->duty->name, name);
}

struct poll_task *duty_poll(struct duty_ctx *d, const struct poll_plan *plan)
{
	struct duty_private *own = d->own;
	bug_if(own->polls_n == DUTY_POLLS_MAX);
	struct poll_task *t = poll_task_new(d->loop, plan);
	own->polls[own->polls_n++] = t;
	if (own->draining)
		poll_task_stop(t);
	return t;
}

struct server *duty_serve(struct duty_ctx *d, const struct server_plan *plan, struct why *why)
{
	struct duty_private *own = d->own;
	bug_if(own->server);
	int fd = sockets_find(&own->sockets, d->duty->name);
	bug_if(fd < 0);
	own->server = server_new(d->loop, plan, fd, why);
	return own->server;
}

bool duty_is_draining(const struct duty_ctx *d)
{
	return d->own->draining;
}

/* ---- draining --------------------------------------------------------------------------------------------------------- */

static bool is_idle(const struct duty_ctx *d)
{
	const struct duty_private *own = d->own;
	for (size_t i = 0; i < own->polls_n; i++)
		if (!poll_task_idle(own->polls[i]))
			return false;
	if (queue_in_flight(d->queue) || (own->server && server_in_flight(own->server)))
		return false;
	return !own->started || !d->duty->idle || d->duty->idle(d);
}

static void look_whether_idle(void *arg)
{
	struct duty_ctx *d = arg;
	struct duty_private *own = d->own;
	if (is_idle(d)) {
		/* Last, so that it tells to the end that this one is not ready; a new one may listen on the same socket. */
		server_drain(own->admin);
		if (!server_in_flight(own->admin)) {
			loop_stop(d->loop);
			return;
		}
	}
	int64_t took_us = monotonic_us() - own->drain_began_us;
	if (took_us > own->drain_ms * 1000) {
		/* Threads cannot be ended from outside. What they leave is in the database, as after any death. */
		log_event(LOG_ERROR, "drain_time_over", K_I64("jobs", (int64_t)queue_in_flight(d->queue)),
			K_I64("after_ms", took_us / 1000));
		_exit(EX_TEMPFAIL);
	}
	timer_set(own->drain, DRAIN_LOOK_MS);
}

void duty_drain(struct duty_ctx *d, int status)
{
	struct duty_private *own = d->own;
	if (!own->draining || status)
		own->status = status;
	if (own->draining)
		return;
	own->draining = true;
	own->drain_began_us = monotonic_us();
	log_event(LOG_NOTICE, "draining", K_BOOL("replaced", own->replaced));
	if (!own->replaced)
		notify("STOPPING=1");
	condition_set(own->serving, false, "draining");
	timer_clear(own->check);
	if (own->server)
		server_drain(own->server);
	if (own->replaced)
		server_drain(own->admin); /* otherwise some would ask the old one how the new one is */
	for (size_t i = 0; i < own->polls_n; i++)
		poll_task_stop(own->polls[i]);
	if (own->takeover)
		takeover_stop(own->takeover);
	if (own->started && d->duty->stop_claiming)
		d->duty->stop_claiming(d);
	timer_set(own->drain, 0);
}

void duty_end(struct duty_ctx *d, int status)
{
	duty_drain(d, status);
}

static void stop(void *arg)
{
	duty_drain(arg, 0);
}

/* ---- starting --------------------------------------------------------------------------------------------------------- */

static void lock_is_held(void *arg)
{
	struct duty_ctx *d = arg;
	d->duty->took_over(d);
}

/* The database is there and its schema is ours. */
void duty_begin(struct duty_ctx *d)
{
	struct duty_private *own = d->own;
	struct why why = {0};
	if (!d->duty->start(d, &why)) {
		log_event(LOG_ERROR, "not_started", K_WHY(&why));
		/* A disk that is full now is no wrong configuration: somebody starts this again, and the other duties go on. */
		duty_drain(d, why_is(&why, "file_trouble") ? EX_TEMPFAIL : EX_CONFIG);
		return;
	}
	own->started = true;
	condition_set(own->serving, true, "since this process works");
	if (d->duty->took_over)
		own->takeover = takeover_new(
			d->loop, own->watch_lane, d->duty->db, d->instance, lock_is_held, d);
	log_event(LOG_NOTICE, "started", K_STR("owner", d->owner));
	notify_ready();
}

static void heard(void *arg, unsigned bits)
{
	struct duty_ctx *d = arg;
	for (size_t i = 0; i < d->own->polls_n; i++)
		if (poll_task_woken_by(d->own->polls[i]) & bits)
			poll_task_wake(d->own->polls[i]);
}

static void tell_others(void *arg, unsigned bits)
{
	const struct duty_ctx *d = arg;
	wake_send(d->wake, bits);
}

static void feed_watchdog(void *arg)
{
	struct duty_ctx *d = arg;
	notify("WATCHDOG=1");
	timer_set(d->own->watchdog, d->own->watchdog_ms);
}

/* No thread can be ended from outside: the process is, and what its job may have done to be counted is. */
static void look_for_stuck(void *arg)
{
	struct duty_ctx *d = arg;
	const char *lane, *job;
	if (queue_stuck(d->queue, d->own->stuck_ms, &lane, &job))
		bug("job %s in lane %s makes no progress", job, lane);
	timer_set(d->own->stuck, d->own->stuck_ms / 4);
}

static int threads_per(const struct config *c, const char *section)
{
	size_t n;
	(void)config_labels(c, section, &n);
	return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

static void open_lanes(struct duty_ctx *d)
{
	struct duty_private *own = d->own;
	d->queue = queue_new(&(struct queue_options){
		.loop = d->loop,
		.conninfo = config_text(d->config, "database", "conninfo"),
		.duty = d->duty->db,
		.wake = tell_others,
		.wake_ctx = d,
	});
	bug_if(d->duty->lanes_n > DUTY_LANES_MAX);
	for (size_t i = 0; i < d->duty->lanes_n; i++) {
		struct lane_plan plan = d->duty->lanes[i];
		char option[48];
		snprintf(option, sizeof option, "%s_threads", plan.name);
		if (plan.per)
			plan.threads = threads_per(d->config, plan.per);
		else if (!plan.threads)
			plan.threads = (int)config_int(d->config, d->duty->name, option);
		if (!plan.deadline_ms)
			plan.deadline_ms = config_ms(d->config, "database", "deadline");
		own->lanes[i] = lane_open(d->queue, &plan);
	}
	/* One thread, so one connection: it holds the instance's lock. */
	own->watch_lane = lane_open(d->queue,
		&(struct lane_plan){.name = "watch", .threads = 1, .capacity = 8, .deadline_ms = 5000});
}

static bool listen_and_say_so(struct duty_ctx *d, struct why *why)
{
	struct duty_private *own = d->own;
	const char *run_dir = config_text(d->config, "chitra", "run_dir"), *name = d->duty->name;
	char socket[SOCKET_NAME_MAX], address[SOCKET_ADDRESS_MAX], pid[16];
	snprintf(socket, sizeof socket, "%s.admin", name);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	sockets_inherit(&own->sockets);
	if (!duty_sockets(&own->sockets, d->config, name, why))
		return false;
	int fd = sockets_find(&own->sockets, socket);
	own->admin = admin_serve(d->loop, fd, why);
	socket_address(fd, address);
	if (!own->admin || !admin_write(run_dir, name, d->instance, "pid", pid, why) ||
		!admin_write(run_dir, name, d->instance, "admin", address, why))
		return false;
	fd = sockets_find(&own->sockets, name);
	if (fd < 0)
		return true;
	socket_address(fd, address);
	return admin_write(run_dir, name, d->instance, "listen", address, why);
}

static void name_owner(struct duty_ctx *d)
{
	static char owner[96], prefix[64];
	char random[16];
	bug_if(getrandom(random, sizeof random, 0) != sizeof random);
	/* Letters, because the log takes a long run of digits for somebody's number. */
	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (char)('a' + (random[i] & 15));
	snprintf(prefix, sizeof prefix, "%s/%d/", d->duty->name, d->instance);
	snprintf(owner, sizeof owner, "%s%.*s", prefix, (int)sizeof random, random);
	d->owner = owner;
	d->owner_prefix = prefix;
}

static void prepare(struct duty_ctx *d)
{
	struct duty_private *own = d->own;
	struct why why = {0};
	own->database = condition_new("database");
	own->schema = condition_new("schema");
	own->history = condition_new("history");
	own->serving = condition_new("serving");
	own->clock = condition_new("clock");
	own->skew = metric_gauge("chitra_clock_skew_milliseconds", NULL,
		"How far the database's clock is ahead of this host's, beyond what the way explains.");
	if (d->duty->holds_keks)
		own->keks = condition_new("keys");
	metric_set(
		metric_gauge("chitra_build_info", "version=\"" CHITRA_VERSION "\"", "Which program this is."),
		1);
	own->doubt = metric_gauge("chitra_history_in_doubt", NULL,
		"1 when the database has forgotten something: nothing is sent, signed or booked (chitra recover).");
	own->db_up = metric_gauge("chitra_db_up", NULL, "1 when the last look found the database.");
	own->drain_ms = config_ms(d->config, "chitra", "drain_time");
	own->signals = signals_new(
		d->loop, &(struct signals_plan){.stop = stop, .reload = duty_reload, .arg = d});
	own->drain = timer_new(d->loop, look_whether_idle, d);
	own->watchdog = timer_new(d->loop, feed_watchdog, d);
	own->watchdog_ms = notify_watchdog_ms();
	if (own->watchdog_ms)
		timer_set(own->watchdog, 0);
	d->wake = wake_new(d->loop, config_text(d->config, "chitra", "run_dir"), d->duty->name, d->instance,
		heard, d, &why);
	if (!d->wake)
		log_event(LOG_WARN, "no_wake", K_WHY(&why));
	name_owner(d);
	open_lanes(d);
	own->stuck = timer_new(d->loop, look_for_stuck, d);
	own->stuck_ms = config_ms(d->config, "chitra", "stuck_after");
	timer_set(own->stuck, own->stuck_ms);
	duty_check_new(d);
}

static void dispose(struct duty_ctx *d)
{
	struct duty_private *own = d->own;
	server_free(own->server);
	server_free(own->admin);
	queue_free(d->queue);
	if (own->started && d->duty->stop)
		d->duty->stop(d);
	for (size_t i = 0; i < own->polls_n; i++)
		poll_task_free(own->polls[i]);
	takeover_free(own->takeover);
	wake_free(d->wake);
	duty_reload_free(own);
	timer_free(own->check);
	timer_free(own->drain);
	timer_free(own->watchdog);
	timer_free(own->stuck);
	signals_free(own->signals);
	sockets_close(&own->sockets);
}

void duty_log_start(const char *name, const struct config *c)
{
	static const char *const levels[] = {[LOG_ERROR] = "error",
		[LOG_WARN] = "warning",
		[LOG_NOTICE] = "notice",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug"};
	const char *level = config_text(c, "chitra", "log_level");
	struct log_setup setup = {.duty = name, .level = LOG_INFO};
	for (size_t i = LOG_ERROR; i < COUNT_OF(levels); i++)
		if (strcmp(levels[i], level) == 0)
			setup.level = (enum log_level)i;
	setup.json = strcmp(config_text(c, "chitra", "log_format"), "json") == 0;
	setup.prefix = !setup.json;
	log_start(&setup);
}

int duty_run(const struct duty *duty, const struct spawner *spawner)
{
	struct config_errors errors = {0};
	struct config *config = config_load(spawner->config_path, 1u << duty->db, &errors);
	if (!config) {
		fputs(errors.text, stderr);
		config_errors_free(&errors);
		return EX_CONFIG;
	}
	duty_log_start(duty->name, config);
	if (failpoint_board)
		log_event(LOG_WARN, "failpoints",
			K_STR("why", "CHITRA_FAILPOINTS: this process is being tested"));
	struct duty_private own = {.spawner = spawner};
	struct duty_ctx d = {.duty = duty, .loop = loop_new(), .config = config, .own = &own};
	d.instance = (int)config_int(config, "chitra", "instance");
	struct why why = {0};
	prepare(&d);
	if (listen_and_say_so(&d, &why)) {
		loop_run(d.loop);
	} else {
		log_event(LOG_ERROR, "not_listening", K_WHY(&why));
		own.status = EX_CONFIG;
	}
	const char *run_dir = config_text(config, "chitra", "run_dir");
	admin_remove(run_dir, duty->name, d.instance);
	dispose(&d);
	loop_free(d.loop);
	config_free(config);
	log_event(LOG_NOTICE, "ended", K_I64("status", own.status));
	return own.status;
}

/* ---- which there are -------------------------------------------------------------------------------------------------- */

const struct duty *const duties[] = {&duty_gate, &duty_desk, &duty_teller, &duty_scribe};
const size_t duties_n = COUNT_OF(duties);

const struct duty *duty_by_name(const char *name)
{
	for (size_t i = 0; i < duties_n; i++)
		if (strcmp(duties[i]->name, name) == 0)
			return duties[i];
	return NULL;
}
