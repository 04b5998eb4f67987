/* xlsx_number.h: a number of a workbook as an officer sees it: 9.9143000102E10 is 99143000102, a day is dd/mm/yyyy. */
#pragma once

#include "ledger/base/bytes.h"

enum xlsx_format {
	FORMAT_NUMBER,
	FORMAT_DAY,   /* dd/mm/yyyy, however it is shown */
	FORMAT_MONTH, /* mm/yyyy */
	FORMAT_YEAR,
	FORMAT_PERCENT,
};

/* Of the formats that need no code (ECMA-376 part 1, 18.8.30), and of a format's code. */
enum xlsx_format xlsx_format_of_id(uint32_t id);
enum xlsx_format xlsx_format_of_code(struct bytes code);

#define XLSX_NUMBER_SIZE 64

/* The text of a value as it stands in the file. Days count from 1899-12-30 (with the leap day of 1900 that never was) or 1904-01-01. What
 * is no number, and a day that is none, stays as it is. Numbers are rounded to the 15 digits that spreadsheets show. */
struct bytes xlsx_number(
	struct bytes value, enum xlsx_format format, bool from_1904, char out[static XLSX_NUMBER_SIZE]);
