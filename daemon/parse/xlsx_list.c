#include "daemon/parse/xlsx_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/parse/cells_out.h"
#include "daemon/parse/tidy.h"
#include "daemon/parse/xlsx_sheet.h"

/* ---- which sheet ------------------------------------------------------------------------------------------------------ */

struct look {
	struct heading_search search;
	struct arena *arena, *row; /* the search's; of one row */
};

static bool look_at_row(void *context, const struct sift_row *row)
{
	struct look *l = context;
	struct bytes cells[COLUMNS_MAX];
	for (size_t i = 0; i < row->n; i++) {
		const struct sift_cell *c = &row->cells[i];
		bool changed;
		if (!legacy_decode(c->legacy, l->row, c->text, &cells[i], &changed))
			cells[i] = c->text;
		cells[i] = tidy_cell(l->row, cells[i]);
	}
	bool found = heading_search_row(&l->search, row->row, cells, row->n);
	arena_reset(l->row);
	return !found && l->search.rows < TITLE_ROWS_MAX;
}

struct choice {
	const struct book_sheet *sheet;
	size_t n;           /* sheets that are lists */
	char names[180];    /* theirs */
	struct problem why; /* of the sheet that came nearest */
	size_t known;
};

static void note_name(struct choice *c, const char *name)
{
	size_t n = strlen(c->names);
	snprintf(c->names + n, sizeof c->names - n, "%s«%s»", n > 0 ? ", " : "", name);
}

/* False with the zip's problem. */
static bool look_at(const struct xlsx_book *b, const struct asked *asked, const struct book_sheet *sheet,
	struct choice *c)
{
	static const struct sheet_take take = {.row = look_at_row};
	struct look *l = calloc(1, sizeof *l);
	bug_if(!l);
	l->arena = arena_new();
	l->row = arena_new();
	heading_search_begin(&l->search, l->arena, asked);
	bool good = xlsx_sheet_read(b, sheet->part, &take, l);
	if (good && heading_search_end(&l->search)) {
		c->sheet = c->n == 0 ? sheet : c->sheet;
		c->n++;
		note_name(c, sheet->name);
	} else if (good && (!c->why.code || l->search.found.known > c->known)) {
		c->known = l->search.found.known;
		c->why = (struct problem){0};
		headings_refuse(asked, &l->search.found, &c->why);
	}
	arena_free(l->arena);
	arena_free(l->row);
	free(l);
	return good;
}

static const struct book_sheet *choose(const struct xlsx_book *b, const struct asked *asked)
{
	struct problem *p = zip_file_problem(b->zip);
	struct choice c = {0};
	bool named = false;
	for (size_t i = 0; i < b->n_sheets; i++) {
		const struct book_sheet *s = &b->sheets[i];
		if (asked->sheet ? strcmp(asked->sheet, s->name) != 0 : s->hidden)
			continue;
		named = true;
		if (!look_at(b, asked, s, &c))
			return NULL;
	}
	if (!named)
		problem_set(p, asked->sheet ? "sheet_unknown" : "heading_none", 0,
			asked->sheet ? asked->sheet : "");
	else if (c.n == 0)
		*p = c.why;
	else if (c.n > 1)
		problem_set(p, "sheets_many", 0, c.names);
	return p->code ? NULL : c.sheet;
}

/* ---- its rows ---------------------------------------------------------------------------------------------------------- */

static bool take_row(void *context, const struct sift_row *row)
{
	return sift_row(context, row);
}

static bool read_rows(const struct xlsx_book *b, const struct asked *asked, const struct book_sheet *sheet,
	sift_take *take_lines, void *context)
{
	static const struct sheet_take take = {.row = take_row};
	struct sift_file file = {.asked = asked, .sheet = sheet->name, .delimiter = '\t'};
	struct problem *p = zip_file_problem(b->zip);
	struct sift *s = sift_new(&file, take_lines, context);
	bool good = xlsx_sheet_read(b, sheet->part, &take, s) && sift_end(s);
	if (sift_problem(s)->code && !p->code)
		*p = *sift_problem(s);
	sift_free(s);
	return good;
}

/* ---- its cells --------------------------------------------------------------------------------------------------------- */

static bool cells_row(void *context, const struct sift_row *row)
{
	return cells_out_row(context, row);
}

static void cells_merged(void *context, struct bytes range)
{
	cells_out_merged(context, range);
}

static void cells_width(void *context, uint32_t from, uint32_t to, struct bytes width)
{
	cells_out_width(context, from, to, width);
}

/* A file comes back to the officer also when no list was found in it: then its first sheet. */
static const struct book_sheet *choose_any(const struct xlsx_book *b, const struct asked *asked)
{
	struct problem *p = zip_file_problem(b->zip);
	const struct book_sheet *sheet = choose(b, asked);
	for (size_t i = 0; i < b->n_sheets && !sheet && p->code; i++) {
		if (b->sheets[i].hidden || p->code[0] == 'x')
			continue;
		*p = (struct problem){0};
		sheet = &b->sheets[i];
	}
	return sheet;
}

/* All sheets in their order. What cannot be read of another sheet than the list's is left out. */
static bool read_cells(
	const struct xlsx_book *b, const struct asked *asked, sift_take *take_lines, void *context)
{
	static const struct sheet_take take = {
		.row = cells_row, .merged = cells_merged, .width = cells_width};
	const struct book_sheet *list = choose_any(b, asked);
	if (!list)
		return false;
	struct cells_out *o = cells_out_new(asked->legacy, take_lines, context);
	bool good = true;
	for (size_t i = 0; i < b->n_sheets && good; i++) {
		const struct book_sheet *s = &b->sheets[i];
		if (s->hidden && s != list)
			continue;
		cells_out_sheet(o, s->name, s == list);
		good = xlsx_sheet_read(b, s->part, &take, o);
		if (!good && s != list && zip_file_problem(b->zip)->code) {
			*zip_file_problem(b->zip) = (struct problem){0};
			good = true;
		}
	}
	good = good && cells_out_end(o);
	cells_out_free(o);
	return good;
}

static bool read_list(const struct xlsx_book *b, const struct asked *asked, sift_take *take, void *context)
{
	const struct book_sheet *sheet = choose(b, asked);
	return sheet && read_rows(b, asked, sheet, take, context);
}

bool xlsx_list_read(struct zip_file *zip, const struct asked *asked, sift_take *take, void *context)
{
	struct xlsx_book book;
	bool good = xlsx_book_open(zip, &book) && (asked->cells ? read_cells(&book, asked, take, context)
								: read_list(&book, asked, take, context));
	xlsx_book_free(&book);
	return good;
}
