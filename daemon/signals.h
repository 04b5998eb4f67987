/* signals.h: the signals that a duty or the supervisor answers, told on the loop; and what a process gives up first.
 *
 * SIGTERM and SIGINT mean stop, SIGHUP reload, SIGCHLD that a child has ended. SIGPIPE is ignored. */
#pragma once

#include "ledger/base/result.h"

struct loop;
struct signals;

struct signals_plan {
	void (*stop)(void *arg);
	void (*reload)(void *arg);
	void (*child)(void *arg); /* NULL: SIGCHLD keeps its default */
	void *arg;
};

void signals_free(struct signals *s);
struct signals *signals_new(struct loop *l, const struct signals_plan *plan);

/* Before anything else: umask 077, no core dump, no reading of this process's memory by others of the same user. */
void process_harden(void);
