#include "ledger/payout/recall_store.h"

#include <string.h>

#include "ledger/db/db.h"

enum result recall_list(struct work *w, bool all, struct recalls *out)
{
	struct rows r;
	enum result result = db_run(w, Q_RECALL_LIST, DB_ARGS(db_bool(all)), &r);
	if (result != OK)
		return result;
	*out = (struct recalls){.n = rows_n(&r), .at = arena_array(w->arena, rows_n(&r), struct recall)};
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct recall){
			.id = row_text(&r, i, rows_col(&r, "id")),
			.name = row_text(&r, i, rows_col(&r, "name")),
			.programme = row_text(&r, i, rows_col(&r, "programme")),
			.month = month_of_day(row_day(&r, i, rows_col(&r, "month"))),
			.area = row_text(&r, i, rows_col(&r, "area")),
			.bank = row_text(&r, i, rows_col(&r, "bank")),
			.amount = row_vnd(&r, i, rows_col(&r, "amount_dong")),
			.state = row_text(&r, i, rows_col(&r, "state")),
			.cause = row_text(&r, i, rows_col(&r, "cause")),
			.reason = row_text(&r, i, rows_col(&r, "reason")),
			.stands = row_text(&r, i, rows_col(&r, "stands")),
			.answer = row_text(&r, i, rows_col(&r, "answer")),
			.first = row_text(&r, i, rows_col(&r, "first")),
			.second = row_text(&r, i, rows_col(&r, "second")),
			.age_days = row_i32(&r, i, rows_col(&r, "age_days")),
		};
	return OK;
}

enum result recall_ask(struct work *w, const char *id, const char *cause, const char *reason)
{
	struct rows r;
	enum result result = db_run(
		w, Q_RECALL_ASK, DB_ARGS(db_text(id), db_text(cause), db_text(reason)), &r);
	if (result == OK && rows_n(&r) == 0) {
		why_set(&w->why, "payout_unknown", "there is no payout %s", id);
		return REFUSED;
	}
	return result;
}

enum result recall_confirm(struct work *w, const char *id)
{
	struct rows r;
	enum result result = db_run(w, Q_RECALL_CONFIRM, DB_ARGS(db_text(id)), &r);
	if (result != OK)
		return result;
	const char *outcome = row_text(&r, 0, rows_col(&r, "outcome"));
	if (strcmp(outcome, "confirmed") == 0)
		return OK;
	if (strcmp(outcome, "same_officer") == 0)
		why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
	else
		why_set(&w->why, "not_proposed", "nobody proposed to recall payout %s", id);
	return REFUSED;
}

enum result recall_say(struct work *w, const char *id, const char *said, const char *reason)
{
	struct rows r;
	enum result result = db_run(
		w, Q_RECALL_SAY, DB_ARGS(db_text(id), db_text(said), db_text(reason)), &r);
	if (result == OK && rows_n(&r) == 0) {
		why_set(&w->why, "recall_unasked", "payout %s is not being recalled", id);
		return REFUSED;
	}
	return result;
}
