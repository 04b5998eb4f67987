/* heading.h: which row holds the headings, and what each column is.
 *
 * Officers write headings in their own words, order, letter case, tone placement and composition; all are folded and looked up
 * in one table per kind of list. */
#pragma once

#include "ledger/base/arena.h"
#include "ledger/register/list.h"
#include "daemon/parse/problem.h"

#define COLUMNS_MAX 200

#define COLUMN_IGNORED (-1) /* addresses, remarks, signatures: no rule needs them */

struct headings {
	int32_t row;              /* where they stand; 0: not found */
	size_t n;                 /* columns */
	int column[COLUMNS_MAX];  /* an enum list_cell, or COLUMN_IGNORED */
	char *other[COLUMNS_MAX]; /* of CELL_OTHER_MONEY: the heading as it stands */
	bool has[CELLS];
	enum list_cell twice; /* a cell that two columns claim */
	bool is_twice;
	size_t known; /* how many columns are not ignored */
};

/* Reads a row as if it were headings. Texts live in the arena. */
void headings_read(struct arena *a, enum list_kind kind, int32_t row, const struct bytes *cells, size_t n,
	struct headings *out);

/* Whether everything is there that this kind cannot do without. */
bool headings_complete(enum list_kind kind, const struct headings *h);

/* Says what is wrong with the best row that was found: heading_none, heading_missing, heading_twice. Always false. */
bool headings_refuse(enum list_kind kind, const struct headings *h, struct problem *p);
