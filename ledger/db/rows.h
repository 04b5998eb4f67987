/* rows.h: what a query returned, read by column name and C type.
 *
 * Rows and everything read from them live in the arena of the work that ran the query. Reading a column that the query does
 * not declare, with another type than declared, past the end, or a NULL where none was asked about, is a bug(): the
 * declaration in sql/queries/ was wrong, and a guess would be worse. */
#ifndef CHITRA_DB_ROWS_H
#define CHITRA_DB_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/money.h"

struct query_text;
struct cell;

struct rows {
	size_t n;
	struct arena *arena;
	const struct query_text *query; /* names and types of the columns */
	const struct cell *cells;       /* n × columns, row by row */
};

size_t rows_n(const struct rows *r);

/* The column's number. Look it up once, outside the loop over rows. */
int rows_col(const struct rows *r, const char *name);

bool row_null(const struct rows *r, size_t i, int col);

int64_t row_i64(const struct rows *r, size_t i, int col); /* bigint, integer or smallint */
int32_t row_i32(const struct rows *r, size_t i, int col); /* integer or smallint */
struct vnd row_vnd(const struct rows *r, size_t i, int col);
bool row_bool(const struct rows *r, size_t i, int col);
const char *row_text(const struct rows *r, size_t i, int col); /* zero-terminated; SQL's NULL is NULL */
struct bytes row_bytes(const struct rows *r, size_t i, int col);
struct hash row_hash(const struct rows *r, size_t i, int col);     /* exactly 32 bytes, or it is a bug() */
struct hash16 row_hash16(const struct rows *r, size_t i, int col); /* exactly 16 bytes */
struct day row_day(const struct rows *r, size_t i, int col);
int64_t row_instant(const struct rows *r, size_t i, int col); /* microseconds since 1970-01-01 UTC */

/* Arrays: the elements and, in *n, their count. A NULL array has n = 0; NULL elements are NULL pointers in text, and a
 * bug() elsewhere. */
const int64_t *row_i64s(
	const struct rows *r, size_t i, int col, size_t *n); /* bigint[], integer[] or smallint[] */
const bool *row_bools(const struct rows *r, size_t i, int col, size_t *n);
const char *const *row_texts(const struct rows *r, size_t i, int col, size_t *n);
const struct bytes *row_byteas(const struct rows *r, size_t i, int col, size_t *n);
const struct day *row_days(const struct rows *r, size_t i, int col, size_t *n);
const int64_t *row_instants(const struct rows *r, size_t i, int col, size_t *n);

#endif
