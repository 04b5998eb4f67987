#include "ledger/payout/flag_store.h"

#include <string.h>

static unsigned flags_at(const struct rows *r, size_t i)
{
	int until = rows_col(r, "authority_until");
	struct flag_facts f = {
		.people = row_i64(r, i, rows_col(r, "people")),
		.own = strcmp(row_text(r, i, rows_col(r, "kind")), "self") == 0,
		.known = row_bool(r, i, rows_col(r, "known")),
		.elsewhere = row_bool(r, i, rows_col(r, "paid_elsewhere")),
		.from_cash = row_bool(r, i, rows_col(r, "from_cash")),
		.sum = row_vnd(r, i, rows_col(r, "sum_dong")),
		.large = row_vnd(r, i, rows_col(r, "large_dong")),
		.status = row_text(r, i, rows_col(r, "status")),
		.passes = row_bool(r, i, rows_col(r, "passes")),
		.stands = row_bool(r, i, rows_col(r, "stands")),
		.ends = !row_null(r, i, until),
		.today = row_day(r, i, rows_col(r, "today")),
	};
	if (f.ends)
		f.until = row_day(r, i, until);
	return flags_of(&f);
}

enum result batch_flags(struct work *w, const int64_t *batches, size_t n, struct flagged *out)
{
	struct rows rows;
	struct flagged all = {0};
	enum result r = db_run(w, Q_BATCH_FLAGS, DB_ARGS(db_i64s(batches, n)), &rows);
	if (r != OK)
		return r;
	all.at = arena_array(w->arena, rows_n(&rows), struct flagged_line);
	for (size_t i = 0; i < rows_n(&rows); i++) {
		unsigned flags = flags_at(&rows, i);
		if (flags == 0)
			continue;
		all.at[all.n++] = (struct flagged_line){
			.batch = row_i64(&rows, i, rows_col(&rows, "batch")),
			.line = row_i32(&rows, i, rows_col(&rows, "line")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.amount = row_vnd(&rows, i, rows_col(&rows, "amount_dong")),
			.flags = flags,
		};
		for (int f = 0; f < FLAGS; f++)
			all.lines[f] += (flags >> f) & 1;
	}
	*out = all;
	return OK;
}

const char *flags_vi(struct arena *a, unsigned flags)
{
	const char *text = "";
	for (int f = 0; f < FLAGS; f++)
		if ((flags >> f) & 1)
			text = arena_printf(a, "%s%s%s", text, *text ? "; " : "", flag_vi((enum flag)f));
	return text;
}
