/* row_store.h: does the row of a ledger transaction, with its postings, say what its leaf says?
 *
 * The leaf is what is signed; balances and reports read the rows. Asked by whoever signs leaves (seal_store.c) and by whoever checks
 * the books (check_store.c), of rows that a query of theirs brings. Changes nothing. */
#ifndef LEDGER_BOOKS_ROW_STORE_H
#define LEDGER_BOOKS_ROW_STORE_H

#include "ledger/books/leaf.h"
#include "ledger/db/db.h"

/* Where the columns of these names are in a result. */
struct leaf_columns {
	int seq, idem, idem_hash, kind, effective, recorded, late, reverses, leaf;
};
struct leaf_columns leaf_columns_of(const struct rows *r);

/* The first column of row i that is not what the leaf says, or "postings" when `legs` are not the leaf's; NULL: none. `scratch` is
 * overwritten; its maximum is LEAF_MAX or more. */
const char *leaf_row_differs(const struct rows *r, size_t i, const struct leaf_columns *c,
	const struct leaf *leaf, const struct leg *legs, size_t n_legs, struct buf *scratch) WARN_UNUSED;

#endif
