/* check_store.h: are the books whole? (`chitra ledger check`, tests, the posting bench.)
 *
 * Reads everything and changes nothing: sums, balances on both clocks, every leaf against its rows and its hash, and every tree
 * head, its checkpoint and every tile against the leaves. Trusts the database's own words, so it finds accidents and clumsy edits; who wants to trust nobody uses
 * chitra-verify and the witness. */
#ifndef LEDGER_BOOKS_CHECK_STORE_H
#define LEDGER_BOOKS_CHECK_STORE_H

#include "ledger/books/leaf.h"
#include "ledger/db/db.h"

struct books_check {
	int64_t txns, postings;
	int64_t heads;    /* tree heads that were computed again */
	int64_t tiles;    /* and tiles */
	struct hash root; /* over all transactions */
	size_t n_below;
	const char *const *
		below; /* accounts below their floor: not a fault by itself (a bank's fact), but somebody must look */
};

/* OK when all of it holds. REFUSED with why books_*: the first thing that does not. */
enum result books_check(struct work *w, struct books_check *out) WARN_UNUSED;

/* The same inside the caller's transaction. */
enum result books_check_here(struct work *w, struct books_check *out) WARN_UNUSED;

#endif
