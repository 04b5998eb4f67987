#include "ledger/register/explain_store.h"

#include <string.h>

struct asked {
	struct work *w;
	const struct reference *reference;
	int64_t person;
	struct month period;
	struct explain_names names;
};

static enum result load_names(struct asked *a, const char *programme)
{
	struct rows rows;
	enum result r = db_run(a->w, Q_EXPLAIN_CATEGORIES, DB_ARGS(db_text(programme)), &rows);
	if (r != OK)
		return r;
	size_t n = rows_n(&rows);
	const char **codes = arena_array(a->w->arena, n, const char *),
		   **names = arena_array(a->w->arena, n, const char *);
	for (size_t i = 0; i < n; i++) {
		codes[i] = row_text(&rows, i, rows_col(&rows, "rate_code"));
		names[i] = row_text(&rows, i, rows_col(&rows, "name_vi"));
	}
	a->names = (struct explain_names){.n = n, .codes = codes, .names = names};
	return OK;
}

static void add(struct vnd *to, struct vnd amount)
{
	if (!vnd_add(*to, amount, to))
		bug("the claims of a person do not fit into 63 bits");
}

static void count_claim(struct explained *e, const struct explained_claim *c, struct month period)
{
	if (strcmp(c->state, "voided") == 0 || strncmp(c->state, "surplus", 7) == 0)
		return;
	if (month_cmp(c->period, period) != 0) {
		add(&e->earlier, c->amount);
		e->earlier_months++;
	} else if (strcmp(c->kind, "regular") == 0) {
		add(&e->this_month, c->amount);
	} else {
		add(strcmp(c->kind, "arrears") == 0 ? &e->arrears : &e->grants, c->amount);
	}
}

static enum result load_claims(struct asked *a, struct explained *e)
{
	struct arena *arena = a->w->arena;
	struct rows rows;
	enum result r = db_run(a->w, Q_EXPLAIN_CLAIMS,
		DB_ARGS(db_i64(a->person), db_text(e->programme), db_day(month_first(a->period))), &rows);
	if (r != OK)
		return r;
	int claim = rows_col(&rows, "claim");
	struct explained_claim *claims = arena_array(arena, rows_n(&rows), struct explained_claim);
	for (size_t i = 0, end; i < rows_n(&rows); i = end) {
		struct explained_claim *c = &claims[e->n_claims++];
		for (end = i; end < rows_n(&rows) && row_i64(&rows, end, claim) == row_i64(&rows, i, claim);)
			end++;
		struct explained_part *parts = arena_array(arena, end - i, struct explained_part);
		for (size_t p = i; p < end; p++)
			parts[p - i] = (struct explained_part){
				.rate_name = explain_name(
					&a->names, row_text(&rows, p, rows_col(&rows, "rate_code"))),
				.working = explain_working(
					arena, &a->names, row_text(&rows, p, rows_col(&rows, "working"))),
				.amount = row_vnd(&rows, p, rows_col(&rows, "part_dong")),
			};
		*c = (struct explained_claim){
			.month = month_of_day(row_day(&rows, i, rows_col(&rows, "month"))),
			.period = month_of_day(row_day(&rows, i, rows_col(&rows, "pay_period"))),
			.kind = row_text(&rows, i, rows_col(&rows, "kind")),
			.state = row_text(&rows, i, rows_col(&rows, "state")),
			.payout = row_text(&rows, i, rows_col(&rows, "payout_id")),
			.amount = row_vnd(&rows, i, rows_col(&rows, "amount_dong")),
			.n = end - i,
			.parts = parts,
		};
		count_claim(e, c, a->period);
	}
	e->claims = claims;
	return OK;
}

static enum result load_notes(struct asked *a, struct explained *e)
{
	struct rows rows;
	enum result r = db_run(a->w, Q_EXPLAIN_FINDINGS,
		DB_ARGS(db_i64(a->person), db_text(e->programme), db_day(month_first(a->period))), &rows);
	if (r != OK)
		return r;
	const char **notes = arena_array(a->w->arena, rows_n(&rows), const char *);
	for (size_t i = 0; i < rows_n(&rows); i++)
		notes[e->n_notes++] = explain_finding(a->w->arena,
			row_text(&rows, i, rows_col(&rows, "code")),
			row_text(&rows, i, rows_col(&rows, "facts")));
	e->notes = notes;
	r = db_run(a->w, Q_EXPLAIN_LISTED,
		DB_ARGS(db_i64(a->person), db_text(e->programme), db_day(month_first(a->period))), &rows);
	if (r == OK && rows_n(&rows) > 0)
		e->area = row_text(&rows, 0, rows_col(&rows, "area"));
	return r;
}

static bool has_own_month(const struct asked *a, const struct explained *e)
{
	for (size_t i = 0; i < e->n_claims; i++)
		if (month_cmp(e->claims[i].month, a->period) == 0 &&
			strcmp(e->claims[i].kind, "regular") == 0)
			return true;
	return false;
}

static enum result find_why_nothing(struct asked *a, struct explained *e)
{
	struct owed owed;
	enum result r = entitle_preview(
		a->w, a->reference, e->programme, a->period, a->person, &e->listed, &owed);
	if (r != OK || has_own_month(a, e))
		return r;
	e->why_nothing = e->listed ? "đã nằm trong một kỳ chi trả trước"
				   : "không có tên trong danh sách của tháng này";
	for (size_t i = 0; i < owed.n_nots; i++)
		if (month_cmp(owed.nots[i].month, a->period) == 0)
			e->why_nothing = explain_answer(owed.nots[i].answer);
	if (owed.n_items > 0)
		e->why_nothing = "chưa chạy bước tính mức hưởng của kỳ này";
	return OK;
}

enum result explain_person(struct work *w, const struct reference *reference, int64_t person,
	struct month period, struct explanations *out)
{
	struct asked a = {.w = w, .reference = reference, .person = person, .period = period};
	struct rows rows;
	size_t n = 0;
	enum result r = db_run(w, Q_EXPLAIN_PROGRAMMES, DB_ARGS(db_i64(person)), &rows);
	if (r != OK)
		return r;
	struct explained *at = arena_array(w->arena, rows_n(&rows), struct explained);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++) {
		if (!row_bool(&rows, i, rows_col(&rows, "may")))
			continue;
		struct explained *e = &at[n++];
		e->programme = row_text(&rows, i, rows_col(&rows, "programme"));
		e->name = row_text(&rows, i, rows_col(&rows, "name_vi"));
		r = load_names(&a, e->programme);
		if (r == OK)
			r = load_claims(&a, e);
		if (r == OK)
			r = load_notes(&a, e);
		if (r == OK)
			r = find_why_nothing(&a, e);
	}
	*out = (struct explanations){.n = n, .at = at};
	if (r == OK && n == 0) {
		why_set(&w->why, rows_n(&rows) == 0 ? "person_not_enrolled" : "no_mandate",
			"nothing that this officer may look at");
		return REFUSED;
	}
	return r;
}
