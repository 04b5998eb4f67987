/* Arguments and columns of every type travel in binary and mean in PostgreSQL what they mean in C. */
#include "tests/unit/db_test.h"

enum { T_PLAIN = 4096, T_ARRAYS, T_SHOW, T_SHOW_ARRAYS, T_BIG, T_COUNT };

#define COLUMNS(array)                                                                             \
	{"big", DB_BIGINT, array}, {"int", DB_INTEGER, array}, {"small", DB_SMALLINT, array},      \
		{"truth", DB_BOOLEAN, array}, {"word", DB_TEXT, array}, {"blob", DB_BYTEA, array}, \
		{"day", DB_DATE, array},                                                           \
	{                                                                                          \
		"instant", DB_TIMESTAMPTZ, array                                                   \
	}

static const struct query_column plain[] = {COLUMNS(0)};
static const struct query_column arrays[] = {COLUMNS(1)};
static const struct query_column shown[] = {{"shown", DB_TEXT, 0}};
static const struct query_column big_in[] = {{"n", DB_INTEGER, 0}};
static const struct query_column big_out[] = {{"n", DB_INTEGER, 0}, {"hash", DB_BYTEA, 0}};

const struct query_text query_table[] = {
	[T_PLAIN] = {"t_plain", "here", "select $1, $2, $3, $4, $5, $6, $7, $8", QUERY_PLAIN, 0, 8, 8, plain,
		plain},
	[T_ARRAYS] = {"t_arrays", "here", "select $1, $2, $3, $4, $5, $6, $7, $8", QUERY_PLAIN, 0, 8, 8,
		arrays, arrays},
	[T_SHOW] = {"t_show", "here",
		"select concat_ws(' ', $1, $2, $3, $4, $5, $6, $7, $8 at time zone 'UTC')", QUERY_PLAIN, 0, 8,
		1, plain, shown},
	[T_SHOW_ARRAYS] = {"t_show_arrays", "here", "select concat_ws(' ', $1, $2, $3, $4, $5, $6, $7, $8)",
		QUERY_PLAIN, 0, 8, 1, arrays, shown},
	[T_BIG] = {"t_big", "here", "select g, sha256(g::text::bytea) from generate_series(1, $1) g",
		QUERY_PLAIN, 0, 1, 2, big_in, big_out},
};
const unsigned query_count = T_COUNT;

static const struct day april_3 = {.n = 19816};
#define APRIL_3_0800 1712106000123456LL /* 2024-04-03 01:00:00.123456 UTC */
static const uint8_t blob[] = {0x00, 0xff, 'a', 0x00};

static void plain_values(struct work *w)
{
	struct rows r;
	int64_t min = INT64_MIN;
	ok(db_run(w, (enum query)T_PLAIN,
		   DB_ARGS(db_i64(min), db_i32(-7), db_i32(-32768), db_bool(true), db_text("Nguyễn Thị Lan"),
			   db_bytes(bytes_of(blob, 4)), db_day(april_3), db_instant(APRIL_3_0800)),
		   &r) == OK,
		"a value of every type is accepted");
	is_i64(row_i64(&r, 0, rows_col(&r, "big")), INT64_MIN, "bigint comes back");
	is_i64(row_i32(&r, 0, rows_col(&r, "int")), -7, "integer comes back");
	is_i64(row_i64(&r, 0, rows_col(&r, "small")), -32768, "smallint comes back");
	ok(row_bool(&r, 0, rows_col(&r, "truth")), "boolean comes back");
	is_str(row_text(&r, 0, rows_col(&r, "word")), "Nguyễn Thị Lan", "text comes back");
	struct bytes b = row_bytes(&r, 0, rows_col(&r, "blob"));
	is_mem(b.at, b.n, blob, sizeof blob, "bytea with a zero byte comes back");
	is_i64(row_day(&r, 0, rows_col(&r, "day")).n, april_3.n, "date comes back");
	is_i64(row_instant(&r, 0, rows_col(&r, "instant")), APRIL_3_0800,
		"timestamptz comes back to the microsecond");

	ok(db_run(w, (enum query)T_SHOW,
		   DB_ARGS(db_vnd(vnd(9223372036854775807)), db_i32(2147483647), db_i32(-1), db_bool(false),
			   db_text("x"), db_bytes(bytes_of(blob, 4)), db_day(april_3),
			   db_instant(APRIL_3_0800)),
		   &r) == OK,
		"the same values, written out by PostgreSQL");
	is_str(row_text(&r, 0, 0),
		"9223372036854775807 2147483647 -1 f x \\x00ff6100 2024-04-03 2024-04-03 01:00:00.123456",
		"PostgreSQL reads every value as C meant it");

	ok(db_run(w, (enum query)T_PLAIN,
		   DB_ARGS(db_null(), db_null(), db_null(), db_null(), db_text(NULL), db_null(), db_null(),
			   db_null()),
		   &r) == OK,
		"NULL of every type is accepted");
	int nulls = 0;
	for (int c = 0; c < 8; c++)
		nulls += row_null(&r, 0, c);
	is_i64(nulls, 8, "and comes back as NULL");
	ok(row_text(&r, 0, rows_col(&r, "word")) == NULL, "text that is NULL reads as NULL");
	ok(db_run(w, (enum query)T_PLAIN,
		   DB_ARGS(db_i64(0), db_i32(0), db_i32(0), db_bool(false), db_text(""),
			   db_bytes(bytes_of(NULL, 0)), db_day((struct day){-719162}), db_instant(0)),
		   &r) == OK &&
			!row_null(&r, 0, 4) && !row_null(&r, 0, 5) && row_bytes(&r, 0, 5).n == 0 &&
			row_day(&r, 0, 6).n == -719162,
		"empty text and empty bytes are not NULL; the first day of year 1 is a day");
}

static void arrays_of_every_type(struct work *w)
{
	const int64_t bigs[] = {1, INT64_MAX};
	const int32_t ints[] = {-1, 2};
	const bool truths[] = {true, false};
	const char *const words[] = {"a,\"b\"", NULL};
	const struct bytes blobs[] = {{blob, 4}, {NULL, 0}};
	const struct day days[] = {{19816}, {0}};
	const int64_t instants[] = {0, APRIL_3_0800};
	struct rows r;
	ok(db_run(w, (enum query)T_ARRAYS,
		   DB_ARGS(db_i64s(bigs, 2), db_i32s(ints, 2), db_i32s(ints, 2), db_bools(truths, 2),
			   db_texts(words, 2), db_byteas(blobs, 2), db_days(days, 2),
			   db_instants(instants, 2)),
		   &r) == OK,
		"an array of every type is accepted");
	size_t n[8];
	const int64_t *big = row_i64s(&r, 0, 0, &n[0]);
	const int64_t *integer = row_i64s(&r, 0, 1, &n[1]);
	const int64_t *small = row_i64s(&r, 0, 2, &n[2]);
	const bool *truth = row_bools(&r, 0, 3, &n[3]);
	const char *const *word = row_texts(&r, 0, 4, &n[4]);
	const struct bytes *bytes = row_byteas(&r, 0, 5, &n[5]);
	const struct day *day = row_days(&r, 0, 6, &n[6]);
	const int64_t *instant = row_instants(&r, 0, 7, &n[7]);
	int twos = 0;
	for (int i = 0; i < 8; i++)
		twos += n[i] == 2;
	is_i64(twos, 8, "every array has its two elements");
	ok(big[1] == INT64_MAX && integer[0] == -1 && small[1] == 2, "numbers come back in order");
	ok(truth[0] && !truth[1], "booleans come back in order");
	is_str(word[0], "a,\"b\"", "text with quotes comes back");
	ok(word[1] == NULL, "a NULL element of text is a NULL pointer");
	ok(bytes[0].n == 4 && memcmp(bytes[0].at, blob, 4) == 0 && bytes[1].n == 0,
		"bytes come back in order");
	ok(day[0].n == 19816 && day[1].n == 0, "days come back in order");
	ok(instant[0] == 0 && instant[1] == APRIL_3_0800, "instants come back in order");

	const struct hash hashes[] = {{{1}}, {{2}}};
	const struct hash16 indexes[] = {{{3}}};
	const struct vnd money[] = {vnd(2789000), vnd(5)};
	const bool second_is_null[] = {false, true};
	ok(db_run(w, (enum query)T_SHOW_ARRAYS,
		   DB_ARGS(db_with_nulls(db_vnds(money, 2), second_is_null), db_i32s(NULL, 0), db_null(),
			   db_bools(truths, 2), db_texts(words, 2), db_hash16s(indexes, 1), db_days(days, 2),
			   db_null()),
		   &r) == OK,
		"NULL elements, empty arrays and NULL arrays are accepted");
	is_str(row_text(&r, 0, 0),
		"{2789000,NULL} {} {t,f} {\"a,\\\"b\\\"\",NULL} {\"\\\\x03000000000000000000000000000000\"} {2024-04-03,1970-01-01}",
		"PostgreSQL reads every array as C meant it");
	ok(db_run(w, (enum query)T_ARRAYS,
		   DB_ARGS(db_null(), db_null(), db_null(), db_null(), db_null(), db_hashes(hashes, 2),
			   db_null(), db_null()),
		   &r) == OK,
		"hashes go as bytea[]");
	bytes = row_byteas(&r, 0, 5, &n[5]);
	ok(n[5] == 2 && bytes[1].n == 32 && bytes[1].at[0] == 2, "and come back with 32 bytes each");
	(void)row_i64s(&r, 0, 0, &n[0]);
	is_i64((int64_t)n[0], 0, "a NULL array reads as no elements");
}

static void many_rows(struct work *w)
{
	struct rows r;
	ok(db_run(w, (enum query)T_BIG, DB_ARGS(db_i32(100000)), &r) == OK, "100,000 rows come back");
	is_i64((int64_t)rows_n(&r), 100000, "all of them");
	struct hash h = row_hash(&r, 99999, rows_col(&r, "hash"));
	struct hash expected = sha256(bytes_z("100000"));
	ok(row_i64(&r, 99999, 0) == 100000 && hash_eq(&h, &expected), "and the last one is whole");
	size_t megabyte = 1 << 20;
	char *text = arena_alloc(w->arena, 8 * megabyte + 1);
	memset(text, 'x', 8 * megabyte);
	text[8 * megabyte] = '\0';
	ok(db_run(w, (enum query)T_PLAIN,
		   DB_ARGS(db_null(), db_null(), db_null(), db_null(), db_text(text), db_null(), db_null(),
			   db_null()),
		   &r) == OK &&
			strlen(row_text(&r, 0, 4)) == 8 * megabyte,
		"8 MiB go there and back");
}

int main(void)
{
	scene_begin("types");
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	plain_values(&w);
	arrays_of_every_type(&w);
	many_rows(&w);
	if (w.why.code[0])
		note("%s: %s", w.why.code, w.why.text);
	db_close(db);
	arena_free(w.arena);
	scene_end();
	return done_testing();
}
