/* admin.h: /livez, /readyz and /metrics of one duty, on loopback.
 *
 * /livez: the loop turns. /readyz: every condition of metrics.h holds, one line each; 503 otherwise. /metrics: Prometheus
 * text. Says nothing of a person. Writes the address that it got (port 0: any) to RUN_DIR/DUTY.INSTANCE.admin. */
#pragma once

#include <stdbool.h>

#include "ledger/base/result.h"
#include "ledger/base/why.h"

struct loop;
struct server;

struct server *admin_serve(struct loop *l, int listen_fd, struct why *why);

/* RUN_DIR/DUTY.INSTANCE.KIND ("pid", "admin", "listen") with one line of text; false with why. */
bool admin_write(const char *run_dir, const char *duty, int instance, const char *kind, const char *text,
	struct why *why) WARN_UNUSED;

/* Removes the files of that name, if the "pid" among them is still ours: after a reload they are the new process's. */
void admin_remove(const char *run_dir, const char *duty, int instance);
