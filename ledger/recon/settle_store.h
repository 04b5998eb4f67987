/* settle_store.h: statement lines become settled and returned payouts, funding, fees, agent's money, refunds, or breaks.
 *
 * By ascending id, each line exactly once, hundreds to thousands per transaction, one books_post. A line that is one payout's whole
 * debit or return is explained by the payout's move; every other line gets its row of recon.allocation, and what nothing explains is
 * in suspense under an open break. A transaction of its own. Called by the scribe's lane settle. */
#ifndef CHITRA_RECON_SETTLE_STORE_H
#define CHITRA_RECON_SETTLE_STORE_H

#include "ledger/payout/outcome.h"

#define SETTLERS 2 /* side by side, each with its share of the payouts: bank.settler_of */

struct settle_counts {
	size_t lines, matched, funding, fees, agent, refunds, suspense;
	size_t rogue; /* of suspense: nobody here sent it */
	bool seen;    /* there were lines, perhaps all of them the other settler's */
	struct outcome_counts done;
};

/* That settler's share of the next n lines. Not seen: there is nothing, or another scribe is at it. */
enum result settle_some(
	struct work *w, int settler, size_t n, const char *actor, struct settle_counts *out) WARN_UNUSED;

#endif
