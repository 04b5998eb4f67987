/* table.h: rows found by a text, in memory that grows with their number alone.
 *
 * A row begins with 16 bytes of BLAKE2b of its text: two texts do not meet there by accident or on purpose. */
#ifndef LEDGER_VERIFY_TABLE_H
#define LEDGER_VERIFY_TABLE_H

#include "ledger/verify/text.h"

struct table_key {
	uint8_t at[16];
};

struct table {
	size_t width; /* of a row, in bytes; it begins with a struct table_key */
	size_t n, room;
	uint8_t *rows;
};

/* width of a row */
#define TABLE(type)                   \
	{                             \
		.width = sizeof(type) \
	}

/* NULL: no such row. */
void *table_find(const struct table *t, struct text key);
/* The row, made and zeroed when it is new. Pointers to rows hold until the next call. */
void *table_row(struct table *t, struct text key, bool *made);
/* The i-th place of t->room; NULL: nothing there. For walking over all rows in no order. */
void *table_at(const struct table *t, size_t i);
void table_free(struct table *t);

#endif
