/* Posting: what is in the books once stays there once, in order, whole, whoever posts beside it. */
#include "tests/unit/db_books.h"

#include "ledger/base/file.h"
#include "ledger/books/chart.h"

static struct db *db;

static void a_thousand(void)
{
	struct work w = work_on(db);
	struct entry *at = arena_array(w.arena, 1001, struct entry);
	struct posted p;
	bool in_order = true;
	struct vnd balance;

	at[0] = funding_of(w.arena, 1, 1000000000);
	for (size_t i = 1; i <= 1000; i++)
		at[i] = settled_of(w.arena, (int64_t)i, 500000 + (int64_t)i);
	ok(went(&w, post_all(&w, at, 1001, FLOORS_RECORD, &p)) && p.n_fresh == 1001,
		"a thousand transactions are posted as one");
	for (size_t i = 0; i < 1001; i++)
		in_order = in_order && p.seq[i] == (int64_t)i && p.fresh[i];
	ok(in_order, "their numbers follow each other in the order of the array");
	ok(books_whole(&w, 1001), "each leaf says what its rows say, and all sums hold");
	ok(went(&w, books_balance(&w, "assets:bank:pt-merit", &balance)) &&
			vnd_dong(balance) == 1000000000 - 500000 * 1000 - 500500,
		"the balance is funding minus what was paid");
	is_str(scene("select balance_after from books.posting p join books.ledger_account a on a.id = p.account "
		     "where a.code = 'assets:bank:pt-merit' and p.seq = 1"),
		"999499999", "each posting keeps the balance after it");
	is_str(scene("select sum(moved) from books.balance_day d join books.ledger_account a on a.id = d.account "
		     "where a.code = 'assets:bank:pt-merit' and day = '2024-04-04'"),
		"-167167167", "the other clock counts by effective day");
	is_i64(p.n_below == 1, 1, "an account that a bank's fact drove below its floor is told of");
	is_str(p.n_below == 1 ? p.below[0] : "", "liabilities:in-flight:pt-merit", "by its code");
	arena_free(w.arena);
}

static void again(void)
{
	struct work w = work_on(db);
	struct entry at[4] = {
		settled_of(w.arena, 7, 500007),
		settled_of(w.arena, 2000, 1),
		settled_of(w.arena, 2000, 1),
		settled_of(w.arena, 8, 500008),
	};
	struct posted p;

	at[0].actor = "officer:hoa";
	ok(went(&w, post_all(&w, at, 4, FLOORS_RECORD, &p)) && p.n_fresh == 1 && !p.fresh[0] && p.fresh[1] &&
			!p.fresh[2] && !p.fresh[3],
		"what is there already is skipped, and twice in one array is once");
	ok(p.seq[0] == 7 && p.seq[1] == 1001 && p.seq[2] == 1001 && p.seq[3] == 8,
		"each entry is told where it is");
	ok(went(&w, post_all(&w, at, 4, FLOORS_RECORD, &p)) && p.n_fresh == 0, "a repetition posts nothing");
	is_str(scene("select next_seq from books.counter"), "1002", "and takes no number");
	ok(books_whole(&w, 1002), "the books are whole after repetitions");
	arena_free(w.arena);
}

static void conflicts(void)
{
	struct work w = work_on(db);
	struct entry at[2] = {settled_of(w.arena, 3000, 5), settled_of(w.arena, 7, 500008)};
	struct posted p;

	is_i64(post_all(&w, at, 2, FLOORS_RECORD, &p), REFUSED,
		"the same key with another amount is refused");
	is_str(w.why.code, "idem_conflict", "as a conflict");
	is_str(scene("select count(*) from books.txn where idem = 'p3000.settled'"), "0",
		"and what was posted beside it is not there");
	at[1] = settled_of(w.arena, 3000, 6);
	is_i64(post_all(&w, at, 2, FLOORS_RECORD, &p), REFUSED,
		"two contents for one key in one array are refused");
	is_str(w.why.code, "idem_conflict", "as a conflict too");
	arena_free(w.arena);
}

static void floors(void)
{
	struct work w = work_on(db);
	struct told_by by = told_by_scribe();
	struct entry release = entry_batch_released(w.arena, &by,
		&(struct batch_released){.batch = 1,
			.version = 1,
			.lines = 1,
			.sum = vnd(2000000000),
			.unfunded = vnd(2000000000),
			.agency = "phan-thiet",
			.programme = "merit",
			.funding_account = "pt-merit",
			.officers = {"hoa", "minh"}});
	struct entry good = funding_of(w.arena, 2, 5);
	struct entry both[2] = {good, release};
	struct posted p;

	is_i64(post_all(&w, both, 2, FLOORS_REFUSE, &p), REFUSED,
		"more than the treasury advanced is not released");
	is_str(w.why.code, "floor", "because an account would go below its floor");
	is_str(scene("select count(*) from books.txn where idem like 'lpt-merit.%%.2'"), "0",
		"then nothing of the transaction is there");
	ok(went(&w, post_all(&w, &good, 1, FLOORS_REFUSE, &p)) && p.n_below == 0,
		"what stays above the floor passes");
	ok(went(&w, post_all(&w, &release, 1, FLOORS_RECORD, &p)) && p.n_below == 1,
		"a bank's fact is recorded all the same");
	arena_free(w.arena);
}

static void nonsense(void)
{
	struct work w = work_on(db);
	struct entry good = funding_of(w.arena, 3, 5);
	struct leg legs[2] = {good.legs[0], good.legs[1]};
	struct entry bad = good;

	legs[0].amount = vnd(6);
	bad.legs = legs;
	is_i64(post_all(&w, &bad, 1, FLOORS_RECORD, NULL), REFUSED,
		"an entry of sum 1 is refused before the database");
	is_str(w.why.code, "leaf_unbalanced", "by its name");
	bad = good;
	bad.idem = "L3";
	is_i64(post_all(&w, &bad, 1, FLOORS_RECORD, NULL), REFUSED, "a key in capitals is refused");
	bad = good;
	bad.lines = bytes_z("x y\n");
	is_i64(post_all(&w, &bad, 1, FLOORS_RECORD, NULL), REFUSED, "lines of no kind are refused");
	bad = entry_reversal(w.arena, &(struct told_by){.actor = "duty:scribe", .effective = {19816}},
		&(struct reversal){.seq = 123456,
			.n_legs = good.n_legs,
			.legs = good.legs,
			.reason = "wrong_entry",
			.officers = {"hoa", "minh"}});
	is_i64(post_all(&w, &bad, 1, FLOORS_RECORD, NULL), REFUSED, "what is not there is not taken back");
	is_str(w.why.code, "reverses_unknown", "by its name");
	ok(went(&w, post_all(&w, NULL, 0, FLOORS_RECORD, NULL)), "posting nothing is fine");
	arena_free(w.arena);
}

/* One of each kind from the golden files; the database's own lists of kinds and accounts must know them all. */
static void every_kind(void)
{
	static const char *const names[] = {"genesis", "batch.approved", "approval", "batch.released",
		"dispatch.sent", "payout.rejected", "payout.not_paid", "payout.settled",
		"payout.settled.cash", "payout.returned", "claim.voided", "statement.file", "funding", "fee",
		"suspense", "suspense.debit", "break.opened", "break.resolved", "agent.advanced",
		"agent.returned", "reversal", "clawback", "unclaimed.cancelled", "refund", "recovered", "key",
		"close"};
	struct work w = work_on(db);
	struct entry at[COUNT_OF(names)];
	struct posted p;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char path[100];
		struct bytes text;
		struct leaf leaf;

		snprintf(path, sizeof path, "tests/vectors/books/leaf/%s.leaf", names[i]);
		if (!read_file(w.arena, path, LEAF_MAX, &text, &w.why) ||
			!leaf_parse(w.arena, text, &leaf, &w.why))
			bug("%s: %s", path, w.why.text);
		at[i] = leaf.entry;
		at[i].idem = arena_printf(w.arena, "golden.%s", leaf.entry.idem);
	}
	ok(went(&w, post_all(&w, at, COUNT_OF(names), FLOORS_RECORD, &p)), "every kind can be posted");
	arena_free(w.arena);
}

static void every_account(void)
{
	struct work w = work_on(db);
	int wrong = 0;

	for (unsigned f = 0; f < ACCOUNTS; f++) {
		const char *code = NULL;
		static const bool pair[ACCOUNTS] = {[ACCOUNT_CLAWBACK] = true,
			[ACCOUNT_PAYABLE] = true,
			[ACCOUNT_UNCLAIMED] = true,
			[ACCOUNT_BENEFIT] = true,
			[ACCOUNT_LOSS] = true,
			[ACCOUNT_FUNDING] = true,
			[ACCOUNT_CLOSED] = true};

		code = account_code(w.arena, (enum account)f, "zz", pair[f] ? "zz" : NULL);
		scene("insert into books.ledger_account (code) values ('%s')", code);
		wrong += strtol(scene("select normal from books.ledger_account where code = '%s'", code),
				 NULL, 10) != account_normal((enum account)f);
		wrong +=
			strcmp(scene("select floor_dong is not null from books.ledger_account where code = '%s'",
				       code),
				account_has_floor((enum account)f) ? "t" : "f") != 0;
	}
	is_i64(wrong, 0, "the database gives each family the side and the floor that the chart gives it");
	scene("insert into books.balance (account) select id from books.ledger_account where code like '%%zz'");
	arena_free(w.arena);
}

static void longer_than_one_call(void)
{
	struct work w = work_on(db);
	struct entry *at = arena_array(w.arena, 9001, struct entry);
	struct posted p;
	int64_t before = strtoll(scene("select next_seq from books.counter"), NULL, 10);

	for (size_t i = 0; i < 9000; i++)
		at[i] = settled_of(w.arena, 10000 + (int64_t)i, 3);
	at[9000] = at[0];
	ok(went(&w, post_all(&w, at, 9001, FLOORS_RECORD, &p)) && p.n_fresh == 9000 &&
			p.seq[8999] == before + 8999 && p.seq[9000] == before && !p.fresh[9000],
		"nine thousand in one call are one transaction, without a gap, each once");
	ok(p.n_below == 1, "each account below its floor is told once");
	arena_free(w.arena);
}

static void rolled_back(void)
{
	struct work w = work_on(db);
	struct entry e = funding_of(w.arena, 77, 5);
	const char *before = arena_strdup(w.arena, scene("select next_seq from books.counter"));
	struct posted p;

	{
		TX_GUARD(&w);
		ok(tx_begin(&w) == OK && books_post(&w, &e, 1, FLOORS_RECORD, &p) == OK,
			"a transaction posts and does not commit");
	}
	is_str(scene("select next_seq from books.counter"), before, "then its number is given to the next");
	arena_free(w.arena);
}

/* A superuser can go round every trigger; the leaves tell. */
static void clumsy_edits(void)
{
	static const struct {
		const char *sql, *code, *rule;
	} edits[] = {
		{"update books.posting set amount = amount + 1 where seq = 5 and n = 1", "books_unbalanced",
			"one amount"},
		{"update books.posting set amount = amount * 2 where seq = 5", "books_balance",
			"both amounts"},
		{"update books.posting set balance_after = balance_after + 1 where seq = 5 and n = 1",
			"books_balance_after", "a balance in the past"},
		{"update books.balance_day set moved = moved + 1 where day = '2024-04-03'",
			"books_balance_day", "a day's sum"},
		{"delete from books.txn where seq = 5", "books_sequence", "a transaction taken out"},
		{"update books.txn set effective = effective + 1 where seq = 5", "books_balance_day",
			"an effective day"},
		{"update books.txn set kind = 'payout.rejected' where seq = 5", "books_row", "a kind"},
		{"update books.txn set recorded = recorded + interval '1 us' where seq = 5", "books_row",
			"a recorded time"},
		{"update books.txn set idem_hash = sha256('') where seq = 5", "books_row", "a meaning"},
		{"alter table books.txn drop constraint txn_leaf_hash; update books.txn set leaf_hash = sha256('') where seq = 5",
			"books_leaf_hash", "a leaf hash"},
		{"insert into books.tree_head (size, nodes, root) values (3, convert_to(repeat('x', 64), 'UTF8'), sha256(''))",
			"books_root", "a tree head"},
	};
	struct work w = work_on(db);
	struct books_check found;

	scene("create table public.txn as select * from books.txn where seq = 5");
	scene("create table public.posting as select * from books.posting where seq = 5");
	scene("create table public.balance_day as select * from books.balance_day");
	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		scene("begin; set local session_replication_role = replica; %s; commit", edits[i].sql);
		w.deadline_us = work_deadline_in_ms(60000);
		is_i64(books_check(&w, &found), REFUSED, "%s that was edited round the triggers is found",
			edits[i].rule);
		is_str(w.why.code, edits[i].code, "by its name");
		scene("begin; set local session_replication_role = replica; delete from books.txn where seq = 5;"
		      "delete from books.posting where seq = 5; delete from books.balance_day; delete from books.tree_head;"
		      "insert into books.txn select * from public.txn; insert into books.posting select * from public.posting;"
		      "insert into books.balance_day select * from public.balance_day; commit");
	}
	ok(went(&w, books_check(&w, &found)), "undone, nothing is found");
	arena_free(w.arena);
}

/* ---- eight at once -------------------------------------------------------------------------------------------------- */

#define LANES 8
#define TURNS 40

static void *lane(void *of)
{
	int64_t number = *(int64_t *)of;
	struct db *own = db_open(NULL, DB_DUTY_OWNER);
	int64_t failed = 0;

	for (int64_t turn = 0; turn < TURNS; turn++) {
		struct work w = work_on(own);
		struct entry at[5];

		/* each its own four, and one that all eight post */
		for (int64_t i = 0; i < 4; i++)
			at[i] = settled_of(w.arena, 100000 + (number * TURNS + turn) * 4 + i, 11);
		at[4] = settled_of(w.arena, 200000 + turn, 13);
		if (post_all(&w, at, 5, FLOORS_RECORD, NULL) != OK) {
			note("lane %d: %s", (int)number, w.why.text);
			failed++;
		}
		arena_free(w.arena);
	}
	db_close(own);
	*(int64_t *)of = failed;
	return NULL;
}

static void eight_at_once(void)
{
	struct work w = work_on(db);
	pthread_t threads[LANES];
	int64_t arg[LANES];
	int64_t failed = 0;
	int64_t before = strtoll(scene("select next_seq from books.counter"), NULL, 10);

	for (int64_t i = 0; i < LANES; i++) {
		arg[i] = i;
		if (pthread_create(&threads[i], NULL, lane, &arg[i]) != 0)
			bug("no thread");
	}
	for (int64_t i = 0; i < LANES; i++) {
		pthread_join(threads[i], NULL);
		failed += arg[i];
	}
	is_i64(failed, 0, "eight connections post at once and none fails");
	ok(books_whole(&w, before + LANES * TURNS * 4 + TURNS),
		"their numbers have no gap, the shared keys are there once, and every balance is that of its postings");
	arena_free(w.arena);
}

/* ---- everybody takes everything back -------------------------------------------------------------------------------- */

#define TAKEN_BACK 50

static int64_t first_of_them;

static void *taker(void *of)
{
	struct db *own = db_open(NULL, DB_DUTY_OWNER);
	int64_t fresh = 0;

	for (int64_t i = 0; i < TAKEN_BACK; i++) {
		struct work w = work_on(own);
		struct told_by by = told_by_scribe();
		struct entry original = settled_of(w.arena, 300000 + i, 17);
		struct entry entry;
		struct posted p;

		by.actor = *(int64_t *)of % 2 == 0 ? "officer:hoa" : "officer:minh";
		entry = entry_reversal(w.arena, &by,
			&(struct reversal){.seq = first_of_them + i,
				.n_legs = original.n_legs,
				.legs = original.legs,
				.reason = "wrong_entry",
				.officers = {"hoa", "minh"}});
		if (!went(&w, post_all(&w, &entry, 1, FLOORS_RECORD, &p)))
			bug("not posted");
		fresh += (int64_t)p.n_fresh;
		arena_free(w.arena);
	}
	db_close(own);
	*(int64_t *)of = fresh;
	return NULL;
}

static void each_is_taken_back_once(void)
{
	struct work w = work_on(db);
	struct entry *at = arena_array(w.arena, TAKEN_BACK, struct entry);
	struct posted p;
	pthread_t threads[LANES];
	int64_t arg[LANES];
	int64_t fresh = 0;
	struct vnd before;
	struct vnd after;

	for (int64_t i = 0; i < TAKEN_BACK; i++)
		at[i] = settled_of(w.arena, 300000 + i, 17);
	ok(went(&w, books_balance(&w, "assets:bank:pt-merit", &before)) &&
			went(&w, post_all(&w, at, TAKEN_BACK, FLOORS_RECORD, &p)),
		"there is something to take back");
	first_of_them = p.seq[0];
	for (int64_t i = 0; i < LANES; i++) {
		arg[i] = i;
		if (pthread_create(&threads[i], NULL, taker, &arg[i]) != 0)
			bug("no thread");
	}
	for (int64_t i = 0; i < LANES; i++) {
		pthread_join(threads[i], NULL);
		fresh += arg[i];
	}
	is_i64(fresh, TAKEN_BACK, "eight take back the same fifty at once, and each is taken back once");
	ok(went(&w, books_balance(&w, "assets:bank:pt-merit", &after)) && vnd_cmp(before, after) == 0,
		"the balance is that of before");
	arena_free(w.arena);
}

int main(void)
{
	books_scene_begin("books");
	db = db_open(NULL, DB_DUTY_OWNER);
	a_thousand();
	again();
	conflicts();
	floors();
	nonsense();
	every_kind();
	every_account();
	longer_than_one_call();
	rolled_back();
	eight_at_once();
	each_is_taken_back_once();
	clumsy_edits();
	db_close(db);
	scene_end();
	return done_testing();
}
