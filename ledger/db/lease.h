/* lease.h: work that is done once at a time, by whoever holds its row of ops.lease.
 *
 * The epoch is the fence: inside run_under_lease every COMMIT asks in its own transaction whether the epoch is still ours, so what a process
 * began before it was stopped, and lost while it was, is rolled back when it wakes. The time is only how long others wait for a
 * holder that is silent; a holder that comes again under the same number (its prefix) does not wait. */
#ifndef CHITRA_DB_LEASE_H
#define CHITRA_DB_LEASE_H

#include "ledger/db/work.h"

struct lease {
	const char *name, *owner, *prefix;
	int64_t ms;
	int64_t epoch;    /* 0: not held */
	int64_t renew_us; /* monotonic; half of the time is over then */
};

struct lease lease_of(const char *name, const char *owner, const char *prefix, int64_t ms);

/* Takes or renews it, and runs when it is held; else OK with nothing found. RETRY lease_lost: another one has it since. */
enum result run_under_lease(struct work *w, struct lease *l,
	enum result (*run)(struct work *w, void *arg, size_t *found), void *arg, size_t *found) WARN_UNUSED;

/* tx.c's, before a COMMIT. */
enum result lease_fence(struct work *w) WARN_UNUSED;

#endif
