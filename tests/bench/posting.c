/* posting: how many ledger transactions a second, a thousand to a commit, beside what else could be done with them.
 *
 *	posting [ROUNDS [SECONDS]]
 *
 * On the database of the PG* variables, which has the schema. Every transaction settles one payout out of one hot treasury
 * account, through books_post, with every guard, leaf and balance on; `bulk` posts a thousand to a commit on one connection.
 *
 *	single    the same, one to a commit, on four connections
 *	copy      the rows of the bulk run before it, by COPY from memory in one transaction, into tables with the same indexes
 *		  and neither trigger nor CHECK; balances are not kept
 *	pgledger  PGLEDGER_SQL=FILE, the public ledger in SQL (its ULID function and pgledger.sql): pgledger_create_transfer as its README
 *		  calls it, one to a commit: 20 connections and 50 accounts taken at random, and `hot`: 4 connections, each
 *		  transfer out of the one treasury account
 *
 * All take turns, bulk first and last; after each round the books are computed again, whole. Prints each round and, last, one
 * JSON object with medians and spread; ratios are those of one round. Never fails on time; books that are not whole end it
 * with 1. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/books/check_store.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"
#include "tests/bench/settled.h"

#define BATCH       1000
#define CONNECTIONS 4
#define LANES_MAX   20
#define ACCOUNTS    50 /* of pgledger, as in its README */

static _Atomic int64_t next_payout;

static void must(enum result r, struct work *w, const char *what)
{
	if (r == OK)
		return;
	fprintf(stderr, "posting: %s: %s: %s: %s\n", what, result_name(r), w->why.code, w->why.text);
	exit(1);
}

static struct work work_begin(struct db *db)
{
	return (struct work){.arena = arena_new(), .db = db, .deadline_us = work_deadline_in_ms(60000)};
}

static void post(struct work *w, size_t n)
{
	int64_t first = atomic_fetch_add(&next_payout, (int64_t)n);
	struct hash src = sha256(bytes_of(&first, sizeof(first)));
	struct entry *at = arena_array(w->arena, n, struct entry);
	struct posted done;

	for (size_t i = 0; i < n; i++)
		at[i] = settled(w->arena, first + (int64_t)i, &src);
	must(tx_begin(w), w, "begin");
	must(books_post(w, at, n, FLOORS_RECORD, &done), w, "post");
	must(tx_commit(w), w, "commit");
	if (done.n_fresh != n)
		bug("%zu of %zu were new", done.n_fresh, n);
}

struct lane {
	pthread_t thread;
	size_t batch;
	unsigned number;
	bool hot;
	int64_t until_us;
	int64_t posted;
};

static void *lane_run(void *of)
{
	struct lane *lane = of;
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_begin(db);

	must(db_connect(&w), &w, "connect");
	while (monotonic_us() < lane->until_us) {
		w.deadline_us = work_deadline_in_ms(60000);
		post(&w, lane->batch);
		lane->posted += (int64_t)lane->batch;
		arena_reset(w.arena);
	}
	arena_free(w.arena);
	db_close(db);
	return NULL;
}

static double measure(void *(*run)(void *), struct lane how, size_t connections, double seconds)
{
	struct lane lanes[LANES_MAX] = {{.batch = 0}};
	int64_t begun = monotonic_us();
	int64_t posted = 0;

	for (size_t i = 0; i < connections; i++) {
		lanes[i] = how;
		lanes[i].number = (unsigned)i;
		lanes[i].until_us = begun + (int64_t)(seconds * 1e6);
		if (pthread_create(&lanes[i].thread, NULL, run, &lanes[i]) != 0)
			bug("no thread");
	}
	for (size_t i = 0; i < connections; i++) {
		pthread_join(lanes[i].thread, NULL);
		posted += lanes[i].posted;
	}
	return (double)posted * 1e6 / (double)(monotonic_us() - begun);
}

/* ---- the peers ------------------------------------------------------------------------------------------------------- */

static PGconn *peer_connect(void)
{
	PGconn *c = PQconnectdb("");

	if (PQstatus(c) != CONNECTION_OK) {
		fprintf(stderr, "posting: %s", PQerrorMessage(c));
		exit(1);
	}
	return c;
}

/* What it says first, or "". */
static const char *peer_does(PGconn *c, const char *sql, ExecStatusType wanted)
{
	static char said[64];
	PGresult *r = PQexec(c, sql);

	if (PQresultStatus(r) != wanted) {
		fprintf(stderr, "posting: %.60s: %s", sql, PQerrorMessage(c));
		exit(1);
	}
	snprintf(said, sizeof said, "%s", PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return said;
}

/* Where the books end. */
static int64_t next_seq(void)
{
	PGconn *c = peer_connect();
	int64_t seq = strtoll(peer_does(c, "select next_seq from books.counter", PGRES_TUPLES_OK), NULL, 10);

	PQfinish(c);
	return seq;
}

static struct bytes copied_out(struct arena *a, PGconn *c, const char *table, int64_t from)
{
	CLEANUP(buf_free) struct buf all = {.max = SIZE_MAX / 2};
	char *some;
	int n;

	peer_does(c,
		arena_printf(a, "copy (select * from %s where seq >= %" PRId64 ") to stdout (format binary)",
			table, from),
		PGRES_COPY_OUT);
	while ((n = PQgetCopyData(c, &some, 0)) > 0) {
		buf_add(&all, some, (size_t)n);
		PQfreemem(some);
	}
	if (n != -1)
		bug("COPY ended: %s", PQerrorMessage(c));
	PQclear(PQgetResult(c));
	while (PQgetResult(c) != NULL)
		;
	return buf_copy(&all, a);
}

static void copy_in(struct arena *a, PGconn *c, const char *table, struct bytes rows)
{
	const char *at = (const char *)rows.at;

	peer_does(c, arena_printf(a, "copy %s from stdin (format binary)", table), PGRES_COPY_IN);
	for (size_t done = 0, n; done < rows.n; done += n) {
		n = rows.n - done < 65536 ? rows.n - done : 65536;
		if (PQputCopyData(c, at + done, (int)n) != 1)
			bug("COPY: %s", PQerrorMessage(c));
	}
	if (PQputCopyEnd(c, NULL) != 1)
		bug("COPY: %s", PQerrorMessage(c));
	for (PGresult *r; (r = PQgetResult(c)) != NULL; PQclear(r))
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			bug("COPY: %s", PQerrorMessage(c));
}

/* What was posted from `from` on, again. */
static double copy_run(int64_t from)
{
	struct arena *a = arena_new();
	PGconn *c = peer_connect();
	int64_t n = next_seq() - from;
	struct bytes txns = copied_out(a, c, "books.txn", from);
	struct bytes postings = copied_out(a, c, "books.posting", from);
	int64_t begun = monotonic_us();
	double rate;

	peer_does(c, "begin", PGRES_COMMAND_OK);
	copy_in(a, c, "public.copied_txn", txns);
	copy_in(a, c, "public.copied_posting", postings);
	peer_does(c, "commit", PGRES_COMMAND_OK);
	rate = (double)n * 1e6 / (double)(monotonic_us() - begun);
	PQfinish(c);
	arena_free(a);
	return rate;
}

static char *account_ids[ACCOUNTS];

static void peers_begin(const char *pgledger)
{
	struct arena *a = arena_new();
	PGconn *c = peer_connect();
	struct bytes sql;
	struct why why;

	peer_does(c,
		"create table public.copied_txn (like books.txn including indexes including storage);"
		"create table public.copied_posting (like books.posting including indexes including storage)",
		PGRES_COMMAND_OK);
	if (pgledger != NULL) {
		if (!read_file(a, pgledger, 1 << 20, &sql, &why)) {
			fprintf(stderr, "posting: %s\n", why.text);
			exit(1);
		}
		peer_does(c, arena_strndup(a, (const char *)sql.at, sql.n), PGRES_COMMAND_OK);
		for (size_t i = 0; i < ACCOUNTS; i++)
			account_ids[i] = strdup(peer_does(
				c, "select id from pgledger_create_account('acct', 'VND')", PGRES_TUPLES_OK));
	}
	PQfinish(c);
	arena_free(a);
}

static void *pgledger_lane(void *of)
{
	struct lane *lane = of;
	PGconn *c = peer_connect();
	unsigned draw = lane->number + 1;

	PQclear(PQprepare(c, "transfer", "select id from pgledger_create_transfer($1, $2, $3)", 3, NULL));
	while (monotonic_us() < lane->until_us) {
		int from = lane->hot ? 0 : rand_r(&draw) % ACCOUNTS;
		int to = (from + 1 + rand_r(&draw) % (ACCOUNTS - 1)) % ACCOUNTS;
		char amount[16];
		const char *values[3] = {account_ids[from], account_ids[to], amount};
		PGresult *r;

		snprintf(amount, sizeof amount, "%d", 500000 + rand_r(&draw) % 1000);
		r = PQexecPrepared(c, "transfer", 3, values, NULL, NULL, 0);
		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			bug("pgledger: %s", PQerrorMessage(c));
		PQclear(r);
		lane->posted++;
	}
	PQfinish(c);
	return NULL;
}

/* ---- rounds ------------------------------------------------------------------------------------------------------- */

enum mode { BULK, SINGLE, COPY, PGLEDGER, PGLEDGER_HOT, MODES };
static const char *const mode_name[MODES] = {"bulk", "single", "copy", "pgledger", "pgledger_hot"};

#define ROUNDS_MAX 50

struct spread {
	double median, least, most;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct spread spread_of(const double *at, int n)
{
	double sorted[ROUNDS_MAX];

	memcpy(sorted, at, (size_t)n * sizeof(*at));
	qsort(sorted, (size_t)n, sizeof(*sorted), by_size);
	return (struct spread){
		.median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2,
		.least = sorted[0],
		.most = sorted[n - 1],
	};
}

static int64_t books_must_be_whole(void)
{
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_begin(db);
	struct books_check found;

	w.deadline_us = work_deadline_in_ms(10 * 60 * 1000);
	must(books_check(&w, &found), &w, "the books are not whole");
	arena_free(w.arena);
	db_close(db);
	return found.txns;
}

static double bulk_run(double seconds)
{
	return measure(lane_run, (struct lane){.batch = BATCH}, 1, seconds);
}

/* One round of them; those that are not there stay 0. */
static void run_all(double rate[MODES], bool pgledger, bool bulk_first, double seconds)
{
	for (int turn = 0; turn < 2; turn++) {
		if ((turn == 0) == bulk_first) {
			int64_t from = next_seq();

			rate[BULK] = bulk_run(seconds);
			rate[COPY] = copy_run(from);
			continue;
		}
		rate[SINGLE] = measure(lane_run, (struct lane){.batch = 1}, CONNECTIONS, seconds);
		if (!pgledger)
			continue;
		rate[PGLEDGER] = measure(pgledger_lane, (struct lane){.hot = false}, LANES_MAX, seconds);
		rate[PGLEDGER_HOT] = measure(pgledger_lane, (struct lane){.hot = true}, CONNECTIONS, seconds);
	}
}

static void print_spread(const char *name, const char *what, struct spread s, int digits)
{
	printf(", \"%s_%s\": %.*f, \"%s_%s_min\": %.*f, \"%s_%s_max\": %.*f", name, what, digits, s.median,
		name, what, digits, s.least, name, what, digits, s.most);
}

/* Rates, and of each peer how many times as fast bulk was, round by round. */
static void print_all(double rates[ROUNDS_MAX][MODES], int rounds, bool pgledger)
{
	for (int m = 0; m < (pgledger ? MODES : PGLEDGER); m++) {
		double rate[ROUNDS_MAX];
		double ratio[ROUNDS_MAX];

		for (int i = 0; i < rounds; i++) {
			rate[i] = rates[i][m];
			ratio[i] = rates[i][BULK] / rates[i][m];
		}
		print_spread(mode_name[m], "per_s", spread_of(rate, rounds), 0);
		if (m != BULK)
			print_spread("over", mode_name[m], spread_of(ratio, rounds), 2);
	}
	if (!pgledger)
		printf(", \"pgledger\": null");
}

static double number(const char *text, double least, double most)
{
	char *end;
	double n = strtod(text, &end);

	if (*end != '\0' || !(n >= least && n <= most)) {
		fprintf(stderr, "usage: posting [ROUNDS (3 to %d) [SECONDS (0.1 to 600)]]\n", ROUNDS_MAX);
		exit(64);
	}
	return n;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? (int)number(argv[1], 3, ROUNDS_MAX) : 5;
	double seconds = argc > 2 ? number(argv[2], 0.1, 600) : 3;
	const char *pgledger = getenv("PGLEDGER_SQL");
	double rates[ROUNDS_MAX][MODES] = {{0}};
	int64_t txns = 0;

	next_payout = wall_us();
	peers_begin(pgledger);
	bulk_run(seconds / 10); /* the first statements plan, the first pages are made */
	for (int i = 0; i < rounds; i++) {
		run_all(rates[i], pgledger != NULL, i % 2 == 0, seconds);
		txns = books_must_be_whole();
		printf("round %d:", i + 1);
		for (int m = 0; m < (pgledger != NULL ? MODES : PGLEDGER); m++)
			printf(" %s %.0f/s", mode_name[m], rates[i][m]);
		printf("; %" PRId64 " transactions, whole\n", txns);
		fflush(stdout);
	}
	printf("{\"bench\": \"posting\", \"rounds\": %d, \"seconds\": %.1f, \"batch\": %d, \"single_connections\": %d",
		rounds, seconds, BATCH, CONNECTIONS);
	print_all(rates, rounds, pgledger != NULL);
	printf(", \"transactions\": %" PRId64 ", \"books_whole\": true}\n", txns);
	return 0;
}
