#include "daemon/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "daemon/admin.h"
#include "daemon/config.h"
#include "daemon/duty.h"
#include "daemon/loop.h"
#include "daemon/notify.h"
#include "daemon/signals.h"
#include "daemon/sockets.h"
#include "daemon/spawn.h"

enum {
	PROCESSES_MAX = 16,
	RESTART_MIN_MS = 100,
	RESTART_MAX_MS = 10000,
	STEADY_US = 30000000, /* a duty that ran this long is restarted at once */
	READY_MS = 30000,     /* a new duty that is not ready by then does not replace the old one */
	OVERTIME_MS = 5000,   /* on top of the drain time, before SIGKILL */
	EX_CONFIG = 78,
};

enum state {
	GONE,
	STARTING, /* not yet ready; `replaces` may still serve */
	SERVING,
	DRAINING, /* was told to stop */
};

struct child {
	struct supervisor *s;
	const struct duty *duty;
	enum state state;
	pid_t pid;
	int ready;
	struct watch *watch;
	struct timer *timer; /* STARTING as a replacement: gives up */
	struct child *replaces;
	int64_t started_us;
};

/* One place per duty: which process serves, and when the next is started. */
struct place {
	struct supervisor *s;
	const struct duty *duty;
	struct timer *restart;
	int64_t wait_ms;
};

struct supervisor {
	const struct spawner *spawner;
	struct loop *loop;
	struct sockets sockets;
	struct child children[PROCESSES_MAX];
	struct place places[8];
	struct timer *overtime;
	int64_t drain_ms;
	bool stopping;
	bool said_ready;
	int status;
};

static bool start(struct supervisor *s, const struct duty *duty, struct child *replaces);

static struct place *place_of(struct supervisor *s, const struct duty *duty)
{
	for (size_t i = 0; i < duties_n; i++)
		if (s->places[i].duty == duty)
			return &s->places[i];
	bug("no place for duty %s", duty->name);
}

static bool any_is(const struct supervisor *s, const struct duty *duty, enum state state)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (s->children[i].state == state && (!duty || s->children[i].duty == duty))
			return true;
	return false;
}

static void end_if_all_are_gone(struct supervisor *s)
{
	if (s->stopping && !any_is(s, NULL, STARTING) && !any_is(s, NULL, SERVING) &&
		!any_is(s, NULL, DRAINING))
		loop_stop(s->loop);
}

/* ---- one process --------------------------------------------------------------------------------------------------- */

static void forget_readiness(struct child *c)
{
	if (c->watch) {
		watch_free(c->watch);
		close(c->ready);
		c->watch = NULL;
	}
	timer_free(c->timer);
	c->timer = NULL;
}

static void tell_to_stop(struct child *c)
{
	forget_readiness(c);
	if (c->state != GONE && c->state != DRAINING) {
		kill(c->pid, SIGTERM);
		c->state = DRAINING;
	}
}

static void all_ready(struct supervisor *s)
{
	for (size_t i = 0; i < duties_n; i++)
		if (!any_is(s, duties[i], SERVING))
			return;
	if (!s->said_ready)
		log_event(LOG_NOTICE, "ready");
	s->said_ready = true;
	notify_ready();
}

static void ready_or_dead(void *arg, int fd, int what)
{
	(void)what;
	struct child *c = arg;
	char byte;
	bool ready = read(fd, &byte, 1) == 1;
	forget_readiness(c);
	if (!ready)
		return; /* its SIGCHLD comes */
	c->state = SERVING;
	log_event(LOG_INFO, "duty_ready", K_STR("of", c->duty->name), K_I64("pid", c->pid));
	if (c->replaces)
		tell_to_stop(c->replaces);
	c->replaces = NULL;
	all_ready(c->s);
}

static void give_up_replacing(void *arg)
{
	struct child *c = arg;
	log_event(LOG_ERROR, "reload_failed", K_STR("of", c->duty->name),
		K_STR("why", "the new process was not ready in time"));
	tell_to_stop(c);
}

static struct child *free_place(struct supervisor *s)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (s->children[i].state == GONE)
			return &s->children[i];
	return NULL;
}

static bool start(struct supervisor *s, const struct duty *duty, struct child *replaces)
{
	struct child *c = free_place(s);
	struct why why = {0};
	int ready = -1;
	pid_t pid = c ? duty_spawn(s->spawner, duty->name, &s->sockets, &ready, &why) : -1;
	if (pid < 0) {
		log_event(LOG_ERROR, "duty_not_started", K_STR("of", duty->name), K_WHY(&why));
		return false;
	}
	*c = (struct child){.s = s,
		.duty = duty,
		.state = STARTING,
		.pid = pid,
		.ready = ready,
		.replaces = replaces,
		.started_us = monotonic_us()};
	c->watch = watch_new(s->loop, ready, WATCH_READ, ready_or_dead, c);
	if (replaces) {
		c->timer = timer_new(s->loop, give_up_replacing, c);
		timer_set(c->timer, READY_MS);
	}
	log_event(LOG_INFO, "duty_started", K_STR("of", duty->name), K_I64("pid", pid));
	return true;
}

/* ---- deaths -------------------------------------------------------------------------------------------------------- */

static void start_again(void *arg)
{
	struct place *p = arg;
	if (p->s->stopping || any_is(p->s, p->duty, SERVING) || any_is(p->s, p->duty, STARTING))
		return;
	if (!start(p->s, p->duty, NULL))
		timer_set(p->restart, RESTART_MAX_MS);
}

static void stop_all(struct supervisor *s)
{
	s->stopping = true;
	notify("STOPPING=1");
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (s->children[i].state != GONE)
			tell_to_stop(&s->children[i]);
	timer_set(s->overtime, s->drain_ms + OVERTIME_MS);
	end_if_all_are_gone(s);
}

static void plan_restart(struct supervisor *s, const struct child *dead)
{
	struct place *p = place_of(s, dead->duty);
	if (monotonic_us() - dead->started_us > STEADY_US)
		p->wait_ms = 0;
	timer_set(p->restart, p->wait_ms);
	p->wait_ms = p->wait_ms ? p->wait_ms * 2 : RESTART_MIN_MS;
	if (p->wait_ms > RESTART_MAX_MS)
		p->wait_ms = RESTART_MAX_MS;
}

static void child_ended(struct supervisor *s, struct child *c, int status)
{
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	enum state was = c->state;
	log_event(clean && was == DRAINING ? LOG_INFO : LOG_WARN, "duty_ended", K_STR("of", c->duty->name),
		K_I64("pid", c->pid), K_I64("status", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
		K_I64("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
	bool replacing = was == STARTING && c->replaces;
	forget_readiness(c);
	c->state = GONE;
	/* Somebody may still wait to replace the one that is gone. */
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (s->children[i].replaces == c)
			s->children[i].replaces = NULL;
	if (s->stopping) {
		if (!clean && s->status == 0)
			s->status = 1;
		end_if_all_are_gone(s);
	} else if (replacing) {
		log_event(LOG_ERROR, "reload_failed", K_STR("of", c->duty->name),
			K_STR("why", "the new process ended; the old one goes on"));
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG) {
		s->status = EX_CONFIG; /* trying again would not help */
		stop_all(s);
	} else if (was != DRAINING) {
		plan_restart(s, c);
	}
}

static void children_ended(void *arg)
{
	struct supervisor *s = arg;
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < PROCESSES_MAX; i++)
			if (s->children[i].state != GONE && s->children[i].pid == pid)
				child_ended(s, &s->children[i], status);
}

/* ---- orders ---------------------------------------------------------------------------------------------------------- */

static void stop(void *arg)
{
	struct supervisor *s = arg;
	if (!s->stopping)
		stop_all(s);
}

static void overtime(void *arg)
{
	struct supervisor *s = arg;
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (s->children[i].state != GONE)
			kill(s->children[i].pid, SIGKILL);
}

static bool open_sockets(struct supervisor *s, const struct config *c)
{
	struct why why = {0};
	for (size_t i = 0; i < duties_n; i++) {
		if (duty_sockets(&s->sockets, c, duties[i]->name, &why))
			continue;
		log_event(LOG_ERROR, "not_listening", K_WHY(&why));
		return false;
	}
	return true;
}

static void reload(void *arg)
{
	struct supervisor *s = arg;
	struct config_errors errors = {0};
	struct config *c = s->stopping ? NULL : config_load(s->spawner->config_path, DUTY_ALL, &errors);
	if (errors.n) {
		fputs(errors.text, stderr);
		log_event(LOG_ERROR, "reload_refused", K_I64("errors", (int64_t)errors.n));
		config_errors_free(&errors);
	}
	if (!c)
		return;
	s->drain_ms = config_ms(c, "chitra", "drain_time");
	bool open = open_sockets(s, c);
	config_free(c);
	if (!open)
		return;
	log_event(LOG_NOTICE, "reload");
	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		struct child *old = &s->children[i];
		if (old->state == SERVING && !any_is(s, old->duty, STARTING))
			start(s, old->duty, old);
	}
}

int supervisor_run(const struct spawner *spawner)
{
	struct config_errors errors = {0};
	struct config *c = config_load(spawner->config_path, DUTY_ALL, &errors);
	if (!c) {
		fputs(errors.text, stderr);
		config_errors_free(&errors);
		return EX_CONFIG;
	}
	struct supervisor *s = calloc(1, sizeof *s);
	bug_if(!s || duties_n > COUNT_OF(s->places));
	s->spawner = spawner;
	s->loop = loop_new();
	s->drain_ms = config_ms(c, "chitra", "drain_time");
	duty_log_start("supervisor", c);
	sockets_inherit(&s->sockets);
	struct signals *signals = signals_new(s->loop,
		&(struct signals_plan){.stop = stop, .reload = reload, .child = children_ended, .arg = s});
	s->overtime = timer_new(s->loop, overtime, s);
	struct why why = {0};
	char pid[32];
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	int instance = (int)config_int(c, "chitra", "instance");
	if (!open_sockets(s, c)) {
		s->status = EX_CONFIG;
	} else if (!admin_write(
			   config_text(c, "chitra", "run_dir"), "supervisor", instance, "pid", pid, &why)) {
		log_event(LOG_ERROR, "run_dir", K_WHY(&why));
		s->status = EX_CONFIG;
	} else {
		for (size_t i = 0; i < duties_n; i++) {
			s->places[i] = (struct place){.s = s, .duty = duties[i]};
			s->places[i].restart = timer_new(s->loop, start_again, &s->places[i]);
			timer_set(s->places[i].restart, 0);
		}
		loop_run(s->loop);
	}
	admin_remove(config_text(c, "chitra", "run_dir"), "supervisor", instance);
	config_free(c);
	for (size_t i = 0; i < duties_n; i++)
		timer_free(s->places[i].restart);
	timer_free(s->overtime);
	signals_free(signals);
	sockets_close(&s->sockets);
	loop_free(s->loop);
	int status = s->status;
	free(s);
	log_event(LOG_NOTICE, "ended", K_I64("status", status));
	return status;
}
