/* line_text.h: the bank's own words on a statement line: what may be kept of them, and what they refer to.
 *
 * Nothing is decided by free text alone: a reference names an order whose account and amount must fit as well, an id names a
 * payout whose amount and account must fit. Pure. */
#ifndef CHITRA_RECON_LINE_TEXT_H
#define CHITRA_RECON_LINE_TEXT_H

#include "ledger/base/arena.h"
#include "ledger/base/ids.h"

#define LINE_TEXT_MAX 300 /* bytes kept */

/* Both texts in one, runs of six digits and more as dots, so that no account or ID number is kept. NULL is "". */
const char *line_text(struct arena *a, const char *kind_text, const char *remittance);

/* Whether the reference stands in the text as a word of its own (letters, digits, '-', '_' and '/' belong to words). Upper and
 * lower case are the same: banks write capitals. */
bool line_refers(const char *text, const char *reference) WARN_UNUSED;

/* The end-to-end id that a remittance begins with: we put it there, and banks keep it when they drop the field of its own. */
bool line_leading_id(const char *remittance, char out[static E2E_ID_SIZE]) WARN_UNUSED;

#endif
