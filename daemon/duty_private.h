/* duty_private.h: what duty.c, duty_check.c and duty_reload.c share. Nobody else includes it. */
#pragma once

#include <sys/types.h>

#include "daemon/duty.h"
#include "daemon/signals.h"
#include "daemon/sockets.h"
#include "daemon/spawn.h"
#include "daemon/takeover.h"

enum { DUTY_LANES_MAX = 8, DUTY_POLLS_MAX = 256 };

/* The database as the last look saw it; written by a worker, read when its job is done. */
struct duty_look {
	bool in_doubt, sandbox, standby, kek_wrong;
	int version;
	int64_t ahead_us; /* the database's clock, at least: how much of the difference its answer's way cannot explain */
	struct why doubt; /* when in_doubt */
	struct why kek;   /* when kek_wrong */
};

struct duty_private {
	const struct spawner *spawner;
	struct signals *signals;
	struct sockets sockets;
	struct server *admin, *server;
	struct lane *lanes[DUTY_LANES_MAX], *watch_lane;
	struct poll_task *polls[DUTY_POLLS_MAX];
	size_t polls_n;
	struct takeover *takeover;
	struct condition *database, *schema, *history, *serving, *clock, *keks; /* keks NULL: it holds none */
	struct metric *db_up, *doubt, *skew;

	struct timer *check, *drain, *watchdog, *stuck;
	struct job check_job;
	struct duty_look look;
	int64_t watchdog_ms, stuck_ms;

	bool started, draining, said_down, clock_set;
	int64_t drain_ms, drain_began_us;
	int status;

	/* The process that is to replace this one. */
	bool replaced;
	pid_t successor;
	int successor_fd;
	struct watch *successor_watch;
	struct timer *successor_timer;
};

void duty_begin(struct duty_ctx *d);
void duty_drain(struct duty_ctx *d, int status);

/* duty_check.c: looks at the database until it can be begun, then every few seconds for readiness. */
void duty_check_new(struct duty_ctx *d);

/* duty_reload.c: SIGHUP of a duty that no supervisor started. */
void duty_reload(void *duty_ctx);
void duty_reload_free(struct duty_private *own);
