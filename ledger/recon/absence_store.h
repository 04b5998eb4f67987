/* absence_store.h: what a statement proves by what it lacks.
 *
 * After every line of a statement is settled, payouts that should be on it and are not: where the bank honours valid-until and
 * the chain of complete statements is unbroken through valid-until and posting lag, they are not paid (law 1); a payout that
 * the bank called credited and whose debit is missing becomes a break. One statement after the other, each once. Called by
 * the scribe's lane settle. */
#ifndef CHITRA_RECON_ABSENCE_STORE_H
#define CHITRA_RECON_ABSENCE_STORE_H

#include "ledger/payout/outcome.h"

/* Where one consumer is inside a statement; lost with its process, which begins the statement again and changes nothing twice. */
struct absence_at {
	int64_t statement, after;
};

struct absence_counts {
	size_t statements; /* looked at to the end: 0 or 1 */
	size_t payouts;    /* of this portion */
	size_t absent;     /* proven */
	size_t lost;       /* called credited, and not on the statement that should have them: a break each */
	size_t overdue;    /* nobody said what became of them, and silence proves nothing: a break each */
	struct outcome_counts done;
};

/* One portion in a transaction of its own: at most n payouts of the next statement. Nothing in *out: there is no settled statement
 * left, or another scribe is at it. */
enum result absence_some(struct work *w, struct absence_at *at, size_t n, const char *actor,
	struct absence_counts *out) WARN_UNUSED;

#endif
