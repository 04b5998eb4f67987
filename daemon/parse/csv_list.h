/* csv_list.h: one CSV list, from hostile bytes to lines of COPY text (ledger/register/list.h).
 *
 * Fed piece by piece; memory does not grow with the file. Finds encoding and delimiter by itself; what the rows mean is sift.h's. */
#pragma once

#include "daemon/parse/sift.h"

struct csv_list;

void csv_list_free(struct csv_list *l);
struct csv_list *csv_list_new(const struct asked *asked, sift_take *take, void *context)
	FREED_BY(csv_list_free);

/* The next piece of the file, and its end. False: the run is over; csv_list_problem says why, or the lines could not be taken
 * (then its code is NULL). */
bool csv_list_feed(struct csv_list *l, struct bytes piece) WARN_UNUSED;
bool csv_list_end(struct csv_list *l) WARN_UNUSED;

const struct problem *csv_list_problem(const struct csv_list *l);
