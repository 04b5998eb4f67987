/* slip.h: a receipt as the QR code of a citizen's slip holds it, in characters that any scanner gives back as text.
 *
 *	CHITRA1:<base 45 (RFC 9285) of>
 *	2 bytes		length of the leaf, big endian; the leaf
 *	1 byte		how many hashes the proof has; 32 bytes each, the leaf's sibling first
 *	…		the checkpoint, a signed note
 *
 * Where the leaf is, it says itself (seq). */
#ifndef LEDGER_VERIFY_SLIP_H
#define LEDGER_VERIFY_SLIP_H

#include "ledger/verify/receipt.h"

#define SLIP_MAX 8192 /* bytes, decoded; no QR code holds as many */

/* RFC 9285. False: not that text, or more than *n bytes; *n becomes what was written. */
bool base45_read(struct text t, uint8_t *out, size_t *n);

bool slip_is(struct text text);
/* `held` keeps the bytes; the leaf and the receipt point into them. The index is left for whoever reads the leaf. */
bool slip_read(struct text text, uint8_t held[SLIP_MAX], struct text *leaf, struct receipt *out);

#endif
