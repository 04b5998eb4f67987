/* import_seen.h: whose rows stand already, of all slices of an import that were written. Pure; only the import stores use it. */
#ifndef LEDGER_REGISTER_IMPORT_SEEN_H
#define LEDGER_REGISTER_IMPORT_SEEN_H

#include "ledger/base/result.h"
#include "ledger/register/area.h"

struct seen_row {
	int64_t person;          /* 0: free */
	const struct area *area; /* where the row belongs */
	int32_t row;
	uint16_t list;
	uint16_t payment; /* of which programme and kind: one person may have a row of each */
};

struct seen {
	struct seen_row *at;
	size_t n, size; /* size is a power of two, or 0 */
};

void seen_free(struct seen *s);

/* The row of this person and payment, or NULL; until the next seen_add. */
const struct seen_row *seen_find(const struct seen *s, int64_t person, uint16_t payment);

/* Of several for the same the first one stays. */
void seen_add(struct seen *s, const struct seen_row *row);

#endif
