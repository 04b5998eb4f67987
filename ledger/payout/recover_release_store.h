/* recover_release_store.h: batches that were signed and released by commits that are lost, back into a database that forgot it.
 *
 * Run by an operator on an owner's connection, in the transaction of payouts_recover: releases_recover before it, releases_send after it.
 * Writes what recover_manifest_store.h believes: an open batch is frozen again, a frozen one has its signatures again and its payouts live,
 * an approved one is released by the officers whom the manifest names; what no checkpoint covered is booked again. What left is payouts_recover's;
 * what did not gets new dispatches. A batch of which nothing left waits for its programme's days, if it has any: whether the officers
 * wanted it at once, no file says. A second run finds nothing to do. */
#ifndef CHITRA_PAYOUT_RECOVER_RELEASE_STORE_H
#define CHITRA_PAYOUT_RECOVER_RELEASE_STORE_H

#include "ledger/payout/recover_manifest_store.h"

struct releases_recovered {
	size_t approved, released;
	size_t dispatches; /* for what of them had not left */
	size_t booked;
};

/* REFUSED: what the guards of the database say. */
enum result releases_recover(struct work *w, const struct facts *f, const struct lost_releases *lost,
	struct day today, struct releases_recovered *out) WARN_UNUSED;

enum result releases_send(
	struct work *w, const struct lost_releases *lost, struct releases_recovered *out) WARN_UNUSED;

#endif
