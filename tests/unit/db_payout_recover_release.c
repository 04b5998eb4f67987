/* A release whose commit is lost: the manifest was durable before it, something left, and the dump has the batch as approved, frozen or open.
 * What officers signed is there again, once, whichever call of the database fails meanwhile; a manifest that was tampered with is refused by
 * name, and what nobody says was released stays with the officers. */

#include "ledger/base/file.h"
#include "ledger/base/text.h"
#include "ledger/payout/manifest_file.h"
#include "ledger/payout/recover_release_store.h"
#include "ledger/payout/recover_store.h"
#include "tests/unit/db_each.h"
#include "tests/unit/db_lost_release.h"

enum { LEFT = 4, DISPATCH = 77 };
#define DAY_US (INT64_C(86400) * 1000000)

static struct facts facts;
static struct fact_payout left[LEFT];
static struct fact_dispatch trip;
static struct fact_batch leaves[4];
static struct lost_channel lost_at[2];
static struct lost_channels lost_journals;
static struct lost_releases lost;
static struct releases_recovered released;
static struct payouts_recovered done;

/* Four lines of the first batch left, with a dispatch that the dump does not have. */
static void make_facts(struct arena *a)
{
	trip = (struct fact_dispatch){.dispatch = DISPATCH, .epoch = 1, .at_us = wall_us()};
	for (int64_t i = 0; i < LEFT; i++) {
		struct fact_payout *p = &left[i];
		*p = (struct fact_payout){.journalled = true,
			.sent = {.dispatch = DISPATCH, .epoch = 1, .at_us = trip.at_us - i}};
		const char *row = scene(
			"select end_to_end_id || ' ' || id || ' ' || amount_dong || ' ' || encode(account_hash, 'hex') "
			"from payout.payout where batch = 1 order by end_to_end_id offset %" PRId64
			" limit 1",
			i);
		char hex[65];
		int64_t dong;
		bug_if(sscanf(row, "%19s %" SCNd64 " %" SCNd64 " %64s", p->id, &p->sent.item.payout, &dong,
			       hex) != 4);
		memcpy(p->sent.item.id, p->id, sizeof p->id);
		p->sent.item.amount = vnd(dong);
		bug_if(!hash_from_hex(bytes_z(hex), &p->sent.item.account));
	}
	facts = (struct facts){.arena = a,
		.dispatches = &trip,
		.dispatches_n = 1,
		.payouts = left,
		.payouts_n = LEFT,
		.batches = leaves,
		.numbers = {.batch = 10, .bundle = 10, .dispatch = DISPATCH, .payout = 50}};
}

static enum result look(struct work *w)
{
	struct release_evidence e = {
		.facts = &facts, .archive = archive, .trust = &trust, .lost = lost_journals};
	return releases_look(w, &e, &lost);
}

static enum result recover(struct work *w)
{
	enum result r = look(w);
	if (r == OK)
		r = tx_begin(w);
	if (r == OK)
		r = releases_recover(w, &facts, &lost, (struct day){19816}, &released);
	if (r == OK)
		r = payouts_recover(w, &facts, (struct day){19816}, &done);
	if (r == OK)
		r = releases_send(w, &lost, &released);
	return r == OK ? tx_commit(w) : r;
}

/* ---- what is refused --------------------------------------------------------------------------------------------------- */

static bool refused(struct work *w, const char *code)
{
	why_clear(&w->why);
	enum result r = look(w);
	if (r != REFUSED || !why_is(&w->why, code))
		note("%s: %s %s", result_name(r), w->why.code, w->why.text);
	return r == REFUSED && why_is(&w->why, code);
}

static const char *path(void)
{
	static char at[120];
	snprintf(at, sizeof at, "%s/manifest/1.v1", archive);
	return at;
}

/* The manifest as it would be if its first `from` were `to`. */
static bool tampered(struct work *w, const char *from, const char *to, const char *code)
{
	struct bytes was;
	if (!read_file(w->arena, path(), MANIFEST_MAX, &was, &w->why))
		bug("%s", w->why.text);
	const char *text = arena_strndup(w->arena, (const char *)was.at, was.n);
	const char *at = strstr(text, from);
	bug_if(!at);
	const char *other = arena_printf(w->arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	bug_if(!write_file_durable(path(), bytes_z(other), 0644, &w->why));
	bool as = refused(w, code) && strstr(w->why.text, "1.v1");
	bug_if(!write_file_durable(path(), was, 0644, &w->why));
	return as;
}

static const char *field(struct work *w, const char *key, size_t nth)
{
	struct bytes text;
	bug_if(!read_file(w->arena, path(), MANIFEST_MAX, &text, &w->why));
	const char *at = arena_strndup(w->arena, (const char *)text.at, text.n);
	const char *begin = arena_printf(w->arena, "\n%s ", key);
	for (at = strstr(at, begin); at && nth > 0; nth--)
		at = strstr(at + 1, begin);
	bug_if(!at);
	return arena_strndup(w->arena, at + 1, strcspn(at + 1, "\n"));
}

static void test_tampered(struct work *w)
{
	ok(tampered(w, "amount ", "amount 1", "manifest_lines"),
		"a line with another amount is not what the root is over");
	ok(tampered(w, field(w, "signature", 0), field(w, "signature", 1), "approval_signature"),
		"one officer's signature does not stand for another's");
	ok(tampered(w, field(w, "released-by", 1), field(w, "released-by", 0), "same_person"),
		"one officer alone releases nothing");
	ok(tampered(w, "released-by hoa", "released-by lan", "own_batch"), "nor does its maker");
	ok(tampered(w, "released-by hoa", "released-by nobody", "officer_unknown"),
		"whom the dump does not know is named");
	ok(tampered(w, "released-by hoa", "released-by an", "no_mandate"),
		"whoever was never certified to release did not");
	ok(tampered(w, "made-by lan", "made-by an", "manifest_differs"), "another maker is another batch");
	struct verify_key was = trust.admins[0];
	trust.admins[0].b[0] ^= 1;
	ok(refused(w, "certificate_unsigned"), "officers whom our admins did not certify signed nothing");
	trust.admins[0] = was;
}

static void test_refused(struct work *w)
{
	struct release_evidence e = {.facts = &facts, .archive = archive};
	ok(releases_look(w, &e, &lost) == REFUSED && why_is(&w->why, "admin_keys_missing"),
		"without admin keys nobody is believed");
	leaves[0] = (struct fact_batch){
		.batch = 1, .version = 1, .released = true, .officers = {"minh", "hoa"}, .at_us = wall_us()};
	facts.batches_n = 1;
	ok(refused(w, "manifest_differs"), "the ledger's root is another one");
	bug_if(!hash_from_hex(bytes_z(scene("select encode(root, 'hex') from payout.batch where id = 1")),
		&leaves[0].root));
	leaves[0].officers[1] = "an";
	ok(refused(w, "manifest_differs"), "or other officers released it");
	leaves[0].officers[0] = "an";
	leaves[0].officers[1] = "hoa";
	ok(refused(w, "manifest_differs"), "whichever of the two");
	leaves[0].officers[0] = "minh";
	leaves[1] = leaves[0];
	leaves[1].released = false;
	facts.batches_n = 2;
	ok(went(w, look(w)) && lost.n == 1 && lost.at[0].approved_booked && lost.at[0].released_booked,
		"what the ledger has of it need not be booked again");
	leaves[0].at_us += 300 * DAY_US;
	ok(refused(w, "approval_expired"), "signatures that had run out when it was released do not count");
	leaves[0].at_us += 100 * DAY_US;
	ok(refused(w, "certificate_expired"), "nor do those of officers whose certificate had");
	leaves[0].version = 2;
	ok(refused(w, "manifest_missing") && strstr(w->why.text, "manifest/1.v2"),
		"a version without its manifest");
	leaves[0].batch = 3;
	leaves[0].version = 1;
	ok(refused(w, "manifest_missing") && strstr(w->why.text, "manifest/3.v1"),
		"or a batch without one is refused by the file's name");
	facts.batches_n = 0;
	const char *aside = arena_printf(w->arena, "%s/manifest", archive);
	bug_if(rename(aside, arena_printf(w->arena, "%s.aside", aside)) != 0 ||
		!write_file_durable(aside, bytes_z("no directory"), 0644, &w->why));
	ok(refused(w, "file_trouble"), "an archive whose manifests cannot be listed is refused");
	bug_if(unlink(aside) != 0 || rename(arena_printf(w->arena, "%s.aside", aside), aside) != 0);
	scene("set session_replication_role = replica; update payout.batch set version = 2 where id = 1");
	size_t named = 0;
	bool told = refused(w, "dump_before_release") && strstr(w->why.text, "batch 1 version 1") &&
		    strstr(w->why.text, "4 of them sent");
	for (size_t i = 0; i < LEFT; i++)
		named += strstr(w->why.text, left[i].id) != NULL;
	ok(told && named == 3,
		"a dump with another version of a batch is too old, and says which batch and ids");
	scene("update payout.batch set version = 1 where id = 1; "
	      "update payout.payout set amount_dong = amount_dong + 1 where id = 1");
	ok(refused(w, "batch_altered"), "rows that are no lines that anybody signed are refused");
	scene("update payout.payout set amount_dong = amount_dong - 1 where id = 1; reset session_replication_role");
}

/* A journal is lost, and its bank may take twice what it knows until then. */
static void lose(const char *channel, bool knows, int64_t until_us)
{
	lost_at[0] = (struct lost_channel){.code = "demo-rent", .knows = false};
	lost_at[1] = (struct lost_channel){.code = channel, .knows = knows, .known_until_us = until_us};
	lost_journals = (struct lost_channels){.n = 2, .at = lost_at};
}

static bool in_doubt(struct work *w, size_t n)
{
	why_clear(&w->why);
	return went(w, look(w)) && lost.n == n && lost.again == 2 - n;
}

static void test_lost_journal(struct work *w)
{
	lose("demo-cash", false, 0);
	ok(in_doubt(w, 1), "a lost journal of another bank says nothing of these manifests");
	lose("demo-merit", true, INT64_MAX);
	ok(in_doubt(w, 1), "nor does one whose bank knows what it heard for longer than they hold");
	lose("demo-merit", true, 0);
	ok(in_doubt(w, 2), "what its bank has forgotten before their end, it may have paid");
	ok(tampered(w, field(w, "released-by", 1), field(w, "released-by", 0), "same_person"),
		"of several batches the one that is refused is named");
	lose("demo-merit", false, 0);
	scene("set session_replication_role = replica; update payout.batch set version = 2");
	ok(refused(w, "dump_before_release") && strstr(w->why.text, "batch 1 version 1") &&
			strstr(w->why.text, ", batch 2 version 1") && strstr(w->why.text, "0 of them sent"),
		"each batch that the dump is too old for is told");
	scene("update payout.batch set version = 1; update payout.batch set state = 'withdrawn' where id = 1");
	ok(refused(w, "dump_before_release"), "one that was withdrawn in the dump is another one");
	scene("update payout.batch set state = 'approved' where id = 1; reset session_replication_role");
	lost_journals.n = 0;
}

/* The dump's row of the first batch with one column changed. */
static bool altered(struct work *w, const char *what, const char *to, const char *said)
{
	scene("create temp table was as select * from payout.batch where id = 1; "
	      "set session_replication_role = replica; update payout.batch set %s = %s where id = 1",
		what, to);
	bool as = refused(w, "manifest_differs") && strstr(w->why.text, said);
	scene("update payout.batch b set %s = w.%s from was w where w.id = b.id; reset session_replication_role; drop table was",
		what, what);
	return ok(as, "a batch of another %s is not the one that was released", said);
}

static void test_altered(struct work *w)
{
	scene("create temp table was as select * from payout.payout where id = 1; set session_replication_role = replica; "
	      "delete from payout.payout where id = 1");
	ok(refused(w, "manifest_differs") && strstr(w->why.text, "list of lines"),
		"one that lacks a line is not the one that was released");
	scene("insert into payout.payout overriding system value select * from was; reset session_replication_role; drop table was");
	scene("insert into org.agency (code, name_vi) values ('other', 'Another agency')");
	altered(w, "agency", "(select id from org.agency where id <> agency limit 1)", "agency");
	altered(w, "programme", "'rent'", "programme");
	altered(w, "period", "date '2024-05-01'", "period");
	altered(w, "area_code", "'22918'", "area");
	altered(w, "area_valid_from", "area_valid_from - 1", "area");
	scene("set session_replication_role = replica; create temp table was as select channel from payout.batch where id = 1; "
	      "update payout.batch b set channel = c.id from org.channel c where c.id <> b.channel and b.id = 1");
	ok(refused(w, "batch_altered"), "one of another channel has other lines");
	scene("update payout.batch b set channel = w.channel from was w where b.id = 1; reset session_replication_role; drop table was");
}

/* ---- what comes back --------------------------------------------------------------------------------------------------- */

static const char *now(void)
{
	return scene(
		"select concat_ws(' ', (select string_agg(b.state || ':' || (select count(*) from payout.release r where r.batch = b.id), ',' order by b.id) "
		"from payout.batch b), (select string_agg(s.state || 'x' || s.n, ',' order by s.state) from (select state, count(*) as n "
		"from payout.payout_state group by state) s), (select string_agg(d.state || ':' || (select sum(r.last_payout - r.first_payout + 1) "
		"from payout.dispatch_range r where r.dispatch = d.id), ',' order by d.state) from payout.dispatch d))");
}

/* Back to when the first batch was only approved, frozen or open; in the last case nobody had signed anything, and one of those who did had not
 * been certified. */
static void forget(const char *state)
{
	scene("set session_replication_role = replica; delete from payout.dispatch_range; delete from payout.dispatch; delete from payout.payout_move; "
	      "delete from payout.hold; delete from payout.release where batch = 1; "
	      "update payout.batch set state = '%s', root = case '%s' when 'open' then null else root end where id = 1; "
	      "delete from payout.payout_state s using payout.payout p where p.id = s.payout and p.batch = 1; "
	      "delete from payout.bundle_batch where batch = 1",
		state, state);
	if (strcmp(state, "open") == 0)
		scene("delete from payout.approval; delete from payout.bundle_batch; delete from payout.bundle; delete from payout.payout_state; "
		      "delete from payout.batch_version where batch = 1; update payout.batch set state = 'frozen' where id = 2; "
		      "delete from auth.certificate c using auth.officer o where o.id = c.officer and o.login = 'hoa'");
	scene("reset session_replication_role");
}

static void test_back(struct work *w, const char *state, size_t approved, const char *other)
{
	each(w, arena_printf(w->arena, "%s in the dump", state), recover);
	is_i64((int64_t)lost.again, 1, "%s: the batch that nobody says was released is left to the officers",
		state);
	is_i64((int64_t)released.released, 1, "%s: the other one is released again", state);
	is_i64((int64_t)released.approved, (int64_t)approved, "%s: and was approved again where it must be",
		state);
	is_str(now(), arena_printf(w->arena, "released:2,%s,4x4 ready:2,sent:4", other),
		"%s: what left is in doubt, what did not is ready in a dispatch of its own, the other batch has none",
		state);
	is_str(scene("select string_agg(o.login || ' ' || r.planned, ',' order by o.login) from payout.release r join auth.officer o on o.id = r.officer "
		     "where r.batch = 1"),
		"hoa false,minh false", "%s: by the officers whom the manifest names", state);
	is_str(scene("select bool_and(d.id = %d) from payout.payout_state s join payout.dispatch d on d.id = s.dispatch where s.state = 4",
		       DISPATCH),
		"t", "%s: in the dispatch that sent it", state);
	is_str(scene("select sum(balance) from books.balance"), "0", "%s: the books balance", state);
	why_clear(&w->why);
	ok(went(w, recover(w)) && lost.n == 0 && released.released == 0 && done.sent == 0 &&
			done.in_doubt == 0,
		"%s: a second time there is nothing to do", state);
}

/* A dump in which what was signed is another root. */
static void test_not_approved(struct work *w)
{
	scene("set session_replication_role = replica; insert into payout.bundle_batch (bundle, n, batch, version, root, path) "
	      "select x.bundle, 1 - x.n, 1, x.version, x.root, x.path from payout.bundle_batch x where x.batch = 2");
	why_clear(&w->why);
	enum result r = recover(w);
	tx_rollback(w);
	ok(r == REFUSED && why_is(&w->why, "not_approved"),
		"what is not signed by both in the rows is not released");
	scene("delete from payout.bundle_batch where batch = 1; reset session_replication_role");
}

/* Batches of two bundles, none of which the dump has as approved, and a journal that may have had all of them. */
static void test_bundles(struct work *w)
{
	scene("set session_replication_role = replica; update auth.mandate m set certificate = c.id from auth.certificate c where c.officer = m.officer; "
	      "reset session_replication_role");
	struct payroll p = {.dir = place, .people = PEOPLE, .first = 100, .wards = 2, .lose_release = true};
	payroll_pay(w, &p);
	scene("set session_replication_role = replica; update payout.batch set state = 'frozen' where id > 2; delete from payout.bundle_batch where batch > 2; "
	      "delete from payout.payout_state s using payout.payout p where p.id = s.payout and p.batch > 2; reset session_replication_role");
	lose("demo-merit", false, 0);
	each(w, "two bundles", recover);
	ok(lost.n == 3 && released.approved == 3 && released.released == 3,
		"each of three batches is approved and released again");
	is_str(scene("select count(distinct x.bundle) || ' ' || count(distinct x.batch) from payout.bundle_batch x"),
		"2 4", "in the bundle that was signed for it");
	is_str(scene("select sum(balance) from books.balance"), "0", "and the books balance");
}

static void test_all(struct work *w)
{
	is_str(now(), "approved:1,approved:1 1x12", "in the dump nothing is released");
	test_back(w, "approved", 0, "approved:1 1x8");
	is_str(scene("select count(*) from books.txn where idem = 'b1.v1.released'"), "1",
		"a release that no checkpoint covered is booked");
	forget("frozen");
	test_not_approved(w);
	struct fact_batch was = leaves[0];
	leaves[0] = (struct fact_batch){.batch = 1, .version = 1, .root = was.root};
	facts.batches_n = 1;
	test_back(w, "frozen", 1, "approved:1 1x8");
	facts.batches_n = 0;
	is_str(scene("select count(*) || ' ' || count(distinct x.bundle) from payout.bundle_batch x"), "2 1",
		"it is in the bundle again that was signed");

	struct hash root;
	bug_if(!hash_from_hex(bytes_z(scene("select encode(root, 'hex') from payout.bundle")), &root));
	struct fact_approval booked[] = {
		{.bundle = 4, .officer = "minh"}, {.bundle = 5, .root = root, .officer = "minh"}};
	facts.approvals = booked;
	facts.approvals_n = COUNT_OF(booked);
	forget("open");
	test_back(w, "open", 1, "frozen:1 1x2");
	facts.approvals = NULL;
	facts.approvals_n = 0;
	is_str(scene("select string_agg(a.role || ' ' || o.login, ',' order by a.id) from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle "
		     "join auth.officer o on o.id = a.officer where x.batch = 1 and x.bundle = 5"),
		"checker minh,approver hoa",
		"with the signatures that were given, under the number that the books have");
	is_str(scene("select string_agg(idem, ' ' order by idem) from books.txn where kind = 'approval' and idem ~ '^a5'"),
		"a5.hoa", "and what of them the books lacked");
	is_str(scene("select count(c.id) || ' ' || count(m.role) from auth.officer o join auth.certificate c on c.officer = o.id "
		     "left join auth.mandate m on m.certificate = c.id where o.login = 'hoa'"),
		"1 0", "a certificate that the dump lacked proves what it signed, and lets nobody act");
}

int main(void)
{
	struct db *db = lost_release_begin("recover_release");
	struct work w = fresh_work(db);
	make_facts(w.arena);
	test_tampered(&w);
	test_refused(&w);
	test_altered(&w);
	test_lost_journal(&w);
	test_all(&w);
	test_bundles(&w);
	arena_free(w.arena);
	payout_scene_end(db);
	return done_testing();
}
