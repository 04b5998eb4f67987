#include "ledger/books/row_store.h"

#include <string.h>

struct leaf_columns leaf_columns_of(const struct rows *r)
{
	return (struct leaf_columns){
		.seq = rows_col(r, "seq"),
		.idem = rows_col(r, "idem"),
		.idem_hash = rows_col(r, "idem_hash"),
		.kind = rows_col(r, "kind"),
		.effective = rows_col(r, "effective"),
		.recorded = rows_col(r, "recorded"),
		.late = rows_col(r, "late"),
		.reverses = rows_col(r, "reverses"),
		.leaf = rows_col(r, "leaf"),
	};
}

static bool same_legs(const struct entry *e, const struct leg *legs, size_t n)
{
	if (n != e->n_legs)
		return false;
	for (size_t k = 0; k < n; k++)
		if (strcmp(legs[k].account, e->legs[k].account) != 0 ||
			vnd_cmp(legs[k].amount, e->legs[k].amount) != 0)
			return false;
	return true;
}

const char *leaf_row_differs(const struct rows *r, size_t i, const struct leaf_columns *c,
	const struct leaf *leaf, const struct leg *legs, size_t n_legs, struct buf *scratch)
{
	const struct entry *e = &leaf->entry;
	struct hash meaning = entry_meaning(e, scratch);
	struct hash stored = row_hash(r, i, c->idem_hash);
	bool reverses_one = !row_null(r, i, c->reverses);

	if (row_i64(r, i, c->seq) != leaf->seq)
		return "seq";
	if (strcmp(row_text(r, i, c->idem), e->idem) != 0 || !hash_eq(&meaning, &stored))
		return "idem";
	if (strcmp(row_text(r, i, c->kind), leaf_kind_name(e->kind)) != 0)
		return "kind";
	if (day_cmp(row_day(r, i, c->effective), e->effective) != 0)
		return "effective";
	if (row_instant(r, i, c->recorded) != leaf->recorded_us)
		return "recorded";
	if (row_bool(r, i, c->late) != e->late)
		return "late";
	if (reverses_one != e->reverses_one || (reverses_one && row_i64(r, i, c->reverses) != e->reverses))
		return "reverses";
	return same_legs(e, legs, n_legs) ? NULL : "postings";
}
