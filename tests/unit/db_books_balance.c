/* Balances of an account with very many postings: right on both clocks, and read from a few pages.
 *
 *	db_books_balance [POSTINGS [DAYS]]	so many; what each question reads and takes is printed as JSON in a remark */
#include "tests/unit/db_books.h"

#include <inttypes.h>

#include "ledger/books/balance_store.h"

#define HOT        "assets:bank:pt-merit"
#define PAGES_MOST 20

static struct db *db;

/* Set by set, round the guards, as they would be: transaction i moves the hot account and one of thirty others (the first ten: one that never moves again) by 1 + i % 997, is
 * recorded in the i-th second, and counts for a day that follows; each hundredth for one a week earlier. */
static void many(int64_t n, int64_t days)
{
	scene("insert into books.ledger_account (code) select '" HOT
	      "' union all select 'liabilities:payable:pt:p' || k from generate_series(1, 31) k");
	scene("begin; set local session_replication_role = replica;"
	      "create table public.t as select i as seq, 1 + i %% 997 as amount, timestamptz '2020-01-01' + i * interval '1 s' as recorded, "
	      "date '2020-01-01' + (i::bigint * %" PRId64 " / %" PRId64
	      ")::integer - case when i %% 100 = 0 then 7 else 0 end as day, "
	      "(select id from books.ledger_account where code = 'liabilities:payable:pt:p' || case when i < 10 then 31 else 1 + i %% 30 end) as other "
	      "from generate_series(0, %" PRId64 " - 1) i;"
	      "insert into books.txn select seq, 't.' || seq, sha256(''), 'funding', day, recorded, false, null, 2, "
	      "''::bytea, sha256('\\x00') from public.t order by seq;"
	      "insert into books.posting select x.seq, x.n, x.account, x.amount, sum(x.amount) over (partition by x.account order by x.seq) "
	      "from (select seq, 1 as n, a.id as account, amount from public.t, books.ledger_account a where a.code = '" HOT
	      "' union all select seq, 2, other, -amount from public.t) x order by x.seq, x.n;"
	      "insert into books.balance_day select p.account, t.day, sum(p.amount) from books.posting p join public.t t using (seq) "
	      "group by 1, 2 order by 2, 1;"
	      "insert into books.balance select account, sum(amount), max(seq) from books.posting group by 1;"
	      "update books.counter set next_seq = %" PRId64 "; commit",
		days, n, n, n);
	scene("vacuum analyze books.txn, books.posting, books.balance_day, books.balance, books.ledger_account");
}

static const char *expected(const char *what)
{
	static char kept[64];

	snprintf(kept, sizeof kept, "%s",
		scene("select coalesce(sum(amount), 0) from public.t where %s", what));
	return kept;
}

static int64_t of_hot(struct work *w, const struct balances_asked *asked)
{
	struct balances b;

	if (!went(w, books_balances(w, asked, &b)) || b.n != 1 || strcmp(b.accounts[0], HOT) != 0)
		return -1;
	return vnd_dong(b.at[0]);
}

static int64_t recorded_before(struct work *w, const char *at)
{
	int64_t us;

	if (!instant_parse(bytes_z(at), &us))
		return -1;
	return of_hot(w, &(struct balances_asked){.account = HOT, .clock = CLOCK_RECORDED, .before_us = us});
}

static int64_t effective_on(struct work *w, const char *at)
{
	struct day day;

	if (!day_parse(bytes_z(at), &day))
		return -1;
	return of_hot(w, &(struct balances_asked){.account = HOT, .clock = CLOCK_EFFECTIVE, .day = day});
}

static void right(void)
{
	struct work w = work_on(db);
	struct balances all;
	struct vnd sum = vnd(0);

	is_i64(of_hot(&w, &(struct balances_asked){.account = HOT}), strtoll(expected("true"), NULL, 10),
		"the balance now is that of all postings");
	is_i64(recorded_before(&w, "2020-01-02T10:00:00.000000Z"),
		strtoll(expected("recorded < '2020-01-02 10:00+00'"), NULL, 10),
		"as it was recorded before an instant");
	is_i64(recorded_before(&w, "2020-01-02T10:00:00.000001Z"),
		strtoll(expected("recorded <= '2020-01-02 10:00+00'"), NULL, 10),
		"and what came at that very instant");
	is_i64(recorded_before(&w, "2019-12-31T00:00:00.000000Z"), 0, "before the first posting it is 0");
	is_i64(effective_on(&w, "2020-06-30"), strtoll(expected("day <= '2020-06-30'"), NULL, 10),
		"as of a day, by what counts for it, whenever it was recorded");
	is_i64(effective_on(&w, "2010-01-01"), 0, "before the first day it is 0");
	for (enum balances_clock c = CLOCK_NOW; c <= CLOCK_EFFECTIVE; c++) {
		is_i64(books_balances(&w,
			       &(struct balances_asked){.account = "assets:bank:nobody", .clock = c}, &all),
			REFUSED, "an account that is not there has none");
		is_str(w.why.code, "ledger_account_unknown", "by its name");
	}
	ok(went(&w, books_balances(&w,
			    &(struct balances_asked){.clock = CLOCK_EFFECTIVE, .day = {.n = 19000}}, &all)) &&
			all.n == 32,
		"of all accounts at once");
	for (size_t i = 0; i < all.n; i++)
		bug_if(!vnd_add(sum, all.at[i], &sum));
	ok(vnd_is_zero(sum), "which add up to 0 on any day");
	arena_free(w.arena);
}

/* Pages that the program's own statement touches, with the plan that any argument gets. */
static int64_t pages(enum query q, const char *types, const char *arguments, double *ms)
{
	int64_t n;

	scene("deallocate all");
	scene("set plan_cache_mode = force_generic_plan");
	scene("prepare q (%s) as %s", types, query_table[q].sql);
	scene("select public.looked('execute q (%s)')", arguments);
	n = strtoll(scene("select pages from public.looked('execute q (%s)')", arguments), NULL, 10);
	*ms = strtod(scene("select ms from public.looked('execute q (%s)')", arguments), NULL);
	return n;
}

static void cheap(int64_t n, int64_t days)
{
	double ms[3];
	int64_t now, recorded, effective;

	scene("create function public.looked(what text, out pages bigint, out ms numeric) language plpgsql as $$ declare j json; begin "
	      "execute 'explain (analyze, buffers, format json) ' || what into j; "
	      "pages := (j -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (j -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint; "
	      "ms := (j -> 0 ->> 'Execution Time')::numeric; end $$");
	now = pages(Q_BOOKS_BALANCES, "text", "''" HOT "''", &ms[0]);
	recorded = pages(Q_BOOKS_BALANCES_RECORDED, "text, timestamptz",
		"''" HOT "'', ''2020-01-02 10:00+00''", &ms[1]);
	effective = pages(Q_BOOKS_BALANCES_EFFECTIVE, "text, date", "''" HOT "'', ''2024-01-01''", &ms[2]);
	note("{\"bench\": \"balance\", \"postings_of_account\": %" PRId64 ", \"days\": %" PRId64
	     ", \"now_pages\": %" PRId64 ", \"now_ms\": %.3f, \"recorded_pages\": %" PRId64
	     ", \"recorded_ms\": %.3f, \"effective_pages\": %" PRId64 ", \"effective_ms\": %.3f}",
		n, days, now, ms[0], recorded, ms[1], effective, ms[2]);
	ok(pages(Q_BOOKS_BALANCES_RECORDED, "text, timestamptz",
		   "''liabilities:payable:pt:p31'', ''2020-01-02 10:00+00''", &ms[1]) <= PAGES_MOST,
		"also of an account that did not move for long");
	ok(now > 0 && now <= PAGES_MOST, "the balance now reads a few pages");
	ok(recorded > 0 && recorded <= PAGES_MOST, "as of recorded time too");
	ok(effective > 0 && effective <= PAGES_MOST, "and as of a day");
}

int main(int argc, char **argv)
{
	int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000,
		days = argc > 2 ? strtoll(argv[2], NULL, 10) : 2500;

	books_scene_begin("balance");
	db = db_open(NULL, DB_DUTY_OWNER);
	many(n, days);
	right();
	cheap(n, days);
	db_close(db);
	scene_end();
	return done_testing();
}
