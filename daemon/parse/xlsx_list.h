/* xlsx_list.h: one workbook, from hostile bytes to lines of COPY text (ledger/register/list.h).
 *
 * Hidden sheets are passed over. The list is on the one sheet that has all headings; where several have, the officer names one. */
#pragma once

#include "daemon/parse/sift.h"
#include "daemon/parse/zip_file.h"

/* True: the rows are whole. False with the zip's problem (sheets_many, sheet_unknown, and what sift.h, xlsx_sheet.h and xlsx_book.h
 * say), or without one when the lines could not be taken. */
bool xlsx_list_read(
	struct zip_file *zip, const struct asked *asked, sift_take *take, void *context) WARN_UNUSED;
