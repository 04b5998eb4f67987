#include "ledger/books/late_store.h"

#include "ledger/books/chart.h"
#include "ledger/books/slots.h"

/* The accounts of entries that may be late, each once. */
struct asked {
	struct slots *known;
	const char **accounts;
	size_t n;
};

static size_t ask(struct asked *a, const char *account)
{
	size_t k = slots_put(a->known, account, a->n);

	if (k == a->n)
		a->accounts[a->n++] = account;
	return k;
}

static bool may_be_late(const struct entry *e, struct month closed)
{
	return month_cmp(month_of_day(e->effective), closed) <= 0;
}

/* The account at the bank of what moves nothing and is about one; NULL: it is about none. */
static const char *bank_of(struct arena *a, const struct entry *e)
{
	struct bytes funding;

	return leaf_line_get(e->lines, "funding-account", &funding)
		       ? account_code(
				 a, ACCOUNT_BANK, arena_strndup(a, (const char *)funding.at, funding.n), NULL)
		       : NULL;
}

static size_t room(const struct entry *at, size_t n, struct month closed)
{
	size_t legs = 0;

	for (size_t i = 0; i < n; i++)
		legs += may_be_late(&at[i], closed) ? at[i].n_legs + 1 : 0;
	return legs;
}

static bool was_closed(const struct rows *r, size_t account, const struct entry *e)
{
	int period = rows_col(r, "period");

	return !row_null(r, account, period) && may_be_late(e, month_of_day(row_day(r, account, period)));
}

enum result books_late(struct work *w, const struct entry *at, size_t n, struct month closed, bool *late)
{
	size_t most = room(at, n, closed), k = 0;
	struct asked a = {
		.known = slots_new(w->arena, most), .accounts = arena_array(w->arena, most, const char *)};
	size_t *of = arena_array(
		w->arena, most, size_t); /* per account of an entry: where it is among those asked */
	struct rows r;
	enum result result;

	if (most == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		const char *bank;

		if (!may_be_late(&at[i], closed))
			continue;
		bank = at[i].n_legs == 0 ? bank_of(w->arena, &at[i]) : NULL;
		for (size_t j = 0; j < at[i].n_legs; j++)
			of[k++] = ask(&a, at[i].legs[j].account);
		of[k++] = bank != NULL ? ask(&a, bank) : SIZE_MAX;
	}
	result = db_run(w, Q_BOOKS_CLOSED_OF, DB_ARGS(db_texts(a.accounts, a.n)), &r);
	if (result != OK)
		return result;
	k = 0;
	for (size_t i = 0; i < n; i++) {
		if (!may_be_late(&at[i], closed))
			continue;
		for (size_t j = 0; j <= at[i].n_legs; j++, k++)
			late[i] = late[i] || (of[k] != SIZE_MAX && was_closed(&r, of[k], &at[i]));
	}
	return OK;
}
