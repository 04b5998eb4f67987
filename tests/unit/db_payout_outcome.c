/* What evidence does to the rows of payouts: moves, breaks and the ledger's entries of one transaction. What it proves is step.h's. */
#include "ledger/payout/outcome.h"
#include "tests/unit/db_payout.h"

enum { PEOPLE = 12 };

static struct outcome *out;
static struct outcome_counts counts;
static struct entries entries;
static struct work *w;

static enum result learn(enum payout_cause cause, const struct told *told, size_t n)
{
	TX_GUARD(w);
	counts = (struct outcome_counts){0};
	entries = (struct entries){0};
	w->deadline_us = work_deadline_in_ms(60000);
	enum result r = tx_begin(w);
	if (r == OK)
		r = outcome_decide(w, told, n, &out);
	if (r == OK)
		r = outcome_apply(w, cause, "duty:scribe", told, out, n, &entries, &counts);
	if (r == OK && entries.n > 0)
		r = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	return r == OK ? tx_commit(w) : r;
}

static void put(int64_t payout, int state)
{
	scene("set session_replication_role = replica; update payout.payout_state set state = %d where payout = %" PRId64
	      "; reset session_replication_role",
		state, payout);
}

static const char *state_of(int64_t payout)
{
	return scene(
		"select t.name from payout.payout_state s join payout.state t on t.code = s.state where s.payout = %" PRId64,
		payout);
}

static int64_t owed(int64_t payout)
{
	return strtoll(scene("select amount_dong from payout.payout where id = %" PRId64, payout), NULL, 10);
}

/* A line's text in the i-th entry. */
static bool says(size_t i, const char *line)
{
	return i < entries.n &&
	       memmem(entries.at[i].lines.at, entries.at[i].lines.n, line, strlen(line)) != NULL;
}

/* ---- moves ------------------------------------------------------------------------------------------------------------------------ */

static void test_moves(void)
{
	const struct told told[] = {
		{.payout = 999999, .event = EVENT_DEBITED},
		{.payout = 7, .event = EVENT_DEBITED, .entry = "FT1", .effective = {19814}},
		{.payout = 1, .event = EVENT_DEBITED, .entry = "FT3"},
		{.payout = 7, .event = EVENT_RETURNED, .entry = "FT2", .reason = "AC04"},
	};
	put(1, PAYOUT_SENT);
	put(7, PAYOUT_SENT);
	ok(went(w, learn(CAUSE_STATEMENT, told, COUNT_OF(told))),
		"what is said of several payouts is learnt at once");
	ok(!out[0].known && out[0].payout == 999999 && out[0].nth == 0,
		"of one that there is not nothing is");
	is_str(state_of(7), "returned", "a debit and its return are two moves of one payout");
	ok(out[1].nth == 1 && out[3].nth == 2 && counts.moved == 3 && counts.settled == 2 &&
			counts.returned == 1,
		"one after the other");
	is_str(state_of(1), "settled", "beside another payout's");
	ok(entries.n == 3 && says(2, "reason ac04\n"), "the books have what ended, with the bank's reason");
	ok(entries.at[0].effective.n == 19814 && entries.at[2].effective.n == 19816,
		"on the day that was said, or the business day");
}

static void test_reasons(void)
{
	static const struct {
		const char *said, *booked;
	} reasons[] = {{NULL, "reason unstated\n"}, {"", "reason unstated\n"}, {"AC04", "reason ac04\n"},
		{"04", "reason r04\n"}};
	for (size_t i = 0; i < COUNT_OF(reasons); i++) {
		put(2 + (int64_t)i, PAYOUT_SENT);
		const struct told told = {
			.payout = 2 + (int64_t)i, .event = EVENT_SAID_REJECTED, .reason = reasons[i].said};
		ok(went(w, learn(CAUSE_REPLY, &told, 1)) && counts.rejected == 1 &&
				says(0, reasons[i].booked),
			"a bank that says %s is booked as %.*s",
			reasons[i].said ? reasons[i].said : "nothing", (int)strlen(reasons[i].booked) - 1,
			reasons[i].booked);
	}
}

/* The bank does not promise that what is late is not paid; a cash agent's confirmed list is complete all the same. */
static void test_silence(void)
{
	int64_t cash = strtoll(
		scene("select p.id from payout.payout p where p.payee_account is null limit 1"), NULL, 10);
	const struct told told[] = {{.payout = 1, .event = EVENT_SAID_MISFIT},
		{.payout = 1, .event = EVENT_ABSENT}, {.payout = cash, .event = EVENT_ABSENT},
		{.payout = 999999, .event = EVENT_ABSENT}};
	scene("update org.channel set honours_valid_until = false");
	put(1, PAYOUT_SENT);
	put(cash, PAYOUT_SENT);
	ok(cash > 0 && went(w, learn(CAUSE_RECOVERY, told, COUNT_OF(told))),
		"two payments are on no list, and of one the bank says what does not fit");
	is_str(scene("select string_agg(kind, ' ' order by id) from recon.break where payout = 1"),
		"contradiction overdue", "each is a break of its own");
	is_str(state_of(1), "unknown", "silence proves nothing of one through a bank that promises nothing");
	is_str(state_of(cash), "not_paid", "who stands on no cash agent's list was not paid");
	scene("update org.channel set honours_valid_until = true");
}

static void test_unknown_state(void)
{
	const struct told told = {.payout = 1, .event = EVENT_DEBITED, .entry = "FT4"};
	for (int i = 0; i < 2; i++) {
		put(1, i ? 12 : 0);
		ok(learn(CAUSE_STATEMENT, &told, 1) == REFUSED && why_is(&w->why, "state_unknown"),
			"a state that this program does not know is not guessed at");
	}
	why_clear(&w->why);
}

/* ---- breaks ------------------------------------------------------------------------------------------------------------------------ */

static void test_breaks(void)
{
	static const struct {
		enum payout_event event;
		int from;
		int64_t line, more; /* more: than is owed, as the bank says */
		const char *kind;
		int64_t amount; /* 0: what is owed */
	} rows[] = {
		{EVENT_DEBITED_AMOUNT, PAYOUT_SENT, 1, 5, "amount_differs", 5},
		{EVENT_DEBITED_AMOUNT, PAYOUT_SENT, 2, -7, "amount_differs", 7},
		{EVENT_DEBITED_ACCOUNT, PAYOUT_SENT, 3, 0, "account_differs", 0},
		{EVENT_DEBITED, PAYOUT_READY, 4, 0, "rogue_debit", 0},
		{EVENT_DEBITED, PAYOUT_SETTLED, 5, 0, "double_debit", 0},
		{EVENT_SAID_MISFIT, PAYOUT_SENT, 0, 3, "contradiction", 0},
		{EVENT_RETURNED, PAYOUT_SENT, 6, 0, "return_unknown", 0},
		{EVENT_ABSENT, PAYOUT_CREDITED, 0, 0, "lost_line", 0},
	};
	struct told told[COUNT_OF(rows)];
	scene("insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) values ('demo', 'file', 'statement', "
	      "'page-1', sha256('x'), 'x', true)");
	scene("set session_replication_role = replica");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t payout = 2 + (int64_t)i;
		put(payout, rows[i].from);
		if (rows[i].line)
			scene("insert into bank.statement_line overriding system value select (jsonb_populate_record(null::bank.statement_line, "
			      "jsonb_build_object('id', %d, 'statement', 1, 'line', %d, 'detail', 0, 'has_details', false, 'entry_ref', 'E%d', 'direction', 'debit', "
			      "'amount_dong', 1, 'value_date', '2024-04-03', 'text', '', 'message', 1, 'item', 0))).*",
				(int)rows[i].line, (int)rows[i].line, (int)rows[i].line);
		told[i] = (struct told){.payout = payout,
			.event = rows[i].event,
			.entry = "FT5",
			.line = rows[i].line,
			.amount = vnd(owed(payout) + rows[i].more)};
	}
	scene("reset session_replication_role");
	bool each_right = went(w, learn(CAUSE_REPLY, told, COUNT_OF(told)));
	is_i64((int64_t)counts.breaks, COUNT_OF(rows), "what contradicts is a break");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *want = arena_printf(w->arena, "%s %" PRId64, rows[i].kind,
			rows[i].amount ? rows[i].amount : owed(2 + (int64_t)i));
		is_str(scene("select kind || ' ' || amount_dong from recon.break where payout = %d",
			       2 + (int)i),
			want, "%s: about what is in question", rows[i].kind);
	}
	ok(each_right && entries.n >= COUNT_OF(rows), "each is a leaf");
	is_str(scene("select count(distinct note) || ' ' || (min(length(note)) > 60) from recon.break where kind <> 'overdue'"),
		"7 true", "and says what to do");
	ok(went(w, learn(CAUSE_REPLY, told, 1)) && entries.n == 0, "it is learnt again, and is no leaf");
	is_str(scene("select count(*) from recon.break where payout = 2 and kind = 'amount_differs'"), "1",
		"a break that is open is not opened again");
}

static void test_list(void)
{
	struct entries list = {0};
	enum { MANY = 300 };
	size_t right = 0;
	for (int i = 0; i < MANY; i++)
		entries_add(w->arena, &list, (struct entry){.src_item = i});
	for (int i = 0; i < MANY; i++)
		right += list.at[i].src_item == i;
	ok(list.n == MANY && right == MANY, "a list of entries grows, and keeps their order");
}

int main(void)
{
	struct db *db = payout_scene_begin("outcome");
	struct work own = fresh_work(db);
	w = &own;
	make_payroll(w, (struct payroll){.people = PEOPLE, .wards = 2, .cash_every = PEOPLE});
	test_moves();
	test_reasons();
	test_silence();
	test_unknown_state();
	test_breaks();
	test_list();
	arena_free(own.arena);
	payout_scene_end(db);
	return done_testing();
}
