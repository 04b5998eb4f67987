#include "ledger/recon/coverage_store.h"

static struct coverage_unit unit_of(const struct rows *r, size_t i)
{
	int from = rows_col(r, "area_from");
	struct coverage_unit u = {
		.area = row_text(r, i, rows_col(r, "area")),
		.name = row_text(r, i, rows_col(r, "name")),
		.entitled = row_i64(r, i, rows_col(r, "entitled")),
		.with_account = row_i64(r, i, rows_col(r, "with_account")),
		.wishing = row_i64(r, i, rows_col(r, "wishing")),
		.paid = row_i64(r, i, rows_col(r, "paid")),
	};
	if (!row_null(r, i, from))
		u.from = row_day(r, i, from);
	return u;
}

enum result coverage_read(struct work *w, const struct coverage_asked *asked, struct coverage *out)
{
	struct rows mine, rows, now;
	size_t n_areas;
	enum result r = db_run(w, Q_PEOPLE_BEGIN, DB_NO_ARGS, &mine);
	if (r == OK)
		r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r != OK)
		return r;
	bool everywhere = row_bool(&mine, 0, rows_col(&mine, "everywhere"));
	const char *const *areas = row_texts(&mine, 0, rows_col(&mine, "areas"), &n_areas);
	if (!everywhere && n_areas == 0) {
		why_set(&w->why, "no_mandate", "you have no mandate in any ward");
		return REFUSED;
	}
	struct day as_of = asked->as_of ? *asked->as_of : row_day(&now, 0, rows_col(&now, "today"));
	r = db_run(w, Q_COVERAGE_UNITS,
		DB_ARGS(db_day(month_first(asked->period)), db_day(as_of),
			asked->programme ? db_text(asked->programme) : db_null(),
			asked->area ? db_text(asked->area) : db_null(), db_bool(everywhere),
			db_texts(areas, n_areas), asked->area_day ? db_day(*asked->area_day) : db_null()),
		&rows);
	if (r != OK)
		return r;
	*out = (struct coverage){.period = asked->period,
		.as_of = as_of,
		.n = rows_n(&rows),
		.units = arena_array(w->arena, rows_n(&rows), struct coverage_unit)};
	for (size_t i = 0; i < out->n; i++)
		out->units[i] = unit_of(&rows, i);
	return OK;
}
