/* receipt_store.h: one payout's receipt: the leaf that settled it, and the proof that the signed tree holds it.
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

/* Inside the caller's transaction. REFUSED: payout_unknown (nobody was paid under this id), payout_unsealed (its leaf is newer than the
 * newest checkpoint: ask again in a few seconds), checkpoint_none. */
enum result books_receipt(struct work *w, const char *end_to_end_id, struct receipt *out) WARN_UNUSED;

#endif
