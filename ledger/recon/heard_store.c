#include "ledger/recon/heard_store.h"

#include <string.h>

#include "ledger/db/db.h"
#include "ledger/recon/signed_account.h"

struct signed_columns {
	int n, payout, amount, hash, channel_bank, bank, salt;
};

static struct signed_columns columns_of(const struct rows *r)
{
	return (struct signed_columns){
		.n = rows_col(r, "n"),
		.payout = rows_col(r, "payout"),
		.amount = rows_col(r, "amount_dong"),
		.hash = rows_col(r, "account_hash"),
		.channel_bank = rows_col(r, "channel_bank"),
		.bank = rows_col(r, "bank"),
		.salt = rows_col(r, "salt"),
	};
}

static bool fits(
	const struct heard_word *said, const struct rows *r, size_t i, const struct signed_columns *c)
{
	if (row_null(r, i, c->bank) || strcmp(row_text(r, i, c->channel_bank), said->bank) != 0)
		return false;
	struct hash hash = row_hash(r, i, c->hash);
	struct hash16 salt = row_hash16(r, i, c->salt);
	return vnd_cmp(row_vnd(r, i, c->amount), said->amount) == 0 &&
	       signed_account_fits(&hash, row_text(r, i, c->bank), &salt, said->account);
}

/* In the order of what was said: several words about one payout take effect one after the other. */
static size_t told_of(struct work *w, const struct heard_word *at, size_t n, const struct rows *r,
	struct told *told, struct heard_counts *counts)
{
	struct signed_columns c = columns_of(r);
	size_t *row_of = arena_array(w->arena, n, size_t); /* + 1; 0: unknown */
	for (size_t i = 0; i < rows_n(r); i++)
		row_of[row_i64(r, i, c.n) - 1] = i + 1;
	size_t told_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (row_of[i] == 0) {
			counts->unknown++;
			continue;
		}
		bool good = fits(&at[i], r, row_of[i] - 1, &c);
		counts->misfits += !good;
		told[told_n++] = (struct told){
			.payout = row_i64(r, row_of[i] - 1, c.payout),
			.event = good ? at[i].event : EVENT_SAID_MISFIT,
			.message = at[i].message,
			.item = at[i].item,
			.amount = at[i].amount,
			.reason = at[i].reason,
		};
	}
	return told_n;
}

enum result heard_apply(struct work *w, enum payout_cause cause, const char *actor,
	const struct heard_word *at, size_t n, struct entries *entries, struct heard_counts *counts)
{
	if (n == 0)
		return OK;
	const char **ids = arena_array(w->arena, n, const char *);
	for (size_t i = 0; i < n; i++)
		ids[i] = at[i].id;
	struct rows r;
	enum result result = db_run(w, Q_HEARD_PAYOUTS, DB_ARGS(db_texts(ids, n)), &r);
	if (result != OK)
		return result;
	struct told *told = arena_array(w->arena, n, struct told);
	size_t told_n = told_of(w, at, n, &r, told, counts);
	if (told_n == 0)
		return OK;
	struct outcome *decided;
	result = outcome_decide(w, told, told_n, &decided);
	if (result != OK)
		return result;
	return outcome_apply(w, cause, actor, told, decided, told_n, entries, &counts->done);
}
