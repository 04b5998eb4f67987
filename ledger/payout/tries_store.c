#include "ledger/payout/tries_store.h"

#include "ledger/db/db.h"

enum result attempt_begin(struct work *w, const char *work, const int64_t *ids, size_t n, int32_t *tries)
{
	struct rows r;
	enum result result = db_run(w, Q_ATTEMPT_BEGIN, DB_ARGS(db_text(work), db_i64s(ids, n)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		for (size_t k = 0; k < n; k++)
			if (ids[k] == row_i64(&r, i, rows_col(&r, "id")))
				tries[k] = row_i32(&r, i, rows_col(&r, "tries"));
	return result;
}

enum result attempt_end(struct work *w, const char *work, const int64_t *ids, size_t n)
{
	return db_run(w, Q_ATTEMPT_END, DB_ARGS(db_text(work), db_i64s(ids, n)), NULL);
}

enum result attempt_lived(struct work *w, const char *work, int64_t id)
{
	return db_run(w, Q_ATTEMPT_LIVED, DB_ARGS(db_text(work), db_i64(id)), NULL);
}
