/* workbook.h: what must hold of any workbook: its rows are taken and read back, or a problem is named. */
#pragma once

#include <stdlib.h>

#include "daemon/parse/xlsx_list.h"
#include "ledger/register/list.h"

#define ROWS_TEXT_MAX ((size_t)64 << 20)

static inline bool workbook_take(void *context, struct bytes lines)
{
	return buf_add_bytes(context, lines);
}

static inline void workbook_read(struct zip_file *z, const struct asked *asked)
{
	CLEANUP(buf_free) struct buf lines = BUF(ROWS_TEXT_MAX);
	bool good = xlsx_list_read(z, asked, workbook_take, &lines);
	if (good == (zip_file_problem(z)->code != NULL))
		abort();
	if (!good || asked->cells)
		return;
	struct list_row row;
	struct why why = {0};
	buf_u8(&lines, '\0');
	char *rest = (char *)lines.at, *end = rest + lines.n - 1;
	while (list_row_read(asked->kind, &rest, end, &row, &why))
		continue;
	if (*why.code || rest != end)
		abort();
}
