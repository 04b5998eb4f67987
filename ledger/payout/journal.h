/* journal.h: the sent journal, the teller's own memory of what it ever sent.
 *
 * One append-only file outside the database. Before the first byte of a dispatch leaves, all its ids are in it and fdatasynced;
 * an id that is in it goes out again only under law 1. So a database that was tampered with, or restored from yesterday, cannot
 * make the teller pay twice. Text, so that a person and `chitra recover` can read it:
 *
 *	journal <name>					drawn when the file is made: which journal this is, wherever it lies
 *
 *	dispatch <id> epoch <n> channel <code> count <n> sum <dong> root <hex> at <instant>
 *	sent <end-to-end id> <dong> <account hash hex> <payout>
 *	…
 *	done <count>
 *
 *	again <end-to-end id> at <instant>		a further attempt that law 1 allows
 *	not-sent <end-to-end id> at <instant>		our own read callback never handed over its last byte; after `again` it is the
 *							last attempt that stayed, and the id was sent all the same
 *
 * A tail without its `done` was never synced, so nothing of it left: it is cut off at the next start. Never talks to the
 * database or to a bank. One thread. */
#ifndef CHITRA_PAYOUT_JOURNAL_H
#define CHITRA_PAYOUT_JOURNAL_H

#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/base/why.h"

struct journal;

struct journal_item {
	char id[E2E_ID_SIZE];
	struct vnd amount;
	struct hash account;
	int64_t payout;
};

struct journal_dispatch {
	int64_t dispatch;
	int32_t epoch;
	const char *channel;
	struct hash root; /* over the line hashes of what is sent */
	int64_t at_us;
};

void journal_close(struct journal *j);

/* Opens or creates it and reads all ids (10 bytes of memory each, twice). NULL with why: file_locked, file_trouble,
 * journal_broken (a line in the middle is not one of ours: the file was edited; nothing may be sent). */
struct journal *journal_open(const char *path, struct why *why) FREED_BY(journal_close) WARN_UNUSED;

/* Its name, JOURNAL_NAME_SIZE with its end; and where it lies. */
#define JOURNAL_NAME_SIZE 17
const char *journal_name(const struct journal *j);
const char *journal_path(const struct journal *j);
uint64_t journal_size(const struct journal *j); /* bytes */

/* Whether it was ever sent and is not known to have stayed here. */
bool journal_has(const struct journal *j, const char *id);
/* The day in Vietnam on which it was first sent; what stayed here was not sent. False: it was never sent. */
bool journal_first_day(const struct journal *j, const char *id, struct day *out) WARN_UNUSED;
size_t journal_count(const struct journal *j);

/* There is room on the disk for so many lines: asked before payouts are committed as sent, so that a full disk leaves them ready and
 * not in doubt. False with why: file_trouble. */
bool journal_has_room(struct journal *j, size_t lines, struct why *why) WARN_UNUSED;

/* Records a dispatch, durably. False with why: journal_repeated (one of the ids was sent before: nothing was recorded, and the
 * dispatch must not go), file_trouble (disk full: nothing was recorded). */
bool journal_record(struct journal *j, const struct journal_dispatch *d, const struct journal_item *items,
	size_t n, struct why *why) WARN_UNUSED;

/* A further attempt of ids that were sent before; law 1 is the caller's to judge. False with why: journal_unknown, file_trouble. */
bool journal_record_again(
	struct journal *j, const char *const *ids, size_t n, int64_t at_us, struct why *why) WARN_UNUSED;

/* These certainly did not leave this time; what never did may be recorded again. False with why: journal_unknown, file_trouble. */
bool journal_record_not_sent(
	struct journal *j, const char *const *ids, size_t n, int64_t at_us, struct why *why) WARN_UNUSED;

#endif
