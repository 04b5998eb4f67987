/* bundle.h: many batches under one signature.
 *
 * The bundle root is the RFC 6962 root whose leaf data are the 32-byte batch roots, batches ascending by id. Who holds one batch
 * needs only its place: the index and the path of hashes up to the root, so a bundle of thousands costs each batch a
 * dozen hashes. Pure. A place as text (in manifests):
 *
 *	chitra-bundle/v1
 *	batches 3
 *	index 1
 *	node 5f1d…(64 hex)
 *	node 77aa…(64 hex) */
#ifndef CHITRA_PAYOUT_BUNDLE_H
#define CHITRA_PAYOUT_BUNDLE_H

#include "ledger/base/merkle.h"
#include "ledger/base/why.h"

#define BUNDLE_BATCHES_MAX 1000000

/* A bundle as its maker holds it. Values live in the arena. */
struct bundle {
	size_t n;
	const struct hash *roots; /* of the batches, in bundle order */
	struct hash root;
	const struct hash *nodes; /* perfect subtrees, level by level */
};
void bundle_make(
	struct arena *a, const struct hash *roots, size_t n, struct bundle *out); /* n ≥ 1, or bug() */

/* Where one batch is in a bundle. */
struct bundle_place {
	int64_t n;         /* batches of the bundle */
	int64_t index;     /* from 0 */
	struct bytes path; /* 32 bytes a node, the leaf's sibling first; RFC 6962 */
};
struct bundle_place bundle_place(struct arena *a, const struct bundle *b, size_t i);

/* Whether a batch with this root is there in the bundle with that root. Any place is allowed. */
bool bundle_holds(const struct bundle_place *place, const struct hash *batch_root,
	const struct hash *bundle_root) WARN_UNUSED;

void bundle_place_text(const struct bundle_place *p, struct buf *out);

/* Takes the text off *rest; total and strict. False with why bundle_malformed. */
bool bundle_place_take(
	struct arena *a, struct bytes *rest, struct bundle_place *out, struct why *why) WARN_UNUSED;

#endif
