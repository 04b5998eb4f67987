#include "ledger/register/identity_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/copy.h"
#include "ledger/register/decision_store.h"
#include "ledger/register/entitle_store.h"
#include "ledger/register/match.h"

/* ---- proposed --------------------------------------------------------------------------------------------------------------------- */

static enum result added(struct work *w, const struct rows *rows, const char *code, int64_t *id)
{
	if (rows_n(rows) == 0) {
		why_set(&w->why, code, "nothing was proposed");
		return REFUSED;
	}
	*id = row_i64(rows, 0, rows_col(rows, "id"));
	return OK;
}

enum result merge_propose(struct work *w, const struct register_keys *keys, const struct personal_id *kept,
	const struct personal_id *gone, const char *number, const char *reason, int64_t *id)
{
	struct person_found_by_id stays, goes;
	struct rows rows;
	enum result r = person_by_id(w, keys, kept, &stays);
	if (r == OK)
		r = person_by_id(w, keys, gone, &goes);
	if (r != OK)
		return r;
	if (stays.id == goes.id) {
		why_set(&w->why, "same_already", "both IDs are this person's");
		return REFUSED;
	}
	r = db_run(w, Q_IDENTITY_MERGE_ADD,
		DB_ARGS(db_i64(stays.id), db_i64(goes.id), db_text(number), db_text(reason)), &rows);
	return r == OK ? added(w, &rows, "already_proposed", id) : r;
}

enum result part_propose(struct work *w, int64_t merge, const char *number, const char *reason, int64_t *id)
{
	struct rows rows;
	enum result r = db_run(
		w, Q_IDENTITY_PART_ADD, DB_ARGS(db_i64(merge), db_text(number), db_text(reason)), &rows);
	return r == OK ? added(w, &rows, "identity_unknown", id) : r;
}

enum result identity_of_number(struct work *w, const char *number, const int64_t **ids, size_t *n)
{
	struct rows rows;
	enum result r = db_run(w, Q_IDENTITY_OF_NUMBER, DB_ARGS(db_text(number)), &rows);
	if (r != OK)
		return r;
	*n = rows_n(&rows);
	int64_t *at = arena_array(w->arena, *n, int64_t);
	for (size_t i = 0; i < *n; i++)
		at[i] = row_i64(&rows, i, rows_col(&rows, "id"));
	*ids = at;
	return OK;
}

/* ---- confirmed -------------------------------------------------------------------------------------------------------------------- */

static enum result nothing_against(struct work *w, const int64_t *ids, size_t n, bool confirming)
{
	struct rows rows;
	enum result r = db_run(w, Q_IDENTITY_FIND, DB_ARGS(db_i64s(ids, n), db_bool(confirming)), &rows);
	if (r != OK)
		return r;
	int problem = rows_col(&rows, "problem");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		if (row_null(&rows, i, problem))
			continue;
		why_set(&w->why, row_text(&rows, i, problem), "%" PRId64,
			row_i64(&rows, i, rows_col(&rows, "id")));
		return REFUSED;
	}
	return OK;
}

/* A name that was corrected may fit the holder no more, or fit at last. Nothing passes whose holder nobody named: its bank is asked. */
static enum result grade_accounts(struct work *w, const int64_t *ids, size_t n_ids)
{
	struct rows rows;
	enum result r = db_run(w, Q_IDENTITY_ACCOUNTS, DB_ARGS(db_i64s(ids, n_ids)), &rows);
	size_t n = r == OK ? rows_n(&rows) : 0;
	if (n == 0)
		return r;
	int64_t *accounts = arena_array(w->arena, n, int64_t);
	const char **sources = arena_array(w->arena, n, const char *),
		   **statuses = arena_array(w->arena, n, const char *),
		   **grades = arena_array(w->arena, n, const char *);
	bool *linked = arena_array(w->arena, n, bool), *passes = arena_array(w->arena, n, bool);
	int64_t *asks = arena_array(w->arena, n, int64_t);
	size_t n_asks = 0;
	int holder = rows_col(&rows, "holder"), source = rows_col(&rows, "source"),
	    status = rows_col(&rows, "status");
	for (size_t i = 0; i < n; i++) {
		struct match_asked asked = {
			.own = true,
			.status = row_text(&rows, i, status),
			.person = row_text(&rows, i, rows_col(&rows, "name")),
			.bank_holder = row_text(&rows, i, holder),
			.id_match = row_bool(&rows, i, rows_col(&rows, "id_linked")),
		};
		struct match_verdict v = match_judge(&asked);
		accounts[i] = row_i64(&rows, i, rows_col(&rows, "account"));
		/* What two officers vouched for was the old name. */
		sources[i] = strcmp(row_text(&rows, i, source), "officer") == 0 ? "bank_inquiry"
										: row_text(&rows, i, source);
		statuses[i] = asked.status;
		grades[i] = name_grade_text(v.grade);
		linked[i] = v.linked;
		passes[i] = v.passes;
		if (!asked.bank_holder && match_receives(asked.status))
			asks[n_asks++] = accounts[i];
	}
	r = copy_columns(w, Q_IMPORT_CHECKS_IN,
		DB_ARGS(db_i64s(accounts, n), db_texts(sources, n), db_texts(statuses, n),
			db_texts(grades, n), db_bools(linked, n), db_bools(passes, n),
			db_day(row_day(&rows, 0, rows_col(&rows, "today")))));
	return r == OK && n_asks > 0 ? db_run(w, Q_ACCOUNT_ASK, DB_ARGS(db_i64s(asks, n_asks)), &rows) : r;
}

enum result identity_confirm(struct work *w, const int64_t *ids, size_t n)
{
	struct rows rows;
	int64_t *persons = arena_array(w->arena, n, int64_t);
	enum result r = nothing_against(w, ids, n, true);
	if (r == OK)
		r = db_run(w, Q_IDENTITY_DECIDE, DB_ARGS(db_i64s(ids, n), db_bool(false)), &rows);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++)
		persons[i] = row_i64(&rows, i, rows_col(&rows, "person"));
	if (r == OK)
		r = grade_accounts(w, ids, n);
	if (r == OK) /* a death or a suspension that was known of the other row counts from now on */
		r = entitle_not_due(w, NULL, persons, n, NULL);
	return r;
}

enum result identity_refuse(struct work *w, const int64_t *ids, size_t n)
{
	enum result r = nothing_against(w, ids, n, false);
	struct rows rows;
	return r == OK ? db_run(w, Q_IDENTITY_DECIDE, DB_ARGS(db_i64s(ids, n), db_bool(true)), &rows) : r;
}

/* ---- looked at -------------------------------------------------------------------------------------------------------------------- */

static const char *birth_text(struct work *w, const struct rows *r, size_t i)
{
	char text[DAY_TEXT_SIZE];
	int day = rows_col(r, "new_birth"), year = rows_col(r, "new_year");
	if (!row_null(r, i, day))
		return arena_strdup(w->arena, day_format(row_day(r, i, day), text));
	return row_null(r, i, year) ? NULL : arena_printf(w->arena, "%d", row_i32(r, i, year));
}

static int year_or_0(const struct rows *r, size_t i, int col)
{
	return row_null(r, i, col) ? 0 : row_i32(r, i, col);
}

static enum result list_surplus(struct work *w, struct identities_out *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_IDENTITY_SURPLUS, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	int decision = rows_col(&rows, "decision"), keeps_back = rows_col(&rows, "keeps_back");
	out->n_surplus = rows_n(&rows);
	out->surplus = arena_array(w->arena, out->n_surplus, struct surplus_out);
	for (size_t i = 0; i < out->n_surplus; i++)
		out->surplus[i] = (struct surplus_out){
			.claim = row_i64(&rows, i, rows_col(&rows, "claim")),
			.merge = row_i64(&rows, i, rows_col(&rows, "merge")),
			.decision = row_null(&rows, i, decision) ? 0 : row_i64(&rows, i, decision),
			.keeps_back = row_null(&rows, i, keeps_back) ? 0 : row_i64(&rows, i, keeps_back),
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.kind = row_text(&rows, i, rows_col(&rows, "kind")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.month = month_of_day(row_day(&rows, i, rows_col(&rows, "month"))),
			.amount = row_vnd(&rows, i, rows_col(&rows, "amount_dong")),
			.paid = row_bool(&rows, i, rows_col(&rows, "paid")),
			.settled = row_bool(&rows, i, rows_col(&rows, "settled")),
		};
	return OK;
}

enum result identity_list(
	struct work *w, const struct opening *opening, bool open_only, struct identities_out *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_IDENTITY_LIST, DB_ARGS(db_bool(open_only)), &rows);
	if (r != OK)
		return r;
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct identity_out);
	for (size_t i = 0; i < out->n; i++) {
		out->at[i] = (struct identity_out){
			.id = row_i64(&rows, i, rows_col(&rows, "id")),
			.kind = row_text(&rows, i, rows_col(&rows, "kind")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.birth_year = row_i32(&rows, i, rows_col(&rows, "birth_year")),
			.other = row_text(&rows, i, rows_col(&rows, "other_name")),
			.other_birth_year = year_or_0(&rows, i, rows_col(&rows, "other_birth_year")),
			.day = row_day(&rows, i, rows_col(&rows, "day")),
			.new_name = row_text(&rows, i, rows_col(&rows, "new_name")),
			.new_birth = birth_text(w, &rows, i),
			.new_sex = row_text(&rows, i, rows_col(&rows, "new_sex")),
			.was = row_text(&rows, i, rows_col(&rows, "was")),
			.number = row_text(&rows, i, rows_col(&rows, "number")),
			.reason = row_text(&rows, i, rows_col(&rows, "reason")),
			.first = row_text(&rows, i, rows_col(&rows, "first")),
			.second = row_text(&rows, i, rows_col(&rows, "second")),
			.refused = row_bool(&rows, i, rows_col(&rows, "refused")),
		};
		if (!opening_id_masked(w, opening, &rows, i, &out->at[i].masked_id))
			return REFUSED;
	}
	return list_surplus(w, out);
}
