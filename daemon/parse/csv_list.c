#include "daemon/parse/csv_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "ledger/base/text.h"
#include "daemon/parse/cells_out.h"
#include "daemon/parse/encoding.h"
#include "daemon/parse/tidy.h"

#ifndef CSV_HEAD_MAX                    /* the fuzzers' is shorter, as their files are */
#define CSV_HEAD_MAX ((size_t)64 << 10) /* in which the headings must stand */
#endif
#define ROW_MAX \
	((size_t)256 << 10) /* bytes of one row, and of one cell: beyond it a quote was never closed */
#define PIECE_MAX ((size_t)64 << 10) /* bytes that are turned into text at a time */
#define SNIFF     ((size_t)1024)

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
	const struct asked *asked;
	sift_take *take;
	void *context;
	struct problem problem;
	bool refused; /* the caller took no more */
	struct encoding encoding;
	const char *guess; /* what it may be if nothing makes sense of it */
	size_t total;      /* bytes so far */
	struct buf head;   /* as it came, until it is long enough to tell what it is */
	struct buf text;   /* of one piece, in UTF-8 */
	bool begun;
	struct csv_parser csv;
	struct record record;
	struct sift *sift; /* one of these two, by what is asked */
	struct cells_out *cells;
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

static void csv_begin(struct csv_parser *csv, char delimiter)
{
	if (csv_init(csv, CSV_REPALL_NL) != 0)
		bug("could not start libcsv");
	csv_set_delim(csv, (unsigned char)delimiter);
	csv_set_realloc_func(csv, limited);
}

/* ---- the delimiter ------------------------------------------------------------------------------------------------- */

/* Looks for the headings in the head, with one delimiter. */
struct attempt {
	struct record record;
	struct arena *arena;
	struct heading_search search;
};

static void attempt_cell(void *at, size_t n, void *context)
{
	struct attempt *t = context;
	record_cell(at, n, &t->record);
}

static void attempt_row(int end, void *context)
{
	struct attempt *t = context;
	struct record *r = &t->record;
	if (!record_ends(r, end))
		return;
	if (!t->search.complete && t->search.rows < TITLE_ROWS_MAX && r->n > 1 && buf_ok(&r->text)) {
		struct bytes cells[COLUMNS_MAX];
		for (size_t i = 0; i < r->n; i++)
			cells[i] = tidy_cell(t->arena, record_raw(r, i));
		heading_search_row(&t->search, r->row, cells, r->n);
	}
	record_next(r);
}

/* Whether the headings are complete; *known: how many columns are known. */
static bool attempt_with(const struct asked *asked, struct bytes head, char delimiter, size_t *known)
{
	struct csv_parser csv;
	struct attempt *t = calloc(1, sizeof *t);
	bug_if(!t);
	t->arena = arena_new();
	heading_search_begin(&t->search, t->arena, asked);
	csv_begin(&csv, delimiter);
	buf_init(&t->record.text, ROW_MAX);
	size_t at = 0;
	for (; at < head.n && !t->search.complete && t->record.row <= TITLE_ROWS_MAX; at += SNIFF) {
		size_t n = head.n - at < SNIFF ? head.n - at : SNIFF;
		if (csv_parse(&csv, head.at + at, n, attempt_cell, attempt_row, t) != n)
			break;
	}
	/* Only at the end of the text is the last row one; elsewhere it may end inside a letter. */
	if (!t->search.complete && at >= head.n)
		csv_fini(&csv, attempt_cell, attempt_row, t);
	bool complete = heading_search_end(&t->search);
	*known = t->search.found.known;
	csv_free(&csv);
	buf_free(&t->record.text);
	arena_free(t->arena);
	free(t);
	return complete;
}

static char find_delimiter(const struct asked *asked, struct bytes head)
{
	static const char delimiters[] = {',', ';', '\t'};
	char best = ',';
	size_t most = 0, known;
	for (size_t i = 0; i < sizeof delimiters; i++) {
		if (attempt_with(asked, head, delimiters[i], &known))
			return delimiters[i];
		if (known > most)
			best = delimiters[i];
		most = known > most ? known : most;
	}
	return best;
}

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

/* Bytes that no encoding has made sense of by the time that the headings are known belong to none that we know. */
static bool encoding_is_known(struct csv_list *l, const struct sift_row *row)
{
	char detail[40], letters[LIST_LETTERS_SIZE];
	if (l->encoding.kind != ENCODING_BYTES || !sift_begun(l->sift) || sift_legacy(l->sift) != LEGACY_NONE)
		return true;
	for (size_t i = 0; i < row->n; i++) {
		if (text_is_ascii(row->cells[i].text))
			continue;
		snprintf(detail, sizeof detail, "không rõ, ô %s%d", list_letters((int)i + 1, letters),
			row->row);
		return problem_set(&l->problem, "file_encoding", row->row, detail);
	}
	return true;
}

/* A row for whoever takes it: the sift, or the cells as they stand. */
static bool give(struct csv_list *l, const struct sift_row *row)
{
	if (l->cells)
		return cells_out_row(l->cells, row);
	return sift_row(l->sift, row) && encoding_is_known(l, row);
}

static void list_row(int end, void *context)
{
	struct csv_list *l = context;
	struct record *r = &l->record;
	struct sift_cell cells[COLUMNS_MAX];
	if (!record_ends(r, end))
		return;
	const char *wrong = r->too_wide ? "too_many_columns" : buf_ok(&r->text) ? NULL : "quote_unclosed";
	if (!l->problem.code && !l->refused && r->n > 0) {
		struct sift_row row = {.row = r->row, .n = r->n, .cells = cells, .ragged = true};
		if (wrong && l->sift)
			row.n = 0;
		for (size_t i = 0; i < row.n && buf_ok(&r->text); i++)
			cells[i] = (struct sift_cell){.text = record_raw(r, i)};
		if (buf_ok(&r->text) || l->sift)
			l->refused = !give(l, &row);
		/* Above the headings such a row is nothing. Only a row below them tells that they are complete: an empty one in its place. */
		if (wrong && l->sift && sift_begun(l->sift))
			problem_set(&l->problem, wrong, r->row, "");
	}
	record_next(r);
}

static void list_cell(void *at, size_t n, void *context)
{
	struct csv_list *l = context;
	record_cell(at, n, &l->record);
}

static bool is_over(struct csv_list *l)
{
	const struct problem *p = l->sift ? sift_problem(l->sift) : NULL;
	/* A file whose headings nobody could read is refused by its encoding, if it has none. */
	if (p && p->code && l->encoding.kind == ENCODING_BYTES && !sift_begun(l->sift))
		problem_set(&l->problem, "file_encoding", 0, l->guess);
	else if (p && p->code && !l->problem.code)
		l->problem = *p;
	return l->problem.code || l->refused;
}

static bool parse(struct csv_list *l, struct bytes text)
{
	if (csv_parse(&l->csv, text.at, text.n, list_cell, list_row, l) != text.n && !is_over(l))
		problem_set(&l->problem, "quote_unclosed", l->record.row + 1, "");
	return !is_over(l);
}

/* What is wrong with the encoding, in the cell that is being read. */
static bool refuse_here(struct csv_list *l, const struct problem *p)
{
	char detail[sizeof p->detail + 40], letters[LIST_LETTERS_SIZE];
	snprintf(detail, sizeof detail, "%s%sô %s%d", p->detail, *p->detail ? ", " : "",
		list_letters((int)l->record.n + 1, letters), l->record.row + 1);
	return problem_set(&l->problem, p->code, l->record.row + 1, detail);
}

/* The piece as text, and its rows. What stands before a byte that is no text is read too: so it is known in which cell that is. */
static bool turn(struct csv_list *l, struct bytes piece, struct problem *p)
{
	buf_reset(&l->text);
	return encoding_text(&l->encoding, piece, &l->text, p);
}

static bool take_piece(struct csv_list *l, struct bytes piece)
{
	struct problem p = {0};
	bool whole = turn(l, piece, &p);
	return parse(l, buf_bytes(&l->text)) && (whole || refuse_here(l, &p));
}

static bool begin(struct csv_list *l)
{
	struct bytes head = buf_bytes(&l->head);
	l->begun = true;
	struct problem p = {0};
	encoding_begin(&l->encoding, head);
	bool whole = turn(l, head, &p);
	char delimiter = find_delimiter(l->asked, buf_bytes(&l->text));
	struct sift_file file = {.asked = l->asked, .sheet = "", .delimiter = delimiter};
	if (l->asked->cells) {
		l->cells = cells_out_new(l->asked->legacy, l->take, l->context);
		cells_out_sheet(l->cells, "", true);
	} else
		l->sift = sift_new(&file, l->take, l->context);
	csv_begin(&l->csv, delimiter);
	l->guess = encoding_guess(head);
	bool more = parse(l, buf_bytes(&l->text)) && (whole || refuse_here(l, &p));
	buf_free(&l->head);
	return more;
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

struct csv_list *csv_list_new(const struct asked *asked, sift_take *take, void *context)
{
	struct csv_list *l = calloc(1, sizeof *l);
	bug_if(!l);
	l->asked = asked;
	l->take = take;
	l->context = context;
	buf_init(&l->head, CSV_HEAD_MAX);
	buf_init(&l->text, 2 * PIECE_MAX + 8);
	buf_init(&l->record.text, ROW_MAX);
	return l;
}

void csv_list_free(struct csv_list *l)
{
	sift_free(l->sift);
	cells_out_free(l->cells);
	if (l->csv.realloc_func)
		csv_free(&l->csv);
	buf_free(&l->head);
	buf_free(&l->text);
	buf_free(&l->record.text);
	free(l);
}

bool csv_list_feed(struct csv_list *l, struct bytes piece)
{
	if (is_over(l))
		return false;
	l->total += piece.n;
	if (l->total > LIST_FILE_MAX)
		return problem_set(&l->problem, "file_too_large", 0, "");
	if (!l->begun) {
		size_t room = CSV_HEAD_MAX - l->head.n, n = piece.n < room ? piece.n : room;
		buf_add(&l->head, piece.at, n);
		piece = bytes_of(piece.at + n, piece.n - n);
		if (l->head.n < CSV_HEAD_MAX)
			return true;
		if (!begin(l))
			return false;
	}
	while (piece.n > 0) {
		size_t n = piece.n < PIECE_MAX ? piece.n : PIECE_MAX;
		if (!take_piece(l, bytes_of(piece.at, n)))
			return false;
		piece = bytes_of(piece.at + n, piece.n - n);
	}
	return true;
}

bool csv_list_end(struct csv_list *l)
{
	if (is_over(l))
		return false;
	if (l->total == 0)
		return problem_set(&l->problem, "file_empty", 0, "");
	struct problem p = {0};
	if (!l->begun && !begin(l))
		return false;
	if (!encoding_end(&l->encoding, &p))
		return refuse_here(l, &p);
	/* Strict only now: a quote inside a cell is an officer's habit, one that nothing closes has swallowed rows. */
	csv_set_opts(&l->csv, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(&l->csv, list_cell, list_row, l) != 0)
		return problem_set(&l->problem, "quote_unclosed", l->record.row + 1, "");
	bool good = !is_over(l) && (l->cells ? cells_out_end(l->cells) : sift_end(l->sift));
	return !is_over(l) && good;
}

const struct problem *csv_list_problem(const struct csv_list *l)
{
	return &l->problem;
}
