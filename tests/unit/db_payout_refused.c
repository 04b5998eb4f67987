/* What officers are refused with batches, signatures and releases, and why; and what waits for whom. */
#include "ledger/payout/schedule_store.h"
#include "tests/lib/board.h"
#include "tests/unit/db_batch.h"
#include "tests/unit/db_each.h"

static int64_t batch;

static enum result remake_it(struct work *w)
{
	struct batch_made made = {0};
	enum result r = enter(w, LAN);
	r = r == OK ? batch_remake(w, batch, &batch_keys, &made) : r;
	return r == OK ? tx_commit(w) : r;
}

static enum result withdraw_it(struct work *w)
{
	enum result r = enter(w, LAN);
	r = r == OK ? batch_withdraw(w, &batch, 1) : r;
	return r == OK ? tx_commit(w) : r;
}

/* ---- what waits for whom ------------------------------------------------------------------------------------------------------- */

enum waits_for { CHECKER, APPROVER, RELEASE };

static int64_t waiting(struct work *w, int who, enum waits_for what)
{
	struct batches b = {0};
	const struct batch_filter all = {0};
	enum result r = enter(w, who);
	if (r == OK && what == RELEASE)
		r = release_waiting(w, &me, &all, &b);
	else if (r == OK)
		r = approve_waiting(w, &me, what == CHECKER ? ROLE_CHECKER : ROLE_APPROVER, &all, &b);
	r = r == OK ? tx_commit(w) : r;
	tx_rollback(w);
	return went(w, r) ? (int64_t)b.n : -1;
}

static void test_waits(struct work *w)
{
	enum { FROZEN, CHECKED, APPROVED };
	static const struct {
		int when, who;
		enum waits_for what;
		int64_t n;
		const char *title;
	} rows[] = {
		{FROZEN, MINH, CHECKER, 1, "a batch waits for a checker"},
		{FROZEN, MINH, APPROVER, 1, "and for an approver"},
		{FROZEN, LAN, CHECKER, 0, "who did not make it"},
		{FROZEN, BINH, CHECKER, 0, "and may check it"},
		{FROZEN, MINH, RELEASE, 0, "not for its release"},
		{CHECKED, BINH, CHECKER, 0, "when it was checked, for no checker"},
		{CHECKED, HOA, CHECKER, 0, "not another either"},
		{CHECKED, MINH, APPROVER, 0, "not for the approval of whoever checked it"},
		{CHECKED, HOA, APPROVER, 1, "but for another's"},
		{APPROVED, HOA, APPROVER, 0, "when it was approved, for no signature"},
		{APPROVED, HOA, RELEASE, 1, "but for its release"},
		{APPROVED, LAN, RELEASE, 0, "not by its maker"},
		{APPROVED, BINH, RELEASE, 0, "nor by whoever may not"},
	};
	scene("set session_replication_role = replica; delete from auth.mandate m using auth.officer o where o.id = m.officer and "
	      "o.login = 'binh'; reset session_replication_role");
	int64_t b = frozen_batch(w, 1000, 2, WARD);
	int now = FROZEN;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (rows[i].when > now) {
			now = rows[i].when;
			bug_if(!went(w, approve(w, now == CHECKED ? MINH : HOA,
						now == CHECKED ? ROLE_CHECKER : ROLE_APPROVER, &b, 1)));
		}
		is_i64(waiting(w, rows[i].who, rows[i].what), rows[i].n, "%s", rows[i].title);
	}
}

/* ---- batches -------------------------------------------------------------------------------------------------------------------- */

static void test_altered(struct work *w)
{
	static const char *const forged[] = {
		"update payout.payout set amount_dong = amount_dong + 1 where line = 1 and batch =",
		"update payout.payout set line = line + 10 where line = 3 and batch =",
		"delete from payout.payout where line = 1 and batch =",
		"delete from payout.payout where line = 3 and batch =",
		"update payout.batch set sum_dong = sum_dong + 1 where id =",
		"update payout.batch set root = sha256('x') where id =",
	};
	for (size_t i = 0; i < COUNT_OF(forged); i++) {
		char of[8];
		snprintf(of, sizeof of, "229%02zu", 40 + 3 * i);
		int64_t b = frozen_batch(w, 2000 + 10 * (int)i, 3, of);
		forge(forged[i], b);
		ok(refused(w, approve(w, MINH, ROLE_CHECKER, &b, 1), "batch_altered"),
			"a batch that somebody altered is not signed: %s", forged[i]);
	}
}

/* A line that is lost, or sums that nobody can pay, before the batch is frozen. */
static void test_altered_open(struct work *w)
{
	static const char *const forged[] = {
		"delete from payout.payout where line = 1 and batch =",
		"update payout.payout set amount_dong = 9000000000000000000 where batch =",
	};
	for (size_t i = 0; i < COUNT_OF(forged); i++) {
		char of[8];
		snprintf(of, sizeof of, "228%02zu", 40 + 3 * i);
		people(2500 + 10 * (int)i, 3, of);
		make(w, LAN, PERIOD, of);
		int64_t b = last_batch();
		forge(forged[i], b);
		ok(refused(w, submit(w, LAN, b), "batch_altered"), "nor submitted: %s", forged[i]);
	}
}

static void test_batches_refused(struct work *w)
{
	int64_t b = frozen_batch(w, 3000, 3, "22960"), nothing = 999999;
	const int64_t twice[] = {b, b};
	ok(refused(w, approve(w, MINH, ROLE_CHECKER, &nothing, 1), "batch_unknown"),
		"no batch is not signed");
	ok(went(w, approve(w, MINH, ROLE_CHECKER, twice, 2)), "one that is named twice is signed once");
	ok(went(w, approve(w, HOA, ROLE_APPROVER, &b, 1)), "(approved)");
	batch = b;
	ok(refused(w, submit(w, LAN, b), "batch_state"), "an approved batch is not submitted again");
	ok(refused_now(w, remake_it(w), "batch_state"), "nor made anew");
	ok(refused_now(w, withdraw_it(w), "batch_state"), "nor withdrawn");
	batch = frozen_batch(w, 3100, 3, "22963");
	each(w, "a frozen batch is withdrawn", withdraw_it);
	is_str(scene("select state from payout.batch where id = %" PRId64, batch), "withdrawn", "once");

	people(3200, 2, "22966");
	make(w, LAN, PERIOD, "22966");
	b = last_batch();
	forge("delete from payout.payout where batch =", b);
	ok(refused(w, submit(w, LAN, b), "batch_empty"), "a batch without a line is not submitted");
	people(3300, 2, "22969");
	make(w, LAN, PERIOD, "22969");
	b = last_batch();
	forge("update payout.batch set valid_until = now() - interval '1 second' where id =", b);
	ok(refused(w, submit(w, LAN, b), "batch_expired"), "nor one that is valid no longer");

	struct batch_made made = {0};
	struct batch_wish wish = {
		.programme = "merit", .period = PERIOD, .channel = "nowhere", .keys = batch_keys};
	struct batch_area area = {.code = WARD, .from = {19448}, .period = PERIOD};
	enum result r = enter(w, LAN);
	ok(refused_now(w, r == OK ? batch_make(w, &wish, &area, 1, &made) : r, "channel_unknown"),
		"no batch is made for a channel that is not there");
	bool decided;
	const struct hours always = {.from = {19800}, .on_holidays = true};
	r = enter(w, MINH);
	ok(refused_now(w, r == OK ? hours_say(w, "nowhere", "1-7 00:00-24:00", &always, "test", &decided) : r,
		   "channel_unknown"),
		"and no hours are said of it");
}

static void test_signatures_refused(struct work *w)
{
	int64_t b = frozen_batch(w, 3400, 3, "22972"), other = frozen_batch(w, 3500, 3, "22975");
	struct drafts d, d2;
	struct certificates c;
	struct entries entries = {0};
	struct approved out;
	enum result r = enter(w, MINH);
	if (r == OK)
		r = approve_prepare(w, ROLE_CHECKER, &b, 1, &d);
	if (r == OK)
		r = approve_prepare(w, ROLE_CHECKER, &other, 1, &d2);
	if (r == OK)
		r = officer_certificates(w, "minh", &c);
	if (!went(w, r))
		exit(1);
	struct signed_draft s = {.draft = &d.at[0],
		.text = approve_text(
			w->arena, &d.at[0], "minh", ROLE_CHECKER, &c.at[0].sha256, wall_us(), 30),
		.certificate = &c.at[0]};
	s.signature = sign_detached(keys[HOA], s.text);
	for (int i = 0; i < 2; i++)
		ok(refused(w, approve_record(w, &me, i ? &trust : NULL, &s, &entries, &out),
			   "approval_signature"),
			"another's signature under the text is refused%s",
			i ? ", whomever the desk trusts" : "");
	struct bytes whole = s.text;
	s.text.n -= 10;
	s.signature = sign_detached(keys[MINH], s.text);
	for (int i = 0; i < 2; i++)
		ok(refused(w, approve_record(w, &me, i ? &trust : NULL, &s, &entries, &out),
			   "approval_malformed"),
			"a text that is none is refused");
	s.text = whole;
	s.draft = &d2.at[0];
	s.signature = sign_detached(keys[MINH], s.text);
	ok(refused(w, approve_record(w, &me, &trust, &s, &entries, &out), "batch_changed"),
		"a text about other batches is refused");

	/* The officer's own signature under a text that says more, or of others, than what is signed. */
	const struct draft *d0 = &d.at[0];
	struct draft forged[] = {*d0, *d0, *d0, *d0};
	forged[0].batches.n++;
	forged[1].lines++;
	forged[2].sum = vnd(vnd_dong(d0->sum) + 1);
	forged[3].agency = "another";
	s.draft = d0;
	for (size_t i = 0; i < COUNT_OF(forged); i++) {
		s.text = approve_text(
			w->arena, &forged[i], "minh", ROLE_CHECKER, &c.at[0].sha256, wall_us(), 30);
		s.signature = sign_detached(keys[MINH], s.text);
		ok(refused(w, approve_record(w, &me, NULL, &s, &entries, &out), "batch_changed"),
			"nor is one that counts otherwise (%zu)", i);
	}
	struct certificates of_hoa;
	bug_if(!went(w, officer_certificates(w, "hoa", &of_hoa)));
	s.certificate = &of_hoa.at[0];
	ok(refused(w, approve_record(w, &me, NULL, &s, &entries, &out), "not_yours"),
		"nor one under another's certificate");
	s.certificate = &c.at[0];
	s.text = whole;
	s.signature = sign_detached(keys[MINH], s.text);
	struct officer nobody = me;
	nobody.id = 999999;
	ok(refused(w, approve_record(w, &nobody, &trust, &s, &entries, &out), "constraint"),
		"nor is it anybody's who is no officer");
	tx_rollback(w);
}

/* Two agencies' batches are two texts to sign. */
static void test_agencies(struct work *w)
{
	struct drafts d = {0};
	int64_t ids[] = {frozen_batch(w, 3700, 2, "22981"), frozen_batch(w, 3800, 3, "22984"),
		frozen_batch(w, 3900, 1, "22987")};
	scene("insert into org.agency (code, name_vi) values ('second', 'x')");
	forge("update payout.batch set agency = (select id from org.agency where code = 'second') where id =",
		ids[1]);
	enum result r = enter(w, MINH);
	ok(went(w, r == OK ? approve_prepare(w, ROLE_CHECKER, ids, 3, &d) : r) && d.n == 2,
		"each agency's batches are signed for themselves");
	ok(d.n == 2 && d.at[0].batches.n == 2 && d.at[0].lines == 3 &&
			strcmp(d.at[1].agency, "second") == 0 && d.at[1].lines == 3 &&
			vnd_dong(d.at[1].sum) == 3000000,
		"with their own counts and sums");
	tx_rollback(w);
}

/* ---- somebody else at the same time ------------------------------------------------------------------------------------------------ */

struct meeting {
	struct work w;
	int64_t batch;
	enum result r;
};

static void *prepares(void *of)
{
	struct meeting *m = of;
	struct drafts d;
	struct officer minh;
	struct hash token = sha256(bytes_z("minh"));
	m->r = tx_begin(&m->w);
	if (m->r == OK)
		m->r = officer_enter(&m->w, &token, &minh);
	if (m->r == OK)
		m->r = approve_prepare(&m->w, ROLE_CHECKER, &m->batch, 1, &d);
	tx_rollback(&m->w);
	return NULL;
}

static void test_meanwhile(struct work *w)
{
	static const char *const changes[] = {"version = version + 1", "root = sha256('x')"};
	struct db *other = db_open(NULL, DB_DUTY_OWNER);
	PGconn *watcher = scene_connect(scene_database);
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		int64_t b = frozen_batch(w, 3600 + 10 * (int)i, 3, i ? "22979" : "22978");
		struct meeting m = {.w = work_on(other), .batch = b};
		pthread_t thread;
		scene("begin; set local session_replication_role = replica; update payout.batch set %s where id = %" PRId64,
			changes[i], b);
		bug_if(pthread_create(&thread, NULL, prepares, &m) != 0);
		for (int tries = 0, waits = 0; !waits && tries < 1000; tries++) {
			PGresult *q = PQexec(watcher,
				"select pg_sleep(0.01), exists (select from pg_locks l join pg_stat_activity a using (pid) where "
				"not l.granted and a.datname = current_database())");
			waits = PQgetvalue(q, 0, 1)[0] == 't';
			PQclear(q);
		}
		scene("commit");
		pthread_join(thread, NULL);
		ok(refused(&m.w, m.r, "batch_changed"),
			"what changes while an officer reads it is not signed: %s", changes[i]);
		arena_free(m.w.arena);
	}
	PQfinish(watcher);
	db_close(other);
}

/* ---- releases ------------------------------------------------------------------------------------------------------------------------- */

static enum result release_with(struct work *w, const struct trust *believes, const char *to)
{
	struct entries entries = {0};
	struct released out;
	enum result r = enter(w, HOA);
	if (r == OK)
		r = release_batches(w,
			&(struct release_wish){
				.me = &me, .trust = believes, .archive = to, .ids = &batch, .n = 1},
			&entries, &out);
	tx_rollback(w);
	return r;
}

static void test_releases_refused(struct work *w)
{
	struct released out;
	struct trust others = trust;
	batch = approved_batch(w, 4000, 3, "22990");
	fund(w, 1, 5000000);
	bug_if(!went(w, release(w, MINH, &batch, 1, &out)));
	ok(refused(w, release_with(w, &trust, "/nowhere"), "file_trouble"),
		"nothing is released that no archive takes");
	static const char *const places[] = {"test.manifest.write", "test.manifest.rename"};
	board_use("test");
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		board_arm(places[i], 1, BOARD_ERROR);
		ok(refused(w, release_with(w, &trust, archive), "file_trouble"),
			"nor when its disk fails: %s", places[i]);
	}
	board_use(NULL);
	others.admins[0] = others.admins[1] = sign_public(keys[LAN]);
	enum result r = release_with(w, &others, archive);
	ok(r == REFUSED && strstr(w->why.text, "batch "),
		"nor what the desk's admins did not certify: %s: %s", w->why.code, w->why.text);
	forge("update payout.payout set amount_dong = amount_dong + 1 where line = 1 and batch =", batch);
	ok(refused(w, release_with(w, &trust, archive), "batch_altered"),
		"nor what somebody altered after it was signed");
	forge("update payout.payout set amount_dong = amount_dong - 1 where line = 1 and batch =", batch);
	forge("update payout.batch set sum_dong = sum_dong + 1 where id =", batch);
	ok(refused(w, release_with(w, NULL, archive), "batch_altered"),
		"or of which somebody altered the sum");
	forge("update payout.batch set sum_dong = sum_dong - 1 where id =", batch);
	is_str(scene("select count(*) from payout.dispatch"), "0", "no dispatch was made of it");
	ok(went(w, release_with(w, &trust, archive)), "when all is well it goes");
}

/* Of several, each gets its own answer: two funding accounts, one that has expired, one that one officer alone wants. */
static void test_releases_mixed(struct work *w)
{
	struct released out;
	int64_t ids[4];
	static const enum release_answer want[] = {
		RELEASE_DONE, RELEASE_EXPIRED, RELEASE_NOT_FUNDED, RELEASE_AWAITS_SECOND};
	for (int i = 0; i < 4; i++) {
		char of[16];
		snprintf(of, sizeof of, "270%02d", i);
		ids[i] = approved_batch(w, 4100 + 10 * i, 2, of);
	}
	scene("insert into org.funding_account (code, agency, bank, number) select 'second-demo', agency, bank, '0071000999999' from "
	      "org.funding_account; insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, "
	      "honours_valid_until, posting_lag_days, items_per_message, valid_hours) select 'demo-second', kind, (select max(id) from "
	      "org.funding_account), bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days, items_per_message, "
	      "valid_hours from org.channel");
	forge("update payout.batch set valid_until = now() - interval '1 hour' where id =", ids[1]);
	forge("update payout.batch set channel = (select max(id) from org.channel) where id =", ids[2]);
	bug_if(!went(w, release(w, MINH, ids, 3, &out)));
	ok(went(w, release(w, HOA, ids, 4, &out)) && out.n == 4 && out.done == 1, "of four batches one goes");
	for (size_t i = 0; i < COUNT_OF(want); i++)
		is_str(release_answer_name(out.at[i].answer), release_answer_name(want[i]), "batch %zu",
			i + 1);
	is_i64(vnd_dong(out.at[2].missing), 2000000,
		"what is lacking in one account is not taken from another");
	scene("set session_replication_role = replica; insert into org.channel_hours (channel, from_day, hours, on_holidays, "
	      "margin_minutes, source) select min(id), '2020-01-01', '1-7 29:00-29:30', true, 0, 'test' from org.channel; "
	      "reset session_replication_role");
	bug_if(!went(w, release(w, MINH, &ids[3], 1, &out)));
	ok(went(w, release(w, HOA, &ids[3], 1, &out)) && out.at[0].answer == RELEASE_NO_OPENING &&
			!out.at[0].waits,
		"a channel that never opens takes none");
}

int main(void)
{
	struct work w = batch_scene_begin("refused");
	test_waits(&w);
	test_altered(&w);
	test_altered_open(&w);
	test_batches_refused(&w);
	test_signatures_refused(&w);
	test_meanwhile(&w);
	test_releases_refused(&w);
	test_releases_mixed(&w);
	test_agencies(&w);
	batch_scene_end(&w);
	return done_testing();
}
