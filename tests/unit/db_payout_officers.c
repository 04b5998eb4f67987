/* What officers do with batches, hours and claims: each call of the database fails once, it is told, nothing stays, and the next try
 * does it all. Then what they are refused, and why. */
#include "ledger/payout/dispatch_store.h"
#include "ledger/payout/flag_store.h"
#include "ledger/payout/plan_store.h"
#include "ledger/payout/schedule_store.h"
#include "ledger/payout/tries_store.h"
#include "tests/unit/db_batch.h"
#include "tests/unit/db_each.h"

static const char *const ward = WARD;
static int64_t batch;

static enum result done(struct work *w, enum result r, const struct entries *entries)
{
	if (r == OK && entries && entries->n)
		r = books_post(w, entries->at, entries->n, FLOORS_RECORD, NULL);
	return r == OK ? tx_commit(w) : r;
}

/* ---- batches ---------------------------------------------------------------------------------------------------------------- */

static struct batch_made made_last;

static enum result make_it(struct work *w)
{
	struct batch_areas areas;
	struct batch_wish wish = {
		.programme = "merit", .period = PERIOD, .areas = &ward, .n_areas = 1, .keys = batch_keys};
	made_last = (struct batch_made){0};
	enum result r = enter(w, LAN);
	if (r == OK)
		r = batch_areas(w, &wish, &areas);
	return done(w, r == OK ? batch_make(w, &wish, areas.at, areas.n, &made_last) : r, NULL);
}

static enum result remake_it(struct work *w)
{
	made_last = (struct batch_made){0};
	enum result r = enter(w, LAN);
	return done(w, r == OK ? batch_remake(w, batch, &batch_keys, &made_last) : r, NULL);
}

static enum result submit_it(struct work *w)
{
	struct batches b;
	enum result r = enter(w, LAN);
	return done(w, r == OK ? batch_submit(w, me.id, &batch, 1, &b) : r, NULL);
}

static enum result flags_of_it(struct work *w)
{
	struct flagged f;
	enum result r = enter(w, MINH);
	if (r == OK)
		r = batch_flags(w, &batch, 1, &f);
	for (size_t i = 0; r == OK && i < f.n; i++)
		bug_if(!*flags_vi(w->arena, f.at[i].flags));
	return done(w, r, NULL);
}

static size_t waiting;

static enum result waits_for(struct work *w, int who, enum approval_role role)
{
	struct batches b;
	const struct batch_filter all = {0};
	enum result r = enter(w, who);
	r = done(w, r == OK ? approve_waiting(w, &me, role, &all, &b) : r, NULL);
	if (r == OK)
		waiting = b.n;
	return r;
}
static enum result waits_for_checker(struct work *w)
{
	return waits_for(w, MINH, ROLE_CHECKER);
}

static enum result sign(struct work *w, int who, enum approval_role role)
{
	struct drafts d;
	struct entries entries = {0};
	struct approved approved;
	enum result r = enter(w, who);
	if (r == OK)
		r = approve_prepare(w, role, &batch, 1, &d);
	return done(w, r == OK ? record(w, who, role, &d.at[0], &entries, &approved) : r, &entries);
}
static enum result check_it(struct work *w)
{
	return sign(w, MINH, ROLE_CHECKER);
}
static enum result approve_it(struct work *w)
{
	return sign(w, HOA, ROLE_APPROVER);
}

static enum result awaits_release(struct work *w)
{
	struct batches b;
	const struct batch_filter all = {0};
	enum result r = enter(w, HOA);
	r = done(w, r == OK ? release_waiting(w, &me, &all, &b) : r, NULL);
	if (r == OK)
		waiting = b.n;
	return r;
}

static struct released released;

static enum result release_by(struct work *w, int who)
{
	struct entries entries = {0};
	enum result r = enter(w, who);
	if (r == OK)
		r = release_batches(w,
			&(struct release_wish){
				.me = &me, .trust = &trust, .archive = archive, .ids = &batch, .n = 1},
			&entries, &released);
	return done(w, r, &entries);
}
static enum result release_first(struct work *w)
{
	return release_by(w, MINH);
}
static enum result release_second(struct work *w)
{
	return release_by(w, HOA);
}

/* ---- what waits, and when it goes ------------------------------------------------------------------------------------------ */

static enum result plan_it(struct work *w)
{
	struct month_plan p;
	enum result r = enter(w, HOA);
	return done(w, r == OK ? plan_read(w, PERIOD, &p) : r, NULL);
}

static bool decided;

static enum result say_window(struct work *w, int who)
{
	struct window x = {.period = NEXT,
		.first = {19850},
		.last = {19860},
		.lists_before = {19840},
		.money_before = {19845}};
	enum result r = enter(w, who);
	return done(w, r == OK ? window_say(w, "merit", &x, "test", &decided) : r, NULL);
}
static enum result window_first(struct work *w)
{
	return say_window(w, MINH);
}
static enum result window_second(struct work *w)
{
	return say_window(w, HOA);
}

static enum result say_hours(struct work *w, int who, const char *channel)
{
	struct hours h = {.from = {19800}, .on_holidays = true, .margin_min = 0};
	enum result r = enter(w, who);
	return done(w, r == OK ? hours_say(w, channel, "1-7 00:00-24:00", &h, "test", &decided) : r, NULL);
}
static enum result hours_first(struct work *w)
{
	return say_hours(w, MINH, "demo-merit");
}
static enum result hours_second(struct work *w)
{
	return say_hours(w, HOA, "demo-merit");
}

static enum result say_day(struct work *w, int who)
{
	enum result r = enter(w, who);
	return done(
		w, r == OK ? day_say(w, (struct day){20000}, "holiday", "Tết", "test", &decided) : r, NULL);
}
static enum result day_first(struct work *w)
{
	return say_day(w, MINH);
}
static enum result day_second(struct work *w)
{
	return say_day(w, HOA);
}

static size_t held;

static enum result hold_late(struct work *w)
{
	return schedule_hold_late(w, 100, &held);
}

/* ---- the dispatch, before it goes ------------------------------------------------------------------------------------------- */

static int32_t tries;

static int64_t dispatch_now(void)
{
	return strtoll(scene("select max(id) from payout.dispatch"), NULL, 10);
}

static enum result begin_try(struct work *w)
{
	enum result r = tx_begin(w);
	return done(w,
		r == OK ? attempt_begin(w, "dispatch", (const int64_t[]){dispatch_now()}, 1, &tries) : r,
		NULL);
}

static enum result lived(struct work *w)
{
	enum result r = tx_begin(w);
	return done(w, r == OK ? attempt_lived(w, "dispatch", dispatch_now()) : r, NULL);
}

static enum result end_try(struct work *w)
{
	enum result r = tx_begin(w);
	return done(w, r == OK ? attempt_end(w, "dispatch", (const int64_t[]){dispatch_now()}, 1) : r, NULL);
}

static size_t found;

static enum result ready_payouts(struct work *w)
{
	int64_t *at;
	enum result r = tx_begin(w);
	return done(w, r == OK ? dispatch_ready(w, dispatch_now(), &at, &found) : r, NULL);
}

static enum result one_payout(struct work *w)
{
	struct payables all = {0};
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_load_one(
			w, 1, strtoll(scene("select min(id) from payout.payout"), NULL, 10), &all);
	found = all.n;
	return done(w, r, NULL);
}

static enum result lines_of_batch(struct work *w)
{
	struct payables all = {0};
	struct pay_line *at;
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_load(w, (const int64_t[]){dispatch_now()}, 1,
			(const enum payout_state[]){PAYOUT_READY, PAYOUT_HELD}, 2, &all);
	if (r == OK)
		r = batch_lines(w, &(const struct batch_terms *){all.at[0].terms}, 1, &at, &found);
	return done(w, r, NULL);
}

static enum result cash_left(struct work *w)
{
	struct dispatch *at;
	enum result r = tx_begin(w);
	return done(w, r == OK ? dispatch_cash_left(w, NULL, 0, 8, &at, &found) : r, NULL);
}

/* ---- */

#define SHAPE                                                                                         \
	"select concat_ws(' ', b.version, b.state, b.lines, (select count(*) from payout.approval), " \
	"(select count(*) from payout.dispatch)) from payout.batch b where b.id = (select max(id) from payout.batch)"

static const struct {
	const char *what;
	enum result (*run)(struct work *w);
	const char *shape; /* version, state, lines; approvals; dispatches */
} life[] = {
	{"a batch is made", make_it, "1 open 6 0 0"},
	{"an open batch is made anew", remake_it, "1 open 6 0 0"},
	{"a batch is submitted", submit_it, "1 frozen 6 0 0"},
	{"a frozen batch is made anew", remake_it, "2 open 6 0 0"},
	{"it is submitted again", submit_it, "2 frozen 6 0 0"},
	{"its flags are looked at", flags_of_it, NULL},
	{"what waits for the checker is listed", waits_for_checker, NULL},
	{"the checker signs", check_it, "2 frozen 6 1 0"},
	{"the approver signs", approve_it, "2 approved 6 2 0"},
	{"what waits for a release is listed", awaits_release, NULL},
	{"the month is planned", plan_it, NULL},
	{"one officer says the bank's hours", hours_first, NULL},
	{"the second decides them", hours_second, NULL},
	{"the first releases", release_first, "2 approved 6 2 0"},
	{"the second releases", release_second, "2 released 6 2 1"},
	{"the month is planned again", plan_it, NULL},
	{"one officer says the programme's days", window_first, NULL},
	{"the second decides them", window_second, NULL},
	{"one officer says a holiday", day_first, NULL},
	{"the second decides it", day_second, NULL},
	{"a try is counted", begin_try, NULL},
	{"one that was none is taken back", lived, NULL},
	{"and forgotten", end_try, NULL},
	{"what is ready is listed", ready_payouts, NULL},
	{"one payout is loaded", one_payout, NULL},
	{"a batch's lines are read", lines_of_batch, NULL},
	{"what is left for cash agents is listed", cash_left, NULL},
	{"what may leave in time is not held", hold_late, NULL},
};

static void test_life(struct work *w)
{
	for (size_t i = 0; i < COUNT_OF(life); i++) {
		each(w, life[i].what, life[i].run);
		batch = last_batch();
		if (life[i].shape)
			is_str(scene(SHAPE), life[i].shape, "%s: once", life[i].what);
	}
	ok(decided, "what two officers say alike is decided");
	is_str(release_answer_name(released.at[0].answer), "released", "and released by two");
}

/* Valid no longer when it may leave: nobody may pay it, so it is held, and stays so. */
static void test_late(struct work *w)
{
	is_i64((int64_t)held, 0, "nothing was late");
	scene("set session_replication_role = replica; update payout.batch set valid_until = now() - interval '1 minute'; "
	      "reset session_replication_role");
	each(w, "what may not leave in time is held", hold_late);
	is_str(scene("select string_agg(distinct state::text, ' ') from payout.payout_state"), "2",
		"all of it");
}

/* ---- refused ----------------------------------------------------------------------------------------------------------------- */

static void test_payouts_refused(struct work *w)
{
	const char *nobody = "7ZZZZZZZZZZZZZZZZZZ";
	const char *id = arena_strdup(w->arena,
		scene("select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 2 "
		      "order by p.id limit 1"));
	size_t n;
	enum result r = enter(w, MINH);
	ok(refused_now(w, r == OK ? payout_hold(w, &nobody, 1, "x") : r, "payout_unknown"),
		"an id that is none is not held");
	r = enter(w, MINH);
	ok(refused_now(w, r == OK ? payout_hold(w, &id, 1, "x") : r, "payout_state"),
		"what is held is not held again");
	scene("set session_replication_role = replica; update payout.payout_state set state = 3 where payout = (select id from "
	      "payout.payout where end_to_end_id = '%s'); reset session_replication_role",
		id);
	r = enter(w, MINH);
	ok(refused_now(w, r == OK ? payout_unhold(w, &id, 1, &n) : r, "payout_state"),
		"what was sent is not let go");
	r = enter(w, MINH);
	ok(refused_now(w, r == OK ? payout_cancel(w, &id, 1, "x") : r, "payout_state"), "nor cancelled");
}

static void test_names(void)
{
	static const char *const answers[] = {"released", "awaits_second", "not_funded", "expired",
		"no_opening", "hurried", "released_before"};
	static const char *const plan[] = {"open", "frozen", "approved", "waiting", "held", "gone"};
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		is_str(release_answer_name((enum release_answer)i), answers[i], "answer %zu to a release", i);
	for (size_t i = 0; i < COUNT_OF(plan); i++)
		is_str(plan_step_name((enum plan_step)i), plan[i], "step %zu of a plan", i);
}

int main(void)
{
	struct work w = batch_scene_begin("officers");
	scene("insert into payout.cause values (10, 'rule', 'teller', '2', '')");
	people(1, 6, WARD);
	fund(&w, 1, 100000000);
	test_names();
	test_life(&w);
	test_late(&w);
	test_payouts_refused(&w);
	batch_scene_end(&w);
	return done_testing();
}
