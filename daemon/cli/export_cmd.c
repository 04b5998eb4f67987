#include "daemon/cli/export_cmd.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/books/export_store.h"

enum {
	EXPORT_MS = 60 * 60 * 1000,
	ANSWER_MS =
		30 *
		1000, /* the scribe looks once a second; a large month takes longer, and is asked for again */
	ASK_US = 100 * 1000,
};

/* Written beside its name, and under it when it is whole. */
struct target {
	const char *path, *beside;
	FILE *to;
};

static void target_drop(struct target *t)
{
	if (!t->to)
		return;
	fclose(t->to);
	unlink(t->beside);
}

static bool target_open(struct cli *cli, const char *path, struct target *t)
{
	*t = (struct target){
		.path = path, .beside = arena_printf(cli->w->arena, "%s.tmp.%d", path, (int)getpid())};
	t->to = fopen(t->beside, "we");
	return t->to ||
	       why_set(&cli->w->why, "file_trouble", "could not create %s: %s", t->beside, strerror(errno));
}

static bool target_end(struct cli *cli, struct target *t)
{
	bool whole = fflush(t->to) == 0 && fsync(fileno(t->to)) == 0 && rename(t->beside, t->path) == 0;
	if (!whole)
		return why_set(
			&cli->w->why, "file_trouble", "could not write %s: %s", t->path, strerror(errno));
	fclose(t->to);
	t->to = NULL;
	return true;
}

/* In one transaction with the request, so that what is asked for is what was read. */
static enum result make(
	struct cli *cli, enum export_format format, struct month period, const char *path, struct exported *e)
{
	CLEANUP(target_drop) struct target file = {.to = NULL};
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	cli->w->deadline_us = work_deadline_in_ms(EXPORT_MS);
	if (r == OK && !target_open(cli, path, &file))
		r = REFUSED;
	if (r == OK)
		r = books_export(cli->w, format, period, INT64_MAX, file.to, e);
	if (r == OK && !target_end(cli, &file))
		r = REFUSED;
	if (r == OK)
		r = books_export_ask(cli->w, e);
	return r == OK ? tx_commit(cli->w) : r;
}

/* note->n is 0 when nobody has signed in time. */
static enum result wait_for_note(struct cli *cli, const struct exported *e, struct bytes *note)
{
	int64_t until = work_deadline_in_ms(ANSWER_MS);
	for (;;) {
		cli_next_step(cli);
		TX_GUARD(cli->w);
		enum result r = cli_enter(cli);
		if (r == OK)
			r = books_export_answer(cli->w, e, note);
		if (r == OK)
			r = tx_commit(cli->w);
		if (r != OK || note->n > 0 || work_deadline_in_ms(0) > until)
			return r;
		usleep(ASK_US);
	}
}

struct made {
	const char *path;
	const struct exported *e;
	bool is_signed;
};

static void fill(struct json_writer *j, const void *what)
{
	const struct made *m = what;
	char hex[HASH_HEX_SIZE];
	json_put_str(j, "file", m->path);
	json_put_str(j, "sha256", hash_hex(&m->e->sha256, hex));
	json_put_i64(j, "size", (int64_t)m->e->head.checkpoint.size);
	json_put_i64(j, "transactions", m->e->count.transactions);
	json_put_i64(j, "postings", m->e->count.postings);
	json_put_i64(j, "differing", m->e->count.differing);
	json_put_bool(j, "signed", m->is_signed);
}

static int say(const struct cli *cli, const struct made *m)
{
	if (m->e->count.differing > 0)
		fprintf(stderr,
			"%" PRId64
			" times the bank states another balance than the books: there the file's assertions fail; see chitra reconcile\n",
			m->e->count.differing);
	if (cli->json)
		cli_print_json(fill, m);
	else
		printf("%" PRId64 " transactions, %" PRId64 " postings in %s\n", m->e->count.transactions,
			m->e->count.postings, m->path);
	if (m->is_signed && !cli->json)
		printf("%s.note: its hash, signed by the log\n", m->path);
	if (!m->is_signed)
		fprintf(stderr,
			"not signed yet; when the scribe works, the same command writes the same file and %s.note\n",
			m->path);
	return m->is_signed ? EX_OK : EX_TEMPFAIL;
}

int cli_ledger_export(struct cli *cli, int argc, char **argv)
{
	const char *name = NULL;
	struct month period;
	enum export_format format;
	const struct cli_option known[] = {
		{.name = "format", .text = &name, .needed = true},
		{.name = "period", .month = &period, .needed = true},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || argc - optind != 1)
		return cli_usage(cli);
	if (!export_format_of(name, &format)) {
		cli_wrong("Chọn --format: hledger, beancount, csv hoặc json");
		return cli_usage(cli);
	}
	const char *path = argv[optind], *note_path = arena_printf(cli->w->arena, "%s.note", path);
	struct exported e;
	struct bytes note;
	if (unlink(note_path) != 0 && errno != ENOENT) {
		why_set(&cli->w->why, "file_trouble", "could not remove %s: %s", note_path, strerror(errno));
		return cli_exit(cli, REFUSED);
	}
	enum result r = make(cli, format, period, path, &e);
	if (r == OK)
		r = wait_for_note(cli, &e, &note);
	if (r == OK && note.n > 0 && !write_file_durable(note_path, note, 0644, &cli->w->why))
		r = REFUSED;
	if (r != OK)
		return cli_exit(cli, r);
	return say(cli, &(struct made){path, &e, note.n > 0});
}
