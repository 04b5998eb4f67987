#include "ledger/recon/reconcile_store.h"

#include <string.h>

#include "ledger/books/chart.h"
#include "ledger/db/db.h"

const char *reconciled_name(enum reconciled r)
{
	switch (r) {
	case RECONCILED_CLEAN: return "clean";
	case RECONCILED_BREAKS: return "breaks";
	case RECONCILED_BROKEN: return "broken";
	}
	bug("a day is reconciled as %d", (int)r);
}

static struct vnd plus(struct vnd a, struct vnd b)
{
	struct vnd sum;
	if (!vnd_add(a, b, &sum))
		bug("a sum of a reconciliation is out of range");
	return sum;
}

static struct vnd minus(struct vnd a, struct vnd b)
{
	struct vnd rest;
	if (!vnd_sub(a, b, &rest))
		bug("a difference of a reconciliation is out of range");
	return rest;
}

static struct vnd magnitude(struct vnd v)
{
	return vnd_is_negative(v) ? minus(vnd(0), v) : v;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static enum result read_statement(struct work *w, struct reconciliation *c)
{
	struct rows r;
	enum result result = db_run(
		w, Q_RECONCILE_STATEMENT, DB_ARGS(db_i64(c->funding.id), db_day(c->day)), &r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	c->statement = row_i64(&r, 0, rows_col(&r, "id"));
	c->opening = row_vnd(&r, 0, rows_col(&r, "opening_dong"));
	c->closing = row_vnd(&r, 0, rows_col(&r, "closing_dong"));
	c->complete = row_bool(&r, 0, rows_col(&r, "complete"));
	c->chained = row_bool(&r, 0, rows_col(&r, "chained"));
	c->looked_into = row_bool(&r, 0, rows_col(&r, "looked_into"));
	c->debits = row_vnd(&r, 0, rows_col(&r, "debits_dong"));
	c->credits = row_vnd(&r, 0, rows_col(&r, "credits_dong"));
	c->debit_count = row_i64(&r, 0, rows_col(&r, "debit_count"));
	c->credit_count = row_i64(&r, 0, rows_col(&r, "credit_count"));
	return OK;
}

static enum result one_amount(
	struct work *w, enum query q, const struct reconciliation *c, const char *column, struct vnd *out)
{
	struct rows r;
	enum result result = db_run(w, q, DB_ARGS(db_i64(c->funding.id), db_day(c->day)), &r);
	if (result == OK)
		*out = row_vnd(&r, 0, rows_col(&r, column));
	return result;
}

/* What of the day's lines is explained, by kind; the rest is not allocated. */
static enum result read_explained(struct work *w, struct reconciliation *c)
{
	struct rows r;
	struct vnd before;
	enum result result = one_amount(w, Q_RECONCILE_UNSETTLED, c, "amount_dong", &before);
	if (result == OK)
		result = db_run(w, Q_RECONCILE_EXPLAINED, DB_ARGS(db_i64(c->statement)), &r);
	if (result != OK)
		return result;
	int kind = rows_col(&r, "kind"), lines = rows_col(&r, "lines"), amount = rows_col(&r, "amount_dong");
	c->kinds = arena_array(w->arena, rows_n(&r), struct explained_kind);
	for (size_t i = 0; i < rows_n(&r); i++) {
		if (row_null(&r, i, kind)) {
			c->unallocated = plus(row_vnd(&r, i, amount), before);
			continue;
		}
		c->kinds[c->kinds_n++] = (struct explained_kind){
			.kind = row_text(&r, i, kind),
			.lines = row_i64(&r, i, lines),
			.amount = row_vnd(&r, i, amount),
		};
	}
	return OK;
}

static enum result read_overdue(struct work *w, struct reconciliation *c)
{
	struct rows r;
	enum result result = db_run(
		w, Q_RECONCILE_OVERDUE, DB_ARGS(db_i64(c->funding.id), db_day(c->day)), &r);
	if (result != OK)
		return result;
	c->overdue_payouts = row_i64(&r, 0, rows_col(&r, "payouts"));
	c->overdue = row_vnd(&r, 0, rows_col(&r, "amount_dong"));
	c->overdue_named = row_vnd(&r, 0, rows_col(&r, "named_dong"));
	return OK;
}

static enum result read_books(struct work *w, struct reconciliation *c)
{
	const char *codes[] = {
		account_code(w->arena, ACCOUNT_BANK, c->funding.code, NULL),
		account_code(w->arena, ACCOUNT_SUSPENSE_DEBIT, c->funding.code, NULL),
		account_code(w->arena, ACCOUNT_SUSPENSE_CREDIT, c->funding.code, NULL),
	};
	struct rows r;
	struct vnd other_days;
	enum result result = db_run(
		w, Q_RECONCILE_BOOKS, DB_ARGS(db_texts(codes, COUNT_OF(codes)), db_day(c->day)), &r);
	if (result == OK)
		result = one_amount(w, Q_RECONCILE_OTHER_DAYS, c, "amount_dong", &other_days);
	if (result == OK)
		result = one_amount(w, Q_RECONCILE_SUSPENSE, c, "named_dong", &c->suspense_named);
	if (result != OK)
		return result;
	c->suspense = vnd(0);
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct vnd balance = row_vnd(&r, i, rows_col(&r, "balance_dong"));
		if (strcmp(row_text(&r, i, rows_col(&r, "code")), codes[0]) == 0)
			c->books = balance;
		else
			c->suspense = plus(c->suspense, magnitude(balance));
	}
	c->expected = plus(c->closing, other_days);
	return OK;
}

static enum result read_in_flight(struct work *w, struct reconciliation *c)
{
	struct rows r;
	enum result result = db_run(w, Q_RECONCILE_IN_FLIGHT,
		DB_ARGS(db_i64(c->funding.id),
			db_text(account_code(w->arena, ACCOUNT_IN_FLIGHT, c->funding.code, NULL))),
		&r);
	if (result != OK)
		return result;
	c->in_flight = row_vnd(&r, 0, rows_col(&r, "booked_dong"));
	c->in_flight_payouts = row_vnd(&r, 0, rows_col(&r, "payouts_dong"));
	return OK;
}

static enum result read_breaks(struct work *w, struct reconciliation *c)
{
	struct rows r;
	enum result result = db_run(
		w, Q_RECONCILE_BREAKS, DB_ARGS(db_i64(c->funding.id), db_day(c->day)), &r);
	if (result != OK)
		return result;
	c->breaks_n = rows_n(&r);
	c->breaks = arena_array(w->arena, c->breaks_n + 1, struct open_break);
	for (size_t i = 0; i < c->breaks_n; i++)
		c->breaks[i] = (struct open_break){
			.id = row_i64(&r, i, rows_col(&r, "id")),
			.kind = row_text(&r, i, rows_col(&r, "kind")),
			.amount = row_vnd(&r, i, rows_col(&r, "amount_dong")),
			.day = row_day(&r, i, rows_col(&r, "day")),
			.age_days = row_i32(&r, i, rows_col(&r, "age_days")),
			.entry_ref = row_text(&r, i, rows_col(&r, "entry_ref")),
			.id_of_payout = row_text(&r, i, rows_col(&r, "end_to_end_id")),
			.note = row_text(&r, i, rows_col(&r, "note")),
		};
	return OK;
}

/* ---- judging ---------------------------------------------------------------------------------------------------------- */

/* Opposite errors do not make up for each other: each thing that is not explained has its own break. */
static enum reconciled judge(const struct reconciliation *c)
{
	bool whole = c->complete && c->chained;

	if (c->statement == 0 || !(whole || c->looked_into) || vnd_cmp(c->books, c->expected) != 0 ||
		vnd_cmp(c->in_flight, c->in_flight_payouts) != 0)
		return RECONCILED_BROKEN;
	if (whole && vnd_is_zero(c->unexplained))
		return RECONCILED_CLEAN;
	return vnd_is_zero(c->unallocated) && vnd_cmp(c->overdue, c->overdue_named) == 0 &&
			       vnd_cmp(c->suspense, c->suspense_named) == 0
		       ? RECONCILED_BREAKS
		       : RECONCILED_BROKEN;
}

static enum result write_row(struct work *w, struct reconciliation *c)
{
	struct rows r;
	enum result result = db_run(w, Q_RECONCILIATION_ADD,
		DB_ARGS(db_i64(c->funding.id), db_day(c->day), db_i64(c->statement), db_vnd(c->opening),
			db_vnd(c->debits), db_vnd(c->credits), db_vnd(c->closing), db_vnd(c->unallocated),
			db_vnd(c->overdue), db_vnd(c->suspense), db_vnd(c->unexplained),
			db_i64((int64_t)c->breaks_n), db_text(reconciled_name(c->result))),
		&r);
	if (result == OK)
		c->id = row_i64(&r, 0, rows_col(&r, "id"));
	return result;
}

enum result reconcile(struct work *w, const char *funding, struct day day, struct reconciliation *out)
{
	struct reconciliation c = {.day = day};
	enum result result = funding_find(w, funding, &c.funding);
	if (result == OK)
		result = read_statement(w, &c);
	if (result == OK && c.statement != 0)
		result = read_explained(w, &c);
	if (result == OK)
		result = read_overdue(w, &c);
	if (result == OK)
		result = read_books(w, &c);
	if (result == OK)
		result = read_in_flight(w, &c);
	if (result == OK)
		result = read_breaks(w, &c);
	if (result != OK)
		return result;
	c.unexplained = plus(plus(c.unallocated, c.overdue), c.suspense);
	c.result = judge(&c);
	if (c.statement != 0)
		result = write_row(w, &c);
	*out = c;
	return result;
}
