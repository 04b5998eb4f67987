#include "ledger/register/rate_store.h"

enum result rates_load(struct work *w, const char *programme, struct rates *rates)
{
	struct rows rows;
	enum result r = db_run(w, Q_ENTITLE_RATES, DB_ARGS(db_text(programme)), &rows);
	if (r != OK)
		return r;
	int code = rows_col(&rows, "rate_code"), basis = rows_col(&rows, "basis"),
	    standard = rows_col(&rows, "standard_code"), coefficient = rows_col(&rows, "coefficient"),
	    pct = rows_col(&rows, "injury_pct"), amount = rows_col(&rows, "amount_dong"),
	    province = rows_col(&rows, "province_code"), from = rows_col(&rows, "effective_from"),
	    to = rows_col(&rows, "effective_to"), force = rows_col(&rows, "in_force_from"),
	    recorded = rows_col(&rows, "recorded_on"), decree = rows_col(&rows, "decree"),
	    unread = rows_col(&rows, "unread");
	rates->arena = w->arena;
	rates->n = rows_n(&rows);
	rates->at = arena_array(rates->arena, rates->n, struct rate);
	for (size_t i = 0; i < rates->n; i++) {
		struct rate *at = &rates->at[i];
		*at = (struct rate){
			.code = row_text(&rows, i, code),
			.standard_code = row_text(&rows, i, standard),
			.coefficient_hundredths = row_null(&rows, i, coefficient)
							  ? 0
							  : row_i32(&rows, i, coefficient),
			.injury_pct = row_null(&rows, i, pct) ? 0 : row_i32(&rows, i, pct),
			.amount = row_vnd(&rows, i, amount),
			.province = row_text(&rows, i, province),
			.effective_from = row_day(&rows, i, from),
			.ends = !row_null(&rows, i, to),
			.in_force_from = row_day(&rows, i, force),
			.decree = row_text(&rows, i, decree),
			.unread = row_bool(&rows, i, unread),
		};
		if (at->ends)
			at->effective_to = row_day(&rows, i, to);
		if (!row_null(&rows, i, recorded))
			at->recorded = row_day(&rows, i, recorded);
		if (!rate_basis_parse(row_text(&rows, i, basis), &at->basis))
			bug("rules.rate has a basis that is not known");
	}
	rates_index(rates);
	return OK;
}
