/* export_file.h: a month of the books as `chitra ledger export` writes it, read again: csv and json whole; of the journals for hledger and
 * beancount the transactions, the opening balances and the balances that they assert.
 *
 * Read line by line; says what is there and knows no leaf (exported.c). */
#ifndef LEDGER_VERIFY_EXPORT_FILE_H
#define LEDGER_VERIFY_EXPORT_FILE_H

#include <stdio.h>

#include "ledger/verify/text.h"

enum export_as { EXPORT_CSV, EXPORT_JSON, EXPORT_HLEDGER, EXPORT_BEANCOUNT };
bool export_as_named(struct text name, enum export_as *out);

/* The checkpoint that covers it. */
struct export_head {
	char period[8], origin[256], root[48], signature[128];
	int64_t size;
};

/* Whom the reader tells; texts hold during the call. A transaction is txn, tags, legs, txn_end. */
struct export_sink {
	void *with;
	void (*opening)(void *with, struct text account, int64_t dong);
	void (*txn)(void *with, struct text day, int64_t leaf, struct text kind);
	void (*tag)(void *with, struct text name, struct text value);
	void (*leg)(void *with, struct text account, int64_t dong);
	void (*txn_end)(void *with);
	void (*balance)(void *with, struct text day, struct text account, int64_t dong, bool by_bank);
};

/* False: *line is none of the format's. */
bool export_file_read(
	FILE *in, enum export_as as, struct export_head *head, const struct export_sink *to, uint64_t *line);

#endif
