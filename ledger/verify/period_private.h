/* period_private.h: what period.c keeps of the leaves, and period_text.c compares a text with. Nobody else includes it. */
#ifndef LEDGER_VERIFY_PERIOD_PRIVATE_H
#define LEDGER_VERIFY_PERIOD_PRIVATE_H

#include "ledger/verify/period.h"

/* Whose a funding account ("fund …") or a cash channel ("channel …") is. */
struct place {
	struct table_key key;
	char agency[65];
};
/* The newest month that an agency closed (month_of). */
struct closed {
	struct table_key key;
	int32_t month;
};
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
	struct table places, closed, flights, returned, suspended, carried;
	size_t n_closed;
	size_t n_blocks, room;
	struct digest *blocks; /* roots of 256 leaves each */
};

struct text agency_of(const struct periods *p, struct text account);
void account_is(struct periods *p, struct text account, struct text agency);

/* The text of the period that the leaf closes; the books are those before it. */
void period_text_ask(struct periods *p, const struct leaf *l, const struct books *b, struct text text);

#endif
