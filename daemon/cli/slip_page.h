/* slip_page.h: a citizen's slip as one page of paper (A5, PDF), with the receipt in a QR code.
 *
 * The same slip is the same file byte for byte: nothing of the clock is in it. */
#ifndef CHITRA_CLI_SLIP_PAGE_H
#define CHITRA_CLI_SLIP_PAGE_H

#include "ledger/recon/slip_store.h"

#define SLIP_PAGE_MAX ((size_t)4 << 20) /* bytes */

/* Appends the PDF. False with why: slip_large (no QR code holds the receipt), slip_font (no font here has all of its letters),
 * slip_failed. */
bool slip_page(struct arena *a, const struct slip *s, struct buf *out, struct why *why) WARN_UNUSED;

#endif
