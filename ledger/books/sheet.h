/* sheet.h: a table as a text file whose rows begin with a number that never falls, and which grows at its end.
 *
 * Whoever publishes it says elsewhere, and last, how far it counts (publish_store.h): what follows is of a run that is under way, or was
 * cut, and is cut off by the next one. Knows no table's columns. */
#ifndef LEDGER_BOOKS_SHEET_H
#define LEDGER_BOOKS_SHEET_H

#include <stdio.h>

#include "ledger/base/arena.h"
#include "ledger/base/why.h"

struct sheet {
	FILE *to;
	const char *path;
	const char *beside; /* NULL: it is written in its place */
};

void sheet_drop(struct sheet *s); /* for CLEANUP; one that was not ended and is written anew is gone */

/* Anew, beside its name until it is ended. False with why file_trouble. */
bool sheet_begin(struct arena *a, const char *path, struct sheet *s, struct why *why) WARN_UNUSED;
/* Behind the last row whose number is below `next`, which must begin with `last` (empty: there is none). *fits is false where that is
 * not so: then it must be written anew. False with why file_trouble. */
bool sheet_go_on(const char *path, int64_t next, const char *last, struct sheet *s, bool *fits,
	struct why *why) WARN_UNUSED;
/* Durable when it returns. False with why file_trouble. */
bool sheet_end(struct sheet *s, struct why *why) WARN_UNUSED;

#endif
