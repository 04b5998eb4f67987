/* chitra-parse: reads one hostile file on descriptor 0, writes its rows as COPY text on descriptor 1, and dies.
 *
 *	chitra-parse KIND [ASKED]   KIND: payment-list, account-list, … (ledger/register/list.h); ASKED: heading.h
 *	chitra-parse serve          for an importer with many files: a process for each of them (serve.h)
 *
 * The file is a workbook (.xlsx) or text; its first bytes say which. ledger/register/list.h says what the columns are. Exit 0: the rows are whole; 65: the file cannot be imported, and one line on
 * descriptor 2 says why (daemon/parse/problem.h); 64 wrong use; 74 the rows could not be written. It has no database and no
 * key, and after its first line of work no system call but read, write, memory and exit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/parse/csv_list.h"
#include "daemon/parse/sandbox.h"
#include "daemon/parse/serve.h"
#include "daemon/parse/xlsx_list.h"
#include "daemon/parse/xml.h"

#define PIECE ((size_t)64 << 10)

static bool write_all(void *context, struct bytes lines)
{
	const int *fd = context;
	while (lines.n > 0) {
		ssize_t n = write(*fd, lines.at, lines.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		lines = bytes_of(lines.at + n, lines.n - (size_t)n);
	}
	return true;
}

/* −1 on an error of the descriptor. */
static ssize_t read_some(uint8_t *to, size_t n)
{
	ssize_t got;
	do
		got = read(0, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static int say(const struct problem *p)
{
	char line[400];
	int fd = 2;
	int n = snprintf(line, sizeof line, "%s\t%d\t%s\n", p->code, p->row, p->detail);
	if (n > 0 && !write_all(&fd, bytes_of(line, (size_t)n)))
		return EX_IOERR;
	return EX_DATAERR;
}

/* ---- the two kinds of file ------------------------------------------------------------------------------------------ */

enum shape { SHAPE_TEXT, SHAPE_ZIP, SHAPE_OLD_EXCEL, SHAPE_OTHER };

/* What is sent in place of a list, by how it begins. */
static const struct {
	const char *begin, *vi;
} others[] = {
	{"%PDF", "tệp PDF"},
	{"\x89PNG", "ảnh"},
	{"\xff\xd8\xff", "ảnh"},
	{"Rar!", "tệp nén"},
	{"7z\xbc\xaf", "tệp nén"},
	{"\x1f\x8b", "tệp nén"},
	{"{\\rtf", "văn bản"},
	{"<html", "trang web"},
	{"<!doctype", "trang web"},
	{"<table", "trang web"},
	{"<?xml", "tệp XML"},
};

/* What cannot be looked into (a pipe) is text. */
static enum shape shape_of_file(const char **other)
{
	char head[16] = "", *text = head;
	if (pread(0, head, sizeof head - 1, 0) < 4)
		return SHAPE_TEXT;
	if (memcmp(head, "PK\3\4", 4) == 0)
		return SHAPE_ZIP;
	if (memcmp(head, "\xd0\xcf\x11\xe0", 4) == 0)
		return SHAPE_OLD_EXCEL;
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		*other = others[i].vi;
		if (strncasecmp(text, others[i].begin, strlen(others[i].begin)) == 0)
			return SHAPE_OTHER;
	}
	return SHAPE_TEXT;
}

static int ended(bool good, const struct problem *p)
{
	return good ? EX_OK : p->code ? say(p) : EX_IOERR;
}

static int run_text(const struct asked *asked)
{
	static uint8_t piece[PIECE];
	int out = 1;
	struct csv_list *l = csv_list_new(asked, write_all, &out);
	bool good = true;
	ssize_t n = 0;
	while (good && (n = read_some(piece, sizeof piece)) > 0)
		good = csv_list_feed(l, bytes_of(piece, (size_t)n));
	good = good && n == 0 && csv_list_end(l);
	int code = ended(good, csv_list_problem(l));
	csv_list_free(l);
	return code;
}

static int run_workbook(const struct asked *asked)
{
	struct problem p = {0};
	int out = 1;
	struct zip_file *z = zip_file_of_fd(0, &p);
	bool good = z && xlsx_list_read(z, asked, write_all, &out);
	int code = ended(good, z ? zip_file_problem(z) : &p);
	zip_file_free(z);
	return code;
}

static int run(enum list_kind kind, char *text)
{
	struct asked asked = {.kind = kind};
	struct problem p = {0};
	if (!asked_read(text, &asked))
		return EX_USAGE;
	sandbox_enter();
	const char *other;
	switch (shape_of_file(&other)) {
	case SHAPE_TEXT: return run_text(&asked);
	case SHAPE_ZIP: return run_workbook(&asked);
	case SHAPE_OLD_EXCEL: problem_set(&p, "file_xls", 0, ""); return say(&p);
	case SHAPE_OTHER: problem_set(&p, "file_kind", 0, other); return say(&p);
	}
	bug("no such shape of a file");
}

/* A child of serve(): nobody waits for its exit code, so it says that all is well. */
static int run_one(int kind, char *asked)
{
	int fd = 2;
	if (kind < 0 || kind >= LIST_KINDS)
		return EX_USAGE;
	int code = run((enum list_kind)kind, asked);
	return code == EX_OK && !write_all(&fd, bytes_z("ok\t0\t\n")) ? EX_IOERR : code;
}

int main(int argc, char **argv)
{
	enum list_kind kind;
	char nothing[] = "";
	xml_begin();
	zip_file_begin();
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return serve(0, run_one);
	/* Libraries' last words would be system calls that the cage forbids; all was written. */
	if ((argc == 2 || argc == 3) && list_kind_parse(argv[1], &kind))
		_exit(run(kind, argc == 3 ? argv[2] : nothing));
	fputs("usage: chitra-parse KIND [ASKED] <FILE >ROWS | chitra-parse serve\n", stderr);
	return EX_USAGE;
}
