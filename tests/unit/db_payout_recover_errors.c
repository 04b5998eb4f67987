/* Payouts and decisions recovered into a dump that forgot them: each call of the database fails once, it is told, nothing stays, and the
 * next try does it all. Then the dumps that are refused, and why. The facts are written here, as an archive and journals would have them. */
#include "ledger/payout/journal_store.h"
#include "ledger/payout/recover_decided_store.h"
#include "ledger/payout/recover_store.h"
#include "tests/unit/db_each.h"
#include "tests/unit/db_payout.h"

enum { PEOPLE = 12, LEFT = 6 };

static struct facts facts;
static struct fact_payout left[PEOPLE];
static struct fact_dispatch trips[2];
static struct fact_void voids[2];
static struct fact_break breaks[1];
static struct fact_resolution resolutions[2];

/* Two are held. The last two stand in no dispatch that the dump knows; the second ward is another programme's. */
static void make_dump(struct work *w)
{
	make_payroll(w, (struct payroll){.people = PEOPLE, .wards = 2});
	scene("set session_replication_role = replica; update payout.dispatch_range set last_payout = %d; "
	      "update payout.batch set programme = 'rent' where id = 2; "
	      "update payout.payout_state set state = 2 where payout in (3, 5); reset session_replication_role",
		PEOPLE - 2);
}

static int64_t number_of(const char *what, int64_t payout)
{
	return strtoll(scene("select %s from payout.payout p where id = %" PRId64, what, payout), NULL, 10);
}

static struct fact_payout gone(int64_t payout, int64_t dispatch)
{
	struct fact_payout p = {
		.journalled = true, .sent = {.dispatch = dispatch, .epoch = 2, .at_us = wall_us()}};
	snprintf(p.id, sizeof p.id, "%s",
		scene("select end_to_end_id from payout.payout where id = %" PRId64, payout));
	memcpy(p.sent.item.id, p.id, sizeof p.id);
	p.sent.item.payout = payout;
	p.sent.item.amount = vnd(number_of("amount_dong", payout));
	bug_if(!hash_from_hex(
		bytes_z(scene(
			"select encode(account_hash, 'hex') from payout.payout where id = %" PRId64, payout)),
		&p.sent.item.account));
	return p;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct fact_payout *)a)->id, ((const struct fact_payout *)b)->id);
}

/* Four of the first dispatch left: one was rejected, one never paid, one settled. Two, of both programmes, went with a dispatch that the dump does not
 * have. */
static void make_facts(struct arena *a)
{
	for (int64_t i = 0; i < 4; i++)
		left[i] = gone(i + 1, 1);
	left[1].unpaid = PAYOUT_REJECTED;
	left[1].journalled = false;
	left[1].sent.dispatch = 0;
	left[2].unpaid = PAYOUT_NOT_PAID;
	left[3].paid = PAYOUT_SETTLED;
	left[4] = gone(PEOPLE, 99);
	left[5] = gone(6, 99);
	qsort(left, LEFT, sizeof *left, by_id);
	trips[0] = (struct fact_dispatch){.dispatch = 1, .epoch = 2, .at_us = wall_us()};
	trips[1] = (struct fact_dispatch){.dispatch = 99, .epoch = 2, .at_us = wall_us()};
	int64_t claim = number_of("claim", PEOPLE - 1);
	for (int i = 0; i < 2; i++)
		voids[i] = (struct fact_void){.claim = i ? 999999 : claim,
			.instalment = 1,
			.programme = "merit",
			.month = "2024-04",
			.kind = "regular",
			.reason = "died",
			.officers = {"minh", "hoa"},
			.amount = vnd(number_of("amount_dong", PEOPLE - 1)),
			.at_us = wall_us()};
	breaks[0] = (struct fact_break){.brk = 500,
		.kind = "rogue_debit",
		.funding = "demo-funding",
		.id = "",
		.entry = "E1",
		.day = {19816},
		.amount = vnd(1000),
		.at_us = wall_us()};
	resolutions[1] = (struct fact_resolution){.brk = 501,
		.seq = 9,
		.kind = "rogue_debit",
		.funding = "demo-funding",
		.outcome = "taken_back",
		.officers = {"minh", "hoa"},
		.amount = vnd(1000),
		.day = {19816},
		.at_us = wall_us()};
	resolutions[0] = resolutions[1];
	resolutions[0].brk = 500;
	facts = (struct facts){.arena = a,
		.dispatches = trips,
		.dispatches_n = 2,
		.payouts = left,
		.payouts_n = LEFT,
		.voids = voids,
		.voids_n = 2,
		.breaks = breaks,
		.breaks_n = 1,
		.resolutions = resolutions,
		.resolutions_n = 2,
		.numbers = {
			.batch = 10, .bundle = 10, .dispatch = 99, .payout = 50, .brk = 600, .claim = 100}};
}

static struct payouts_recovered done;
static struct decisions_recovered decided;

static enum result recover(struct work *w)
{
	enum result r = tx_begin(w);
	if (r == OK)
		r = payouts_recover(w, &facts, (struct day){19816}, &done);
	if (r == OK)
		r = decisions_recover(w, &facts, &decided);
	return r == OK ? tx_commit(w) : r;
}

static bool refused(struct work *w, const char *code)
{
	why_clear(&w->why);
	enum result r = recover(w);
	tx_rollback(w);
	if (r != REFUSED)
		note("%s: %s %s", result_name(r), w->why.code, w->why.text);
	return r == REFUSED && why_is(&w->why, code);
}

static struct fact_payout *of(int64_t payout)
{
	for (size_t i = 0; i < LEFT; i++)
		if (left[i].sent.item.payout == payout)
			return &left[i];
	bug("payout %" PRId64, payout);
}

static void test_refused(struct work *w)
{
	struct fact_batch batch = {.batch = 999, .version = 1, .released = true};
	facts.batches = &batch;
	facts.batches_n = 1;
	ok(refused(w, "dump_before_release"), "a dump without a batch that was released is too old");
	batch.released = false;
	ok(refused(w, "dump_before_release") && strstr(w->why.text, "as they were approved"),
		"or one that was approved");
	facts.batches_n = 0;

	struct fact_payout was = *of(1), *p = of(1);
	p->sent.item.amount = vnd(1);
	ok(refused(w, "recover_differs"), "a payout of another amount is not the one that was sent");
	*p = was;
	p->sent.item.account.b[0] ^= 1;
	ok(refused(w, "recover_differs"), "nor one to another account");
	*p = was;
	p->sent.item.payout = 2;
	ok(refused(w, "recover_differs"), "nor one of another number");
	*p = was;
	struct fact_payout all[LEFT];
	memcpy(all, left, sizeof all);
	memcpy(left[LEFT - 1].id, "ZZZZZZZZZZZZZZZZZZZ", E2E_ID_SIZE);
	ok(refused(w, "dump_before_release"), "a dump without a payout that was sent is too old");
	memcpy(left, all, sizeof all);
	memcpy(left[0].id, "0000000000000000000", E2E_ID_SIZE);
	ok(refused(w, "dump_before_release") && strstr(w->why.text, "0000000000000000000 left"),
		"whichever of them");
	memcpy(left, all, sizeof all);

	trips[0].booked = true;
	trips[0].count = 3;
	facts.payouts_n = 0;
	ok(refused(w, "recover_dispatch"),
		"a dispatch of which the books count some, and nobody knows which, is not guessed at");
	facts.payouts_n = LEFT;
	ok(refused(w, "recover_dispatch"), "a dispatch of which the books count others is not guessed at");
	trips[0].booked = false;
	trips[1].booked = true;
	trips[1].count = 3;
	ok(refused(w, "recover_dispatch"),
		"one that the dump lacks, and of which the books count more than the journals, is not forgotten");
	trips[1].booked = false;
	p->journalled = false;
	p->sent.dispatch = 0;
	p->paid = PAYOUT_SETTLED;
	facts.dispatches = trips + 1;
	facts.dispatches_n = 1;
	for (size_t i = 0; i < LEFT; i++)
		if (left[i].sent.dispatch == 1)
			left[i].sent.dispatch = 99;
	ok(refused(w, "recover_dispatch"), "what left with a dispatch that nobody knows is not guessed at");
	memcpy(left, all, sizeof all);
	facts.dispatches = trips;
	facts.dispatches_n = 2;
}

static void test_each(struct work *w)
{
	is_str(states(), "1:10 2:2", "in the dump nothing was sent");
	each(w, "a recovery", recover);
	is_i64((int64_t)done.sent, 2, "two dispatches were sent");
	is_i64((int64_t)done.made, 1, "one of which the dump did not have");
	is_i64((int64_t)done.booked, 2, "and which are booked now");
	is_i64((int64_t)done.refused, 2, "what was refused or never paid is that again");
	is_i64((int64_t)done.settled, 1, "what was settled awaits its statement");
	is_i64((int64_t)done.held, 4, "what stood beside it and had not left is held");
	is_i64((int64_t)decided.voids, 1, "a claim that was voided is voided again");
	is_i64((int64_t)decided.lost_voids_n, 1, "one that the dump does not have is named");
	is_i64((int64_t)decided.held, 1, "what stands ready of it is held");
	is_i64((int64_t)decided.breaks, 1, "a difference that was found is there again");
	is_i64((int64_t)decided.resolutions, 1, "and what two officers resolved of it");
	is_i64((int64_t)decided.lost_resolutions_n, 1, "what was resolved of another is named");
	is_str(states(), "2:6 4:4 8:1 9:1", "nothing that left is ready");
	is_str(scene("select string_agg(id || ':' || epoch, ' ' order by id) from payout.dispatch where state = 'sent'"),
		"1:3 99:3", "with an epoch that nobody had");
	is_str(scene("select sum(balance) from books.balance"), "0", "the books balance");
	why_clear(&w->why);
	ok(went(w, recover(w)) && done.sent == 0 && done.held == 0 && done.in_doubt == 0 &&
			done.booked == 0 && decided.voids == 0 && decided.breaks == 0 &&
			decided.resolutions == 0,
		"a second time there is nothing to do");
	is_str(scene("select count(*) from books.posting p join books.txn t using (seq) where t.idem like 'd99.%%'"),
		"3", "each of two programmes bears its own");
	of(4)->journalled = false;
	of(4)->sent.dispatch = 0;
	ok(went(w, recover(w)) && done.in_doubt == 0 && done.settled == 1,
		"what only the books have as settled is already in doubt with its dispatch");
	facts.payouts_n = 0;
	ok(went(w, recover(w)) && done.settled == 0, "without any payment there is nothing to do either");
	facts.payouts_n = LEFT;
}

/* ---- the sent journal beside the rows -------------------------------------------------------------------------------------- */

static struct journal *journal;
static const char *doubt;

static enum result compare(struct work *w)
{
	return journal_compare(w, journal, 0, NULL, 0, &doubt);
}

static enum result ask(struct work *w)
{
	enum result r = tx_begin(w);
	if (r == OK)
		r = journal_doubt(w, &doubt);
	return r == OK ? tx_commit(w) : r;
}

static void journal_make(void)
{
	struct why why = {0};
	static char path[100];
	struct journal_item items[LEFT];
	snprintf(path, sizeof path, "%s/sent", place);
	for (size_t i = 0; i < LEFT; i++)
		items[i] = left[i].sent.item;
	journal = journal_open(path, &why);
	bug_if(!journal);
	ok(journal_record(journal,
		   &(struct journal_dispatch){
			   .dispatch = 1, .epoch = 2, .channel = "demo-merit", .at_us = wall_us()},
		   items, LEFT, &why),
		"the sent journal has six payments");
}

static void test_doubted(struct work *w)
{
	each(w, "the journal is compared", compare);
	const char *says = scene(
		"select 'of the first, ' || p.end_to_end_id || ', it says ' || x.name from payout.payout p "
		"join payout.payout_state s on s.payout = p.id join payout.state x on x.code = s.state "
		"where p.end_to_end_id = '%s'",
		left[0].id);
	ok(doubt && strncmp(doubt, "6 payments of the sent journal", 30) == 0 && strstr(doubt, says),
		"what it has and the rows have as ready or held is told: %s", doubt ? doubt : "nothing");
	each(w, "the doubt is read", ask);
	ok(doubt && strstr(doubt, "6 payments"), "by whoever asks");
}

static void test_no_doubt(struct work *w)
{
	ok(went(w, compare(w)) && !doubt, "once it is recovered, journal and rows agree");
	journal_close(journal);
}

int main(void)
{
	struct db *db = payout_scene_begin("recover_errors");
	struct work w = fresh_work(db);
	make_dump(&w);
	make_facts(w.arena);
	test_refused(&w);
	journal_make();
	test_doubted(&w);
	test_each(&w);
	test_no_doubt(&w);
	arena_free(w.arena);
	payout_scene_end(db);
	return done_testing();
}
