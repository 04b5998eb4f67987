/* reconcile_store.h: one funding account on one day: does the bank's balance chain hold, is every đồng explained, do the books
 * agree?
 *
 *	opening + credits − debits = closing		what the statement says of itself, and it follows the day before
 *	unexplained = lines not allocated + payments without an end past their time + suspense
 *	books: assets:bank up to that day = closing, but for lines with another value date
 *
 * Each run is a new row of recon.reconciliation. Called by `chitra reconcile` inside an officer's transaction. */
#ifndef CHITRA_RECON_RECONCILE_STORE_H
#define CHITRA_RECON_RECONCILE_STORE_H

#include "ledger/base/day.h"
#include "ledger/db/work.h"
#include "ledger/recon/statement_store.h"

enum reconciled {
	RECONCILED_CLEAN, /* the chain holds, nothing is unexplained */
	RECONCILED_BREAKS, /* every unexplained đồng is an open break; or two officers looked into the chain */
	RECONCILED_BROKEN, /* no statement, a broken chain that nobody looked into, or a difference that no break names */
};
const char *reconciled_name(enum reconciled r); /* as in recon.reconciliation */

struct explained_kind {
	const char *kind; /* of recon.allocation */
	int64_t lines;
	struct vnd amount;
};

struct open_break {
	int64_t id;
	const char *kind, *entry_ref, *id_of_payout, *note; /* entry_ref, id_of_payout: may be NULL */
	struct vnd amount;
	struct day day;
	int32_t age_days;
};

struct reconciliation {
	struct funding funding;
	struct day day;
	int64_t id, statement;               /* 0: there is no statement */
	bool complete, chained, looked_into; /* what is wrong with it: by two officers */
	struct vnd opening, debits, credits, closing;
	int64_t debit_count, credit_count;
	struct explained_kind *kinds;
	size_t kinds_n;
	struct vnd unallocated, overdue, suspense, unexplained;
	int64_t overdue_payouts;
	struct vnd overdue_named, suspense_named; /* what of them has an open break */
	struct vnd books, expected;               /* assets:bank as booked, and as the statement says */
	struct vnd in_flight, in_flight_payouts;  /* as of now, as booked, and as the payouts' states say */
	struct open_break *breaks;
	size_t breaks_n;
	enum reconciled result;
};

/* Reads, judges, and writes the row (unless there is no statement). REFUSED funding_unknown. */
enum result reconcile(
	struct work *w, const char *funding, struct day day, struct reconciliation *out) WARN_UNUSED;

#endif
