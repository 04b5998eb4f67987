/* Exports: what a month begins with, that it stays the same until there is more of it, and what the log does not sign.
 *
 * EXPORT_MANY=1000000 also says how long so many transactions take, and how much memory. */
#include <sys/resource.h>

#include "ledger/base/text.h"
#include "ledger/books/export_store.h"
#include "tests/unit/db_archive.h"

static struct db *db;
static const struct month april = {2024, 4}, may = {2024, 5};

/* What it points to is gone afterwards. */
static struct exported export_to(
	FILE *to, enum export_format format, struct month period, enum result want, const char *code)
{
	struct work w = work_on(db);
	struct exported e;
	enum result r;

	w.deadline_us = work_deadline_in_ms(600000);
	bug_if(tx_begin(&w) != OK);
	r = books_export(&w, format, period, INT64_MAX, to, &e);
	if (r != want || (r != OK && strcmp(w.why.code, code) != 0))
		note("%s: %s: %s", result_name(r), w.why.code, w.why.text);
	ok(r == want && (r == OK || why_is(&w.why, code)), "%s of %d-%d: %s", export_format_name(format),
		period.year, period.month, r == OK ? "made" : code);
	tx_rollback(&w);
	arena_free(w.arena);
	return e;
}

/* The file's rows that begin so, in its order; the caller frees. */
static char *rows_of(struct month period, const char *begin)
{
	char *whole, *rows, *line;
	size_t n;
	FILE *to = open_memstream(&whole, &n);

	export_to(to, EXPORT_CSV, period, OK, "");
	fclose(to);
	to = open_memstream(&rows, &n);
	for (char *rest = whole; (line = strsep(&rest, "\n")) != NULL;)
		if (strncmp(line, begin, strlen(begin)) == 0)
			fprintf(to, "%s\n", line);
	fclose(to);
	free(whole);
	return rows;
}

static void post_on(const char *day, int64_t line, int64_t dong)
{
	struct work w = work_on(db);
	struct told_by by = told_by_scribe();
	struct entry e;

	bug_if(!day_parse(bytes_z(day), &by.effective));
	e = entry_funding(w.arena, &by,
		&(struct statement_fact){.line = line,
			.funding_account = "pt-merit",
			.day = by.effective,
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB 24; \"é\",\n1"});
	bug_if(!went(&w, post_all(&w, &e, 1, FLOORS_REFUSE, NULL)));
	arena_free(w.arena);
}

static void seal_all(void)
{
	struct work w = work_on(db);
	size_t n;

	do
		bug_if(!went(&w, seal(&w, &n)));
	while (n == SEAL_LEAVES);
	arena_free(w.arena);
}

static void months(void)
{
	struct exported before, after;
	char *opening;

	export_to(NULL, EXPORT_CSV, april, REFUSED, "export_empty");
	post_on("2024-04-03", 1, 1000);
	post_on("2024-05-02", 2, 30);
	post_on("2024-04-30", 3, 500);
	export_to(NULL, EXPORT_CSV, may, REFUSED, "export_empty");
	seal_all();
	before = export_to(NULL, EXPORT_HLEDGER, april, OK, "");
	is_i64(before.count.transactions, 2, "a month has what counts for its days");
	opening = rows_of(may, "opening,");
	is_str(opening,
		"opening,2024-05-01,,,,,,,,assets:bank:pt-merit,1500\n"
		"opening,2024-05-01,,,,,,,,liabilities:advance:pt-merit,-1500\n",
		"and begins with what was there before it");
	free(opening);
	post_on("2024-04-05", 4, 7);
	after = export_to(NULL, EXPORT_HLEDGER, april, OK, "");
	ok(hash_eq(&before.sha256, &after.sha256), "what is not sealed yet is not in it");
	opening = rows_of(may, "opening,");
	ok(strstr(opening, "pt-merit,1500\n") != NULL, "nor in what a later month begins with");
	free(opening);
	seal_all();
	post_on("2024-06-01", 5, 1);
	seal_all();
	after = export_to(NULL, EXPORT_HLEDGER, april, OK, "");
	ok(!hash_eq(&before.sha256, &after.sha256) && after.count.transactions == 3, "then it is");
	before = after;
	post_on("2024-06-02", 6, 1);
	seal_all();
	after = export_to(NULL, EXPORT_HLEDGER, april, OK, "");
	ok(hash_eq(&before.sha256, &after.sha256), "what other months get changes nothing");
}

static void words_from_outside(void)
{
	char *row = rows_of(may, "posting,");

	ok(strstr(row, ",KB%2024%3B%20%22%C3%A9%22%2C%0A1,assets:bank:pt-merit,30\n") != NULL,
		"what a bank calls its entry cannot end a field, a comment or a line");
	free(row);
}

/* ---- the signature ---------------------------------------------------------------------------------------------------------- */

static enum result ask(const struct exported *e)
{
	struct work w = work_on(db);
	enum result r;

	bug_if(tx_begin(&w) != OK || books_export_ask(&w, e) != OK);
	r = tx_commit(&w);
	arena_free(w.arena);
	return r;
}

static bool note_of(struct work *w, const struct exported *e, struct bytes *note)
{
	TX_GUARD(w);
	bug_if(tx_begin(w) != OK);
	return books_export_answer(w, e, note) == OK;
}

static size_t sign_some(const struct sealer *by)
{
	struct work w = work_on(db);
	size_t n = 0;

	w.deadline_us = work_deadline_in_ms(60000);
	(void)!went(&w, books_export_sign(&w, by, &n));
	arena_free(w.arena);
	return n;
}

static void signature(void)
{
	CLEANUP(buf_free) struct buf text = BUF(1000);
	struct work w = work_on(db);
	struct exported e = export_to(NULL, EXPORT_JSON, april, OK, ""), other = e, stranger = e;
	struct sealer another = sealer;
	struct sign_key *strange = sign_new();
	struct verify_key half;
	struct note note;
	struct bytes signed_note;
	uint64_t at;

	is_i64((int64_t)sign_some(&sealer), 0, "nobody asked, nothing is signed");
	bug_if(ask(&e) != OK || ask(&e) != OK);
	ok(note_of(&w, &e, &signed_note) && signed_note.n == 0, "asked twice, it waits");
	is_i64((int64_t)sign_some(&sealer) + (int64_t)sign_some(&sealer), 1, "and is signed once");
	export_note_text(&e.head, &e.sha256, &text);
	ok(note_of(&w, &e, &signed_note) && note_parse(signed_note, &note, &w.why) &&
			note_verify(&note, &verifier, 1, &at, &w.why) &&
			bytes_eq(note.text, buf_bytes(&text)),
		"the note is of this file and by the log");

	other.sha256 = sha256(bytes_z("a file that somebody else made"));
	bug_if(ask(&other) != OK);
	is_i64((int64_t)sign_some(&sealer), 1, "another file for the month is answered");
	ok(!note_of(&w, &other, &signed_note) && why_is(&w.why, "export_refused") &&
			strstr(w.why.text, "export_differs"),
		"and refused");

	stranger = export_to(NULL, EXPORT_CSV, may, OK, "");
	another.key = strange;
	half = sign_public(strange);
	another.log = note_verifier(ORIGIN, NOTE_ED25519, &half);
	bug_if(ask(&stranger) != OK);
	is_i64((int64_t)sign_some(&another), 1, "with another log's key it is answered");
	ok(!note_of(&w, &stranger, &signed_note) && strstr(w.why.text, "note_unsigned"),
		"and not signed: the checkpoint is not its own");
	bug_if(ask(&stranger) != OK);
	ok(note_of(&w, &stranger, &signed_note) && signed_note.n == 0, "what was refused may be asked again");
	is_i64((int64_t)sign_some(&sealer), 1, "and is answered anew");
	ok(note_of(&w, &stranger, &signed_note) && signed_note.n > 0, "with what is right now");
	sign_free(strange);
	arena_free(w.arena);
}

/* ---- books that were changed behind everybody's back ------------------------------------------------------------------------- */

static void changed(void)
{
	static const struct {
		const char *there, *back, *code;
	} edits[] = {
		{"update books.txn set effective = '2024-05-09' where seq = 1",
			"update books.txn set effective = '2024-04-03' where seq = 1", "export_differs"},
		{"update books.balance_day set moved = moved + 1 where day = '2024-04-30'",
			"update books.balance_day set moved = moved - 1 where day = '2024-04-30'",
			"export_differs"},
		{"update books.txn set leaf = x.leaf, leaf_hash = sha256('\\x00'::bytea || x.leaf) from (select convert_to(replace(convert_from(leaf, "
		 "'UTF8'), 'KB%2024', 'KB%2025'), 'UTF8') as leaf from books.txn where seq = 1) x where seq = 1",
			"update books.txn set leaf = x.leaf, leaf_hash = sha256('\\x00'::bytea || x.leaf) from (select convert_to(replace(convert_from(leaf, "
			"'UTF8'), 'KB%2025', 'KB%2024'), 'UTF8') as leaf from books.txn where seq = 1) x where seq = 1",
			"export_differs"},
		{"create table public.kept as select * from books.txn where seq = 0; update books.txn set leaf = x.leaf, leaf_hash = sha256('\\x00'::bytea || x.leaf) "
		 "from (select convert_to(replace(convert_from(leaf, 'UTF8'), 'currency VND', 'currency USD'), 'UTF8') as leaf from books.txn where seq = 0) x "
		 "where seq = 0",
			"update books.txn t set leaf = k.leaf, leaf_hash = k.leaf_hash from public.kept k where t.seq = 0",
			"export_currency"},
		{"alter table books.txn drop constraint txn_leaf_hash; update books.txn set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), "
		 "'KB%2024', 'KB%2025'), 'UTF8') where seq = 1",
			"update books.txn set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'KB%2025', 'KB%2024'), 'UTF8') where seq = 1",
			"export_differs"},
		{"update books.txn set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '1000 VND', '1000.5 VND'), 'UTF8') where seq = 1",
			"update books.txn set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '1000.5 VND', '1000 VND'), 'UTF8') where seq = 1",
			"leaf_line"},
	};

	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i].there);
		export_to(NULL, EXPORT_CSV, april, REFUSED, edits[i].code);
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i].back);
	}
	export_to(NULL, EXPORT_CSV, april, OK, "");
}

/* ---- many ----------------------------------------------------------------------------------------------------------------------- */

static void many(const char *said)
{
	int64_t n = strtoll(said, NULL, 10);
	struct rusage use;
	int64_t began;
	long before;

	for (int64_t i = 0; i < n; i += 4000) {
		post_n(db, 100 + i, 4000);
		seal_all();
	}
	scene("vacuum analyze books.txn");
	getrusage(RUSAGE_SELF, &use);
	before = use.ru_maxrss;
	for (unsigned f = 0; f < EXPORT_FORMATS; f++) {
		FILE *to = fopen("/dev/null", "we");
		struct exported e;

		began = monotonic_us();
		e = export_to(to, (enum export_format)f, april, OK, "");
		getrusage(RUSAGE_SELF, &use);
		note("%s: %lld postings in %.1f s; largest memory %ld MiB before and %ld MiB now",
			export_format_name((enum export_format)f), (long long)e.count.postings,
			(double)(monotonic_us() - began) / 1e6, before / 1024, use.ru_maxrss / 1024);
		fclose(to);
	}
}

int main(void)
{
	struct work w;
	struct genesis_key k;
	struct genesis g;

	books_scene_begin("db_books_export");
	db = db_open(NULL, DB_DUTY_OWNER);
	archive_begin();
	export_to(NULL, EXPORT_CSV, april, REFUSED, "export_empty");
	w = work_on(db);
	g = genesis_of(&k);
	bug_if(!went(&w, books_genesis(&w, "officer:admin", (struct day){19800}, &g)));
	arena_free(w.arena);
	seal_all();
	months();
	words_from_outside();
	signature();
	changed();
	if (getenv("EXPORT_MANY"))
		many(getenv("EXPORT_MANY"));
	db_close(db);
	archive_end();
	scene_end();
	return done_testing();
}
