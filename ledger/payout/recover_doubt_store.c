#include "ledger/payout/recover_doubt_store.h"

#include <string.h>

#include "ledger/base/merkle.h"

static struct journal_sent sent_of(
	const struct rows *r, size_t i, int64_t dispatch, int32_t epoch, int64_t at_us)
{
	struct journal_sent s = {.dispatch = dispatch,
		.epoch = epoch,
		.at_us = at_us,
		.item = {.amount = row_vnd(r, i, rows_col(r, "amount_dong")),
			.account = row_hash(r, i, rows_col(r, "account_hash")),
			.payout = row_i64(r, i, rows_col(r, "payout"))}};
	const char *id = row_text(r, i, rows_col(r, "id"));
	bug_if(strlen(id) != sizeof s.item.id - 1);
	memcpy(s.item.id, id, sizeof s.item.id);
	return s;
}

/* ---- by their root ----------------------------------------------------------------------------------------------------- */

struct finding {
	struct work *w;
	struct facts *facts;
	struct rows rows;
	bool *taken;
	size_t from; /* behind what the last dispatch took: the next often begins there */
};

/* Those of the channel that no other dispatch is known to have taken. */
static size_t candidates(
	const struct finding *f, const struct fact_dispatch *d, size_t *at, struct hash *leaves)
{
	size_t n = 0;
	int channel = rows_col(&f->rows, "channel"), id = rows_col(&f->rows, "id"),
	    line = rows_col(&f->rows, "line_hash");
	for (size_t i = 0; i < rows_n(&f->rows); i++) {
		const struct fact_payout *p = facts_payout(f->facts, row_text(&f->rows, i, id));
		if (f->taken[i] || strcmp(row_text(&f->rows, i, channel), d->channel) != 0 ||
			(p && p->journalled && p->sent.dispatch != d->dispatch))
			continue;
		at[n] = i;
		leaves[n++] = row_hash(&f->rows, i, line);
	}
	return n;
}

static void find_one(struct finding *f, const struct fact_dispatch *d)
{
	struct arena *a = f->w->arena;
	size_t *at = arena_array(a, rows_n(&f->rows), size_t), k = (size_t)d->count, first = 0;
	struct hash *leaves = arena_array(a, rows_n(&f->rows), struct hash);
	size_t n = candidates(f, d, at, leaves);
	if (n < k)
		return;
	size_t starts = n - k + 1;
	while (first < starts && at[first] < f->from)
		first++;
	for (size_t i = 0; i < starts; i++) {
		size_t s = (first + i) % starts;
		struct hash root = merkle_root(leaves + s, k);
		if (!hash_eq(&root, &d->root))
			continue;
		struct journal_sent *sent = arena_array(a, k, struct journal_sent);
		for (size_t j = 0; j < k; j++) {
			f->taken[at[s + j]] = true;
			sent[j] = sent_of(&f->rows, at[s + j], d->dispatch, d->epoch, d->at_us);
		}
		f->from = at[s + k - 1] + 1;
		facts_add_sent(f->facts, sent, k);
		return;
	}
}

/* The booked ones that the dump lacks and of which fewer are known than the ledger counts. */
static enum result find_unknown(
	struct work *w, const struct facts *f, const struct fact_dispatch **out, size_t *n)
{
	int64_t *ids = arena_array(w->arena, f->dispatches_n, int64_t),
		*known = arena_calloc(w->arena, f->dispatches_n, sizeof *known);
	size_t asked = 0;
	struct rows r;
	*n = 0;
	for (size_t i = 0; i < f->payouts_n; i++) {
		const struct fact_dispatch *d = facts_dispatch(f, f->payouts[i].sent.dispatch);
		if (d)
			known[d - f->dispatches]++;
	}
	for (size_t i = 0; i < f->dispatches_n; i++)
		if (f->dispatches[i].whole && known[i] < f->dispatches[i].count)
			ids[asked++] = f->dispatches[i].dispatch;
	if (asked == 0)
		return OK;
	enum result result = db_run(w, Q_RECOVER_GONE, DB_ARGS(db_i64s(ids, asked)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		out[(*n)++] = facts_dispatch(f, row_i64(&r, i, rows_col(&r, "dispatch")));
	return result;
}

enum result doubt_booked(struct work *w, struct facts *f)
{
	const struct fact_dispatch **at = arena_array(
		w->arena, f->dispatches_n, const struct fact_dispatch *);
	const char **channels = arena_array(w->arena, f->dispatches_n, const char *);
	struct finding x = {.w = w, .facts = f};
	size_t n;
	enum result result = find_unknown(w, f, at, &n);
	if (result != OK || n == 0)
		return result;
	for (size_t i = 0; i < n; i++)
		channels[i] = at[i]->channel;
	result = db_run(w, Q_RECOVER_ROWS, DB_ARGS(db_texts(channels, n)), &x.rows);
	if (result != OK)
		return result;
	x.taken = arena_calloc(w->arena, rows_n(&x.rows), sizeof *x.taken);
	for (size_t i = 0; i < n; i++)
		find_one(&x, at[i]);
	return OK;
}

/* ---- by a lost journal ------------------------------------------------------------------------------------------------- */

enum result doubt_channels(struct work *w, const char *const *names, size_t n, struct lost_channels *out)
{
	struct rows r;
	enum result result = db_run(w, Q_RECOVER_LOST_CHANNELS, DB_ARGS(db_texts(names, n)), &r);
	if (result != OK)
		return result;
	struct lost_channel *at = arena_array(w->arena, rows_n(&r), struct lost_channel);
	for (size_t i = 0; i < rows_n(&r); i++) {
		at[i] = (struct lost_channel){.code = row_text(&r, i, rows_col(&r, "channel")),
			.since_us = row_instant(&r, i, rows_col(&r, "since")),
			.knows = !row_null(&r, i, rows_col(&r, "known_until"))};
		if (at[i].knows)
			at[i].known_until_us = row_instant(&r, i, rows_col(&r, "known_until"));
	}
	*out = (struct lost_channels){.n = rows_n(&r), .at = at};
	return OK;
}

enum result doubt_ready(
	struct work *w, const struct lost_channels *channels, const struct facts *f, struct facts *out)
{
	struct arena *a = w->arena;
	const char **codes = arena_array(a, channels->n, const char *);
	int64_t *sinces = arena_array(a, channels->n, int64_t),
		*untils = arena_array(a, channels->n, int64_t);
	bool *nulls = arena_array(a, channels->n, bool);
	struct rows r;
	*out = (struct facts){.arena = a, .numbers = f->numbers};
	if (channels->n == 0)
		return OK;
	for (size_t i = 0; i < channels->n; i++) {
		codes[i] = channels->at[i].code;
		sinces[i] = channels->at[i].since_us;
		untils[i] = channels->at[i].known_until_us;
		nulls[i] = !channels->at[i].knows;
	}
	enum result result = db_run(w, Q_RECOVER_LOST_READY,
		DB_ARGS(db_texts(codes, channels->n), db_instants(sinces, channels->n),
			db_with_nulls(db_instants(untils, channels->n), nulls)),
		&r);
	if (result != OK)
		return result;
	struct journal_sent *sent = arena_array(a, rows_n(&r), struct journal_sent);
	out->dispatches = arena_array(a, rows_n(&r), struct fact_dispatch);
	for (size_t i = 0; i < rows_n(&r); i++) {
		int64_t dispatch = row_i64(&r, i, rows_col(&r, "dispatch"));
		int32_t epoch = row_i32(&r, i, rows_col(&r, "epoch"));
		int64_t since_us = row_instant(&r, i, rows_col(&r, "since"));
		sent[i] = sent_of(&r, i, dispatch, epoch, since_us);
		if (out->dispatches_n == 0 || out->dispatches[out->dispatches_n - 1].dispatch != dispatch)
			out->dispatches[out->dispatches_n++] = (struct fact_dispatch){
				.dispatch = dispatch, .epoch = epoch, .at_us = since_us};
	}
	facts_add_sent(out, sent, rows_n(&r));
	return OK;
}
