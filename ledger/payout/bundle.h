/* bundle.h: many batches under one signature.
 *
 * The bundle root is the RFC 6962 root whose leaf data are the 32-byte batch roots, batches ascending by id. Pure.
 *
 *	chitra-bundle/v1
 *	batches 2
 *	root 5f1d…(64 hex)
 *	root 77aa…(64 hex) */
#ifndef CHITRA_PAYOUT_BUNDLE_H
#define CHITRA_PAYOUT_BUNDLE_H

#include "ledger/base/merkle.h"
#include "ledger/base/why.h"

#define BUNDLE_BATCHES_MAX 100000

struct bundle {
	size_t n;
	const struct hash *roots; /* of the batches, in bundle order */
};

/* n ≥ 1, or bug(). */
struct hash bundle_root(const struct bundle *b);

bool bundle_has(const struct bundle *b, const struct hash *batch_root) WARN_UNUSED;

void bundle_text(const struct bundle *b, struct buf *out);

/* Takes a bundle's text off *rest; total and strict. False with why bundle_malformed. */
bool bundle_take(struct arena *a, struct bytes *rest, struct bundle *out, struct why *why) WARN_UNUSED;

#endif
