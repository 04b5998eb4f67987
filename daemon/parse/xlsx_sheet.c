#include "daemon/parse/xlsx_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "daemon/parse/xml.h"

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_BOOL, TYPE_ERROR };

struct reader {
	const struct xlsx_book *book;
	const struct sheet_take *take;
	void *context;
	uint32_t row;
	bool hidden;
	/* the cells of the row, one after the other in `text` */
	size_t n;
	struct buf text;
	size_t ends[COLUMNS_MAX];
	struct sift_cell cells[COLUMNS_MAX];
	/* the cell that is read */
	uint32_t column; /* from 1; 0: none yet in this row */
	enum cell_type type;
	uint32_t style;
	bool formula, in_value, in_rows, in_row, in_cell, phonetic;
	char value[SHEET_CELL_MAX + 4];
	size_t n_value;
};

static struct problem *problem(const struct reader *r)
{
	return zip_file_problem(r->book->zip);
}

static void refuse(struct reader *r, const char *code)
{
	char at[32], letters[LIST_LETTERS_SIZE];
	snprintf(at, sizeof at, "%s%u", list_letters((int)r->column, letters), r->row);
	problem_set(problem(r), code, (int32_t)r->row, at);
}

/* ---- a cell ---------------------------------------------------------------------------------------------------------- */

/* «AB12» of this row; without a reference the next column. */
static bool read_reference(struct reader *r, const struct xml_element *e)
{
	struct bytes ref;
	uint64_t row;
	uint32_t column = 0;
	size_t i = 0;
	if (!xml_attribute(e, "r", &ref)) {
		r->column++;
		return r->column <= SHEET_COLUMNS_MAX;
	}
	for (; i < ref.n && i < 4 && ref.at[i] >= 'A' && ref.at[i] <= 'Z'; i++)
		column = 26 * column + (uint32_t)(ref.at[i] - 'A') + 1;
	bool good = column > r->column && column <= SHEET_COLUMNS_MAX &&
		    text_u64(bytes_of(ref.at + i, ref.n - i), SHEET_ROWS_MAX, &row) && row == r->row;
	r->column = column;
	return good;
}

static enum cell_type type_of(const struct xml_element *e)
{
	static const struct {
		const char *name;
		enum cell_type type;
	} types[] = {{"s", TYPE_SHARED}, {"str", TYPE_TEXT}, {"inlineStr", TYPE_TEXT}, {"b", TYPE_BOOL},
		{"e", TYPE_ERROR}, {"d", TYPE_TEXT}};
	struct bytes t;
	if (!xml_attribute(e, "t", &t))
		return TYPE_NUMBER;
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (bytes_eq_z(t, types[i].name))
			return types[i].type;
	return TYPE_NUMBER;
}

static void cell_start(struct reader *r, const struct xml_element *e)
{
	r->formula = r->in_value = r->phonetic = false;
	r->n_value = 0;
	r->style = 0;
	r->type = type_of(e);
	xml_attribute_u32(e, "s", &r->style);
	/* A cell is in a row, and nothing but text in a cell. */
	if (!r->in_row || r->in_cell || !read_reference(r, e))
		refuse(r, "xlsx_cell");
	r->in_cell = true;
}

/* The text of the cell as an officer sees it. False: it refers to a string that is not there. */
static bool cell_text(struct reader *r, struct bytes *text, struct sift_cell *cell)
{
	static char number[XLSX_NUMBER_SIZE];
	struct book_style style = {0};
	struct bytes value = bytes_of(r->value, r->n_value);
	uint64_t i;
	if (r->style < r->book->n_styles)
		style = r->book->styles[r->style];
	cell->legacy = (enum legacy)style.legacy;
	*text = value;
	if (r->type == TYPE_SHARED) {
		enum legacy run;
		if (!text_u64(value, UINT32_MAX, &i) || !xlsx_book_string(r->book, i, text, &run))
			return value.n == 0;
		cell->legacy = run != LEGACY_NONE ? run : cell->legacy;
	} else if (r->type == TYPE_NUMBER && value.n > 0) {
		cell->kind = style.format == FORMAT_DAY      ? SIFT_DAY
			     : style.format == FORMAT_NUMBER ? SIFT_NUMBER
							     : SIFT_TEXT;
		*text = xlsx_number(value, (enum xlsx_format)style.format, r->book->from_1904, number);
	}
	return true;
}

/* What XML cannot hold stands as _x000D_, and «_x» itself as _x005F_x (ISO/IEC 29500-1, 22.9.2.19). */
static void add_text(struct buf *to, struct bytes s)
{
	for (size_t used; s.n > 0; s = bytes_of(s.at + used, s.n - used)) {
		const uint8_t *mark = memchr(s.at, '_', s.n);
		uint8_t c;
		used = mark ? (size_t)(mark - s.at) : s.n;
		buf_add(to, s.at, used);
		if (!mark)
			continue;
		bool escaped = s.n - used >= 7 && memcmp(mark, "_x00", 4) == 0 && mark[6] == '_' &&
			       hex_decode((const char *)mark + 4, 2, &c, 1) && c < 0x80;
		/* A NUL stays a character that no cell may have. */
		buf_u8(to, !escaped ? '_' : c == 0 ? 1 : c);
		used += escaped ? 7 : 1;
	}
}

static void cell_end(struct reader *r)
{
	struct sift_cell cell = {.formula = r->formula, .error = r->type == TYPE_ERROR};
	struct bytes text;
	r->in_cell = false;
	if (!cell_text(r, &text, &cell)) {
		refuse(r, "xlsx_cell");
		return;
	}
	if (text.n == 0 && !cell.formula)
		return;
	if (r->column > COLUMNS_MAX) {
		refuse(r, "too_many_columns");
		return;
	}
	for (; r->n < r->column; r->n++) {
		r->cells[r->n] = (struct sift_cell){.legacy = LEGACY_NONE};
		r->ends[r->n] = r->text.n;
	}
	size_t keep = text.n < SHEET_CELL_MAX ? text.n : SHEET_CELL_MAX;
	/* No half character at the cut. */
	while (text.n >= SHEET_CELL_MAX && (text.at[keep - 1] & 0xc0) == 0x80)
		keep--;
	keep -= text.n >= SHEET_CELL_MAX && text.at[keep - 1] >= 0xc0;
	add_text(&r->text, bytes_of(text.at, keep));
	r->cells[r->n - 1] = cell;
	r->ends[r->n - 1] = r->text.n;
}

/* ---- a row ------------------------------------------------------------------------------------------------------------ */

static void row_start(struct reader *r, const struct xml_element *e)
{
	uint32_t row = r->row + 1;
	struct bytes any;
	bool said = xml_attribute_u32(e, "r", &row);
	r->column = 0;
	if (r->in_row || (!said && xml_attribute(e, "r", &any)) || row <= r->row || row > SHEET_ROWS_MAX)
		refuse(r, "xlsx_cell");
	r->in_row = true;
	r->row = row;
	r->hidden = xml_attribute_true(e, "hidden");
	r->n = 0;
	buf_reset(&r->text);
}

static bool row_end(struct reader *r)
{
	struct sift_row row = {.row = (int32_t)r->row, .n = r->n, .cells = r->cells, .hidden = r->hidden};
	r->in_row = false;
	for (size_t i = 0; i < r->n; i++) {
		size_t from = i == 0 ? 0 : r->ends[i - 1];
		r->cells[i].text = r->ends[i] == from ? bytes_of("", 0)
						      : bytes_of(r->text.at + from, r->ends[i] - from);
	}
	return r->n == 0 || r->take->row(r->context, &row);
}

/* ---- elements ----------------------------------------------------------------------------------------------------------- */

static bool is(const char *name, const char *what)
{
	return strcmp(name, what) == 0;
}

static void other_start(const struct reader *r, const char *name, const struct xml_element *e)
{
	struct bytes text;
	uint32_t from, to;
	if (r->take->merged && is(name, "mergeCell") && xml_attribute(e, "ref", &text))
		r->take->merged(r->context, text);
	if (r->take->width && is(name, "col") && xml_attribute_u32(e, "min", &from) &&
		xml_attribute_u32(e, "max", &to) && xml_attribute(e, "width", &text))
		r->take->width(r->context, from, to, text);
}

static void on_start(void *context, struct xml_run *x, const char *name, const struct xml_element *e)
{
	struct reader *r = context;
	if (is(name, "sheetData"))
		r->in_rows = true;
	else if (!r->in_rows)
		other_start(r, name, e);
	else if (is(name, "c"))
		cell_start(r, e);
	else if (is(name, "v") || is(name, "t"))
		r->in_value = !r->phonetic;
	else if (is(name, "row"))
		row_start(r, e);
	else if (is(name, "f"))
		r->formula = true;
	else if (is(name, "rPh"))
		r->phonetic = true;
	if (problem(r)->code)
		xml_stop(x);
}

static void on_end(void *context, struct xml_run *x, const char *name)
{
	struct reader *r = context;
	bool more = true;
	if (!r->in_rows)
		return;
	if (is(name, "v") || is(name, "t"))
		r->in_value = false;
	else if (is(name, "c"))
		cell_end(r);
	else if (is(name, "row"))
		more = row_end(r);
	else if (is(name, "rPh"))
		r->phonetic = false;
	else if (is(name, "sheetData"))
		r->in_rows = false;
	if (!more || problem(r)->code)
		xml_stop(x);
}

static void on_text(void *context, struct bytes piece)
{
	struct reader *r = context;
	if (!r->in_value || !r->in_rows)
		return;
	size_t room = SHEET_CELL_MAX - r->n_value, n = piece.n < room ? piece.n : room;
	memcpy(r->value + r->n_value, piece.at, n);
	r->n_value += n;
}

bool xlsx_sheet_read(
	const struct xlsx_book *b, const char *part, const struct sheet_take *take, void *context)
{
	static const struct xml_handler handler = {.start = on_start, .end = on_end, .text = on_text};
	struct reader *r = calloc(1, sizeof *r);
	bug_if(!r);
	r->book = b;
	r->take = take;
	r->context = context;
	buf_init(&r->text, COLUMNS_MAX * SHEET_CELL_MAX);
	bool good = xml_read(b->zip, part, &handler, r);
	if (!good && !problem(r)->code)
		problem_set(problem(r), "xlsx_none", 0, part);
	buf_free(&r->text);
	free(r);
	return good;
}
