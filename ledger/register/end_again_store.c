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
	struct end_again done = {0};
	int64_t *left = arena_array(w->arena, rows_n(&r), int64_t);
	for (size_t i = 0; i < rows_n(&r); i++)
		if (row_bool(&r, i, rows_col(&r, "ended")))
			done.ended++;
		else
			left[done.left_n++] = row_i64(&r, i, rows_col(&r, "account"));
	done.left = left;
	*out = done;
	return OK;
}
