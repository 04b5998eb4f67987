#include "daemon/parse/csv_list.h"

#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "ledger/base/name.h"
#include "ledger/base/text.h"
#include "daemon/parse/encoding.h"
#include "daemon/parse/heading.h"
#include "daemon/parse/tidy.h"

#define HEAD_MAX ((size_t)64 << 10) /* in which the headings must stand */
#define ROW_MAX \
	((size_t)256 << 10) /* bytes of one row, and of one cell: beyond it a quote was never closed */
#define OUT_PIECE      ((size_t)32 << 10)
#define SNIFF          ((size_t)1024)
#define TITLE_ROWS_MAX 50

/* One row as it is read, cell by cell. */
struct record {
	struct buf text;
	size_t ends[COLUMNS_MAX];
	size_t n;
	int32_t row;
	int last_end; /* the character that ended the row before */
	bool too_wide;
};

struct csv_list {
	enum list_kind kind;
	csv_list_take *take;
	void *context;
	struct problem problem;
	bool refused; /* the caller took no more */
	struct encoding encoding;
	struct buf head; /* until the headings are known */
	bool begun;
	struct csv_parser csv;
	char delimiter;
	struct record record;
	struct headings headings;
	int place[CELLS]; /* the column of each cell, or −1 */
	bool total_seen;
	bool any_row;
	struct arena *arena;
	struct buf out;
};

/* ---- records ----------------------------------------------------------------------------------------------------- */

static void *limited(void *at, size_t size)
{
	return size > ROW_MAX ? NULL : realloc(at, size);
}

static void record_cell(const void *at, size_t n, struct record *r)
{
	if (r->n == COLUMNS_MAX) {
		r->too_wide = true;
		return;
	}
	if (n > 0)
		buf_add(&r->text, at, n);
	r->ends[r->n++] = r->text.n;
}

/* Every row counts, blank ones too, as in a spreadsheet; CR LF is one end of a row. False when there is no row here. */
static bool record_ends(struct record *r, int end)
{
	bool second_half = r->n == 0 && end == CSV_LF && r->last_end == CSV_CR;
	r->last_end = second_half ? CSV_LF : end;
	if (second_half)
		return false;
	r->row++;
	return true;
}

static void record_next(struct record *r)
{
	buf_reset(&r->text);
	r->n = 0;
	r->too_wide = false;
}

static struct bytes record_raw(const struct record *r, size_t i)
{
	size_t from = i == 0 ? 0 : r->ends[i - 1], n = r->ends[i] - from;
	return n == 0 ? bytes_of("", 0) : bytes_of(r->text.at + from, n);
}

/* A cell, without a byte order mark that some program put before the first one. */
static size_t record_cells(struct arena *a, const struct record *r, struct bytes cells[static COLUMNS_MAX])
{
	for (size_t i = 0; i < r->n; i++)
		cells[i] = tidy_cell(a, record_raw(r, i));
	return r->n;
}

static void csv_begin(struct csv_parser *csv, char delimiter)
{
	if (csv_init(csv, CSV_REPALL_NL) != 0)
		bug("could not start libcsv");
	csv_set_delim(csv, (unsigned char)delimiter);
	csv_set_realloc_func(csv, limited);
}

/* ---- the headings ------------------------------------------------------------------------------------------------ */

/* Looks for the headings in the head, with one delimiter. */
struct search {
	enum list_kind kind;
	struct arena *arena;
	struct record record;
	struct headings best;
	bool complete;
};

static void search_cell(void *at, size_t n, void *context)
{
	struct search *s = context;
	record_cell(at, n, &s->record);
}

static void search_row(int end, void *context)
{
	struct search *s = context;
	if (!record_ends(&s->record, end))
		return;
	if (!s->complete && s->record.row <= TITLE_ROWS_MAX && s->record.n > 1 && buf_ok(&s->record.text)) {
		struct bytes cells[COLUMNS_MAX];
		struct headings h;
		size_t n = record_cells(s->arena, &s->record, cells);
		headings_read(s->arena, s->kind, s->record.row, cells, n, &h);
		s->complete = headings_complete(s->kind, &h);
		if (s->complete || h.known > s->best.known)
			s->best = h;
	}
	record_next(&s->record);
}

static void search_with(struct search *s, struct bytes head, char delimiter)
{
	struct csv_parser csv;
	csv_begin(&csv, delimiter);
	buf_init(&s->record.text, ROW_MAX);
	for (size_t at = 0; at < head.n && !s->complete && s->record.row <= TITLE_ROWS_MAX; at += SNIFF) {
		size_t n = head.n - at < SNIFF ? head.n - at : SNIFF;
		if (csv_parse(&csv, head.at + at, n, search_cell, search_row, s) != n)
			break;
	}
	if (!s->complete)
		csv_fini(&csv, search_cell, search_row, s);
	csv_free(&csv);
	buf_free(&s->record.text);
}

static bool find_headings(struct csv_list *l)
{
	static const char delimiters[] = {',', ';', '\t'};
	struct headings best = {0};
	struct bytes head = buf_bytes(&l->head);
	for (size_t i = 0; i < sizeof delimiters; i++) {
		struct search s = {.kind = l->kind, .arena = l->arena};
		search_with(&s, head, delimiters[i]);
		if (!s.complete && s.best.known <= best.known)
			continue;
		best = s.best;
		l->delimiter = delimiters[i];
		if (s.complete)
			break;
	}
	if (encoding_is_disguised_tcvn3(head) && !headings_complete(l->kind, &best))
		return problem_set(&l->problem, "file_encoding", 0, "TCVN3 (.VnTime)");
	if (!headings_complete(l->kind, &best))
		return headings_refuse(l->kind, &best, &l->problem);
	l->headings = best;
	for (size_t c = 0; c < CELLS; c++)
		l->place[c] = -1;
	for (size_t i = 0; i < best.n; i++)
		if (best.column[i] != COLUMN_IGNORED && best.column[i] != CELL_OTHER_MONEY)
			l->place[best.column[i]] = (int)i;
	return true;
}

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

static bool flush(struct csv_list *l)
{
	if (l->out.n > 0 && !l->take(l->context, buf_bytes(&l->out)))
		l->refused = true;
	buf_reset(&l->out);
	return !l->refused;
}

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
static bool is_column_numbers(const struct csv_list *l, const struct bytes *cells, size_t n)
{
	if (l->record.row != l->headings.row + 1)
		return false;
	for (size_t i = 0; i < n; i++)
		if (cells[i].n > 4)
			return false;
	return true;
}

static const char *problem_of(const struct csv_list *l, const struct bytes *cells, size_t n)
{
	if (n < l->headings.n)
		return "short_row";
	for (size_t i = l->headings.n; i < n; i++)
		if (cells[i].n > 0)
			return "long_row";
	for (size_t i = 0; i < n; i++) {
		if (cells[i].n > LIST_CELL_MAX)
			return "row_too_long";
		if (text_has_control(cells[i]))
			return "control_character";
	}
	return "";
}

static const char *other_money(const struct csv_list *l, const struct bytes *cells, size_t n)
{
	for (size_t i = 0; i < n && i < l->headings.n; i++) {
		if (l->headings.column[i] != CELL_OTHER_MONEY)
			continue;
		for (size_t j = 0; j < cells[i].n; j++)
			if (cells[i].at[j] >= '1' && cells[i].at[j] <= '9')
				return l->headings.other[i];
	}
	return "";
}

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

static void write_row(struct csv_list *l, const struct bytes *cells, size_t n, bool total)
{
	size_t n_cells;
	const enum list_cell *columns = list_cells(l->kind, &n_cells);
	buf_addf(&l->out, "%d", l->record.row);
	list_column_write(&l->out, bytes_z(total ? "total" : "row"), false);
	list_column_write(&l->out, bytes_z(total ? "" : problem_of(l, cells, n)), false);
	for (size_t i = 0; i < n_cells; i++) {
		struct bytes text = columns[i] == CELL_OTHER_MONEY ? bytes_z(other_money(l, cells, n))
								   : cell_at(cells, n, l->place[columns[i]]);
		list_column_write(&l->out, cut(text, LIST_CELL_MAX), false);
	}
	CLEANUP(buf_free) struct buf raw;
	buf_init(&raw, ROW_MAX + COLUMNS_MAX);
	for (size_t i = 0; i < l->record.n; i++) {
		if (i > 0)
			buf_u8(&raw, (uint8_t)l->delimiter);
		buf_add_bytes(&raw, record_raw(&l->record, i));
	}
	list_column_write(&l->out, cut(buf_bytes(&raw), LIST_RAW_MAX), false);
	buf_u8(&l->out, '\n');
	if (l->out.n >= OUT_PIECE)
		flush(l);
}

static void take_row(struct csv_list *l)
{
	struct bytes cells[COLUMNS_MAX];
	size_t n = record_cells(l->arena, &l->record, cells);
	if (is_blank(cells, n))
		return;
	struct bytes id = cell_at(cells, n, l->place[CELL_ID]);
	if (l->total_seen) {
		if (digits_in(id) >= 9)
			problem_set(&l->problem, "rows_after_total", l->record.row, "");
		return;
	}
	if (is_column_numbers(l, cells, n))
		return;
	bool total = id.n == 0 && is_total(l->arena, cells, n);
	l->total_seen = total;
	l->any_row = l->any_row || !total;
	write_row(l, cells, n, total);
}

static void list_row(int end, void *context)
{
	struct csv_list *l = context;
	struct record *r = &l->record;
	if (!record_ends(r, end))
		return;
	if (!l->problem.code && !l->refused && r->row > l->headings.row && r->n > 0) {
		if (r->too_wide)
			problem_set(&l->problem, "too_many_columns", r->row, "");
		else if (!buf_ok(&r->text))
			problem_set(&l->problem, "quote_unclosed", r->row, "");
		else
			take_row(l);
		arena_reset(l->arena);
	}
	record_next(r);
}

static void list_cell(void *at, size_t n, void *context)
{
	struct csv_list *l = context;
	record_cell(at, n, &l->record);
}

static bool parse(struct csv_list *l, struct bytes piece)
{
	if (csv_parse(&l->csv, piece.at, piece.n, list_cell, list_row, l) != piece.n)
		problem_set(&l->problem, "quote_unclosed", l->record.row + 1, "");
	return !l->problem.code && !l->refused;
}

static bool begin(struct csv_list *l)
{
	struct bytes head = buf_bytes(&l->head);
	l->begun = true;
	if (!find_headings(l))
		return false;
	/* The headings outlive the rows' arena. */
	for (size_t i = 0; i < l->headings.n; i++) {
		if (!l->headings.other[i])
			continue;
		l->headings.other[i] = strdup(l->headings.other[i]);
		bug_if(!l->headings.other[i]);
	}
	arena_reset(l->arena);
	csv_begin(&l->csv, l->delimiter);
	bool more = parse(l, head);
	buf_free(&l->head);
	return more;
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

struct csv_list *csv_list_new(enum list_kind kind, csv_list_take *take, void *context)
{
	struct csv_list *l = calloc(1, sizeof *l);
	bug_if(!l);
	l->kind = kind;
	l->take = take;
	l->context = context;
	l->arena = arena_new();
	buf_init(&l->head, HEAD_MAX);
	buf_init(&l->out, OUT_PIECE + 2 * (ROW_MAX + LIST_RAW_MAX));
	buf_init(&l->record.text, ROW_MAX);
	return l;
}

void csv_list_free(struct csv_list *l)
{
	if (l->delimiter)
		for (size_t i = 0; i < l->headings.n; i++)
			free(l->headings.other[i]);
	if (l->csv.realloc_func)
		csv_free(&l->csv);
	buf_free(&l->head);
	buf_free(&l->out);
	buf_free(&l->record.text);
	arena_free(l->arena);
	free(l);
}

static int32_t lines_in(struct bytes s)
{
	int32_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.at[i] == '\n';
	return n;
}

/* Which row holds the byte that is no text: those before this piece are read, or still in the head. */
static void note_row(struct csv_list *l, struct bytes piece)
{
	bool in_a_row = strcmp(l->problem.code, "file_nul") == 0 ||
			strcmp(l->problem.code, "file_encoding") == 0;
	int32_t before = l->begun ? l->record.row : lines_in(buf_bytes(&l->head));
	if (in_a_row && l->encoding.total > 0) /* UTF-16 is so from its first byte */
		l->problem.row = before + lines_in(bytes_of(piece.at, l->encoding.bad)) + 1;
}

bool csv_list_feed(struct csv_list *l, struct bytes piece)
{
	if (l->problem.code || l->refused)
		return false;
	if (!encoding_check(&l->encoding, piece, &l->problem)) {
		note_row(l, piece);
		return false;
	}
	if (!l->begun) {
		size_t room = HEAD_MAX - l->head.n, n = piece.n < room ? piece.n : room;
		buf_add(&l->head, piece.at, n);
		piece = bytes_of(piece.at + n, piece.n - n);
		if (l->head.n < HEAD_MAX)
			return true;
		if (!begin(l))
			return false;
	}
	return parse(l, piece);
}

bool csv_list_end(struct csv_list *l)
{
	if (l->problem.code || l->refused || !encoding_end(&l->encoding, &l->problem))
		return false;
	if (l->encoding.total == 0)
		return problem_set(&l->problem, "file_empty", 0, "");
	if (!l->begun && !begin(l))
		return false;
	/* Strict only now: a quote inside a cell is an officer's habit, one that nothing closes has swallowed rows. */
	csv_set_opts(&l->csv, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(&l->csv, list_cell, list_row, l) != 0)
		return problem_set(&l->problem, "quote_unclosed", l->record.row + 1, "");
	if (l->problem.code)
		return false;
	if (!l->any_row)
		return problem_set(&l->problem, "no_rows", 0, "");
	if (l->kind == LIST_PAYMENT && !l->total_seen)
		return problem_set(&l->problem, "total_missing", 0, "");
	return flush(l);
}

const struct problem *csv_list_problem(const struct csv_list *l)
{
	return &l->problem;
}
