#include "ledger/books/balance_store.h"

static enum result ask(struct work *w, const struct balances_asked *asked, struct rows *r)
{
	struct db_arg account = db_text(asked->account);

	switch (asked->clock) {
	case CLOCK_NOW: return db_run(w, Q_BOOKS_BALANCES, DB_ARGS(account), r);
	case CLOCK_RECORDED:
		return db_run(
			w, Q_BOOKS_BALANCES_RECORDED, DB_ARGS(account, db_instant(asked->before_us)), r);
	case CLOCK_EFFECTIVE:
		return db_run(w, Q_BOOKS_BALANCES_EFFECTIVE, DB_ARGS(account, db_day(asked->day)), r);
	}
	bug("no such clock: %d", (int)asked->clock);
}

enum result books_balances(struct work *w, const struct balances_asked *asked, struct balances *out)
{
	struct rows r;
	const char **accounts;
	struct vnd *at;
	enum result result = ask(w, asked, &r);

	if (result != OK)
		return result;
	if (asked->account != NULL && rows_n(&r) == 0) {
		why_set(&w->why, "ledger_account_unknown", "the books have no account %s", asked->account);
		return REFUSED;
	}
	accounts = arena_array(w->arena, rows_n(&r), const char *);
	at = arena_array(w->arena, rows_n(&r), struct vnd);
	for (size_t i = 0; i < rows_n(&r); i++) {
		accounts[i] = row_text(&r, i, rows_col(&r, "account"));
		at[i] = row_vnd(&r, i, rows_col(&r, "balance"));
	}
	*out = (struct balances){.n = rows_n(&r), .accounts = accounts, .at = at};
	return OK;
}

enum result books_national(struct work *w, const struct balances *of, const struct national **out)
{
	struct rows r;
	struct national *at = arena_array(w->arena, of->n, struct national);
	enum result result = db_run(w, Q_BOOKS_NATIONAL, DB_ARGS(db_texts(of->accounts, of->n)), &r);

	if (result != OK)
		return result;
	bug_if(rows_n(&r) != of->n);
	for (size_t i = 0; i < of->n; i++)
		at[i] = (struct national){
			.code = row_text(&r, i, rows_col(&r, "code")),
			.name = row_text(&r, i, rows_col(&r, "name")),
			.reviewed = row_bool(&r, i, rows_col(&r, "reviewed")),
		};
	*out = at;
	return OK;
}
