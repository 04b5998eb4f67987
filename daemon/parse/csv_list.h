/* csv_list.h: one CSV list, from hostile bytes to lines of COPY text (ledger/register/list.h).
 *
 * Fed piece by piece; memory does not grow with the file. Finds delimiter and headings by itself, drops title rows, blank rows
 * and what stands below the totals row. Opens nothing and writes nothing itself: lines go to the caller's function. When it ends
 * with a problem, the lines that it gave out before are worth nothing. */
#pragma once

#include "ledger/register/list.h"
#include "daemon/parse/problem.h"

struct csv_list;

/* Takes the next lines; false when they could not be written, which ends the run. */
typedef bool csv_list_take(void *context, struct bytes lines);

void csv_list_free(struct csv_list *l);
struct csv_list *csv_list_new(enum list_kind kind, csv_list_take *take, void *context)
	FREED_BY(csv_list_free);

/* The next piece of the file, and its end. False: the run is over; csv_list_problem says why, or the lines could not be taken
 * (then its code is NULL). */
bool csv_list_feed(struct csv_list *l, struct bytes piece) WARN_UNUSED;
bool csv_list_end(struct csv_list *l) WARN_UNUSED;

const struct problem *csv_list_problem(const struct csv_list *l);
