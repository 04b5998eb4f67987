/* said.h: one text made of words and numbers, each after a space, for keys of tables and for hashes. */
#ifndef LEDGER_VERIFY_SAID_H
#define LEDGER_VERIFY_SAID_H

#include "ledger/verify/text.h"

struct said {
	char at[1600];
	size_t n;
};

/* What does not fit is not there: whoever compares two of them makes both the same way. */
void say_text(struct said *s, struct text t);
/* Not negative. */
void say_number(struct said *s, int64_t n);
struct text said_text(const struct said *s);

#endif
