/* receipt_store.h: what the books say of something, and the proof that the signed tree holds it.
 *
 * For whoever asks what became of a payment (`chitra ledger prove`); chitra-verify receipt checks it. C2SP tlog-proof:
 *
 *	c2sp.org/tlog-proof@v1
 *	index <n>
 *	<base64 hash>		none or more, the leaf's sibling first
 *
 *	<the newest checkpoint> */
#ifndef LEDGER_BOOKS_RECEIPT_STORE_H
#define LEDGER_BOOKS_RECEIPT_STORE_H

#include "ledger/db/db.h"

struct receipt {
	struct bytes leaf;
	const char *proof;
};

/* Each is named by the end-to-end id of a payout that was settled, or by a leaf's number or key (leaf.md: `idem`). All of them against
 * one checkpoint. Inside the caller's transaction. REFUSED: receipt_unknown (nobody was paid under this id, the books have no such
 * leaf), payout_unsealed (its leaf is newer than the newest checkpoint: ask again in a few seconds), checkpoint_none, books_tile (the
 * tiles are not those of the tree that was signed). */
enum result books_receipts(
	struct work *w, const char *const *names, size_t n, struct receipt *out) WARN_UNUSED;

#endif
