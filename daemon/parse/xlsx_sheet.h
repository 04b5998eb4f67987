/* xlsx_sheet.h: the rows of one sheet, in order, as texts. Memory does not grow with the rows. */
#pragma once

#include "daemon/parse/sift.h"
#include "daemon/parse/xlsx_book.h"

#define SHEET_ROWS_MAX    1048576
#define SHEET_COLUMNS_MAX 16384
#define SHEET_CELL_MAX    ((size_t)4096) /* bytes of a cell that are kept: more is too long for any use */

/* What is taken of a sheet: rows that hold something, with their cells up to the last one that does. False from `row` ends the reading. merged (A5:B6) and width (in characters, of columns from…to) may be NULL;
 * widths come before the rows, merged cells after them. */
struct sheet_take {
	bool (*row)(void *context, const struct sift_row *row);
	void (*merged)(void *context, struct bytes range);
	void (*width)(void *context, uint32_t from, uint32_t to, struct bytes width);
};

/* False with the zip's problem: xlsx_cell (with the cell's address: a reference that is none, or rows out of order), too_many_columns,
 * and what zip_file.h and xml.h say. True also when `row` ended it. */
bool xlsx_sheet_read(const struct xlsx_book *b, const char *part, const struct sheet_take *take,
	void *context) WARN_UNUSED;
