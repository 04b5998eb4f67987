#include "ledger/books/publish_store.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/base/note.h"
#include "ledger/base/text.h"
#include "ledger/books/head_store.h"
#include "ledger/books/publish.h"
#include "ledger/books/publish_claim_store.h"
#include "ledger/books/publish_period_store.h"
#include "ledger/books/publish_revocation_store.h"
#include "ledger/books/sheet.h"
#include "ledger/books/tile_store.h"

#define AT_ONCE      2048 /* leaves in memory */
#define MANIFEST_MAX ((size_t)1 << 30)

struct publishing {
	struct work *w;
	const struct publication *asked;
	struct publisher *to;
	uint64_t before, size; /* of the checkpoint that is there, and of the new one */
	struct hash root;      /* of the new one */
	struct sheet txns, postings;
	uint64_t rows;        /* the first leaf whose rows are to be written */
	bool whole;           /* all are, and all is compared */
	const char **lacking; /* out->n_lacking of `room` */
	size_t room;
	struct published *out;
};

static const char *path_of(struct publishing *p, const char *name)
{
	return arena_printf(p->w->arena, "%s/%s", p->asked->directory, name);
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

static bool older(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec < b->st_mtim.tv_sec
						      : a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

/* One that is there is read again only when the archive's changed since. */
static bool put_manifest(struct publishing *p, const char *batch)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *name = arena_printf(a, "manifest/%s", batch);
	const char *from = arena_printf(a, "%s/%s", p->asked->archive, name);
	struct stat archived, there;
	bool is_there = stat(arena_printf(a, "%s/%s", p->asked->directory, name), &there) == 0;
	struct bytes text;

	p->out->manifests++;
	if (is_there && !p->whole &&
		(stat(from, &archived) != 0 ||
			(archived.st_size == there.st_size && older(&archived, &there))))
		return true;
	if (read_file(a, from, MANIFEST_MAX, &text, &p->w->why))
		return publish_fixed(p->to, name, text, &p->w->why);
	if (!why_is(&p->w->why, "file_missing"))
		return false;
	if (!is_there) {
		p->out->manifests--;
		lacks(p, name);
	}
	return true;
}

static enum result put_manifests(struct publishing *p)
{
	struct rows r;
	enum result result = db_run(p->w, Q_BOOKS_RELEASED, DB_ARGS(db_i64((int64_t)p->size)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		if (!put_manifest(p, row_text(&r, i, rows_col(&r, "batch"))))
			result = REFUSED;
	return result;
}

/* ---- leaves into tiles, their rows into tables --------------------------------------------------------------- */

static void write_txn(FILE *to, const struct rows *r, size_t i, const struct hash *hash)
{
	int reverses = rows_col(r, "reverses");
	char hex[HASH_HEX_SIZE], day[DAY_TEXT_SIZE], at[INSTANT_TEXT_SIZE];

	fprintf(to, "%" PRId64 ",%s,%s,%s,%s,%c,", row_i64(r, i, rows_col(r, "seq")),
		row_text(r, i, rows_col(r, "idem")), row_text(r, i, rows_col(r, "kind")),
		day_format(row_day(r, i, rows_col(r, "effective")), day),
		instant_format(row_instant(r, i, rows_col(r, "recorded")), at),
		row_bool(r, i, rows_col(r, "late")) ? 't' : 'f');
	if (!row_null(r, i, reverses))
		fprintf(to, "%" PRId64, row_i64(r, i, reverses));
	fprintf(to, ",%d,%s\n", row_i32(r, i, rows_col(r, "legs")), hash_hex(hash, hex));
}

/* What was signed and what is there now are two things: nothing of it is given to anybody. */
static enum result was_signed_otherwise(struct work *w, uint64_t size)
{
	why_set(&w->why, "books_root",
		"the ledger transactions that are there are not the %" PRIu64
		" that the checkpoint was signed for: nothing is published; see chitra ledger check",
		size);
	return REFUSED;
}

static enum result put_txns(struct publishing *p, uint64_t first, uint64_t n)
{
	struct rows r;
	enum result result = db_run(
		p->w, Q_BOOKS_ROWS_TXN, DB_ARGS(db_i64((int64_t)first), db_i64((int64_t)n)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		struct bytes leaf = row_bytes(&r, i, rows_col(&r, "leaf"));
		struct hash stored = row_hash(&r, i, rows_col(&r, "leaf_hash")), hash = merkle_leaf(leaf);

		if (!hash_eq(&hash, &stored))
			return was_signed_otherwise(p->w, p->size);
		if ((uint64_t)row_i64(&r, i, rows_col(&r, "seq")) >= p->rows)
			write_txn(p->txns.to, &r, i, &hash);
		if (!publish_leaf(p->to, leaf, &hash, &p->w->why))
			result = REFUSED;
	}
	return result;
}

static enum result put_postings(struct publishing *p, uint64_t first, uint64_t n)
{
	struct rows r;
	enum result result = db_run(
		p->w, Q_BOOKS_ROWS_POSTING, DB_ARGS(db_i64((int64_t)first), db_i64((int64_t)n)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		fprintf(p->postings.to, "%" PRId64 ",%d,%s,%" PRId64 ",%" PRId64 "\n",
			row_i64(&r, i, rows_col(&r, "seq")), row_i32(&r, i, rows_col(&r, "n")),
			row_text(&r, i, rows_col(&r, "account")), row_i64(&r, i, rows_col(&r, "amount")),
			row_i64(&r, i, rows_col(&r, "balance_after")));
	return result;
}

static enum result put_some(struct publishing *p, uint64_t first, uint64_t n)
{
	uint64_t posted = first > p->rows ? first : p->rows;
	enum result result = put_txns(p, first, n);

	if (result == OK && posted < first + n)
		result = put_postings(p, posted, first + n - posted);
	return result;
}

static enum result put_leaves(struct publishing *p, uint64_t from)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *of_job = p->w->arena;
	enum result result = OK;

	for (uint64_t at = from; result == OK && at < p->size; at += AT_ONCE) {
		arena_reset(some);
		p->w->arena = some;
		result = put_some(p, at, p->size - at < AT_ONCE ? p->size - at : AT_ONCE);
		p->w->arena = of_job;
	}
	return result;
}

/* ---- the tables that grow ------------------------------------------------------------------------------------ */

static bool begin_anew(struct publishing *p)
{
	sheet_drop(&p->txns);
	sheet_drop(&p->postings);
	p->rows = 0;
	p->whole = true;
	return sheet_begin(p->w->arena, path_of(p, "rows/txn.csv"), &p->txns, &p->w->why) &&
	       sheet_begin(p->w->arena, path_of(p, "rows/posting.csv"), &p->postings, &p->w->why);
}

/* Behind the rows of the checkpoint that is there. */
static enum result open_sheets(struct publishing *p)
{
	struct work *w = p->w;
	const char *last = arena_printf(w->arena, "%" PRIu64 ",", p->before - 1);
	int64_t next = (int64_t)p->before;
	bool fits, both = false;
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_LAST_POSTING, DB_ARGS(db_i64(next)), &r);

	if (result != OK)
		return result;
	p->rows = p->before;
	if (p->before > 0 && !p->whole) {
		if (!sheet_go_on(path_of(p, "rows/txn.csv"), next, last, &p->txns, &fits, &w->why))
			return REFUSED;
		last = rows_n(&r) == 0 ? ""
				       : arena_printf(w->arena, "%" PRId64 ",%d,",
						 row_i64(&r, 0, rows_col(&r, "seq")),
						 row_i32(&r, 0, rows_col(&r, "n")));
		if (fits && !sheet_go_on(
				    path_of(p, "rows/posting.csv"), next, last, &p->postings, &both, &w->why))
			return REFUSED;
	}
	return both || begin_anew(p) ? OK : REFUSED;
}

static void close_sheets(struct publishing *p)
{
	sheet_drop(&p->txns);
	sheet_drop(&p->postings);
}

/* ---- balances ------------------------------------------------------------------------------------------------ */

static enum result put_balances(struct publishing *p)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	struct work *w = p->w;
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_ROWS_BALANCE, DB_ARGS(db_i64((int64_t)p->size)), &r);

	if (result != OK)
		return result;
	if (!sheet_begin(w->arena,
		    path_of(p, arena_printf(w->arena, "rows/balance.%" PRIu64 ".csv", p->size)), &s, &w->why))
		return REFUSED;
	for (size_t i = 0; i < rows_n(&r); i++)
		fprintf(s.to, "%s,%" PRId64 "\n", row_text(&r, i, rows_col(&r, "account")),
			row_i64(&r, i, rows_col(&r, "balance")));
	return sheet_end(&s, &w->why) ? OK : REFUSED;
}

static enum result put_balance_days(struct publishing *p)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	struct work *w = p->w;
	char day[DAY_TEXT_SIZE];
	struct rows r;
	enum result result = db_run(w, Q_BOOKS_ROWS_BALANCE_DAY, DB_ARGS(db_i64((int64_t)p->size)), &r);

	if (result != OK)
		return result;
	if (!sheet_begin(w->arena,
		    path_of(p, arena_printf(w->arena, "rows/balance_day.%" PRIu64 ".csv", p->size)), &s,
		    &w->why))
		return REFUSED;
	for (size_t i = 0; i < rows_n(&r); i++)
		fprintf(s.to, "%s,%s,%" PRId64 "\n", row_text(&r, i, rows_col(&r, "account")),
			day_format(row_day(&r, i, rows_col(&r, "day")), day),
			row_i64(&r, i, rows_col(&r, "moved")));
	return sheet_end(&s, &w->why) ? OK : REFUSED;
}

/* Those of earlier sizes; not of the one before, which somebody may be reading. */
static void forget_balances(struct publishing *p)
{
	DIR *d = opendir(path_of(p, "rows"));

	for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
		uint64_t size;
		int end = 0;

		if ((sscanf(e->d_name, "balance.%" SCNu64 ".csv%n", &size, &end) == 1 ||
			    sscanf(e->d_name, "balance_day.%" SCNu64 ".csv%n", &size, &end) == 1) &&
			end > 0 && e->d_name[end] == '\0' && size != p->size && size != p->before)
			(void)unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d != NULL)
		closedir(d);
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

/* What is published there already: its checkpoint, whoever signed it. False with why: another log's, or unreadable. */
static bool look_there(struct publishing *p)
{
	struct work *w = p->w;
	struct bytes text;
	struct note note;
	struct checkpoint c;

	if (!read_file(w->arena, path_of(p, "checkpoint"), NOTE_MAX, &text, &w->why))
		return why_is(&w->why, "file_missing");
	if (!note_parse(text, &note, &w->why) || !checkpoint_parse(note.text, &c, &w->why))
		return false;
	publish_after(p->to, c.size, &c.root);
	p->before = c.size;
	return true;
}

static enum result find_checkpoint(struct publishing *p, struct bytes *note)
{
	struct rows head;
	struct note parsed;
	struct checkpoint c;
	enum result result = db_run(
		p->w, Q_BOOKS_NEWEST_CHECKPOINT, DB_ARGS(db_i64((int64_t)p->before)), &head);

	if (result != OK)
		return result;
	if (rows_n(&head) == 0) {
		why_set(&p->w->why, "checkpoint_none",
			"nothing is sealed yet: the scribe signs a checkpoint every few seconds");
		return REFUSED;
	}
	p->size = (uint64_t)row_i64(&head, 0, rows_col(&head, "size"));
	*p->out = (struct published){.leaves = (int64_t)p->size, .before = (int64_t)p->before};
	*note = row_bytes(&head, 0, rows_col(&head, "note"));
	if (!note_parse(*note, &parsed, &p->w->why) || !checkpoint_parse(parsed.text, &c, &p->w->why))
		return REFUSED;
	p->root = c.root;
	return c.size == p->size ? OK : was_signed_otherwise(p->w, p->size);
}

/* Before a file is written whose name is then taken: behind the tree that is there, the leaves' hashes give the root that was signed. */
static enum result look_behind(struct publishing *p, const struct tiles *edge)
{
	struct compact tree;
	struct hash root;
	enum result result;

	tiles_tree(edge, &tree);
	result = books_tree_grow(p->w, &tree, p->size);
	if (result != OK)
		return result;
	root = compact_root(&tree);
	return hash_eq(&root, &p->root) ? OK : was_signed_otherwise(p->w, p->size);
}

/* From the last bundle that is not full, or from the first. */
static enum result put_tree(struct publishing *p)
{
	struct tiles edge = tiles_begin(p->w->arena, p->whole ? 0 : p->before - p->before % TILE_WIDTH);
	enum result result;

	tiles_want_edge(&edge);
	result = books_tiles_read(p->w, &edge);
	if (result == OK)
		result = look_behind(p, &edge);
	if (result == OK && !publish_behind(p->to, &edge, &p->w->why))
		result = REFUSED;
	if (result == OK)
		result = put_leaves(p, edge.size);
	return result == OK && !publish_tiles(p->to, &p->w->why) ? REFUSED : result;
}

static enum result publish(struct publishing *p)
{
	struct why *why = &p->w->why;
	struct bytes note;
	enum result result = find_checkpoint(p, &note);

	if (result == OK && ((p->size < p->before && !publish_refused(p->to, "checkpoint", why)) ||
				    !make_directory_durable(path_of(p, "rows"), 0755, why)))
		result = REFUSED;
	if (result == OK)
		result = open_sheets(p);
	if (result == OK)
		result = put_tree(p);
	if (result == OK && !(sheet_end(&p->txns, why) && sheet_end(&p->postings, why)))
		result = REFUSED;
	if (result == OK)
		result = put_manifests(p);
	if (result == OK)
		result = put_balances(p);
	if (result == OK)
		result = put_balance_days(p);
	if (result == OK)
		result = publish_statements(p->w, p->asked->directory, (int64_t)p->size, &p->out->sheets);
	if (result == OK)
		result = publish_claims(p->w, p->asked->directory, (int64_t)p->size);
	if (result == OK)
		result = publish_revocations(p->w, p->asked->directory);
	if (result == OK)
		result = publish_periods(p->w, p->to, (int64_t)p->size);
	if (result != OK || !publish_file(p->to, "checkpoint", note, why))
		return result != OK ? result : REFUSED;
	publish_forget(p->to);
	forget_balances(p);
	return OK;
}

enum result books_publish(struct work *w, const struct publication *asked, struct published *out)
{
	CLEANUP(publisher_drop) struct publisher *to = publisher_open(asked->directory, &w->why);
	struct publishing p = {.w = w, .asked = asked, .to = to, .whole = asked->whole, .out = out};
	enum result result;

	if (to == NULL || !look_there(&p))
		return REFUSED;
	result = publish(&p);
	close_sheets(&p);
	return result;
}
