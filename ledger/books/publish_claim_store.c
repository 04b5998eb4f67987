#include "ledger/books/publish_claim_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/books/sheet.h"

/* What is there already, but a row that is not whole; *last is the leaf of the last one. */
static bool copy_old(const char *path, struct sheet *s, int64_t *last, struct why *why)
{
	char row[1024];
	FILE *old = fopen(path, "re");
	bool whole;

	*last = -1;
	if (old == NULL)
		return errno == ENOENT ||
		       why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	while (fgets(row, sizeof row, old) != NULL && strchr(row, '\n') != NULL) {
		fputs(row, s->to);
		*last = strtoll(row, NULL, 10);
	}
	whole = !ferror(old) || why_set(why, "file_trouble", "could not read %s: %s", path, strerror(errno));
	fclose(old);
	return whole;
}

static enum result grow(struct work *w, const char *directory, const char *name, enum query q, int64_t size)
{
	CLEANUP(sheet_drop) struct sheet s = {.to = NULL};
	const char *path = arena_printf(w->arena, "%s/rows/%s.csv", directory, name);
	struct rows r;
	int64_t last;
	enum result result;

	if (!sheet_begin(w->arena, path, &s, &w->why) || !copy_old(path, &s, &last, &w->why))
		return REFUSED;
	result = db_run(w, q, DB_ARGS(db_i64(last), db_i64(size)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++)
		fprintf(s.to, "%s\n", row_text(&r, i, rows_col(&r, "line")));
	return result == OK && !sheet_end(&s, &w->why) ? REFUSED : result;
}

enum result publish_claims(struct work *w, const char *directory, int64_t size)
{
	enum result result = grow(w, directory, "dispatch", Q_PUBLISH_DISPATCHES, size);

	return result == OK ? grow(w, directory, "claim", Q_PUBLISH_ENDED_CLAIMS, size) : result;
}
