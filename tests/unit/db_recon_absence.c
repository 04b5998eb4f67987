/* What a statement proves by what it lacks: only where the bank promised it, and only when the chain is whole. */
#include "tests/unit/db_recon.h"

static void move(int64_t i, int from, int to)
{
	scene("select payout.move(array[%lld::bigint], array[%d::smallint], array[%d::smallint], 3::smallint, array[null::bigint], "
	      "array[null::integer], null)",
		(long long)payees[i].payout, from, to);
}

static int64_t store_day(int64_t day, int64_t sequence, int64_t opening, const int64_t *paid, size_t n,
	int64_t funded, int64_t lacking)
{
	struct sheet s = sheet_of(day, sequence, opening);
	struct statement_closed c;
	if (funded)
		sheet_add(&s, false, funded)->entry_ref = "KB-FIXTURE";
	for (size_t i = 0; i < n; i++)
		sheet_pays(&s, paid[i]);
	s.closing -= lacking;
	if (sheet_store(&s, &c, NULL) != OK)
		exit(1);
	settle_all(1000);
	return s.closing;
}

static void honoured(void)
{
	struct payroll p = {.valid_hours = 24};
	recon_scene_begin("recon_absence", 12, &p);
	move(7, 3, 6);
	int64_t closing = store_day(FIRST_DAY, 1, 0, (const int64_t[]){1, 2, 3, 4, 5, 6}, 6, p.sum, 0);
	struct absence_counts a = absence_all();
	is_i64((int64_t)a.statements, 1, "a statement is looked at when its lines are settled");
	is_i64((int64_t)a.absent, 0, "before valid-until nothing is proven");
	is_i64((int64_t)a.lost, 1, "but what the bank called credited and has not booked");
	is_str(scene("select kind || ' ' || payout || ' ' || amount_dong from recon.break"),
		scene("select 'lost_line %lld %lld'", (long long)payees[7].payout, (long long)payees[7].owed),
		"is a lost line");
	is_str(state_of(7), "credited", "and stays what it is");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY, &r)), "breaks", "its day reconciles with that break");
	is_i64(vnd_dong(r.unexplained), payees[7].owed, "by exactly its amount");

	closing = store_day(FIRST_DAY + 1, 2, closing, (const int64_t[]){8}, 1, 0, 0);
	a = absence_all();
	is_i64((int64_t)a.done.not_paid, 4,
		"who is on no statement of a whole chain through valid-until is not paid");
	is_str(state_of(9), "not_paid", "and so it stands");
	is_str(state_of(7), "credited", "but not against the bank's own word");
	is_str(scene("select count(*) from recon.break"), "1", "whose break is there once");
	is_str(scene("select count(*) from books.txn where kind = 'payout.not_paid'"), "4",
		"each has its ledger transaction");
	is_str(scene("select string_agg(distinct state, ' ') from payout.batch"), "released",
		"a batch stays open while one of its payouts is in flight");
	is_i64((int64_t)absence_all().statements, 0, "each statement is looked at once");

	store_day(FIRST_DAY + 2, 3, closing, (const int64_t[]){7}, 1, 0, 0);
	absence_all();
	is_str(state_of(7), "settled", "the missing line settles it when it comes");
	is_str(scene("select string_agg(distinct state, ' ') from payout.batch"), "closed",
		"and the batch is closed when all have ended");
	recon_scene_end();
}

static void broken(void)
{
	struct payroll p = {.valid_hours = 24};
	recon_scene_begin("recon_broken", 6, &p);
	int64_t closing = store_day(FIRST_DAY, 1, 0, (const int64_t[]){1, 2}, 2, p.sum, payees[3].owed);
	closing = store_day(FIRST_DAY + 1, 2, closing, (const int64_t[]){4}, 1, 0, 0);
	struct absence_counts a = absence_all();
	is_i64((int64_t)a.statements, 2, "statements of a chain with a gap are looked at");
	is_i64((int64_t)a.absent, 0, "and prove nobody unpaid");
	is_str(state_of(5), "sent", "who is missing stays in flight");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 1, &r)), "broken", "and the day says so");
	recon_scene_end();
}

/* The account is older than what we have of it: the first statement here is the bank's second. */
static void begins_late(void)
{
	struct payroll p = {.valid_hours = 24};
	recon_scene_begin("recon_late", 4, &p);
	int64_t closing = store_day(FIRST_DAY + 1, 2, 0, (const int64_t[]){1, 2}, 2, p.sum, 0);
	store_day(FIRST_DAY + 2, 3, closing, (const int64_t[]){3}, 1, 0, 0);
	is_i64((int64_t)absence_all().absent, 0, "a chain that begins with statement 2 proves nobody unpaid");
	is_str(state_of(4), "sent", "who is missing may stand on the first");
	is_str(scene("select string_agg(k.kind || ' ' || k.day, ', ') from recon.break k where k.kind = 'chain_gap'"),
		"chain_gap 2024-04-04", "and officers are told what is missing");
	recon_scene_end();
}

static void not_honoured(void)
{
	struct payroll p = {.valid_hours = 24, .honours = "false"};
	recon_scene_begin("recon_novalid", 4, &p);
	int64_t closing = store_day(FIRST_DAY, 1, 0, (const int64_t[]){1}, 1, p.sum, 0);
	store_day(FIRST_DAY + 1, 2, closing, (const int64_t[]){2}, 1, 0, 0);
	struct absence_counts a = absence_all();
	is_i64((int64_t)a.done.not_paid, 0,
		"a bank that does not honour valid-until proves nothing by silence");
	is_str(state_of(3), "sent", "the payout stays in flight");
	is_str(scene("select count(*) || ' ' || min(kind) from recon.break"), "2 overdue", "under a break");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 1, &r)), "breaks", "that names every đồng");
	recon_scene_end();
}

/* The treasury's money was booked on the bank's word of the day, and its statement does not have it. */
static void told_and_missing(void)
{
	struct payroll p = {.valid_hours = 500};
	recon_scene_begin("recon_told", 2, &p);
	store_day(FIRST_DAY, 1, 0, NULL, 0, 0, 0);
	absence_all();
	is_str(scene("select kind || ' ' || amount_dong from recon.break where statement is not null"),
		scene("select 'contradiction ' || amount_dong from bank.intraday_credit"),
		"a credit that was booked on the day and is on no statement is a contradiction");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY, &r)), "broken",
		"and the books do not say what the bank says");
	recon_scene_end();
}

/* A debit that may be theirs, although it does not say so or says another amount, is no absence: the claim would be paid again. */
static void perhaps_theirs(void)
{
	struct payroll p = {.valid_hours = 24};
	recon_scene_begin("recon_perhaps", 6, &p);
	struct sheet s = sheet_of(FIRST_DAY, 1, 0);
	struct statement_closed c;
	sheet_add(&s, false, p.sum)->entry_ref = "KB-FIXTURE";
	struct booked_line *l = sheet_pays(&s, 1);
	l->amount = vnd(payees[1].owed - 1);
	s.closing += 1;
	l = sheet_pays(&s, 2);
	l->id = "";
	sheet_pays(&s, 3)->account = "200000000099";
	is_i64(sheet_store(&s, &c, NULL), OK, "a statement with debits that do not fit is stored");
	settle_all(1000);
	store_day(FIRST_DAY + 1, 2, s.closing, (const int64_t[]){4}, 1, 0, 0);
	struct absence_counts a = absence_all();
	is_str(state_of(1), "sent", "who was debited one đồng less is not absent");
	is_str(state_of(3), "sent", "nor whose debit went to another account");
	is_str(state_of(2), "sent", "nor whose amount stands on a debit that nobody explained");
	is_str(scene("select string_agg(kind, ' ') from recon.break where payout = %lld",
		       (long long)payees[2].payout),
		"overdue", "which is a break until a person has decided");
	is_str(scene("select string_agg(kind, ' ') from recon.break where payout = %lld",
		       (long long)payees[1].payout),
		"amount_differs", "the others have theirs already");
	is_i64((int64_t)a.done.not_paid, 2, "everybody else who is absent is not paid");
	struct reconciliation r;
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 1, &r)), "breaks",
		"and every unexplained đồng has a break");
	recon_scene_end();
}

/* Of an agent's money no statement says who got it: silence past its deadline is a break, once, and proves nothing. */
static void agent_is_silent(void)
{
	struct payroll p = {.valid_hours = 24, .cash_every = 3};
	recon_scene_begin("recon_agent", 12, &p); /* more silent ones than a portion has */
	int64_t closing = store_day(
		FIRST_DAY, 1, 0, (const int64_t[]){1, 2, 4, 5, 7, 8, 10, 11}, 8, p.sum, 0);
	closing = store_day(FIRST_DAY + 1, 2, closing, NULL, 0, 0, 0);
	struct reconciliation r;
	is_i64((int64_t)absence_all().overdue, 0, "within its deadline an agent owes no word");
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 1, &r)), "clean", "and nothing is unexplained");
	closing = store_day(FIRST_DAY + 11, 3, closing, NULL, 0, 0, 0);
	is_i64((int64_t)absence_all().overdue, 4, "past it, each payout of which it told nothing is a break");
	is_str(scene("select string_agg(kind || ' ' || payout, ', ' order by payout) from recon.break"),
		scene("select 'overdue %lld, overdue %lld, overdue %lld, overdue %lld'",
			(long long)payees[3].payout, (long long)payees[6].payout, (long long)payees[9].payout,
			(long long)payees[12].payout),
		"overdue, by name");
	is_str(reconciled_name(reconciled_on(FIRST_DAY + 11, &r)), "breaks",
		"so that its day has no difference without one");
	is_str(state_of(3), "sent", "nobody is thereby unpaid");
	store_day(FIRST_DAY + 12, 4, closing, NULL, 0, 0, 0);
	is_i64((int64_t)absence_all().overdue, 0, "and is told of once");
	recon_scene_end();
}

int main(void)
{
	agent_is_silent();
	perhaps_theirs();
	told_and_missing();
	honoured();
	broken();
	begins_late();
	not_honoured();
	return done_testing();
}
