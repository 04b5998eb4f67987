/* spawn.h: a new process for one duty, on listening sockets that are open already. What the supervisor and a duty's own
 * reload have in common. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"
#include "daemon/sockets.h"

struct config;

struct spawner {
	const char *program; /* the path of chitrad: after an upgrade another file than the one that runs */
	const char *config_path;
	bool supervises; /* the children end with us and do not speak to the service manager */
};

/* Starts `chitrad --duty NAME --config PATH` with those of the sockets that are the duty's. *ready becomes a descriptor
 * on which one byte comes when the new process works, or the end of file when it died. -1 with why. */
pid_t duty_spawn(const struct spawner *s, const char *duty, const struct sockets *sockets, int *ready,
	struct why *why) WARN_UNUSED;

/* Opens what the duty listens on (options `listen` and `admin_listen` of its section), unless it is there already. */
bool duty_sockets(struct sockets *s, const struct config *c, const char *duty, struct why *why) WARN_UNUSED;
