/* statement.h: one day's statement of one account, as its pages say, and whether they make a whole.
 *
 * Checks what no page can say alone: heads agree, lines run on without a gap, opening + lines = closing. Knows neither a bank's
 * dialect nor the database. Strings are the caller's. Pure. */
#ifndef CHITRA_RECON_STATEMENT_H
#define CHITRA_RECON_STATEMENT_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/merkle.h"
#include "ledger/base/money.h"
#include "ledger/base/why.h"

struct statement_head {
	int32_t pages;
	int64_t line_count, sequence;
	struct vnd opening, closing;
};

struct booked_part {
	const char *id;
	struct vnd amount;
	const char *account;
};

struct booked_line {
	int64_t line; /* from 1 over the whole statement */
	bool debit;
	struct vnd amount;
	struct day value_date;
	const char *entry_ref;
	const char *id;      /* end-to-end; "" or NULL: not told */
	const char *account; /* the counterparty's; "" or NULL: not told */
	const char *kind_text, *remittance;
	const char *returned_reason; /* "" or NULL: none */
	const struct booked_part *parts;
	size_t parts_n;
};

/* Sums as pages come, in their order. */
struct statement_sums {
	struct statement_head head;
	int32_t pages; /* taken */
	int64_t lines;
	struct vnd debits, credits;
	struct compact root; /* over the SHA-256 of each page */
};

/* Takes the next page. False with why statement_pages: its head is another's, or its lines do not follow. */
bool statement_take(struct statement_sums *s, const struct statement_head *head, const struct booked_line *at,
	size_t n, const struct hash *page, struct why *why) WARN_UNUSED;

/* All pages and lines are here. */
bool statement_whole(const struct statement_sums *s) WARN_UNUSED;

/* closing − (opening + credits − debits): 0 when it adds up; else what is lacking. False: out of range. */
bool statement_gap(const struct statement_sums *s, struct vnd *out) WARN_UNUSED;

#endif
