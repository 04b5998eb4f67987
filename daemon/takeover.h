/* takeover.h: who is instance N of a duty.
 *
 * A session-level advisory lock on (duty, instance), held by a connection of its own. Whoever gets it knows that the
 * earlier process of that number is dead (or its connection is), and may take over its work at once instead of
 * waiting for the lease. A hint: the dispatch's epoch is the fence. During a reload the old process holds the lock
 * until it has drained; the new one works meanwhile and gets it then. Loop thread. */
#pragma once

#include <stdbool.h>

#include "ledger/base/result.h"
#include "ledger/db/db.h"

struct loop;
struct lane;
struct takeover;

typedef void takeover_held(void *arg);

/* lane: one with a single thread, whose connection then holds the lock. Tries every 200 ms until the lock is held, then looks every 5 s whether it still is. held is called each time that
 * the lock was got: at the start, and again when it was lost with its connection. */
void takeover_free(struct takeover *t); /* the queue must have been freed before */
struct takeover *takeover_new(
	struct loop *l, struct lane *lane, enum db_duty duty, int instance, takeover_held *held, void *arg);

bool takeover_is_held(const struct takeover *t);
void takeover_stop(struct takeover *t);
