/* balance_store.h: what the accounts hold, or held at another time by either clock.
 *
 * For whoever asks (`chitra ledger accounts`). By recorded time: what the books said then. By effective day: what is known now of
 * that day, also what was booked later. All read a few pages however many postings an account has. A program that wants one
 * account's balance now has books_balance (post.h). */
#ifndef LEDGER_BOOKS_BALANCE_STORE_H
#define LEDGER_BOOKS_BALANCE_STORE_H

#include "ledger/db/db.h"

enum balances_clock { CLOCK_NOW, CLOCK_RECORDED, CLOCK_EFFECTIVE };

struct balances_asked {
	const char *account; /* NULL: all of them */
	enum balances_clock clock;
	int64_t before_us; /* CLOCK_RECORDED: what was recorded from here on does not count */
	struct day day;    /* CLOCK_EFFECTIVE: what counts for a later day does not */
};

/* In w->arena, by code; debit positive. */
struct balances {
	size_t n;
	const char *const *accounts;
	const struct vnd *at;
};

/* REFUSED: ledger_account_unknown. */
enum result books_balances(
	struct work *w, const struct balances_asked *asked, struct balances *out) WARN_UNUSED;

/* Where an account stands in the national chart (rules.account_map). */
struct national {
	const char *code, *name; /* NULL: nobody knows */
	bool reviewed;           /* by an accountant; otherwise a suggestion */
};

/* Of each of the accounts. */
enum result books_national(
	struct work *w, const struct balances *of, const struct national **out) WARN_UNUSED;

#endif
