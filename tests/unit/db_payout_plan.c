/* What officers see before they sign and release: the month's plan, the bank's hours, and what is to be looked at in a batch. */
#include "ledger/payout/flag_store.h"
#include "ledger/payout/plan_store.h"
#include "tests/unit/db_batch.h"
#include "tests/unit/db_each.h"

/* ---- the plan ------------------------------------------------------------------------------------------------------------------- */

static struct month_plan plan;

static void read_plan(struct work *w, struct month period)
{
	enum result r = enter(w, HOA);
	r = r == OK ? plan_read(w, period, &plan) : r;
	if (!went(w, r == OK ? tx_commit(w) : r))
		exit(1);
}

/* Each row of a programme: step, channel, batches, lines, đồng, how it goes. */
static const char *rows_of(struct work *w, const struct plan_programme *p)
{
	const char *text = "";
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_row *x = &p->rows[i];
		text = arena_printf(w->arena, "%s%s%s %s %" PRId64 ":%" PRId64 ":%" PRId64 "%s%s", text,
			*text ? ", " : "", plan_step_name(x->step), x->channel->code, x->batches, x->lines,
			vnd_dong(x->sum) / 1000000, x->planned ? " planned" : "", x->goes ? " goes" : "");
	}
	return text;
}

static int64_t released_batch(struct work *w, int first, int n, const char *ward, bool for_its_days)
{
	struct released out;
	int64_t batch = approved_batch(w, first, n, ward);
	planned = for_its_days;
	bug_if(!went(w, release(w, MINH, &batch, 1, &out)) || !went(w, release(w, HOA, &batch, 1, &out)));
	planned = false;
	bug_if(out.done != 1);
	return batch;
}

static void test_plan(struct work *w)
{
	scene("insert into rules.payout_window (programme, period, every_month, first_day, last_day, lists_before, money_before, "
	      "source) values ('rent', '2024-04-01', false, '2024-04-05', '2024-04-20', '2024-03-20', '2024-03-25', 'test')");
	fund(w, 1, 100000000);
	scene("insert into org.programme_agency select 'social', agency, funding_account from org.programme_agency");
	people(1, 1, "22915");
	int64_t late = frozen_batch(w, 10, 2, "22918");
	frozen_batch(w, 20, 2, "22921");
	int64_t expired = frozen_batch(w, 30, 1, "22924"), other = frozen_batch(w, 40, 1, "22927");
	approved_batch(w, 50, 3, "22930");
	int64_t mixed = released_batch(w, 60, 4, "22933", false);
	released_batch(w, 70, 2, "22936", true);
	forge("update payout.batch set valid_until = valid_until + interval '1 hour' where id =", late);
	forge("update payout.batch set valid_until = now() - interval '1 hour' where id =", expired);
	scene("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	      "posting_lag_days, items_per_message, valid_hours) select 'demo-second', kind, funding_account, bank, driver, "
	      "deduplicates, dedupe_days, honours_valid_until, posting_lag_days, items_per_message, valid_hours from org.channel");
	forge("update payout.batch set channel = (select max(id) from org.channel) where id =", other);
	forge("update payout.payout_state s set state = case p.line when 1 then 2 when 2 then 3 else 1 end from payout.payout p where "
	      "p.id = s.payout and p.batch =",
		mixed);
	read_plan(w, PERIOD);
	is_i64((int64_t)plan.n, 2, "a plan has the programmes that owe something or have days");
	is_str(plan.at[0].code, "merit", "one owes");
	is_str(rows_of(w, &plan.at[0]),
		"approved demo-merit 1:3:3 goes, frozen demo-merit 1:1:1, frozen demo-merit 2:4:4 goes, waiting demo-merit 1:2:2 goes, "
		"held demo-merit 1:1:1, gone demo-merit 1:1:1, waiting demo-merit 1:2:2 planned goes, frozen demo-second 1:1:1 goes",
		"its batches stand together by channel, step and time; what is valid no more by then does not go");
	ok(plan.at[0].claims == 16 && plan.at[0].unbatched == 1 &&
			vnd_dong(plan.at[0].unbatched_sum) == 1000000 && plan.at[0].wards == 8,
		"what is owed, and in no batch");
	ok(vnd_dong(plan.at[0].needed) == 9000000 && vnd_dong(plan.at[0].free) == 94000000,
		"what it needs still, and what is there for it");
	ok(!plan.at[0].has_window && plan.at[1].has_window && plan.at[1].claims == 0 && plan.at[1].n == 0,
		"the other has days alone");
	is_str(plan.at[1].code, "rent", "and is shown for them");
	int64_t earliest = strtoll(
		scene("select (extract(epoch from valid_until) * 1000000)::bigint from payout.batch where id = %" PRId64,
			late + 1),
		NULL, 10);
	ok(plan.at[0].rows[2].valid_until_us == earliest, "several are valid as long as the first of them");

	make(w, LAN, NEXT, WARD);
	read_plan(w, NEXT);
	ok(plan.n == 1 && plan.at[0].claims == 0 && !plan.at[0].has_window,
		"a month that owes nothing and has no days");
	is_str(rows_of(w, &plan.at[0]), "open demo-merit 1:1:1 goes",
		"has the batches of what is owed since before");
}

/* ---- the bank's hours -------------------------------------------------------------------------------------------------------------- */

static size_t held;

static enum result hold_late(struct work *w)
{
	return schedule_hold_late(w, 100, &held);
}

static void say_hours(const char *channel, const char *hours)
{
	scene("set session_replication_role = replica; insert into org.channel_hours (channel, from_day, hours, on_holidays, "
	      "margin_minutes, source) select id, '2020-01-01', '%s', true, 0, 'test' from org.channel where code = '%s'; "
	      "reset session_replication_role",
		hours, channel);
}

static void test_hours(struct work *w)
{
	struct timetable t;
	struct day today = day_of_instant_vn(wall_us());
	const char *tomorrow = arena_strdup(
		w->arena, scene("select extract(isodow from ops.today() + 1) || ' 00:00-24:00'"));
	int64_t first = strtoll(scene("select min(id) from org.channel"), NULL, 10);
	say_hours("demo-merit", tomorrow);
	say_hours("demo-merit", "1-7 00:00-24:00");
	bug_if(!went(w, timetable_load(w, today, &t)));
	ok(timetable_channel(&t, first)->hours.n == 2, "a bank's hours are kept, the old beside the new");
	is_str(timetable_channel(&t, first)->hours_text, "1-7 00:00-24:00", "the newest word is shown");
	struct open_now open = timetable_open(&t, w->arena, "DEMO", wall_us());
	ok(open.n_channels == 2 && open_cut_off(&open, first + 1) > wall_us(),
		"a channel without hours is open, beside one that is in them");
	is_i64((int64_t)timetable_open(&t, w->arena, "OTHER", wall_us()).n_channels, 0,
		"another bank's are not");
	is_i64((int64_t)timetable_open(&t, w->arena, NULL, wall_us()).n_channels, 0,
		"nor is there one for cash");
	is_i64((int64_t)timetable_windows(&t, "nothing")->n, 0,
		"a programme that nobody knows names no days");

	say_hours("demo-second", tomorrow);
	bug_if(!went(w, timetable_load(w, today, &t)));
	open = timetable_open(&t, w->arena, "DEMO", wall_us());
	ok(open.n_channels == 1 && open.channels[0] == first, "one that opens tomorrow is not open");
	ok(went(w, hold_late(w)) && held == 0, "nothing is late that may go in its hours");
	say_hours("demo-merit", "1-7 29:00-29:30");
	bug_if(!went(w, timetable_load(w, today, &t)));
	is_i64((int64_t)timetable_open(&t, w->arena, "DEMO", wall_us()).n_channels, 0,
		"hours that nothing can read keep their channel closed");
	read_plan(w, NEXT);
	is_str(rows_of(w, &plan.at[0]), "open demo-merit 1:1:1", "and nothing of a plan goes by it");
	each(w, "what may never go is held", hold_late);
	is_i64((int64_t)held, 4, "all that was ready");
	is_str(scene("select string_agg(distinct reason, ' ') from payout.hold"), "no_opening",
		"and says why");
	ok(went(w, hold_late(w)) && held == 0, "once");
}

/* ---- flags ---------------------------------------------------------------------------------------------------------------------------- */

static struct flagged flagged;
static int64_t batch;

static enum result flags_of_batch(struct work *w)
{
	enum result r = enter(w, MINH);
	if (r == OK)
		r = batch_flags(w, &batch, 1, &flagged);
	return r == OK ? tx_commit(w) : r;
}

static void test_flags(struct work *w)
{
	scene("set session_replication_role = replica; delete from org.channel_hours; reset session_replication_role");
	batch = frozen_batch(w, 80, 3, "22939");
	static const char *const changes[] = {
		"insert into register.account_check (account, source, status, grade, id_linked, passes, at) select p.payee_account, "
		"'bank_inquiry', 'closed', 'exact', true, false, now() + interval '1 minute' from payout.payout p where p.line = 2 and "
		"p.batch =",
		"update register.payee_account a set kind = 'delegate', authority = 'x', authority_until = ops.today() + 10 from "
		"payout.payout p where p.payee_account = a.id and p.line = 3 and p.batch =",
	};
	for (size_t i = 0; i < COUNT_OF(changes); i++)
		forge(changes[i], batch);
	each(w, "a batch's flags are read", flags_of_batch);
	is_i64((int64_t)flagged.n, 2, "of three lines two are to be looked at");
	ok(flagged.at[0].line == 2 && flagged.at[0].flags == 1u << FLAG_CLOSED,
		"one whose account was closed");
	is_str(flags_vi(w->arena, flagged.at[1].flags), "người khác nhận lần đầu; ủy quyền sắp hết hạn",
		"and one that another receives for the first time, and not for long");
	ok(flagged.lines[FLAG_CLOSED] == 1 && flagged.lines[FLAG_NEW_PAYEE] == 1 &&
			flagged.lines[FLAG_AUTHORITY_ENDS] == 1 && flagged.lines[FLAG_SHARED] == 0,
		"each is counted");
	ok(flagged.at[1].batch == batch && vnd_dong(flagged.at[1].amount) == 1000000 && flagged.at[1].name,
		"with whose it is, and how much");
	is_str(flags_vi(w->arena, 0), "", "no flag is no words");
}

int main(void)
{
	struct work w = batch_scene_begin("plan");
	scene("insert into payout.cause values (10, 'rule', 'teller', '2', '')");
	test_plan(&w);
	test_hours(&w);
	test_flags(&w);
	batch_scene_end(&w);
	return done_testing();
}
