#include "daemon/cli/marked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#define HEADING    "Lỗi cần sửa"
#define TEXT_MAX   (4 * LIST_FILE_MAX)
#define COLUMN_MAX 201
#define WORDS_WIDE 70.0 /* characters */

#define NARROWEST 9.0
#define WIDEST    40.0 /* of a column whose width nobody set */
#define LINE_HIGH 15.0 /* points */
#define ABOUT     "Hướng dẫn"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_MONEY, KIND_LONG, KIND_DAY };
enum paint { PAINT_NONE, PAINT_HEAD, PAINT_BAD, PAINT_SEE, PAINT_WORDS };
#define KINDS  5
#define PAINTS 5

struct marked {
	struct arena *arena;
	const struct import_said *said;
	const char *file;
	lxw_workbook *book;
	lxw_format *looks[KINDS][PAINTS][2]; /* the last: with a border */
	const struct import_word **words;    /* by row */
	size_t n_words, next;
	/* the sheet that is written; of one that is not the list, no row is a heading */
	lxw_worksheet *sheet;
	int32_t head_row, head_top, table_end;
	int words_column; /* from 1; 0: none */
	double wide[COLUMN_MAX],
		need[COLUMN_MAX]; /* as the file says; what numbers and days, and all, need */
	double full[COLUMN_MAX];
};

/* ---- what was said, by row ------------------------------------------------------------------------------------------------ */

static int by_row(const void *a, const void *b)
{
	const struct import_word *const *x = a, *const *y = b;
	return ((*x)->row > (*y)->row) - ((*x)->row < (*y)->row);
}

static void sort_words(struct marked *m)
{
	m->words = arena_array(m->arena, m->said->n + 1, const struct import_word *);
	for (size_t i = 0; i < m->said->n; i++)
		m->words[m->n_words++] = &m->said->at[i];
	qsort(m->words, m->n_words, sizeof(const struct import_word *), by_row);
}

static bool is_code(const struct import_word *w, const char *code)
{
	return strcmp(w->code, code) == 0;
}

/* Yellow: right once somebody has looked at it. */
static bool is_to_see(const struct import_word *w)
{
	return strcmp(w->outcome, "repaired") == 0 || is_code(w, "id_zeros_lost") ||
	       is_code(w, "text_converted_unseen");
}

/* ---- looks ------------------------------------------------------------------------------------------------------------------ */

/* A bad cell takes text, so that zeros typed into it stay. Long numbers are shown whole: nobody sees an ID as 9.91E+10. */
static const char *number_format(enum kind kind, enum paint paint)
{
	switch (kind) {
	case KIND_TEXT: return paint == PAINT_BAD || paint == PAINT_SEE ? "@" : NULL;
	case KIND_NUMBER: return NULL;
	case KIND_MONEY: return "#,##0";
	case KIND_LONG: return paint == PAINT_BAD || paint == PAINT_SEE ? "@" : "0";
	case KIND_DAY: return "dd/mm/yyyy";
	}
	bug("no such kind of a cell: %d", (int)kind);
}

static lxw_format *make_look(struct marked *m, enum kind kind, enum paint paint, bool bordered)
{
	lxw_format *f = workbook_add_format(m->book);
	const char *number = number_format(kind, paint);
	if (number)
		format_set_num_format(f, number);
	if (bordered) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, 0xA6A6A6);
	}
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (paint == PAINT_BAD || paint == PAINT_SEE)
		format_set_bg_color(f, paint == PAINT_BAD ? 0xFFC7CE : 0xFFEB9C);
	if (paint == PAINT_HEAD || paint == PAINT_WORDS)
		format_set_text_wrap(f);
	if (paint == PAINT_HEAD) {
		format_set_bold(f);
		format_set_align(f, LXW_ALIGN_CENTER);
	}
	if (paint == PAINT_WORDS)
		format_set_font_color(f, 0xC00000);
	return f;
}

static lxw_format *look(struct marked *m, enum kind kind, enum paint paint, bool bordered)
{
	lxw_format **f = &m->looks[kind][paint][bordered];
	if (!*f)
		*f = make_look(m, kind, paint, bordered);
	return *f;
}

static bool is_head(const struct marked *m, int32_t row)
{
	return row >= m->head_top && row <= m->head_row;
}

static enum paint paint_of(const struct marked *m, int32_t row, int column)
{
	enum paint paint = is_head(m, row) ? PAINT_HEAD : PAINT_NONE;
	for (size_t i = m->next; i < m->n_words && m->words[i]->row == row && m->words_column; i++)
		if (m->words[i]->column == column)
			paint = is_to_see(m->words[i]) ? PAINT_SEE : PAINT_BAD;
	return paint;
}

static bool is_marked(const struct marked *m, int32_t row, int column)
{
	enum paint paint = paint_of(m, row, column);
	return paint == PAINT_BAD || paint == PAINT_SEE;
}

static lxw_format *look_of(struct marked *m, int32_t row, int column, enum kind kind)
{
	bool bordered = m->head_row > 0 && row >= m->head_top && row <= m->table_end &&
			column <= m->words_column;
	return look(m, kind, paint_of(m, row, column), bordered);
}

/* ---- cells ------------------------------------------------------------------------------------------------------------------- */

static enum kind kind_of(const char *cell)
{
	double v;
	switch (*cell) {
	case 'd': return KIND_DAY;
	case 'n': break;
	default: return KIND_TEXT;
	}
	v = strtod(cell + 1, NULL);
	if (strchr(cell, '.') || v < 10000)
		return KIND_NUMBER;
	return v < 1e9 ? KIND_MONEY : KIND_LONG;
}

static void write_cell(struct marked *m, int32_t row, int column, const char *cell)
{
	lxw_row_t r = (lxw_row_t)(row - 1);
	lxw_col_t c = (lxw_col_t)(column - 1);
	lxw_datetime day = {0};
	enum kind kind = kind_of(cell);
	if (kind == KIND_DAY && sscanf(cell + 1, "%2d/%2d/%4d", &day.day, &day.month, &day.year) == 3)
		worksheet_write_datetime(m->sheet, r, c, &day, look_of(m, row, column, KIND_DAY));
	else if (*cell == 'n' && !(kind == KIND_LONG && is_marked(m, row, column)))
		worksheet_write_number(m->sheet, r, c, strtod(cell + 1, NULL), look_of(m, row, column, kind));
	else
		worksheet_write_string(m->sheet, r, c, cell + 1, look_of(m, row, column, KIND_TEXT));
}

/* What is to be filled in is coloured too. Headings that span cells have nothing in most of them. */
static void write_empty(struct marked *m, int32_t row, int column)
{
	if (!is_head(m, row) && m->words_column)
		worksheet_write_blank(m->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(column - 1),
			look_of(m, row, column, KIND_TEXT));
}

static size_t letters_in(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((uint8_t)*text & 0xc0) != 0x80;
	return n;
}

static void set_lines(struct marked *m, int32_t row, size_t letters, double wide)
{
	double lines = 1 + (double)(size_t)((double)letters / wide);
	if (lines > 1)
		worksheet_set_row(m->sheet, (lxw_row_t)(row - 1), LINE_HIGH * lines, NULL);
}

static void write_words(struct marked *m, int32_t row)
{
	const char *text = "";
	char cell[IMPORT_CELL_SIZE];
	for (; m->next < m->n_words && m->words[m->next]->row <= row; m->next++) {
		const struct import_word *w = m->words[m->next];
		text = arena_printf(m->arena, "%s%s%s%s%s", text, *text ? "; " : "", import_cell(w, cell),
			w->column > 0 ? ": " : "", w->text);
	}
	if (row == m->head_row)
		text = *text ? arena_printf(m->arena, HEADING "; %s", text) : HEADING;
	if (!*text)
		return;
	bool head = is_head(m, row);
	worksheet_write_string(m->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(m->words_column - 1), text,
		look(m, KIND_TEXT, head ? PAINT_HEAD : PAINT_WORDS, head || row <= m->table_end));
	if (!head)
		set_lines(m, row, letters_in(text), WORDS_WIDE);
}

/* The row's number, or 0; *rest is at its first cell. */
static int32_t row_number(char **rest)
{
	const char *number = list_column_read(rest);
	long row = number ? strtol(number, NULL, 10) : 0;
	return row > 0 && row <= LXW_ROW_MAX ? (int32_t)row : 0;
}

static void write_row(struct marked *m, char *rest)
{
	const char *cell;
	int32_t row = row_number(&rest);
	if (row < 1)
		return;
	for (int column = 1;
		column < COLUMN_MAX && ((cell = list_column_read(&rest)) || column < m->words_column);
		column++) {
		if (column == m->words_column)
			continue;
		if (cell && *cell)
			write_cell(m, row, column, cell);
		else
			write_empty(m, row, column);
	}
	if (m->words_column)
		write_words(m, row);
}

/* ---- layout ------------------------------------------------------------------------------------------------------------------- */

/* Rows of people, and their total, are a table; titles and signatures are not. Long texts may run over; numbers and days may not. */
static void measure_row(struct marked *m, char *rest)
{
	const char *cell;
	int32_t row = row_number(&rest);
	int filled = 0;
	for (int column = 1; column < COLUMN_MAX && (cell = list_column_read(&rest)); column++) {
		double letters = *cell ? 1.5 + (double)letters_in(cell + 1) : 0;
		enum kind kind = *cell ? kind_of(cell) : KIND_TEXT;
		filled += *cell != '\0';
		if (kind != KIND_TEXT && m->need[column - 1] < letters + 1)
			m->need[column - 1] = letters + 1;
		if (row > m->head_row && m->full[column - 1] < letters)
			m->full[column - 1] = letters;
	}
	if (m->head_row > 0 && row >= m->head_row && (filled > 2 || (filled == 2 && row == m->table_end + 1)))
		m->table_end = row;
}

struct range {
	unsigned rows[2];
	int columns[2];
};

/* "A5:B6"; false for what is none. */
static bool read_range(const char *text, struct range *out)
{
	char letters[2][LIST_LETTERS_SIZE];
	if (!text || sscanf(text, "%3[A-Z]%7u:%3[A-Z]%7u", letters[0], &out->rows[0], letters[1],
			     &out->rows[1]) != 4)
		return false;
	for (int i = 0; i < 2; i++)
		out->columns[i] = list_column_of(letters[i]);
	return out->columns[0] >= 1 && out->columns[1] <= COLUMN_MAX && out->columns[0] <= out->columns[1] &&
	       out->rows[0] >= 1 && out->rows[0] <= out->rows[1] && out->rows[1] <= LXW_ROW_MAX &&
	       (out->columns[0] != out->columns[1] || out->rows[0] != out->rows[1]);
}

/* A cell of the headings that spans rows says where they begin. */
static void measure_range(struct marked *m, char *rest)
{
	struct range r;
	if (read_range(rest, &r) && m->head_row > 0 && (int32_t)r.rows[1] == m->head_row &&
		(int32_t)r.rows[0] >= m->head_row - 2 && (int32_t)r.rows[0] < m->head_top)
		m->head_top = (int32_t)r.rows[0];
}

/* The first cell is written again afterwards. */
static void merge(struct marked *m, char *rest)
{
	struct range r;
	if (!read_range(rest, &r))
		return;
	bool title = (int32_t)r.rows[0] < m->head_top;
	worksheet_merge_range(m->sheet, r.rows[0] - 1, (lxw_col_t)(r.columns[0] - 1), r.rows[1] - 1,
		(lxw_col_t)(r.columns[1] - 1), "",
		title ? NULL : look_of(m, (int32_t)r.rows[0], r.columns[0], KIND_TEXT));
}

static void read_width(struct marked *m, char *rest)
{
	const char *from = list_column_read(&rest), *to = list_column_read(&rest),
		   *width = list_column_read(&rest);
	double wide = width ? strtod(width, NULL) : 0;
	long first = from ? strtol(from, NULL, 10) : 0, last = to ? strtol(to, NULL, 10) : 0;
	if (first < 1 || wide <= 0 || wide >= 255)
		return;
	for (long c = first - 1; c < last && c < COLUMN_MAX; c++)
		m->wide[c] = wide;
}

static void set_widths(struct marked *m)
{
	for (int c = 0; c < COLUMN_MAX; c++) {
		double wide = m->wide[c], full = m->full[c] < WIDEST ? m->full[c] : WIDEST;
		if (wide <= 0 && full > NARROWEST)
			wide = full;
		if (wide < m->need[c] && m->need[c] > NARROWEST)
			wide = m->need[c];
		if (c + 1 == m->words_column)
			wide = WORDS_WIDE;
		if (wide > 0)
			worksheet_set_column(m->sheet, (lxw_col_t)c, (lxw_col_t)c, wide, NULL);
	}
}

/* Printed on A4 as wide as the list is, with its headings on each page; on the screen the headings stay. */
static void set_page(struct marked *m)
{
	worksheet_set_paper(m->sheet, 9);
	worksheet_set_landscape(m->sheet);
	worksheet_fit_to_pages(m->sheet, 1, 0);
	if (m->head_row < 1)
		return;
	worksheet_repeat_rows(m->sheet, (lxw_row_t)(m->head_top - 1), (lxw_row_t)(m->head_row - 1));
	worksheet_freeze_panes(m->sheet, (lxw_row_t)m->head_row, 0);
	worksheet_set_row(m->sheet, (lxw_row_t)(m->head_row - 1), 3 * LINE_HIGH, NULL);
	worksheet_activate(m->sheet);
}

/* ---- the file ------------------------------------------------------------------------------------------------------------------ */

/* Where the words go: a column of that name in the headings, from last time, or the one behind all others. */
static int place_of_words(const char *text, const char *text_end, int32_t head_row)
{
	char wanted[32];
	int last = 0;
	snprintf(wanted, sizeof wanted, "row\t%d\t", head_row);
	for (const char *line = text, *end; line < text_end && (end = strchr(line, '\n')); line = end + 1) {
		bool is_head_row = strncmp(line, wanted, strlen(wanted)) == 0;
		int column = -1;
		for (const char *s = line; s < end && strncmp(line, "row\t", 4) == 0; s++) {
			column += *s == '\t';
			if (is_head_row && *s == '\t' &&
				strncmp(s, "\tt" HEADING, strlen("\tt" HEADING)) == 0)
				return column;
		}
		last = column > last ? column : last;
	}
	return last + 1 < COLUMN_MAX ? last + 1 : COLUMN_MAX;
}

/* A piece of the text: what stands in one sheet. */
struct piece {
	const char *at, *end;
};

static void each_line(
	struct marked *m, struct piece p, const char *what, void (*take)(struct marked *m, char *rest))
{
	size_t n = strlen(what);
	for (const char *line = p.at, *end; line < p.end && (end = strchr(line, '\n')); line = end + 1)
		if (strncmp(line, what, n) == 0 && line[n] == '\t')
			take(m, arena_strndup(m->arena, line + n + 1, (size_t)(end - line) - n - 1));
}

/* A name that Excel would refuse is left out. */
static void add_sheet(struct marked *m, const char *name)
{
	bool usable = name && *name && workbook_validate_sheet_name(m->book, name) == LXW_NO_ERROR;
	m->sheet = workbook_add_worksheet(m->book, usable ? name : NULL);
}

static void write_sheet(struct marked *m, struct piece p)
{
	each_line(m, p, "width", read_width);
	each_line(m, p, "merged", measure_range);
	each_line(m, p, "row", measure_row);
	set_widths(m);
	each_line(m, p, "merged", merge);
	each_line(m, p, "row", write_row);
	set_page(m);
}

static bool begins_sheet(const char *line)
{
	return strncmp(line, "sheet\t", 6) == 0 || strncmp(line, "list\t", 5) == 0;
}

/* Each sheet in its order; only of the list something is said. */
static void write_sheets(struct marked *m, const char *text)
{
	for (const char *line = text, *next; line && *line; line = next) {
		bool list = *line == 'l';
		const char *end = strchr(line, '\n');
		for (next = end ? end + 1 : NULL; next && *next && !begins_sheet(next);)
			next = (next = strchr(next, '\n')) ? next + 1 : NULL;
		if (!end || !begins_sheet(line))
			continue;
		struct piece p = {end + 1, next ? next : end + 1 + strlen(end + 1)};
		char *rest = arena_strndup(m->arena, line, (size_t)(end - line));
		list_column_read(&rest);
		const char *name = list_column_read(&rest);
		if (!list && name && strcmp(name, ABOUT) == 0)
			continue;
		memset(m->wide, 0, sizeof m->wide);
		memset(m->need, 0, sizeof m->need);
		memset(m->full, 0, sizeof m->full);
		m->head_row = m->head_top = m->table_end = list ? m->said->head_row : 0;
		m->words_column = list ? place_of_words(p.at, p.end, m->head_row) : 0;
		add_sheet(m, name);
		write_sheet(m, p);
	}
}

/* What the colours mean, and what of the officer's file is not in this one. */
static void write_about(struct marked *m)
{
	const char *const lines[] = {
		arena_printf(m->arena,
			"Tệp này được lập lại từ «%s» để sửa lỗi. Sửa xong thì lưu lại và nhập tệp này.",
			m->file),
		"Ô đỏ: phải sửa. Ô vàng: đối chiếu, đúng thì nhập với --accept-repairs.",
		arena_printf(m->arena,
			"Cột «%s» ghi việc phải làm ở từng dòng; khi nhập lại không cần xóa cột này.",
			HEADING),
		"Giữ nguyên: mọi ô ở đúng chỗ, các trang tính, ô gộp, độ rộng cột.",
		"Không giữ: công thức (chỉ còn giá trị), phông chữ, màu và đường kẻ cũ, ảnh, biểu đồ, ghi chú, dòng ẩn (nay hiện ra), trang tính ẩn, mật khẩu.",
	};
	add_sheet(m, ABOUT);
	m->head_row = m->head_top = m->table_end = 0;
	set_page(m);
	worksheet_set_column(m->sheet, 0, 0, 130, NULL);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		worksheet_write_string(
			m->sheet, (lxw_row_t)i, 0, lines[i], look(m, KIND_TEXT, PAINT_NONE, false));
}

static bool write_book(struct marked *m, const char *text, const char *path)
{
	m->book = workbook_new(path);
	if (!m->book)
		return false;
	write_sheets(m, text);
	write_about(m);
	return workbook_close(m->book) == LXW_NO_ERROR;
}

static bool write_file(struct marked *m, const char *text, const char *out)
{
	const char *partial = arena_printf(m->arena, "%s.%ld", out, (long)getpid());
	mode_t before = umask(077);
	bool good = write_book(m, text, partial) && rename(partial, out) == 0;
	umask(before);
	if (!good)
		unlink(partial);
	return good;
}

bool marked_write(const struct import_asked *asked, const struct import_said *said, struct why *why)
{
	CLEANUP(buf_free) struct buf text = BUF(TEXT_MAX);
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct marked m = {.arena = a, .said = said, .file = import_file_name(asked->files[0])};
	struct parser p;
	parser_start(&p, asked->kind, asked->files[0],
		arena_printf(a, "%scells\t%s\n", said->asks ? said->asks : "",
			said->encoding ? said->encoding : ""));
	if (!parser_rows(&p, &text))
		return why_set(why, "marked_unreadable", "%s", p.code);
	buf_u8(&text, '\0');
	sort_words(&m);
	return write_file(&m, (const char *)text.at, asked->marked) ||
	       why_set(why, "marked_failed", "%s", asked->marked);
}
