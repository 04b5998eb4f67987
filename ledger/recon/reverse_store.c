#include "ledger/recon/reverse_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/db.h"

struct taken {
	struct day effective;
	size_t n_legs;
	struct leg *legs;
	bool of_line; /* a line's resolution: it waits again */
	struct break_found again;
};

static int64_t or_zero(const struct rows *r, const char *name)
{
	int col = rows_col(r, name);
	return row_null(r, 0, col) ? 0 : row_i64(r, 0, col);
}

static enum result look(struct work *w, int64_t seq, struct taken *out)
{
	struct rows r;
	size_t n;
	enum result result = db_run(w, Q_REVERSAL_LOOK, DB_ARGS(db_i64(seq)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0) {
		why_set(&w->why, "not_reversible", "ledger transaction %" PRId64 " cannot be taken back",
			seq);
		return REFUSED;
	}
	const char *const *accounts = row_texts(&r, 0, rows_col(&r, "accounts"), &n);
	const int64_t *amounts = row_i64s(&r, 0, rows_col(&r, "amounts"), &out->n_legs);
	bug_if(n != out->n_legs);
	out->effective = row_day(&r, 0, rows_col(&r, "effective"));
	out->legs = arena_array(w->arena, n, struct leg);
	for (size_t i = 0; i < n; i++)
		out->legs[i] = (struct leg){.account = accounts[i], .amount = vnd(amounts[i])};
	out->of_line = strcmp(row_text(&r, 0, rows_col(&r, "outcome")), "clawback") != 0;
	out->again = (struct break_found){
		.kind = row_text(&r, 0, rows_col(&r, "kind")),
		.funding_id = row_i64(&r, 0, rows_col(&r, "funding")),
		.funding = row_text(&r, 0, rows_col(&r, "funding_code")),
		.line = or_zero(&r, "line"),
		.payout = or_zero(&r, "payout"),
		.id = row_text(&r, 0, rows_col(&r, "end_to_end_id")),
		.entry = row_text(&r, 0, rows_col(&r, "entry_ref")),
		.amount = row_vnd(&r, 0, rows_col(&r, "break_dong")),
		.note = arena_printf(w->arena, "what break %" PRId64 " was found to be was taken back",
			row_i64(&r, 0, rows_col(&r, "break"))),
	};
	return OK;
}

static enum result open_again(
	struct work *w, const char *actor, struct taken *t, struct entries *entries, int64_t *brk)
{
	struct rows now;
	enum result result = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (result != OK)
		return result;
	struct told_by by = {.actor = actor, .effective = row_day(&now, 0, rows_col(&now, "today"))};
	result = breaks_open(w, &by, &t->again, 1, entries);
	if (result == OK && t->again.break_id == 0)
		bug("what was taken back is open already");
	*brk = t->again.break_id;
	return result;
}

enum result reverse_say(struct work *w, const struct officer *me, int64_t seq, const char *reason,
	struct entries *entries, struct reversed *out)
{
	struct taken t;
	struct rows r;
	*out = (struct reversed){.confirmed = false};
	enum result result = look(w, seq, &t);
	if (result == OK)
		result = db_run(w, Q_REVERSAL_SAY, DB_ARGS(db_i64(seq), db_text(reason)), &r);
	if (result != OK)
		return result;
	const char *outcome = row_text(&r, 0, rows_col(&r, "outcome"));
	if (strcmp(outcome, "same_officer") == 0) {
		why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
		return REFUSED;
	}
	out->confirmed = strcmp(outcome, "confirmed") == 0;
	if (!out->confirmed)
		return OK;
	struct told_by by = {
		.actor = arena_printf(w->arena, "officer:%s", me->login), .effective = t.effective};
	entries_add(w->arena, entries,
		entry_reversal(w->arena, &by,
			&(struct reversal){
				.seq = seq,
				.n_legs = t.n_legs,
				.legs = t.legs,
				.reason = reason,
				.officers = {row_text(&r, 0, rows_col(&r, "first")), me->login},
			}));
	return t.of_line ? open_again(w, by.actor, &t, entries, &out->brk) : OK;
}
