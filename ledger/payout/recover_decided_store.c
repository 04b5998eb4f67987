#include "ledger/payout/recover_decided_store.h"

#include "ledger/payout/outcome.h"

/* ---- claims ------------------------------------------------------------------------------------------------------------ */

static enum result hold(struct work *w, const int64_t *payouts, size_t n)
{
	struct arena *a = w->arena;
	int64_t *from = arena_array(a, n, int64_t), *to = arena_array(a, n, int64_t),
		*none = arena_calloc(a, n, sizeof *none);
	bool *null = arena_array(a, n, bool);
	struct rows moved;
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		from[i] = (int64_t)PAYOUT_READY;
		to[i] = (int64_t)PAYOUT_HELD;
		null[i] = true;
	}
	enum result result = db_run(
		w, Q_RECOVER_HOLD, DB_ARGS(db_i64s(payouts, n), db_text("claim_voided")), NULL);
	if (result == OK)
		result = db_run(w, Q_OUTCOME_MOVE,
			DB_ARGS(db_i64s(payouts, n), db_i64s(from, n), db_i64s(to, n),
				db_i64((int64_t)CAUSE_RECOVERY), db_with_nulls(db_i64s(none, n), null),
				db_with_nulls(db_i64s(none, n), null), db_null()),
			&moved);
	if (result == OK && rows_n(&moved) != n)
		bug("%zu locked payouts were to move and %zu did", n, rows_n(&moved));
	return result;
}

static enum result hold_ready(struct work *w, const int64_t *claims, size_t n, size_t *held)
{
	struct rows r;
	enum result result = db_run(w, Q_RECOVER_VOIDED_READY, DB_ARGS(db_i64s(claims, n)), &r);
	if (result != OK)
		return result;
	int64_t *payouts = arena_array(w->arena, rows_n(&r), int64_t);
	for (size_t i = 0; i < rows_n(&r); i++)
		payouts[i] = row_i64(&r, i, rows_col(&r, "payout"));
	*held = rows_n(&r);
	return hold(w, payouts, *held);
}

static enum result add_voids(struct work *w, const struct facts *f, struct rows *out)
{
	struct arena *a = w->arena;
	size_t n = f->voids_n;
	int64_t *claims = arena_array(a, n, int64_t), *instalments = arena_array(a, n, int64_t),
		*ats = arena_array(a, n, int64_t);
	struct vnd *amounts = arena_array(a, n, struct vnd);
	struct hash *decisions = arena_array(a, n, struct hash);
	bool *no_decision = arena_array(a, n, bool);
	const char **programmes = arena_array(a, n, const char *), **months = arena_array(a, n, const char *),
		   **kinds = arena_array(a, n, const char *), **reasons = arena_array(a, n, const char *),
		   **firsts = arena_array(a, n, const char *), **seconds = arena_array(a, n, const char *);
	for (size_t i = 0; i < n; i++) {
		const struct fact_void *v = &f->voids[i];
		claims[i] = v->claim;
		programmes[i] = v->programme;
		months[i] = v->month;
		kinds[i] = v->kind;
		instalments[i] = v->instalment;
		amounts[i] = v->amount;
		reasons[i] = v->reason;
		firsts[i] = v->officers[0];
		seconds[i] = v->officers[1];
		ats[i] = v->at_us;
		decisions[i] = v->decision;
		no_decision[i] = !v->cancelled;
	}
	return db_run(w, Q_RECOVER_VOIDS,
		DB_ARGS(db_i64s(claims, n), db_texts(programmes, n), db_texts(months, n), db_texts(kinds, n),
			db_i64s(instalments, n), db_vnds(amounts, n), db_texts(reasons, n),
			db_texts(firsts, n), db_texts(seconds, n), db_instants(ats, n),
			db_with_nulls(db_hashes(decisions, n), no_decision)),
		out);
}

static enum result recover_voids(struct work *w, const struct facts *f, struct decisions_recovered *done)
{
	struct rows r;
	enum result result = add_voids(w, f, &r);
	if (result != OK)
		return result;
	int64_t *claims = arena_array(w->arena, f->voids_n, int64_t);
	size_t n = 0;
	bug_if(rows_n(&r) != f->voids_n);
	done->lost_voids = arena_array(w->arena, f->voids_n, const struct fact_void *);
	for (size_t i = 0; i < f->voids_n; i++) {
		if (row_bool(&r, i, rows_col(&r, "is_there")))
			claims[n++] = f->voids[i].claim;
		if (row_bool(&r, i, rows_col(&r, "is_new")))
			done->voids++;
		if (!row_bool(&r, i, rows_col(&r, "is_voided")))
			done->lost_voids[done->lost_voids_n++] = &f->voids[i];
	}
	return hold_ready(w, claims, n, &done->held);
}

/* ---- breaks ------------------------------------------------------------------------------------------------------------ */

#define BREAK_NOTE "brought back from the archive after a restore; its statement is fetched again"

static enum result recover_breaks(struct work *w, const struct facts *f, struct decisions_recovered *done)
{
	struct arena *a = w->arena;
	size_t n = f->breaks_n;
	int64_t *ids = arena_array(a, n, int64_t), *ats = arena_array(a, n, int64_t);
	struct vnd *amounts = arena_array(a, n, struct vnd);
	struct day *days = arena_array(a, n, struct day);
	const char **kinds = arena_array(a, n, const char *), **fundings = arena_array(a, n, const char *),
		   **payouts = arena_array(a, n, const char *), **entries = arena_array(a, n, const char *);
	struct rows r;
	for (size_t i = 0; i < n; i++) {
		const struct fact_break *b = &f->breaks[i];
		ids[i] = b->brk;
		kinds[i] = b->kind;
		fundings[i] = b->funding;
		days[i] = b->day;
		payouts[i] = b->id;
		entries[i] = b->entry;
		amounts[i] = b->amount;
		ats[i] = b->at_us;
	}
	enum result result = db_run(w, Q_RECOVER_BREAKS,
		DB_ARGS(db_i64s(ids, n), db_texts(kinds, n), db_texts(fundings, n), db_days(days, n),
			db_texts(payouts, n), db_texts(entries, n), db_vnds(amounts, n), db_instants(ats, n),
			db_text(BREAK_NOTE)),
		&r);
	if (result == OK)
		done->breaks = rows_n(&r);
	return result;
}

static enum result add_resolutions(struct work *w, const struct facts *f, struct rows *out)
{
	struct arena *a = w->arena;
	size_t n = f->resolutions_n;
	int64_t *breaks = arena_array(a, n, int64_t), *pairs = arena_array(a, n, int64_t),
		*ats = arena_array(a, n, int64_t);
	struct day *days = arena_array(a, n, struct day);
	bool *alone = arena_array(a, n, bool);
	const char **kinds = arena_array(a, n, const char *), **fundings = arena_array(a, n, const char *),
		   **outcomes = arena_array(a, n, const char *), **ids = arena_array(a, n, const char *),
		   **firsts = arena_array(a, n, const char *), **seconds = arena_array(a, n, const char *);
	for (size_t i = 0; i < n; i++) {
		const struct fact_resolution *x = &f->resolutions[i];
		breaks[i] = x->brk;
		kinds[i] = x->kind;
		fundings[i] = x->funding;
		outcomes[i] = x->outcome;
		ids[i] = x->id ? x->id : "";
		pairs[i] = x->pair;
		alone[i] = x->pair == 0;
		days[i] = x->day;
		firsts[i] = x->officers[0];
		seconds[i] = x->officers[1];
		ats[i] = x->at_us;
	}
	return db_run(w, Q_RECOVER_RESOLUTIONS,
		DB_ARGS(db_i64s(breaks, n), db_texts(kinds, n), db_texts(fundings, n), db_texts(outcomes, n),
			db_with_nulls(db_i64s(pairs, n), alone), db_days(days, n), db_texts(firsts, n),
			db_texts(seconds, n), db_instants(ats, n), db_texts(ids, n)),
		out);
}

/* How many of them are there now. */
static size_t count_new(const struct rows *r)
{
	size_t n = 0;
	for (size_t i = 0; i < rows_n(r); i++)
		n += row_bool(r, i, rows_col(r, "is_new"));
	return n;
}

/* Once more when some are there: what came back of a payout rests on what was paid after all of it. */
static enum result recover_resolutions(
	struct work *w, const struct facts *f, struct decisions_recovered *done)
{
	struct rows r, moved;
	size_t made;
	do {
		enum result result = add_resolutions(w, f, &r);
		if (result == OK)
			result = db_run(w, Q_RECOVER_RESOLVED_MOVE, DB_NO_ARGS, &moved);
		if (result != OK)
			return result;
		made = count_new(&r);
		done->resolutions += made;
	} while (made > 0 && made < rows_n(&r));
	done->lost_resolutions = arena_array(w->arena, rows_n(&r), const struct fact_resolution *);
	for (size_t i = 0; i < rows_n(&r); i++)
		if (!row_bool(&r, i, rows_col(&r, "is_new")))
			done->lost_resolutions[done->lost_resolutions_n++] =
				&f->resolutions[row_i64(&r, i, rows_col(&r, "n")) - 1];
	return OK;
}

enum result decisions_recover(struct work *w, const struct facts *f, struct decisions_recovered *out)
{
	struct decisions_recovered done = {0};
	enum result result = db_run(w, Q_RECOVER_GUARDS_OFF, DB_NO_ARGS, NULL);
	if (result == OK)
		result = recover_voids(w, f, &done);
	if (result == OK)
		result = recover_breaks(w, f, &done);
	if (result == OK)
		result = recover_resolutions(w, f, &done);
	if (result == OK)
		result = db_run(w, Q_RECOVER_GUARDS_ON, DB_NO_ARGS, NULL);
	if (result == OK)
		*out = done;
	return result;
}
