#include "ledger/recon/report_store.h"

#include "ledger/base/text.h"
#include "ledger/db/db.h"

#define PAGE 5000

/* ---- people ------------------------------------------------------------------------------------------------------------ */

static struct report_row row_of(const struct rows *r, size_t i)
{
	return (struct report_row){
		.programme = row_text(r, i, rows_col(r, "programme")),
		.ward = row_text(r, i, rows_col(r, "ward")),
		.ward_name = row_text(r, i, rows_col(r, "ward_name")),
		.on_list = row_i64(r, i, rows_col(r, "on_list")),
		.payable = row_i64(r, i, rows_col(r, "payable")),
		.cash_wish = row_i64(r, i, rows_col(r, "cash_wish")),
		.cash_want = row_i64(r, i, rows_col(r, "cash_want")),
		.held = row_i64(r, i, rows_col(r, "held")),
		.exceptions = row_i64(r, i, rows_col(r, "exceptions")),
		.ended = row_i64(r, i, rows_col(r, "ended")),
		.open = row_i64(r, i, rows_col(r, "open")),
		.settled = row_i64(r, i, rows_col(r, "settled")),
		.returned = row_i64(r, i, rows_col(r, "returned")),
		.rejected = row_i64(r, i, rows_col(r, "rejected")),
		.not_paid = row_i64(r, i, rows_col(r, "not_paid")),
		.settled_payouts = row_i64(r, i, rows_col(r, "settled_payouts")),
		.settled_amount = row_vnd(r, i, rows_col(r, "settled_dong")),
		.returned_amount = row_vnd(r, i, rows_col(r, "returned_dong")),
		.unexplained = row_vnd(r, i, rows_col(r, "unexplained_dong")),
	};
}

static enum result read_people(struct work *w, const struct day *area_day, struct report *out)
{
	struct rows r;
	enum result result = db_run(w, Q_REPORT_PEOPLE,
		DB_ARGS(db_day(month_first(out->period)), area_day ? db_day(*area_day) : db_null()), &r);
	if (result != OK)
		return result;
	out->n = rows_n(&r);
	out->rows = arena_array(w->arena, out->n + 1, struct report_row);
	for (size_t i = 0; i < out->n; i++)
		out->rows[i] = row_of(&r, i);
	return OK;
}

static enum result read_whole(struct work *w, struct report *out)
{
	struct rows r, unallocated, overdue;
	enum result result = db_run(w, Q_REPORT_WHOLE, DB_ARGS(db_day(month_first(out->period))), &r);
	if (result == OK)
		result = db_run(w, Q_REPORT_UNALLOCATED, DB_NO_ARGS, &unallocated);
	if (result == OK)
		result = db_run(w, Q_REPORT_OVERDUE, DB_NO_ARGS, &overdue);
	if (result != OK)
		return result;
	int root = rows_col(&r, "checkpoint_root");
	out->rejected_rows = row_i64(&r, 0, rows_col(&r, "rejected_rows"));
	out->in_flight = row_vnd(&r, 0, rows_col(&r, "in_flight_dong"));
	out->suspense = row_vnd(&r, 0, rows_col(&r, "suspense_dong"));
	out->ledger_seq = row_i64(&r, 0, rows_col(&r, "ledger_seq"));
	out->checkpoint_size = row_i64(&r, 0, rows_col(&r, "checkpoint_size"));
	if (!row_null(&r, 0, root))
		out->checkpoint_root = row_hash(&r, 0, root);
	struct vnd payouts = row_vnd(&r, 0, rows_col(&r, "payouts_in_flight_dong"));
	out->books_balance = vnd_is_zero(row_vnd(&r, 0, rows_col(&r, "sum_dong"))) &&
			     vnd_cmp(out->in_flight, payouts) == 0;
	if (!vnd_add(row_vnd(&unallocated, 0, rows_col(&unallocated, "amount_dong")),
		    row_vnd(&overdue, 0, rows_col(&overdue, "amount_dong")), &out->unexplained) ||
		!vnd_add(out->unexplained, out->suspense, &out->unexplained))
		bug("what is unexplained is out of range");
	return OK;
}

enum result report_read(struct work *w, struct month period, const struct day *area_day, struct report *out)
{
	struct report report = {.period = period};
	enum result result = read_people(w, area_day, &report);
	if (result == OK)
		result = read_whole(w, &report);
	if (result == OK)
		result = recovery_sums(w, &report.recovery);
	if (result == OK)
		*out = report;
	return result;
}

/* ---- statement lines ------------------------------------------------------------------------------------------------- */

static void take_lines(
	const struct rows *r, void (*take)(void *context, const struct report_line *l), void *context)
{
	int account = rows_col(r, "account"), day = rows_col(r, "date"), entry = rows_col(r, "entry_ref"),
	    direction = rows_col(r, "direction"), amount = rows_col(r, "amount_dong"),
	    id = rows_col(r, "end_to_end_id");
	for (size_t i = 0; i < rows_n(r); i++)
		take(context, &(struct report_line){
				      .account = row_text(r, i, account),
				      .day = row_day(r, i, day),
				      .entry_ref = row_text(r, i, entry),
				      .debit = row_text(r, i, direction)[0] == 'd',
				      .amount = row_vnd(r, i, amount),
				      .id = row_null(r, i, id) ? "" : row_text(r, i, id),
			      });
}

/* One page in an arena of its own. *after moves; it stays when there are no more. */
static enum result one_page_of_lines(struct work *w, int64_t *after,
	void (*take)(void *context, const struct report_line *l), void *context)
{
	struct rows r, last;
	enum result result = db_run(w, Q_REPORT_LINES_LAST, DB_ARGS(db_i64(*after), db_i64(PAGE)), &last);
	if (result == OK)
		result = db_run(w, Q_REPORT_LINES, DB_ARGS(db_i64(*after), db_i64(PAGE)), &r);
	if (result != OK)
		return result;
	take_lines(&r, take, context);
	int64_t end = row_i64(&last, 0, rows_col(&last, "last"));
	if (end > *after)
		*after = end;
	else
		*after = INT64_MAX;
	return OK;
}

enum result report_lines(
	struct work *w, void (*take)(void *context, const struct report_line *l), void *context)
{
	struct arena *whole = w->arena;
	CLEANUP(arena_drop) struct arena *page = arena_new();
	enum result result = OK;
	w->arena = page;
	for (int64_t after = 0; result == OK && after != INT64_MAX;) {
		arena_reset(page);
		result = one_page_of_lines(w, &after, take, context);
	}
	w->arena = whole;
	return result;
}

/* ---- payouts with their accounts -------------------------------------------------------------------------------------- */

static bool open_account(
	struct work *w, const struct opening *opening, const struct rows *r, size_t i, const char **out)
{
	int sealed = rows_col(r, "sealed"), wrapped = rows_col(r, "wrapped");
	*out = "";
	if (row_null(r, i, sealed))
		return true;
	if (row_null(r, i, wrapped)) {
		*out = "erased";
		return true;
	}
	CLEANUP(buf_free) struct buf text = BUF(64);
	const struct sealed_field f = {.person = row_i64(r, i, rows_col(r, "person")),
		.wrapped = row_bytes(r, i, wrapped),
		.sealed = row_bytes(r, i, sealed),
		.field = "account"};
	bool opened = opening_field(w, opening, &f, &text);
	if (opened)
		*out = arena_strdup(w->arena, buf_str(&text));
	return opened;
}

static const char *unescaped(struct arena *a, const char *text)
{
	CLEANUP(buf_free) struct buf out = BUF(512);
	if (!text || !percent_unescape(bytes_z(text), &out))
		return "";
	return arena_strdup(a, buf_str(&out));
}

static enum result one_page_settled(struct work *w, const struct opening *opening, struct month period,
	int64_t *after, void (*take)(void *context, const struct report_settled *s), void *context)
{
	struct rows r;
	enum result result = db_run(
		w, Q_REPORT_SETTLED, DB_ARGS(db_day(month_first(period)), db_i64(*after), db_i64(PAGE)), &r);
	if (result != OK)
		return result;
	int day = rows_col(&r, "value_date"), bank = rows_col(&r, "bank");
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct report_settled s = {
			.id = row_text(&r, i, rows_col(&r, "end_to_end_id")),
			.state = row_text(&r, i, rows_col(&r, "state")),
			.amount = row_vnd(&r, i, rows_col(&r, "amount_dong")),
			.bank = row_null(&r, i, bank) ? "" : row_text(&r, i, bank),
			.entry = unescaped(w->arena, row_text(&r, i, rows_col(&r, "entry"))),
			.has_value_date = !row_null(&r, i, day),
		};
		if (s.has_value_date)
			s.value_date = row_day(&r, i, day);
		if (!open_account(w, opening, &r, i, &s.account))
			return REFUSED;
		take(context, &s);
		*after = row_i64(&r, i, rows_col(&r, "payout"));
	}
	if (rows_n(&r) < PAGE)
		*after = INT64_MAX;
	return OK;
}

enum result report_settled(struct work *w, const struct opening *opening, struct month period,
	void (*take)(void *context, const struct report_settled *s), void *context)
{
	enum result result = OK;
	struct arena *whole = w->arena;
	CLEANUP(arena_drop) struct arena *page = arena_new();
	w->arena = page;
	for (int64_t after = 0; result == OK && after != INT64_MAX;) {
		arena_reset(page);
		result = one_page_settled(w, opening, period, &after, take, context);
	}
	w->arena = whole;
	return result;
}
