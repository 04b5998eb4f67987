/* posting: how many ledger transactions a second, a thousand to a commit against one to a commit.
 *
 *	posting [ROUNDS [SECONDS]]
 *
 * On the database of the PG* variables, which has the schema. Every transaction settles one payout out of one hot treasury
 * account, through books_post, with every guard, leaf and balance on. Both modes do the same work; they differ only in how much
 * of it one commit carries: `bulk` posts batches of a thousand on one connection, `single` one at a time on four connections.
 * The modes take turns, and so does who begins; after each run the books are computed again, whole. Prints each round and, last,
 * one JSON object with medians and spread. Never fails on time; books that are not whole end it with 1. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/books/check_store.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"

#define BATCH       1000
#define CONNECTIONS 4

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

static struct entry settled(struct arena *a, int64_t n, const struct hash *src)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct told_by by = {.actor = "duty:scribe", .effective = {19816}, .src = src, .src_item = n % 500};
	struct hash line = sha256(bytes_of(&n, sizeof(n)));
	char id[20];

	for (int i = 0; i < 19; i++)
		id[i] = alphabet[line.b[i] & 31];
	id[19] = '\0';
	return entry_payout_settled(a, &by,
		&(struct payout_end){
			.payout = n,
			.batch = 1 + n / 150,
			.id = arena_strdup(a, id),
			.line = line,
			.amount = vnd(500000 + n % 1000),
			.channel = "demo-merit",
			.funding_account = "phan-thiet-merit",
			.agency = "phan-thiet",
			.programme = "merit",
			.entry = arena_printf(a, "FT24094%09" PRId64, n),
		});
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

static double measure(size_t batch, size_t connections, double seconds)
{
	struct lane lanes[CONNECTIONS] = {{.batch = 0}};
	int64_t begun = monotonic_us();
	int64_t posted = 0;

	for (size_t i = 0; i < connections; i++) {
		lanes[i] = (struct lane){.batch = batch, .until_us = begun + (int64_t)(seconds * 1e6)};
		if (pthread_create(&lanes[i].thread, NULL, lane_run, &lanes[i]) != 0)
			bug("no thread");
	}
	for (size_t i = 0; i < connections; i++) {
		pthread_join(lanes[i].thread, NULL);
		posted += lanes[i].posted;
	}
	return (double)posted * 1e6 / (double)(monotonic_us() - begun);
}

/* ---- rounds ------------------------------------------------------------------------------------------------------- */

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
	return measure(BATCH, 1, seconds);
}

static double single_run(double seconds)
{
	return measure(1, CONNECTIONS, seconds);
}

static void print_spread(const char *name, struct spread s)
{
	printf(", \"%s\": %.1f, \"%s_min\": %.1f, \"%s_max\": %.1f", name, s.median, name, s.least, name,
		s.most);
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
	double bulk[ROUNDS_MAX];
	double single[ROUNDS_MAX];
	double ratio[ROUNDS_MAX];
	int64_t txns = 0;

	next_payout = wall_us();
	measure(BATCH, 1, seconds / 10); /* the first statements plan, the first pages are made */
	for (int i = 0; i < rounds; i++) {
		for (int turn = 0; turn < 2; turn++) {
			if ((i + turn) % 2 == 0)
				bulk[i] = bulk_run(seconds);
			else
				single[i] = single_run(seconds);
			txns = books_must_be_whole();
		}
		ratio[i] = bulk[i] / single[i];
		printf("round %d: bulk %.0f/s, single %.0f/s, ratio %.1f; %" PRId64 " transactions, whole\n",
			i + 1, bulk[i], single[i], ratio[i], txns);
		fflush(stdout);
	}
	printf("{\"bench\": \"posting\", \"rounds\": %d, \"seconds\": %.1f, \"batch\": %d, \"single_connections\": %d",
		rounds, seconds, BATCH, CONNECTIONS);
	print_spread("bulk_per_s", spread_of(bulk, rounds));
	print_spread("single_per_s", spread_of(single, rounds));
	print_spread("ratio", spread_of(ratio, rounds));
	printf(", \"transactions\": %" PRId64 ", \"books_whole\": true}\n", txns);
	return 0;
}
