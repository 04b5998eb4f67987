/* journal_read.h: the sent journal as a list: for `chitra recover` what was sent last of each id, with which dispatch; for the teller, which
 * otherwise only asks whether an id is there (journal.h), what it wrote lately.
 *
 * Reads a file that journal_open has looked through, and that nobody writes to meanwhile. Pure. */
#ifndef CHITRA_PAYOUT_JOURNAL_READ_H
#define CHITRA_PAYOUT_JOURNAL_READ_H

#include "ledger/base/arena.h"
#include "ledger/payout/journal.h"

struct journal_sent {
	struct journal_item item;
	int64_t dispatch;
	int32_t epoch;
	int64_t at_us; /* when it was first recorded; wall clock */
	uint64_t from; /* where in the file its group begins */
};

/* Every id once, by id; in the arena. An id that certainly did not leave is there too: the books have it on its way. False with
 * why: file_trouble, journal_broken. A journal that does not exist is an empty one. */
bool journal_read(
	struct arena *a, const char *path, struct journal_sent **out, size_t *n, struct why *why) WARN_UNUSED;

/* As many whole groups from this place on (the file's begin, a group's, or where the last call stopped) as it takes for `most` ids, in the
 * order of the file; where it stopped. n is 0: that was all. False with why: file_trouble, journal_broken. */
bool journal_read_some(struct arena *a, const char *path, uint64_t from, size_t most,
	struct journal_sent **out, size_t *n, uint64_t *stopped, struct why *why) WARN_UNUSED;

/* "journal <name>\n" */
bool journal_name_read(const char *line, char out[static JOURNAL_NAME_SIZE]) WARN_UNUSED;

#endif
