/* Publishing: what is new is added to what is there; killed at any step, what was published before still counts, and the next run makes
 * it what a run into an empty directory makes. */
#include <ftw.h>

#include "ledger/books/publish.h"
#include "ledger/books/publish_store.h"
#include "tests/lib/place.h"
#include "tests/unit/db_archive.h"
#include "tests/unit/db_steps.h"

static struct db *db;
static char home[64]; /* holds the published directories */

/* ---- directories ------------------------------------------------------------------------------------------------------ */

static const char *in_home(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", home, name);
}

static struct bytes there_is(struct arena *a, const char *name)
{
	struct bytes bytes = {.n = 0};
	struct why why;

	return read_file(a, in_home(a, name), 64U << 20, &bytes, &why) ? bytes : bytes_z("nothing");
}

static void remove_all(struct arena *a, const char *name)
{
	place_remove(in_home(a, name));
}

static int same, others;

static int compare_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	struct arena *a = arena_new();
	const char *rest = path + strlen(home) + strlen("/fresh/");
	struct bytes fresh, added;
	struct why why;
	bool equal;

	(void)st;
	(void)at;
	if (what == FTW_F) {
		equal = read_file(a, path, 64U << 20, &fresh, &why) &&
			read_file(a, arena_printf(a, "%s/pub/%s", home, rest), 64U << 20, &added, &why) &&
			bytes_eq(fresh, added);
		same += equal;
		others += !equal;
		if (!equal)
			note("%s is another", rest);
	}
	arena_free(a);
	return 0;
}

static bool publish_to(struct work *w, const char *name, bool whole)
{
	struct publication asked = {
		.archive = directory, .directory = in_home(w->arena, name), .whole = whole};
	struct published out;
	enum result r;

	TX_GUARD(w);
	w->deadline_us = work_deadline_in_ms(60000);
	r = tx_begin(w);
	if (r == OK)
		r = books_publish(w, &asked, &out);
	return r == OK && tx_commit(w) == OK;
}

/* Every file that an empty directory gets is in pub/, byte for byte. */
static bool as_fresh(struct work *w)
{
	same = others = 0;
	remove_all(w->arena, "fresh");
	if (!went(w, publish_to(w, "fresh", false) ? OK : REFUSED))
		return false;
	(void)nftw(in_home(w->arena, "fresh"), compare_one, 16, FTW_PHYS);
	return same > 10 && others == 0;
}

static void grow(struct work *w, int64_t from, size_t n)
{
	size_t sealed;

	post_n(db, from, n);
	if (!went(w, seal(w, &sealed)) || sealed < n)
		bug("not sealed");
}

/* ---- the tests -------------------------------------------------------------------------------------------------------- */

static void added(void)
{
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);

	bug_if(!went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)));
	grow(&w, 1, 699);
	ok(publish_to(&w, "pub", false), "700 leaves are published");
	steps = 0;
	ok(publish_to(&w, "pub", false) && steps < 30, "again, hardly a file is written");
	grow(&w, 1000, 1000);
	ok(publish_to(&w, "pub", false) && as_fresh(&w),
		"1,000 more are added, and it is as if published at once");
	is_str(arena_strndup(w.arena, (const char *)there_is(w.arena, "pub/tile/0/002.p/188").at, 7),
		"nothing", "what was not full and is now is gone");
	grow(&w, 3000, 68);
	ok(publish_to(&w, "pub", false) && as_fresh(&w), "up to where a tile ends");
	grow(&w, 3100, 24);
	ok(publish_to(&w, "pub", false) && as_fresh(&w), "and from there on");
	arena_free(w.arena);
}

static bool begins(struct bytes whole, struct bytes with)
{
	return whole.n >= with.n && memcmp(whole.at, with.at, with.n) == 0;
}

/* What counts of a directory whose checkpoint is of so many leaves. */
struct view {
	struct bytes checkpoint, txn, posting, balance, leaves, tile;
};

static struct view view_of(struct arena *a, uint64_t size)
{
	return (struct view){.checkpoint = there_is(a, "pub/checkpoint"),
		.txn = there_is(a, "pub/rows/txn.csv"),
		.posting = there_is(a, "pub/rows/posting.csv"),
		.balance = there_is(
			a, arena_printf(a, "pub/rows/balance_day.%llu.csv", (unsigned long long)size)),
		.leaves = there_is(a,
			arena_printf(a, "pub/tile/entries/%03d.p/%d", (int)(size / 256), (int)(size % 256))),
		.tile = there_is(a, arena_printf(a, "pub/tile/1/000.p/%d", (int)(size / 256)))};
}

static bool still_counts(const struct view *was, const struct view *is)
{
	return bytes_eq(was->checkpoint, is->checkpoint) && begins(is->txn, was->txn) &&
	       begins(is->posting, was->posting) && bytes_eq(was->balance, is->balance) &&
	       bytes_eq(was->leaves, is->leaves) && bytes_eq(was->tile, is->tile);
}

/* A checkpoint that is there has all that it says. */
static bool is_whole(const struct view *v)
{
	return !bytes_eq_z(v->balance, "nothing") && !bytes_eq_z(v->leaves, "nothing") &&
	       !bytes_eq_z(v->tile, "nothing");
}

static bool publish_again(struct work *w)
{
	return publish_to(w, "pub", false);
}

static void killed(void)
{
	struct work w = work_on(db);
	uint64_t size = strtoull(scene("select max(size) from books.tree_head"), NULL, 10);
	struct view was = view_of(w.arena, size);
	int at = 0, counts = 0, whole = 0;

	grow(&w, 5000, 600);
	while (child_dies(++at, publish_again)) {
		struct view is = view_of(w.arena, size), next = view_of(w.arena, size + 600);
		bool before = bytes_eq(was.checkpoint, is.checkpoint);

		counts += before ? still_counts(&was, &is) : is_whole(&next);
		whole += before;
	}
	ok(at > 6 && whole > 4, "a run is killed at %d steps, %d of them before its checkpoint", at - 1,
		whole);
	is_i64(counts, at - 1, "what was published before counts on, whole");
	ok(as_fresh(&w), "and what the last run makes of it is as if nothing had happened");
	arena_free(w.arena);
}

static void put_text(struct arena *a, const char *name, const char *mode, const char *text)
{
	FILE *f = fopen(in_home(a, name), mode);

	bug_if(f == NULL || fputs(text, f) < 0 || fclose(f) != 0);
}

static void mended(void)
{
	struct work w = work_on(db);
	struct bytes txn;

	put_text(w.arena, "pub/rows/txn.csv", "a", "2392,of a run that was cut,\n2393,x");
	put_text(w.arena, "pub/rows/posting.csv", "a", "23");
	grow(&w, 7000, 100);
	ok(publish_to(&w, "pub", false) && as_fresh(&w), "rows of a run that was cut are cut off");
	txn = there_is(w.arena, "pub/rows/txn.csv");
	bug_if(truncate(in_home(w.arena, "pub/rows/txn.csv"), (off_t)txn.n - 300) != 0);
	ok(publish_to(&w, "pub", false) && as_fresh(&w), "rows that are missing are written anew");
	remove_all(w.arena, "pub/rows");
	ok(publish_to(&w, "pub", false) && as_fresh(&w), "all of them, too");
	arena_free(w.arena);
}

static void differs(void)
{
	struct work w = work_on(db);
	char *note = arena_strndup(w.arena, (const char *)there_is(w.arena, "pub/checkpoint").at,
		there_is(w.arena, "pub/checkpoint").n);
	char *root = strchr(strchr(note, '\n') + 1, '\n') + 1;
	struct bytes tile = there_is(w.arena, "pub/tile/0/001");
	char *other = arena_copy(w.arena, tile.at, tile.n);

	root[3] = root[3] == 'A' ? 'B' : 'A';
	remove_all(w.arena, "other");
	ok(publish_to(&w, "other", false), "beside it another directory");
	put_text(w.arena, "other/checkpoint", "w", note);
	ok(!publish_to(&w, "other", false) && why_is(&w.why, "publish_differs"),
		"over a checkpoint with another root nothing is published");
	other[7] ^= 1;
	bug_if(!write_file_durable(
		in_home(w.arena, "pub/tile/0/001"), bytes_of(other, tile.n), 0644, &w.why));
	ok(publish_to(&w, "pub", false), "a tile of old that somebody touched is not read again");
	ok(!publish_to(&w, "pub", true) && why_is(&w.why, "publish_differs"),
		"but when all is compared it is found");
	bug_if(!write_file_durable(in_home(w.arena, "pub/tile/0/001"), tile, 0644, &w.why));
	ok(publish_to(&w, "pub", true) && as_fresh(&w), "put right, all of it is the same");
	scene("begin; set local session_replication_role = replica; delete from books.checkpoint where size > 1000; "
	      "delete from books.tree_head where size > 1000; commit");
	ok(!publish_to(&w, "pub", false) && why_is(&w.why, "publish_differs"),
		"nor is a history that is shorter now");
	arena_free(w.arena);
}

/* What a superuser may do to the rows, and what he did is taken back. */
static void forged(const char *sql, const char *back, const char *code, const char *title)
{
	struct work w = work_on(db);
	bool refused;

	remove_all(w.arena, "forged");
	scene("begin; set local session_replication_role = replica; %s; commit", sql);
	refused = !publish_to(&w, "forged", false) && why_is(&w.why, code) &&
		  bytes_eq_z(there_is(w.arena, "forged/checkpoint"), "nothing") &&
		  bytes_eq_z(there_is(w.arena, "forged/tile/0/002"), "nothing");
	ok(refused, "%s", title);
	if (!refused)
		note("%s", w.why.text);
	scene("begin; set local session_replication_role = replica; %s; commit", back);
	ok(publish_to(&w, "forged", false) && publish_to(&w, "forged", true),
		"when it is put right, all of it is");
	arena_free(w.arena);
}

static void unsigned_history(void)
{
	scene("create temp table kept as select * from books.txn where seq = 700");
	forged("update books.txn set leaf = l, leaf_hash = sha256('\\x00'::bytea || l) "
	       "from (select leaf || '\\x0a'::bytea as l from kept) k where seq = 700",
		"update books.txn t set leaf = k.leaf, leaf_hash = k.leaf_hash from kept k where t.seq = 700",
		"books_root",
		"a leaf that was rewritten after it was signed is not published, nor is a tile over it");
	scene("alter table books.txn disable trigger all");
	forged("delete from books.txn where seq = 700", "insert into books.txn select * from kept",
		"books_sequence", "nor are books that lack one");
	scene("alter table books.txn enable trigger all");
	scene("create temp table note as select * from books.checkpoint order by size desc limit 1");
	forged("update books.checkpoint c set note = (select o.note from books.checkpoint o where o.size < c.size order by o.size limit 1) "
	       "from note n where c.size = n.size",
		"update books.checkpoint c set note = n.note from note n where c.size = n.size", "books_root",
		"nor is the checkpoint of another tree put over them");
}

static bool is_busy(struct work *w)
{
	return !publish_to(w, "pub", false) && why_is(&w->why, "publish_busy");
}

static void two_at_once(void)
{
	struct work w = work_on(db);
	struct publisher *other = publisher_open(in_home(w.arena, "pub"), &w.why);

	ok(other != NULL && is_busy(&w), "who publishes where somebody is publishing is told so");
	publisher_drop(&other);
	ok(publish_to(&w, "pub", false), "and goes on after him");
	arena_free(w.arena);
}

static int closed;

static int look_at_mode(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)path;
	closed += at->level > 0 && (st->st_mode & 0777) != (what == FTW_D ? 0755 : 0644);
	return 0;
}

static void modes(void)
{
	struct work w = work_on(db);
	struct stat st;

	closed = 0;
	remove_all(w.arena, "fresh");
	umask(077);
	ok(publish_to(&w, "fresh", false) && stat(in_home(w.arena, "fresh"), &st) == 0 &&
			(st.st_mode & 0777) == 0700,
		"a new directory is for who made it");
	(void)nftw(in_home(w.arena, "fresh"), look_at_mode, 16, FTW_PHYS);
	is_i64(closed, 0, "and whoever is let into it may read all of it");
	arena_free(w.arena);
}

/* Two batches that were made at once: payouts 1 to 3, 6, 7 and 9 are lines 1 to 3 and 6 to 8 of the one, 4, 5 and 8 lines 1 to 3 of the
 * other. Payout 10 went with another dispatch. */
static void mixed(void)
{
	struct work w = work_on(db);
	CLEANUP(buf_free) struct buf said = BUF(1024);
	struct rows r;

	scene("begin; set local session_replication_role = replica;"
	      "insert into payout.payout overriding system value select x.id, x.id, 1, x.batch, x.line, null, sha256(''), 1, sha256(''), "
	      "lpad(x.id::text, 19, '0'), 'wish' from (values (1, 7, 1), (2, 7, 2), (3, 7, 3), (4, 8, 1), (5, 8, 2), (6, 7, 6), (7, 7, 7), "
	      "(8, 8, 3), (9, 7, 8), (10, 7, 9)) x (id, batch, line);"
	      "insert into payout.payout_state (payout, state, dispatch) select i, 0, case when i = 10 then 2 else 1 end "
	      "from generate_series(1, 10) i;"
	      "insert into payout.dispatch_range values (1, 1, 4), (1, 5, 10);"
	      "insert into books.txn select 1000000, 'd1.e1.sent', sha256(''), 'dispatch.sent', date '2024-04-03', now(), false, null, 2, "
	      "''::bytea, sha256('\\x00'); commit");
	bug_if(!went(&w, db_run(&w, Q_PUBLISH_DISPATCHES, DB_ARGS(db_i64(-1), db_i64(1000001)), &r)));
	for (size_t i = 0; i < rows_n(&r); i++) {
		buf_add_z(&said, row_text(&r, i, rows_col(&r, "line")));
		buf_add_z(&said, "\n");
	}
	is_str(buf_str(&said),
		"1000000,1,7,1,3\n1000000,1,8,1,2\n1000000,1,7,6,7\n1000000,1,8,3,3\n1000000,1,7,8,8\n",
		"what a dispatch sent is published in the order of its root, however two batches' payouts are mixed");
	arena_free(w.arena);
}

int main(void)
{
	struct arena *a = arena_new();

	snprintf(home, sizeof home, "%s/chitra-publish-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	bug_if(mkdtemp(home) == NULL);
	books_scene_begin("publish");
	archive_begin();
	db = db_open(NULL, DB_DUTY_OWNER);
	added();
	killed();
	mended();
	unsigned_history();
	two_at_once();
	modes();
	differs();
	mixed();
	db_close(db);
	archive_end();
	scene_end();
	place_remove(home);
	arena_free(a);
	return done_testing();
}
