/* published: books of so many leaves, as an auditor gets them, for tests/bench/verify to measure her program with.
 *
 *	published DIRECTORY LEAVES
 *
 * On the database of the PG* variables, which has the schema and no leaf. Posts through books_post what a funding account's months are
 * made of: each day the treasury's money, a statement, and batches of 500 payouts that are approved, released, sent and settled;
 * one in a hundred comes back. Seals, publishes, and proves 1,000 payments at random. Writes
 *
 *	DIRECTORY/archive	the sealer's
 *	DIRECTORY/books		what `chitra ledger publish` writes
 *	DIRECTORY/receipt	1,000 leaves and their proofs
 *	DIRECTORY/key		the log's key */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/books/archive.h"
#include "ledger/books/event.h"
#include "ledger/books/post.h"
#include "ledger/books/publish_store.h"
#include "ledger/books/receipt_store.h"
#include "ledger/books/seal_store.h"

#define ORIGIN   "chitra.example/ledger"
#define FUND     "phan-thiet-merit"
#define BATCH    500 /* payouts */
#define BATCHES  20  /* a day */
#define RECEIPTS 1000
#define DRAWN    1500 /* leaves, so that there are as many payments among them */

static const struct told_by scribe = {.actor = "duty:scribe", .effective = {19816}};

static void must(enum result r, struct work *w, const char *what)
{
	if (r == OK)
		return;
	fprintf(stderr, "published: %s: %s: %s: %s\n", what, result_name(r), w->why.code, w->why.text);
	exit(1);
}

static void must_be(bool fine, struct work *w, const char *what)
{
	must(fine ? OK : REFUSED, w, what);
}

/* ---- a day ----------------------------------------------------------------------------------------------------------- */

struct days {
	struct work *w;
	struct told_by by; /* of the day */
	int64_t number, batches, payouts, leaves;
	int64_t balance, credits, debits, lines; /* at the bank, of the day */
};

static struct hash hash_of(const char *what, int64_t n)
{
	char text[64];

	snprintf(text, sizeof text, "%s %" PRId64, what, n);
	return sha256(bytes_z(text));
}

static void post(struct days *d, const struct entry *at, size_t n)
{
	struct work *w = d->w;
	struct posted done;

	w->deadline_us = work_deadline_in_ms(60000);
	must(tx_begin(w), w, "begin");
	must(books_post(w, at, n, FLOORS_RECORD, &done), w, "post");
	must(tx_commit(w), w, "commit");
	d->leaves += (int64_t)done.n_fresh;
}

static struct payout_end end_of(struct days *d, int64_t payout)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct hash line = hash_of("line", payout);
	char id[20];

	for (int i = 0; i < 19; i++)
		id[i] = alphabet[line.b[i] & 31];
	id[19] = '\0';
	return (struct payout_end){
		.payout = payout,
		.batch = d->batches,
		.id = arena_strdup(d->w->arena, id),
		.line = line,
		.amount = vnd(500000 + payout % 1000),
		.channel = "demo-merit",
		.funding_account = FUND,
		.agency = "phan-thiet",
		.programme = "merit",
		.entry = arena_printf(d->w->arena, "FT24094%09" PRId64, payout),
	};
}

static struct entry approval(struct days *d, const struct hash *bundle, int64_t sum, const char *officer)
{
	return entry_approval(d->w->arena, &d->by,
		&(struct approval_given){.bundle = d->batches,
			.bundle_root = *bundle,
			.batches = 1,
			.lines = BATCH,
			.sum = vnd(sum),
			.agency = "phan-thiet",
			.officer = officer,
			.role = "checker",
			.certificate = hash_of(officer, 0),
			.method = "ed25519",
			.text = hash_of(officer, d->batches),
			.proof = hash_of("proof", d->batches)});
}

/* What stands before a batch's payouts are sent, and that they are; each in a transaction of its own, as officers and teller do it. */
static void batch_begins(struct days *d, int64_t sum)
{
	struct arena *a = d->w->arena;
	struct hash root = hash_of("root", d->batches), bundle = hash_of("bundle", d->batches);
	struct dispatch_part part = {"phan-thiet", "merit", vnd(sum)};
	struct entry at[] = {
		entry_funding(a, &d->by,
			&(struct statement_fact){.line = d->batches,
				.funding_account = FUND,
				.day = d->by.effective,
				.part = 0,
				.amount = vnd(sum),
				.entry = arena_printf(a, "KB24%09" PRId64, d->batches),
				.order = "QD-08"}),
		approval(d, &bundle, sum, "minh"),
		approval(d, &bundle, sum, "hoa"),
		entry_batch_approved(a, &d->by,
			&(struct batch_approved){.batch = d->batches,
				.version = 1,
				.root = root,
				.lines = BATCH,
				.sum = vnd(sum),
				.first = vnd(sum),
				.agency = "phan-thiet",
				.programme = "merit",
				.period = {.year = 2024, .month = 4},
				.bundle = bundle}),
		entry_batch_released(a, &d->by,
			&(struct batch_released){.batch = d->batches,
				.version = 1,
				.root = root,
				.lines = BATCH,
				.sum = vnd(sum),
				.unfunded = vnd(sum),
				.agency = "phan-thiet",
				.programme = "merit",
				.funding_account = FUND,
				.officers = {"hoa", "minh"}}),
		entry_dispatch_sent(a, &d->by,
			&(struct dispatch_sent){.dispatch = d->batches,
				.epoch = 1,
				.channel = "demo-merit",
				.funding_account = FUND,
				.count = BATCH,
				.sum = vnd(sum),
				.root = root,
				.n_parts = 1,
				.parts = &part}),
	};

	for (size_t i = 0; i < COUNT_OF(at); i++)
		post(d, &at[i], 1);
	d->credits += sum;
	d->lines++;
}

static void batch(struct days *d)
{
	struct arena *a = d->w->arena;
	struct entry *at = arena_array(a, BATCH + BATCH / 100, struct entry);
	struct hash src = hash_of("statement", d->number);
	struct told_by by = d->by;
	size_t n = 0;
	int64_t sum = 0;

	d->batches++;
	by.src = &src;
	for (int64_t i = 0; i < BATCH; i++) {
		struct payout_end e = end_of(d, ++d->payouts);

		by.src_item = d->payouts % 500;
		at[n++] = entry_payout_settled(a, &by, &e);
		sum += vnd_dong(e.amount);
		if (i % 100 == 0) {
			e.reason = "account_closed";
			at[n++] = entry_payout_returned(a, &by, &e);
			d->credits += vnd_dong(e.amount);
		}
	}
	batch_begins(d, sum);
	d->debits += sum;
	d->lines += (int64_t)n;
	post(d, at, n);
}

static void day(struct days *d)
{
	struct entry statement;

	d->number++;
	d->by.effective.n = scribe.effective.n + (int32_t)d->number;
	d->credits = d->debits = d->lines = 0;
	for (int i = 0; i < BATCHES; i++) {
		batch(d);
		arena_reset(d->w->arena);
	}
	statement = entry_statement_file(d->w->arena, &d->by,
		&(struct statement_file){.funding_account = FUND,
			.day = d->by.effective,
			.sequence = d->number,
			.opening = vnd(d->balance),
			.closing = vnd(d->balance + d->credits - d->debits),
			.lines = d->lines,
			.debits = vnd(d->debits),
			.credits = vnd(d->credits),
			.pages = 21,
			.root = hash_of("statement", d->number),
			.source = "fetched",
			.complete = true,
			.chained = true});
	post(d, &statement, 1);
	d->balance += d->credits - d->debits;
}

/* ---- signed and published -------------------------------------------------------------------------------------------- */

static void publish(struct work *w, const struct sealer *sealer, const char *archive, const char *books)
{
	struct published p;
	size_t n;

	do {
		w->deadline_us = work_deadline_in_ms(60000);
		must(books_seal(w, sealer, &n), w, "seal");
		arena_reset(w->arena);
	} while (n == SEAL_LEAVES);
	w->deadline_us = work_deadline_in_ms(10 * 60 * 1000);
	must(tx_begin(w), w, "begin");
	must(books_publish(w, &(struct publication){.archive = archive, .directory = books}, &p), w,
		"publish");
	must(tx_commit(w), w, "commit");
}

/* ---- receipts -------------------------------------------------------------------------------------------------------- */

/* Of leaves at random that are payments, as receipts are: their numbers follow from 0, 1, 2…, so twice makes the same. */
static void receipts(struct work *w, int64_t leaves, const char *directory)
{
	const char *names[DRAWN];
	struct receipt proved[DRAWN];
	int kept = 0;

	for (int64_t i = 0; i < DRAWN; i++) {
		struct hash h = hash_of("receipt", i);
		uint64_t n;

		memcpy(&n, h.b, sizeof n);
		names[i] = arena_printf(w->arena, "%" PRIu64, n % (uint64_t)leaves);
	}
	w->deadline_us = work_deadline_in_ms(10 * 60 * 1000);
	must(tx_begin(w), w, "begin");
	must(books_receipts(w, names, DRAWN, proved), w, "prove");
	must(tx_commit(w), w, "commit");
	for (size_t i = 0; i < DRAWN && kept < RECEIPTS; i++) {
		const char *name = arena_printf(w->arena, "%s/%s", directory, names[i]);
		struct bytes leaf = proved[i].leaf;

		if (memmem(leaf.at, leaf.n, "\nkind payout.settled\n", 21) == NULL ||
			access(arena_printf(w->arena, "%s.leaf", name), F_OK) == 0)
			continue;
		kept++;
		must_be(write_file_durable(
				arena_printf(w->arena, "%s.leaf", name), proved[i].leaf, 0644, &w->why) &&
				write_file_durable(arena_printf(w->arena, "%s.tlog-proof", name),
					bytes_z(proved[i].proof), 0644, &w->why),
			w, "receipt");
	}
}

/* ---- all of it ------------------------------------------------------------------------------------------------------- */

static const char *made_directory(struct work *w, const char *in, const char *name)
{
	const char *path = arena_printf(w->arena, "%s/%s", in, name);

	must_be(make_directory_durable(path, 0755, &w->why), w, path);
	return path;
}

static void make(struct work *w, const char *in, int64_t leaves)
{
	char archive_at[4096], books[4096], receipt_at[4096];
	struct sign_key *key = sign_new();
	struct verify_key public = sign_public(key);
	struct genesis_key k = {.purpose = "log", .key = public};
	struct sealer sealer = {.log = note_verifier(ORIGIN, NOTE_ED25519, &public), .key = key};
	struct buf vkey = BUF(1024);
	struct archive *archive;
	struct days d = {.w = w, .by = scribe, .leaves = 1};

	snprintf(archive_at, sizeof archive_at, "%s", made_directory(w, in, "archive"));
	snprintf(books, sizeof books, "%s", made_directory(w, in, "books"));
	snprintf(receipt_at, sizeof receipt_at, "%s", made_directory(w, in, "receipt"));
	sealer.archive = archive = archive_open(archive_at, &sealer.log, &w->why);
	must_be(archive != NULL, w, "archive");
	note_vkey_format(&sealer.log, &vkey);
	buf_add_z(&vkey, "\n");
	must_be(write_file_durable(arena_printf(w->arena, "%s/key", in), buf_bytes(&vkey), 0644, &w->why), w,
		"key");
	must(books_genesis(w, "officer:admin", scribe.effective,
		     &(struct genesis){.origin = ORIGIN,
			     .sandbox = true,
			     .id_key_version = 1,
			     .n_keys = 1,
			     .keys = &k}),
		w, "genesis");
	while (d.leaves < leaves)
		day(&d);
	publish(w, &sealer, archive_at, books);
	receipts(w, d.leaves, receipt_at);
	printf("%" PRId64 " leaves, %" PRId64 " payouts, %" PRId64 " days\n", d.leaves, d.payouts, d.number);
	buf_free(&vkey);
	archive_close(archive);
	sign_free(key);
}

int main(int argc, char **argv)
{
	char *end;
	int64_t leaves = argc == 3 ? strtoll(argv[2], &end, 10) : 0;
	struct db *db;
	struct work w;

	if (argc != 3 || *end != '\0' || leaves < 1) {
		fprintf(stderr, "usage: published DIRECTORY LEAVES\n");
		return 64;
	}
	db = db_open(NULL, DB_DUTY_OWNER);
	w = (struct work){.arena = arena_new(), .db = db, .deadline_us = work_deadline_in_ms(60000)};
	make(&w, argv[1], leaves);
	arena_free(w.arena);
	db_close(db);
	return 0;
}
