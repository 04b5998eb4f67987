/* Recovering payouts: since when the banks may know what was sent, by every journal; and that what is in doubt is asked about, whatever was
 * counted in commits that are gone. */
#include "tests/unit/db_archive.h"

#include "ledger/payout/journal.h"
#include "ledger/payout/recover_store.h"
#include "tests/unit/db_payout.h"

#define DAY_US INT64_C(86400000000)

/* Two dispatches, of 512 and 88 payouts. The archive has the ledger's first leaf only. */
static void make_all(struct db *db)
{
	struct work w = fresh_work(db);
	struct genesis_key k;
	struct genesis g = genesis_of(&k);
	size_t n;
	if (!went(&w, books_genesis(&w, "officer:admin", (struct day){19816}, &g)) || !went(&w, seal(&w, &n)))
		exit(1);
	make_payroll(&w, (struct payroll){.people = 600, .wards = 2});
	arena_free(w.arena);
}

/* ---- a dispatch is let go of --------------------------------------------------------------------------------------------- */

static const char *told(struct db *db, int64_t dispatch)
{
	struct work w = fresh_work(db);
	struct dispatch_ref ref = {dispatch, 1};
	ok(tx_begin(&w) == OK && went(&w, dispatch_told(&w, &ref, &(int64_t){DISPATCH_NO_ASK}, 1)) &&
			went(&w, tx_commit(&w)),
		"its teller says that nothing of dispatch %" PRId64 " is in doubt", dispatch);
	arena_free(w.arena);
	return scene(
		"select concat_ws(' ', state, owner, ask_after <= clock_timestamp()) from payout.dispatch where id = %" PRId64,
		dispatch);
}

static void test_told(struct db *db)
{
	scene("set session_replication_role = replica");
	scene("update payout.payout_state set state = 6 where dispatch = 1 and payout > 1");
	is_str(told(db, 1), "sent t",
		"the rows have the last word: one is in doubt, and asked about at once");
	scene("update payout.payout_state set state = 6 where payout = 1");
	is_str(told(db, 1), "ended", "when they say so too it has ended");
	scene("set session_replication_role = origin");
}

/* ---- recovery -------------------------------------------------------------------------------------------------------------- */

struct words {
	const char *file;
	int64_t dispatch, payout;
	int32_t epoch;
	int64_t days_ago;
};

static void put(const struct words *o, int64_t now_us)
{
	struct why why = {0};
	char path[128];
	snprintf(path, sizeof path, "%s/%s", place, o->file);
	struct journal *j = journal_open(path, &why);
	struct journal_dispatch d = {.dispatch = o->dispatch,
		.epoch = o->epoch,
		.channel = "demo-merit",
		.at_us = now_us - o->days_ago * DAY_US};
	struct journal_item item = {.payout = o->payout};
	snprintf(item.id, sizeof item.id, "%s",
		scene("select end_to_end_id from payout.payout where id = %" PRId64, o->payout));
	item.amount = vnd(strtoll(
		scene("select amount_dong from payout.payout where id = %" PRId64, o->payout), NULL, 10));
	bug_if(!hash_from_hex(
		bytes_z(scene("select encode(account_hash, 'hex') from payout.payout where id = %" PRId64,
			o->payout)),
		&item.account));
	ok(j && journal_record(j, &d, &item, 1, &why), "%s has payout %" PRId64, o->file, o->payout);
	journal_close(j);
}

static void recover_once(struct db *db, const char *const *journals, size_t n)
{
	struct work w = fresh_work(db);
	struct facts facts;
	struct payouts_recovered done = {0};
	ok(facts_gather(archive, journals, n, w.arena, &facts, &w.why), "archive and journals are read");
	ok(tx_begin(&w) == OK && went(&w, payouts_recover(&w, &facts, (struct day){19816}, &done)) &&
			went(&w, tx_commit(&w)),
		"the payouts are recovered");
	arena_free(w.arena);
}

static const char *sent_days_ago(int64_t dispatch)
{
	return scene(
		"select extract(day from ops.now() - sent_at + interval '1 hour')::text from payout.dispatch where id = %" PRId64,
		dispatch);
}

/* Rows that lost commits had it sent again, by a host whose journal did not know of the first time. */
static void test_first_times(struct db *db)
{
	static const struct words words[] = {{"host-a", 1, 1, 1, 3}, {"host-b", 1, 1, 2, 0},
		{"host-a", 7, 513, 1, 2}, {"host-b", 2, 513, 1, 0}};
	const int64_t now_us = wall_us();
	for (size_t i = 0; i < COUNT_OF(words); i++)
		put(&words[i], now_us);
	struct arena *a = arena_new();
	const char *journals[] = {arena_printf(a, "%s/host-a", place), arena_printf(a, "%s/host-b", place)};
	scene("set session_replication_role = replica");
	scene("update payout.payout_state set state = 4 where payout = 1");
	scene("set session_replication_role = origin");
	is_str(sent_days_ago(1), "0", "the rows say that it was sent today");
	recover_once(db, journals, 2);
	is_str(sent_days_ago(1), "3", "the bank may know a dispatch since any journal first had it");
	is_str(sent_days_ago(2), "2", "or had one of its payouts in another dispatch");
	is_str(scene("select string_agg(epoch::text, ' ' order by id) from payout.dispatch"), "3 2",
		"nobody holds an epoch that is left");
	is_str(scene("select state || ' ' || (ask_after <= clock_timestamp()) from payout.dispatch where id = 1"),
		"sent true", "a dispatch that had ended by what was lost is asked about again");
	is_str(scene("select string_agg(distinct state, ' ') from payout.dispatch"), "sent",
		"as the other is");
	recover_once(db, journals, 2);
	is_str(sent_days_ago(1), "3", "a second time nothing changes");
	is_str(scene("select string_agg(epoch::text, ' ' order by id) from payout.dispatch"), "3 2",
		"nor any epoch");
	arena_free(a);
}

int main(void)
{
	struct db *db = payout_scene_begin("payout_recover");
	archive_begin();
	make_all(db);
	struct work w = fresh_work(db);
	send_all(&w,
		&(struct sender){
			.owner = "teller/0/aaaa", .lease_ms = 60000, .ask_ms = 120000, .dedupe_days = 30},
		2);
	arena_free(w.arena);
	test_told(db);
	test_first_times(db);
	archive_end();
	payout_scene_end(db);
	return done_testing();
}
