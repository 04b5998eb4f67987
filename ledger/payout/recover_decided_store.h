/* recover_decided_store.h: the officers' part of `chitra recover`: claims that two of them voided after the dump was taken, what was
 * found to be different and what they resolved of it, back from the archive's leaves.
 *
 * Run by an operator on an owner's connection, in the transaction of payouts_recover and after it. The books know of these already;
 * here are the rows by which a voided claim is not due and a resolved break not open. What stands ready of a voided claim had been
 * cancelled, which no leaf tells: it is held. What cannot come back is named, never left out. A second run finds nothing to do. */
#ifndef CHITRA_PAYOUT_RECOVER_DECIDED_STORE_H
#define CHITRA_PAYOUT_RECOVER_DECIDED_STORE_H

#include "ledger/db/db.h"
#include "ledger/payout/recover_facts.h"

struct decisions_recovered {
	size_t voids, breaks, resolutions; /* rows that are there again */
	size_t held;                       /* payouts of voided claims, ready in the dump */

	/* What the dump has no place for: the claim, the break or an officer is younger, or the payout waits for its statement. */
	const struct fact_void **lost_voids;
	size_t lost_voids_n;
	const struct fact_resolution **lost_resolutions;
	size_t lost_resolutions_n;
};

enum result decisions_recover(
	struct work *w, const struct facts *f, struct decisions_recovered *out) WARN_UNUSED;

#endif
