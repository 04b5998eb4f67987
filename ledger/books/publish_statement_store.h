/* publish_statement_store.h: what banks' statements and cash agents' lists say, line by line, as files beside the published tree.
 *
 *	DIR/statement/<funding account>/<day>.csv	line,part,side,amount,value-date,id,entry
 *	DIR/statement/<funding account>/<day>.pages	SHA-256 of each page as it came: the leaf's root is over them
 *	DIR/cash/<32 digits of the list's hash>.csv	the same columns, of what the agent paid
 *
 * No counterparty and no word of the bank's but its name for the entry; the id of a payout of ours where it is one. A day that is
 * there already does not change and is not read again. */
#ifndef LEDGER_BOOKS_PUBLISH_STATEMENT_STORE_H
#define LEDGER_BOOKS_PUBLISH_STATEMENT_STORE_H

#include "ledger/db/db.h"

struct published_sheets {
	int64_t n;       /* statements and lists that are there now */
	int64_t lacking; /* statements that have a leaf and whose rows or pages are lost (after a restore, until they are fetched again) */
};

/* Of what has leaves below `size`. Inside the caller's transaction. REFUSED: file_trouble. */
enum result publish_statements(
	struct work *w, const char *directory, int64_t size, struct published_sheets *out) WARN_UNUSED;

#endif
