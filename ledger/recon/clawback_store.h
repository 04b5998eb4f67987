/* clawback_store.h: what a bank debited too much (a break that two officers resolved as recovery): what of it came back, and what is given up.
 *
 * Inside an officer's transaction: the first officer proposes, another one who says the same confirms; then it is booked. What is open is what
 * the books say, so it is known after a restore too. Called by `chitra recovery`. */
#ifndef CHITRA_RECON_CLAWBACK_STORE_H
#define CHITRA_RECON_CLAWBACK_STORE_H

#include "ledger/payout/outcome.h"
#include "ledger/register/officer_store.h"

/* Either of the two: money of a credit that two officers found to be the treasury's, or a written decision not to go on asking. */
struct clawback_wish {
	int64_t brk;
	int64_t credit;              /* the credit's break; 0: none */
	const struct hash *decision; /* SHA-256 of the decision; NULL: none */
	struct vnd amount;           /* 0: all that is open, or all that the credit has left */
};

/* *confirmed: this was the second officer, and the ledger's entry is added to the caller's. REFUSED clawback_unknown, not_refundable,
 * repaid_too_much, same_officer, no_mandate, first_mandate (role release, for the amount). */
enum result clawback_say(struct work *w, const struct officer *me, const struct clawback_wish *wish,
	struct entries *entries, bool *confirmed) WARN_UNUSED;

#endif
