/* rows.h: the database's own rows beside the leaves.
 *
 * DIR/rows/ holds what PostgreSQL says, as it says it (COPY … csv), in the leaves' order:
 *	txn.csv		seq,idem,kind,effective,recorded,late,reverses,legs,leaf_hash
 *	posting.csv	seq,n,account,amount,balance_after
 *	balance.SIZE.csv	account,balance		as of the checkpoint of this size
 *	balance_day.SIZE.csv	account,day,moved
 * A row that says something else than its leaf, is missing or is too many is a finding. The first two grow before the checkpoint that
 * says so is written: rows of leaves that it does not hold yet are none of it, nor is a last line that does not end. */
#ifndef LEDGER_VERIFY_ROWS_H
#define LEDGER_VERIFY_ROWS_H

#include "ledger/verify/books.h"

struct rows;

/* NULL: the directory has no rows, or they cannot be read (a finding). */
struct rows *rows_open(const char *dir, uint64_t size, struct findings *f);
/* The next leaf, after books_add: with its hash, and the balances that the books have now. */
void rows_add(struct rows *r, const struct leaf *l, const struct digest *hash, const struct books *b);
/* The balances, and that nothing is left over. */
void rows_end(struct rows *r, const struct books *b);
void rows_close(struct rows *r);

#endif
