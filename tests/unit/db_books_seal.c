/* Sealing: what the archive holds, what happens when a round is cut anywhere, and when nothing is signed any more. */
#include "tests/unit/db_archive.h"

#include "ledger/base/merkle.h"

static struct db *db;

static void first_leaf(void)
{
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	size_t n;

	ok(went(&w, seal(&w, &n)) && n == 0, "an empty ledger has nothing to seal");
	ok(went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)), "the genesis is posted");
	ok(went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)), "again it does nothing");
	g.sandbox = false;
	is_i64(books_genesis(&w, "officer:admin", (struct day){19816}, &g), REFUSED,
		"another genesis is refused");
	is_str(w.why.code, "idem_conflict", "as a conflict");
	ok(went(&w, seal(&w, &n)) && n == 1, "the genesis is sealed");
	ok(went(&w, seal(&w, &n)) && n == 0, "and not again");
	is_str(scene("select count(*) from books.checkpoint"), "1",
		"an unchanged tree has no second checkpoint");
	arena_free(w.arena);
}

/* All leaves that the archive gives from 0 on, against those of the database. */
static uint64_t archived_leaves_equal(struct work *w)
{
	struct archived_leaves some;
	uint64_t next = 0;
	struct compact tree = {.n = 0};
	struct archived newest;
	struct hash root;

	for (;;) {
		if (!archive_read(archive, w->arena, next, &some, &w->why))
			return 0;
		if (some.n == 0)
			break;
		for (size_t i = 0; i < some.n; i++) {
			struct hash h = merkle_leaf(some.at[i]);
			compact_append(&tree, &h);
		}
		next += some.n;
	}
	root = compact_root(&tree);
	if (!archive_newest(archive, w->arena, &newest, &w->why) || newest.checkpoint.size != next ||
		!hash_eq(&root, &newest.checkpoint.root))
		return 0;
	return next;
}

static void many(void)
{
	struct work w = work_on(db);
	struct archived newest;
	struct books_check found;
	size_t n;

	post_n(db, 1, 20000);
	ok(went(&w, seal(&w, &n)) && n == SEAL_LEAVES, "a round takes so many leaves and no more");
	ok(went(&w, seal(&w, &n)) && n == SEAL_LEAVES && went(&w, seal(&w, &n)) &&
			n == 20001 - 1 - 2 * SEAL_LEAVES,
		"the next rounds take the rest");
	is_i64((int64_t)archived_leaves_equal(&w), 20001,
		"the archive alone gives every leaf and the signed root");
	ok(went(&w, books_check(&w, &found)) && found.heads == 4 && found.tiles == 20001 / 256,
		"the database's heads and tiles are those of its leaves");
	ok(archive_newest(archive, w.arena, &newest, &w.why) && hash_eq(&newest.checkpoint.root, &found.root),
		"and the archive's root is theirs");
	is_str(scene("select convert_from(note, 'UTF8') from books.checkpoint order by size desc limit 1"),
		arena_strndup(w.arena, (const char *)newest.note.at, newest.note.n),
		"the database keeps the checkpoint byte for byte");
	arena_free(w.arena);
}

/* What a superuser may do to the rows of a transaction that nobody has signed yet, and back. */
static void edited(void)
{
	static const struct {
		const char *there, *back, *what;
	} edits[] = {
		{"update books.posting set amount = amount * 2 where seq = 20003",
			"update books.posting set amount = amount / 2 where seq = 20003", "postings"},
		{"update books.posting set account = (select max(account) + min(account) from books.posting "
		 "where seq = 20003) - account where seq = 20003",
			NULL, "postings"},
		{"delete from books.posting where seq = 20003 and n = 2", NULL, "postings"},
		{"update books.txn set effective = effective + 1 where seq = 20003",
			"update books.txn set effective = effective - 1 where seq = 20003", "effective"},
		{"update books.txn set recorded = recorded - interval '1 day' where seq = 20003",
			"update books.txn set recorded = recorded + interval '1 day' where seq = 20003",
			"recorded"},
	};
	struct work w = work_on(db);
	struct books_check found;
	size_t n;

	post_n(db, 29000, 5);
	scene("create table public.kept as select * from books.posting where seq = 20003");
	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i].there);
		is_i64(seal(&w, &n), REFUSED, "a row that was edited before it is sealed is not signed over");
		ok(why_is(&w.why, "books_row") && strstr(w.why.text, "transaction 20003") &&
				strstr(w.why.text, edits[i].what),
			"%s", edits[i].what);
		scene("begin; set local session_replication_role = replica; %s; commit",
			edits[i].back ? edits[i].back
				      : "delete from books.posting where seq = 20003; "
					"insert into books.posting select * from public.kept");
	}
	scene("create table public.gone as select * from books.txn where seq = 20004");
	scene("begin; set local session_replication_role = replica; delete from books.txn where seq = 20004; commit");
	is_i64(seal(&w, &n), REFUSED, "nor what has lost a row");
	is_str(w.why.code, "books_sequence", "by its name");
	scene("begin; set local session_replication_role = replica; "
	      "insert into books.txn select * from public.gone; commit");
	ok(!there(w.arena, "checkpoint/0/20006"), "nothing of it reached the archive");
	ok(went(&w, seal(&w, &n)) && n == 5, "put right, it is signed");
	ok(went(&w, books_check(&w, &found)) && found.txns == 20006, "and the books are whole");
	arena_free(w.arena);
}

static void tiles_edited(void)
{
	static const char *const edits[] = {
		"update books.tile set hashes = substr(hashes, 33) || substr(hashes, 1, 32) where n = 7",
		"update books.tile set root = sha256(root) where n = 7",
		"delete from books.tile where n = 77",
		"insert into books.tile select level, n + 1, hashes, root from books.tile where n = 77",
	};
	struct work w = work_on(db);
	struct books_check found;

	scene("create table public.tile as select * from books.tile");
	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i]);
		w.deadline_us = work_deadline_in_ms(60000);
		ok(books_check(&w, &found) == REFUSED && why_is(&w.why, "books_tile"),
			"a tile that was edited round the triggers is found: %s", edits[i]);
		scene("begin; set local session_replication_role = replica; delete from books.tile; "
		      "insert into books.tile select * from public.tile; commit");
	}
	arena_free(w.arena);
}

static void checkpoints_edited(void)
{
	static const char *const edits[] = {
		"update books.checkpoint set note = (select note from books.checkpoint order by size limit 1) where size = (select max(size) from books.tree_head)",
		"update books.checkpoint set note = substr(note, 2) where size = (select max(size) from books.tree_head)",
		"update books.checkpoint set note = convert_to(replace(convert_from(note, 'UTF8'), ' ' || split_part(convert_from(note, 'UTF8'), ' ', 3), ' ' || (select split_part(convert_from(k.note, 'UTF8'), ' ', 3) from books.checkpoint k order by size limit 1)), 'UTF8') where size = (select max(size) from books.tree_head)",
		"delete from books.checkpoint where size = (select max(size) from books.tree_head)",
	};
	struct work w = work_on(db);
	struct books_check found;

	scene("create table public.checkpoint as select * from books.checkpoint");
	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i]);
		w.deadline_us = work_deadline_in_ms(60000);
		ok(books_check(&w, &found) == REFUSED && why_is(&w.why, "books_checkpoint"),
			"a checkpoint that was edited round the triggers is found: %s", edits[i]);
		scene("begin; set local session_replication_role = replica; delete from books.checkpoint; "
		      "insert into books.checkpoint select * from public.checkpoint; commit");
	}
	arena_free(w.arena);
}

/* ---- cut between the archive and the database -------------------------------------------------------------------- */

static void cut(void)
{
	struct work w = work_on(db);
	struct bytes before;
	struct bytes after;
	size_t n;

	post_n(db, 30000, 10);
	scene("create function public.fail() returns trigger language plpgsql as "
	      "$$ begin raise exception 'cut' using errcode = '57014'; end $$");
	scene("create trigger cut before insert on books.checkpoint for each row execute function public.fail()");
	ok(seal(&w, &n) != OK, "a round is cut after the archive and before the database");
	ok(there(w.arena, "checkpoint/0/20016"), "the archive has its checkpoint");
	is_str(scene("select max(size) from books.tree_head"), "20006", "the database has not");
	before = file_of(w.arena, "checkpoint/0/20016");
	scene("drop trigger cut on books.checkpoint");

	post_n(db, 31000, 5);
	ok(went(&w, seal(&w, &n)) && n == 10, "the next round takes the archive's checkpoint");
	is_str(scene("select convert_from(note, 'UTF8') from books.checkpoint where size = 20016"),
		arena_strndup(w.arena, (const char *)before.at, before.n), "as it was signed, byte for byte");
	ok(went(&w, seal(&w, &n)) && n == 5, "and the one after goes on");
	after = file_of(w.arena, "checkpoint/0/20016");
	ok(bytes_eq(before, after), "the archived checkpoint was never written again");
	is_i64((int64_t)archived_leaves_equal(&w), 20021, "leaves and root of the archive agree again");
	arena_free(w.arena);
}

/* Leaves reached the archive, their checkpoint did not: they count for nothing, whatever they are. */
static void torn(void)
{
	struct work w = work_on(db);
	size_t n;

	post_n(db, 32000, 4);
	put_file(w.arena, "leaves/0/20021-20022", bytes_of("\0\3abc\0\3def", 10));
	put_file(w.arena, "leaves/0/20021-20035.tmp.17.1", bytes_of("\0\3ab", 5));
	put_file(w.arena, "checkpoint/0/20023.tmp.17.1", bytes_z("half a no"));
	ok(went(&w, seal(&w, &n)) && n == 4,
		"leaves without a checkpoint, and halves of files, are passed over");
	is_i64((int64_t)archived_leaves_equal(&w), 20025, "also when they are read");
	put_file(w.arena, "leaves/0/20016-20024",
		bytes_of("\0\1a\0\1b\0\1c\0\1d\0\1e\0\1f\0\1g\0\1h\0\1i", 27));
	is_i64((int64_t)archived_leaves_equal(&w), 20025,
		"and so are leaves of a lost round that ends where a later one was sealed");
	unlink(path_of(w.arena, "leaves/0/20016-20024"));
	arena_free(w.arena);
}

/* ---- damage ------------------------------------------------------------------------------------------------------ */

static void damaged(void)
{
	struct work w = work_on(db);
	struct archived newest;
	struct archived_leaves some;
	struct bytes whole = file_of(w.arena, "checkpoint/0/20025");
	struct bytes leaves = file_of(w.arena, "leaves/0/20021-20024");
	uint8_t *changed = arena_copy(w.arena, whole.at, whole.n);
	size_t n;

	put_file(w.arena, "checkpoint/0/20025", bytes_of(whole.at, whole.n - 10));
	ok(!archive_newest(archive, w.arena, &newest, &w.why), "a cut checkpoint is not read");
	is_str(w.why.code, "archive_damaged", "and named");
	post_n(db, 33000, 1);
	is_i64(seal(&w, &n), REFUSED, "over a damaged archive nothing is signed");
	changed[whole.n / 2] ^= 1;
	put_file(w.arena, "checkpoint/0/20025", bytes_of(changed, whole.n));
	ok(!archive_newest(archive, w.arena, &newest, &w.why), "nor one with a changed byte");
	put_file(w.arena, "checkpoint/0/20025", file_of(w.arena, "checkpoint/0/20016"));
	ok(!archive_newest(archive, w.arena, &newest, &w.why), "nor one under another's name");
	put_file(w.arena, "checkpoint/0/20025", whole);
	put_file(w.arena, "leaves/0/20021-20024", bytes_of(leaves.at, leaves.n - 1));
	ok(!archive_read(archive, w.arena, 20021, &some, &w.why) && why_is(&w.why, "archive_damaged"),
		"a cut file of leaves is not read");
	put_file(w.arena, "leaves/0/20021-20024", leaves);
	ok(archive_read(archive, w.arena, 20023, &some, &w.why) && some.n == 2 && some.first == 20023,
		"leaves are found inside a file");
	ok(went(&w, seal(&w, &n)) && n == 1, "mended, it goes on");
	arena_free(w.arena);
}

/* A checkpoint of our own key that the database does not bear out. */
static struct bytes forged(struct arena *a, uint64_t size)
{
	struct checkpoint c = {.origin = ORIGIN, .size = size, .root = sha256(bytes_z("other"))};
	struct buf note;
	struct bytes text;

	buf_init(&note, NOTE_MAX);
	checkpoint_text(&c, &note);
	text = buf_copy(&note, a);
	buf_add_z(&note, "\n");
	note_sign(&verifier, key, text, &note);
	text = buf_copy(&note, a);
	buf_free(&note);
	return text;
}

static void same_size_other_root(void)
{
	struct work w = work_on(db);
	struct checkpoint c = {.origin = ORIGIN, .size = 20026, .root = sha256(bytes_z("other"))};

	ok(!archive_checkpoint(archive, &c, forged(w.arena, 20026), &w.why),
		"the archive takes no second checkpoint of a size with another root");
	is_str(w.why.code, "archive_other_root", "by its name");
	arena_free(w.arena);
}

/* ---- doubt ------------------------------------------------------------------------------------------------------- */

static bool differs_by(struct work *w, const char *text)
{
	bool differs = false;
	enum result r;

	w->deadline_us = work_deadline_in_ms(60000);
	r = books_compare(w, archive, &differs);
	return went(w, r) && differs && strstr(w->why.text, text) != NULL;
}

static void doubt(void)
{
	struct work w = work_on(db);
	struct bytes cluster = file_of(w.arena, "cluster");
	bool differs = true;
	size_t n;

	ok(went(&w, books_compare(&w, archive, &differs)) && !differs, "database and archive agree");
	ok(went(&w, books_check_head(&w, archive)) && !books_in_doubt(db, &w.why),
		"then nothing is in doubt");

	put_file(w.arena, "cluster", bytes_z("chitra-cluster/v1\nsystem 1\ntimeline 1\ntables 1\n"));
	ok(differs_by(&w, "another PostgreSQL cluster"), "another cluster is noticed");
	put_file(w.arena, "cluster",
		bytes_z(arena_printf(w.arena, "chitra-cluster/v1\nsystem %s\ntimeline 99\ntables 1\n",
			scene("select system_identifier from pg_control_system()"))));
	ok(differs_by(&w, "timeline 1"), "a timeline that went back is noticed");
	put_file(w.arena, "cluster",
		bytes_z(arena_printf(w.arena, "chitra-cluster/v1\nsystem %s\ntimeline 1\ntables 1\n",
			scene("select system_identifier from pg_control_system()"))));
	ok(differs_by(&w, "the tables are not those"),
		"a dump that was restored in the same cluster is noticed, though no leaf followed it");
	is_i64(seal(&w, &n), REFUSED, "then nothing is signed");
	put_file(w.arena, "cluster", cluster);

	post_n(db, 34000, 30);
	put_file(w.arena, "checkpoint/0/20035", forged(w.arena, 20035));
	ok(differs_by(&w, "not those of the archive"), "other leaves than the archive's are noticed");
	is_i64(seal(&w, &n), REFUSED, "and nothing is signed on top of them");
	is_str(w.why.code, "history_in_doubt", "because history is in doubt");
	unlink(path_of(w.arena, "checkpoint/0/20035"));

	put_file(w.arena, "checkpoint/0/20105", forged(w.arena, 20105));
	ok(differs_by(&w, "has 20056 ledger transactions, and the archive 20105"),
		"missing leaves are noticed");
	ok(went(&w, books_check_head(&w, archive)) && books_in_doubt(db, &w.why),
		"at connect this puts the history in doubt");
	unlink(path_of(w.arena, "checkpoint/0/20105"));
	is_i64(seal(&w, &n), REFUSED, "until the process ends nothing is signed");
	books_forget_doubt();
	ok(went(&w, seal(&w, &n)) && n == 30, "a new process finds all well");

	unlink(path_of(w.arena, "checkpoint/0/20056"));
	ok(differs_by(&w, "and the archive only 20026"),
		"an archive that lost its newest checkpoint is noticed");
	is_i64(seal(&w, &n), REFUSED, "and not written over");
	arena_free(w.arena);
}

/* As the teller does it: without the log's key. */
static void at_connect(void)
{
	struct db *own;
	struct work w;
	struct why why;
	struct archive *keyless = archive_open(directory, NULL, &why);

	db_on_connect(books_check_head, keyless);
	own = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(own);
	ok(went(&w, db_connect(&w)), "a connection is made though the history is in doubt");
	ok(books_in_doubt(own, &w.why), "and everybody who asks is told");
	is_str(w.why.code, "history_in_doubt", "by its name");
	books_forget_doubt();
	db_on_connect(NULL, NULL);
	arena_free(w.arena);
	db_close(own);
	archive_close(keyless);
}

static void without_genesis(void)
{
	struct work w = work_on(db);
	size_t n;

	post_n(db, 1, 1);
	is_i64(seal(&w, &n), REFUSED, "a ledger that does not begin with its genesis is not signed");
	is_str(w.why.code, "genesis_missing", "by its name");
	ok(!there(w.arena, "checkpoint/0"), "nothing reached the archive");
	scene("begin; set local session_replication_role = replica; delete from books.txn; delete from books.posting;"
	      "delete from books.balance_day; update books.balance set balance = 0, last_seq = null;"
	      "update books.counter set next_seq = 0; commit");
	arena_free(w.arena);
}

int main(void)
{
	books_scene_begin("seal");
	archive_begin();
	db = db_open(NULL, DB_DUTY_OWNER);
	without_genesis();
	first_leaf();
	many();
	tiles_edited();
	checkpoints_edited();
	edited();
	cut();
	torn();
	damaged();
	same_size_other_root();
	doubt();
	at_connect();
	db_close(db);
	archive_end();
	scene_end();
	return done_testing();
}
