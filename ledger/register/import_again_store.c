/* import_again_store.c: who stands on a list of this programme, period and kind already. An officer who corrects a file sends all of
 * its rows again: those that were accepted and say the same are known, and nothing is in twice. */
#include "ledger/register/import_write_store.h"

#include <stdlib.h>
#include <string.h>

/* Rows of people who were registered before, column by column. */
struct again {
	size_t n, *which; /* in im->rows */
	const char **programmes, **kinds, **banks;
	int64_t *persons;
	struct hash16 *blinds;
	bool *no_account;
};

static struct again again_of(const struct import *im)
{
	struct again a = {
		.which = arena_array(im->arena, im->n_rows, size_t),
		.programmes = arena_array(im->arena, im->n_rows, const char *),
		.kinds = arena_array(im->arena, im->n_rows, const char *),
		.banks = arena_array(im->arena, im->n_rows, const char *),
		.persons = arena_array(im->arena, im->n_rows, int64_t),
		.blinds = arena_array(im->arena, im->n_rows, struct hash16),
		.no_account = arena_array(im->arena, im->n_rows, bool),
	};
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		if (!entry_stands(s->entry) || im->people.at[s->person].id == 0)
			continue;
		a.programmes[a.n] = im->lists[s->list].programme;
		a.kinds[a.n] = entry_kind(s->entry);
		a.persons[a.n] = im->people.at[s->person].id;
		a.no_account[a.n] = !s->entry->has_account;
		a.banks[a.n] = s->entry->bank;
		if (s->entry->has_account)
			a.blinds[a.n] = blind_index(im->keys->blind, BLIND_ACCOUNT, s->entry->account.text);
		a.which[a.n++] = i;
	}
	return a;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The categories and, of arrears, the months, as the query import_listed writes those that count now. */
static const char *enrolled_text(const struct import *im, const struct entry *e)
{
	const char *parts[CATEGORIES_OF_ONE], *text = "", *months = "";
	char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
	if (e->arrears)
		months = arena_printf(im->arena, " %s %s", day_format(month_first(e->from), from),
			day_format(month_first(e->to), to));
	for (size_t i = 0; i < e->n_categories; i++) {
		const struct category *c = &im->reference->categories.at[e->categories[i]];
		parts[i] = arena_printf(im->arena, "%s %d %d%s", c->code,
			c->needs_injury_pct ? e->injury_pct : 0, c->per_child ? e->children : 0, months);
	}
	qsort(parts, e->n_categories, sizeof *parts, by_text);
	for (size_t i = 0; i < e->n_categories; i++)
		text = arena_printf(im->arena, "%s%s%s", text, i > 0 ? ", " : "", parts[i]);
	return text;
}

/* The ward, the amount, for what it is, the way of paying and the account: what would pay otherwise if it were another. */
static bool says_the_same(
	const struct import *im, const struct standing *s, const struct rows *rows, size_t i)
{
	const struct entry *e = s->entry;
	int listed = rows_col(rows, "listed_dong"), method = rows_col(rows, "method");
	const char *wish = e->method == METHOD_CASH ? "cash" : "account";
	bool same_amount = e->listed_known && !row_null(rows, i, listed) &&
			   row_i64(rows, i, listed) == vnd_dong(e->listed);
	bool same_method = e->method == METHOD_NONE ||
			   (!row_null(rows, i, method) && strcmp(wish, row_text(rows, i, method)) == 0);
	int of = rows_col(rows, "enrolled");
	bool same_enrolled = !row_null(rows, i, of) &&
			     strcmp(row_text(rows, i, of), enrolled_text(im, e)) == 0;
	return same_amount && same_method && same_enrolled &&
	       strcmp(row_text(rows, i, rows_col(rows, "area_code")), import_area_of(im, s)->code) == 0 &&
	       (!e->has_account || row_bool(rows, i, rows_col(rows, "account_known")));
}

static void judge(const struct import *im, const struct standing *s, const struct rows *rows, size_t i)
{
	const char *file = row_text(rows, i, rows_col(rows, "file_name")),
		   *area = row_text(rows, i, rows_col(rows, "area"));
	int32_t row = row_i32(rows, i, rows_col(rows, "row_no"));
	bool same = says_the_same(im, s, rows, i);
	bool here = strcmp(row_text(rows, i, rows_col(rows, "area_code")), import_area_of(im, s)->code) == 0;
	s->entry->status = same ? ENTRY_KNOWN : ENTRY_REJECTED;
	s->entry->code = same ? "already_in" : here ? "already_in_otherwise" : "duplicate";
	s->entry->column = 0;
	if (same)
		s->entry->note = arena_printf(
			im->arena, "Không phải làm gì: dòng này đã được nhận (%s, dòng %d)", file, row);
	else if (here)
		s->entry->note = arena_printf(im->arena,
			"Ghi lại như dòng đã nhận (%s, dòng %d), hoặc lập danh sách điều chỉnh: đối tượng, tháng, số tiền, hình thức hoặc tài khoản khác",
			file, row);
	else
		s->entry->note = import_other_row(im, area, file, row);
}

enum result import_judge_again(struct work *w, struct import *im)
{
	struct again a = again_of(im);
	struct rows rows;
	if (a.n == 0)
		return OK;
	enum result r = db_run(w, Q_IMPORT_LISTED,
		DB_ARGS(db_texts(a.programmes, a.n), db_day(im->period), db_i64s(a.persons, a.n),
			db_texts(a.kinds, a.n), db_texts(a.banks, a.n),
			db_with_nulls(db_hash16s(a.blinds, a.n), a.no_account)),
		&rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n");
	for (size_t i = 0; i < rows_n(&rows); i++)
		judge(im, &im->rows[a.which[row_i64(&rows, i, at) - 1]], &rows, i);
	return OK;
}
