/* heard_store.h: what banks said of their own accord about payments (callbacks), done to the payouts.
 *
 * The bank that speaks must be the one that was to pay, and id, amount and account must be those that were signed; else it is a
 * misfit, which a person sees and which moves nothing. An id that we do not know is counted; its message is kept. Inside the
 * caller's transaction, before books_post. Called by the scribe. */
#ifndef CHITRA_RECON_HEARD_STORE_H
#define CHITRA_RECON_HEARD_STORE_H

#include "ledger/payout/outcome.h"

struct heard_word {
	const char *bank; /* who says so */
	const char *id;   /* end-to-end */
	enum payout_event event;
	struct vnd amount;
	const char *account; /* as told */
	const char *reason;  /* "ac04"; NULL: none */
	int64_t message;
	int32_t item;
};

struct heard_counts {
	size_t unknown, misfits;
	struct outcome_counts done;
};

enum result heard_apply(struct work *w, enum payout_cause cause, const char *actor,
	const struct heard_word *at, size_t n, struct entries *entries,
	struct heard_counts *counts) WARN_UNUSED;

#endif
