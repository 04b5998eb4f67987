/* heading.h: which row holds the headings, and what each column is.
 *
 * Officers write headings in their own words, order, letter case, tone placement and composition; all are folded and looked up: first
 * among what was saved for this sender, then in one table per kind of list. Headings stand in one row, or in two, where the upper
 * one names groups («Chưa trả tháng trước» over «Số tháng», «Số tiền»). */
#pragma once

#include "ledger/base/arena.h"
#include "ledger/register/list.h"
#include "daemon/parse/legacy.h"
#include "daemon/parse/problem.h"

#define COLUMNS_MAX 200

#define COLUMN_IGNORED (-1) /* addresses, remarks, signatures: no rule needs them */

/* What is asked of a file besides its kind; texts are the caller's. */
struct asked {
	enum list_kind kind;
	const char *sheet;  /* of a workbook with several lists; NULL: the only one */
	bool cells;         /* what stands in the file, not what it means: cells_out.h */
	enum legacy legacy; /* with cells: the file's own encoding, as the list's head told it */
	size_t n_saved;
	struct saved_heading {
		const char *heading; /* folded: heading_fold() */
		int column;          /* an enum list_cell, or COLUMN_IGNORED */
	} saved[LIST_SAVED_MAX];
};

/* Reads lines, in place: "sheet <tab> NAME", "heading <tab> FOLDED <tab> CELL" (list_cell_name, or "ignored"), "cells <tab> ENCODING"
 * (legacy_name). */
bool asked_read(char *text, struct asked *out) WARN_UNUSED;

struct headings {
	int32_t row;              /* where they stand (the last of two); 0: not found */
	size_t n;                 /* columns */
	int column[COLUMNS_MAX];  /* an enum list_cell, or COLUMN_IGNORED */
	char *other[COLUMNS_MAX]; /* of CELL_OTHER_MONEY: the heading as it stands */
	bool has[CELLS];
	enum list_cell twice; /* a cell that two columns claim */
	bool is_twice;
	size_t twice_at[2];
	const char *unit; /* an amount's heading says «nghìn đồng»; NULL: none does */
	size_t known;     /* how many columns are not ignored */
};

/* A cell that may be a heading, and a row of them as it reads in one encoding (n = 0: not at all). */
struct heading {
	struct bytes text;
	const char *folded; /* NULL: it cannot be one */
	int column;         /* what it is when it stands alone */
};
struct heading_line {
	size_t n;
	struct heading *at;
};

/* Looks at the first rows one by one. Copies what it keeps; texts of `found` live in the arena. */
struct heading_search {
	struct arena *arena;
	const struct asked *asked;
	struct heading_line
		before[LEGACIES]; /* the row before, which may be headings alone or with this one */
	int32_t row_before;
	int32_t rows; /* looked at; INT32_MAX: what they hold is too much for titles */
	struct headings found;
	enum legacy legacy;           /* the encoding in which the headings were readable */
	struct heading_line lines[2]; /* once complete: the rows of headings as they stand */
	const char *unit; /* a title row says «Đơn vị tính: nghìn đồng»; NULL: none does */
	int32_t unit_row;
	bool complete;
};
void heading_search_begin(struct heading_search *s, struct arena *a, const struct asked *asked);

/* True when everything is there that this kind cannot do without: the rows after found.row are the list's, which this one may be. */
bool heading_search_row(struct heading_search *s, int32_t row, const struct bytes *cells, size_t n);
bool heading_search_end(struct heading_search *s); /* the file ended: the last row alone */

/* Says what is wrong with the best row that was found: heading_none, heading_missing, heading_twice. Always false. */
bool headings_refuse(const struct asked *asked, const struct headings *h, struct problem *p);

/* Amounts are in đồng. False, with amount_unit, when the headings or the titles say otherwise. */
bool headings_unit_check(const struct heading_search *s, struct problem *p) WARN_UNUSED;

/* Printed lists repeat their headings on each page: whether a row below the headings is headings again, the same ones or (REPEAT_OTHER)
 * others, under which the columns would mean something else. */
enum repeat { REPEAT_NONE, REPEAT_SAME, REPEAT_OTHER };
enum repeat headings_repeated(
	const struct heading_search *s, struct arena *a, const struct bytes *cells, size_t n);
