/* cash_list.h: the cash agent's list of who collected their money, as chitra-parse hands it over.
 *
 * Every row must be readable: a list about money is taken whole or not at all. Pure. */
#ifndef CHITRA_RECON_CASH_LIST_H
#define CHITRA_RECON_CASH_LIST_H

#include "ledger/base/arena.h"
#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"

struct cash_row {
	int32_t row; /* of the file */
	struct personal_id id;
	struct vnd amount;
	bool paid;
	struct day day; /* when, if paid */
};

struct cash_rows {
	struct cash_row *at;
	size_t n;
};

/* text: the lines of `chitra-parse agent-list`; it is changed. False with why cash_row (which row, and what is wrong with it),
 * cash_twice, cash_empty, parser_line. */
bool cash_rows_read(
	struct arena *a, char *text, size_t n, struct cash_rows *out, struct why *why) WARN_UNUSED;

#endif
