#include "ledger/recon/dossier_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/books/kind.h"
#include "ledger/books/leaf.h"
#include "ledger/books/receipt_store.h"
#include "ledger/payout/manifest.h"
#include "ledger/register/account_store.h"

#define LINE_SMALL ((size_t)256) /* bytes that a line has at least */

struct making {
	struct work *w;
	const struct dossier_wish *wish;
	struct dossier *d;
	struct hash line; /* leaf hash of the payout's line */
	size_t n;
	const int64_t *seqs;
	const struct leaf *leaves;
};

enum result dossier_find(struct work *w, const char *end_to_end_id, struct dossier_of *out)
{
	struct rows r;
	enum result result = db_run(w, Q_DOSSIER_PAYOUT, DB_ARGS(db_text(end_to_end_id)), &r);

	if (result != OK)
		return result;
	if (rows_n(&r) == 0) {
		why_set(&w->why, "payout_unknown", "there is no payout %s", end_to_end_id);
		return REFUSED;
	}
	if (!row_bool(&r, 0, rows_col(&r, "released"))) {
		why_set(&w->why, "payout_unreleased", "the batch of payout %s was not released",
			end_to_end_id);
		return REFUSED;
	}
	*out = (struct dossier_of){.payout = row_i64(&r, 0, rows_col(&r, "payout")),
		.person = row_i64(&r, 0, rows_col(&r, "person")),
		.batch = row_i64(&r, 0, rows_col(&r, "batch")),
		.version = row_i32(&r, 0, rows_col(&r, "version"))};
	return OK;
}

/* ---- leaves ---------------------------------------------------------------------------------------------------------- */

/* The checkpoint is what stands behind a proof's empty line: the same in all of them. */
static struct bytes checkpoint_of(const char *proof)
{
	const char *empty = strstr(proof, "\n\n");

	bug_if(!empty);
	return bytes_z(empty + 2);
}

static enum result put_leaves(struct making *m)
{
	struct arena *a = m->w->arena;
	struct rows r;
	enum result result = db_run(m->w, Q_DOSSIER_LEAVES, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	if (result != OK)
		return result;
	size_t n = rows_n(&r);
	bug_if(n == 0); /* the genesis at least */
	const char **names = arena_array(a, n, const char *);
	int64_t *seqs = arena_array(a, n, int64_t);
	struct receipt *receipts = arena_array(a, n, struct receipt);
	struct leaf *leaves = arena_array(a, n, struct leaf);
	for (size_t i = 0; i < n; i++) {
		seqs[i] = row_i64(&r, i, rows_col(&r, "seq"));
		names[i] = arena_printf(a, "%" PRId64, seqs[i]);
	}
	result = books_receipts(m->w, names, n, receipts);
	for (size_t i = 0; result == OK && i < n; i++) {
		if (!leaf_parse(a, receipts[i].leaf, &leaves[i], &m->w->why))
			return REFUSED;
		dossier_put_seq(m->d, "leaf/", seqs[i], ".leaf", receipts[i].leaf);
		dossier_put_seq(m->d, "leaf/", seqs[i], ".tlog-proof", bytes_z(receipts[i].proof));
	}
	if (result != OK)
		return result;
	m->n = n;
	m->seqs = seqs;
	m->leaves = leaves;
	dossier_put(m->d, "checkpoint", checkpoint_of(receipts[0].proof));
	return OK;
}

/* ---- batch and dispatch ---------------------------------------------------------------------------------------------- */

/* The archive's manifest with the lines of others as hashes: our line, its place, and what follows the lines. */
static enum result put_batch(struct making *m)
{
	const struct dossier_of *of = m->wish->of;
	struct arena *a = m->w->arena;
	CLEANUP(buf_free) struct buf shown = BUF(MANIFEST_MAX);
	struct bytes rest;
	size_t n = 0, ours = SIZE_MAX;
	struct hash *hashes;

	if (!read_file(a,
		    arena_printf(a, "%s/%s", m->wish->archive, manifest_name(a, of->batch, of->version)),
		    MANIFEST_MAX, &rest, &m->w->why))
		return REFUSED;
	hashes = arena_array(a, rest.n / LINE_SMALL + 1, struct hash);
	for (struct pay_line line; bytes_starts(rest, "chitra-line/"); n++) {
		struct bytes text = rest;

		if (!pay_line_take(a, &rest, &line, &m->w->why))
			return REFUSED;
		text.n -= rest.n;
		hashes[n] = merkle_leaf(text);
		if (strcmp(line.id, m->wish->end_to_end_id) == 0) {
			ours = n;
			buf_add_bytes(&shown, text);
		}
	}
	if (ours == SIZE_MAX) {
		why_set(&m->w->why, "manifest_malformed",
			"the archive's manifest of batch %" PRId64 " lacks the payout", of->batch);
		return REFUSED;
	}
	m->line = hashes[ours];
	buf_add_bytes(&shown, rest);
	dossier_put(m->d, "batch/manifest", buf_copy(&shown, a));
	dossier_put(m->d, "batch/place", dossier_place(a, hashes, n, ours));
	return OK;
}

/* Where the line is in what was sent: the dispatch's root, which its leaf says too. A dispatch whose members changed since (payouts that
 * were put into another one) has another root; then there is no place to show. */
static enum result put_dispatch(struct making *m)
{
	struct rows r;
	struct hash *hashes, root, said;
	struct bytes value;
	size_t ours = SIZE_MAX;
	enum result result = db_run(m->w, Q_DOSSIER_SENT, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	if (result != OK || rows_n(&r) == 0)
		return result;
	hashes = arena_array(m->w->arena, rows_n(&r), struct hash);
	for (size_t i = 0; i < rows_n(&r); i++) {
		hashes[i] = row_hash(&r, i, rows_col(&r, "line_hash"));
		if (row_i64(&r, i, rows_col(&r, "payout")) == m->wish->of->payout)
			ours = i;
	}
	root = merkle_root(hashes, rows_n(&r));
	for (size_t i = 0; i < m->n && ours != SIZE_MAX; i++) {
		if (m->leaves[i].entry.kind == LEAF_DISPATCH_SENT &&
			leaf_line_get(m->leaves[i].entry.lines, "root", &value) &&
			hash_from_hex(value, &said) && hash_eq(&said, &root))
			dossier_put_seq(m->d, "dispatch/", m->seqs[i], ".place",
				dossier_place(m->w->arena, hashes, rows_n(&r), ours));
	}
	return OK;
}

/* ---- statements and messages ------------------------------------------------------------------------------------------ */

/* The pages of statement i of ours, when they give the root that its leaf says: fetched again, it says the same in other bytes. */
static void put_pages(struct making *m, const struct rows *r, size_t leaf)
{
	CLEANUP(buf_free) struct buf text = BUF((size_t)1 << 20);
	struct compact tree = {.n = 0};
	struct bytes value;
	struct hash said, root;
	char hex[HASH_HEX_SIZE];

	buf_add_z(&text, "chitra-pages/v1\n");
	for (size_t i = 0; i < rows_n(r); i++) {
		if (strcmp(row_text(r, i, rows_col(r, "idem")), m->leaves[leaf].entry.idem) != 0)
			continue;
		struct hash page = row_hash(r, i, rows_col(r, "sha256")),
			    hashed = merkle_leaf(bytes_of(page.b, sizeof page.b));
		compact_append(&tree, &hashed);
		buf_addf(&text, "page %s\n", hash_hex(&page, hex));
	}
	root = compact_root(&tree);
	if (leaf_line_get(m->leaves[leaf].entry.lines, "root", &value) && hash_from_hex(value, &said) &&
		hash_eq(&said, &root))
		dossier_put_seq(m->d, "statement/", m->seqs[leaf], ".pages", buf_copy(&text, m->w->arena));
}

static enum result put_statements(struct making *m)
{
	struct rows r;
	enum result result = db_run(m->w, Q_DOSSIER_PAGES, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	for (size_t i = 0; result == OK && i < m->n; i++)
		if (m->leaves[i].entry.kind == LEAF_STATEMENT_FILE)
			put_pages(m, &r, i);
	return result;
}

static enum result put_messages(struct making *m)
{
	struct rows r;
	enum result result = db_run(m->w, Q_DOSSIER_MESSAGES, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		int64_t id = row_i64(&r, i, rows_col(&r, "id"));
		struct bytes body = row_bytes(&r, i, rows_col(&r, "body"));

		if (m->wish->inbox) {
			result = inbox_read(m->w, m->wish->inbox, id, &body);
			if (result == OK)
				dossier_put_seq(m->d, "message/", id, ".raw", body);
			continue;
		}
		dossier_put_seq(m->d, "message/", id, ".sealed", body);
		if (!row_null(&r, i, rows_col(&r, "sealed")))
			dossier_put_seq(
				m->d, "message/", id, ".key", row_bytes(&r, i, rows_col(&r, "sealed")));
	}
	return result;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

static enum result put_postings(struct making *m)
{
	CLEANUP(buf_free) struct buf text = BUF((size_t)1 << 24);
	struct rows r;
	enum result result = db_run(m->w, Q_DOSSIER_POSTINGS, DB_ARGS(db_i64s(m->seqs, m->n)), &r);

	if (result != OK)
		return result;
	buf_add_z(&text, "seq,n,account,amount,balance_after\n");
	for (size_t i = 0; i < rows_n(&r); i++)
		buf_addf(&text, "%" PRId64 ",%" PRId32 ",%s,%" PRId64 ",%" PRId64 "\n",
			row_i64(&r, i, rows_col(&r, "seq")), row_i32(&r, i, rows_col(&r, "n")),
			row_text(&r, i, rows_col(&r, "account")), row_i64(&r, i, rows_col(&r, "amount")),
			row_i64(&r, i, rows_col(&r, "balance_after")));
	dossier_put(m->d, "postings.csv", buf_copy(&text, m->w->arena));
	return OK;
}

static void csv_row(struct buf *out, const char *section, int64_t item, const char *key, const char *value)
{
	buf_addf(out, "%s,%" PRId64 ",%s,\"", section, item, key);
	for (; *value; value++) {
		if (*value == '"')
			buf_add_z(out, "\"");
		buf_add(out, value, 1);
	}
	buf_add_z(out, "\"\n");
}

/* The ID and the account, masked: who has the person before him can compare. */
static enum result numbers(struct making *m, struct buf *out)
{
	struct rows r;
	enum result result = db_run(m->w, Q_DOSSIER_NUMBERS, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		char masked[MASKED_SIZE];
		const char *what = row_text(&r, i, rows_col(&r, "what")), *id = NULL;
		int64_t item = row_i64(&r, i, rows_col(&r, "item"));

		if (strcmp(what, "account") == 0)
			account_number_masked(m->w, m->wish->opening, &r, i, masked);
		else if (!opening_id_masked(m->w, m->wish->opening, &r, i, &id))
			return REFUSED;
		csv_row(out, what, item, "number", id ? id : masked);
	}
	return result;
}

static enum result things(struct making *m, enum query query, struct buf *out)
{
	struct rows r;
	enum result result = db_run(m->w, query, DB_ARGS(db_i64(m->wish->of->payout)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		csv_row(out, row_text(&r, i, rows_col(&r, "section")), row_i64(&r, i, rows_col(&r, "item")),
			row_text(&r, i, rows_col(&r, "key")), row_text(&r, i, rows_col(&r, "value")));
	return result;
}

static enum result put_rows(struct making *m)
{
	CLEANUP(buf_free) struct buf text = BUF((size_t)1 << 24);
	enum result result;

	buf_add_z(&text, "section,item,key,value\n");
	result = numbers(m, &text);
	if (result == OK)
		result = things(m, Q_DOSSIER_OWED, &text);
	if (result == OK)
		result = things(m, Q_DOSSIER_PAID, &text);
	dossier_put(m->d, "rows.csv", buf_copy(&text, m->w->arena));
	return result;
}

enum result dossier_make(struct work *w, const struct dossier_wish *wish, struct buf *out)
{
	static enum result (*const parts[])(struct making *) = {
		put_leaves, put_batch, put_dispatch, put_statements, put_messages, put_postings, put_rows};
	struct making m = {.w = w, .wish = wish, .d = arena_alloc(w->arena, sizeof *m.d)};
	enum result result = OK;

	*m.d = (struct dossier){.arena = w->arena, .payout = wish->end_to_end_id};
	for (size_t i = 0; result == OK && i < COUNT_OF(parts); i++)
		result = parts[i](&m);
	return result == OK && !dossier_write(m.d, out, &w->why) ? REFUSED : result;
}
