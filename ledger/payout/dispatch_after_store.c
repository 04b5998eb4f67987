/* dispatch_after_store.c: what happens to a dispatch after it was sent. The other half of dispatch_store.h. */
#include "ledger/payout/dispatch_store.h"

#include "ledger/db/db.h"

static int64_t *ids_of(struct work *w, const struct dispatch_ref *at, size_t n)
{
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		ids[i] = at[i].id;
	return ids;
}

static int32_t *epochs_of(struct work *w, const struct dispatch_ref *at, size_t n)
{
	int32_t *epochs = arena_array(w->arena, n, int32_t);
	for (size_t i = 0; i < n; i++)
		epochs[i] = at[i].epoch;
	return epochs;
}

enum result dispatch_current(struct work *w, const struct dispatch_ref *at, size_t n, bool *current)
{
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_EPOCHS, DB_ARGS(db_i64s(ids_of(w, at, n), n)), &r);
	if (result != OK)
		return result;
	int id = rows_col(&r, "id"), epoch = rows_col(&r, "epoch");
	for (size_t i = 0; i < n; i++) {
		current[i] = false;
		for (size_t j = 0; j < rows_n(&r); j++)
			if (row_i64(&r, j, id) == at[i].id && row_i32(&r, j, epoch) == at[i].epoch)
				current[i] = true;
	}
	return OK;
}

enum result dispatch_told(struct work *w, const struct dispatch_ref *at, const int64_t *ask_ms, size_t n)
{
	if (n == 0)
		return OK;
	bool *never = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++)
		never[i] = ask_ms[i] == DISPATCH_NO_ASK;
	return db_run(w, Q_DISPATCH_TOLD,
		DB_ARGS(db_i64s(ids_of(w, at, n), n), db_i32s(epochs_of(w, at, n), n),
			db_with_nulls(db_i64s(ask_ms, n), never)),
		NULL);
}

enum result dispatch_renew(
	struct work *w, const struct sender *by, const int64_t *ids, size_t n, size_t *kept)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result != OK)
		return result;
	struct rows r;
	result = db_run(
		w, Q_DISPATCH_RENEW, DB_ARGS(db_i64s(ids, n), db_text(by->owner), db_i64(by->lease_ms)), &r);
	if (result != OK)
		return result;
	*kept = rows_n(&r);
	return tx_commit(w);
}

enum result dispatch_take_over(
	struct work *w, const char *owner, const char *prefix, size_t n, struct dispatch **out, size_t *out_n)
{
	struct rows r;
	enum result result = db_run(
		w, Q_DISPATCH_TAKE_OVER, DB_ARGS(db_text(owner), db_text(prefix), db_i64((int64_t)n)), &r);
	if (result != OK)
		return result;
	int id = rows_col(&r, "id"), epoch = rows_col(&r, "epoch"), channel = rows_col(&r, "channel");
	int code = rows_col(&r, "channel_code"), cash = rows_col(&r, "cash");
	struct dispatch *at = arena_array(w->arena, rows_n(&r), struct dispatch);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct dispatch){
			.id = row_i64(&r, i, id),
			.epoch = row_i32(&r, i, epoch),
			.channel = row_i64(&r, i, channel),
			.channel_code = row_text(&r, i, code),
			.bank = row_text(&r, i, rows_col(&r, "bank")),
			.cash = row_bool(&r, i, cash),
		};
	*out = at;
	*out_n = rows_n(&r);
	return OK;
}

enum result dispatch_due(struct work *w, const char *bank, size_t n, struct dispatch_due **out, size_t *out_n)
{
	struct rows r;
	int64_t waits[ENQUIRY_WAITS];
	for (int i = 0; i < ENQUIRY_WAITS; i++)
		waits[i] = enquiry_wait_ms(i);
	enum result result = db_run(w, Q_DISPATCH_DUE,
		DB_ARGS(db_text(bank), db_i64((int64_t)n), db_i64s(waits, ENQUIRY_WAITS)), &r);
	if (result != OK)
		return result;
	int id = rows_col(&r, "id"), epoch = rows_col(&r, "epoch"), asked = rows_col(&r, "asked");
	int sent = rows_col(&r, "sent_at"), channel = rows_col(&r, "channel"),
	    driver = rows_col(&r, "driver");
	int number = rows_col(&r, "funding_number"), dedup = rows_col(&r, "deduplicates");
	int days = rows_col(&r, "dedupe_days");
	struct dispatch_due *at = arena_array(w->arena, rows_n(&r), struct dispatch_due);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct dispatch_due){
			.id = row_i64(&r, i, id),
			.epoch = row_i32(&r, i, epoch),
			.asked = row_i32(&r, i, asked),
			.sent_day = day_of_instant_vn(row_instant(&r, i, sent)),
			.channel = row_i64(&r, i, channel),
			.driver = row_text(&r, i, driver),
			.funding_number = row_text(&r, i, number),
			.profile = {.deduplicates = row_bool(&r, i, dedup),
				.dedupe_days = row_i32(&r, i, days)},
		};
	*out = at;
	*out_n = rows_n(&r);
	return OK;
}

static struct dispatch *dispatches_of(struct work *w, const struct rows *r)
{
	struct dispatch *at = arena_array(w->arena, rows_n(r), struct dispatch);
	for (size_t i = 0; i < rows_n(r); i++)
		at[i] = (struct dispatch){
			.id = row_i64(r, i, rows_col(r, "id")),
			.epoch = row_i32(r, i, rows_col(r, "epoch")),
			.channel = row_i64(r, i, rows_col(r, "channel")),
			.channel_code = row_text(r, i, rows_col(r, "channel_code")),
			.bank = row_text(r, i, rows_col(r, "bank")),
			.driver = row_text(r, i, rows_col(r, "driver")),
			.items_per_message = row_i32(r, i, rows_col(r, "items_per_message")),
		};
	return at;
}

enum result dispatch_again(struct work *w, const struct sender *by, const struct open_now *open,
	const struct dispatch_ref *at, size_t n, struct dispatch **out, size_t *out_n)
{
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_AGAIN,
		DB_ARGS(db_i64s(ids_of(w, at, n), n), db_i32s(epochs_of(w, at, n), n), db_text(by->owner),
			db_i64(by->lease_ms), db_i64(by->ask_ms), db_i64s(open->channels, open->n_channels)),
		&r);
	if (result != OK)
		return result;
	*out = dispatches_of(w, &r);
	int sent = rows_col(&r, "sent_at"), days = rows_col(&r, "dedupe_days"), asked = rows_col(&r, "asked");
	for (size_t i = 0; i < rows_n(&r); i++) {
		(*out)[i].asked = row_i32(&r, i, asked);
		(*out)[i].known_until_us = attempt_known_until(
			day_of_instant_vn(row_instant(&r, i, sent)), row_i32(&r, i, days), by->dedupe_days);
		(*out)[i].cut_off_us = open_cut_off(open, (*out)[i].channel);
	}
	*out_n = rows_n(&r);
	return OK;
}

enum result dispatch_cash_left(struct work *w, const int64_t *asides, size_t asides_n, size_t n,
	struct dispatch **out, size_t *out_n)
{
	struct rows r;
	enum result result = db_run(
		w, Q_CASH_LEFT, DB_ARGS(db_i64((int64_t)n), db_i64s(asides, asides_n)), &r);
	if (result != OK)
		return result;
	*out = dispatches_of(w, &r);
	for (size_t i = 0; i < rows_n(&r); i++)
		(*out)[i].cash = true;
	*out_n = rows_n(&r);
	return OK;
}

enum result dispatch_end(struct work *w, const int64_t *ids, size_t n)
{
	if (n == 0)
		return OK;
	return db_run(w, Q_DISPATCH_END, DB_ARGS(db_i64s(ids, n)), NULL);
}

/* ---- counted before it is begun ------------------------------------------------------------------------------------ */

enum result dispatch_ready(struct work *w, int64_t dispatch, int64_t **out, size_t *n)
{
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_READY_PAYOUTS, DB_ARGS(db_i64(dispatch)), &r);
	if (result != OK)
		return result;
	*n = rows_n(&r);
	*out = arena_array(w->arena, *n, int64_t);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = row_i64(&r, i, rows_col(&r, "payout"));
	return OK;
}

enum result payout_lock_ready(struct work *w, int64_t payout, bool *out)
{
	struct rows r;
	enum result result = db_run(w, Q_PAYOUT_LOCK_READY, DB_ARGS(db_i64(payout)), &r);
	*out = result == OK && rows_n(&r) == 1;
	return result;
}
