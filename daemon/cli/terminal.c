/* terminal.c: the progress bar of cli.h. */
#include "daemon/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
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
