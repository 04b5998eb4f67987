/* The sent journal beside the rows: how far the archive vouches for it, and what is said when the two do not agree. */
#undef _FORTIFY_SOURCE /* gethostname() is a function here */
#include "ledger/payout/journal_store.h"

#include <errno.h>

#include "tests/unit/db_payout.h"

static bool nameless; /* the host */

int gethostname(char *name, size_t n)
{
	if (nameless) {
		errno = EPERM;
		return -1;
	}
	snprintf(name, n, "host-a");
	return 0;
}

enum { DISPATCHES = 3, LOST = 9000 };

static const struct sender me = {
	.owner = "teller/0/aaaa", .lease_ms = 60000, .ask_ms = 120000, .dedupe_days = 30};
static char path[100];
static struct arena *arena;
static struct journal *journal;
static uint64_t begins[DISPATCHES + 1]; /* where each dispatch begins, and the last ends */

static void record(int64_t dispatch, struct journal_item *items, size_t n)
{
	struct why why = {0};
	const struct journal_dispatch d = {
		.dispatch = dispatch, .epoch = 1, .channel = "demo-merit", .at_us = 1712106000000000};
	if (!journal_record(journal, &d, items, n, &why))
		bug("%s: %s", why.code, why.text);
}

/* The first payout of each dispatch is what the journal has of it. */
static void record_sent(int64_t dispatch)
{
	struct journal_item item = {.amount = vnd(1), .payout = dispatch};
	snprintf(item.id, sizeof item.id, "%s",
		scene("select p.end_to_end_id from payout.dispatch_range r join payout.payout p on p.id = r.first_payout where "
		      "r.dispatch = %" PRId64 " order by p.id limit 1",
			dispatch));
	begins[dispatch - 1] = journal_size(journal);
	record(dispatch, &item, 1);
	begins[dispatch] = journal_size(journal);
}

static enum result compared(struct db *db, uint64_t archived, char doubt[static 300])
{
	struct work w = fresh_work(db);
	const char *found, *bank = "demo";
	enum result r = journal_compare(&w, journal, archived, &bank, 1, &found);
	snprintf(doubt, 300, "%s", r != OK ? w.why.code : found ? found : "");
	arena_free(w.arena);
	return r;
}

static int64_t marked(void)
{
	return strtoll(scene("select upto from ops.journal"), NULL, 10);
}

static void forget(void)
{
	scene("set session_replication_role = replica; delete from ops.journal; reset session_replication_role");
}

static void test_archived(struct db *db)
{
	char doubt[300];
	/* of the dispatches' entries in the ledger, so many are archived */
	int64_t seqs[DISPATCHES];
	for (int i = 0; i < DISPATCHES; i++)
		seqs[i] = strtoll(
			scene("select seq from books.txn where idem = 'd%d.e1.sent'", i + 1), NULL, 10);
	const struct {
		uint64_t archived, upto;
		const char *title;
	} rows[] = {
		{0, begins[0], "an archive that has nothing vouches for nothing"},
		{(uint64_t)seqs[0] + 1, begins[1], "one that has a dispatch vouches for it"},
		{(uint64_t)seqs[1] + 1, begins[2], "and for the next"},
		{(uint64_t)seqs[2] + 1, begins[3], "and at last for all of the journal"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		forget();
		ok(compared(db, rows[i].archived, doubt) == OK && !*doubt, "journal and rows agree");
		is_i64(marked(), (int64_t)rows[i].upto, "%s", rows[i].title);
	}
	is_str(scene("select name || ' ' || place || ' ' || array_to_string(banks, ' ') from ops.journal"),
		arena_printf(arena, "%s host-a:%s demo", journal_name(journal), path),
		"the rows know which journal that was, where it lay and through whom it pays");
	ok(compared(db, 0, doubt) == OK && !*doubt && marked() == (int64_t)begins[3],
		"what was vouched for once is not read again");
	nameless = true;
	ok(compared(db, 0, doubt) == OK && strcmp(scene("select left(place, 1) from ops.journal"), ":") == 0,
		"a host without a name has a place all the same");
	nameless = false;
}

static void test_doubts(struct db *db)
{
	char doubt[300];
	static struct journal_item items[LOST];
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct why why = {0};
	for (int i = 0; i < LOST; i++) {
		items[i] = (struct journal_item){.id = "7ZZZZZZZZZZZZZZZZZZ", .amount = vnd(1), .payout = i};
		for (int k = 0, v = i; k < 4; k++, v /= 32)
			items[i].id[k] = digits[v % 32];
	}
	record(77, items, LOST / 2);
	record(78, items + LOST / 2, LOST - LOST / 2);
	const char *const stayed[] = {items[0].id};
	bug_if(!journal_record_not_sent(journal, stayed, 1, 1712106000000000, &why));
	ok(compared(db, 1000000, doubt) == OK, "a journal of more than one look is held against the rows");
	ok(strncmp(doubt, "8999 payments of the sent journal host-a", 40) == 0 &&
			strstr(doubt, "it says lost"),
		"what the rows do not have is lost, all but what stayed here: %s", doubt);
	is_i64(marked(), (int64_t)begins[3], "nobody vouches for what is lost");

	scene("set session_replication_role = replica; update ops.journal set upto = 1000000000; reset session_replication_role");
	ok(compared(db, 0, doubt) == OK && strstr(doubt, "is shorter than it was: it had 1000000000 bytes"),
		"a journal that has shrunk is no witness: %s", doubt);
	forget();
	unlink(path);
	ok(compared(db, 0, doubt) == REFUSED && strcmp(doubt, "file_trouble") == 0,
		"one that cannot be read is not held against anything");
	is_str(scene("select count(*) from ops.journal"), "0", "and nothing is said of it");
	struct db *nowhere = db_open("host=/nowhere", DB_DUTY_OWNER);
	ok(compared(nowhere, 0, doubt) == RETRY && strcmp(doubt, "db_unreachable") == 0,
		"without a database nothing is compared");
	db_close(nowhere);
}

int main(void)
{
	struct why why = {0};
	arena = arena_new();
	struct db *db = payout_scene_begin("journal");
	struct work w = fresh_work(db);
	make_payroll(&w, (struct payroll){.people = 1100, .wards = 3});
	send_all(&w, &me, DISPATCHES);
	arena_free(w.arena);
	snprintf(path, sizeof path, "%s/sent", place);
	journal = journal_open(path, &why);
	bug_if(!journal);
	for (int64_t d = 1; d <= DISPATCHES; d++)
		record_sent(d);
	test_archived(db);
	test_doubts(db);
	journal_close(journal);
	arena_free(arena);
	payout_scene_end(db);
	return done_testing();
}
