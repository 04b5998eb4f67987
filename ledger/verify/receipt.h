/* receipt.h: one payout's receipt: its leaf, and the proof that the signed tree holds it (C2SP tlog-proof).
 *
 *	c2sp.org/tlog-proof@v1
 *	[extra <base64>]
 *	index <n>
 *	<base64 hash>		none or more, the leaf's sibling first
 *
 *	<the checkpoint, a signed note> */
#ifndef LEDGER_VERIFY_RECEIPT_H
#define LEDGER_VERIFY_RECEIPT_H

#include <stdio.h>

#include "ledger/verify/policy.h"

struct receipt {
	uint64_t index;
	struct proof proof;
	struct text note;
};
bool receipt_read(struct text text, struct receipt *out);

/* The receipt in the file PROOF and the leaf in the file of the same name that ends in .leaf; or what the QR code of a slip says
 * (slip.h), which holds both. Says what it found. `payment`: a leaf that is no payment is none that a receipt can have. */
bool receipt_verify(const struct policy *p, const char *path, bool payment, FILE *to);

#endif
