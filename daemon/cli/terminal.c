/* terminal.c: the progress bar and the table of cli.h. */
#include "daemon/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"

#define SHOWN_AFTER_US 1000000
#define DRAWN_EVERY_US 100000
#define BAR            30

struct progress progress_begin(const struct cli *cli, const char *what, int64_t total)
{
	return (struct progress){.what = what,
		.total = cli->json || !isatty(STDERR_FILENO) ? 0 : total,
		.begun_us = monotonic_us()};
}

void progress_at(struct progress *p, int64_t done)
{
	int64_t now = monotonic_us();
	if (p->total == 0 || now - p->begun_us < SHOWN_AFTER_US || now - p->drawn_us < DRAWN_EVERY_US)
		return;
	p->drawn_us = now;
	p->shown = true;
	if (p->total < 0) {
		fprintf(stderr, "\r%s: %" PRId64, p->what, done);
		fflush(stderr);
		return;
	}
	if (done > p->total)
		done = p->total;
	int full = (int)(BAR * done / p->total);
	fprintf(stderr, "\r%s [%.*s%*s] %" PRId64 "/%" PRId64, p->what, full,
		"##############################", BAR - full, "", done, p->total);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r\033[K");
}

struct table table_new(struct arena *a, const char *const *headings, size_t columns)
{
	struct table t = {.arena = a, .columns = columns};
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

/* Characters of NFC text; continuation bytes do not count. */
static size_t width(const char *z)
{
	size_t n = 0;
	for (; *z; z++)
		n += ((unsigned char)*z & 0xc0) != 0x80;
	return n;
}

void table_print(const struct table *t)
{
	bug_if(t->columns == 0);
	size_t *wide = arena_array(t->arena, t->columns, size_t);
	bool *right = arena_array(t->arena, t->columns, bool);
	for (size_t c = 0; c < t->columns; c++)
		right[c] = t->cells[c][0] == '>';
	for (size_t i = 0; i < t->n; i++) {
		size_t c = i % t->columns, n = width(t->cells[i]);
		if (i < t->columns && right[c])
			n--;
		if (n > wide[c])
			wide[c] = n;
	}
	for (size_t i = 0; i < t->n; i++) {
		size_t c = i % t->columns;
		const char *z = t->cells[i] + (i < t->columns && right[c] ? 1 : 0);
		int pad = (int)(wide[c] - width(z));
		bool last = c + 1 == t->columns;
		if (right[c])
			printf("%*s%s%s", pad, "", z, last ? "\n" : "  ");
		else
			printf("%s%*s%s", z, last ? 0 : pad, "", last ? "\n" : "  ");
	}
	if (t->n == t->columns)
		puts("(không có)");
}
