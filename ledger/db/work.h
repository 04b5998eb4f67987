/* work.h: what one job carries: where it allocates, which connection is its own, why it failed, until when it may last.
 *
 * The first parameter of everything that touches the database. A lane owns one struct db and makes one struct work per
 * job; the arena is freed as a whole after it. */
#ifndef CHITRA_DB_WORK_H
#define CHITRA_DB_WORK_H

#include <stdint.h>

#include "ledger/base/arena.h"
#include "ledger/base/result.h"
#include "ledger/base/why.h"

struct db;
struct lease;

struct work {
	struct arena *arena;
	struct db *db;
	struct why why; /* filled by whatever did not return OK */
	const char *
		job; /* what is done, in a word: names its commits in tests (ledger/base/failpoint.h); or NULL */
	int64_t deadline_us;       /* monotonic_us; never 0: a job without an end does not exist */
	const struct lease *lease; /* NULL, or what each COMMIT asks for (lease.h) */
};

/* The deadline `ms` milliseconds from now, for work.deadline_us. */
int64_t work_deadline_in_ms(int64_t ms);

#endif
