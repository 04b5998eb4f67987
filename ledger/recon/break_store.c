#include "ledger/recon/break_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/db.h"

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static struct break_view view_of(const struct rows *r, size_t i)
{
	struct break_view v = {
		.id = row_i64(r, i, rows_col(r, "id")),
		.funding_id = row_i64(r, i, rows_col(r, "funding")),
		.kind = row_text(r, i, rows_col(r, "kind")),
		.account = row_text(r, i, rows_col(r, "account")),
		.agency = row_text(r, i, rows_col(r, "agency")),
		.note = row_text(r, i, rows_col(r, "note")),
		.day = row_day(r, i, rows_col(r, "day")),
		.age_days = row_i32(r, i, rows_col(r, "age_days")),
		.amount = row_vnd(r, i, rows_col(r, "amount_dong")),
		.has_line = !row_null(r, i, rows_col(r, "debit")),
		.entry_ref = row_text(r, i, rows_col(r, "entry_ref")),
		.text = row_text(r, i, rows_col(r, "line_text")),
		.suspense = row_vnd(r, i, rows_col(r, "suspense_dong")),
		.end_to_end_id = row_text(r, i, rows_col(r, "end_to_end_id")),
		.in_flight = row_bool(r, i, rows_col(r, "in_flight")),
		.outcome = row_text(r, i, rows_col(r, "outcome")),
		.reason = row_text(r, i, rows_col(r, "reason")),
		.first = row_text(r, i, rows_col(r, "first_login")),
		.second = row_text(r, i, rows_col(r, "second_login")),
		.resolved = row_bool(r, i, rows_col(r, "is_resolved")),
	};
	if (v.has_line) {
		v.debit = row_bool(r, i, rows_col(r, "debit"));
		v.value_date = row_day(r, i, rows_col(r, "value_date"));
		v.booked_day = row_day(r, i, rows_col(r, "booked_day"));
	}
	if (v.outcome)
		v.first_id = row_i64(r, i, rows_col(r, "first_officer"));
	if (!row_null(r, i, rows_col(r, "pair")))
		v.pair = row_i64(r, i, rows_col(r, "pair"));
	if (!row_null(r, i, rows_col(r, "said_payout")))
		v.said_payout = row_i64(r, i, rows_col(r, "said_payout"));
	if (!row_null(r, i, rows_col(r, "waits_for")))
		v.waits_for = row_day(r, i, rows_col(r, "waits_for"));
	v.letter = row_text(r, i, rows_col(r, "letter"));
	v.letter_may = row_bool(r, i, rows_col(r, "letter_may"));
	v.line_missing = row_bool(r, i, rows_col(r, "line_missing"));
	v.in_books = row_bool(r, i, rows_col(r, "in_books"));
	v.can_reverse.at = row_i64s(r, i, rows_col(r, "can_reverse"), &v.can_reverse.n);
	v.was_reversed = row_bool(r, i, rows_col(r, "was_reversed"));
	v.undo_reason = row_text(r, i, rows_col(r, "undo_reason"));
	v.undo_by = row_text(r, i, rows_col(r, "undo_login"));
	if (v.undo_by)
		v.undo = row_i64(r, i, rows_col(r, "undo"));
	return v;
}

static enum result read_views(
	struct work *w, struct db_arg ids, const char *account, bool resolved, struct break_views *out)
{
	struct rows r;
	enum result result = db_run(
		w, Q_BREAK_VIEWS, DB_ARGS(ids, db_text(account ? account : ""), db_bool(resolved)), &r);
	if (result != OK)
		return result;
	out->n = rows_n(&r);
	out->at = arena_array(w->arena, out->n, struct break_view);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = view_of(&r, i);
	return OK;
}

enum result break_list(struct work *w, const char *account, bool resolved, struct break_views *out)
{
	return read_views(w, db_null(), account, resolved, out);
}

enum result break_find(struct work *w, int64_t id, struct break_view *out)
{
	struct break_views found;
	enum result r = read_views(w, db_i64s(&id, 1), NULL, true, &found);
	if (r != OK)
		return r;
	if (found.n == 0) {
		why_set(&w->why, "break_unknown", "there is no break %" PRId64, id);
		return REFUSED;
	}
	*out = found.at[0];
	return OK;
}

/* ---- what a break can be ---------------------------------------------------------------------------------------------- */

enum side { SIDE_NONE, SIDE_DEBIT, SIDE_CREDIT };

struct outcome_kind {
	const char *name;
	enum resolved_as as;
	enum side of;     /* whose money waits in suspense */
	const char *pair; /* what the other half is then; NULL: it stands alone */
	enum {
		OF_NO_PAYOUT,
		OF_ITS_PAYOUT,
		OF_A_PAYOUT
	} payout; /* whose money it is: the break's, or which the officers name */
};

static const struct outcome_kind outcomes[] = {
	{"without_entry", RESOLVED_WITHOUT_ENTRY, SIDE_NONE, NULL, OF_NO_PAYOUT},
	{"fee", RESOLVED_FEE, SIDE_DEBIT, NULL, OF_NO_PAYOUT},
	{"paid_after_all", RESOLVED_PAID_AFTER_ALL, SIDE_DEBIT, NULL, OF_ITS_PAYOUT},
	{"recovery", RESOLVED_RECOVERY, SIDE_DEBIT, NULL, OF_ITS_PAYOUT},
	{"taken_back", RESOLVED_TAKEN_BACK, SIDE_DEBIT, "sent_back", OF_NO_PAYOUT},
	{"funding", RESOLVED_FUNDING, SIDE_CREDIT, NULL, OF_NO_PAYOUT},
	{"return", RESOLVED_RETURN, SIDE_CREDIT, NULL, OF_A_PAYOUT},
	{"refundable", RESOLVED_REFUNDABLE, SIDE_CREDIT, NULL, OF_NO_PAYOUT},
	{"sent_back", RESOLVED_SENT_BACK, SIDE_CREDIT, "taken_back", OF_NO_PAYOUT},
};

static const struct outcome_kind *outcome_kind(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		if (strcmp(outcomes[i].name, name) == 0)
			return &outcomes[i];
	return NULL;
}

static enum side side_of(const struct break_view *v)
{
	if (vnd_is_zero(v->suspense))
		return SIDE_NONE;
	return v->debit ? SIDE_DEBIT : SIDE_CREDIT;
}

struct break_payout {
	int64_t payout;
	const char *id, *agency, *programme;
	bool unclaimed;
};

/* One break, or the two that are one thing: the bank's debit and the money that it gave back. */
struct finding {
	size_t n;
	struct break_view at[2];
	const struct outcome_kind *as[2];
	struct day day;         /* on which all of it had happened */
	struct break_payout of; /* whose money it is; 0: nobody's */
};

static bool can_be(struct why *why, const struct break_view *v, const struct outcome_kind *as, bool letter)
{
	if (v->resolved)
		return why_set(
			why, "break_resolved", "break %" PRId64 " was resolved as %s", v->id, v->outcome);
	if (v->in_books)
		return why_set(why, "resolved_in_books",
			"break %" PRId64 " was resolved before the restore; run chitra recover again", v->id);
	if (v->line_missing)
		return why_set(why, "line_missing",
			"the statement with the line of break %" PRId64 " is not fetched again yet", v->id);
	if (as->of != side_of(v))
		return why_set(why, "break_outcome", "break %" PRId64 " is %s and cannot be %s", v->id,
			side_of(v) == SIDE_NONE    ? "about no money in suspense"
			: side_of(v) == SIDE_DEBIT ? "a debit in suspense"
						   : "a credit in suspense",
			as->name);
	if (v->end_to_end_id && strcmp(as->name, "fee") == 0)
		return why_set(why, "paid_after_all",
			"break %" PRId64 " is a debit of a payout: as a fee its claim would be paid again",
			v->id);
	/* Its word is then the only one on money that is still on its way. */
	if ((strcmp(v->kind, "lost_line") == 0 || strcmp(v->kind, "overdue") == 0) && v->in_flight)
		return why_set(why, "still_live", "the payout of break %" PRId64 " has no end yet", v->id);
	if (v->waits_for.n != 0 && as->payout != OF_ITS_PAYOUT && !(letter && v->letter_may)) {
		char day[DAY_TEXT_SIZE];
		return why_set(why, "too_early",
			"break %" PRId64 " waits for the complete statement of %s: the bank may still pay",
			v->id, day_format(v->waits_for, day));
	}
	return true;
}

static bool is_pair(struct why *why, const struct break_view *a, const struct break_view *b)
{
	return (a->funding_id == b->funding_id && vnd_cmp(a->suspense, b->suspense) == 0) ||
	       why_set(why, "break_pair",
		       "breaks %" PRId64 " and %" PRId64 " are not the same amount on one account", a->id,
		       b->id);
}

static enum result read_payout(struct work *w, const struct break_wish *wish, struct break_payout *out)
{
	struct rows r;
	enum result result = db_run(
		w, Q_BREAK_PAYOUT, DB_ARGS(db_i64(wish->id), db_text(wish->payout ? wish->payout : "")), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0) {
		why_set(&w->why, "payout_unknown", "break %" PRId64 " needs the id of a payout", wish->id);
		return REFUSED;
	}
	*out = (struct break_payout){
		.payout = row_i64(&r, 0, rows_col(&r, "payout")),
		.id = row_text(&r, 0, rows_col(&r, "id")),
		.agency = row_text(&r, 0, rows_col(&r, "agency")),
		.programme = row_text(&r, 0, rows_col(&r, "programme")),
		.unclaimed = row_bool(&r, 0, rows_col(&r, "unclaimed")),
	};
	return OK;
}

static enum result read_finding(struct work *w, const struct break_wish *wish, struct finding *f)
{
	*f = (struct finding){.n = 1, .as = {outcome_kind(wish->outcome)}};
	if (!f->as[0] || (f->as[0]->pair != NULL) != (wish->pair != 0)) {
		why_set(&w->why, f->as[0] ? "break_pair" : "break_outcome", "%s %s", wish->outcome,
			f->as[0]
				? "needs the break of the other direction, and only what was taken back has one"
				: "is nothing that a break can be");
		return REFUSED;
	}
	enum result r = break_find(w, wish->id, &f->at[0]);
	if (r == OK && wish->pair) {
		f->n = 2;
		f->as[1] = outcome_kind(f->as[0]->pair);
		r = break_find(w, wish->pair, &f->at[1]);
	}
	if (r != OK)
		return r;
	for (size_t i = 0; i < f->n; i++) {
		const struct break_view *v = &f->at[i];
		if (!can_be(&w->why, v, f->as[i], wish->letter != NULL))
			return REFUSED;
		struct day day = v->has_line ? v->booked_day : v->day;
		if (i == 0 || day.n > f->day.n)
			f->day = day;
	}
	if (f->n == 2 && !is_pair(&w->why, &f->at[0], &f->at[1]))
		return REFUSED;
	if ((f->as[0]->payout == OF_A_PAYOUT) != (wish->payout != NULL)) {
		why_set(&w->why, "break_outcome", "%s %s", wish->outcome,
			wish->payout ? "names no payout" : "names the payout that came back");
		return REFUSED;
	}
	if (f->as[0]->payout != OF_NO_PAYOUT)
		r = read_payout(w, wish, &f->of);
	if (r != OK)
		return r;
	struct wanted wanted = {.agency = f->at[0].agency,
		.area = "*",
		.amount = vnd_is_zero(f->at[0].suspense) ? f->at[0].amount : f->at[0].suspense};
	return officer_must(w, "release", &wanted, 1);
}

/* The columns that both the proposal and the resolution are written from. */
struct columns {
	int64_t ids[2], pairs[2], first[2], payouts[2];
	const char *outcomes[2];
	bool alone[2], no_payout[2];
};

static struct columns columns_of(const struct finding *f)
{
	struct columns c = {0};
	for (size_t i = 0; i < f->n; i++) {
		c.ids[i] = f->at[i].id;
		c.outcomes[i] = f->as[i]->name;
		c.alone[i] = f->n == 1;
		c.pairs[i] = f->n == 1 ? 0 : f->at[1 - i].id;
		c.first[i] = f->at[i].first_id;
		c.payouts[i] = f->of.payout;
		c.no_payout[i] = f->of.payout == 0;
	}
	return c;
}

/* ---- two officers ----------------------------------------------------------------------------------------------------- */

enum result break_propose(struct work *w, const struct break_wish *wish)
{
	struct finding f;
	enum result r = read_finding(w, wish, &f);
	if (r != OK)
		return r;
	struct columns c = columns_of(&f);
	return db_run(w, Q_BREAK_PROPOSE,
		DB_ARGS(db_i64s(c.ids, f.n), db_texts(c.outcomes, f.n),
			db_with_nulls(db_i64s(c.pairs, f.n), c.alone),
			db_with_nulls(db_i64s(c.payouts, f.n), c.no_payout), db_text(wish->reason),
			wish->letter ? db_text(wish->letter) : db_null()),
		NULL);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_word(
	struct why *why, const struct officer *me, const struct break_wish *wish, const struct finding *f)
{
	struct columns c = columns_of(f);
	for (size_t i = 0; i < f->n; i++) {
		const struct break_view *v = &f->at[i];
		if (!v->outcome)
			return why_set(
				why, "not_proposed", "nobody has proposed what break %" PRId64 " is", v->id);
		if (strcmp(v->outcome, c.outcomes[i]) != 0 || v->pair != c.pairs[i] ||
			v->said_payout != c.payouts[i] || !same_text(v->letter, wish->letter))
			return why_set(why, "proposal_differs", "%s proposed that break %" PRId64 " is %s",
				v->first, v->id, v->outcome);
		if (v->first_id == me->id)
			return why_set(
				why, "same_officer", "you proposed this; another officer must confirm it");
	}
	return true;
}

static enum result move_payout(struct work *w, const struct finding *f)
{
	struct rows moved;
	enum result r = db_run(w, Q_BREAK_MOVE, DB_ARGS(db_i64(f->at[0].id)), &moved);
	if (r != OK || rows_n(&moved) == 1)
		return r;
	why_set(&w->why, "payout_state", "payout %s is not as it was any more", f->of.id);
	return REFUSED;
}

enum result break_confirm(
	struct work *w, const struct officer *me, const struct break_wish *wish, struct entries *entries)
{
	struct finding f;
	enum result r = read_finding(w, wish, &f);
	if (r != OK)
		return r;
	if (!same_word(&w->why, me, wish, &f))
		return REFUSED;
	struct columns c = columns_of(&f);
	r = db_run(w, Q_BREAK_RESOLVE,
		DB_ARGS(db_i64s(c.ids, f.n), db_texts(c.outcomes, f.n),
			db_with_nulls(db_i64s(c.pairs, f.n), c.alone),
			db_with_nulls(db_i64s(c.payouts, f.n), c.no_payout), db_i64s(c.first, f.n),
			db_day(f.day), wish->letter ? db_text(wish->letter) : db_null()),
		NULL);
	if (r == OK && f.of.payout != 0 && f.as[0]->as != RESOLVED_RECOVERY)
		r = move_payout(w, &f);
	struct told_by by = {.actor = arena_printf(w->arena, "officer:%s", me->login), .effective = f.day};
	for (size_t i = 0; i < f.n && r == OK; i++) {
		const struct break_view *v = &f.at[i];
		entries_add(w->arena, entries,
			entry_break_resolved(w->arena, &by,
				&(struct break_resolved){
					.break_id = v->id,
					.kind = v->kind,
					.funding_account = v->account,
					.amount = f.as[i]->as == RESOLVED_WITHOUT_ENTRY ? v->amount
											: v->suspense,
					.as = f.as[i]->as,
					.id = f.of.id,
					.agency = f.of.payout ? f.of.agency : v->agency,
					.programme = f.of.programme,
					.unclaimed = f.of.unclaimed,
					.officers = {v->first, me->login},
				}));
	}
	return r;
}
