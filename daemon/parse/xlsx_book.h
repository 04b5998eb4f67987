/* xlsx_book.h: what a workbook's sheets need to be read: where they are, the shared strings, the formats and fonts of cells.
 *
 * Made for ECMA-376 workbooks of any program, in both editions. Shared strings are the only thing that a workbook makes us hold: up to
 * BOOK_STRINGS_MAX bytes; beyond that the file is refused with what to do about it. */
#pragma once

#include "ledger/base/arena.h"
#include "daemon/parse/legacy.h"
#include "daemon/parse/xlsx_number.h"
#include "daemon/parse/zip_file.h"

#define BOOK_SHEETS_MAX  50
#define BOOK_STRINGS_MAX ((size_t)20 << 20)
#define BOOK_STYLES_MAX  ((size_t)65536)

struct book_style {
	uint8_t format; /* enum xlsx_format */
	uint8_t legacy; /* enum legacy, of its font */
};

struct xlsx_book {
	struct zip_file *zip;
	struct arena *arena;
	bool from_1904;
	size_t n_sheets;
	struct book_sheet {
		const char *name;
		const char *part;
		bool hidden;
	} sheets[BOOK_SHEETS_MAX];
	size_t n_styles;
	struct book_style *styles;
	struct buf strings, ends; /* ends: one uint32_t a string; a string's first byte is its enum legacy */
};

void xlsx_book_free(struct xlsx_book *b);

/* Reads all but the sheets. False with the zip's problem: xlsx_none (no workbook), xlsx_macro, xlsx_sheets, xlsx_strings, and what
 * zip_file.h and xml.h say. The zip stays the caller's. */
bool xlsx_book_open(struct zip_file *zip, struct xlsx_book *out) WARN_UNUSED;

/* False when there is no such string. */
bool xlsx_book_string(const struct xlsx_book *b, uint64_t i, struct bytes *text, enum legacy *l);
