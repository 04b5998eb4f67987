#include "ledger/books/publish_statement_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/text.h"
#include "ledger/books/sheet.h"

#define AT_ONCE 2000 /* lines in memory */

static const char columns[] = "line,part,side,amount,value-date,id,entry\n";

/* The entry last, as leaves write it: whatever the bank calls it, no column moves. */
static void put_line(struct sheet *s, const struct rows *r, size_t i)
{
	CLEANUP(buf_free) struct buf entry = BUF(4096);
	const char *id = row_text(r, i, rows_col(r, "id"));
	char day[DAY_TEXT_SIZE];

	percent_escape(bytes_z(row_text(r, i, rows_col(r, "entry"))), &entry);
	fprintf(s->to, "%d,%d,%s,%" PRId64 ",%s,%s,%s\n", row_i32(r, i, rows_col(r, "line")),
		row_i32(r, i, rows_col(r, "part")), row_bool(r, i, rows_col(r, "debit")) ? "debit" : "credit",
		row_i64(r, i, rows_col(r, "amount_dong")),
		day_format(row_day(r, i, rows_col(r, "value_date")), day), id != NULL ? id : "",
		buf_str(&entry));
}

static enum result put_lines(struct work *w, struct sheet *s, enum query q, int64_t of)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *kept = w->arena;
	int32_t line = -1, part = 0;
	enum result result;
	struct rows r;

	w->arena = some;
	fputs(columns, s->to);
	do {
		arena_reset(some);
		result = db_run(w, q, DB_ARGS(db_i64(of), db_i32(line), db_i32(part), db_i64(AT_ONCE)), &r);
		for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
			put_line(s, &r, i);
			line = row_i32(&r, i, rows_col(&r, "line"));
			part = row_i32(&r, i, rows_col(&r, "part"));
		}
	} while (result == OK && rows_n(&r) == AT_ONCE);
	w->arena = kept;
	return result;
}

static enum result put_sheet(struct work *w, const char *path, enum query q, int64_t of)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	enum result result = sheet_begin(w->arena, path, &s, &w->why) ? OK : REFUSED;

	if (result == OK)
		result = put_lines(w, &s, q, of);
	return result == OK && !sheet_end(&s, &w->why) ? REFUSED : result;
}

/* Before the lines, so that whoever finds the lines finds the pages. */
static enum result put_pages(struct work *w, const char *path, int64_t statement, bool *whole)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	struct rows r;
	enum result result = db_run(w, Q_PUBLISH_PAGES, DB_ARGS(db_i64(statement)), &r);

	*whole = result == OK;
	if (result == OK && !sheet_begin(w->arena, path, &s, &w->why))
		result = REFUSED;
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		int sha256 = rows_col(&r, "sha256");
		char hex[HASH_HEX_SIZE];
		struct hash page;

		*whole = *whole && !row_null(&r, i, sha256);
		if (!*whole)
			break;
		page = row_hash(&r, i, sha256);
		fprintf(s.to, "%s\n", hash_hex(&page, hex));
	}
	return result == OK && *whole && !sheet_end(&s, &w->why) ? REFUSED : result;
}

/* The directories of the file, below ours. */
static bool make_way(struct work *w, const char *directory, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
		if (!make_directory_durable(
			    arena_printf(w->arena, "%s/%.*s", directory, (int)(slash - name), name), 0755,
			    &w->why))
			return false;
	return true;
}

static enum result put_one(
	struct work *w, const char *directory, const struct rows *r, size_t i, struct published_sheets *out)
{
	const char *name = row_text(r, i, rows_col(r, "name"));
	const char *path = arena_printf(w->arena, "%s/%s.csv", directory, name);
	int statement = rows_col(r, "statement"), list = rows_col(r, "list");
	bool whole = true;
	enum result result = OK;

	if (access(path, F_OK) == 0) {
		out->n++;
		return OK;
	}
	if (row_null(r, i, statement) && row_null(r, i, list)) {
		out->lacking++;
		return OK;
	}
	if (!make_way(w, directory, name))
		return REFUSED;
	if (!row_null(r, i, list))
		result = put_sheet(w, path, Q_PUBLISH_LIST, row_i64(r, i, list));
	else
		result = put_pages(w, arena_printf(w->arena, "%s/%s.pages", directory, name),
			row_i64(r, i, statement), &whole);
	if (result == OK && whole && row_null(r, i, list))
		result = put_sheet(w, path, Q_PUBLISH_LINES, row_i64(r, i, statement));
	out->n += result == OK && whole;
	out->lacking += result == OK && !whole;
	return result;
}

enum result publish_statements(
	struct work *w, const char *directory, int64_t size, struct published_sheets *out)
{
	struct rows r;
	enum result result = db_run(w, Q_PUBLISH_SHEETS, DB_ARGS(db_i64(size)), &r);

	*out = (struct published_sheets){.n = 0};
	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		result = put_one(w, directory, &r, i, out);
	return result;
}
