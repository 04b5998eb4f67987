/* COPY in binary: bulk in and out, whole or not at all. */
#include "tests/unit/db_test.h"

#include "ledger/db/copy.h"

enum { T_IN = 4096, T_OUT, T_OUT_SELECT, T_EMPTY, T_COUNT_ROWS, T_FLAT, T_FLAT_ROWS, T_COUNT };

#define ROWS 100000

static const struct query_column columns[] = {{"id", DB_BIGINT, 0}, {"small", DB_SMALLINT, 0},
	{"truth", DB_BOOLEAN, 0}, {"word", DB_TEXT, 0}, {"hash", DB_BYTEA, 0}, {"day", DB_DATE, 0},
	{"at", DB_TIMESTAMPTZ, 0}, {"many", DB_BIGINT, 1}};
static const struct query_column one_text[] = {{"w", DB_TEXT, 0}};
static const struct query_column one_bigint[] = {{"id", DB_BIGINT, 0}};

const struct query_text query_table[] = {
	[T_IN] = {"t_in", "here",
		"copy public.bulk (id, small, truth, word, hash, day, at, many) from stdin (format binary)",
		QUERY_COPY_IN, 0, 0, 8, NULL, columns},
	[T_OUT] = {"t_out", "here",
		"copy public.bulk (id, small, truth, word, hash, day, at, many) to stdout (format binary)",
		QUERY_COPY_OUT, 0, 0, 8, NULL, columns},
	[T_OUT_SELECT] = {"t_out_select", "here",
		"copy (select id from public.bulk order by id) to stdout (format binary)", QUERY_COPY_OUT, 0,
		0, 1, NULL, one_bigint},
	[T_EMPTY] = {"t_empty", "here",
		"copy (select id from public.bulk where false) to stdout (format binary)", QUERY_COPY_OUT, 0,
		0, 1, NULL, one_bigint},
	[T_COUNT_ROWS] = {"t_count", "here", "select count(*) as id from public.bulk", QUERY_PLAIN, 0, 0, 1,
		NULL, one_bigint},
	[T_FLAT] = {"t_flat", "here",
		"copy public.bulk (id, small, truth, word, hash, day) from stdin (format binary)",
		QUERY_COPY_IN, 0, 0, 6, NULL, columns},
	[T_FLAT_ROWS] = {"t_flat_rows", "here",
		"select string_agg(concat_ws(' ', id, small, truth, coalesce(word, '-'), coalesce(day::text, '-')), ', ' order by id) as w "
		"from public.bulk where id < 0 and hash = sha256('x')",
		QUERY_PLAIN, 0, 0, 1, NULL, one_text},
};
const unsigned query_count = T_COUNT;

#define Q(name) ((enum query)T_##name)

static void put_row(struct copy *c, int64_t id)
{
	const int64_t many[] = {id, -id};
	struct hash h = sha256(bytes_of(&id, sizeof id));
	struct db_arg array = db_i64s(many, 2);
	copy_row_begin(c);
	copy_i64(c, id);
	copy_i64(c, id % 1000);
	copy_bool(c, id % 2 == 0);
	copy_text(c, id % 3 == 0 ? NULL : "Phan Thiết");
	copy_hash(c, &h);
	copy_day(c, (struct day){.n = (int32_t)(id % 20000)});
	copy_instant(c, id * 1000);
	copy_arg(c, &array);
}

static enum result put_many(struct work *w, int64_t from, int64_t n, int64_t *stored)
{
	struct copy *c = copy_begin(w, Q(IN));
	for (int64_t i = 0; i < n; i++)
		put_row(c, from + i);
	return copy_end(c, stored);
}

static void fresh(struct work *w)
{
	why_clear(&w->why);
	w->deadline_us = work_deadline_in_ms(20000);
}

static const char *table_rows(void)
{
	return scene("select count(*) from public.bulk");
}

/* The same rows as arrays, with one value that all have. */
static void as_columns(struct work *w)
{
	static const int64_t ids[] = {-1, -2, -3}, small[] = {1, 2, 3};
	static const bool null[] = {false, true, false};
	const char *words[] = {"một", NULL, "ba"};
	const struct day days[] = {{1}, {2}, {3}};
	struct hash h = sha256(bytes_z("x"));
	struct rows r;
	fresh(w);
	ok(tx_begin(w) == OK &&
			copy_columns(w, Q(FLAT),
				DB_ARGS(db_i64s(ids, 3), db_i64s(small, 3), db_bool(true), db_texts(words, 3),
					db_hash(&h), db_with_nulls(db_days(days, 3), null))) == OK,
		"arrays are copied in, an element a row");
	ok(db_run(w, Q(FLAT_ROWS), DB_NO_ARGS, &r) == OK, "they are there");
	is_str(row_text(&r, 0, 0), "-3 3 t ba 1970-01-04, -2 2 t - -, -1 1 t một 1970-01-02",
		"each with its own elements, and what all have");
	ok(copy_columns(w, Q(FLAT),
		   DB_ARGS(db_i64s(ids, 0), db_i64s(small, 0), db_bool(true), db_texts(words, 0), db_hash(&h),
			   db_with_nulls(db_days(days, 0), null))) == OK,
		"no row is nothing to do");
	tx_rollback(w);
}

static void in(struct work *w)
{
	int64_t stored = 0, began = monotonic_us();
	fresh(w);
	ok(tx_begin(w) == OK && put_many(w, 1, ROWS, &stored) == OK, "100,000 rows are copied in");
	is_i64(stored, ROWS, "and counted");
	is_str(table_rows(), "0", "nobody sees them before the commit");
	struct rows r;
	ok(db_run(w, Q(COUNT_ROWS), DB_NO_ARGS, &r) == OK && row_i64(&r, 0, 0) == ROWS,
		"the same transaction goes on with queries");
	ok(tx_commit(w) == OK, "they are committed");
	note("%d rows in %d ms", ROWS, (int)((monotonic_us() - began) / 1000));
	is_str(table_rows(), "100000", "all are there");
	is_str(scene("select sum(id) || ' ' || count(word) || ' ' || sum(many[1] + many[2]) || ' ' || sum(octet_length(hash)) || ' ' ||"
		     " count(*) filter (where truth) from public.bulk"),
		"5000050000 66667 0 3200000 50000", "with their values");
	is_str(scene("select concat_ws(' ', small, word, day, at at time zone 'UTC') from public.bulk where id = 77777"),
		"777 Phan Thiết 2018-09-03 1970-01-01 00:01:17.777",
		"every type means the same on both sides");
}

static void refused(struct work *w)
{
	int64_t stored = -1;
	fresh(w);
	ok(tx_begin(w) == OK && put_many(w, 500000, 10, NULL) == OK, "a transaction with one good copy");
	ok(put_many(w, ROWS - 5, 3000, &stored) == REFUSED && why_is(&w->why, "constraint"),
		"a copy that breaks a constraint is REFUSED");
	is_str(db_constraint(w), "bulk_pkey", "by its name");
	is_i64(stored, -1, "nothing is counted");
	ok(tx_commit(w) == REFUSED, "the transaction cannot commit");
	is_str(table_rows(), "100000", "and nothing of it holds");
	fresh(w);
	ok(tx_begin(w) == OK && put_many(w, 600000, 1, NULL) == OK && tx_commit(w) == OK,
		"the connection is fit for the next job");
	fresh(w);
	scene("begin; lock table public.bulk in access exclusive mode");
	w->deadline_us = work_deadline_in_ms(300);
	ok(tx_begin(w) == OK && put_many(w, 700000, 50000, NULL) == RETRY && why_is(&w->why, "db_deadline"),
		"a copy that is kept waiting ends at its deadline");
	tx_rollback(w);
	scene("rollback");
	fresh(w);
	ok(tx_begin(w) == OK, "a copy is begun");
	struct copy *c = copy_begin(w, Q(IN));
	put_row(c, 800000);
	tx_rollback(w);
	ok(copy_end(c, NULL) != OK, "a transaction that was rolled back under it takes no rows");
	ok(tx_begin(w) == OK && tx_commit(w) == OK && strcmp(table_rows(), "100001") == 0,
		"nothing came of it");
}

static void out(struct work *w)
{
	fresh(w);
	struct arena *page = arena_new();
	int64_t n = 0, sum = 0, nulls = 0, wrong = 0;
	if (tx_begin(w) != OK)
		abort();
	struct copy *c = copy_read_begin(w, Q(OUT));
	for (struct rows r; copy_read(c, page, 1000, &r), rows_n(&r) > 0; arena_reset(page)) {
		int id = rows_col(&r, "id"), word = rows_col(&r, "word"), hash = rows_col(&r, "hash"),
		    many = rows_col(&r, "many");
		for (size_t i = 0; i < rows_n(&r); i++, n++) {
			int64_t v = row_i64(&r, i, id);
			struct hash h = row_hash(&r, i, hash), expected = sha256(bytes_of(&v, sizeof v));
			size_t two;
			const int64_t *both = row_i64s(&r, i, many, &two);
			sum += v;
			nulls += row_text(&r, i, word) == NULL;
			wrong += !hash_eq(&h, &expected) || two != 2 || both[1] != -v;
		}
	}
	ok(copy_read_end(c) == OK, "a table is copied out, 1,000 rows at a time");
	ok(n == 100001 && sum == 5000650000 && nulls == 33334 && wrong == 0, "every row comes whole");
	ok(arena_used(page) < 4 << 20, "in the memory of one page");
	c = copy_read_begin(w, Q(EMPTY));
	struct rows r;
	copy_read(c, page, 10, &r);
	ok(rows_n(&r) == 0 && copy_read_end(c) == OK, "no rows is an end too");
	c = copy_read_begin(w, Q(OUT_SELECT));
	copy_read(c, page, 5, &r);
	ok(rows_n(&r) == 5 && row_i64(&r, 4, 0) == 5, "a select's rows come in its order");
	ok(copy_read_end(c) == REFUSED && why_is(&w->why, "copy_abandoned"),
		"a copy that was not read to its end says so");
	ok(tx_commit(w) == REFUSED, "and spoils the transaction");
	arena_free(page);
}

int main(void)
{
	scene_begin("copy");
	scene("create table public.bulk (id bigint primary key, small smallint, truth boolean, word text, hash bytea, day date,"
	      " at timestamptz, many bigint[])");
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	as_columns(&w);
	in(&w);
	refused(&w);
	out(&w);
	db_close(db);
	arena_free(w.arena);
	scene_end();
	return done_testing();
}
