/* journal_read.h: the sent journal as a list, for `chitra recover`: what was sent last of each id, with which dispatch.
 *
 * The teller itself only asks whether an id is there (journal.h). Reads a file that journal_open has looked through, so that
 * nobody writes to it meanwhile. Pure. */
#ifndef CHITRA_PAYOUT_JOURNAL_READ_H
#define CHITRA_PAYOUT_JOURNAL_READ_H

#include "ledger/base/arena.h"
#include "ledger/payout/journal.h"

struct journal_sent {
	struct journal_item item;
	int64_t dispatch;
	int32_t epoch;
	int64_t at_us; /* when it was first recorded; wall clock */
};

/* Every id once, by id; in the arena. An id that certainly did not leave is there too: the books have it on its way. False with
 * why: file_trouble, journal_broken. A journal that does not exist is an empty one. */
bool journal_read(
	struct arena *a, const char *path, struct journal_sent **out, size_t *n, struct why *why) WARN_UNUSED;

#endif
