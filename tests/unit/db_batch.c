/* Batches through the real stores: three people, law 4, what the obligation is the second time, and what is released. */
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "ledger/db/copy.h"
#include "ledger/payout/make_store.h"
#include "ledger/payout/manifest.h"
#include "ledger/payout/release_store.h"
#include "ledger/payout/verify.h"
#include "tests/unit/db_books.h"

#define PERIOD ((struct month){2024, 4})
#define NEXT   ((struct month){2024, 5})
#define WARD   "22915"

static struct db *db;
static struct key32 id_key;
static const struct batch_keys batch_keys = {.id_key = &id_key};
static struct trust trust;
static struct sign_key *admins[2];
static char archive[64];

enum { LAN, MINH, HOA, BINH, OFFICERS };
static const char *const logins[OFFICERS] = {"lan", "minh", "hoa", "binh"};
static struct sign_key *keys[OFFICERS];

static struct sign_key *key_of(uint8_t n)
{
	struct key32 seed;
	memset(seed.b, n, sizeof seed.b);
	return sign_from_seed(&seed);
}

/* ---- the scene ---------------------------------------------------------------------------------------------------------- */

static void make_officer(struct work *w, int who)
{
	static const struct mandate all[] = {{"maker", "*", "*", {1000000000000}},
		{"checker", "*", "*", {1000000000000}}, {"approver", "*", "*", {1000000000000}},
		{"release", "*", "*", {1000000000000}}};
	struct buf text = BUF(CERTIFICATE_MAX), sigs = BUF(CERTIFICATE_MAX);
	bool added;
	keys[who] = key_of((uint8_t)(10 + who));
	struct certificate c = {.officer = logins[who],
		.name = logins[who],
		.key = sign_public(keys[who]),
		.n = COUNT_OF(all),
		.mandates = all,
		.not_before_us = wall_us() - 60000000,
		.not_after_us = wall_us() + 86400000000,
		.serial = 1};
	certificate_text(&c, &text);
	for (size_t i = 0; i < 2; i++)
		admin_sign(admins[i], buf_bytes(&text), &sigs);
	struct certified row = {.login = logins[who],
		.sha256 = sha256(buf_bytes(&text)),
		.text = buf_bytes(&text),
		.signatures = buf_bytes(&sigs),
		.key = c.key,
		.not_before_us = c.not_before_us,
		.not_after_us = c.not_after_us,
		.n = c.n,
		.mandates = c.mandates};
	if (!went(w, officer_add(w, logins[who], logins[who], &added)) || !went(w, officer_certify(w, &row)))
		exit(1);
	scene("insert into auth.session (token_hash, officer, expires_at) select sha256('%s'), id, now() + interval '1 hour' "
	      "from auth.officer where login = '%s'",
		logins[who], logins[who]);
	buf_free(&text);
	buf_free(&sigs);
}

static void make_scene(struct work *w)
{
	scene("insert into ops.instance (sandbox) values (true)");
	scene("insert into payout.state select * from (values %s) x",
		"(1::smallint, 'ready', 0::smallint, false, false, false), "
		"(2, 'held', 0, false, false, false), (3, 'sent', 1, false, true, false), (4, 'unknown', 2, false, true, false), "
		"(5, 'accepted', 2, false, true, false), (6, 'credited', 3, false, true, false), (7, 'settled', 4, true, false, false), "
		"(8, 'rejected', 4, true, false, true), (9, 'not_paid', 4, true, false, true), (10, 'returned', 5, true, false, true), "
		"(11, 'cancelled', 4, true, false, true)");
	scene("insert into payout.cause values (1, 'dispatch', 'teller', '3', ''), (2, 'reply', 'teller', '4 5 6 8', ''), "
	      "(5, 'statement', 'scribe', '7 10', ''), (9, 'officer', 'desk', '1 2 11', '')");
	scene("insert into payout.legal_move values (1, 3, ''), (3, 8, ''), (3, 7, ''), (7, 10, ''), (1, 2, ''), (2, 1, ''), "
	      "(1, 11, ''), (2, 11, '')");
	scene("insert into org.agency (code, name_vi) values ('labour', 'x')");
	scene("insert into org.funding_account (code, agency, bank, number) select 'merit-demo', id, 'DEMO', '0071000123456' "
	      "from org.agency");
	scene("insert into org.programme_agency select 'merit', agency, id from org.funding_account");
	scene("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	      "posting_lag_days, items_per_message, valid_hours) select 'demo-merit', 'bank', id, 'DEMO', 'chitra_json', true, 7, true, "
	      "1, 500, 24 from org.funding_account");
	for (int i = 0; i < OFFICERS; i++)
		make_officer(w, i);
}

/* n people with a claim of 1,000,000 dong and an account that passes; `from` is the first one's number. */
static void people(int from, int n, const char *ward)
{
	scene("insert into register.person (anchor, name, name_fold, birth_year, sex) select decode(md5('p' || i), 'hex'), 'p' || i, "
	      "'p', 1950, 'M' from generate_series(%d, %d) as i",
		from, from + n - 1);
	scene("insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from) "
	      "select p.id, 'merit', '2024-04-01', 'regular', 1000000, a.id, '2024-04-01', '%s', '2023-04-01' from register.person p, "
	      "org.agency a where not exists (select from payout.claim c where c.person = p.id)",
		ward);
	scene("with a as (insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, "
	      "source) select id, 'self', 'DEMO', decode(md5(id || 'b'), 'hex'), '\\x00', decode(md5(id || 's'), 'hex'), "
	      "sha256(id::text::bytea), name, 'p', 'list' from register.person p where not exists (select from register.payee_account x "
	      "where x.person = p.id) returning id) insert into register.account_check (account, source, status, grade, id_linked, "
	      "passes) select id, 'bank_inquiry', 'open', 'exact', true, true from a");
}

/* ---- acting --------------------------------------------------------------------------------------------------------------- */

static struct officer me;

static enum result enter(struct work *w, int who)
{
	struct hash token = sha256(bytes_z(logins[who]));
	enum result r = tx_begin(w);
	return r == OK ? officer_enter(w, &token, &me) : r;
}

static struct batch_made make(struct work *w, int who, struct month period, const char *ward)
{
	struct batch_made made = {0};
	struct batch_areas areas;
	struct batch_wish wish = {.programme = "merit",
		.period = period,
		.areas = &ward,
		.n_areas = ward != NULL,
		.keys = batch_keys};
	enum result r = enter(w, who);
	if (r == OK)
		r = batch_areas(w, &wish, &areas);
	if (r == OK)
		r = batch_make(w, &wish, areas.at, areas.n, &made);
	if (!went(w, r == OK ? tx_commit(w) : r))
		exit(1);
	return made;
}

static enum result submit(struct work *w, int who, int64_t batch)
{
	struct batches b;
	enum result r = enter(w, who);
	if (r == OK)
		r = batch_submit(w, me.id, &batch, 1, &b);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static enum result record(struct work *w, int who, enum approval_role role, const struct draft *draft,
	struct entries *entries, struct approved *done)
{
	struct certificates c;
	enum result r = officer_certificates(w, logins[who], &c);
	if (r != OK)
		return r;
	struct signed_draft s = {.draft = draft,
		.text = approve_text(w->arena, draft, logins[who], role, &c.at[0].sha256, wall_us(), 30),
		.certificate = &c.at[0]};
	s.signature = sign_detached(keys[who], s.text);
	return approve_record(w, &me, &trust, &s, entries, done);
}

static enum result approve(struct work *w, int who, enum approval_role role, const int64_t *ids, size_t n)
{
	struct drafts d;
	struct entries entries = {0};
	struct approved done = {0};
	enum result r = enter(w, who);
	if (r == OK)
		r = approve_prepare(w, role, ids, n, &d);
	if (r == OK)
		r = record(w, who, role, &d.at[0], &entries, &done);
	if (r == OK)
		r = books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static bool planned; /* what release says */

static enum result release(struct work *w, int who, const int64_t *ids, size_t n, struct released *out)
{
	struct entries entries = {0};
	struct release_wish wish = {
		.me = &me, .planned = planned, .trust = &trust, .archive = archive, .ids = ids, .n = n};
	enum result r = enter(w, who);
	if (r == OK)
		r = release_batches(w, &wish, &entries, out);
	if (r == OK && entries.n > 0)
		r = books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static void fund(struct work *w, int64_t line, int64_t dong)
{
	struct told_by by = told_by_scribe();
	struct entry e = entry_funding(w->arena, &by,
		&(struct statement_fact){.line = line,
			.funding_account = "merit-demo",
			.day = by.effective,
			.part = (int32_t)line,
			.amount = vnd(dong),
			.entry = "KB24",
			.order = "QD-08"});
	enum result r = tx_begin(w);
	if (r == OK)
		r = books_post(w, &e, 1, FLOORS_REFUSE, NULL);
	if (!went(w, r == OK ? tx_commit(w) : r))
		exit(1);
}

static bool refused(struct work *w, enum result r, const char *code)
{
	if (r != REFUSED || !why_is(&w->why, code))
		note("%s: %s: %s", result_name(r), r == OK ? "" : w->why.code, r == OK ? "" : w->why.text);
	return r == REFUSED && why_is(&w->why, code);
}

static int64_t last_batch(void)
{
	return strtoll(scene("select max(id) from payout.batch"), NULL, 10);
}

/* Every payout of the batch goes along these states. */
static void move(int64_t batch, int from, int to, enum payout_cause cause)
{
	scene("select count(*) from (select payout.move(array_agg(id), array_agg(%d::smallint), array_agg(%d::smallint), %d::smallint, "
	      "array_agg(null::bigint), array_agg(null::int), null) from payout.payout where batch = %" PRId64
	      ") x",
		from, to, (int)cause, batch);
}

/* ---- the rules ------------------------------------------------------------------------------------------------------------- */

static enum result copy_line(struct work *w, int64_t claim, int issue, int64_t batch, const char *id)
{
	struct hash h = sha256(bytes_z(id));
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	struct copy *c = copy_begin(w, Q_PAYOUTS_IN);
	copy_row_begin(c);
	copy_i64(c, claim);
	copy_i64(c, issue);
	copy_i64(c, batch);
	copy_i64(c, 999);
	copy_null(c); /* the account, and why it is cash */
	copy_null(c);
	copy_hash(c, &h);
	copy_i64(c, 1000000);
	copy_hash(c, &h);
	copy_text(c, id);
	r = copy_end(c, NULL);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

static void test_three_people(struct work *w, int64_t batch)
{
	ok(refused(w, submit(w, HOA, batch), "not_yours"), "a batch is submitted by whoever made it");
	ok(submit(w, LAN, batch) == OK, "the maker submits");
	ok(refused(w, copy_line(w, 1, 2, batch, "7K3M9QAB2CDEFGHJKMN"), "batch_frozen"),
		"no line enters a frozen batch");
	ok(refused(w, approve(w, LAN, ROLE_CHECKER, &batch, 1), "own_batch"),
		"the maker does not check her batch");
	ok(refused(w, approve(w, LAN, ROLE_APPROVER, &batch, 1), "own_batch"), "nor approve it");
	ok(went(w, approve(w, MINH, ROLE_CHECKER, &batch, 1)), "another one checks");
	ok(refused(w, approve(w, MINH, ROLE_CHECKER, &batch, 1), "already_signed"), "once");
	ok(refused(w, approve(w, BINH, ROLE_CHECKER, &batch, 1), "already_signed"), "and one is enough");
	ok(refused(w, approve(w, MINH, ROLE_APPROVER, &batch, 1), "same_person"),
		"the checker does not approve too");
	is_str(scene("select count(*) from payout.payout_state"), "0", "nothing lives by one signature");

	struct drafts d;
	struct entries entries = {0};
	struct approved done = {0};
	enum result r = enter(w, HOA);
	if (r == OK)
		r = approve_prepare(w, ROLE_APPROVER, &batch, 1, &d);
	me.login = "binh";
	ok(r == OK && refused(w, record(w, HOA, ROLE_APPROVER, &d.at[0], &entries, &done), "not_yours"),
		"nobody signs in another's session");
	tx_rollback(w);
	ok(went(w, approve(w, HOA, ROLE_APPROVER, &batch, 1)), "a third one approves");
	is_str(scene("select state from payout.batch"), "approved", "and the batch is approved");
	is_str(scene("select count(*) from payout.payout_state where state = 1"), "3",
		"its payouts are ready");
	is_str(scene("select string_agg(kind, ' ' order by seq) from books.txn where kind <> 'funding'"),
		"approval approval batch.approved", "each signature is a leaf, and the obligation one");
	ok(refused(w, copy_line(w, 1, 2, batch, "7K3M9QAB2CDEFGHJKMN"), "batch_frozen"),
		"no line enters it any more");
}

static void test_changed_meanwhile(struct work *w)
{
	struct drafts d;
	struct entries entries = {0};
	struct approved done = {0};
	struct batch_made made = {0};
	people(100, 2, "22918");
	make(w, LAN, PERIOD, "22918");
	int64_t batch = last_batch();
	const char *before = arena_strdup(w->arena,
		scene("select string_agg(end_to_end_id, ' ' order by line) from payout.payout where batch = %" PRId64,
			batch));
	submit(w, LAN, batch);
	enum result r = enter(w, MINH);
	if (r == OK)
		r = approve_prepare(w, ROLE_CHECKER, &batch, 1, &d);
	ok(went(w, r == OK ? tx_commit(w) : r), "a checker looks at a batch");
	r = enter(w, LAN);
	if (r == OK)
		r = batch_remake(w, batch, &batch_keys, &made);
	ok(went(w, r == OK ? tx_commit(w) : r) && made.lines == 2, "meanwhile it is made anew");
	is_str(scene("select string_agg(end_to_end_id, ' ' order by line) from payout.payout where batch = %" PRId64,
		       batch),
		before, "with the same ids: they are derived, not drawn");
	submit(w, LAN, batch);
	r = enter(w, MINH);
	ok(r == OK && refused(w, record(w, MINH, ROLE_CHECKER, &d.at[0], &entries, &done), "batch_changed"),
		"the signature over the old version does not count");
	tx_rollback(w);
	r = enter(w, LAN);
	if (r == OK)
		r = batch_withdraw(w, &batch, 1);
	ok(went(w, r == OK ? tx_commit(w) : r), "it is withdrawn");
	is_i64(make(w, LAN, PERIOD, "22918").lines, 2, "and its claims are free for another");
}

static void test_release(struct work *w, int64_t batch)
{
	struct released out;
	ok(refused(w, release(w, LAN, &batch, 1, &out), "own_batch"), "the maker does not release");
	ok(went(w, release(w, MINH, &batch, 1, &out)) && out.at[0].answer == RELEASE_AWAITS_SECOND,
		"one officer's release awaits another's");
	ok(went(w, release(w, MINH, &batch, 1, &out)) && out.at[0].answer == RELEASE_AWAITS_SECOND,
		"not his own once more");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_NOT_FUNDED &&
			vnd_dong(out.at[0].missing) == 3000000,
		"without money it waits, and says how much is missing");
	fund(w, 1, 2999999);
	ok(went(w, release(w, HOA, &batch, 1, &out)) && vnd_dong(out.at[0].missing) == 1, "a dong is a dong");
	fund(w, 2, 1);
	scene("update ops.instance set clock_offset = '48 hours'");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_EXPIRED,
		"what has expired does not go");
	scene("alter table ops.instance disable trigger all; update ops.instance set clock_offset = '0'; "
	      "alter table ops.instance enable trigger all");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_DONE,
		"with the money it goes");
	ok(refused(w, release(w, HOA, &batch, 1, &out), "batch_state"), "once");
	is_str(scene("select balance from books.balance b join books.ledger_account a on a.id = b.account where a.code = "
		     "'liabilities:advance:merit-demo'"),
		"0", "it took the advance");
}

static void test_manifest(struct work *w, int64_t batch)
{
	struct bytes text;
	struct manifest m;
	struct why why = {0};
	const char *path = arena_printf(w->arena, "%s/%s", archive, manifest_name(w->arena, batch, 1));
	ok(read_file(w->arena, path, 1 << 20, &text, &why) && manifest_parse(w->arena, text, &m, &why),
		"the archive has the batch's manifest %s", why.text);
	struct batch_proof proof = {.root = m.batch.root,
		.lines = m.batch.lines,
		.sum = m.batch.sum,
		.agency = m.batch.agency,
		.areas = &m.batch.area,
		.n_areas = 1,
		.n = m.n_approvals,
		.approvals = m.approvals};
	ok(verify_batch(&trust, &proof, wall_us(), NULL, &why), "which proves it without the database %s",
		why.text);
	struct trust others = trust;
	others.admins[0] = others.admins[1] = sign_public(keys[LAN]);
	ok(!verify_batch(&others, &proof, wall_us(), NULL, &why), "to whoever believes its admins");
	is_str(m.batch.made_by, "lan", "it says who made it");
}

/* How the last batch's obligation was booked: the sums that its ledger transaction moved. */
static const char *obligation(void)
{
	return scene(
		"select coalesce(string_agg(a.code || ' ' || p.amount, ', ' order by p.n), 'nothing') from books.txn t "
		"left join books.posting p on p.seq = t.seq left join books.ledger_account a on a.id = p.account "
		"where t.seq = (select max(seq) from books.txn where kind = 'batch.approved')");
}

static void test_next_issue(struct work *w, int64_t batch)
{
	ok(refused(w, copy_line(w, 1, 2, last_batch(), "7K3M9QAB2CDEFGHJKMN"), "still_live"),
		"a claim has one live payout");
	is_i64(make(w, LAN, NEXT, WARD).lines, 0, "and none is made for it");
	move(batch, 1, 3, CAUSE_DISPATCH);
	move(batch, 3, 8, CAUSE_REPLY);
	struct batch_made made = make(w, LAN, NEXT, WARD);
	ok(made.lines == 0 && made.unconfirmed == 3,
		"an account that refused waits until it is checked anew");
	scene("insert into register.account_check (account, source, status, grade, id_linked, passes, at) select account, source, "
	      "status, grade, id_linked, passes, now() + interval '1 second' from register.account_check");
	scene("insert into recon.break (kind, funding_account, day, payout, amount_dong, note) select 'contradiction', f.id, '2024-04-04', "
	      "p.id, 1000000, 'x' from payout.payout p, org.funding_account f where p.batch = %" PRId64,
		batch);
	is_i64(make(w, LAN, NEXT, WARD).lines, 0,
		"what was refused, and is debited all the same, is not paid again");
	scene("set session_replication_role = replica"); /* two officers, round the guards */
	scene("insert into recon.break_resolution (break, outcome, first_officer, second_officer) select k.id, 'corrected', min(o.id), "
	      "max(o.id) from recon.break k, auth.officer o group by k.id");
	scene("reset session_replication_role");
	made = make(w, LAN, NEXT, WARD);
	is_i64(made.lines, 3, "what was rejected is paid again, as the next issue");
	int64_t again = last_batch();
	is_str(scene("select string_agg(distinct issue::text, ' ') from payout.payout where batch = %" PRId64,
		       again),
		"2", "as the next issue");
	struct released out;
	submit(w, LAN, again);
	approve(w, MINH, ROLE_CHECKER, &again, 1);
	approve(w, HOA, ROLE_APPROVER, &again, 1);
	is_str(obligation(), "nothing", "what was never paid is owed still, and booked once");
	release(w, MINH, &again, 1, &out);
	ok(went(w, release(w, HOA, &again, 1, &out)) && out.done == 1, "its money is there already");
	move(again, 1, 3, CAUSE_DISPATCH);
	move(again, 3, 7, CAUSE_STATEMENT);
	move(again, 7, 10, CAUSE_STATEMENT);
	scene("insert into register.account_check (account, source, status, grade, id_linked, passes, at) select account, source, "
	      "status, grade, id_linked, passes, now() + interval '2 seconds' from register.account_check");
	scene("select count(*) from pg_sleep(0)");
	made = make(w, LAN, NEXT, WARD);
	is_i64(made.lines, 3, "what was returned is paid again, as the next issue");
	again = last_batch();
	/* The return itself was booked by nobody here; the unclaimed money stands in for it. */
	submit(w, LAN, again);
	approve(w, MINH, ROLE_CHECKER, &again, 1);
	ok(refused(w, approve(w, HOA, ROLE_APPROVER, &again, 1), "floor"),
		"a third issue takes from the unclaimed, which must be there");
}

static int64_t approved(struct work *w, int first, int n, const char *ward)
{
	people(first, n, ward);
	make(w, LAN, PERIOD, ward);
	int64_t batch = last_batch();
	submit(w, LAN, batch);
	approve(w, MINH, ROLE_CHECKER, &batch, 1);
	approve(w, HOA, ROLE_APPROVER, &batch, 1);
	return batch;
}

/* One payout in each state; the four that are proven unpaid are paid again, by a batch of their own that nobody has approved yet. */
static void test_follow_up(struct work *w)
{
	int64_t first = approved(w, 6000, 11, "22930");
	scene("set session_replication_role = replica; update payout.payout_state s set state = p.line from payout.payout p "
	      "where p.id = s.payout and p.batch = %" PRId64 "; reset session_replication_role",
		first);
	scene("insert into register.account_check (account, source, status, grade, id_linked, passes, at) select account, source, "
	      "status, grade, id_linked, passes, now() + interval '3 seconds' from register.account_check");
	struct batch_made made = make(w, LAN, NEXT, "22930");
	is_i64(made.lines, 4, "of eleven payouts, each in another state, four are paid again");
	is_str(scene("select string_agg(t.name || ' ' || n.issue, ', ' order by t.code) from payout.payout n join payout.payout o on "
		     "o.claim = n.claim and o.issue = 1 join payout.payout_state s on s.payout = o.id join payout.state t on "
		     "t.code = s.state where n.batch = %" PRId64,
		       last_batch()),
		"rejected 2, not_paid 2, returned 2, cancelled 2",
		"what was rejected, not paid, returned or cancelled, as the next issue");
	is_str(scene("select state from payout.batch where id = %" PRId64, last_batch()), "open",
		"with an approval of its own");
	is_i64(make(w, LAN, NEXT, "22930").lines, 0, "once");
}

static void days_begin_in(int days)
{
	scene("insert into rules.payout_window (programme, period, every_month, first_day, last_day, lists_before, money_before, "
	      "source) select 'merit', date_trunc('month', ops.today())::date, false, ops.today() + %d, ops.today() + %d, ops.today(), "
	      "ops.today(), 'test'",
		days, days);
}

static const char *dispatches_of_last(void)
{
	return scene(
		"select count(*) from payout.dispatch d join payout.dispatch_range r on r.dispatch = d.id join payout.payout p on "
		"p.id = r.first_payout where p.batch = (select max(id) from payout.batch) and d.state = 'ready'");
}

/* Two officers want it on the programme's days; or they want it now after all. */
static void test_planned(struct work *w)
{
	struct released out;
	int64_t batch = approved(w, 7000, 2, "22933");
	fund(w, 30, 4000000);
	days_begin_in(1);
	planned = true;
	ok(went(w, release(w, MINH, &batch, 1, &out)) && out.at[0].answer == RELEASE_AWAITS_SECOND,
		"one officer plans a release");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_DONE && out.at[0].waits,
		"the second releases it for the programme's days");
	is_str(scene("select payout.is_planned(%" PRId64 ")", batch), "t", "until then it waits");
	is_str(dispatches_of_last(), "1", "in a dispatch, with its money");
	planned = false;
	ok(went(w, release(w, MINH, &batch, 1, &out)) && out.at[0].answer == RELEASE_AWAITS_SECOND,
		"one who wants it now does not hurry it");
	is_str(scene("select payout.is_planned(%" PRId64 ")", batch), "t", "it waits still");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_HURRIED, "two do");
	is_str(scene("select payout.is_planned(%" PRId64 ")", batch), "f", "then it does not wait");
	is_str(dispatches_of_last(), "1", "and is dispatched once");
	ok(refused(w, release(w, HOA, &batch, 1, &out), "batch_state"), "there is no more to release");

	batch = approved(w, 8000, 2, "22936");
	days_begin_in(20);
	planned = true;
	ok(went(w, release(w, MINH, &batch, 1, &out)), "(planned for days that are far away)");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_NO_OPENING,
		"what is valid no more on its days is not released for them");
	planned = false;
	ok(went(w, release(w, MINH, &batch, 1, &out)) && out.at[0].answer == RELEASE_NO_OPENING,
		"one who wants it now does not change that");
	ok(went(w, release(w, HOA, &batch, 1, &out)) && out.at[0].answer == RELEASE_DONE && !out.at[0].waits,
		"two do, and it goes");
}

static enum result unhold(struct work *w, int who, const char *id, size_t *waiting)
{
	enum result r = enter(w, who);
	if (r == OK)
		r = payout_unhold(w, &id, 1, waiting);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return r;
}

/* Whoever lets a payout go while its batch is being released waits for that: else neither would make its dispatch. */
static void test_unhold(struct work *w)
{
	size_t waiting;
	people(5000, 2, "22927");
	make(w, LAN, PERIOD, "22927");
	int64_t batch = last_batch(), given = w->deadline_us;
	submit(w, LAN, batch);
	approve(w, MINH, ROLE_CHECKER, &batch, 1);
	approve(w, HOA, ROLE_APPROVER, &batch, 1);
	const char *id = arena_strdup(w->arena,
		scene("select end_to_end_id from payout.payout where batch = %" PRId64 " and line = 1",
			batch));
	enum result r = enter(w, MINH);
	if (r == OK)
		r = payout_hold(w, &id, 1, "looks wrong");
	ok(went(w, r == OK ? tx_commit(w) : r), "a payout is held");
	ok(went(w, unhold(w, MINH, id, &waiting)) && waiting == 1, "one officer lets it go");
	scene("begin");
	scene("set local session_replication_role = replica");
	scene("update payout.batch set state = 'released' where id = %" PRId64, batch);
	w->deadline_us = work_deadline_in_ms(500);
	ok(unhold(w, HOA, id, &waiting) == RETRY, "a second one waits while the batch is being released");
	w->deadline_us = given;
	scene("commit");
	ok(went(w, unhold(w, HOA, id, &waiting)) && waiting == 0, "then it goes on");
	is_str(scene("select count(*) from payout.dispatch_range r join payout.payout p on p.id between r.first_payout and r.last_payout "
		     "where p.end_to_end_id = '%s'",
		       id),
		"1", "and has a dispatch");
}

static void test_dispatches(struct work *w)
{
	struct released out;
	int64_t ids[2];
	people(1000, 600, "22921");
	make(w, LAN, PERIOD, "22921");
	ids[0] = last_batch();
	people(2000, 500, "22924");
	make(w, LAN, PERIOD, "22924");
	ids[1] = last_batch();
	for (size_t i = 0; i < 2; i++)
		submit(w, LAN, ids[i]);
	ok(went(w, approve(w, MINH, ROLE_CHECKER, ids, 2)) && went(w, approve(w, HOA, ROLE_APPROVER, ids, 2)),
		"two batches under one signature");
	fund(w, 3, 1100000000);
	release(w, BINH, ids, 2, &out);
	ok(went(w, release(w, HOA, ids, 2, &out)) && out.dispatches == 3,
		"1,100 payouts of a channel are three dispatches");
	is_str(scene("select string_agg(n::text, ' ' order by dispatch) from (select dispatch, sum(last_payout - first_payout + 1) as n "
		     "from payout.dispatch_range where dispatch > (select max(dispatch) - 3 from payout.dispatch_range) group by 1) x"),
		"512 512 76", "of at most 512 each");
}

static void remove_archive(void)
{
	pid_t rm = fork();
	if (rm == 0) {
		execlp("rm", "rm", "-rf", archive, NULL);
		_exit(1);
	}
	waitpid(rm, NULL, 0);
}

int main(void)
{
	books_scene_begin("batch");
	db = db_open(NULL, DB_DUTY_OWNER);
	struct work w = work_on(db);
	w.deadline_us = work_deadline_in_ms(120000);
	snprintf(archive, sizeof archive, "/tmp/chitra-batch-%d", (int)getpid());
	mkdir(archive, 0700);
	for (size_t i = 0; i < 2; i++) {
		admins[i] = key_of((uint8_t)(1 + i));
		trust.admins[i] = sign_public(admins[i]);
	}
	trust.n = trust.threshold = 2;
	memset(id_key.b, 7, sizeof id_key.b);
	make_scene(&w);
	people(1, 3, WARD);
	is_i64(make(&w, LAN, PERIOD, WARD).lines, 3, "what is owed is made into a batch");
	is_i64(make(&w, LAN, PERIOD, WARD).lines, 0, "once");
	int64_t batch = last_batch();
	test_three_people(&w, batch);
	test_changed_meanwhile(&w);
	test_release(&w, batch);
	test_manifest(&w, batch);
	test_next_issue(&w, batch);
	test_dispatches(&w);
	test_unhold(&w);
	test_follow_up(&w);
	test_planned(&w);
	for (int i = 0; i < OFFICERS; i++)
		sign_free(keys[i]);
	for (size_t i = 0; i < 2; i++)
		sign_free(admins[i]);
	arena_free(w.arena);
	db_close(db);
	scene_end();
	remove_archive();
	return done_testing();
}
