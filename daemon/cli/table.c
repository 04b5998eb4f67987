/* table.c: the table of cli.h.
 *
 * Where it is wider than the terminal, headings are broken at spaces; where that is not enough, texts are too, or each row takes a second
 * line, further in, under headings of two lines: whichever makes the table shorter. Figures are never broken, and what no terminal reads
 * stays as wide as it is. */
#include "daemon/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP    2
#define INDENT 4 /* of a row's second line */

struct table table_new(struct arena *a, const char *const *headings, size_t columns)
{
	struct table t = {.arena = a, .columns = columns, .rest = arena_array(a, columns, const char *)};
	for (size_t i = 0; i < columns; i++)
		table_add(&t, headings[i]);
	return t;
}

void table_add(struct table *t, const char *cell)
{
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64 * t->columns;
		t->cells = arena_regrow(t->arena, t->cells, t->n, room, sizeof *t->cells);
		t->room = room;
	}
	t->cells[t->n++] = cell ? cell : "";
}

struct column {
	bool right;
	/* The width of its widest cell; with the heading broken; and with all that may be broken broken. */
	size_t whole, body, least;
	size_t wide, at; /* as it is printed */
	size_t line;     /* of the row's lines */
};

/* Characters of NFC text; continuation bytes do not count. */
static size_t width_of(const char *z, size_t bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)z[i] & 0xc0) != 0x80;
	return n;
}

static size_t width(const char *z)
{
	return width_of(z, strlen(z));
}

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t longest_word(const char *z)
{
	size_t most = 0;
	for (size_t n; *z; z += n + (z[n] == ' ')) {
		n = strcspn(z, " ");
		most = max(most, width_of(z, n));
	}
	return most;
}

static const char *cell(const struct table *t, const struct column *columns, size_t i)
{
	return t->cells[i] + (i < t->columns && columns[i].right);
}

static struct column *columns_of(const struct table *t)
{
	struct column *columns = arena_array(t->arena, t->columns, struct column);
	for (size_t c = 0; c < t->columns; c++)
		columns[c].right = t->cells[c][0] == '>';
	for (size_t i = 0; i < t->n; i++) {
		struct column *c = &columns[i % t->columns];
		const char *z = cell(t, columns, i);
		size_t whole = width(z), word = longest_word(z);
		bool heading = i < t->columns;
		c->whole = max(c->whole, whole);
		c->body = max(c->body, heading ? word : whole);
		c->least = max(c->least, heading || !c->right ? word : whole);
	}
	return columns;
}

/* The widest column that is wider than it need be, or NULL. */
static struct column *widest_over(struct column *columns, size_t n, bool breaks)
{
	struct column *found = NULL;
	for (size_t c = 0; c < n; c++) {
		size_t need = breaks ? columns[c].least : columns[c].body;
		if (columns[c].wide > need && (!found || columns[c].wide > found->wide))
			found = &columns[c];
	}
	return found;
}

/* Columns that stand on one line get what it has: headings give way first, then texts, the widest of them. */
static void place(struct column *columns, size_t n, size_t indent, size_t terminal)
{
	size_t end = indent + GAP * (n - 1);
	for (size_t c = 0; c < n; c++)
		end += columns[c].wide = columns[c].whole;
	for (struct column *gives; end > terminal; end--) {
		gives = widest_over(columns, n, false);
		if (!gives)
			gives = widest_over(columns, n, true);
		if (!gives)
			break;
		gives->wide--;
	}
	for (size_t c = 0; c < n; c++)
		columns[c].at = c == 0 ? indent : columns[c - 1].at + columns[c - 1].wide + GAP;
}

/* As many columns on a line as fit, at least one. breaks: what may be broken is. */
static void lay_out(struct column *columns, size_t n, size_t terminal, bool breaks)
{
	for (size_t from = 0, line = 0, fit; from < n; from += fit, line++) {
		size_t indent = line ? INDENT : 0, end = indent;
		for (fit = 0; from + fit < n; fit++) {
			const struct column *c = &columns[from + fit];
			end += (fit ? GAP : 0) + (breaks ? c->least : c->body);
			if (fit && end > terminal)
				break;
			columns[from + fit].line = line;
		}
		place(columns + from, fit, indent, terminal);
	}
}

/* Takes what fits into `wide` characters off *rest, in whole words; its bytes. */
static size_t take(const char **rest, size_t wide)
{
	const char *z = *rest;
	size_t n = strcspn(z, " ");
	for (size_t more; z[n] == ' '; n = more) {
		more = n + 1 + strcspn(z + n + 1, " ");
		if (width_of(z, more) > wide)
			break;
	}
	*rest = z + n + (z[n] == ' ');
	return n;
}

/* What is left of the cells, one terminal line of it. False when nothing was. to NULL: nothing is printed. */
static bool print_line(FILE *to, const struct column *columns, const char **rest, size_t n)
{
	size_t at = 0;
	bool any = false;
	for (size_t c = 0; c < n; c++) {
		if (!*rest[c])
			continue;
		const char *z = rest[c];
		size_t bytes = take(&rest[c], columns[c].wide), w = width_of(z, bytes);
		size_t begin = columns[c].at +
			       (columns[c].right && w < columns[c].wide ? columns[c].wide - w : 0);
		if (to)
			fprintf(to, "%*s%.*s", (int)(begin > at ? begin - at : 0), "", (int)bytes, z);
		at = begin + w;
		any = true;
	}
	if (any && to)
		putc('\n', to);
	return any;
}

/* How many terminal lines it takes. */
static size_t print_row(FILE *to, const struct table *t, const struct column *columns, size_t row)
{
	const char **rest = t->rest;
	size_t lines = 0;
	for (size_t c = 0; c < t->columns; c++)
		rest[c] = cell(t, columns, row * t->columns + c);
	for (size_t from = 0, n; from < t->columns; from += n) {
		for (n = 1; from + n < t->columns && columns[from + n].line == columns[from].line;)
			n++;
		while (print_line(to, columns + from, rest + from, n))
			lines++;
	}
	return lines;
}

static size_t height(const struct table *t, const struct column *columns)
{
	size_t lines = 0;
	for (size_t row = 0; row < t->n / t->columns; row++)
		lines += print_row(NULL, t, columns, row);
	return lines;
}

static void lay_out_narrow(const struct table *t, struct column *columns, size_t terminal)
{
	lay_out(columns, t->columns, terminal, true);
	size_t broken = height(t, columns);
	lay_out(columns, t->columns, terminal, false);
	if (broken < height(t, columns))
		lay_out(columns, t->columns, terminal, true);
}

void table_print_in(const struct table *t, FILE *to, size_t terminal)
{
	bug_if(t->columns == 0);
	struct column *columns = columns_of(t);
	size_t last = t->columns - 1;
	place(columns, t->columns, 0, SIZE_MAX);
	bool narrow = columns[last].at + columns[last].wide > terminal;
	if (narrow)
		lay_out_narrow(t, columns, terminal);
	for (size_t row = 0; row < t->n / t->columns; row++) {
		print_row(to, t, columns, row);
		for (size_t i = 0; narrow && row == 0 && i <= terminal; i++)
			fputs(i < terminal ? "─" : "\n", to);
	}
	if (t->n == t->columns)
		fputs("(không có)\n", to);
}

void table_print(const struct table *t)
{
	struct winsize size;
	bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
	table_print_in(t, stdout, known ? size.ws_col : SIZE_MAX);
}
