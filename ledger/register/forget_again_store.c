#include "ledger/register/forget_again_store.h"

static enum result look(struct work *w, const struct forgottens *known, struct rows *out)
{
	struct arena *a = w->arena;
	size_t n = known->n;
	struct hash16 *anchors = arena_array(a, n, struct hash16);
	int64_t *ats = arena_array(a, n, int64_t);
	bool *backs = arena_array(a, n, bool);
	const char **firsts = arena_array(a, n, const char *), **seconds = arena_array(a, n, const char *);
	for (size_t i = 0; i < n; i++) {
		anchors[i] = known->at[i].anchor;
		ats[i] = known->at[i].at_us;
		backs[i] = known->at[i].back;
		firsts[i] = known->at[i].officers[0];
		seconds[i] = known->at[i].officers[1];
	}
	return db_run(w, Q_FORGET_AGAIN_LOOK,
		DB_ARGS(db_hash16s(anchors, n), db_instants(ats, n), db_bools(backs, n), db_texts(firsts, n),
			db_texts(seconds, n)),
		out);
}

static enum result erase(
	struct work *w, const struct forgottens *known, const struct rows *r, struct forget_again *done)
{
	struct arena *a = w->arena;
	size_t n = rows_n(r);
	int64_t *people = arena_array(a, n, int64_t), *ats = arena_array(a, n, int64_t);
	const char **numbers = arena_array(a, n, const char *), **firsts = arena_array(a, n, const char *),
		   **seconds = arena_array(a, n, const char *);
	done->erased = arena_array(a, n, struct forget_told);
	done->left = arena_array(a, n, struct forget_told);
	for (size_t i = 0; i < n; i++) {
		const struct forgotten *f = &known->at[row_i64(r, i, rows_col(r, "n")) - 1];
		int64_t person = row_i64(r, i, rows_col(r, "person"));
		const char *code = row_text(r, i, rows_col(r, "code"));
		struct forget_told told = {f, person, code};
		if (code) {
			done->left[done->left_n++] = told;
			continue;
		}
		people[done->erased_n] = person;
		ats[done->erased_n] = f->at_us;
		numbers[done->erased_n] = f->number;
		firsts[done->erased_n] = f->officers[0];
		seconds[done->erased_n] = f->officers[1];
		done->erased[done->erased_n++] = told;
	}
	n = done->erased_n;
	enum result result = db_run(w, Q_FORGET_AGAIN_PROPOSE,
		DB_ARGS(db_i64s(people, n), db_texts(numbers, n), db_texts(firsts, n), db_instants(ats, n)),
		NULL);
	if (result == OK)
		result = db_run(w, Q_FORGET_AGAIN_CONFIRM,
			DB_ARGS(db_i64s(people, n), db_texts(seconds, n), db_instants(ats, n)), NULL);
	return result;
}

enum result forget_again(struct work *w, const struct forgottens *known, struct forget_again *out)
{
	struct forget_again done = {0};
	struct rows r;
	enum result result = look(w, known, &r);
	if (result == OK)
		result = db_run(w, Q_FORGET_AGAIN_GUARDS_OFF, DB_NO_ARGS, NULL);
	if (result == OK)
		result = erase(w, known, &r, &done);
	if (result == OK)
		result = db_run(w, Q_FORGET_AGAIN_GUARDS_ON, DB_NO_ARGS, NULL);
	if (result == OK)
		*out = done;
	return result;
}
