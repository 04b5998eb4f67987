/* why.h: the reason of a no.
 *
 * Whoever refuses fills it; whoever asked shows it, logs it or stores it. `code` is stable and is what programs compare
 * ("account_closed"); `text` is English for a person and never holds an ID, an account number, a phone number or a name. */
#ifndef LEDGER_BASE_WHY_H
#define LEDGER_BASE_WHY_H

#include "ledger/base/result.h"

struct why {
	char code[48];
	char text[512];
};

/* Fills *w (which may be NULL) and returns false, so that a refusal is one line: return why_set(w, "code", "…").
 * Text that does not fit is cut at a character boundary. */
bool why_set(struct why *w, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "<prefix>: " before the text, for a caller that knows more of the place ("row 12", "statement page 3"). Returns false. */
bool why_prefix(struct why *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* True when the code is this one. */
bool why_is(const struct why *w, const char *code) WARN_UNUSED;

/* Empties it. */
void why_clear(struct why *w);

#endif
