/* Tiles: what is proven out of a handful of them holds for whoever has only the root; and where tiles, leaves and root do not fit
 * each other, nothing is proven. */
#include "ledger/books/receipt_store.h"
#include "ledger/books/tile_store.h"
#include "tests/unit/db_archive.h"

#define LEAVES (65536 + 1000) /* one full tile above full tiles */

static struct db *db;
static struct hash *leaves; /* all of them, read another way */

static void sealed(void)
{
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	size_t n = 0;
	bool all = went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g));

	for (int64_t at = 1; at < LEAVES; at += 8192)
		post_n(db, at, (size_t)(LEAVES - at < 8192 ? LEAVES - at : 8192));
	do {
		arena_reset(w.arena);
		all = all && went(&w, seal(&w, &n));
	} while (all && n > 0);
	ok(all, "%d leaves are sealed", LEAVES);
	is_str(scene("select string_agg(level || ':' || n, ' ' order by level) "
		     "from (select level, count(*) as n from books.tile group by level) x"),
		"0:259 1:1", "with their full tiles on both levels");
	arena_free(w.arena);
}

static void read_leaves(struct arena *a)
{
	PGresult *r = PQexecParams(
		scene_conn, "select leaf_hash from books.txn order by seq", 0, NULL, NULL, NULL, NULL, 1);

	bug_if(PQntuples(r) != LEAVES);
	leaves = arena_array(a, LEAVES, struct hash);
	for (int i = 0; i < LEAVES; i++)
		memcpy(leaves[i].b, PQgetvalue(r, i, 0), sizeof leaves[i].b);
	PQclear(r);
}

/* Sizes around which the shape of the tree and of its tiles changes, and some others. */
static const uint64_t sizes[] = {1, 2, 3, 255, 256, 257, 511, 512, 513, 700, 32768, 65279, 65280, 65281,
	65535, 65536, 65537, 65536 + 255, 65536 + 256, 65536 + 257, LEAVES - 1, LEAVES};

static bool inclusion_holds(struct work *w, uint64_t size, const struct hash *root)
{
	uint64_t asked[COUNT_OF(sizes) + 1], n = 0;
	struct merkle_path paths[COUNT_OF(sizes) + 1];
	bool holds;

	for (size_t i = 0; i < COUNT_OF(sizes) && sizes[i] <= size; i++)
		asked[n++] = sizes[i] - 1;
	asked[n++] = size / 3;
	holds = went(w, books_inclusion(w, size, asked, n, paths));
	for (size_t i = 0; holds && i < n; i++)
		holds = merkle_verify_inclusion(&leaves[asked[i]], asked[i], size, &paths[i], root);
	return holds;
}

static bool consistency_holds(
	struct work *w, uint64_t size, const struct hash *roots, const struct hash *root)
{
	bool holds = true;

	for (size_t i = 0; holds && i < COUNT_OF(sizes) && sizes[i] <= size; i++) {
		struct merkle_path path;

		holds = went(w, books_consistency(w, sizes[i], size, &path)) &&
			merkle_verify_consistency(sizes[i], &roots[i], size, root, &path);
	}
	return holds;
}

static void proofs(void)
{
	struct work w = work_on(db);
	struct hash roots[COUNT_OF(sizes)];
	int included = 0, continued = 0;

	for (size_t i = 0; i < COUNT_OF(sizes); i++)
		roots[i] = merkle_root(leaves, sizes[i]);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		w.deadline_us = work_deadline_in_ms(60000);
		included += inclusion_holds(&w, sizes[i], &roots[i]);
		continued += consistency_holds(&w, sizes[i], roots, &roots[i]);
		arena_reset(w.arena);
	}
	is_i64(included, COUNT_OF(sizes), "in a tree of any size its leaves are proven");
	is_i64(continued, COUNT_OF(sizes), "and that it continues any tree before it");
	arena_free(w.arena);
}

/* The calls below, each refused by this name. */
static bool refused(struct work *w, const char *name)
{
	struct receipt out;

	w->deadline_us = work_deadline_in_ms(60000);
	return books_receipts(w, &name, 1, &out) == REFUSED;
}

static void receipts(void)
{
	static const char *const names[] = {"0", "genesis", "p77.settled", "66000"};
	struct work w = work_on(db);
	struct receipt out[COUNT_OF(names)];

	ok(went(&w, books_receipts(&w, names, COUNT_OF(names), out)) &&
			bytes_starts(out[2].leaf, "chitra-ledger/v1\nseq 77\n") &&
			strncmp(out[3].proof, "c2sp.org/tlog-proof@v1\nindex 66000\n", 35) == 0 &&
			bytes_eq(out[0].leaf, out[1].leaf),
		"leaves by number and by key, several at once");
	ok(refused(&w, "66536") && why_is(&w.why, "receipt_unknown"), "one that is not there is refused");
	ok(refused(&w, "4ZK7Q2M9XW0RB3T8HDX") && why_is(&w.why, "receipt_unknown"),
		"so is an id that was not paid");
	post_n(db, 100000, 1);
	ok(refused(&w, "66536") && why_is(&w.why, "payout_unsealed"), "and what no checkpoint holds yet");
	scene("begin; set local session_replication_role = replica; update books.tile set hashes = substr(hashes, 33) || "
	      "substr(hashes, 1, 32) where level = 0 and n = 3; delete from books.tile where level = 0 and n = 5; commit");
	ok(refused(&w, "770") && why_is(&w.why, "books_tile"),
		"what a tile says that is not the tree's proves nothing");
	ok(refused(&w, "1300") && why_is(&w.why, "books_tile"),
		"nor is anything proven where one is missing");
	arena_free(w.arena);
}

int main(void)
{
	struct arena *a = arena_new();

	books_scene_begin("tile");
	archive_begin();
	db = db_open(NULL, DB_DUTY_OWNER);
	sealed();
	read_leaves(a);
	proofs();
	receipts();
	db_close(db);
	archive_end();
	scene_end();
	arena_free(a);
	return done_testing();
}
