#include "ledger/register/carry_store.h"

static struct vnd sum_of(const struct carry_row *c)
{
	struct vnd at[] = {c->this_month, c->arrears, c->grants, c->earlier}, sum;
	if (!vnd_sum(at, COUNT_OF(at), &sum))
		bug("the claims of a person do not fit into 63 bits");
	return sum;
}

enum result carry_read(struct work *w, const struct carry_wish *wish, struct carry *out)
{
	struct rows mine, rows;
	size_t n_areas;
	enum result r = db_run(w, Q_PEOPLE_BEGIN, DB_NO_ARGS, &mine);
	if (r != OK)
		return r;
	bool everywhere = row_bool(&mine, 0, rows_col(&mine, "everywhere"));
	const char *const *areas = row_texts(&mine, 0, rows_col(&mine, "areas"), &n_areas);
	if (!everywhere && n_areas == 0) {
		why_set(&w->why, "no_mandate", "you have no mandate in any ward");
		return REFUSED;
	}
	r = db_run(w, Q_CARRY_PEOPLE,
		DB_ARGS(db_day(month_first(wish->period)),
			wish->programme ? db_text(wish->programme) : db_null(),
			wish->area ? db_text(wish->area) : db_null(), db_bool(everywhere),
			db_texts(areas, n_areas), wish->area_day ? db_day(*wish->area_day) : db_null()),
		&rows);
	if (r != OK)
		return r;
	int of_programme = rows_col(&rows, "programme"), of_area = rows_col(&rows, "area"),
	    area_name = rows_col(&rows, "area_name"), name = rows_col(&rows, "name"),
	    year = rows_col(&rows, "birth_year"), now = rows_col(&rows, "this_dong"),
	    arrears = rows_col(&rows, "arrears_dong"), grants = rows_col(&rows, "grants_dong"),
	    months = rows_col(&rows, "earlier_months"), earlier = rows_col(&rows, "earlier_dong");
	out->n = rows_n(&rows);
	out->rows = arena_array(w->arena, out->n, struct carry_row);
	for (size_t i = 0; i < out->n; i++) {
		struct carry_row *c = &out->rows[i];
		*c = (struct carry_row){
			.programme = row_text(&rows, i, of_programme),
			.area = row_text(&rows, i, of_area),
			.area_name = row_text(&rows, i, area_name),
			.name = row_text(&rows, i, name),
			.birth_year = row_i32(&rows, i, year),
			.this_month = row_vnd(&rows, i, now),
			.arrears = row_vnd(&rows, i, arrears),
			.grants = row_vnd(&rows, i, grants),
			.earlier = row_vnd(&rows, i, earlier),
			.earlier_months = row_i64(&rows, i, months),
		};
		c->all = sum_of(c);
	}
	return OK;
}
