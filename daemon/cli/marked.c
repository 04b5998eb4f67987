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

enum look {
	LOOK_PLAIN,
	LOOK_NUMBER,
	LOOK_DAY,
	LOOK_HEAD,
	LOOK_BAD,
	LOOK_BAD_NUMBER,
	LOOK_BAD_DAY,
	LOOK_SEE,
	LOOK_SEE_NUMBER,
	LOOK_SEE_DAY,
	LOOK_WORDS
};
#define LOOKS 11

struct marked {
	struct arena *arena;
	const struct import_said *said;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *looks[LOOKS];
	int32_t head_row;
	int words_column;                 /* from 1 */
	const struct import_word **words; /* by row */
	size_t n_words, next;
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

static int column_of(const struct import_word *w)
{
	char letters[LIST_LETTERS_SIZE] = "";
	size_t n = strspn(w->cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (n == 0 || n >= sizeof letters)
		return 0;
	memcpy(letters, w->cell, n);
	return list_column_of(letters);
}

/* ---- looks ------------------------------------------------------------------------------------------------------------------ */

static lxw_format *look(struct marked *m, const char *number, lxw_color_t colour)
{
	lxw_format *f = workbook_add_format(m->book);
	if (number)
		format_set_num_format(f, number);
	if (colour)
		format_set_bg_color(f, colour);
	return f;
}

/* A bad cell takes text, so that zeros typed into it stay. */
static void make_looks(struct marked *m)
{
	static const char day[] = "dd/mm/yyyy", text[] = "@";
	static const lxw_color_t red = 0xFFC7CE, yellow = 0xFFEB9C;
	m->looks[LOOK_DAY] = look(m, day, 0);
	m->looks[LOOK_HEAD] = look(m, NULL, 0);
	format_set_bold(m->looks[LOOK_HEAD]);
	format_set_text_wrap(m->looks[LOOK_HEAD]);
	m->looks[LOOK_BAD] = look(m, text, red);
	m->looks[LOOK_BAD_NUMBER] = look(m, NULL, red);
	m->looks[LOOK_BAD_DAY] = look(m, day, red);
	m->looks[LOOK_SEE] = look(m, text, yellow);
	m->looks[LOOK_SEE_NUMBER] = look(m, NULL, yellow);
	m->looks[LOOK_SEE_DAY] = look(m, day, yellow);
	m->looks[LOOK_WORDS] = look(m, NULL, 0);
	format_set_text_wrap(m->looks[LOOK_WORDS]);
	format_set_font_color(m->looks[LOOK_WORDS], 0xC00000);
}

/* Plain, number and day follow one another in each colour. */
static lxw_format *look_of(const struct marked *m, int32_t row, int column, enum look kind)
{
	enum look first = row == m->head_row ? LOOK_HEAD : LOOK_PLAIN;
	for (size_t i = m->next; i < m->n_words && m->words[i]->row == row; i++)
		if (column_of(m->words[i]) == column)
			first = is_to_see(m->words[i]) ? LOOK_SEE : LOOK_BAD;
	return m->looks[first == LOOK_HEAD ? LOOK_HEAD : first + kind];
}

/* ---- cells ------------------------------------------------------------------------------------------------------------------- */

static void write_cell(struct marked *m, int32_t row, int column, const char *cell)
{
	lxw_row_t r = (lxw_row_t)(row - 1);
	lxw_col_t c = (lxw_col_t)(column - 1);
	lxw_datetime day = {0};
	if (*cell == 'd' && sscanf(cell + 1, "%2d/%2d/%4d", &day.day, &day.month, &day.year) == 3)
		worksheet_write_datetime(m->sheet, r, c, &day, look_of(m, row, column, LOOK_DAY));
	else if (*cell == 'n')
		worksheet_write_number(
			m->sheet, r, c, strtod(cell + 1, NULL), look_of(m, row, column, LOOK_NUMBER));
	else
		worksheet_write_string(m->sheet, r, c, cell + 1, look_of(m, row, column, LOOK_PLAIN));
}

/* What is to be filled in is coloured too. */
static void write_empty(struct marked *m, int32_t row, int column)
{
	lxw_format *f = look_of(m, row, column, LOOK_PLAIN);
	if (f && row != m->head_row)
		worksheet_write_blank(m->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(column - 1), f);
}

static void write_words(struct marked *m, int32_t row)
{
	const char *text = "";
	for (; m->next < m->n_words && m->words[m->next]->row <= row; m->next++) {
		const struct import_word *w = m->words[m->next];
		int column = column_of(w);
		text = arena_printf(m->arena, "%s%s%s%s%s", text, *text ? "; " : "", w->cell,
			column ? ": " : "", w->text);
	}
	if (row == m->head_row)
		text = *text ? arena_printf(m->arena, HEADING "; %s", text) : HEADING;
	if (*text)
		worksheet_write_string(m->sheet, (lxw_row_t)(row - 1), (lxw_col_t)(m->words_column - 1), text,
			m->looks[row == m->head_row ? LOOK_HEAD : LOOK_WORDS]);
}

static void write_row(struct marked *m, char *rest)
{
	const char *number = list_column_read(&rest), *cell;
	int32_t row = number ? (int32_t)strtol(number, NULL, 10) : 0;
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
	write_words(m, row);
}

/* "A5:B6". The first cell is written again afterwards. */
static void merge(struct marked *m, const char *range)
{
	char letters[2][LIST_LETTERS_SIZE];
	unsigned rows[2];
	if (!range || sscanf(range, "%3[A-Z]%7u:%3[A-Z]%7u", letters[0], &rows[0], letters[1], &rows[1]) != 4)
		return;
	int from = list_column_of(letters[0]), to = list_column_of(letters[1]);
	if (from < 1 || to > COLUMN_MAX || from > to || rows[0] < 1 || rows[0] > rows[1] ||
		(from == to && rows[0] == rows[1]))
		return;
	worksheet_merge_range(
		m->sheet, rows[0] - 1, (lxw_col_t)(from - 1), rows[1] - 1, (lxw_col_t)(to - 1), "", NULL);
}

static void set_width(struct marked *m, char *rest)
{
	const char *from = list_column_read(&rest), *to = list_column_read(&rest),
		   *width = list_column_read(&rest);
	double wide = width ? strtod(width, NULL) : 0;
	if (from && to && wide > 0 && wide < 255)
		worksheet_set_column(m->sheet, (lxw_col_t)(strtol(from, NULL, 10) - 1),
			(lxw_col_t)(strtol(to, NULL, 10) - 1), wide, NULL);
}

/* ---- the file ------------------------------------------------------------------------------------------------------------------ */

/* Where the words go: a column of that name in the headings, from last time, or the one behind all others. */
static int place_of_words(const char *text, int32_t head_row)
{
	char wanted[32];
	int last = 0;
	snprintf(wanted, sizeof wanted, "row\t%d\t", head_row);
	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		bool is_head = strncmp(line, wanted, strlen(wanted)) == 0;
		int column = -1;
		for (const char *s = line; s < end && strncmp(line, "row\t", 4) == 0; s++) {
			column += *s == '\t';
			if (is_head && *s == '\t' && strncmp(s, "\tt" HEADING, strlen("\tt" HEADING)) == 0)
				return column;
		}
		last = column > last ? column : last;
	}
	return last + 1 < COLUMN_MAX ? last + 1 : COLUMN_MAX;
}

static void each_line(
	struct marked *m, char *text, const char *what, void (*take)(struct marked *m, char *rest))
{
	size_t n = strlen(what);
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		if (strncmp(line, what, n) == 0 && line[n] == '\t')
			take(m, arena_strndup(m->arena, line + n + 1, (size_t)(end - line) - n - 1));
}

static void merge_line(struct marked *m, char *rest)
{
	merge(m, rest);
}

/* The first line says what the sheet is called; a name that Excel would refuse is left out. */
static const char *sheet_name(struct marked *m, const char *text)
{
	const char *end = strchr(text, '\n');
	if (!end || strncmp(text, "sheet\t", 6) != 0 || end == text + 6)
		return NULL;
	const char *name = arena_strndup(m->arena, text + 6, (size_t)(end - text) - 6);
	return workbook_validate_sheet_name(m->book, name) == LXW_NO_ERROR ? name : NULL;
}

static bool write_book(struct marked *m, char *text, const char *path)
{
	m->book = workbook_new(path);
	if (!m->book)
		return false;
	m->sheet = workbook_add_worksheet(m->book, sheet_name(m, text));
	make_looks(m);
	each_line(m, text, "width", set_width);
	worksheet_set_column(m->sheet, (lxw_col_t)(m->words_column - 1), (lxw_col_t)(m->words_column - 1),
		WORDS_WIDE, NULL);
	each_line(m, text, "merged", merge_line);
	each_line(m, text, "row", write_row);
	return workbook_close(m->book) == LXW_NO_ERROR;
}

static bool write_file(struct marked *m, char *text, const char *out)
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
	struct marked m = {.arena = a, .said = said, .head_row = said->head_row};
	struct parser p;
	parser_start(&p, asked->kind, asked->files[0],
		arena_printf(a, "%scells\t%s\n", said->asks ? said->asks : "",
			said->encoding ? said->encoding : ""));
	if (!parser_rows(&p, &text))
		return why_set(why, "marked_unreadable", "%s", p.code);
	buf_u8(&text, '\0');
	char *at = (char *)text.at;
	m.words_column = place_of_words(at, m.head_row);
	sort_words(&m);
	return write_file(&m, at, asked->marked) || why_set(why, "marked_failed", "%s", asked->marked);
}
