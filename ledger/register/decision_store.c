#include "ledger/register/decision_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/register/entitle_store.h"

enum result person_by_id(struct work *w, const struct register_keys *keys, const struct personal_id *id,
	struct person_found_by_id *out)
{
	struct rows rows;
	struct hash16 blind = blind_index(keys->blind, BLIND_ID, id->digits);
	enum result r = db_run(w, Q_PERSON_BY_ID, DB_ARGS(db_hash16(&blind)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0) {
		why_set(&w->why, "person_unknown", "nobody is registered by this ID");
		return REFUSED;
	}
	int dead = rows_col(&rows, "dead");
	*out = (struct person_found_by_id){
		.id = row_i64(&rows, 0, rows_col(&rows, "person")),
		.name = row_text(&rows, 0, rows_col(&rows, "name")),
		.birth_year = row_i32(&rows, 0, rows_col(&rows, "birth_year")),
		.dead = !row_null(&rows, 0, dead),
		.merged_name = row_text(&rows, 0, rows_col(&rows, "merged_name")),
		.merged_number = row_text(&rows, 0, rows_col(&rows, "merged_number")),
	};
	if (out->merged_number)
		out->merged_on = row_day(&rows, 0, rows_col(&rows, "merged_on"));
	if (out->dead)
		out->death = row_day(&rows, 0, dead);
	return OK;
}

/* What speaks against it: the officer's mandate, the person, the rates. *death is set for the dead. */
static enum result check(struct work *w, const struct decision *d, bool *dead, struct day *death)
{
	struct rows rows;
	enum result r = db_run(w, Q_DECISION_ABOUT,
		DB_ARGS(db_text(d->programme), d->person ? db_i64(d->person) : db_null(),
			db_texts(d->codes, d->n_codes)),
		&rows);
	if (r != OK)
		return r;
	const char *code = NULL;
	if (rows_n(&rows) == 0)
		code = "programme_unknown";
	else if (d->person && !row_bool(&rows, 0, rows_col(&rows, "enrolled")))
		code = "person_not_enrolled";
	else if (!row_bool(&rows, 0, rows_col(&rows, "may")))
		code = "no_mandate";
	else if (!row_bool(&rows, 0, rows_col(&rows, "codes_known")))
		code = "rate_unknown";
	if (code) {
		why_set(&w->why, code, "%s", d->programme);
		return REFUSED;
	}
	*dead = !row_null(&rows, 0, rows_col(&rows, "death"));
	if (*dead)
		*death = row_day(&rows, 0, rows_col(&rows, "death"));
	return OK;
}

enum result decision_propose(struct work *w, struct decision d, int64_t *id)
{
	struct rows rows;
	bool dead, granted = d.n_codes > 0;
	struct day death;
	enum result r = check(w, &d, &dead, &death);
	if (r != OK)
		return r;
	if (strcmp(d.kind, "funeral") == 0) {
		if (!dead) {
			why_set(&w->why, "not_dead", "nobody reported a death of this person");
			return REFUSED;
		}
		d.month = month_of_day(death);
	}
	if (strcmp(d.kind, "recover") == 0)
		r = db_run(w, Q_RECOVERY_OPEN,
			DB_ARGS(db_text(d.programme), db_i64(d.person), db_day(month_first(d.month)),
				db_vnd(d.amount), db_text(d.reason)),
			&rows);
	if (r != OK)
		return r;
	bool recovers = !vnd_is_zero(d.amount);
	int64_t recovery = recovers ? row_i64(&rows, 0, rows_col(&rows, "id")) : 0;
	r = db_run(w, Q_DECISION_ADD,
		DB_ARGS(db_text(d.kind), db_text(d.programme), d.person ? db_i64(d.person) : db_null(),
			db_day(month_first(d.month)),
			d.has_period ? db_day(month_first(d.period)) : db_null(),
			granted ? db_texts(d.codes, d.n_codes) : db_null(),
			granted ? db_i64(d.quantity) : db_null(), recovers ? db_vnd(d.amount) : db_null(),
			db_text(d.number), db_text(d.reason), recovers ? db_i64(recovery) : db_null()),
		&rows);
	if (r == OK)
		*id = row_i64(&rows, 0, rows_col(&rows, "id"));
	return r;
}

enum result decision_confirm(struct work *w, const int64_t *ids, size_t n)
{
	struct rows rows;
	enum result r = db_run(w, Q_DECISION_FIND, DB_ARGS(db_i64s(ids, n)), &rows);
	if (r != OK)
		return r;
	int id = rows_col(&rows, "id"), problem = rows_col(&rows, "problem");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		if (row_null(&rows, i, problem))
			continue;
		why_set(&w->why, row_text(&rows, i, problem), "decision %" PRId64, row_i64(&rows, i, id));
		return REFUSED;
	}
	r = db_run(w, Q_DECISION_CONFIRM, DB_ARGS(db_i64s(ids, n)), &rows);
	if (r != OK)
		return r;
	int64_t *persons = arena_array(w->arena, rows_n(&rows), int64_t);
	for (size_t i = 0; i < rows_n(&rows); i++)
		persons[i] = row_i64(&rows, i, rows_col(&rows, "person"));
	return entitle_not_due(w, NULL, persons, rows_n(&rows), NULL);
}

enum result decision_confirm_number(struct work *w, const char *number, int people)
{
	struct rows rows;
	enum result r = db_run(w, Q_DECISION_WAITING, DB_ARGS(db_text(number)), &rows);
	if (r != OK)
		return r;
	size_t n = rows_n(&rows);
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		ids[i] = row_i64(&rows, i, rows_col(&rows, "id"));
	if (n == 0 || n != (size_t)people) {
		why_set(&w->why, "people_differ", "%zu decisions wait under this number", n);
		return REFUSED;
	}
	return decision_confirm(w, ids, n);
}

enum result decision_list(
	struct work *w, bool open_only, int64_t person, const char *number, struct decisions_out *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_DECISION_LIST,
		DB_ARGS(db_bool(open_only), person ? db_i64(person) : db_null(),
			number ? db_text(number) : db_null()),
		&rows);
	if (r != OK)
		return r;
	int quantity = rows_col(&rows, "quantity"), amount = rows_col(&rows, "amount_dong");
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct decision_out);
	for (size_t i = 0; i < out->n; i++) {
		struct decision_out *o = &out->at[i];
		*o = (struct decision_out){
			.id = row_i64(&rows, i, rows_col(&rows, "id")),
			.kind = row_text(&rows, i, rows_col(&rows, "kind")),
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.person_name = row_text(&rows, i, rows_col(&rows, "person_name")),
			.month = row_day(&rows, i, rows_col(&rows, "month")),
			.rates = row_text(&rows, i, rows_col(&rows, "rates")),
			.quantity = row_null(&rows, i, quantity) ? 0 : row_i32(&rows, i, quantity),
			.has_amount = !row_null(&rows, i, amount),
			.claimed = row_bool(&rows, i, rows_col(&rows, "claimed")),
			.number = row_text(&rows, i, rows_col(&rows, "number")),
			.reason = row_text(&rows, i, rows_col(&rows, "reason")),
			.first = row_text(&rows, i, rows_col(&rows, "first")),
			.second = row_text(&rows, i, rows_col(&rows, "second")),
		};
		if (o->has_amount)
			o->amount = row_vnd(&rows, i, amount);
	}
	return OK;
}
