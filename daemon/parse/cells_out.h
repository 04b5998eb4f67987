/* cells_out.h: what stands in a file, cell by cell, for whoever gives it back to the officer with its errors marked.
 *
 * Lines of COPY text; in a workbook for each sheet that is not hidden:
 *
 *	sheet <tab> NAME                                  or "list": the sheet that the list is in; each is followed by what stands in it
 *	width <tab> from <tab> to <tab> characters        columns from 1
 *	row <tab> number <tab> cell …                     a cell: t, n (a number) or d (a day), and its text; empty: nothing stands here
 *	merged <tab> A5:B6
 *
 * Old encodings are decoded, so that the file comes back readable. */
#pragma once

#include "daemon/parse/sift.h"

struct cells_out;

void cells_out_free(struct cells_out *o);
struct cells_out *cells_out_new(enum legacy legacy, sift_take *take, void *context) FREED_BY(cells_out_free);

void cells_out_sheet(struct cells_out *o, const char *name, bool is_list); /* before all that stands in it */

bool cells_out_row(struct cells_out *o, const struct sift_row *row) WARN_UNUSED; /* false: not taken */
void cells_out_width(struct cells_out *o, uint32_t from, uint32_t to, struct bytes width);
void cells_out_merged(struct cells_out *o, struct bytes range);
bool cells_out_end(struct cells_out *o) WARN_UNUSED;
