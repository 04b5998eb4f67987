/* problem.h: why a file as a whole cannot be imported.
 *
 * chitra-parse says it as one line on descriptor 2 and exits 65; the importer makes the sentence that an officer reads:
 *
 *	code <tab> row, 0 for none <tab> detail <LF>
 *
 * file_empty, file_too_large, file_kind (what it is), file_nul, file_encoding (detail: its name), heading_none, heading_missing (the headings),
 * heading_twice (the cells and the heading), heading_again, amount_unit (the unit), too_many_columns, quote_unclosed, no_rows, total_missing, rows_after_total. */
#pragma once

#include <stdint.h>

#include "ledger/base/result.h"

struct problem {
	const char *code; /* NULL: none */
	int32_t row;
	char detail[200];
};

/* Fills it unless it is filled; always returns false. */
bool problem_set(struct problem *p, const char *code, int32_t row, const char *detail);
