/* hold_store.c: stopping payouts that have not left (release_store.h). */
#include <string.h>

#include "ledger/payout/dispatch_rows_store.h"
#include "ledger/payout/release_store.h"

struct found {
	size_t n;
	const struct rows *rows;
	int64_t *payouts, *batches, *channels;
	const char **states, **batch_states;
};

static struct found found_of(struct arena *a, const struct rows *r)
{
	struct found f = {.n = rows_n(r),
		.rows = r,
		.payouts = arena_array(a, rows_n(r), int64_t),
		.batches = arena_array(a, rows_n(r), int64_t),
		.channels = arena_array(a, rows_n(r), int64_t),
		.states = arena_array(a, rows_n(r), const char *),
		.batch_states = arena_array(a, rows_n(r), const char *)};
	for (size_t i = 0; i < f.n; i++) {
		f.payouts[i] = row_i64(r, i, rows_col(r, "payout"));
		f.batches[i] = row_i64(r, i, rows_col(r, "batch"));
		f.channels[i] = row_i64(r, i, rows_col(r, "channel"));
		f.states[i] = row_text(r, i, rows_col(r, "state"));
		f.batch_states[i] = row_text(r, i, rows_col(r, "batch_state"));
	}
	return f;
}

static enum result may_stop(struct work *w, const struct rows *r)
{
	struct wanted *wanted = arena_array(w->arena, rows_n(r), struct wanted);
	for (size_t i = 0; i < rows_n(r); i++)
		wanted[i] = (struct wanted){.agency = row_text(r, i, rows_col(r, "agency")),
			.area = row_text(r, i, rows_col(r, "area")),
			.area_from = row_day(r, i, rows_col(r, "area_from")),
			.amount = row_vnd(r, i, rows_col(r, "amount_dong"))};
	return officer_must(w, "release", wanted, rows_n(r));
}

/* Locked, all there, and each in one of the states (the second may be NULL). */
static enum result find(struct work *w, const char *const *ids, size_t n, const char *state,
	const char *or_state, struct rows *rows, struct found *out)
{
	enum result r = db_run(w, Q_PAYOUT_FIND, DB_ARGS(db_texts(ids, n)), rows);
	if (r != OK)
		return r;
	if (rows_n(rows) != n) {
		why_set(&w->why, "payout_unknown", "%zu of %zu ids are not those of approved payouts",
			n - rows_n(rows), n);
		return REFUSED;
	}
	struct found f = found_of(w->arena, rows);
	for (size_t i = 0; i < n; i++)
		if (strcmp(f.states[i], state) != 0 && (!or_state || strcmp(f.states[i], or_state) != 0)) {
			why_set(&w->why, "payout_state", "payout %s is %s",
				row_text(rows, i, rows_col(rows, "end_to_end_id")), f.states[i]);
			return REFUSED;
		}
	*out = f;
	return may_stop(w, rows);
}

static enum result move(struct work *w, const struct found *f, enum payout_state to)
{
	int64_t *from = arena_array(w->arena, f->n, int64_t), *dest = arena_array(w->arena, f->n, int64_t),
		*none = arena_array(w->arena, f->n, int64_t);
	bool *null = arena_array(w->arena, f->n, bool);
	struct rows moved;
	for (size_t i = 0; i < f->n; i++) {
		enum payout_state state;
		bug_if(!payout_state_parse(f->states[i], &state));
		from[i] = (int64_t)state;
		dest[i] = (int64_t)to;
		null[i] = true;
	}
	enum result r = db_run(w, Q_OUTCOME_MOVE,
		DB_ARGS(db_i64s(f->payouts, f->n), db_i64s(from, f->n), db_i64s(dest, f->n),
			db_i64((int64_t)CAUSE_OFFICER), db_with_nulls(db_i64s(none, f->n), null),
			db_with_nulls(db_i64s(none, f->n), null), db_null()),
		&moved);
	if (r == OK)
		bug_if(rows_n(&moved) != f->n);
	return r;
}

enum result payout_hold(struct work *w, const char *const *ids, size_t n, const char *reason)
{
	struct rows rows;
	struct found f;
	enum result r = find(w, ids, n, "ready", NULL, &rows, &f);
	if (r == OK)
		r = db_run(w, Q_HOLD_ADD, DB_ARGS(db_i64s(f.payouts, n), db_text(reason)), NULL);
	return r == OK ? move(w, &f, PAYOUT_HELD) : r;
}

enum result payout_cancel(struct work *w, const char *const *ids, size_t n, const char *reason)
{
	struct rows rows;
	struct found f;
	enum result r = find(w, ids, n, "ready", "held", &rows, &f);
	if (r == OK)
		r = db_run(w, Q_CANCELLATION_ADD, DB_ARGS(db_i64s(f.payouts, n), db_text(reason)), NULL);
	return r == OK ? move(w, &f, PAYOUT_CANCELLED) : r;
}

/* Those with two officers' word; one whose batch was released gets a dispatch of its own. */
static enum result go_on(struct work *w, const struct found *f)
{
	size_t made, n = 0;
	enum result r = move(w, f, PAYOUT_READY);
	int64_t *batches = arena_array(w->arena, f->n, int64_t),
		*channels = arena_array(w->arena, f->n, int64_t),
		*payouts = arena_array(w->arena, f->n, int64_t);
	for (size_t i = 0; i < f->n; i++) /* by id, so by batch */
		if (strcmp(f->batch_states[i], "released") == 0) {
			batches[n] = f->batches[i];
			channels[n] = f->channels[i];
			payouts[n++] = f->payouts[i];
		}
	return r == OK && n > 0 ? dispatches_make_for(w, batches, channels, payouts, n, &made) : r;
}

enum result payout_unhold(struct work *w, const char *const *ids, size_t n, size_t *waiting)
{
	struct rows rows, said;
	struct found f;
	enum result r = find(w, ids, n, "held", NULL, &rows, &f);
	if (r == OK)
		r = db_run(w, Q_HOLD_RELEASE_ADD, DB_ARGS(db_i64s(f.payouts, n)), NULL);
	if (r == OK)
		r = db_run(w, Q_HOLD_LET_GO, DB_ARGS(db_i64s(f.payouts, n)), &said);
	if (r != OK)
		return r;
	bug_if(rows_n(&said) != n); /* both by payout */
	struct found go = f;
	go.n = 0;
	for (size_t i = 0; i < n; i++) {
		bug_if(row_i64(&said, i, rows_col(&said, "payout")) != f.payouts[i]);
		if (row_i64(&said, i, rows_col(&said, "officers")) < 2)
			continue;
		go.payouts[go.n] = f.payouts[i];
		go.batches[go.n] = f.batches[i];
		go.channels[go.n] = f.channels[i];
		go.states[go.n] = f.states[i];
		go.batch_states[go.n] = f.batch_states[i];
		go.n++;
	}
	*waiting = n - go.n;
	return go.n > 0 ? go_on(w, &go) : OK;
}
