#include "ledger/register/end_again_store.h"

static enum result say_again(struct work *w, const struct endeds *known, struct rows *out)
{
	struct arena *a = w->arena;
	size_t n = known->n;
	struct hash *accounts = arena_array(a, n, struct hash);
	int64_t *ats = arena_array(a, n, int64_t);
	struct day *froms = arena_array(a, n, struct day);
	const char **firsts = arena_array(a, n, const char *), **seconds = arena_array(a, n, const char *);
	for (size_t i = 0; i < n; i++) {
		accounts[i] = known->at[i].account;
		ats[i] = known->at[i].at_us;
		froms[i] = known->at[i].from;
		firsts[i] = known->at[i].officers[0];
		seconds[i] = known->at[i].officers[1];
	}
	return db_run(w, Q_END_AGAIN,
		DB_ARGS(db_hashes(accounts, n), db_instants(ats, n), db_days(froms, n), db_texts(firsts, n),
			db_texts(seconds, n)),
		out);
}

enum result end_again(struct work *w, const struct endeds *known, struct end_again *out)
{
	struct rows r;
	enum result result = db_run(w, Q_END_AGAIN_GUARDS_OFF, DB_NO_ARGS, NULL);
	if (result == OK)
		result = say_again(w, known, &r);
	if (result == OK)
		result = db_run(w, Q_END_AGAIN_GUARDS_ON, DB_NO_ARGS, NULL);
	if (result != OK)
		return result;
	size_t n = rows_n(&r);
	struct end_again done = {
		.ended = arena_array(w->arena, n, struct end_told),
		.left = arena_array(w->arena, n, struct end_told),
	};
	for (size_t i = 0; i < n; i++) {
		int account = rows_col(&r, "account");
		struct end_told told = {
			.decision = &known->at[row_i64(&r, i, rows_col(&r, "n")) - 1],
			.account = row_null(&r, i, account) ? 0 : row_i64(&r, i, account),
		};
		if (row_bool(&r, i, rows_col(&r, "ended")))
			done.ended[done.ended_n++] = told;
		else
			done.left[done.left_n++] = told;
	}
	*out = done;
	return OK;
}
