/* reverse_store.h: what two officers found, taken back by two officers.
 *
 * Corrections are made by reversal, and only of what nothing but the books rests on: that suspense was a fee, the treasury's money or owed to
 * it, and what became of a claim on a bank. A fact of a bank's statement is not taken back but resolved; a payout's end, a signature, the end of a
 * claim and a close are never: rows, money on its way or other people's papers rest on them. It counts from the day of what is taken back, so
 * that each day adds up. Inside an officer's transaction; called by `chitra ledger reverse`. */
#ifndef CHITRA_RECON_REVERSE_STORE_H
#define CHITRA_RECON_REVERSE_STORE_H

#include "ledger/payout/outcome.h"
#include "ledger/register/officer_store.h"

struct reversed {
	bool confirmed; /* this was the second officer: the ledger's entries are added to the caller's */
	int64_t brk;    /* the new break under which the line waits again; 0: none */
};

/* reason: wrong_finding, wrong_amount, wrong_case. REFUSED not_reversible, reversed_already, counted_already (money of the credit is counted
 * as having come back), same_officer, no_mandate, first_mandate (role release, for the amount); books_post: floor (it is spent). */
enum result reverse_say(struct work *w, const struct officer *me, int64_t seq, const char *reason,
	struct entries *entries, struct reversed *out) WARN_UNUSED;

#endif
