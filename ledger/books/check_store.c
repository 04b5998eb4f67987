#include "ledger/books/check_store.h"

#include "ledger/base/merkle.h"
#include "ledger/base/note.h"
#include "ledger/books/event.h"
#include "ledger/books/row_store.h"
#include "ledger/books/tile.h"
#include "ledger/db/copy.h"

#define AT_ONCE 500 /* leaves in memory */

static enum result not_whole(struct work *w, const char *code, const char *what, int64_t n)
{
	why_set(&w->why, code, "%s: %lld", what, (long long)n);
	return REFUSED;
}

static enum result check_sums(struct work *w, struct books_check *out)
{
	static const struct {
		const char *column, *code, *what;
	} zero[] = {
		{"unbalanced", "books_unbalanced", "transactions whose postings are not whole or not 0"},
		{"orphans", "books_orphans", "transactions of postings that do not exist"},
		{"total", "books_total", "the sum of all postings"},
		{"balances_off", "books_balance", "accounts whose balance is not that of their postings"},
		{"days_off", "books_balance_day", "days of accounts that do not add up"},
		{"steps_off", "books_balance_after",
			"postings whose balance does not follow from the one before"},
	};
	struct rows r;
	int64_t next;
	enum result result = db_run(w, Q_BOOKS_FAULTS, DB_NO_ARGS, &r);

	if (result != OK)
		return result;
	out->txns = row_i64(&r, 0, rows_col(&r, "txns"));
	out->postings = row_i64(&r, 0, rows_col(&r, "postings"));
	out->below = row_texts(&r, 0, rows_col(&r, "below"), &out->n_below);
	next = row_i64(&r, 0, rows_col(&r, "next_seq"));
	if (out->txns != next || row_i64(&r, 0, rows_col(&r, "top_seq")) != next - 1)
		return not_whole(w, "books_sequence", "transactions that are missing from the sequence",
			next - out->txns);
	for (size_t i = 0; i < COUNT_OF(zero); i++) {
		int64_t n = row_i64(&r, 0, rows_col(&r, zero[i].column));

		if (n != 0)
			return not_whole(w, zero[i].code, zero[i].what, n);
	}
	return OK;
}

/* ---- leaves against rows ---------------------------------------------------------------------------------------- */

/* The postings that came with a row, as arrays. */
static const struct leg *legs_of(const struct rows *r, size_t i, size_t *n)
{
	size_t m;
	const char *const *accounts = row_texts(r, i, rows_col(r, "accounts"), n);
	const int64_t *amounts = row_i64s(r, i, rows_col(r, "amounts"), &m);
	struct leg *legs = arena_array(r->arena, *n, struct leg);

	bug_if(*n != m);
	for (size_t k = 0; k < *n; k++)
		legs[k] = (struct leg){accounts[k], vnd(amounts[k])};
	return legs;
}

/* What the leaves give. */
struct grown {
	struct compact tree;
	struct full_tiles full;
	struct note_verifier log; /* as the first one says */
	bool has_log;
};

static enum result check_leaf(struct work *w, const struct rows *r, size_t i, struct grown *g)
{
	CLEANUP(buf_free) struct buf scratch = {.max = LEAF_MAX};
	struct leaf_columns c = leaf_columns_of(r);
	int64_t seq = row_i64(r, i, c.seq);
	struct bytes text = row_bytes(r, i, c.leaf);
	struct hash stored = row_hash(r, i, rows_col(r, "leaf_hash"));
	struct hash hash = merkle_leaf(text);
	size_t n_legs;
	const struct leg *legs;
	struct leaf leaf;
	const char *differs;
	struct why no_log;

	if (seq != (int64_t)g->tree.n)
		return not_whole(w, "books_sequence", "a ledger transaction is missing", (int64_t)g->tree.n);
	if (!hash_eq(&hash, &stored))
		return not_whole(w, "books_leaf_hash", "a leaf whose hash is not its own", seq);
	if (!leaf_parse(r->arena, text, &leaf, &w->why)) {
		why_prefix(&w->why, "ledger transaction %lld", (long long)seq);
		return REFUSED;
	}
	legs = legs_of(r, i, &n_legs);
	differs = leaf_row_differs(r, i, &c, &leaf, legs, n_legs, &scratch);
	if (differs != NULL) {
		why_set(&w->why, "books_row",
			"ledger transaction %lld: its row's %s is not what its leaf says", (long long)seq,
			differs);
		return REFUSED;
	}
	if (seq == 0)
		g->has_log = genesis_log(r->arena, text, &g->log, &no_log);
	compact_append_by(&g->tree, &hash, full_tiles_note, &g->full);
	return OK;
}

/* ---- heads against leaves --------------------------------------------------------------------------------------- */

/* Its checkpoint is there, says the same and is signed by the log. */
static bool note_says(const struct grown *g, const struct rows *heads, size_t i, const struct hash *root)
{
	int column = rows_col(heads, "note");
	struct checkpoint c;
	struct note note;
	uint64_t at;
	struct why why;

	return g->has_log && !row_null(heads, i, column) &&
	       note_parse(row_bytes(heads, i, column), &note, &why) &&
	       note_verify(&note, &g->log, 1, &at, &why) && checkpoint_parse(note.text, &c, &why) &&
	       (int64_t)c.size == row_i64(heads, i, rows_col(heads, "size")) && hash_eq(&c.root, root);
}

static enum result check_head(
	struct work *w, const struct rows *heads, const struct grown *g, struct books_check *out)
{
	const struct compact *tree = &g->tree;
	size_t i = (size_t)out->heads;
	struct compact stored;
	struct hash root;
	struct hash kept;

	if (i >= rows_n(heads) || row_i64(heads, i, rows_col(heads, "size")) != (int64_t)tree->n)
		return OK;
	root = compact_root(tree);
	kept = row_hash(heads, i, rows_col(heads, "root"));
	if (!hash_eq(&root, &kept) ||
		!compact_read(tree->n, row_bytes(heads, i, rows_col(heads, "nodes")), &stored))
		return not_whole(w, "books_root", "a tree head that is not the leaves'", (int64_t)tree->n);
	root = compact_root(&stored);
	if (!hash_eq(&root, &kept))
		return not_whole(
			w, "books_root", "a tree head whose nodes are not the leaves'", (int64_t)tree->n);
	if (!note_says(g, heads, i, &kept))
		return not_whole(w, "books_checkpoint", "a tree head whose checkpoint is another, or lost",
			(int64_t)tree->n);
	out->heads++;
	return OK;
}

static enum result check_leaves(
	struct work *w, const struct rows *heads, struct grown *g, struct books_check *out)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct copy *c = copy_read_begin(w, Q_BOOKS_LEAVES_WHOLE);
	enum result result = OK;
	enum result ended;
	struct rows r;

	do {
		arena_reset(some);
		copy_read(c, some, AT_ONCE, &r);
		for (size_t i = 0; i < rows_n(&r) && result == OK; i++) {
			result = check_leaf(w, &r, i, g);
			if (result == OK)
				result = check_head(w, heads, g, out);
		}
	} while (result == OK && rows_n(&r) > 0);
	if (result != OK) {
		struct why why = w->why;

		ended = copy_read_end(c);
		(void)ended;
		w->why = why;
		return result;
	}
	ended = copy_read_end(c);
	if (ended == OK && out->heads != (int64_t)rows_n(heads))
		return not_whole(w, "books_root", "tree heads beyond the last transaction",
			(int64_t)rows_n(heads) - out->heads);
	out->root = compact_root(&g->tree);
	return ended;
}

/* ---- tiles against leaves --------------------------------------------------------------------------------------- */

/* Its root is the leaves', and its hashes give that root. */
static bool tile_fits(const struct rows *r, size_t i, const struct tiles *want)
{
	struct hash root = row_hash(r, i, rows_col(r, "root")), of_hashes;
	struct bytes b = row_bytes(r, i, rows_col(r, "hashes"));
	const struct tile *tile = tiles_find(want, (unsigned)row_i32(r, i, rows_col(r, "level")),
		(uint64_t)row_i64(r, i, rows_col(r, "n")));

	if (tile == NULL || b.n != TILE_WIDTH * sizeof(struct hash))
		return false;
	of_hashes = merkle_root((const struct hash *)b.at, TILE_WIDTH);
	return hash_eq(&root, tile->at) && hash_eq(&root, &of_hashes);
}

/* Those that a tree of this size has, with their roots. */
static struct tiles tiles_of(struct work *w, const struct full_tiles *full, uint64_t size)
{
	struct tiles want = tiles_begin(w->arena, size);

	want.at = arena_array(w->arena, full->n, struct tile);
	for (size_t i = 0; i < full->n; i++)
		if ((uint64_t)full->ns[i] < size >> (8 * full->levels[i] + 8))
			want.at[want.n++] = (struct tile){.level = (unsigned)full->levels[i],
				.n = (uint64_t)full->ns[i],
				.at = &full->roots[i]};
	tiles_sort(&want);
	return want;
}

/* Whether the tile is full in a tree of this size. */
static bool tile_within(const struct rows *r, size_t i, uint64_t size)
{
	int bits = 8 * (row_i32(r, i, rows_col(r, "level")) + 1);
	uint64_t n = (uint64_t)row_i64(r, i, rows_col(r, "n"));

	return bits < 64 && n < size >> bits;
}

static enum result check_tiles(
	struct work *w, const struct rows *heads, const struct grown *g, struct books_check *out)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	size_t n = rows_n(heads);
	uint64_t size = n > 0 ? (uint64_t)row_i64(heads, n - 1, rows_col(heads, "size")) : 0;
	struct tiles want = tiles_of(w, &g->full, size);
	struct copy *c = copy_read_begin(w, Q_BOOKS_TILES_WHOLE);
	int64_t off = 0;
	enum result ended;
	struct rows r;

	do {
		arena_reset(some);
		copy_read(c, some, AT_ONCE, &r);
		for (size_t i = 0; i < rows_n(&r); i++) {
			if (!tile_within(&r, i, size) &&
				tile_within(&r, i, (uint64_t)row_i64(&r, i, rows_col(&r, "size"))))
				continue; /* of a head that came after those that were read */
			off += !tile_fits(&r, i, &want);
			out->tiles++;
		}
	} while (rows_n(&r) > 0);
	ended = copy_read_end(c);
	if (ended == OK && off > 0)
		return not_whole(w, "books_tile", "tiles that are not the leaves'", off);
	if (ended == OK && out->tiles != (int64_t)want.n)
		return not_whole(w, "books_tile", "tiles that are missing", (int64_t)want.n - out->tiles);
	return ended;
}

enum result books_check_here(struct work *w, struct books_check *out)
{
	struct books_check all = {.txns = 0};
	struct grown g = {.full = {.arena = w->arena}};
	struct rows heads;
	enum result result = check_sums(w, &all);

	if (result == OK)
		result = db_run(w, Q_BOOKS_HEADS, DB_NO_ARGS, &heads);
	if (result == OK)
		result = check_leaves(w, &heads, &g, &all);
	if (result == OK)
		result = check_tiles(w, &heads, &g, &all);
	if (result == OK)
		*out = all;
	return result;
}

enum result books_check(struct work *w, struct books_check *out)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = books_check_here(w, out);
	return result == OK ? tx_commit(w) : result;
}
