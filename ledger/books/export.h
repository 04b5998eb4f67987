/* export.h: a month of the books as a file that other people's programs read and check.
 *
 *	hledger		a journal for hledger and ledger both: `hledger check -s ordereddates`, `ledger --strict --pedantic`
 *	beancount	`bean-check`; accounts by names that it allows (export_bean.c), with ours beside them
 *	csv, json	a row, or an object, for each posting and balance
 *
 * Each begins with the checkpoint that covers it and what every account held before the month; then what came late for months that were
 * closed, under a heading of its own; then the transactions of the month by effective day; after each day of a statement what every account that moved must hold, and the bank's account what the bank said. Only
 * ASCII, whole dong, no amount left out. Says what leaves say and no more, so it names payments, not people.
 *
 * Pure: text goes into a buffer that the caller empties between calls. Knows no database (export_store.h). */
#ifndef LEDGER_BOOKS_EXPORT_H
#define LEDGER_BOOKS_EXPORT_H

#include "ledger/base/note.h"
#include "ledger/books/leaf.h"

enum export_format { EXPORT_HLEDGER, EXPORT_BEANCOUNT, EXPORT_CSV, EXPORT_JSON };
#define EXPORT_FORMATS 4

const char *export_format_name(enum export_format format);
bool export_format_of(const char *name, enum export_format *out) WARN_UNUSED;

struct export_account {
	const char *code;
	struct vnd balance; /* given: before the month; then as of what was exported */
	bool moved;         /* since it was last asserted */
	bool stated;        /* the bank said what it holds, on this day */
	struct vnd by_bank;
};

struct export_head {
	enum export_format format;
	struct month period;
	struct checkpoint checkpoint;
	const char *signature; /* of the checkpoint: base64 of key id and signature */
};

struct export;

/* Writes what stands before the transactions. The accounts are those that were ever used, by code, and are the caller's: their
 * balances go on as the export does. */
struct export *export_begin(struct arena *a, const struct export_head *head, struct export_account *accounts,
	size_t n, struct buf *out);

/* The next leaf by (effective day, seq): of the month, with postings or a bank's statement. `some` may be emptied between calls.
 * False with why: export_order, export_account (none of those given), export_amount (a sum that does not fit). */
bool export_leaf(struct export *e, struct arena *some, const struct leaf *leaf, struct buf *out,
	struct why *why) WARN_UNUSED;

/* Before them, in the same order: what came late, for a month that was closed. It is told of on the first day, with its own day beside it. */
bool export_late(struct export *e, struct arena *some, const struct leaf *leaf, struct buf *out,
	struct why *why) WARN_UNUSED;

/* What stands behind them. */
void export_end(struct export *e, struct buf *out);

struct export_count {
	int64_t transactions, postings;
	int64_t differing; /* days on which the bank's word is not what the books say: there the assertion fails */
};
struct export_count export_counted(const struct export *e);

/* What the log signs of an export, because a signature over many megabytes would need them all at once:
 * "chitra-export/v1\n<origin>\nperiod 2024-04\nformat csv\nsize 3837\nsha256 <hex>\n" */
void export_note_text(const struct export_head *head, const struct hash *sha256_of_file, struct buf *out);

#endif
