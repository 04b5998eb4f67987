/* sift.h: the rows of any file, sifted into lines of COPY text (ledger/register/list.h).
 *
 * Whoever reads a file (csv_list.c, xlsx_list.c) hands its rows over in order. Here the headings are found, title rows, blank rows and what
 * stands below the totals row are dropped, old encodings are decoded, and what is wrong with a row as a row is named. Opens
 * nothing and writes nothing itself: lines go to the caller's function. When it ends with a problem, the lines that it gave out
 * before are worth nothing. Memory does not grow with the rows. */
#pragma once

#include "daemon/parse/heading.h"

#define TITLE_ROWS_MAX 50 /* in which the headings must stand */

struct sift;

/* Takes the next lines; false when they could not be written, which ends the run. */
typedef bool sift_take(void *context, struct bytes lines);

enum sift_kind { SIFT_TEXT, SIFT_NUMBER, SIFT_DAY };

struct sift_cell {
	struct bytes text; /* UTF-8 */
	enum sift_kind kind;
	enum legacy legacy; /* of its font; a file's own encoding is found by its headings */
	bool formula, error;
};

struct sift_row {
	int32_t row;
	size_t n; /* at most COLUMNS_MAX */
	const struct sift_cell *cells;
	bool hidden;
	bool ragged; /* the number of cells means something: in CSV */
};

/* How a file joins the cells of a row, and what its sheet is called ("" for none). Both live as long as the sift. */
struct sift_file {
	const struct asked *asked;
	const char *sheet;
	char delimiter;
};

void sift_free(struct sift *s);
struct sift *sift_new(const struct sift_file *file, sift_take *take, void *context) FREED_BY(sift_free);

/* The next row, and the end. False: the run is over; sift_problem says why, or the lines could not be taken (then its code is NULL). */
bool sift_row(struct sift *s, const struct sift_row *row) WARN_UNUSED;
bool sift_end(struct sift *s) WARN_UNUSED;

/* Once the headings are known: the encoding they were readable in. */
bool sift_begun(const struct sift *s);
enum legacy sift_legacy(const struct sift *s);

struct problem *sift_problem(struct sift *s);
