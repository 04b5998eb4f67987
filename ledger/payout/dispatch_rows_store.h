/* dispatch_rows_store.h: the dispatches that tellers claim, made when batches are released.
 *
 * A dispatch is at most DISPATCH_PAYOUTS payouts of one channel, told as ranges of neighbouring payout ids: a teller claims a
 * range, never a payout. Payouts of several batches that go at one time share dispatches. Inside the caller's transaction. */
#ifndef CHITRA_PAYOUT_DISPATCH_ROWS_STORE_H
#define CHITRA_PAYOUT_DISPATCH_ROWS_STORE_H

#include "ledger/db/db.h"

/* For every ready payout of these batches; *made is how many dispatches. */
enum result dispatches_make(struct work *w, const int64_t *batches, size_t n, size_t *made) WARN_UNUSED;

/* For these payouts alone, by lot, then id. Those of a lot, which have one channel, may leave together; no dispatch is of two. */
enum result dispatches_make_for(struct work *w, const int64_t *lots, const int64_t *channels,
	const int64_t *payouts, size_t n, size_t *made) WARN_UNUSED;

#endif
