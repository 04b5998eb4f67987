/* period.h: the text of a closed period, read (period.md), and what its closing books.
 *
 * The text is what two officers saw and what the leaf `close` has the hash of: every account of the agency at the end of the month, and what
 * is carried over, payment by payment. PostgreSQL makes it (0015_period.sql); here it is only read. Pure. */
#ifndef LEDGER_BOOKS_PERIOD_H
#define LEDGER_BOOKS_PERIOD_H

#include "ledger/books/event.h"

struct period_account {
	const char *code;
	struct vnd balance; /* debit positive, before the closing entry */
};

enum carried { CARRIED_IN_FLIGHT, CARRIED_UNCLAIMED, CARRIED_SUSPENSE_CREDIT, CARRIED_SUSPENSE_DEBIT };
#define CARRIED 4

struct period_item {
	enum carried list;
	const char *of; /* funding account; of what is unclaimed: programme */
	const char *id; /* end-to-end id; of suspense: the ledger's key for the line */
	int64_t break_id;
	struct vnd amount;
};

struct period {
	struct month month;
	const char *agency;
	struct hash sha256; /* of the text */
	size_t n_accounts, n_items;
	struct period_account *accounts;
	struct period_item *items;
	struct vnd debits, credits; /* sums of the balances on each side */
	size_t count[CARRIED];
	struct vnd sum[CARRIED];
};

/* False with why: period_text (not one that the database makes). */
bool period_read(struct arena *a, struct bytes text, struct period *out, struct why *why) WARN_UNUSED;

/* What the month earned and cost of each programme goes to its result: legs for entry_close. */
void period_legs(struct arena *a, const struct period *p, struct period_closed *out);

#endif
