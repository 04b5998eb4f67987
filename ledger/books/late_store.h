/* late_store.h: whether what is posted is late.
 *
 * An entry whose day lies in a month that was closed before, or earlier, keeps its day and says `late`: the month's reports stay as they
 * were, and the next month's tell of it. Called by post.c alone, who holds the sequence, so nobody closes meanwhile; PostgreSQL refuses
 * what says otherwise (0015_period.sql). */
#ifndef LEDGER_BOOKS_LATE_STORE_H
#define LEDGER_BOOKS_LATE_STORE_H

#include "ledger/books/leaf.h"
#include "ledger/db/db.h"

/* late[i]: an agency whose accounts at[i] moves had closed its month, or a later one; of what moves nothing, the agency of the funding
 * account that it is about. `closed` is the newest month that anybody closed. */
enum result books_late(
	struct work *w, const struct entry *at, size_t n, struct month closed, bool *late) WARN_UNUSED;

#endif
