#include "ledger/recon/absence_store.h"

#include <string.h>

#include "ledger/books/post.h"
#include "ledger/db/db.h"
#include "ledger/recon/inbox_store.h"
#include "ledger/recon/statement_store.h"

struct settled_statement {
	int64_t id, funding_id;
	const char *funding;
	struct day day, today;
};

static enum result next_statement(struct work *w, int64_t upto, struct settled_statement *out, bool *is_there)
{
	struct rows r;
	enum result result = db_run(w, Q_ABSENCE_NEXT, DB_ARGS(db_i64(upto)), &r);
	if (result != OK)
		return result;
	*is_there = rows_n(&r) == 1 && row_bool(&r, 0, rows_col(&r, "settled"));
	if (*is_there)
		*out = (struct settled_statement){
			.id = row_i64(&r, 0, rows_col(&r, "id")),
			.funding_id = row_i64(&r, 0, rows_col(&r, "funding")),
			.funding = row_text(&r, 0, rows_col(&r, "funding_code")),
			.day = row_day(&r, 0, rows_col(&r, "day")),
			.today = row_day(&r, 0, rows_col(&r, "today")),
		};
	return OK;
}

static enum result end_absent(struct work *w, const char *actor, struct told *told, size_t n,
	struct entries *entries, struct absence_counts *counts)
{
	struct outcome *decided;
	if (n == 0)
		return OK;
	enum result result = outcome_decide(w, told, n, &decided);
	if (result != OK)
		return result;
	counts->absent += n;
	return outcome_apply(w, CAUSE_ABSENCE, actor, told, decided, n, entries, &counts->done);
}

static const char *note_of(const char *finding)
{
	return strcmp(finding, payout_break_name(BREAK_LOST_LINE)) == 0
		       ? "the bank says that it was credited, its statement has no debit: ask for the missing line"
		       : "no debit has its id, but one that nobody explained has its amount: ask the bank whose that is";
}

/* Missing ones: those whose absence is proof, and those that need a person. */
static enum result judge(struct work *w, const struct settled_statement *s, const char *actor,
	const struct rows *r, struct entries *entries, struct absence_counts *counts)
{
	struct told *told = arena_array(w->arena, rows_n(r) + 1, struct told);
	struct break_found *open = arena_array(w->arena, rows_n(r) + 1, struct break_found);
	size_t told_n = 0, open_n = 0;
	int payout = rows_col(r, "payout"), finding = rows_col(r, "finding"),
	    id = rows_col(r, "end_to_end_id"), amount = rows_col(r, "amount_dong");
	for (size_t i = 0; i < rows_n(r); i++) {
		const char *what = row_text(r, i, finding);
		if (strcmp(what, "absent") == 0) {
			told[told_n++] = (struct told){
				.payout = row_i64(r, i, payout), .event = EVENT_ABSENT, .reason = "absent"};
			continue;
		}
		bool lost = strcmp(what, payout_break_name(BREAK_LOST_LINE)) == 0;
		counts->lost += lost;
		counts->overdue += !lost;
		open[open_n++] = (struct break_found){
			.kind = what,
			.funding_id = s->funding_id,
			.funding = s->funding,
			.payout = row_i64(r, i, payout),
			.id = row_text(r, i, id),
			.amount = row_vnd(r, i, amount),
			.note = note_of(what),
		};
	}
	enum result result = end_absent(w, actor, told, told_n, entries, counts);
	if (result != OK)
		return result;
	struct told_by by = {.actor = actor, .effective = s->today};
	return breaks_open(w, &by, open, open_n, entries);
}

/* A cash agent's silence past its deadline proves nothing, and somebody must ask. At most `most`: each has its break then, and is not
 * found again. */
static enum result miss_lists(struct work *w, const struct settled_statement *s, size_t most,
	const char *actor, struct entries *entries, struct absence_counts *counts)
{
	struct rows r;
	enum result result = db_run(
		w, Q_ABSENCE_CASH, DB_ARGS(db_i64(s->funding_id), db_day(s->day), db_i64((int64_t)most)), &r);
	if (result != OK)
		return result;
	size_t n = rows_n(&r);
	struct break_found *open = arena_array(w->arena, n + 1, struct break_found);
	int payout = rows_col(&r, "payout"), id = rows_col(&r, "end_to_end_id"),
	    amount = rows_col(&r, "amount_dong");
	for (size_t i = 0; i < n; i++)
		open[i] = (struct break_found){
			.kind = payout_break_name(BREAK_OVERDUE),
			.funding_id = s->funding_id,
			.funding = s->funding,
			.payout = row_i64(&r, i, payout),
			.id = row_text(&r, i, id),
			.amount = row_vnd(&r, i, amount),
			.note = "the cash agent's deadline is over and no list says whether it was paid: ask for the list",
		};
	counts->payouts = n;
	counts->overdue += n;
	struct told_by by = {.actor = actor, .effective = s->today};
	return breaks_open(w, &by, open, n, entries);
}

/* Money that was booked on the bank's word of the day, and is not on its statement. */
static enum result miss_credits(
	struct work *w, const struct settled_statement *s, const char *actor, struct entries *entries)
{
	struct rows r;
	enum result result = db_run(
		w, Q_INTRADAY_MISSING, DB_ARGS(db_i64(s->funding_id), db_day(s->day)), &r);
	if (result != OK)
		return result;
	struct vnd amount = row_vnd(&r, 0, rows_col(&r, "amount_dong"));
	if (vnd_is_zero(amount))
		return OK;
	struct funding funding = {.id = s->funding_id, .code = s->funding};
	struct statement_break b = {.funding = &funding,
		.statement = s->id,
		.day = s->day,
		.kind = payout_break_name(BREAK_CONTRADICTION),
		.amount = amount,
		.note = "a credit that the bank told of on the day is not on its statement: ask the bank"};
	return statement_break_open(w, &b, actor, entries);
}

/* The next portion, or the end of the statement when there is none. Those that stay in flight would be found again, so each portion
 * begins after the one before it. */
static enum result portion(struct work *w, struct absence_at *at, const struct settled_statement *s, size_t n,
	const char *actor, struct entries *entries, struct absence_counts *counts)
{
	struct rows r;
	int64_t after = at->statement == s->id ? at->after : 0;
	enum result result = db_run(w, Q_ABSENCE_PAYOUTS,
		DB_ARGS(db_i64(s->funding_id), db_day(s->day), db_i64(after), db_i64((int64_t)n)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0) {
		result = miss_lists(w, s, n, actor, entries, counts);
		if (result != OK || counts->payouts > 0)
			return result;
		counts->statements = 1;
		result = miss_credits(w, s, actor, entries);
		if (result == OK)
			result = db_run(w, Q_BATCH_CLOSE_ENDED, DB_ARGS(db_i64(s->funding_id)), NULL);
		return result == OK ? progress_set(w, "absence", s->id) : result;
	}
	at->statement = s->id;
	at->after = row_i64(&r, rows_n(&r) - 1, rows_col(&r, "payout"));
	counts->payouts = rows_n(&r);
	return judge(w, s, actor, &r, entries, counts);
}

enum result absence_some(
	struct work *w, struct absence_at *at, size_t n, const char *actor, struct absence_counts *out)
{
	struct settled_statement s;
	struct absence_at next = *at;
	struct entries entries = {0};
	struct absence_counts counts = {0};
	int64_t upto;
	bool mine = false, is_there = false;
	*out = (struct absence_counts){0};
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = progress_take(w, "absence", &upto, &mine);
	if (result != OK || !mine)
		return result;
	result = next_statement(w, upto, &s, &is_there);
	if (result != OK || !is_there)
		return result;
	result = portion(w, &next, &s, n, actor, &entries, &counts);
	if (result == OK && entries.n > 0)
		result = books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL);
	if (result == OK)
		result = tx_commit(w);
	if (result != OK)
		return result;
	*at = next;
	*out = counts;
	return OK;
}
