/* chitra-parse: reads one hostile file on descriptor 0, writes its rows as COPY text on descriptor 1, and dies.
 *
 *	chitra-parse list-csv | account-list-csv | deaths-csv | agent-list-csv
 *	chitra-parse serve          for an importer with many files: a process for each of them (serve.h)
 *
 * ledger/register/list.h says what the columns are. Exit 0: the rows are whole; 65: the file cannot be imported, and one line on
 * descriptor 2 says why (daemon/parse/problem.h); 64 wrong use; 74 the rows could not be written. It has no database and no
 * key, and after its first line of work no system call but read, write, memory and exit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/parse/csv_list.h"
#include "daemon/parse/sandbox.h"
#include "daemon/parse/serve.h"

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

static int run(enum list_kind kind)
{
	static uint8_t piece[PIECE];
	int out = 1;
	struct csv_list *l = csv_list_new(kind, write_all, &out);
	sandbox_enter();
	bool good = true;
	ssize_t n = 0;
	while (good && (n = read_some(piece, sizeof piece)) > 0)
		good = csv_list_feed(l, bytes_of(piece, (size_t)n));
	good = good && n == 0 && csv_list_end(l);
	const struct problem *p = csv_list_problem(l);
	int code = good ? EX_OK : p->code ? say(p) : EX_IOERR;
	csv_list_free(l);
	return code;
}

/* A child of serve(): nobody waits for its exit code, so it says that all is well. */
static int run_one(int kind)
{
	int fd = 2;
	if (kind < 0 || kind >= LIST_KINDS)
		return EX_USAGE;
	int code = run((enum list_kind)kind);
	return code == EX_OK && !write_all(&fd, bytes_z("ok\t0\t\n")) ? EX_IOERR : code;
}

int main(int argc, char **argv)
{
	enum list_kind kind;
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return serve(0, run_one);
	if (argc == 2 && list_kind_parse(argv[1], &kind))
		_exit(run(
			kind)); /* libraries' last words would be system calls that the cage forbids; all was written */
	fputs("usage: chitra-parse list-csv|account-list-csv|deaths-csv|agent-list-csv <FILE >ROWS\n",
		stderr);
	return EX_USAGE;
}
