/* duty.h: what a duty is, and what it is given.
 *
 * A duty is one process with one role in the database, its own keys, one loop and some lanes. duty.c starts it,
 * checks the schema, opens lanes, serves the admin port, drains it on SIGTERM and replaces it on SIGHUP. The duty's
 * own file (duties/NAME.c) says what it does. Nothing here knows what that is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"
#include "ledger/db/db.h"
#include "daemon/config.h"
#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/metrics.h"
#include "daemon/poll.h"
#include "daemon/queue.h"
#include "daemon/wake.h"

struct duty_private;

struct duty_ctx {
	const struct duty *duty;
	struct loop *loop;
	const struct config *config; /* reads as this duty */
	struct queue *queue;
	struct wake *wake; /* may be NULL */
	int instance;      /* [chitra] instance */
	const char *
		owner; /* "teller/1/kdbamdpolfhcgaje": this process and no other, what `dispatch.owner` says */
	const char *owner_prefix; /* "teller/1/": this process and those of the same number before it */
	void *state;              /* the duty's own; set by start, freed by stop */
	struct duty_private *own; /* duty.c's */
};

struct duty {
	const char *name; /* "teller" */
	enum db_duty db;
	const struct lane_plan *lanes;
	size_t lanes_n;
	bool holds_keks; /* [NAME] kek: it does not begin without the keys that the database's wrapped ones need */

	/* On the loop's thread, so without the database (it was reached and its schema is ours). False and why: the
	 * configuration cannot work (a key is missing, a directory cannot be written); the process exits 78. */
	bool (*start)(struct duty_ctx *d, struct why *why);

	/* All below may be NULL. */
	void (*took_over)(struct duty_ctx *d); /* the lock of (duty, instance) was got: takeover.h */
	void (*stop_claiming)(
		struct duty_ctx *d); /* SIGTERM: begin nothing new; poll tasks were stopped already */
	bool (*idle)(const struct duty_ctx *d); /* nothing is under way but in lanes, polls and servers */
	void (*stop)(struct duty_ctx *d);       /* lanes have ended; free the state */
};

extern const struct duty duty_gate, duty_desk, duty_teller, duty_scribe;
extern const struct duty *const duties[];
extern const size_t duties_n;
const struct duty *duty_by_name(const char *name); /* NULL: there is none */

/* For a duty's own file, on the loop's thread. */
struct lane *duty_lane(struct duty_ctx *d, const char *name); /* bug() when the duty has no such lane */
/* A poll task that is woken, stopped, drained and freed with the duty. */
struct poll_task *duty_poll(struct duty_ctx *d, const struct poll_plan *plan);
/* Serves on the duty's own listening socket (option `listen` of its section). Call it in start. */
struct server *duty_serve(struct duty_ctx *d, const struct server_plan *plan, struct why *why);
bool duty_is_draining(const struct duty_ctx *d);
/* Something is so wrong that this process must end: drains, then exits with the status. */
void duty_end(struct duty_ctx *d, int status);

struct spawner;

/* Runs until it is told to stop; returns the process's exit status. Called by chitrad.c. */
int duty_run(const struct duty *duty, const struct spawner *spawner);

/* log_start as [chitra] log_format and log_level say. */
void duty_log_start(const char *name, const struct config *c);
