/* journal_store.h: have the rows forgotten what the sent journal remembers?
 *
 * A failover can lose commits that no checkpoint covered: then the archive misses nothing, and a payout that has left says ready again. The
 * journal knows better. The teller holds the two against each other on every new connection, before it sends anything. Read is only what
 * could have been lost: from the first dispatch whose sending the archive does not have (what it has, books_compare would miss). */
#ifndef CHITRA_PAYOUT_JOURNAL_STORE_H
#define CHITRA_PAYOUT_JOURNAL_STORE_H

#include "ledger/db/work.h"
#include "ledger/payout/journal.h"

/* In a transaction of its own, which also says so in the rows (ops.journal): cancelling waits for it. archived: how many ledger transactions
 * the archive has; 0: none is known, and all of the journal is compared. banks: through whom its teller pays from now on. doubt: what is
 * missing, in the arena; NULL: nothing. */
enum result journal_compare(struct work *w, const struct journal *j, uint64_t archived,
	const char *const *banks, size_t banks_n, const char **doubt) WARN_UNUSED;

/* What any teller has found, in words; NULL: nothing. */
enum result journal_doubt(struct work *w, const char **doubt) WARN_UNUSED;

#endif
