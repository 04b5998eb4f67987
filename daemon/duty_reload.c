/* Reload by replacement: the new process must work before the old one drains, and both have the same sockets. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/log.h"
#include "daemon/duty_private.h"
#include "daemon/notify.h"

enum { READY_MS = 30000 };

void duty_reload_free(struct duty_private *own)
{
	if (own->successor_watch) {
		watch_free(own->successor_watch);
		close(own->successor_fd);
	}
	own->successor_watch = NULL;
	timer_free(own->successor_timer);
	own->successor_timer = NULL;
}

static void failed(struct duty_private *own, const char *reason)
{
	log_event(LOG_ERROR, "reload_failed", K_STR("why", reason));
	duty_reload_free(own);
	kill(own->successor, SIGKILL);
	waitpid(own->successor, NULL, 0);
	own->successor = 0;
}

static void too_late(void *arg)
{
	const struct duty_ctx *d = arg;
	failed(d->own, "the new process was not ready in time; this one goes on");
}

static void ready_or_dead(void *arg, int fd, int what)
{
	(void)what;
	struct duty_ctx *d = arg;
	struct duty_private *own = d->own;
	char byte, text[48];
	if (read(fd, &byte, 1) != 1) {
		failed(own, "the new process ended; this one goes on");
		return;
	}
	duty_reload_free(own);
	snprintf(text, sizeof text, "MAINPID=%d", (int)own->successor);
	notify(text);
	own->replaced = true;
	duty_drain(d, 0);
}

void duty_reload(void *arg)
{
	struct duty_ctx *d = arg;
	struct duty_private *own = d->own;
	if (own->draining || own->successor || getenv("CHITRA_SUPERVISED"))
		return; /* the supervisor has heard it too */
	struct config_errors errors = {0};
	struct config *c = config_load(own->spawner->config_path, 1u << d->duty->db, &errors);
	if (!c) {
		fputs(errors.text, stderr);
		log_event(LOG_ERROR, "reload_refused", K_I64("errors", (int64_t)errors.n));
		config_errors_free(&errors);
		return;
	}
	struct why why = {0};
	bool open = duty_sockets(&own->sockets, c, d->duty->name, &why);
	config_free(c);
	if (open)
		own->successor = duty_spawn(
			own->spawner, d->duty->name, &own->sockets, &own->successor_fd, &why);
	if (!open || own->successor < 0) {
		own->successor = 0;
		log_event(LOG_ERROR, "reload_failed", K_WHY(&why));
		return;
	}
	log_event(LOG_NOTICE, "reload", K_I64("pid", own->successor));
	own->successor_watch = watch_new(d->loop, own->successor_fd, WATCH_READ, ready_or_dead, d);
	own->successor_timer = timer_new(d->loop, too_late, d);
	timer_set(own->successor_timer, READY_MS);
}
