/* Batches through the real stores: three people, law 4, what the obligation is the second time, and what is released. */
#include "tests/unit/db_batch.h"

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

int main(void)
{
	struct work w = batch_scene_begin("batch");
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
	batch_scene_end(&w);
	return done_testing();
}
