#include "ledger/payout/recover_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/merkle.h"
#include "ledger/books/post.h"
#include "ledger/payout/outcome.h"

#define ACTOR "duty:recover"

/* A payout that is remembered, and its row. */
struct seen {
	const struct fact_payout *fact;
	int64_t payout;
	enum payout_state state; /* as it is by now */
	int64_t dispatch;        /* that sent it; 0: none is known */
	struct vnd amount;
	struct hash line_hash;
	int64_t channel;
	const char *channel_code, *agency, *programme, *funding;
	bool cash;
	bool goes; /* from ready to sent, here */
};

/* A dispatch that is remembered, and its row. */
struct trip {
	const struct fact_dispatch *fact;
	bool there, ready; /* in the dump; ready: not sent yet */
	int32_t epoch;     /* in the dump */
	int32_t count;     /* in the dump: 0: nothing of it had left */
	struct seen **at;  /* what goes with it, by payout */
	size_t n;
};

struct recovering {
	struct work *w;
	const struct facts *facts;
	struct fact_payout *facts_of; /* the facts' payouts, and those that only a dispatch names */
	size_t facts_n;
	struct seen *seen;
	size_t n;
	struct trip *trips; /* as facts.dispatches */
	size_t trips_n;
	int64_t *to_hold;
	size_t to_hold_n;
	struct payouts_recovered done;
};

/* ---- may it be? -------------------------------------------------------------------------------------------------------- */

enum result payouts_recoverable(struct work *w, const struct facts *f, const int64_t *known, size_t known_n)
{
	size_t n = f->batches_n;
	int64_t *ids = arena_array(w->arena, n, int64_t), *versions = arena_array(w->arena, n, int64_t);
	bool *released = arena_array(w->arena, n, bool);
	struct hash *roots = arena_array(w->arena, n, struct hash);
	struct rows r;
	for (size_t i = 0; i < n; i++) {
		ids[i] = f->batches[i].batch;
		versions[i] = f->batches[i].version;
		released[i] = f->batches[i].released;
		roots[i] = f->batches[i].root;
	}
	enum result result = db_run(w, Q_RECOVER_BATCHES,
		DB_ARGS(db_i64s(ids, n), db_i64s(versions, n), db_bools(released, n), db_hashes(roots, n),
			db_i64s(known, known_n)),
		&r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	why_set(&w->why, "dump_before_release",
		"%zu batches that the ledger has, the first of them batch %" PRId64
		", were made, frozen or changed after this dump was taken, and the dump lacks them as they were %s; "
		"restore a dump (or a base backup with its WAL) from after they were frozen, and run recover again before any program is started",
		rows_n(&r), row_i64(&r, 0, rows_col(&r, "batch")),
		row_bool(&r, 0, rows_col(&r, "released")) ? "released" : "approved");
	return REFUSED;
}

/* ---- looking ----------------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct fact_payout *)a)->id, ((const struct fact_payout *)b)->id);
}

static int by_payout(const void *a, const void *b)
{
	const struct seen *x = *(struct seen *const *)a, *y = *(struct seen *const *)b;
	return (x->payout > y->payout) - (x->payout < y->payout);
}

static struct trip *trip_of(struct recovering *r, int64_t dispatch)
{
	const struct fact_dispatch *f = facts_dispatch(r->facts, dispatch);
	return f ? &r->trips[f - r->facts->dispatches] : NULL;
}

static enum result find_trips(struct recovering *r)
{
	const struct facts *f = r->facts;
	int64_t *ids = arena_array(r->w->arena, f->dispatches_n, int64_t);
	struct rows rows;
	r->trips_n = f->dispatches_n;
	r->trips = arena_calloc(r->w->arena, f->dispatches_n, sizeof *r->trips);
	for (size_t i = 0; i < f->dispatches_n; i++) {
		ids[i] = f->dispatches[i].dispatch;
		r->trips[i].fact = &f->dispatches[i];
		r->trips[i].ready = true;
	}
	enum result result = db_run(
		r->w, Q_RECOVER_DISPATCHES, DB_ARGS(db_i64s(ids, f->dispatches_n)), &rows);
	for (size_t i = 0; result == OK && i < rows_n(&rows); i++) {
		struct trip *t = trip_of(r, row_i64(&rows, i, rows_col(&rows, "id")));
		bug_if(!t); /* it was asked for */
		t->there = true;
		t->epoch = row_i32(&rows, i, rows_col(&rows, "epoch"));
		t->count = row_i32(&rows, i, rows_col(&rows, "count"));
		t->ready = strcmp(row_text(&rows, i, rows_col(&rows, "state")), "ready") == 0;
	}
	return result;
}

/* What stands ready in dispatches that were sent, beside what the facts name. */
static enum result add_members(struct recovering *r)
{
	int64_t *ids = arena_array(r->w->arena, r->trips_n, int64_t);
	size_t n = 0;
	struct rows rows;
	for (size_t i = 0; i < r->trips_n; i++)
		if (r->trips[i].there && r->trips[i].ready)
			ids[n++] = r->trips[i].fact->dispatch;
	enum result result = db_run(r->w, Q_RECOVER_MEMBERS, DB_ARGS(db_i64s(ids, n)), &rows);
	if (result != OK)
		return result;
	r->facts_n = r->facts->payouts_n;
	r->facts_of = arena_array(r->w->arena, r->facts_n + rows_n(&rows), struct fact_payout);
	if (r->facts_n > 0)
		memcpy(r->facts_of, r->facts->payouts, r->facts_n * sizeof *r->facts_of);
	for (size_t i = 0; i < rows_n(&rows); i++) {
		struct fact_payout p = {.sent = {.dispatch = row_i64(&rows, i, rows_col(&rows, "dispatch"))}};
		bug_if(strlen(row_text(&rows, i, rows_col(&rows, "id"))) != E2E_ID_SIZE - 1);
		memcpy(p.id, row_text(&rows, i, rows_col(&rows, "id")), sizeof p.id);
		if (r->facts->payouts_n == 0 ||
			!bsearch(&p, r->facts->payouts, r->facts->payouts_n, sizeof p, by_id))
			r->facts_of[r->facts_n++] = p;
	}
	return OK;
}

static enum result read_seen(struct recovering *r, const struct rows *rows, size_t i, struct seen *s)
{
	struct work *w = r->w;
	int dispatch = rows_col(rows, "dispatch"), range = rows_col(rows, "range_dispatch");
	struct hash account = row_hash(rows, i, rows_col(rows, "account_hash"));
	*s = (struct seen){.fact = &r->facts_of[i],
		.payout = row_i64(rows, i, rows_col(rows, "payout")),
		.state = (enum payout_state)row_i64(rows, i, rows_col(rows, "state")),
		.dispatch = r->facts_of[i].sent.dispatch,
		.amount = row_vnd(rows, i, rows_col(rows, "amount_dong")),
		.line_hash = row_hash(rows, i, rows_col(rows, "line_hash")),
		.channel = row_i64(rows, i, rows_col(rows, "channel")),
		.channel_code = row_text(rows, i, rows_col(rows, "channel_code")),
		.cash = row_bool(rows, i, rows_col(rows, "cash")),
		.agency = row_text(rows, i, rows_col(rows, "agency")),
		.programme = row_text(rows, i, rows_col(rows, "programme")),
		.funding = row_text(rows, i, rows_col(rows, "funding"))};
	if (s->dispatch == 0 && !row_null(rows, i, dispatch))
		s->dispatch = row_i64(rows, i, dispatch);
	if (s->dispatch == 0 && !row_null(rows, i, range))
		s->dispatch = row_i64(rows, i, range);
	if (!s->fact->journalled || (s->payout == s->fact->sent.item.payout &&
					    vnd_cmp(s->amount, s->fact->sent.item.amount) == 0 &&
					    hash_eq(&account, &s->fact->sent.item.account)))
		return OK;
	why_set(&w->why, "recover_differs", "payout %" PRId64 " is not what was sent as %s", s->payout,
		s->fact->id);
	return REFUSED;
}

static enum result lacks_payout(struct work *w, const struct fact_payout *p)
{
	why_set(&w->why, "dump_before_release",
		"%s left, and this dump does not have it in a released batch, nor the archive its batch's manifest; "
		"restore a newer dump, or the newest copy of the archive, and run recover again before any program is started",
		p->id);
	return REFUSED;
}

static enum result find_payouts(struct recovering *r)
{
	struct rows rows;
	const char **ids = arena_array(r->w->arena, r->facts_n, const char *);
	for (size_t i = 0; i < r->facts_n; i++)
		ids[i] = r->facts_of[i].id;
	enum result result = db_run(r->w, Q_RECOVER_PAYOUTS, DB_ARGS(db_texts(ids, r->facts_n)), &rows);
	if (result != OK)
		return result;
	r->seen = arena_array(r->w->arena, r->facts_n, struct seen);
	for (size_t i = 0; i < r->facts_n; i++) {
		if (i >= rows_n(&rows) || row_i64(&rows, i, rows_col(&rows, "n")) != (int64_t)i + 1)
			return lacks_payout(r->w, &r->facts_of[i]);
		result = read_seen(r, &rows, i, &r->seen[i]);
		if (result != OK)
			return result;
		r->n++;
	}
	return OK;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------------- */

static bool waits(const struct seen *s)
{
	return s->state == PAYOUT_READY || s->state == PAYOUT_HELD;
}

static void share_out(struct recovering *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct trip *t = waits(&r->seen[i]) ? trip_of(r, r->seen[i].dispatch) : NULL;
		if (t)
			t->n++;
	}
	for (size_t i = 0; i < r->trips_n; i++) {
		r->trips[i].at = arena_array(r->w->arena, r->trips[i].n, struct seen *);
		r->trips[i].n = 0;
	}
	for (size_t i = 0; i < r->n; i++) {
		struct trip *t = waits(&r->seen[i]) ? trip_of(r, r->seen[i].dispatch) : NULL;
		if (t)
			t->at[t->n++] = &r->seen[i];
	}
}

static bool certainly(const struct seen *s)
{
	return s->fact->journalled || s->fact->unpaid || s->fact->paid;
}

/* How many are known of it, wherever they stand. */
static size_t members(const struct recovering *r, const struct trip *t)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += r->seen[i].dispatch == t->fact->dispatch;
	return n;
}

/* Which of those that stand in it went with it: all, if the ledger counts so many; otherwise what the journal and the ledger name, and
 * the others had been held back when it was sent. */
static enum result choose(struct recovering *r, struct trip *t)
{
	size_t sure = 0, k = 0;
	for (size_t i = 0; i < t->n; i++)
		sure += certainly(t->at[i]);
	if (!t->there && t->fact->booked && (size_t)t->fact->count > members(r, t)) {
		why_set(&r->w->why, "recover_dispatch",
			"dispatch %" PRId64 " was sent with %" PRId64
			" payouts after this dump was taken, and the journals that are here know %zu of them; give the journal of the teller that sent it",
			t->fact->dispatch, t->fact->count, members(r, t));
		return REFUSED;
	}
	bool all = t->ready && t->fact->booked && (size_t)t->fact->count == t->n;
	if (t->ready && t->n > 0 && t->fact->booked && !all && (size_t)t->fact->count != sure) {
		why_set(&r->w->why, "recover_dispatch",
			"dispatch %" PRId64 " was sent with %" PRId64
			" payouts; the dump has %zu and the journal knows %zu of them",
			t->fact->dispatch, t->fact->count, t->n, sure);
		return REFUSED;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (all || certainly(t->at[i]))
			t->at[k++] = t->at[i];
		else if (t->at[i]->state == PAYOUT_READY)
			r->to_hold[r->to_hold_n++] = t->at[i]->payout;
	}
	t->n = k;
	if (k > 1)
		qsort(t->at, k, sizeof *t->at, by_payout);
	for (size_t i = 0; i < k; i++)
		t->at[i]->goes = true;
	return OK;
}

static enum result choose_all(struct recovering *r)
{
	r->to_hold = arena_array(r->w->arena, r->n, int64_t);
	share_out(r);
	for (size_t i = 0; i < r->trips_n; i++) {
		enum result result = choose(r, &r->trips[i]);
		if (result != OK)
			return result;
	}
	for (size_t i = 0; i < r->n; i++)
		if (waits(&r->seen[i]) && certainly(&r->seen[i]) && !r->seen[i].goes) {
			why_set(&r->w->why, "recover_dispatch",
				"payout %" PRId64 " left, and which dispatch took it cannot be told",
				r->seen[i].payout);
			return REFUSED;
		}
	return OK;
}

/* ---- moving ------------------------------------------------------------------------------------------------------------ */

static enum result move(
	struct recovering *r, struct seen **at, size_t n, enum payout_state to, int64_t dispatch)
{
	struct arena *a = r->w->arena;
	int64_t *payouts = arena_array(a, n, int64_t), *from = arena_array(a, n, int64_t),
		*dest = arena_array(a, n, int64_t);
	int64_t *none = arena_calloc(a, n, sizeof *none);
	bool *null = arena_array(a, n, bool);
	struct rows moved;
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		payouts[i] = at[i]->payout;
		from[i] = (int64_t)at[i]->state;
		dest[i] = (int64_t)to;
		null[i] = true;
	}
	enum result result = db_run(r->w, Q_OUTCOME_MOVE,
		DB_ARGS(db_i64s(payouts, n), db_i64s(from, n), db_i64s(dest, n),
			db_i64((int64_t)CAUSE_RECOVERY), db_with_nulls(db_i64s(none, n), null),
			db_with_nulls(db_i64s(none, n), null), dispatch ? db_i64(dispatch) : db_null()),
		&moved);
	if (result != OK)
		return result;
	if (rows_n(&moved) != n)
		bug("%zu locked payouts were to move and %zu did", n, rows_n(&moved));
	for (size_t i = 0; i < n; i++)
		at[i]->state = to;
	return OK;
}

static bool ends_unpaid(const struct seen *s)
{
	return s->fact->unpaid && payout_move_legal(s->state, s->fact->unpaid);
}

static enum result move_some(
	struct recovering *r, bool (*which)(const struct seen *), enum payout_state to, size_t *count)
{
	struct seen **at = arena_array(r->w->arena, r->n, struct seen *);
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (which(&r->seen[i]))
			at[n++] = &r->seen[i];
	*count += n;
	return move(r, at, n, to, 0);
}

static bool was_held(const struct seen *s)
{
	return s->goes && s->state == PAYOUT_HELD;
}
static bool was_rejected(const struct seen *s)
{
	return ends_unpaid(s) && s->fact->unpaid == PAYOUT_REJECTED;
}
static bool was_not_paid(const struct seen *s)
{
	return ends_unpaid(s) && s->fact->unpaid == PAYOUT_NOT_PAID;
}
/* A cash agent is asked nothing: its list is written anew, and is the same. */
static bool in_doubt(const struct seen *s)
{
	return s->state == PAYOUT_SENT && !s->cash && (s->goes || certainly(s));
}

static enum result hold_rest(struct recovering *r)
{
	struct seen **at = arena_array(r->w->arena, r->n, struct seen *);
	size_t n = 0;
	if (r->to_hold_n == 0)
		return OK;
	for (size_t i = 0; i < r->n; i++)
		if (r->seen[i].state == PAYOUT_READY && !r->seen[i].goes)
			at[n++] = &r->seen[i];
	bug_if(n != r->to_hold_n);
	enum result result = db_run(
		r->w, Q_RECOVER_HOLD, DB_ARGS(db_i64s(r->to_hold, n), db_text("recovered")), NULL);
	r->done.held = n;
	return result == OK ? move(r, at, n, PAYOUT_HELD, 0) : result;
}

/* ---- dispatches --------------------------------------------------------------------------------------------------------- */

static enum result make_trip(struct recovering *r, const struct trip *t)
{
	int64_t *payouts = arena_array(r->w->arena, t->n, int64_t);
	for (size_t i = 0; i < t->n; i++)
		payouts[i] = t->at[i]->payout;
	r->done.made++;
	return db_run(r->w, Q_RECOVER_DISPATCH_MAKE,
		DB_ARGS(db_i64(t->fact->dispatch), db_i64(t->at[0]->channel), db_i64s(payouts, t->n)), NULL);
}

static enum result set_trip(
	struct recovering *r, const struct trip *t, int32_t epoch, struct vnd sum, const struct hash *root)
{
	bool doubt = false;
	for (size_t i = 0; i < t->n; i++)
		doubt |= !payout_state_ended(t->at[i]->state);
	return db_run(r->w, Q_RECOVER_DISPATCH_SET,
		DB_ARGS(db_i64(t->fact->dispatch), db_i64(epoch), db_i64((int64_t)t->n), db_vnd(sum),
			db_bytes(bytes_of(root->b, sizeof root->b)), db_instant(t->fact->at_us),
			db_bool(doubt)),
		NULL);
}

/* Per agency and programme, as it was booked when it was sent. */
static void book(struct recovering *r, const struct trip *t, int32_t epoch, struct vnd sum,
	const struct hash *root, struct day today, struct entries *entries)
{
	struct dispatch_part *parts = arena_array(r->w->arena, t->n, struct dispatch_part);
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct seen *s = t->at[i];
		size_t k = 0;
		while (k < n && (strcmp(parts[k].agency, s->agency) != 0 ||
					strcmp(parts[k].programme, s->programme) != 0))
			k++;
		if (k == n)
			parts[n++] = (struct dispatch_part){.agency = s->agency, .programme = s->programme};
		bug_if(!vnd_add(parts[k].sum, s->amount, &parts[k].sum));
	}
	entries_add(r->w->arena, entries,
		entry_dispatch_sent(r->w->arena, &(struct told_by){.actor = ACTOR, .effective = today},
			&(struct dispatch_sent){.dispatch = t->fact->dispatch,
				.epoch = epoch,
				.channel = t->at[0]->channel_code,
				.funding_account = t->at[0]->funding,
				.count = (int64_t)t->n,
				.sum = sum,
				.root = *root,
				.n_parts = n,
				.parts = parts}));
	r->done.booked++;
}

static enum result end_trip(
	struct recovering *r, const struct trip *t, struct day today, struct entries *entries)
{
	struct hash *leaves = arena_array(r->w->arena, t->n, struct hash);
	struct vnd sum = vnd(0);
	int32_t epoch = (t->epoch > t->fact->epoch ? t->epoch : t->fact->epoch) + 1;
	for (size_t i = 0; i < t->n; i++) {
		leaves[i] = t->at[i]->line_hash;
		bug_if(!vnd_add(sum, t->at[i]->amount, &sum));
	}
	struct hash root = merkle_root(leaves, t->n);
	r->done.sent++;
	if (!t->fact->booked && t->count == 0)
		book(r, t, epoch, sum, &root, today, entries);
	return set_trip(r, t, epoch, sum, &root);
}

/* Those of which nothing goes here: they were sent in the dump too. */
static enum result fence(struct recovering *r)
{
	int64_t *ids = arena_array(r->w->arena, r->trips_n, int64_t),
		*epochs = arena_array(r->w->arena, r->trips_n, int64_t),
		*firsts = arena_array(r->w->arena, r->trips_n, int64_t);
	size_t n = 0;
	for (size_t i = 0; i < r->trips_n; i++) {
		const struct trip *t = &r->trips[i];
		if (!t->there || t->ready || t->n > 0)
			continue;
		bool old = t->epoch <= t->fact->epoch;
		ids[n] = t->fact->dispatch;
		epochs[n] = old ? t->fact->epoch + 1 : t->epoch;
		firsts[n++] = t->fact->at_us;
		r->done.fenced += old;
	}
	return db_run(r->w, Q_RECOVER_DISPATCH_FENCE,
		DB_ARGS(db_i64s(ids, n), db_i64s(epochs, n), db_instants(firsts, n)), NULL);
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static enum result look(struct recovering *r)
{
	enum result result = db_run(r->w, Q_RECOVER_LOCK, DB_NO_ARGS, NULL);
	if (result == OK)
		result = payouts_recoverable(r->w, r->facts, NULL, 0);
	if (result == OK)
		result = find_trips(r);
	if (result == OK)
		result = add_members(r);
	if (result == OK)
		result = find_payouts(r);
	return result == OK ? choose_all(r) : result;
}

static enum result move_all(struct recovering *r)
{
	size_t held = 0;
	enum result result = move_some(r, was_held, PAYOUT_READY, &held);
	for (size_t i = 0; result == OK && i < r->trips_n; i++) {
		struct trip *t = &r->trips[i];
		if (t->n == 0)
			continue;
		if (!t->there)
			result = make_trip(r, t);
		if (result == OK)
			result = move(r, t->at, t->n, PAYOUT_SENT, t->fact->dispatch);
	}
	if (result == OK)
		result = move_some(r, was_rejected, PAYOUT_REJECTED, &r->done.refused);
	if (result == OK)
		result = move_some(r, was_not_paid, PAYOUT_NOT_PAID, &r->done.refused);
	if (result == OK)
		result = move_some(r, in_doubt, PAYOUT_UNKNOWN, &r->done.in_doubt);
	return result == OK ? hold_rest(r) : result;
}

static enum result end_all(struct recovering *r, struct day today)
{
	struct entries entries = {0};
	const struct fact_numbers *n = &r->facts->numbers;
	struct rows moved;
	enum result result = fence(r);
	for (size_t i = 0; result == OK && i < r->trips_n; i++)
		if (r->trips[i].n > 0)
			result = end_trip(r, &r->trips[i], today, &entries);
	if (result == OK)
		result = db_run(r->w, Q_RECOVER_DISPATCH_REOPEN, DB_NO_ARGS, NULL);
	if (result == OK)
		result = db_run(r->w, Q_RECOVER_NUMBERS,
			DB_ARGS(db_i64(n->batch), db_i64(n->bundle), db_i64(n->dispatch), db_i64(n->payout),
				db_i64(n->brk), db_i64(n->claim)),
			&moved);
	if (result == OK && entries.n > 0)
		result = books_post(r->w, entries.at, entries.n, FLOORS_RECORD, NULL);
	return result;
}

enum result payouts_recover(
	struct work *w, const struct facts *f, struct day today, struct payouts_recovered *out)
{
	struct recovering r = {.w = w, .facts = f};
	enum result result = look(&r);
	if (result == OK)
		result = move_all(&r);
	if (result == OK)
		result = end_all(&r, today);
	for (size_t i = 0; i < r.n; i++)
		r.done.settled += r.seen[i].fact->paid && payout_state_in_flight(r.seen[i].state);
	if (result == OK)
		*out = r.done;
	return result;
}
