#include "ledger/books/publish_period_store.h"

static enum result put_text(struct work *w, struct publisher *to, const char *agency, struct day period)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct arena *kept = w->arena;
	char month[MONTH_TEXT_SIZE];
	struct rows r;
	enum result result;

	w->arena = some;
	result = db_run(w, Q_PERIOD_KEPT, DB_ARGS(db_text(agency), db_day(period)), &r);
	if (result == OK &&
		!publish_fixed(to,
			arena_printf(some, "period/%s.%s", agency, month_format(month_of_day(period), month)),
			bytes_z(row_text(&r, 0, rows_col(&r, "text"))), &w->why))
		result = REFUSED;
	w->arena = kept;
	return result;
}

enum result publish_periods(struct work *w, struct publisher *to, int64_t size)
{
	struct rows r;
	enum result result = db_run(w, Q_PERIOD_CLOSED_BELOW, DB_ARGS(db_i64(size)), &r);

	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		result = put_text(w, to, row_text(&r, i, rows_col(&r, "agency")),
			row_day(&r, i, rows_col(&r, "period")));
	return result;
}
