#include "ledger/payout/void_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/db.h"
#include "ledger/register/people_store.h"

enum result claim_list(struct work *w, const struct opening *opening, struct month period, const char *area,
	const char *programme, struct claim_rows_out *out)
{
	struct rows r;
	const char *of = programme ? programme : "";
	enum result result = db_run(
		w, Q_CLAIM_LIST, DB_ARGS(db_day(month_first(period)), db_text(area), db_text(of)), &r);
	if (result != OK)
		return result;
	out->n = rows_n(&r);
	out->at = arena_array(w->arena, out->n, struct claim_row);
	for (size_t i = 0; i < out->n; i++) {
		out->at[i] = (struct claim_row){
			.claim = row_i64(&r, i, rows_col(&r, "claim")),
			.programme = row_text(&r, i, rows_col(&r, "programme")),
			.month = row_day(&r, i, rows_col(&r, "month")),
			.kind = row_text(&r, i, rows_col(&r, "kind")),
			.amount = row_vnd(&r, i, rows_col(&r, "amount_dong")),
			.state = row_text(&r, i, rows_col(&r, "state")),
			.name = row_text(&r, i, rows_col(&r, "name")),
			.birth_year = row_i32(&r, i, rows_col(&r, "birth_year")),
		};
		if (!opening_id_masked(w, opening, &r, i, &out->at[i].masked_id))
			return REFUSED;
	}
	return OK;
}

/* ---- voiding ---------------------------------------------------------------------------------------------------------- */

static bool reason_known(const char *reason)
{
	static const char *const known[] = {"died", "not_entitled", "moved_away", "claimed_twice"};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strcmp(known[i], reason) == 0)
			return true;
	return false;
}

/* Who makes a batch of its ward, or releases one with it, waits for us, or we for him. */
static enum result read_claim(struct work *w, int64_t claim, struct rows *r)
{
	enum result result = db_run(w, Q_CLAIM_TO_VOID, DB_ARGS(db_i64(claim)), r);
	if (result != OK)
		return result;
	if (rows_n(r) == 0) {
		why_set(&w->why, "claim_unknown", "there is no claim %" PRId64, claim);
		return REFUSED;
	}
	const char *area = row_text(r, 0, rows_col(r, "area"));
	result = db_run(w, Q_BATCH_MAKE_LOCK,
		DB_ARGS(db_text(row_text(r, 0, rows_col(r, "programme"))), db_texts(&area, 1)), NULL);
	struct rows batches;
	if (result == OK)
		result = db_run(w, Q_CLAIM_VOID_LOCK, DB_ARGS(db_i64(claim)), &batches);
	return result == OK ? db_run(w, Q_CLAIM_TO_VOID, DB_ARGS(db_i64(claim)), r) : result;
}

/* How its newest payout ended; NULL: it has none. */
static bool came_back(const struct rows *r)
{
	const char *last = row_text(r, 0, rows_col(r, "last"));
	return last && strcmp(last, "returned") == 0;
}

static bool may_void(struct why *why, int64_t claim, const struct claim_end *end, const struct rows *r)
{
	if (!row_bool(r, 0, rows_col(r, "may")))
		return why_set(why, "no_mandate",
			"you have no mandate for the ward and amount of claim %" PRId64, claim);
	if (row_bool(r, 0, rows_col(r, "voided")))
		return why_set(why, "claim_voided", "claim %" PRId64 " is voided already", claim);
	if (row_bool(r, 0, rows_col(r, "live")))
		return why_set(
			why, "still_live", "a payout of claim %" PRId64 " is not proven unpaid", claim);
	if (end->decision && !came_back(r))
		return why_set(
			why, "not_unclaimed", "claim %" PRId64 " was not paid, or did not come back", claim);
	if (!end->decision && !reason_known(end->reason))
		return why_set(why, "void_reason", "%s is no reason to void a claim", end->reason);
	return true;
}

/* Where it stands in the books: nothing is booked before the last approval; what came back is unclaimed. */
static struct entry voided_entry(
	struct work *w, const struct told_by *by, int64_t claim, const char *reason, const struct rows *r)
{
	const char *funding = row_text(r, 0, rows_col(r, "funding"));
	bool booked = !row_null(r, 0, rows_col(r, "last"));
	return entry_claim_voided(w->arena, by,
		&(struct claim_voided){
			.claim = claim,
			.programme = row_text(r, 0, rows_col(r, "programme")),
			.month = month_of_day(row_day(r, 0, rows_col(r, "month"))),
			.kind = row_text(r, 0, rows_col(r, "kind")),
			.instalment = row_i32(r, 0, rows_col(r, "instalment")),
			.amount = row_vnd(r, 0, rows_col(r, "amount_dong")),
			.agency = row_text(r, 0, rows_col(r, "agency")),
			.funding_account = funding,
			.owed = !booked        ? VOID_NOT_BOOKED
				: came_back(r) ? VOID_UNCLAIMED
					       : VOID_PAYABLE,
			.funds = funding ? VOID_TO_ADVANCE : VOID_NOT_FUNDED,
			.reason = reason,
			.officers = {row_text(r, 0, rows_col(r, "first_login")),
				by->actor + strlen("officer:")},
		});
}

static struct entry cancelled_entry(struct work *w, const struct told_by *by, int64_t claim,
	const struct hash *decision, const struct rows *r)
{
	return entry_unclaimed_cancelled(w->arena, by,
		&(struct unclaimed_cancelled){
			.claim = claim,
			.programme = row_text(r, 0, rows_col(r, "programme")),
			.month = month_of_day(row_day(r, 0, rows_col(r, "month"))),
			.kind = row_text(r, 0, rows_col(r, "kind")),
			.instalment = row_i32(r, 0, rows_col(r, "instalment")),
			.amount = row_vnd(r, 0, rows_col(r, "amount_dong")),
			.agency = row_text(r, 0, rows_col(r, "agency")),
			.funding_account = row_text(r, 0, rows_col(r, "funding")),
			.decision = *decision,
			.officers = {row_text(r, 0, rows_col(r, "first_login")),
				by->actor + strlen("officer:")},
		});
}

/* Whether the last proposal is what this officer says. */
static bool said_before(const struct rows *r, const struct claim_end *end)
{
	const char *reason = row_text(r, 0, rows_col(r, "reason"));
	int col = rows_col(r, "decision");
	if (!reason || strcmp(reason, end->reason) != 0)
		return false;
	if (row_null(r, 0, col))
		return !end->decision;
	struct hash said = row_hash(r, 0, col);
	return end->decision && hash_eq(&said, end->decision);
}

enum result claim_void(struct work *w, const struct officer *me, int64_t claim, const struct claim_end *end,
	struct entries *entries, bool *voided)
{
	struct rows r, now;
	struct db_arg decision = end->decision ? db_hash(end->decision) : db_null();
	enum result result = read_claim(w, claim, &r);
	if (result != OK)
		return result;
	if (!may_void(&w->why, claim, end, &r))
		return REFUSED;
	*voided = said_before(&r, end);
	if (!*voided)
		return db_run(w, Q_CLAIM_VOID_PROPOSE, DB_ARGS(db_i64(claim), db_text(end->reason), decision),
			NULL);
	int64_t first = row_i64(&r, 0, rows_col(&r, "first_officer"));
	if (first == me->id) {
		why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
		return REFUSED;
	}
	result = db_run(w, Q_CLAIM_VOID_ADD,
		DB_ARGS(db_i64(claim), db_text(end->reason), db_i64(first), decision), NULL);
	if (result == OK)
		result = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (result != OK)
		return result;
	struct told_by by = {.actor = arena_printf(w->arena, "officer:%s", me->login),
		.effective = row_day(&now, 0, rows_col(&now, "today"))};
	entries_add(w->arena, entries,
		end->decision ? cancelled_entry(w, &by, claim, end->decision, &r)
			      : voided_entry(w, &by, claim, end->reason, &r));
	return OK;
}
