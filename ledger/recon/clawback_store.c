#include "ledger/recon/clawback_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/db.h"

struct claim {
	struct vnd open, left; /* left: of the credit */
	int32_t n;             /* of its next step */
	const char *account, *agency, *programme, *id;
	struct hash line, decision;
};

static enum result look(struct work *w, const struct clawback_wish *wish, struct claim *out)
{
	struct rows r;
	enum result result = db_run(w, Q_CLAWBACK_LOOK,
		DB_ARGS(db_i64(wish->brk), wish->credit ? db_i64(wish->credit) : db_null()), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) == 0) {
		why_set(&w->why, "clawback_unknown", "break %" PRId64 " is not money to be recovered",
			wish->brk);
		return REFUSED;
	}
	*out = (struct claim){
		.open = row_vnd(&r, 0, rows_col(&r, "open_dong")),
		.n = row_i32(&r, 0, rows_col(&r, "n")),
		.account = row_text(&r, 0, rows_col(&r, "account")),
		.agency = row_text(&r, 0, rows_col(&r, "agency")),
		.programme = row_text(&r, 0, rows_col(&r, "programme")),
		.id = row_text(&r, 0, rows_col(&r, "id")),
		.line = row_hash(&r, 0, rows_col(&r, "line_hash")),
	};
	if (wish->decision) {
		out->left = out->open;
		out->decision = *wish->decision;
		return OK;
	}
	if (row_null(&r, 0, rows_col(&r, "left_dong"))) {
		why_set(&w->why, "not_refundable",
			"break %" PRId64 " is no credit that two officers found to be money for the treasury",
			wish->credit);
		return REFUSED;
	}
	out->left = row_vnd(&r, 0, rows_col(&r, "left_dong"));
	out->decision = row_hash(&r, 0, rows_col(&r, "key_hash"));
	return OK;
}

static struct vnd least(struct vnd a, struct vnd b)
{
	return vnd_cmp(a, b) < 0 ? a : b;
}

static enum result say(struct work *w, const struct clawback_wish *wish, const struct claim *c,
	struct vnd amount, const char **first, bool *confirmed)
{
	struct rows r;
	enum result result = db_run(w, Q_CLAWBACK_SAY,
		DB_ARGS(db_i64(wish->brk), db_text(wish->decision ? "given_up" : "received"),
			wish->credit ? db_i64(wish->credit) : db_null(), db_vnd(amount),
			db_hash(&c->decision)),
		&r);
	if (result != OK)
		return result;
	const char *outcome = row_text(&r, 0, rows_col(&r, "outcome"));
	*confirmed = strcmp(outcome, "confirmed") == 0;
	*first = row_text(&r, 0, rows_col(&r, "first"));
	if (strcmp(outcome, "same_officer") != 0)
		return OK;
	why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
	return REFUSED;
}

static enum result book(struct work *w, const struct officer *me, const struct clawback_wish *wish,
	struct vnd amount, const char *first, struct entries *entries)
{
	struct rows now;
	struct claim c; /* again: its row is locked now, so its next number is its own */
	enum result result = look(w, wish, &c);
	if (result == OK)
		result = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (result != OK)
		return result;
	struct told_by by = {.actor = arena_printf(w->arena, "officer:%s", me->login),
		.effective = row_day(&now, 0, rows_col(&now, "today"))};
	entries_add(w->arena, entries,
		entry_clawback(w->arena, &by,
			&(struct clawback){
				.case_id = wish->brk,
				.n = c.n,
				.id = c.id,
				.line = c.line,
				.amount = amount,
				.step = wish->decision ? CLAWBACK_GIVEN_UP : CLAWBACK_RECEIVED,
				.agency = c.agency,
				.programme = c.programme,
				.funding_account = c.account,
				.decision = c.decision,
				.officers = {first, me->login},
			}));
	return OK;
}

enum result clawback_say(struct work *w, const struct officer *me, const struct clawback_wish *wish,
	struct entries *entries, bool *confirmed)
{
	struct claim c;
	const char *first;
	enum result result = look(w, wish, &c);
	if (result != OK)
		return result;
	struct vnd amount = vnd_is_zero(wish->amount) ? least(c.open, c.left) : wish->amount;
	if (vnd_is_zero(amount)) {
		why_set(&w->why, "repaid_too_much", "nothing of break %" PRId64 " or of the credit is left",
			wish->brk);
		return REFUSED;
	}
	result = say(w, wish, &c, amount, &first, confirmed);
	return result == OK && *confirmed ? book(w, me, wish, amount, first, entries) : result;
}
