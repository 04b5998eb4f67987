/* encode.c: arguments in PostgreSQL's binary form.
 *
 * Every value is its length (4 bytes, big-endian, -1 for NULL) and its bytes. An array is: dimensions (1, or 0 when empty), whether
 * an element is NULL, the element's type, count, first index (1), and the elements as values. */
#include "ledger/db/conn.h"

#include <string.h>

#define EPOCH_DAYS  10957             /* 2000-01-01, PostgreSQL's day 0 */
#define EPOCH_US    946684800000000LL /* the same in microseconds */
#define DAY_LIMIT   3000000           /* beyond year 9999 both ways */
#define INSTANT_MAX 260000000000000000LL

static const struct {
	Oid oid, array_oid;
	const char *name, *array_name;
} types[DB_TYPES] = {
	[DB_BIGINT] = {20, 1016, "bigint", "bigint[]"},
	[DB_INTEGER] = {23, 1007, "integer", "integer[]"},
	[DB_SMALLINT] = {21, 1005, "smallint", "smallint[]"},
	[DB_BOOLEAN] = {16, 1000, "boolean", "boolean[]"},
	[DB_TEXT] = {25, 1009, "text", "text[]"},
	[DB_BYTEA] = {17, 1001, "bytea", "bytea[]"},
	[DB_DATE] = {1082, 1182, "date", "date[]"},
	[DB_TIMESTAMPTZ] = {1184, 1185, "timestamptz", "timestamptz[]"},
};

Oid encode_oid(const struct query_column *column)
{
	return column->is_array ? types[column->type].array_oid : types[column->type].oid;
}

const char *encode_type_name(Oid oid)
{
	for (size_t i = 0; i < DB_TYPES; i++) {
		if (types[i].oid == oid)
			return types[i].name;
		if (types[i].array_oid == oid)
			return types[i].array_name;
	}
	return NULL;
}

/* Which argument it is, for the message of a bug. */
struct place {
	const char *query;
	const char *column;
};

/* One plain value; an array's element is one too. */
struct value {
	enum db_kind kind;
	int64_t number;
	struct bytes bytes;
};

static void put_number(struct buf *b, enum db_type type, int64_t v, const struct place *p)
{
	if (type == DB_BIGINT) {
		buf_u32be(b, 8);
		buf_u64be(b, (uint64_t)v);
	} else if (type == DB_INTEGER) {
		if (v < INT32_MIN || v > INT32_MAX)
			bug("%s.%s: a number does not fit integer", p->query, p->column);
		buf_u32be(b, 4);
		buf_u32be(b, (uint32_t)v);
	} else {
		if (v < INT16_MIN || v > INT16_MAX)
			bug("%s.%s: a number does not fit smallint", p->query, p->column);
		buf_u32be(b, 2);
		buf_u16be(b, (uint16_t)v);
	}
}

static void put_time(struct buf *b, const struct value *v, const struct place *p)
{
	if (v->kind == DB_KIND_DAY) {
		if (v->number < -DAY_LIMIT || v->number > DAY_LIMIT)
			bug("%s.%s: a day out of range", p->query, p->column);
		buf_u32be(b, 4);
		buf_u32be(b, (uint32_t)(v->number - EPOCH_DAYS));
	} else {
		if (v->number < -INSTANT_MAX || v->number > INSTANT_MAX)
			bug("%s.%s: an instant out of range", p->query, p->column);
		buf_u32be(b, 8);
		buf_u64be(b, (uint64_t)(v->number - EPOCH_US));
	}
}

static void put_bytes(struct buf *b, struct bytes v)
{
	bug_if(v.n > INT32_MAX);
	buf_u32be(b, (uint32_t)v.n);
	buf_add_bytes(b, v);
}

static bool fits(enum db_type type, enum db_kind kind)
{
	switch (type) {
	case DB_BIGINT:
	case DB_INTEGER:
	case DB_SMALLINT: return kind == DB_KIND_I64;
	case DB_BOOLEAN: return kind == DB_KIND_BOOL;
	case DB_TEXT: return kind == DB_KIND_TEXT;
	case DB_BYTEA: return kind == DB_KIND_BYTES;
	case DB_DATE: return kind == DB_KIND_DAY;
	case DB_TIMESTAMPTZ: return kind == DB_KIND_INSTANT;
	}
	bug("a type that does not exist");
}

static void put_value(struct buf *b, enum db_type type, const struct value *v, const struct place *p)
{
	if (v->kind == DB_KIND_NULL) {
		buf_u32be(b, UINT32_MAX);
		return;
	}
	if (!fits(type, v->kind))
		bug("%s.%s: the argument is not a %s", p->query, p->column, types[type].name);
	switch (type) {
	case DB_BIGINT:
	case DB_INTEGER:
	case DB_SMALLINT: put_number(b, type, v->number, p); return;
	case DB_BOOLEAN:
		buf_u32be(b, 1);
		buf_u8(b, v->number != 0);
		return;
	case DB_TEXT:
	case DB_BYTEA: put_bytes(b, v->bytes); return;
	case DB_DATE:
	case DB_TIMESTAMPTZ: put_time(b, v, p); return;
	}
}

static struct value number(enum db_kind kind, int64_t n)
{
	return (struct value){.kind = kind, .number = n};
}

static struct value text(const char *z)
{
	if (!z)
		return (struct value){.kind = DB_KIND_NULL};
	return (struct value){.kind = DB_KIND_TEXT, .bytes = bytes_z(z)};
}

static struct value blob(struct bytes b)
{
	return (struct value){.kind = DB_KIND_BYTES, .bytes = b};
}

static struct value element(const struct db_arg *a, size_t i)
{
	if (a->nulls && a->nulls[i])
		return (struct value){.kind = DB_KIND_NULL};
	const void *at = a->array;
	switch (a->kind) {
	case DB_KIND_I64S: return number(DB_KIND_I64, ((const int64_t *)at)[i]);
	case DB_KIND_I32S: return number(DB_KIND_I64, ((const int32_t *)at)[i]);
	case DB_KIND_VNDS: return number(DB_KIND_I64, vnd_dong(((const struct vnd *)at)[i]));
	case DB_KIND_BOOLS: return number(DB_KIND_BOOL, ((const bool *)at)[i]);
	case DB_KIND_TEXTS: return text(((const char *const *)at)[i]);
	case DB_KIND_BYTEAS: return blob(((const struct bytes *)at)[i]);
	case DB_KIND_HASHES: return blob(bytes_of(((const struct hash *)at)[i].b, 32));
	case DB_KIND_HASH16S: return blob(bytes_of(((const struct hash16 *)at)[i].b, 16));
	case DB_KIND_DAYS: return number(DB_KIND_DAY, ((const struct day *)at)[i].n);
	case DB_KIND_INSTANTS: return number(DB_KIND_INSTANT, ((const int64_t *)at)[i]);
	case DB_KIND_NULL:
	case DB_KIND_I64:
	case DB_KIND_BOOL:
	case DB_KIND_TEXT:
	case DB_KIND_BYTES:
	case DB_KIND_DAY:
	case DB_KIND_INSTANT: break;
	}
	bug("an element of what is no array");
}

static bool is_array(enum db_kind kind)
{
	return kind >= DB_KIND_I64S;
}

static void put_array(struct buf *b, enum db_type type, const struct db_arg *a, const struct place *p)
{
	bug_if(a->n > INT32_MAX);
	size_t length_at = b->n;
	buf_u32be(b, 0);
	buf_u32be(b, a->n > 0);
	size_t has_null_at = b->n;
	buf_u32be(b, 0);
	buf_u32be(b, types[type].oid);
	if (a->n > 0) {
		buf_u32be(b, (uint32_t)a->n);
		buf_u32be(b, 1);
	}
	bool has_null = false;
	for (size_t i = 0; i < a->n; i++) {
		struct value v = element(a, i);
		has_null |= v.kind == DB_KIND_NULL;
		put_value(b, type, &v, p);
	}
	if (!buf_ok(b))
		return;
	size_t length = b->n - length_at - 4;
	bug_if(length > INT32_MAX);
	uint32_t big = __builtin_bswap32((uint32_t)length);
	memcpy(b->at + length_at, &big, sizeof big);
	b->at[has_null_at + 3] = has_null;
}

static struct value plain(const struct db_arg *a)
{
	switch (a->kind) {
	case DB_KIND_NULL: return (struct value){.kind = DB_KIND_NULL};
	case DB_KIND_I64:
	case DB_KIND_DAY:
	case DB_KIND_INSTANT: return number(a->kind, a->i64);
	case DB_KIND_BOOL: return number(DB_KIND_BOOL, a->boolean);
	case DB_KIND_TEXT: return text(a->text);
	case DB_KIND_BYTES: return blob(a->bytes);
	case DB_KIND_I64S:
	case DB_KIND_I32S:
	case DB_KIND_VNDS:
	case DB_KIND_BOOLS:
	case DB_KIND_TEXTS:
	case DB_KIND_BYTEAS:
	case DB_KIND_HASHES:
	case DB_KIND_HASH16S:
	case DB_KIND_DAYS:
	case DB_KIND_INSTANTS: break;
	}
	bug("an array where a plain value was declared");
}

void encode_arg(struct buf *b, const struct query_column *column, const struct db_arg *arg, const char *q)
{
	const struct place place = {q, column->name}, *p = &place;
	if (is_array(arg->kind) != (column->is_array != 0) && arg->kind != DB_KIND_NULL)
		bug("%s.%s: the argument is not a %s", p->query, p->column,
			encode_type_name(encode_oid(column)));
	if (is_array(arg->kind)) {
		put_array(b, column->type, arg, p);
	} else {
		struct value v = plain(arg);
		put_value(b, column->type, &v, p);
	}
}

void encode_element(
	struct buf *b, const struct query_column *column, const struct db_arg *arg, size_t i, const char *q)
{
	const struct place place = {q, column->name};
	struct value v = is_array(arg->kind) ? element(arg, i) : plain(arg);
	put_value(b, column->type, &v, &place);
}
