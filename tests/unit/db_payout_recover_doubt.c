/* A database and a sent journal are lost together, after a release that the dump does not have. The ledger tells by their root which payouts a
 * dispatch took; and what the lost journal alone may have known is in doubt, unless its bank takes nothing twice. Whichever call of the
 * database fails, it is told, and the next try does it all. */
#include <ftw.h>
#include <sys/stat.h>

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/payout/recover_doubt_store.h"
#include "ledger/payout/recover_release_store.h"
#include "ledger/payout/recover_store.h"
#include "tests/lib/payroll_fixture.h"
#include "tests/unit/db_books.h"
#include "tests/unit/db_each.h"

enum { PEOPLE = 12, WARD = 6, DISPATCH = 77 };

static char place[64], archive[80];
static struct trust trust;
static struct fact_batch leaf;
static struct fact_dispatch trip;
static struct facts facts;
static struct payouts_recovered done, doubted;
static const char *lost[] = {"0123456789abcdef"};

static void make_payroll(struct work *w)
{
	int64_t rows;
	bool made;
	struct bytes file;
	const char *share = migrate_share(w, "sql");
	if (!share || !went(w, migrate_reference(w, share, &rows)) ||
		!went(w, migrate_instance(w, true, "2024-04-03 08:00", &made)))
		exit(1);
	snprintf(place, sizeof place, "/tmp/chitra-recover-doubt-%d", (int)getpid());
	snprintf(archive, sizeof archive, "%s/archive", place);
	struct payroll p = {.dir = place, .people = PEOPLE, .wards = 2, .lose_release = true};
	payroll_setup(w, &p);
	payroll_pay(w, &p);
	if (!read_file(w->arena, arena_printf(w->arena, "%s/admin-keys", place), 65536, &file, &w->why) ||
		!trust_read(file, 2, &trust, &w->why))
		bug("%s", w->why.text);
	scene("insert into ops.journal (name, place, banks) values ('%s', 'host:/sent.log', '{DEMO,demo}')",
		lost[0]);
}

/* The ledger has the first batch as released, and one dispatch of its lines but the first and the last. */
static void make_facts(struct arena *a)
{
	struct hash lines[WARD - 2];
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		bug_if(!hash_from_hex(
			bytes_z(scene("select encode(line_hash, 'hex') from payout.payout where batch = 1 "
				      "order by id offset %zu limit 1",
				i + 1)),
			&lines[i]));
	leaf = (struct fact_batch){
		.batch = 1, .version = 1, .released = true, .officers = {"minh", "hoa"}, .at_us = wall_us()};
	bug_if(!hash_from_hex(
		bytes_z(scene("select encode(root, 'hex') from payout.batch where id = 1")), &leaf.root));
	trip = (struct fact_dispatch){.dispatch = DISPATCH,
		.epoch = 1,
		.at_us = wall_us(),
		.booked = true,
		.whole = true,
		.count = COUNT_OF(lines),
		.channel = "demo-merit",
		.root = merkle_root(lines, COUNT_OF(lines))};
	facts = (struct facts){.arena = a,
		.batches = &leaf,
		.batches_n = 1,
		.dispatches = &trip,
		.dispatches_n = 1,
		.numbers = {.batch = 10, .bundle = 10, .dispatch = DISPATCH, .payout = 50}};
}

static enum result recover(struct work *w)
{
	struct release_evidence e = {.facts = &facts, .archive = archive, .trust = &trust};
	struct lost_releases releases;
	struct releases_recovered released;
	struct facts more;
	doubted = (struct payouts_recovered){0};
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

static void test_root(struct work *w)
{
	struct hash was = trip.root;
	trip.root.b[0] ^= 1;
	enum result r = recover(w);
	tx_rollback(w);
	ok(r == REFUSED && why_is(&w->why, "recover_dispatch") && strstr(w->why.text, "dispatch 77"),
		"a dispatch whose root nothing here gives is not guessed at");
	is_str(now(), "approved,approved 1:1x6 2:1x6", "and nothing is done");
	trip.root = was;
	each(w, "by the root", recover);
	is_str(now(), "released,approved 1:1x2 1:4x4 2:1x6",
		"what the ledger counts is in doubt; a bank that deduplicates may hear of the rest again");
	is_str(scene("select count(*) || ' ' || min(line) || ' ' || max(line) from payout.payout_state s join payout.payout p on p.id = s.payout "
		     "where s.state = 4 and s.dispatch = %d",
		       DISPATCH),
		"4 2 5", "those that give the root, in their dispatch");
	is_i64((int64_t)doubted.in_doubt, 0, "nothing else");
}

static void test_lost(struct work *w)
{
	scene("set session_replication_role = replica; update org.channel set deduplicates = false; reset session_replication_role");
	each(w, "by a lost journal", recover);
	is_str(now(), "released,released 1:4x6 2:4x6",
		"to a bank that takes an id twice nothing leaves that the lost journal may have had, nor of a manifest that it alone could deny");
	is_i64((int64_t)doubted.in_doubt, 8, "all of it is in doubt");
	is_str(scene("select sum(balance) from books.balance"), "0", "the books balance");
	is_str(scene("select count(*) from payout.dispatch where state = 'ready'"), "0",
		"no dispatch waits for a teller");
	is_str(scene("select bool_and(d.sent_at <= j.at + i.clock_offset) from payout.dispatch d, ops.journal j, ops.instance i where d.id <> %d",
		       DISPATCH),
		"t", "since when the bank may know it nobody sets later than the journal was last heard of");
	ok(went(w, recover(w)) && done.in_doubt == 0 && doubted.in_doubt == 0,
		"a second time there is nothing to do");
	scene("update ops.journal set lost_at = now()");
	struct lost_channels none = {.n = 9};
	ok(went(w, doubt_channels(w, lost, 1, &none)) && none.n == 0, "a journal is lost once");
	lost[0] = "fedcba9876543210";
	ok(went(w, doubt_channels(w, lost, 1, &none)) && none.n > 0 && !none.at[0].knows &&
			none.at[0].since_us == 0,
		"one of which the dump knows nothing may have had anything at any time");
}

static int remove_one(const char *at, const struct stat *st, int what, struct FTW *where)
{
	(void)st;
	(void)what;
	(void)where;
	return remove(at);
}

int main(void)
{
	books_scene_begin("recover_doubt");
	struct db *db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	w.deadline_us = work_deadline_in_ms(60000);
	make_payroll(&w);
	make_facts(w.arena);
	test_root(&w);
	test_lost(&w);
	arena_free(w.arena);
	db_close(db);
	scene_end();
	nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
