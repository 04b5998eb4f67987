/* How each claim is paid when a batch is made: by account, in cash, or not yet; and a cash batch on its way to the agent's list. */
#include "ledger/payout/dispatch_store.h"
#include "tests/unit/db_batch.h"

static struct key32 wraps = {{3}};
static struct kek kek;
static struct batch_keys keys_now;

/* What became of it; refused: as what. */
static struct batch_made ways(struct work *w, const char *programme, const char *ward, const char *channel)
{
	struct batch_made made = {0};
	struct batch_areas areas = {0};
	struct batch_wish wish = {.programme = programme,
		.period = PERIOD,
		.areas = &ward,
		.n_areas = 1,
		.channel = channel,
		.keys = keys_now};
	why_clear(&w->why);
	enum result r = enter(w, LAN);
	if (r == OK)
		r = batch_areas(w, &wish, &areas);
	if (r == OK)
		r = batch_make(w, &wish, areas.at, areas.n, &made);
	if (r == OK)
		r = tx_commit(w);
	tx_rollback(w);
	return made;
}

static int64_t person(int i)
{
	return strtoll(scene("select id from register.person where name = 'p%d'", i), NULL, 10);
}

static void give_key(int i)
{
	struct key32 key;
	uint8_t wrapped[SEAL_WRAPPED_SIZE];
	char hex[2 * SEAL_WRAPPED_SIZE + 1];
	seal_new_key(&key);
	seal_wrap(&kek, person(i), &key, wrapped);
	for (size_t k = 0; k < sizeof wrapped; k++)
		snprintf(hex + 2 * k, 3, "%02x", wrapped[k]);
	scene("insert into register.person_key values (%" PRId64 ", decode('%s', 'hex'))", person(i), hex);
}

static void no_account(int i)
{
	forge("delete from register.account_check k using register.payee_account a where a.id = k.account and a.person =",
		person(i));
	forge("delete from register.payee_account where person =", person(i));
}

static void wishes_cash(int i)
{
	scene("insert into register.pay_preference (person, programme, method, since) values (%" PRId64
	      ", 'merit', 'cash', '2024-01-01')",
		person(i));
}

static void test_ways(struct work *w)
{
	people(1, 6, WARD);
	for (int i = 2; i <= 3; i++)
		give_key(i);
	wishes_cash(2);
	no_account(3);
	no_account(4);
	scene("insert into register.finding (programme, period, person, code, note, blocks) values ('merit', '2024-04-01', %" PRId64
	      ", 'amount_differs', 'x', true)",
		person(5));
	forge("update payout.claim set area_valid_from = '2020-01-01' where person =", person(6));
	struct batch_made made = ways(w, "merit", WARD, NULL);
	ok(made.account == 2 && made.cash_wish == 1 && made.cash_want == 1 && made.lines == 4 &&
			vnd_dong(made.sum) == 4000000,
		"who has an account is paid into it; who wants cash, or has none, gets cash");
	is_i64(made.finding, 1, "what waits for two officers' decision waits");
	is_i64(made.unconfirmed, 1, "as does who has neither an account nor a key to be found by");
	is_i64((int64_t)made.batches, 3,
		"each channel's is a batch of its own, and so is each ward's, also under one code");
	is_str(scene("select string_agg(c.code || ' ' || b.area_valid_from || ' ' || b.lines, ', ' order by c.code, b.area_valid_from) "
		     "from payout.batch b join org.channel c on c.id = b.channel"),
		"demo-merit 2020-01-01 1, demo-merit 2023-04-01 1, vnpost-cash 2023-04-01 2",
		"as they are signed");
	is_str(scene("select string_agg(cash_reason, ' ' order by line) from payout.payout where cash_reason is not null"),
		"wish no_account", "a cash line says why");
}

static void test_remade(struct work *w)
{
	struct batch_made made = {0};
	int64_t older = strtoll(
		scene("select id from payout.batch where area_valid_from = '2020-01-01'"), NULL, 10);
	enum result r = enter(w, LAN);
	ok(went(w, r == OK ? batch_remake(w, older, &keys_now, &made) : r) && made.lines == 1,
		"a batch that is made anew has its own ward's claims, and not its namesake's");
	tx_rollback(w);
	scene("set session_replication_role = replica; insert into payout.claim_void (claim, reason, first_officer, second_officer) "
	      "select c.id, 'died', 1, 2 from payout.claim c where c.area_valid_from = '2020-01-01'; "
	      "reset session_replication_role");
	made = (struct batch_made){0};
	r = enter(w, LAN);
	r = r == OK ? batch_remake(w, older, &keys_now, &made) : r;
	ok(went(w, r == OK ? tx_commit(w) : r) && made.lines == 0, "when nothing is left to pay");
	is_str(scene("select state from payout.batch where id = %" PRId64, older), "withdrawn",
		"it is withdrawn");
}

static void test_channels(struct work *w)
{
	struct batch_made made;
	people(10, 2, "22918");
	give_key(10);
	wishes_cash(10);
	made = ways(w, "merit", "22918", "demo-merit");
	ok(made.lines == 1 && made.no_channel == 1, "who asks for the bank's channel makes no cash batch");
	people(20, 1, "22921");
	made = ways(w, "merit", "22921", "vnpost-cash");
	ok(made.lines == 0 && made.no_channel == 1, "nor who asks for the cash channel a bank's");
	people(30, 2, "22924");
	scene("insert into org.agency (code, name_vi) values ('second', 'x')");
	forge("update payout.claim set agency = (select id from org.agency where code = 'second') where person =",
		person(30));
	made = ways(w, "merit", "22924", NULL);
	ok(made.lines == 1 && made.no_channel == 1,
		"another agency's claims are not paid from this one's money");
	(void)ways(w, "rent", WARD, NULL);
	ok(why_is(&w->why, "channel_unknown"), "a programme without a channel is told so: %s", w->why.text);

	forge("update payout.claim set agency = (select min(id) from org.agency), area_code = '22927' where person =",
		person(30));
	no_account(30);
	give_key(30);
	forge("update register.person_key set wrapped = set_byte(wrapped, 70, 255 - get_byte(wrapped, 70)) where person =",
		person(30));
	made = ways(w, "merit", "22927", NULL);
	ok(why_is(&w->why, "seal_wrong"), "a key that somebody changed makes no line");
	is_str(scene("select count(*) from payout.batch where area_code = '22927'"), "0", "and no batch");
}

/* The cash batch is signed, released, sent, and left for the list's writer. */
static void test_cash_goes(struct work *w)
{
	static const struct sender by = {
		.owner = "teller/0/aaaa", .lease_ms = 60000, .ask_ms = 0, .dedupe_days = 7};
	struct released out;
	struct payables all = {0};
	struct timetable t;
	struct dispatch *d, *left;
	struct entries entries = {0};
	struct pay_line *lines;
	size_t n = 0, lines_n = 0, left_n = 0;
	int64_t ids[2];
	ids[0] = strtoll(
		scene("select min(id) from payout.batch where state = 'open' and lines = 2"), NULL, 10);
	ids[1] = strtoll(
		scene("select min(id) from payout.batch where state = 'open' and lines = 1"), NULL, 10);
	for (int i = 0; i < 2; i++)
		bug_if(!went(w, submit(w, LAN, ids[i])));
	bug_if(!went(w, approve(w, MINH, ROLE_CHECKER, ids, 2)) ||
		!went(w, approve(w, HOA, ROLE_APPROVER, ids, 2)));
	fund(w, 1, 3000000);
	bug_if(!went(w, release(w, MINH, ids, 2, &out)) || !went(w, release(w, HOA, ids, 2, &out)));
	is_i64((int64_t)out.dispatches, 2, "cash and account are two dispatches");

	bug_if(!went(w, tx_begin(w)) || !went(w, timetable_load(w, day_of_instant_vn(wall_us()), &t)));
	struct open_now open = timetable_open(&t, w->arena, NULL, wall_us());
	ok(went(w, dispatch_pick(w, &(struct dispatch_wish){.open = &open, .n = 2}, &d, &n)) && n == 1 &&
			d->cash,
		"the cash agent's is picked for itself");
	ok(went(w, dispatch_load(w, &d->id, 1, (const enum payout_state[]){PAYOUT_READY}, 1, &all)) &&
			all.n == 2 && !all.at[0].bank && !all.at[1].bank && all.at[0].wrapped.n > 0,
		"who is paid in cash needs no account, but a key");
	struct payables others = {0};
	const int64_t dispatches[] = {
		out.dispatches == 2 ? strtoll(scene("select min(id) from payout.dispatch"), NULL, 10) : 0,
		strtoll(scene("select max(id) from payout.dispatch"), NULL, 10)};
	const enum payout_state ready = PAYOUT_READY;
	bug_if(!went(w, dispatch_load(w, dispatches, 2, &ready, 1, &others)));
	const struct batch_terms *terms[2] = {others.at[0].terms, others.at[others.n - 1].terms};
	ok(went(w, batch_lines(w, terms, 2, &lines, &lines_n)) && lines_n == 3,
		"two batches' lines are read at once");
	ok(lines[0].batch == terms[0]->batch && lines[lines_n - 1].batch == terms[1]->batch &&
			strcmp(lines[0].channel, lines[lines_n - 1].channel) != 0,
		"each with its own batch's terms");
	const struct payable *items[] = {&all.at[0], &all.at[1]};
	struct sent_dispatch sent = {.dispatch = d, .items = items, .n = 2};
	bug_if(!went(w, dispatch_send(w, &by, day_of_instant_vn(wall_us()), &sent, 1, &entries)));
	bug_if(!went(w, books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL)) || !went(w, tx_commit(w)));
	forge("update payout.dispatch set owner = null, lease_until = null, ask_after = now() - interval '1 second' where id =",
		d->id);
	bug_if(!went(w, tx_begin(w)));
	ok(went(w, dispatch_cash_left(w, NULL, 0, 8, &left, &left_n)) && left_n == 1 && left->cash &&
			left->id == d->id,
		"what was sent and not written is left for whoever writes the list");
	ok(went(w, dispatch_cash_left(w, &d->id, 1, 8, &left, &left_n)) && left_n == 0,
		"unless it was put off");
	tx_rollback(w);
}

static void valid_from_now(const char *area, const char *title)
{
	is_str(scene("select valid_until between now() + interval '23 hours 59 minutes' and now() + interval '24 hours' from "
		     "payout.batch where area_code = '%s'",
		       area),
		"t", "%s", title);
}

/* When no day of its own is left, and the bank never opens, a batch is valid from now. */
static void test_validity(struct work *w)
{
	scene("set session_replication_role = replica; insert into org.channel_hours (channel, from_day, hours, on_holidays, "
	      "margin_minutes, source) select min(id), '2020-01-01', '1-7 29:00-29:30', true, 0, 'test' from org.channel; "
	      "reset session_replication_role");
	people(40, 1, "22930");
	is_i64(ways(w, "merit", "22930", "demo-merit").lines, 1,
		"a batch for a bank that never opens is made");
	valid_from_now("22930", "and valid from now");
	scene("set session_replication_role = replica; delete from org.channel_hours; reset session_replication_role; insert into "
	      "rules.payout_window (programme, period, every_month, first_day, last_day, lists_before, money_before, source) values "
	      "('merit', '2024-04-01', false, '2024-04-05', '2024-04-20', '2024-03-20', '2024-03-25', 'test')");
	people(41, 1, "22933");
	is_i64(ways(w, "merit", "22933", "demo-merit").lines, 1,
		"a batch is made too late for its programme's days");
	valid_from_now("22933", "and valid from when the bank is open, which is now");
}

int main(void)
{
	struct work w = batch_scene_begin("ways");
	kek = kek_of(&wraps);
	keys_now = (struct batch_keys){.id_key = &id_key, .keks = &kek, .n_keks = 1};
	scene("insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, "
	      "posting_lag_days, items_per_message, valid_hours, agent_key) select 'vnpost-cash', 'cash', id, 'vnpost', 'cash_list', true, "
	      "30, true, 0, 500, 240, sha256('agent') from org.funding_account");
	test_ways(&w);
	test_remade(&w);
	test_cash_goes(&w);
	test_validity(&w);
	test_channels(&w);
	batch_scene_end(&w);
	return done_testing();
}
