#include "ledger/books/publish_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/note.h"
#include "ledger/base/text.h"
#include "ledger/books/publish.h"
#include "ledger/db/copy.h"

#define AT_ONCE      1000 /* rows in memory */
#define MANIFEST_MAX ((size_t)1 << 30)
#define RELEASED     ".released"

struct publishing {
	struct work *w;
	struct publisher *to;
	const char *archive, *directory;
	const char **lacking; /* out->n_lacking of `room` */
	size_t room;
	struct published *out;
};

/* A table as text: written beside its name, and under it when it is whole. */
struct sheet {
	FILE *to;
	const char *path, *beside;
};

static void sheet_drop(struct sheet *s)
{
	if (s->to == NULL)
		return;
	fclose(s->to);
	unlink(s->beside);
}

static bool sheet_open(struct work *w, const char *directory, const char *name, struct sheet *s)
{
	s->path = arena_printf(w->arena, "%s/rows/%s.csv", directory, name);
	s->beside = arena_printf(w->arena, "%s.tmp", s->path);
	s->to = fopen(s->beside, "we");
	return s->to != NULL ||
	       why_set(&w->why, "file_trouble", "could not create %s: %s", s->beside, strerror(errno));
}

static enum result sheet_end(struct work *w, struct sheet *s)
{
	bool whole = fflush(s->to) == 0 && fsync(fileno(s->to)) == 0 && rename(s->beside, s->path) == 0;

	if (!whole)
		why_set(&w->why, "file_trouble", "could not write %s: %s", s->path, strerror(errno));
	fclose(s->to);
	s->to = NULL;
	return whole ? OK : REFUSED;
}

/* ---- manifests: as they are in the archive ------------------------------------------------------------------- */

static void lacks(struct publishing *p, const char *name)
{
	struct published *out = p->out;

	if (out->n_lacking == p->room) {
		p->room = p->room > 0 ? 2 * p->room : 16;
		p->lacking = arena_regrow(
			p->w->arena, p->lacking, out->n_lacking, p->room, sizeof *p->lacking);
		out->lacking = p->lacking;
	}
	p->lacking[out->n_lacking++] = arena_strdup(p->w->arena, name);
}

/* Of the batch whose release has the key "b17.v1.released": manifest/17.v1. */
static bool put_manifest(struct publishing *p, const char *idem)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *name = arena_printf(
		a, "manifest/%.*s", (int)(strlen(idem) - strlen(RELEASED) - strlen("b")), idem + 1);
	struct bytes text;

	if (read_file(a, arena_printf(a, "%s/%s", p->archive, name), MANIFEST_MAX, &text, &p->w->why)) {
		p->out->manifests++;
		return publish_fixed(p->to, name, text, &p->w->why);
	}
	if (!why_is(&p->w->why, "file_missing"))
		return false;
	if (access(arena_printf(a, "%s/%s", p->directory, name), F_OK) == 0)
		p->out->manifests++;
	else
		lacks(p, name);
	return true;
}

/* ---- transactions: their leaves into tiles, their rows into a table ------------------------------------------ */

static bool put_txn(struct publishing *p, struct sheet *s, const struct rows *r, size_t i)
{
	struct hash hash = row_hash(r, i, rows_col(r, "leaf_hash"));
	int reverses = rows_col(r, "reverses");
	const char *idem = row_text(r, i, rows_col(r, "idem")), *kind = row_text(r, i, rows_col(r, "kind"));
	char hex[HASH_HEX_SIZE], day[DAY_TEXT_SIZE], at[INSTANT_TEXT_SIZE];

	fprintf(s->to, "%" PRId64 ",%s,%s,%s,%s,%c,", row_i64(r, i, rows_col(r, "seq")), idem, kind,
		day_format(row_day(r, i, rows_col(r, "effective")), day),
		instant_format(row_instant(r, i, rows_col(r, "recorded")), at),
		row_bool(r, i, rows_col(r, "late")) ? 't' : 'f');
	if (!row_null(r, i, reverses))
		fprintf(s->to, "%" PRId64, row_i64(r, i, reverses));
	fprintf(s->to, ",%d,%s\n", row_i32(r, i, rows_col(r, "legs")), hash_hex(&hash, hex));
	return publish_leaf(p->to, row_bytes(r, i, rows_col(r, "leaf")), &hash, &p->w->why) &&
	       (strcmp(kind, "batch" RELEASED) != 0 || put_manifest(p, idem));
}

static enum result put_txns(struct publishing *p)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	struct work *w = p->w;
	struct copy *c;
	struct rows r;
	bool fine = true;
	enum result result;

	if (!sheet_open(w, p->directory, "txn", &s))
		return REFUSED;
	c = copy_read_begin(w, Q_BOOKS_ROWS_TXN);
	do {
		arena_reset(some);
		copy_read(c, some, AT_ONCE, &r);
		for (size_t i = 0; fine && i < rows_n(&r); i++)
			if (row_i64(&r, i, rows_col(&r, "seq")) < p->out->leaves)
				fine = put_txn(p, &s, &r, i);
	} while (fine && rows_n(&r) > 0);
	if (!fine) {
		struct why kept = w->why;

		(void)!copy_read_end(c);
		w->why = kept;
		return REFUSED;
	}
	result = copy_read_end(c);
	return result == OK ? sheet_end(w, &s) : result;
}

/* ---- the other tables ---------------------------------------------------------------------------------------- */

static enum result put_postings(struct work *w, const char *directory, int64_t size)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	struct copy *c;
	struct rows r;
	enum result result;

	if (!sheet_open(w, directory, "posting", &s))
		return REFUSED;
	c = copy_read_begin(w, Q_BOOKS_ROWS_POSTING);
	do {
		arena_reset(some);
		copy_read(c, some, AT_ONCE, &r);
		for (size_t i = 0; i < rows_n(&r); i++)
			if (row_i64(&r, i, rows_col(&r, "seq")) < size)
				fprintf(s.to, "%" PRId64 ",%d,%s,%" PRId64 ",%" PRId64 "\n",
					row_i64(&r, i, rows_col(&r, "seq")),
					row_i32(&r, i, rows_col(&r, "n")),
					row_text(&r, i, rows_col(&r, "account")),
					row_i64(&r, i, rows_col(&r, "amount")),
					row_i64(&r, i, rows_col(&r, "balance_after")));
	} while (rows_n(&r) > 0);
	result = copy_read_end(c);
	return result == OK ? sheet_end(w, &s) : result;
}

static enum result put_balances(struct work *w, const char *directory, int64_t size)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL}, days = {.to = NULL};
	char day[DAY_TEXT_SIZE];
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_ROWS_BALANCE, DB_ARGS(db_i64(size)), &r);

	if (result != OK || !sheet_open(w, directory, "balance", &s))
		return result != OK ? result : REFUSED;
	for (size_t i = 0; i < rows_n(&r); i++)
		fprintf(s.to, "%s,%" PRId64 "\n", row_text(&r, i, rows_col(&r, "account")),
			row_i64(&r, i, rows_col(&r, "balance")));
	result = sheet_end(w, &s);
	if (result == OK)
		result = db_run(w, Q_BOOKS_ROWS_BALANCE_DAY, DB_ARGS(db_i64(size)), &r);
	if (result != OK || !sheet_open(w, directory, "balance_day", &days))
		return result != OK ? result : REFUSED;
	for (size_t i = 0; i < rows_n(&r); i++)
		fprintf(days.to, "%s,%s,%" PRId64 "\n", row_text(&r, i, rows_col(&r, "account")),
			day_format(row_day(&r, i, rows_col(&r, "day")), day),
			row_i64(&r, i, rows_col(&r, "moved")));
	return sheet_end(w, &days);
}

/* What is published there already: its checkpoint, whoever signed it. False with why: another log's, or unreadable. */
static bool go_on_after(struct work *w, struct publisher *p, const char *directory, uint64_t *size)
{
	struct bytes text;
	struct note note;
	struct checkpoint c;

	*size = 0;
	if (!read_file(
		    w->arena, arena_printf(w->arena, "%s/checkpoint", directory), NOTE_MAX, &text, &w->why))
		return why_is(&w->why, "file_missing");
	if (!note_parse(text, &note, &w->why) || !checkpoint_parse(note.text, &c, &w->why))
		return false;
	publish_after(p, c.size, &c.root);
	*size = c.size;
	return true;
}

enum result books_publish(struct work *w, const char *archive, const char *directory, struct published *out)
{
	CLEANUP(publisher_drop) struct publisher *p = NULL;
	struct publishing all = {.w = w, .archive = archive, .directory = directory, .out = out};
	struct rows head;
	struct bytes note;
	uint64_t before;
	enum result result;

	all.to = p = publisher_open(directory, &w->why);
	if (p == NULL || !go_on_after(w, p, directory, &before))
		return REFUSED;
	result = db_run(w, Q_BOOKS_NEWEST_CHECKPOINT, DB_ARGS(db_i64((int64_t)before)), &head);
	if (result != OK)
		return result;
	if (rows_n(&head) == 0) {
		why_set(&w->why, "checkpoint_none",
			"nothing is sealed yet: the scribe signs a checkpoint every few seconds");
		return REFUSED;
	}
	*out = (struct published){.leaves = row_i64(&head, 0, rows_col(&head, "size"))};
	note = row_bytes(&head, 0, rows_col(&head, "note"));
	if (!make_directory_durable(arena_printf(w->arena, "%s/rows", directory), 0755, &w->why))
		return REFUSED;
	result = put_txns(&all);
	if (result == OK && !publish_tiles(p, &w->why))
		result = REFUSED;
	if (result == OK)
		result = put_postings(w, directory, out->leaves);
	if (result == OK)
		result = put_balances(w, directory, out->leaves);
	if (result == OK)
		result = publish_statements(w, directory, out->leaves, &out->sheets);
	if (result == OK && !publish_file(p, "checkpoint", note, &w->why))
		result = REFUSED;
	return result;
}
