/* Statements against a real database: each line ends as exactly one thing, and what nothing explains has a name. */
#include "tests/unit/db_recon.h"

static int64_t closing;
static struct payroll payroll = {0};

/* What everybody hopes for, with everything that a day has. */
static void a_day(void)
{
	struct sheet s = sheet_of(FIRST_DAY, 1, 0);
	struct statement_closed c;
	sheet_add(&s, false, payroll.sum)->entry_ref = "KB-FIXTURE";
	for (int64_t i = 1; i <= 10;
		i++) /* the bank's value dates move nothing: the account's balance goes by its statements */
		sheet_pays(&s, i)->value_date.n += (int32_t)(i % 3) - 1;
	struct booked_part parts[3];
	int64_t together = 0;
	for (int i = 0; i < 3; i++) {
		parts[i] = (struct booked_part){.id = payees[11 + i].id,
			.amount = vnd(payees[11 + i].owed),
			.account = payees[11 + i].account};
		together += payees[11 + i].owed;
	}
	struct booked_line *batch = sheet_add(&s, true, together);
	batch->parts = parts;
	batch->parts_n = 3;
	sheet_add(&s, true, 33000)->kind_text = "PHI DICH VU CHI HO";
	struct booked_line *advance = sheet_add(&s, true, 7000000);
	advance->remittance = "TAMUNG-VNPOST-202404 chuyen tien";
	advance->account = "VNPOST01";
	struct booked_line *back = sheet_add(&s, false, payees[2].owed);
	back->id = payees[2].id;
	back->account = payees[2].account;
	back->returned_reason = "AC04";
	struct booked_line *bare = sheet_pays(&s, 14);
	bare->id = "";
	static char remittance[64];
	snprintf(remittance, sizeof remittance, "%s TRO CAP 04/2024", payees[14].id);
	bare->remittance = remittance;
	closing = s.closing;

	is_i64(sheet_store(&s, &c, NULL), OK, "a statement is stored");
	ok(c.complete && c.chained, "it adds up, and an account's first statement begins with nothing");
	struct settle_counts n = settle_all(7);
	is_i64((int64_t)n.lines, (int64_t)s.n + 3, "every line and every part is looked at once");
	is_i64((int64_t)n.done.settled, 14, "payouts settle by id, amount and account");
	is_str(state_of(12), "settled", "also those that the bank booked together");
	is_str(state_of(14), "settled", "also one whose id stands only in the text");
	is_str(state_of(2), "returned", "a debit and its return on one statement are two moves");
	is_str(scene("select string_agg(from_state || '>' || to_state, ' ' order by n) from payout.payout_move where payout = %lld",
		       (long long)payees[2].payout),
		"1>3 3>7 7>10", "one after the other");
	is_i64((int64_t)n.suspense, 0, "nothing is in suspense");
	is_str(scene("select string_agg(kind || ' ' || n, ', ' order by kind) from (select kind, count(*) as n from recon.explained "
		     "group by kind) x"),
		"agent_advance 1, fee 1, funding 1, payout 14, return 1",
		"each line is explained by one thing");
	is_str(scene("select count(*) from books.txn where kind = 'funding'"), "1",
		"a credit that was booked on the day is not booked again");
	is_str(scene("select -b.balance from books.balance b join books.ledger_account a on a.id = b.account "
		     "where a.code = 'liabilities:unclaimed:so-ldtbxh:merit'"),
		scene("select amount_dong from payout.payout where id = %lld", (long long)payees[2].payout),
		"what came back is unclaimed");
	is_i64((int64_t)settle_all(1000).lines, 0, "a second look finds nothing");

	scene("begin; set local session_replication_role = replica; "
	      "insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item) "
	      "select 999, 1, 'unclosed', 'debit', 1, value_date, '', message, item from bank.statement_line limit 1; "
	      "commit; select 1");
	settle_all(1000);
	is_str(scene("select count(*) from bank.line_waiting where statement = 999"), "1",
		"a line whose statement is not closed is waited for, not passed");
	scene("begin; set local session_replication_role = replica; "
	      "delete from bank.statement_line where statement = 999; commit; select 1");

	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY, &r)), "clean", "the day reconciles");
	is_i64(vnd_dong(r.books), closing, "the books say what the bank says");
	is_i64(vnd_dong(r.unexplained), 0, "and nothing is unexplained");

	scene("begin; set local session_replication_role = replica; "
	      "with two as (select line, row_number() over (order by line) as n from recon.allocation limit 2) "
	      "update recon.allocation a set amount_dong = a.amount_dong + case two.n when 1 then 1 else -1 end "
	      "from two where a.line = two.line; commit; select 1");
	is_str(reconciled_name(reconciled_on(FIRST_DAY, &r)), "broken",
		"two errors do not make up for each other");
	is_i64(vnd_dong(r.unexplained), 2, "each counts");
	scene("begin; set local session_replication_role = replica; update recon.allocation a set amount_dong = l.amount_dong "
	      "from bank.statement_line l where l.id = a.line; commit; select 1");
}

static struct booked_line *differs(struct sheet *s, int64_t i, int64_t dong)
{
	struct booked_line *l = sheet_pays(s, i);
	s->closing += payees[i].owed - dong;
	l->amount = vnd(dong);
	return l;
}

static const char *break_of_line(int64_t line)
{
	return scene(
		"select string_agg(k.kind || ' ' || k.amount_dong, ', ') from recon.break k join bank.statement_line l on l.id = k.line "
		"join bank.statement s on s.id = l.statement where s.day = '2024-04-04' and l.line = %lld",
		(long long)line);
}

/* Everything that can be wrong with a line. */
static void a_bad_day(void)
{
	struct sheet s = sheet_of(FIRST_DAY + 1, 2, closing);
	struct statement_closed c;
	differs(&s, 20, payees[20].owed - 1);
	sheet_pays(&s, 21)->account = "200000000099";
	sheet_pays(&s, 1);
	struct booked_line *unknown = sheet_add(&s, true, 5000);
	unknown->id = "0123456789ABCDEFGHJ";
	unknown->account = "200000000077";
	struct booked_line *rogue = sheet_add(&s, true, 1000000);
	rogue->account = "100900000077";
	rogue->kind_text = "CHUYEN TIEN 100900000077";
	sheet_add(&s, true, 700)->kind_text = "KHAC";
	sheet_add(&s, false, 27431)->kind_text = "LAI TIEN GUI";
	struct booked_line *odd = sheet_add(&s, false, 100);
	odd->id = payees[3].id;
	odd->account = payees[3].account;
	odd->returned_reason = "AC04";
	struct booked_line *early = sheet_add(&s, false, payees[22].owed);
	early->id = payees[22].id;
	early->account = payees[22].account;
	sheet_add(&s, false, 999)->remittance = "KB-2024-0117 CAP KINH PHI";
	sheet_add(&s, true, 600000)->kind_text = "PHI DICH VU QUA LON";
	closing = s.closing;
	is_i64(sheet_store(&s, &c, NULL), OK, "a day with everything wrong is stored too");
	struct settle_counts n = settle_all(1000);
	is_i64((int64_t)n.suspense, (int64_t)s.n, "every đồng of it goes to suspense");
	is_i64((int64_t)n.done.settled, 0, "and nothing settles");
	static const struct {
		int line;
		const char *want, *title;
	} wants[] = {
		{3, "double_debit 1001000", "a second debit of a payout is a double debit"},
		{4, "rogue_debit 5000", "a debit with an id that nobody made is a rogue debit"},
		{5, "rogue_debit 1000000", "a debit to somebody's account without an id is one too"},
		{6, "unmatched_debit 700", "a debit to nobody is unmatched"},
		{7, "unmatched_credit 27431", "interest is unmatched until a person says what it is"},
		{8, "return_unknown 100", "half a return is none"},
		{10, "amount_differs 1", "an order's reference with another amount is no funding"},
		{11, "unmatched_debit 600000", "a fee above its rule's limit is none"},
	};
	is_str(break_of_line(1), "amount_differs 1", "one đồng less than signed is a break about one đồng");
	is_str(state_of(20), "sent", "and moves nothing");
	ok(strncmp(break_of_line(2), "account_differs", 15) == 0, "another account than signed is a break");
	ok(strncmp(break_of_line(9), "return_unknown", 14) == 0, "a return of what has not left is a break");
	for (size_t i = 0; i < COUNT_OF(wants); i++)
		is_str(break_of_line(wants[i].line), wants[i].want, "%s", wants[i].title);
	is_str(scene("select text from bank.statement_line l join bank.statement s on s.id = l.statement where s.sequence = 2 and line = 5"),
		"CHUYEN TIEN ............", "no account number is kept in a line's text");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 1, &r)), "breaks",
		"the chain holds, and every unexplained đồng is an open break");
	is_i64((int64_t)r.breaks_n, (int64_t)s.n, "one for each line");
	is_i64(vnd_dong(r.unexplained), vnd_dong(r.suspense), "all of it in suspense");
	is_i64(vnd_dong(r.books), closing, "and the books still say what the bank says");
	is_str(scene("select count(*) from books.txn where kind = 'break.opened'"), "11",
		"each break is a leaf");
	is_str(reconciled_name(reconciled_on(FIRST_DAY, &r)), "clean", "the day before stays as it was");
}

static void chains(void)
{
	struct sheet s = sheet_of(FIRST_DAY + 1, 2, closing);
	struct statement_closed c;
	struct why why = {0};
	is_i64(sheet_store(&s, &c, &why), REFUSED, "a day's statement comes once");
	is_str(why.code, "statement_known", "and is known by its day");

	s = sheet_of(FIRST_DAY + 3, 4, closing);
	is_i64(sheet_store(&s, &c, &why), REFUSED, "a statement waits for the one before it");
	is_str(why.code, "statement_early", "by its number");

	s = sheet_of(FIRST_DAY + 2, 3, closing);
	sheet_add(&s, false, 5)->entry_ref = "TWICE";
	sheet_add(&s, false, 5)->entry_ref = "TWICE";
	is_i64(sheet_store(&s, &c, &why), REFUSED, "a statement with one entry twice is refused");
	is_str(why.code, "statement_entries", "as the bank's fault and not as ours");

	s = sheet_of(FIRST_DAY + 2, 3, closing);
	sheet_pays(&s, 23);
	s.closing -= 50;
	is_i64(sheet_store(&s, &c, NULL), OK, "a statement that does not add up is stored");
	ok(!c.complete && c.chained, "as incomplete");
	is_str(scene("select kind || ' ' || amount_dong from recon.break where statement is not null"),
		"balance_gap 50", "with a break that says what is lacking");
	settle_all(1000);
	is_str(state_of(23), "settled", "its lines are facts all the same");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 2, &r)), "broken", "but the day does not reconcile");

	s = sheet_of(FIRST_DAY + 3, 4, closing);
	is_i64(sheet_store(&s, &c, NULL), OK, "one that does not begin where the last ended is stored");
	ok(c.complete && !c.chained, "as unchained");
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 3, &r)), "broken", "and does not reconcile either");
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 9, &r)), "broken",
		"nor does a day without a statement");
}

int main(void)
{
	payroll.valid_hours = 500;
	recon_scene_begin("recon", 30, &payroll);
	scene("insert into org.fee_rule (bank, pattern, max_dong) values ('DEMO', 'PHI DICH VU', 500000)");
	scene("set session_replication_role = replica"); /* no officer acts here */
	scene("insert into org.funding_order (funding_account, kind, reference, amount_dong, channel, made_by) "
	      "select f.id, 'agent_advance', 'TAMUNG-VNPOST-202404', 7000000, c.id, 1 from org.funding_account f, org.channel c "
	      "where c.code = 'vnpost-cash'");
	scene("insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) "
	      "select f.id, 'treasury', 'KB-2024-0117', 1000, 1 from org.funding_account f");
	scene("reset session_replication_role");
	a_day();
	a_bad_day();
	chains();
	recon_scene_end();
	return done_testing();
}
