/* table.h: rows found by a text, in memory that grows with their number alone.
 *
 * A row begins with 16 bytes of SipHash of its text, by a secret that is drawn for each table: two texts do not meet there by
 * accident, nor on purpose, since whoever wrote them does not know it. Rows lie one after the other as they were made, so what
 * is said of them comes in the same order each time. */
#ifndef LEDGER_VERIFY_TABLE_H
#define LEDGER_VERIFY_TABLE_H

#include "ledger/verify/text.h"

struct table_key {
	uint8_t at[16];
};
struct table_secret {
	uint8_t at[16];
};

struct table {
	size_t width;     /* of a row, in bytes; it begins with a struct table_key */
	size_t n;         /* rows */
	size_t room;      /* places; twice as many as rows that fit */
	uint32_t *places; /* which row is there, counted from 1; 0: none */
	uint8_t *rows;
	struct table_secret secret;
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
/* The i-th row of t->n. */
void *table_at(const struct table *t, size_t i);
void table_free(struct table *t);

#endif
