#include "ledger/register/area_store.h"

#include "ledger/register/list.h"

enum result area_show(struct work *w, const char *code, struct area_rows *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_AREA_SHOW, DB_ARGS(db_text(code)), &rows);
	if (r != OK)
		return r;
	int to = rows_col(&rows, "until");
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct area_row);
	for (size_t i = 0; i < out->n; i++) {
		out->at[i] = (struct area_row){.level = row_text(&rows, i, rows_col(&rows, "level")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.parent = row_text(&rows, i, rows_col(&rows, "parent")),
			.from = row_day(&rows, i, rows_col(&rows, "since")),
			.ends = !row_null(&rows, i, to),
			.later = row_text(&rows, i, rows_col(&rows, "later")),
			.earlier = row_text(&rows, i, rows_col(&rows, "earlier"))};
		if (out->at[i].ends)
			out->at[i].to = row_day(&rows, i, to);
	}
	return OK;
}

enum result area_village_add(
	struct work *w, const char *code, const char *village, const char *to, const char *source)
{
	char folded[LIST_HEADING_MAX];
	struct rows rows;
	if (!list_heading_fold(w->arena, bytes_z(village), folded)) {
		why_set(&w->why, "village_bad", "this is no name of a village");
		return REFUSED;
	}
	enum result r = db_run(w, Q_AREA_VILLAGE_ADD,
		DB_ARGS(db_text(code), db_text(folded), db_text(to), db_text(source)), &rows);
	if (r != OK)
		return r;
	bug_if(rows_n(&rows) != 1);
	if (row_bool(&rows, 0, rows_col(&rows, "added")))
		return OK;
	if (row_bool(&rows, 0, rows_col(&rows, "known")))
		why_set(&w->why, "no_mandate", "you have no mandate register for %s", code);
	else
		why_set(&w->why, "not_split", "no unit %s was split to %s", code, to);
	return REFUSED;
}
