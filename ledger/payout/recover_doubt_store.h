/* recover_doubt_store.h: what may have left, though no sent journal that is here says so.
 *
 * A journal went with its host. Of what its teller sent the ledger knows the dispatches that a checkpoint covered, by their root: where the dump
 * lacks such a dispatch, its payouts are those that give the root. What no checkpoint covered nobody knows: so everything that stands ready and
 * that this teller may have sent since the rows heard of its journal last is in doubt (law 1), but what its bank deduplicates for as long as it
 * may leave. The banks are asked, and the statement decides. Run by `chitra recover`, in the transaction of payouts_recover. */
#ifndef CHITRA_PAYOUT_RECOVER_DOUBT_STORE_H
#define CHITRA_PAYOUT_RECOVER_DOUBT_STORE_H

#include "ledger/db/db.h"
#include "ledger/payout/recover_facts.h"

/* Before payouts_recover: adds to the facts what dispatches took that the dump lacks and the journals do not know whole. What does not give the
 * root stays as it is, and payouts_recover refuses it. */
enum result doubt_booked(struct work *w, struct facts *f) WARN_UNUSED;

/* A channel through which a lost journal's teller may have paid. */
struct lost_channel {
	const char *code;
	int64_t since_us;       /* real clock: when the rows heard of it last; 0: never */
	bool knows;             /* its bank deduplicates, … */
	int64_t known_until_us; /* … until then (business clock) */
};
struct lost_channels {
	size_t n;
	const struct lost_channel *at;
};
/* `names`: of journals that do not exist any more and have not been said so before. */
enum result doubt_channels(
	struct work *w, const char *const *names, size_t n, struct lost_channels *out) WARN_UNUSED;

/* After payouts_recover: what is in doubt beside what `f` has, as facts for another payouts_recover. */
enum result doubt_ready(struct work *w, const struct lost_channels *channels, const struct facts *f,
	struct facts *out) WARN_UNUSED;

#endif
