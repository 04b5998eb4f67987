/* void_store.h: the claims of a ward, and the end of one that nobody is owed any more: by two officers, for the same reason.
 *
 * Inside an officer's transaction. What was booked of it goes back: the obligation, and where it was released, the treasury's money.
 * Called by `chitra claim`. */
#ifndef CHITRA_PAYOUT_VOID_STORE_H
#define CHITRA_PAYOUT_VOID_STORE_H

#include "ledger/payout/outcome.h"
#include "ledger/register/opening_store.h"
#include "ledger/register/officer_store.h"

struct claim_row {
	int64_t claim;
	const char *programme, *kind, *state, *name;
	const char *masked_id; /* NULL: none is registered */
	struct day month;
	struct vnd amount;
	int32_t birth_year;
};
struct claim_rows_out {
	size_t n;
	struct claim_row *at;
};

/* By name, of a ward for which the officer has any mandate; programme NULL: of all. REFUSED seal_*. */
enum result claim_list(struct work *w, const struct opening *opening, struct month period, const char *area,
	const char *programme, struct claim_rows_out *out) WARN_UNUSED;

/* Why a claim ends: died, not_entitled, moved_away, claimed_twice; or unclaimed: it was paid, came back, and by a written decision (its
 * SHA-256) nobody is waited for any longer. */
struct claim_end {
	const char *reason;
	const struct hash *decision; /* of unclaimed; otherwise NULL */
};

/* The first officer proposes, another one with the same reason (and decision) ends it: *voided says which it was. REFUSED claim_unknown,
 * claim_voided, void_reason, still_live (a payout of it is not proven unpaid), not_unclaimed, same_officer, no_mandate (register, maker,
 * checker or approver, for its ward and amount: those who decide findings). */
enum result claim_void(struct work *w, const struct officer *me, int64_t claim, const struct claim_end *end,
	struct entries *entries, bool *voided) WARN_UNUSED;

#endif
