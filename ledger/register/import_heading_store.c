/* import_heading_store.c: what senders call the columns of their lists. */
#include "ledger/register/import_store.h"

#include <string.h>

enum result import_headings_of(struct work *w, enum list_kind kind, struct import_headings *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_HEADINGS, DB_ARGS(db_text(import_kind_name(kind))), &rows);
	if (r != OK)
		return r;
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct import_heading);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct import_heading){
			.sender = row_text(&rows, i, rows_col(&rows, "sender")),
			.heading = row_text(&rows, i, rows_col(&rows, "heading")),
			.cell = row_text(&rows, i, rows_col(&rows, "cell")),
			.waits = row_bool(&rows, i, rows_col(&rows, "waits")),
		};
	return OK;
}

/* A cell that lists of this kind have. */
static bool is_cell_of(enum list_kind kind, const char *cell)
{
	size_t n;
	const enum list_cell *cells = list_cells(kind, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list_cell_name(cells[i]), cell) == 0)
			return true;
	return strcmp(cell, "ignored") == 0 || strcmp(cell, "known") == 0;
}

static bool has_room(const struct import_headings *all, const char *sender)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		n += strcmp(all->at[i].sender, sender) == 0;
	return n < LIST_SAVED_MAX;
}

static const char *cells_text(struct arena *a, enum list_kind kind)
{
	size_t n;
	const enum list_cell *cells = list_cells(kind, &n);
	const char *text = "";
	for (size_t i = 0; i < n; i++)
		text = arena_printf(a, "%s%s ", text, list_cell_name(cells[i]));
	return arena_printf(a, "%signored known", text);
}

enum result import_heading_add(
	struct work *w, enum list_kind kind, const char *sender, const char *heading, const char *cell)
{
	char folded[LIST_HEADING_MAX];
	struct rows rows;
	const char *code = NULL;
	struct import_headings all;
	enum result r = import_headings_of(w, kind, &all);
	if (r == OK)
		r = db_run(w, Q_IMPORT_MAY, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	if (!row_bool(&rows, 0, rows_col(&rows, "may")))
		code = "no_mandate";
	else if (!list_heading_fold(w->arena, bytes_z(heading), folded))
		code = "heading_bad";
	else if (!is_cell_of(kind, cell))
		code = "cell_unknown";
	else if (strcmp(cell, "known") != 0 && !has_room(&all, sender))
		code = "headings_many";
	if (code) {
		why_set(&w->why, code, "%s",
			strcmp(code, "cell_unknown") == 0 ? cells_text(w->arena, kind) : cell);
		return REFUSED;
	}
	return db_run(w, Q_IMPORT_HEADING_ADD,
		DB_ARGS(db_text(sender), db_text(import_kind_name(kind)), db_text(folded), db_text(cell)),
		NULL);
}
