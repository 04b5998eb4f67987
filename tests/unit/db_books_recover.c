/* Recovering: a database restored from an old copy gets back what the archive has, exactly; and is refused, by name, when it
 * cannot. The copies stand for dumps: databases as they were at a moment. */
#include "tests/unit/db_archive.h"

#include "ledger/books/recover_store.h"

static const char *rows_of_books(struct arena *a)
{
	return arena_strdup(a,
		scene("select md5(string_agg(x, E'\\n')) from ("
		      "select * from (select t::text as x from books.txn t where seq < 12001 order by seq) t union all "
		      "select * from (select p::text from books.posting p where seq < 12001 order by seq, n) p union all "
		      "select * from (select i::text from books.tile i where n < 12001 / 256 order by level, n) i) y"));
}

static const char *balances(struct arena *a)
{
	return arena_strdup(a,
		scene("select string_agg(code || ' ' || balance || ' ' || last_seq, ', ' order by code) from books.balance b "
		      "join books.ledger_account a on a.id = b.account"));
}

/* The scene moves to another database of the cluster. */
static void scene_moves_to(const char *name)
{
	PQfinish(scene_conn);
	scene_conn = scene_connect(name);
	setenv("PGDATABASE", name, 1);
}

static const char *copy_name(const char *of)
{
	static char name[90];

	snprintf(name, sizeof name, "%s_%s", scene_database, of);
	return name;
}

static void take_copy(const char *of)
{
	scene_moves_to("postgres");
	scene("create database %s template %s", copy_name(of), scene_database);
	scene_moves_to(scene_database);
}

static enum result recover(struct work *w, struct recovery *out)
{
	return books_recover(w, archive, "officer:admin", (struct day){19820}, NULL, out);
}

static void restored(void)
{
	struct arena *a = arena_new();
	struct books_check found;
	struct db *db;
	struct work w;
	struct recovery done;
	const char *want_rows = rows_of_books(a);
	const char *want_balances = balances(a);
	bool differs;
	size_t n;

	scene_moves_to(copy_name("old"));
	db = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(db);
	is_str(scene("select next_seq from books.counter"), "3001",
		"a dump from the middle lacks what came after it");
	ok(went(&w, books_compare(&w, archive, &differs)) && differs, "which the archive notices");
	is_i64(seal(&w, &n), REFUSED, "nothing is signed on it");
	ok(went(&w, recover(&w, &done)) && done.had == 3001 && done.brought_back == 9000 &&
			done.size == 12001,
		"what is missing is brought back");
	is_str(rows_of_books(a), want_rows,
		"transactions, postings and tiles are those of before, byte for byte");
	w.deadline_us = work_deadline_in_ms(60000);
	ok(went(&w, books_check(&w, &found)) && found.txns == 12002,
		"the books are whole, and longer by one leaf");
	is_str(scene("select kind from books.txn order by seq desc limit 1"), "recovered",
		"which says that they were recovered");
	is_str(balances(a), want_balances, "every balance is that of before");
	ok(went(&w, books_compare(&w, archive, &differs)) && !differs, "nothing is in doubt any more");
	is_str(scene("select max(size) from books.checkpoint"), "12001", "the archive's checkpoint is taken");
	is_str(scene("select count(*) from books.tile"), "46", "with its tiles");
	ok(went(&w, seal(&w, &n)) && n == 1, "and the log goes on from it");
	ok(went(&w, recover(&w, &done)) && done.brought_back == 0, "recovering again brings nothing");
	is_str(scene("select count(*) from books.txn where kind = 'recovered'"), "1", "and says nothing");
	arena_free(w.arena);
	db_close(db);
	arena_free(a);
}

/* Cut after its first commit, it is run again. */
static void cut(void)
{
	struct db *db;
	struct work w;
	struct recovery done;

	scene_moves_to(copy_name("cut"));
	db = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(db);
	scene("create function public.fail() returns trigger language plpgsql as "
	      "$$ begin raise exception 'cut' using errcode = '57014'; end $$");
	scene("create trigger cut before insert on books.txn for each row when (new.seq = 9000) execute function public.fail()");
	ok(recover(&w, &done) != OK, "recovery is cut");
	is_str(scene("select next_seq from books.counter"), "7097", "after it had brought back a part");
	scene("drop trigger cut on books.txn");
	ok(went(&w, recover(&w, &done)) && done.had == 7097 && done.size == 12002,
		"run again, it goes on from there");
	is_str(scene("select next_seq from books.counter"), "12003", "to the end");
	arena_free(w.arena);
	db_close(db);
}

static void refused(struct work *w, const char *code, const char *rule)
{
	struct recovery done;
	const char *before = arena_strdup(w->arena, scene("select next_seq from books.counter"));

	is_i64(recover(w, &done), REFUSED, "%s is refused", rule);
	is_str(w->why.code, code, "by its name");
	is_str(scene("select next_seq from books.counter"), before, "and nothing was written");
}

static void impossible(void)
{
	struct db *db;
	struct work w;
	struct bytes leaves;
	uint8_t *changed;

	scene_moves_to(copy_name("other"));
	db = db_open(NULL, DB_DUTY_OWNER);
	w = work_on(db);
	leaves = file_of(w.arena, "leaves/0/3001-11192");
	changed = arena_copy(w.arena, leaves.at, leaves.n);
	changed[leaves.n - 20] ^= 1;
	put_file(w.arena, "leaves/0/3001-11192", bytes_of(changed, leaves.n));
	refused(&w, "archive_damaged", "an archive whose leaves do not give its signed root");
	unlink(path_of(w.arena, "leaves/0/3001-11192"));
	refused(&w, "archive_gap", "an archive that does not reach back to the dump");
	put_file(w.arena, "leaves/0/3001-11192", leaves);
	post_n(db, 90000, 1);
	refused(&w, "recover_diverged", "a database that went on after the restore");
	arena_free(w.arena);
	db_close(db);
}

static void nothing_to_recover_from(void)
{
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);

	refused(&w, "archive_empty", "an archive without a checkpoint");
	arena_free(w.arena);
	db_close(db);
}

static void a_ledger(void)
{
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	size_t n;

	ok(went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)), "a ledger begins");
	post_n(db, 1, 3000);
	ok(went(&w, seal(&w, &n)) && n == 3001, "and is sealed");
	db_close(db);
	take_copy("old");
	take_copy("cut");
	take_copy("other");
	db = db_open(NULL, DB_DUTY_OWNER);
	w.db = db;
	post_n(db, 3001, 9000);
	ok(went(&w, seal(&w, &n)) && n == SEAL_LEAVES && went(&w, seal(&w, &n)) && n == 9000 - SEAL_LEAVES,
		"it goes on after the dump");
	arena_free(w.arena);
	db_close(db);
}

int main(void)
{
	books_scene_begin("recover");
	archive_begin();
	nothing_to_recover_from();
	a_ledger();
	restored();
	cut();
	impossible();
	archive_end();
	scene_moves_to("postgres");
	scene("drop database %s with (force)", copy_name("old"));
	scene("drop database %s with (force)", copy_name("cut"));
	scene("drop database %s with (force)", copy_name("other"));
	scene_end();
	return done_testing();
}
