/* args.h: arguments of a query, typed in C, encoded in binary as the query's declared type.
 *
 * Plain values: nothing is copied until db_run, so what they point to must live that long. The declared type decides the
 * bytes: an int64_t fits bigint, integer and smallint (out of range is a bug()), text fits text, bytes and hashes fit
 * bytea, days fit date, instants fit timestamptz. Anything else that PostgreSQL knows is cast in the SQL from text. */
#ifndef CHITRA_DB_ARGS_H
#define CHITRA_DB_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/bytes.h"
#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/money.h"

enum db_kind {
	DB_KIND_NULL,
	DB_KIND_I64,
	DB_KIND_BOOL,
	DB_KIND_TEXT,
	DB_KIND_BYTES,
	DB_KIND_DAY,
	DB_KIND_INSTANT,
	DB_KIND_I64S,
	DB_KIND_I32S,
	DB_KIND_VNDS,
	DB_KIND_BOOLS,
	DB_KIND_TEXTS,
	DB_KIND_BYTEAS,
	DB_KIND_HASHES,
	DB_KIND_HASH16S,
	DB_KIND_DAYS,
	DB_KIND_INSTANTS,
};

struct db_arg {
	enum db_kind kind;
	size_t n;          /* elements of an array */
	const bool *nulls; /* of an array: nulls[i] makes element i NULL; NULL means none is */
	union {
		int64_t i64;
		bool boolean;
		const char *text;
		struct bytes bytes;
		const void *array;
	};
};

/* `db_run(w, Q_X, DB_ARGS(db_i64(1), db_text("a")), &rows)`; DB_NO_ARGS where a query takes none. */
#define DB_ARGS(...)                          \
	(const struct db_arg[]){__VA_ARGS__}, \
		sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg)
#define DB_NO_ARGS NULL, (size_t)0

static inline struct db_arg db_null(void)
{
	return (struct db_arg){.kind = DB_KIND_NULL};
}

static inline struct db_arg db_i64(int64_t v)
{
	return (struct db_arg){.kind = DB_KIND_I64, .i64 = v};
}

static inline struct db_arg db_i32(int32_t v)
{
	return db_i64(v);
}

static inline struct db_arg db_vnd(struct vnd v)
{
	return db_i64(vnd_dong(v));
}

static inline struct db_arg db_bool(bool v)
{
	return (struct db_arg){.kind = DB_KIND_BOOL, .boolean = v};
}

/* NULL is SQL's NULL. */
static inline struct db_arg db_text(const char *v)
{
	return (struct db_arg){.kind = v ? DB_KIND_TEXT : DB_KIND_NULL, .text = v};
}

/* Never NULL: no bytes are the empty bytea. */
static inline struct db_arg db_bytes(struct bytes v)
{
	return (struct db_arg){.kind = DB_KIND_BYTES, .bytes = v};
}

static inline struct db_arg db_hash(const struct hash *v)
{
	return db_bytes((struct bytes){.at = v->b, .n = sizeof v->b});
}

static inline struct db_arg db_hash16(const struct hash16 *v)
{
	return db_bytes((struct bytes){.at = v->b, .n = sizeof v->b});
}

static inline struct db_arg db_day(struct day v)
{
	return (struct db_arg){.kind = DB_KIND_DAY, .i64 = v.n};
}

/* Microseconds since 1970-01-01 UTC. */
static inline struct db_arg db_instant(int64_t us)
{
	return (struct db_arg){.kind = DB_KIND_INSTANT, .i64 = us};
}

static inline struct db_arg db_array_of(enum db_kind kind, const void *array, size_t n)
{
	return (struct db_arg){.kind = kind, .n = n, .array = array};
}

static inline struct db_arg db_i64s(const int64_t *v, size_t n)
{
	return db_array_of(DB_KIND_I64S, v, n);
}

static inline struct db_arg db_i32s(const int32_t *v, size_t n)
{
	return db_array_of(DB_KIND_I32S, v, n);
}

static inline struct db_arg db_vnds(const struct vnd *v, size_t n)
{
	return db_array_of(DB_KIND_VNDS, v, n);
}

static inline struct db_arg db_bools(const bool *v, size_t n)
{
	return db_array_of(DB_KIND_BOOLS, v, n);
}

/* A NULL pointer is a NULL element. */
static inline struct db_arg db_texts(const char *const *v, size_t n)
{
	return db_array_of(DB_KIND_TEXTS, v, n);
}

static inline struct db_arg db_byteas(const struct bytes *v, size_t n)
{
	return db_array_of(DB_KIND_BYTEAS, v, n);
}

static inline struct db_arg db_hashes(const struct hash *v, size_t n)
{
	return db_array_of(DB_KIND_HASHES, v, n);
}

static inline struct db_arg db_hash16s(const struct hash16 *v, size_t n)
{
	return db_array_of(DB_KIND_HASH16S, v, n);
}

static inline struct db_arg db_days(const struct day *v, size_t n)
{
	return db_array_of(DB_KIND_DAYS, v, n);
}

static inline struct db_arg db_instants(const int64_t *us, size_t n)
{
	return db_array_of(DB_KIND_INSTANTS, us, n);
}

/* The same array with NULL elements where nulls[i] is true. */
static inline struct db_arg db_with_nulls(struct db_arg array, const bool *nulls)
{
	array.nulls = nulls;
	return array;
}

#endif
