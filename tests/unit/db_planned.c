/* Which payouts are paid again, and batches that are released for their programme's days. */
#include "tests/unit/db_batch.h"

/* One payout in each state; the four that are proven unpaid are paid again, by a batch of their own that nobody has approved yet. */
static void test_follow_up(struct work *w)
{
	int64_t first = approved_batch(w, 6000, 11, "22930");
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
	int64_t batch = approved_batch(w, 7000, 2, "22933");
	fund(w, 1, 4000000);
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

	batch = approved_batch(w, 8000, 2, "22936");
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

int main(void)
{
	struct work w = batch_scene_begin("planned");
	test_follow_up(&w);
	test_planned(&w);
	batch_scene_end(&w);
	return done_testing();
}
