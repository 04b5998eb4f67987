#include "daemon/parse/sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/text.h"
#include "daemon/parse/tidy.h"

#define OUT_PIECE ((size_t)32 << 10)
#define OUT_MAX   ((size_t)2 << 20)

struct sift {
	struct sift_file file;
	sift_take *take;
	void *context;
	struct problem problem;
	bool refused; /* the caller took no more */
	struct heading_search search;
	bool begun;
	int place[CELLS]; /* the column of each cell, or −1 */
	bool total_seen, any_row;
	struct arena *heads; /* the search's, and its texts */
	struct title {
		int32_t row;
		struct bytes text;
	} titles[TITLE_ROWS_MAX]; /* the rows until the headings are known, which they may be */
	size_t n_titles;
	struct arena *arena; /* of one row */
	struct buf out;
};

static const struct headings *headings(const struct sift *s)
{
	return &s->search.found;
}

static bool flush(struct sift *s)
{
	if (s->out.n > 0 && !s->take(s->context, buf_bytes(&s->out)))
		s->refused = true;
	buf_reset(&s->out);
	return !s->refused;
}

/* ---- what a row is ------------------------------------------------------------------------------------------------- */

static struct bytes cell_at(const struct bytes *cells, size_t n, int place)
{
	return place >= 0 && (size_t)place < n ? cells[place] : bytes_of("", 0);
}

static size_t digits_in(struct bytes s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.at[i] >= '0' && s.at[i] <= '9';
	return n;
}

/* «Tổng cộng:», «TỔNG SỐ», «Cộng»: only asked of rows without a personal ID, so Ms Công is no totals row. */
static bool is_total_label(struct arena *a, struct bytes cell)
{
	const char *folded;
	if (cell.n < 4 || cell.n > 60 || !name_fold(a, cell, &folded, NULL))
		return false;
	size_t n = strlen(folded);
	while (n > 0 && (folded[n - 1] == ':' || folded[n - 1] == ' ' || folded[n - 1] == '.'))
		n--;
	struct bytes label = bytes_of(folded, n);
	return bytes_starts(label, "tong cong") || bytes_starts(label, "tong so") ||
	       bytes_eq_z(label, "tong") || bytes_eq_z(label, "cong");
}

static bool is_total(struct arena *a, const struct bytes *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_total_label(a, cells[i]))
			return true;
	return false;
}

static bool is_blank(const struct bytes *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cells[i].n > 0)
			return false;
	return true;
}

/* Printed forms number their columns in the row below the headings: A, B, 1, 2, 3 = 1 × 2. */
static bool is_column_numbers(const struct sift *s, const struct sift_row *row, const struct bytes *cells)
{
	if (row->row != headings(s)->row + 1)
		return false;
	for (size_t i = 0; i < row->n; i++)
		if (cells[i].n > 4)
			return false;
	return true;
}

/* ---- what is wrong with it ------------------------------------------------------------------------------------------ */

static const char *in_column(struct sift *s, const char *code, size_t i)
{
	char letters[LIST_LETTERS_SIZE];
	return arena_printf(s->arena, "%s/%s", code, list_letters((int)i + 1, letters));
}

/* Amounts may be computed by their file; who somebody is and where money goes may not. */
static bool may_be_formula(int column)
{
	return column == COLUMN_IGNORED || column == CELL_AMOUNT || column == CELL_MONTHS ||
	       column == CELL_TOTAL || column == CELL_OTHER_MONEY;
}

/* Nobody is registered under letters that are not seen. Who is only looked up may be written as he is: no death and no bank's answer gets
 * lost for it. A person's own name is judged for foreign letters where its row is (entry.h). */
static bool is_bad_name(const struct sift *s, int column, struct bytes text, struct bytes decoded)
{
	enum list_kind kind = s->file.asked->kind;
	if (kind != LIST_PAYMENT && kind != LIST_ENROLMENT && kind != LIST_INCREASE &&
		kind != LIST_CORRECTIONS)
		return false;
	if (column == CELL_NAME)
		return name_has_hidden(text);
	return (column == CELL_HOLDER || column == CELL_DELEGATE) &&
	       (name_has_hidden(text) || name_has_foreign_letter(decoded));
}

static const char *cell_problem(
	struct sift *s, const struct sift_row *row, const struct bytes *cells, size_t i)
{
	int column = i < headings(s)->n ? headings(s)->column[i] : COLUMN_IGNORED;
	if (cells[i].n > LIST_CELL_MAX)
		return in_column(s, "row_too_long", i);
	if (text_has_control(cells[i]) || is_bad_name(s, column, row->cells[i].text, cells[i]))
		return in_column(s, "control_character", i);
	if (column != COLUMN_IGNORED && row->cells[i].error)
		return in_column(s, "cell_error", i);
	bool formula = row->cells[i].formula || (cells[i].n > 1 && cells[i].at[0] == '=');
	return formula && !may_be_formula(column) ? in_column(s, "formula", i) : NULL;
}

static const char *problem_of(struct sift *s, const struct sift_row *row, const struct bytes *cells)
{
	if (row->hidden)
		return "hidden_row";
	if (row->ragged && row->n < headings(s)->n)
		return "short_row";
	for (size_t i = headings(s)->n; i < row->n && row->ragged; i++)
		if (cells[i].n > 0)
			return "long_row";
	for (size_t i = 0; i < row->n; i++) {
		const char *problem = cell_problem(s, row, cells, i);
		if (problem)
			return problem;
	}
	return NULL;
}

static const char *other_money(const struct sift *s, const struct bytes *cells, size_t n)
{
	const struct headings *h = headings(s);
	for (size_t i = 0; i < n && i < h->n; i++) {
		if (h->column[i] != CELL_OTHER_MONEY)
			continue;
		for (size_t j = 0; j < cells[i].n; j++)
			if (cells[i].at[j] >= '1' && cells[i].at[j] <= '9')
				return h->other[i];
	}
	return "";
}

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

/* Not more than max bytes, and no half character. */
static struct bytes cut(struct bytes s, size_t max)
{
	if (s.n <= max)
		return s;
	s.n = max;
	while (s.n > 0 && (s.at[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

static void line_begin(struct sift *s, int32_t row, const char *what, const char *problem)
{
	buf_addf(&s->out, "%d", row);
	list_column_write(&s->out, bytes_z(what), false);
	list_column_write(&s->out, bytes_z(problem), false);
}

static void line_end(struct sift *s, struct bytes raw)
{
	list_column_write(&s->out, cut(raw, LIST_RAW_MAX), false);
	buf_u8(&s->out, '\n');
	if (s->out.n >= OUT_PIECE)
		flush(s);
}

/* What a row that may be a title says, decoded as far as its fonts tell. */
static void keep_title(struct sift *s, const struct sift_row *row, const struct bytes *cells)
{
	size_t n = 0, room = 0;
	for (size_t i = 0; i < row->n && room < LIST_RAW_MAX; i++)
		room += cells[i].n + 1;
	room = room < LIST_RAW_MAX ? room : LIST_RAW_MAX;
	uint8_t *text = arena_alloc(s->heads, room);
	for (size_t i = 0; i < row->n && !row->hidden && n < room; i++) {
		struct bytes cell = cut(cells[i], room - n - (n > 0));
		if (cell.n == 0)
			continue;
		if (n > 0)
			text[n++] = '\t';
		memcpy(text + n, cell.at, cell.n);
		n += cell.n;
	}
	s->titles[s->n_titles++] = (struct title){row->row, bytes_of(text, n)};
}

/* In the encoding of the headings, if it is in that. A title right above them looks like the upper of two rows of them. */
static void write_titles(struct sift *s)
{
	size_t n_cells;
	list_cells(s->file.asked->kind, &n_cells);
	for (size_t i = 0; i < s->n_titles && list_is_of_ward(s->file.asked->kind); i++) {
		struct bytes text = s->titles[i].text;
		bool changed;
		if (text.n == 0 || s->titles[i].row >= headings(s)->row)
			continue;
		if (!legacy_decode(s->search.legacy, s->arena, text, &text, &changed))
			text = s->titles[i].text;
		line_begin(s, s->titles[i].row, "title", "");
		for (size_t c = 0; c < n_cells; c++)
			list_column_write(&s->out, bytes_of("", 0), false);
		line_end(s, text);
	}
}

static void write_head(struct sift *s)
{
	size_t n_cells;
	const enum list_cell *columns = list_cells(s->file.asked->kind, &n_cells);
	line_begin(s, headings(s)->row, "head", legacy_name(s->search.legacy));
	for (size_t i = 0; i < n_cells; i++) {
		char letters[LIST_LETTERS_SIZE];
		list_column_write(&s->out, bytes_z(list_letters(s->place[columns[i]] + 1, letters)), false);
	}
	line_end(s, bytes_z(s->file.sheet));
}

static void write_row(struct sift *s, const struct sift_row *row, const struct bytes *cells, const char *what,
	const char *problem)
{
	size_t n_cells, room = LIST_RAW_MAX + 4;
	const enum list_cell *columns = list_cells(s->file.asked->kind, &n_cells);
	line_begin(s, row->row, what, problem);
	for (size_t i = 0; i < n_cells; i++) {
		struct bytes text = columns[i] == CELL_OTHER_MONEY
					    ? bytes_z(other_money(s, cells, row->n))
					    : cell_at(cells, row->n, s->place[columns[i]]);
		list_column_write(&s->out, cut(text, LIST_CELL_MAX), false);
	}
	uint8_t *raw = arena_alloc(s->arena, room);
	size_t n = 0;
	for (size_t i = 0; i < row->n && n < room; i++) {
		struct bytes text = row->cells[i].text;
		size_t take = text.n < room - n - (i > 0) ? text.n : room - n - (i > 0);
		if (i > 0)
			raw[n++] = (uint8_t)s->file.delimiter;
		memcpy(raw + n, text.at, take);
		n += take;
	}
	line_end(s, bytes_of(raw, n));
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

static bool begin(struct sift *s)
{
	const struct headings *h = headings(s);
	if (!headings_unit_check(&s->search, &s->problem))
		return false;
	s->begun = true;
	for (size_t c = 0; c < CELLS; c++)
		s->place[c] = -1;
	for (size_t i = 0; i < h->n; i++)
		if (h->column[i] != COLUMN_IGNORED &&
			(h->column[i] != CELL_OTHER_MONEY || s->place[CELL_OTHER_MONEY] < 0))
			s->place[h->column[i]] = (int)i;
	write_titles(s);
	write_head(s);
	return true;
}

/* A number's fraction never has three digits, which would read as thousands: 500.125 stands here as 500.1250. */
static struct bytes no_thousands(struct arena *a, struct bytes number)
{
	const uint8_t *point = number.n > 0 ? memchr(number.at, '.', number.n) : NULL;
	if (!point || number.at + number.n - point != 4)
		return number;
	return bytes_z(arena_printf(a, "%.*s0", (int)number.n, (const char *)number.at));
}

/* The cells as everybody after us sees them. *changed: some were in an old encoding. NULL, with the problem: one cannot be read. */
static struct bytes *clean(struct sift *s, const struct sift_row *row, bool *changed)
{
	struct bytes *out = arena_array(s->arena, row->n, struct bytes);
	*changed = false;
	for (size_t i = 0; i < row->n; i++) {
		enum legacy l = row->cells[i].legacy;
		bool here = false;
		struct bytes text;
		if (l == LEGACY_NONE && s->begun)
			l = s->search.legacy;
		if (!legacy_decode(l, s->arena, row->cells[i].text, &text, &here)) {
			char at[40], letters[LIST_LETTERS_SIZE];
			snprintf(at, sizeof at, "%s%d, %s", list_letters((int)i + 1, letters), row->row,
				legacy_name(l));
			problem_set(&s->problem, "text_mixed", row->row, at);
			return NULL;
		}
		out[i] = tidy_cell(s->arena, text);
		if (row->cells[i].kind == SIFT_NUMBER)
			out[i] = no_thousands(s->arena, out[i]);
		*changed = *changed || here;
	}
	return out;
}

/* Headings again, at the head of a page; others are the head of another list. */
static bool is_repeated(struct sift *s, const struct sift_row *row, const struct bytes *cells)
{
	enum repeat r = headings_repeated(&s->search, s->arena, cells, row->n);
	if (r == REPEAT_OTHER)
		problem_set(&s->problem, "heading_again", row->row, "");
	return r != REPEAT_NONE;
}

static void take_row(struct sift *s, const struct sift_row *row)
{
	bool changed;
	const struct bytes *cells = clean(s, row, &changed);
	if (!cells || is_blank(cells, row->n))
		return;
	struct bytes id = cell_at(cells, row->n, s->place[CELL_ID]);
	if (s->total_seen) {
		if (digits_in(id) >= 9)
			problem_set(&s->problem, "rows_after_total", row->row, "");
		return;
	}
	if (is_column_numbers(s, row, cells) || (digits_in(id) == 0 && is_repeated(s, row, cells)))
		return;
	bool total = id.n == 0 && is_total(s->arena, cells, row->n);
	const char *problem = total ? "" : problem_of(s, row, cells);
	s->total_seen = total;
	s->any_row = s->any_row || !total;
	write_row(s, row, cells, total ? "total" : "row", problem ? problem : changed ? "converted" : "");
}

bool sift_row(struct sift *s, const struct sift_row *row)
{
	bug_if(row->n > COLUMNS_MAX);
	if (s->problem.code || s->refused)
		return false;
	if (!s->begun) {
		bool changed;
		const struct bytes *cells = clean(s, row, &changed);
		if (!cells)
			return false;
		bool found = heading_search_row(&s->search, row->row, cells, row->n);
		if (found && !begin(s))
			return false;
		if (!found && s->search.rows >= TITLE_ROWS_MAX)
			return headings_refuse(s->file.asked, headings(s), &s->problem);
		if (!found)
			keep_title(s, row, cells);
	}
	if (s->begun && row->row > headings(s)->row)
		take_row(s, row);
	arena_reset(s->arena);
	return !s->problem.code && !s->refused;
}

bool sift_end(struct sift *s)
{
	if (s->problem.code || s->refused)
		return false;
	if (!s->begun && !heading_search_end(&s->search))
		return headings_refuse(s->file.asked, headings(s), &s->problem);
	if (!s->any_row)
		return problem_set(&s->problem, "no_rows", 0, "");
	if (s->file.asked->kind == LIST_PAYMENT && !s->total_seen)
		return problem_set(&s->problem, "total_missing", 0, "");
	return flush(s);
}

/* ---- the whole -------------------------------------------------------------------------------------------------------- */

struct sift *sift_new(const struct sift_file *file, sift_take *take, void *context)
{
	struct sift *s = calloc(1, sizeof *s);
	bug_if(!s);
	s->file = *file;
	s->take = take;
	s->context = context;
	s->heads = arena_new();
	s->arena = arena_new();
	heading_search_begin(&s->search, s->heads, s->file.asked);
	buf_init(&s->out, OUT_MAX);
	return s;
}

void sift_free(struct sift *s)
{
	if (!s)
		return;
	arena_free(s->heads);
	arena_free(s->arena);
	buf_free(&s->out);
	free(s);
}

bool sift_begun(const struct sift *s)
{
	return s->begun;
}

enum legacy sift_legacy(const struct sift *s)
{
	return s->search.legacy;
}

struct problem *sift_problem(struct sift *s)
{
	return &s->problem;
}
