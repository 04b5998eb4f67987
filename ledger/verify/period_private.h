/* period_private.h: what period.c keeps of the leaves, and period_text.c compares a text with. Nobody else includes it. */
#ifndef LEDGER_VERIFY_PERIOD_PRIVATE_H
#define LEDGER_VERIFY_PERIOD_PRIVATE_H

#include "ledger/verify/late.h"
#include "ledger/verify/period.h"

/* How many payouts more were on their way from a funding account at the end of a month. */
struct flight {
	struct table_key key;
	char fund[65];
	int32_t month;
	int64_t n;
};
struct returned {
	struct table_key key;
	struct digest line;
	int64_t amount;
	int32_t month;
	bool has_line;
};
struct suspended {
	struct table_key key;
	char fund[65];
	int64_t amount, number; /* of its break */
	int32_t month;
	bool debit;
};
/* A payout that a text carries over as on its way. */
struct carried_on {
	struct table_key key;
	struct digest line;
	int64_t amount;
};

struct periods {
	const char *dir;
	uint64_t size; /* of the published tree */
	struct findings *findings;
	struct lateness late;
	struct table flights, returned, suspended, carried;
	size_t n_closed;
	size_t n_blocks, room;
	struct digest *blocks; /* roots of 256 leaves each */
};

/* The text of the period that the leaf closes; the books are those before it. */
void period_text_ask(struct periods *p, const struct leaf *l, const struct books *b, struct text text);

#endif
