#include "ledger/register/recovery_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/db.h"

static int64_t number_or_0(const struct rows *rows, size_t i, int col)
{
	return row_null(rows, i, col) ? 0 : row_i64(rows, i, col);
}

static enum result read_cases(struct work *w, bool all, int64_t id, struct recovery_cases *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_RECOVERY_LIST, DB_ARGS(db_bool(all), id ? db_i64(id) : db_null()), &rows);
	if (r != OK)
		return r;
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct recovery_case);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct recovery_case){
			.id = row_i64(&rows, i, rows_col(&rows, "id")),
			.claim = number_or_0(&rows, i, rows_col(&rows, "claim")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.birth_year = row_i32(&rows, i, rows_col(&rows, "birth_year")),
			.area = row_text(&rows, i, rows_col(&rows, "area")),
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.month = month_of_day(row_day(&rows, i, rows_col(&rows, "month"))),
			.amount = row_vnd(&rows, i, rows_col(&rows, "amount_dong")),
			.repaid = row_vnd(&rows, i, rows_col(&rows, "repaid_dong")),
			.why = row_text(&rows, i, rows_col(&rows, "why")),
			.facts = row_text(&rows, i, rows_col(&rows, "facts")),
			.state = row_text(&rows, i, rows_col(&rows, "state")),
			.number = row_text(&rows, i, rows_col(&rows, "number")),
			.proposed = row_text(&rows, i, rows_col(&rows, "proposed")),
			.proposed_by = row_text(&rows, i, rows_col(&rows, "proposed_by")),
			.decision = number_or_0(&rows, i, rows_col(&rows, "decision")),
			.age_days = row_i32(&rows, i, rows_col(&rows, "age_days")),
		};
	return OK;
}

enum result recovery_list(struct work *w, bool all, struct recovery_cases *out)
{
	return read_cases(w, all, 0, out);
}

enum result recovery_debits(struct work *w, bool all, struct recovery_debits *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_RECOVERY_DEBITS, DB_ARGS(db_bool(all)), &rows);
	if (r != OK)
		return r;
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct recovery_debit);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct recovery_debit){
			.brk = row_i64(&rows, i, rows_col(&rows, "break")),
			.account = row_text(&rows, i, rows_col(&rows, "account")),
			.id = row_text(&rows, i, rows_col(&rows, "end_to_end_id")),
			.day = row_day(&rows, i, rows_col(&rows, "day")),
			.amount = row_vnd(&rows, i, rows_col(&rows, "amount_dong")),
			.open = row_vnd(&rows, i, rows_col(&rows, "open_dong")),
			.officers = {row_text(&rows, i, rows_col(&rows, "first")),
				row_text(&rows, i, rows_col(&rows, "second"))},
		};
	return OK;
}

/* The case, if it is not over. */
static enum result find(struct work *w, int64_t id, struct recovery_case *out)
{
	struct recovery_cases found;
	enum result r = read_cases(w, true, id, &found);
	if (r != OK)
		return r;
	if (found.n == 0) {
		why_set(&w->why, "recovery_unknown", "there is no case %" PRId64, id);
		return REFUSED;
	}
	*out = found.at[0];
	if (strcmp(out->state, "open") == 0 || strcmp(out->state, "asked") == 0)
		return OK;
	why_set(&w->why, "recovery_over", "case %" PRId64 " is over: %s", id, out->state);
	return REFUSED;
}

enum result recovery_propose(struct work *w, int64_t case_id, const char *kind, const char *number,
	const char *reason, int64_t *decision)
{
	struct recovery_case c;
	struct rows rows;
	enum result r = find(w, case_id, &c);
	if (r == OK)
		r = db_run(w, Q_RECOVERY_PROPOSE,
			DB_ARGS(db_i64(case_id), db_text(kind), number ? db_text(number) : db_null(),
				db_text(reason)),
			&rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0) {
		why_set(&w->why, "no_mandate", "case %" PRId64, case_id);
		return REFUSED;
	}
	*decision = row_i64(&rows, 0, rows_col(&rows, "id"));
	return OK;
}

enum result recovery_repaid(
	struct work *w, int64_t case_id, int64_t break_id, struct vnd amount, bool *confirmed)
{
	struct recovery_case c;
	struct rows rows;
	enum result r = find(w, case_id, &c);
	if (r != OK)
		return r;
	if (vnd_is_zero(amount) && !vnd_sub(c.amount, c.repaid, &amount))
		bug("more came back than there was");
	r = db_run(w, Q_RECOVERY_REPAID, DB_ARGS(db_i64(case_id), db_i64(break_id), db_vnd(amount)), &rows);
	if (r != OK)
		return r;
	const char *outcome = row_text(&rows, 0, rows_col(&rows, "outcome"));
	*confirmed = strcmp(outcome, "confirmed") == 0;
	if (strcmp(outcome, "same_officer") != 0)
		return OK;
	why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
	return REFUSED;
}

enum result recovery_sums(struct work *w, struct recovery_sums *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_RECOVERY_SUMS, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	*out = (struct recovery_sums){
		.cases = row_i64(&rows, 0, rows_col(&rows, "cases")),
		.open = row_vnd(&rows, 0, rows_col(&rows, "open_dong")),
		.asked = row_vnd(&rows, 0, rows_col(&rows, "asked_dong")),
		.back = row_vnd(&rows, 0, rows_col(&rows, "back_dong")),
		.waived = row_vnd(&rows, 0, rows_col(&rows, "waived_dong")),
	};
	return OK;
}
