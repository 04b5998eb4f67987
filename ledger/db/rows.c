/* rows.c: a result's cells in the arena, and their readers. */
#include "ledger/db/rows.h"

#include <string.h>

#include "ledger/db/conn.h"

#define EPOCH_DAYS 10957
#define EPOCH_US   946684800000000LL

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be_signed(const uint8_t *p, int64_t n)
{
	switch (n) {
	case 2: return (int16_t)(p[0] << 8 | p[1]);
	case 4: return (int32_t)be32(p);
	case 8: return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
	default: bug("a number of %d bytes", (int)n);
	}
}

void rows_take(struct rows *r, struct arena *a, const struct query_text *q, const PGresult *from)
{
	size_t n = (size_t)PQntuples(from), width = q->outs;
	size_t bytes = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < width; c++)
			bytes += (size_t)PQgetlength(from, (int)i, (int)c) + 1;
	struct cell *cells = arena_array(a, n * width, struct cell);
	uint8_t *to = arena_alloc(a, bytes);
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < width; c++) {
			struct cell *cell = &cells[i * width + c];
			if (PQgetisnull(from, (int)i, (int)c)) {
				cell->n = -1;
				continue;
			}
			size_t length = (size_t)PQgetlength(from, (int)i, (int)c);
			memcpy(to, PQgetvalue(from, (int)i, (int)c), length);
			to[length] = '\0';
			*cell = (struct cell){.at = to, .n = (int64_t)length};
			to += length + 1;
		}
	}
	*r = (struct rows){.n = n, .arena = a, .query = q, .cells = cells};
}

size_t rows_n(const struct rows *r)
{
	return r->n;
}

int rows_col(const struct rows *r, const char *name)
{
	for (uint32_t c = 0; c < r->query->outs; c++)
		if (strcmp(r->query->out[c].name, name) == 0)
			return (int)c;
	bug("%s: declares no column %s", r->query->name, name);
}

static const struct query_column *column(const struct rows *r, int col)
{
	if (col < 0 || (uint32_t)col >= r->query->outs)
		bug("%s: no column %d", r->query->name, col);
	return &r->query->out[col];
}

static const struct cell *cell_at(const struct rows *r, size_t i, int col)
{
	(void)column(r, col);
	if (i >= r->n)
		bug("%s: row %zu of %zu", r->query->name, i, r->n);
	return &r->cells[i * r->query->outs + (size_t)col];
}

_Noreturn static void wrong_type(const struct rows *r, int col)
{
	bug("%s: column %s is read as another type than declared", r->query->name, column(r, col)->name);
}

/* A plain value that must be there. */
static const struct cell *value(const struct rows *r, size_t i, int col, enum db_type type)
{
	const struct cell *c = cell_at(r, i, col);
	if (column(r, col)->type != type || column(r, col)->is_array)
		wrong_type(r, col);
	if (c->n < 0)
		bug("%s: column %s is null", r->query->name, column(r, col)->name);
	return c;
}

static bool is_number(enum db_type type)
{
	return type == DB_BIGINT || type == DB_INTEGER || type == DB_SMALLINT;
}

bool row_null(const struct rows *r, size_t i, int col)
{
	return cell_at(r, i, col)->n < 0;
}

int64_t row_i64(const struct rows *r, size_t i, int col)
{
	enum db_type type = column(r, col)->type;
	if (!is_number(type))
		wrong_type(r, col);
	const struct cell *c = value(r, i, col, type);
	return be_signed(c->at, c->n);
}

int32_t row_i32(const struct rows *r, size_t i, int col)
{
	if (column(r, col)->type == DB_BIGINT)
		wrong_type(r, col);
	return (int32_t)row_i64(r, i, col);
}

struct vnd row_vnd(const struct rows *r, size_t i, int col)
{
	return vnd(row_i64(r, i, col));
}

bool row_bool(const struct rows *r, size_t i, int col)
{
	return value(r, i, col, DB_BOOLEAN)->at[0] != 0;
}

const char *row_text(const struct rows *r, size_t i, int col)
{
	if (column(r, col)->type == DB_TEXT && !column(r, col)->is_array && row_null(r, i, col))
		return NULL;
	return (const char *)value(r, i, col, DB_TEXT)->at;
}

struct bytes row_bytes(const struct rows *r, size_t i, int col)
{
	const struct cell *c = value(r, i, col, DB_BYTEA);
	return bytes_of(c->at, (size_t)c->n);
}

static const uint8_t *exactly(const struct rows *r, size_t i, int col, size_t n)
{
	struct bytes b = row_bytes(r, i, col);
	if (b.n != n)
		bug("%s: column %s has %zu bytes, not %zu", r->query->name, column(r, col)->name, b.n, n);
	return b.at;
}

struct hash row_hash(const struct rows *r, size_t i, int col)
{
	struct hash h;
	memcpy(h.b, exactly(r, i, col, sizeof h.b), sizeof h.b);
	return h;
}

struct hash16 row_hash16(const struct rows *r, size_t i, int col)
{
	struct hash16 h;
	memcpy(h.b, exactly(r, i, col, sizeof h.b), sizeof h.b);
	return h;
}

struct day row_day(const struct rows *r, size_t i, int col)
{
	const struct cell *c = value(r, i, col, DB_DATE);
	int64_t n = be_signed(c->at, c->n) + EPOCH_DAYS;
	if (n > 3000000 || n < -3000000)
		bug("%s: column %s is an infinite date", r->query->name, column(r, col)->name);
	return (struct day){.n = (int32_t)n};
}

int64_t row_instant(const struct rows *r, size_t i, int col)
{
	const struct cell *c = value(r, i, col, DB_TIMESTAMPTZ);
	int64_t us = be_signed(c->at, c->n);
	if (us == INT64_MAX || us == INT64_MIN)
		bug("%s: column %s is an infinite instant", r->query->name, column(r, col)->name);
	return us + EPOCH_US;
}

/* ---- arrays -------------------------------------------------------------------------------------------------------- */

struct elements {
	size_t n;
	const uint8_t *at; /* the first element's length word */
	const uint8_t *end;
};

static struct elements array(const struct rows *r, size_t i, int col)
{
	const struct query_column *q = column(r, col);
	const struct cell *c = cell_at(r, i, col);
	if (!q->is_array)
		wrong_type(r, col);
	if (c->n < 0)
		return (struct elements){.n = 0};
	bug_if(c->n < 12);
	uint32_t dimensions = be32(c->at);
	if (dimensions == 0)
		return (struct elements){.n = 0};
	if (dimensions != 1)
		bug("%s: column %s is an array of arrays", r->query->name, q->name);
	bug_if(c->n < 20);
	return (struct elements){.n = be32(c->at + 12), .at = c->at + 20, .end = c->at + c->n};
}

/* The next element; its n is -1 for NULL. */
static struct cell next(struct elements *e)
{
	bug_if(e->end - e->at < 4);
	int64_t n = (int32_t)be32(e->at);
	const uint8_t *at = e->at + 4;
	bug_if(n > e->end - at);
	e->at = at + (n < 0 ? 0 : n);
	return (struct cell){.at = at, .n = n};
}

static int64_t *numbers(const struct rows *r, size_t i, int col, int64_t offset, size_t *n)
{
	struct elements e = array(r, i, col);
	int64_t *out = arena_array(r->arena, e.n, int64_t);
	for (size_t k = 0; k < e.n; k++) {
		struct cell c = next(&e);
		if (c.n < 0)
			bug("%s: an element of column %s is null", r->query->name, column(r, col)->name);
		out[k] = be_signed(c.at, c.n) + offset;
	}
	*n = e.n;
	return out;
}

const int64_t *row_i64s(const struct rows *r, size_t i, int col, size_t *n)
{
	if (!is_number(column(r, col)->type))
		wrong_type(r, col);
	return numbers(r, i, col, 0, n);
}

const int64_t *row_instants(const struct rows *r, size_t i, int col, size_t *n)
{
	if (column(r, col)->type != DB_TIMESTAMPTZ)
		wrong_type(r, col);
	return numbers(r, i, col, EPOCH_US, n);
}

const struct day *row_days(const struct rows *r, size_t i, int col, size_t *n)
{
	if (column(r, col)->type != DB_DATE)
		wrong_type(r, col);
	const int64_t *days = numbers(r, i, col, EPOCH_DAYS, n);
	struct day *out = arena_array(r->arena, *n, struct day);
	for (size_t k = 0; k < *n; k++)
		out[k].n = (int32_t)days[k];
	return out;
}

const bool *row_bools(const struct rows *r, size_t i, int col, size_t *n)
{
	if (column(r, col)->type != DB_BOOLEAN)
		wrong_type(r, col);
	struct elements e = array(r, i, col);
	bool *out = arena_array(r->arena, e.n, bool);
	for (size_t k = 0; k < e.n; k++) {
		struct cell c = next(&e);
		if (c.n != 1)
			bug("%s: an element of column %s is null", r->query->name, column(r, col)->name);
		out[k] = c.at[0] != 0;
	}
	*n = e.n;
	return out;
}

const char *const *row_texts(const struct rows *r, size_t i, int col, size_t *n)
{
	if (column(r, col)->type != DB_TEXT)
		wrong_type(r, col);
	struct elements e = array(r, i, col);
	const char **out = arena_array(r->arena, e.n, const char *);
	for (size_t k = 0; k < e.n; k++) {
		struct cell c = next(&e);
		out[k] = c.n < 0 ? NULL : arena_strndup(r->arena, (const char *)c.at, (size_t)c.n);
	}
	*n = e.n;
	return out;
}

const struct bytes *row_byteas(const struct rows *r, size_t i, int col, size_t *n)
{
	if (column(r, col)->type != DB_BYTEA)
		wrong_type(r, col);
	struct elements e = array(r, i, col);
	struct bytes *out = arena_array(r->arena, e.n, struct bytes);
	for (size_t k = 0; k < e.n; k++) {
		struct cell c = next(&e);
		if (c.n < 0)
			bug("%s: an element of column %s is null", r->query->name, column(r, col)->name);
		out[k] = bytes_of(c.at, (size_t)c.n);
	}
	*n = e.n;
	return out;
}
