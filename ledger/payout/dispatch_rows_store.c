#include "ledger/payout/dispatch_rows_store.h"

#include "ledger/payout/release_store.h"

struct ranges {
	size_t dispatches;
	int64_t *channels; /* of each dispatch */
	size_t n;
	size_t *of; /* of[i]: the dispatch of range i */
	int64_t *first, *last;
};

static struct ranges ranges_of(
	struct arena *a, const int64_t *lots, const int64_t *channels, const int64_t *payouts, size_t n)
{
	struct ranges r = {.channels = arena_array(a, n, int64_t),
		.of = arena_array(a, n, size_t),
		.first = arena_array(a, n, int64_t),
		.last = arena_array(a, n, int64_t)};
	size_t filled = 0;
	for (size_t i = 0; i < n; i++) {
		bool opens = i == 0 || filled == DISPATCH_PAYOUTS || lots[i] != lots[i - 1];
		if (opens) {
			r.channels[r.dispatches++] = channels[i];
			filled = 0;
		}
		filled++;
		if (!opens && payouts[i] == r.last[r.n - 1] + 1) {
			r.last[r.n - 1] = payouts[i];
			continue;
		}
		r.of[r.n] = r.dispatches - 1;
		r.first[r.n] = r.last[r.n] = payouts[i];
		r.n++;
	}
	return r;
}

enum result dispatches_make_for(struct work *w, const int64_t *lots, const int64_t *channels,
	const int64_t *payouts, size_t n, size_t *made)
{
	struct ranges x = ranges_of(w->arena, lots, channels, payouts, n);
	int64_t *dispatch = arena_array(w->arena, x.n, int64_t);
	struct rows added;
	enum result r = db_run(w, Q_DISPATCHES_ADD, DB_ARGS(db_i64s(x.channels, x.dispatches)), &added);
	if (r != OK)
		return r;
	bug_if(rows_n(&added) != x.dispatches);
	int id = rows_col(&added, "id"), channel = rows_col(&added, "channel");
	for (size_t i = 0; i < x.n; i++) {
		/* Which new row is which matters only for the channel. */
		bug_if(row_i64(&added, x.of[i], channel) != x.channels[x.of[i]]);
		dispatch[i] = row_i64(&added, x.of[i], id);
	}
	r = db_run(w, Q_DISPATCH_RANGES_ADD,
		DB_ARGS(db_i64s(dispatch, x.n), db_i64s(x.first, x.n), db_i64s(x.last, x.n)), NULL);
	if (r == OK)
		*made = x.dispatches;
	return r;
}

enum result dispatches_make(struct work *w, const int64_t *batches, size_t n, size_t *made)
{
	struct rows ready;
	enum result r = db_run(w, Q_RELEASE_READY, DB_ARGS(db_i64s(batches, n)), &ready);
	if (r != OK)
		return r;
	size_t payouts = rows_n(&ready);
	int64_t *channels = arena_array(w->arena, payouts, int64_t);
	int64_t *lots = arena_array(w->arena, payouts, int64_t);
	int64_t *ids = arena_array(w->arena, payouts, int64_t);
	int lot = rows_col(&ready, "lot"), channel = rows_col(&ready, "channel"),
	    payout = rows_col(&ready, "payout");
	for (size_t i = 0; i < payouts; i++) {
		lots[i] = row_i64(&ready, i, lot);
		channels[i] = row_i64(&ready, i, channel);
		ids[i] = row_i64(&ready, i, payout);
	}
	return dispatches_make_for(w, lots, channels, ids, payouts, made);
}
