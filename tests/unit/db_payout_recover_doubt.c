/* A database and a sent journal are lost together, after a release that the dump does not have. The ledger tells by their root which payouts a
 * dispatch took; and what the lost journal alone may have known is in doubt, unless its bank takes nothing twice. Whichever call of the
 * database fails, it is told, and the next try does it all. */

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/payout/recover_doubt_store.h"
#include "ledger/payout/recover_release_store.h"
#include "ledger/payout/recover_store.h"
#include "tests/unit/db_each.h"
#include "tests/unit/db_lost_release.h"

enum { FIRST = 77, SECOND, THIRD, TRIPS = 3, KNOWN = 3 };

static struct fact_batch leaf;
static struct fact_dispatch trips[TRIPS];
static struct journal_sent known[KNOWN];
static struct facts facts;
static struct payouts_recovered done, doubted;
static const char *lost[] = {"0123456789abcdef"};

static int64_t payout_of(int line)
{
	return strtoll(scene("select id from payout.payout where batch = 1 and line = %d", line), NULL, 10);
}

static struct fact_dispatch trip_of(int64_t dispatch, int from, int to)
{
	struct hash lines[2];
	int at[] = {from, to};
	size_t n = 1 + (to != from);
	for (size_t i = 0; i < n; i++)
		bug_if(!hash_from_hex(
			bytes_z(scene(
				"select encode(line_hash, 'hex') from payout.payout where id = %" PRId64,
				payout_of(at[i]))),
			&lines[i]));
	return (struct fact_dispatch){.dispatch = dispatch,
		.epoch = 1,
		.at_us = wall_us(),
		.booked = true,
		.whole = true,
		.count = (int64_t)n,
		.channel = "demo-merit",
		.root = merkle_root(lines, n)};
}

static struct journal_sent sent_of(int line, int64_t dispatch)
{
	struct journal_sent s = {
		.dispatch = dispatch, .epoch = 1, .at_us = wall_us(), .item = {.payout = payout_of(line)}};
	char hex[65];
	int64_t dong;
	bug_if(sscanf(scene("select end_to_end_id || ' ' || amount_dong || ' ' || encode(account_hash, 'hex') from payout.payout where id = %" PRId64,
			      s.item.payout),
		       "%19s %" SCNd64 " %64s", s.item.id, &dong, hex) != 3 ||
		!hash_from_hex(bytes_z(hex), &s.item.account));
	s.item.amount = vnd(dong);
	return s;
}

/* The ledger has the first batch as released, and three dispatches of its lines: 4 and 5, of which a journal that was found has the one and the
 * books have the other as settled; 2 and 6; and 3, which that journal has. */
static void make_facts(void)
{
	leaf = (struct fact_batch){
		.batch = 1, .version = 1, .released = true, .officers = {"minh", "hoa"}, .at_us = wall_us()};
	bug_if(!hash_from_hex(
		bytes_z(scene("select encode(root, 'hex') from payout.batch where id = 1")), &leaf.root));
	trips[0] = trip_of(FIRST, 4, 5);
	trips[1] = trip_of(SECOND, 2, 6);
	trips[2] = trip_of(THIRD, 3, 3);
	known[0] = sent_of(5, FIRST);
	known[1] = sent_of(3, THIRD);
	known[2] = sent_of(4, 0);
}

/* As they are gathered: each try finds them so. */
static void gather(struct arena *a)
{
	facts = (struct facts){.arena = a,
		.batches = &leaf,
		.batches_n = 1,
		.dispatches = trips,
		.dispatches_n = TRIPS,
		.numbers = {.batch = 10, .bundle = 10, .dispatch = THIRD, .payout = 50}};
	facts_add_sent(&facts, known, 2);
	facts.payouts = arena_regrow(a, facts.payouts, facts.payouts_n, 256, sizeof *facts.payouts);
	struct fact_payout settled = {.paid = PAYOUT_SETTLED};
	memcpy(settled.id, known[2].item.id, sizeof settled.id);
	size_t at = facts.payouts_n++;
	for (; at > 0 && strcmp(facts.payouts[at - 1].id, settled.id) > 0; at--)
		facts.payouts[at] = facts.payouts[at - 1];
	facts.payouts[at] = settled;
}

static enum result recover(struct work *w)
{
	struct release_evidence e = {.facts = &facts, .archive = archive, .trust = &trust};
	struct lost_releases releases;
	struct releases_recovered released;
	struct facts more;
	doubted = (struct payouts_recovered){0};
	gather(w->arena);
	enum result r = doubt_channels(w, lost, 1, &e.lost);
	if (r == OK)
		r = releases_look(w, &e, &releases);
	if (r == OK)
		r = tx_begin(w);
	if (r == OK)
		r = releases_recover(w, &facts, &releases, (struct day){19816}, &released);
	if (r == OK)
		r = doubt_booked(w, &facts);
	if (r == OK)
		r = payouts_recover(w, &facts, (struct day){19816}, &done);
	if (r == OK)
		r = releases_send(w, &releases, &released);
	if (r == OK)
		r = doubt_ready(w, &e.lost, &facts, &more);
	if (r == OK && more.payouts_n > 0)
		r = payouts_recover(w, &more, (struct day){19816}, &doubted);
	return r == OK ? tx_commit(w) : r;
}

static const char *now(void)
{
	return scene(
		"select (select string_agg(state, ',' order by id) from payout.batch) || ' ' || (select string_agg(x.batch || ':' || x.state || 'x' || x.n, ' ' "
		"order by x.batch, x.state) from (select p.batch, s.state, count(*) as n from payout.payout_state s join payout.payout p on p.id = s.payout "
		"group by 1, 2) x)");
}

static bool guessed(struct work *w)
{
	why_clear(&w->why);
	enum result r = recover(w);
	tx_rollback(w);
	return r != REFUSED || !why_is(&w->why, "recover_dispatch") || !strstr(w->why.text, "dispatch 77");
}

static void test_root(struct work *w)
{
	struct fact_dispatch was = trips[0];
	trips[0].root.b[0] ^= 1;
	ok(!guessed(w), "a dispatch whose root nothing here gives is not guessed at");
	trips[0] = was;
	trips[0].count = 100;
	ok(!guessed(w), "nor one of more payouts than there are");
	trips[0] = was;
	trips[0].channel = "demo-rent";
	ok(!guessed(w), "nor one through another channel");
	trips[0] = was;
	is_str(now(), "approved,approved 1:1x6 2:1x6", "and nothing is done");
	each(w, "by the root", recover);
	is_str(now(), "released,approved 1:1x1 1:4x5 2:1x6",
		"what the ledger counts is in doubt; a bank that deduplicates may hear of the rest again");
	is_str(scene("select string_agg(x.dispatch || ':' || x.lines, ' ' order by x.dispatch) from (select s.dispatch, string_agg(p.line::text, ',' order by p.line) "
		     "as lines from payout.payout_state s join payout.payout p on p.id = s.payout where s.state = 4 group by 1) x"),
		"77:4,5 78:2,6 79:3",
		"those that give the root, each in its dispatch; what a journal has is in its own");
	is_i64((int64_t)doubted.in_doubt, 0, "nothing else");
}

static void test_lost(struct work *w)
{
	scene("set session_replication_role = replica; update org.channel set deduplicates = false; reset session_replication_role");
	each(w, "by a lost journal", recover);
	is_str(now(), "released,released 1:4x6 2:4x6",
		"to a bank that takes an id twice nothing leaves that the lost journal may have had, nor of a manifest that it alone could deny");
	is_i64((int64_t)doubted.in_doubt, 7, "all of it is in doubt");
	is_str(scene("select sum(balance) from books.balance"), "0", "the books balance");
	is_str(scene("select count(*) from payout.dispatch where state = 'ready'"), "0",
		"no dispatch waits for a teller");
	is_str(scene("select bool_and(d.sent_at <= j.at + i.clock_offset) from payout.dispatch d, ops.journal j, ops.instance i where d.id > %d",
		       THIRD),
		"t", "since when the bank may know it nobody sets later than the journal was last heard of");
	ok(went(w, recover(w)) && done.in_doubt == 0 && doubted.in_doubt == 0,
		"a second time there is nothing to do");
	scene("update ops.journal set lost_at = now()");
	struct lost_channels none = {.n = 9};
	struct facts more = {.payouts_n = 9};
	trips[0].whole = trips[1].whole = trips[2].whole = false;
	gather(w->arena);
	ok(went(w, doubt_booked(w, &facts)) && facts.payouts_n == KNOWN,
		"a dispatch that was booked in parts has no root to look for");
	ok(went(w, doubt_channels(w, lost, 1, &none)) && none.n == 0, "a journal is lost once");
	ok(went(w, doubt_ready(w, &none, &facts, &more)) && more.payouts_n == 0,
		"and then nothing more is in doubt");
	lost[0] = "fedcba9876543210";
	ok(went(w, doubt_channels(w, lost, 1, &none)) && none.n > 0 && !none.at[0].knows &&
			none.at[0].since_us == 0,
		"one of which the dump knows nothing may have had anything at any time");
}

int main(void)
{
	struct db *db = lost_release_begin("recover_doubt");
	struct work w = fresh_work(db);
	scene("insert into ops.journal (name, place, banks) values ('%s', 'host:/sent.log', '{DEMO,demo}')",
		lost[0]);
	make_facts();
	test_root(&w);
	test_lost(&w);
	arena_free(w.arena);
	payout_scene_end(db);
	return done_testing();
}
