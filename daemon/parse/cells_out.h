/* cells_out.h: what stands in a file, cell by cell, for whoever gives it back to the officer with its errors marked.
 *
 * Lines of COPY text, in this order for a text file, and with merged cells at the end:
 *
 *	sheet <tab> NAME
 *	width <tab> from <tab> to <tab> characters        columns from 1
 *	row <tab> number <tab> cell …                     a cell: t, n (a number) or d (a day), and its text; empty: nothing stands here
 *	merged <tab> A5:B6
 *
 * Old encodings are decoded, so that the file comes back readable. */
#pragma once

#include "daemon/parse/sift.h"

struct cells_out;

void cells_out_free(struct cells_out *o);
struct cells_out *cells_out_new(enum legacy legacy, const char *sheet, sift_take *take, void *context)
	FREED_BY(cells_out_free);

bool cells_out_row(struct cells_out *o, const struct sift_row *row) WARN_UNUSED; /* false: not taken */
void cells_out_width(struct cells_out *o, uint32_t from, uint32_t to, struct bytes width);
void cells_out_merged(struct cells_out *o, struct bytes range);
bool cells_out_end(struct cells_out *o) WARN_UNUSED;
