#include "ledger/books/publish_claim_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct table_file {
	struct work *w;
	const char *path, *beside;
	FILE *to;
	int64_t last; /* leaf of the last row; -1: none */
};

static void table_file_drop(struct table_file *t)
{
	if (t->to == NULL)
		return;
	fclose(t->to);
	unlink(t->beside);
}

static enum result trouble(const struct table_file *t)
{
	why_set(&t->w->why, "file_trouble", "could not write %s: %s", t->path, strerror(errno));
	return REFUSED;
}

/* What is there already, but a row that is not whole. */
static enum result begin(struct table_file *t)
{
	char row[1024];
	FILE *old = fopen(t->path, "re");

	t->last = -1;
	t->to = fopen(t->beside, "we");
	while (t->to != NULL && old != NULL && fgets(row, sizeof row, old) != NULL &&
		strchr(row, '\n') != NULL) {
		fputs(row, t->to);
		t->last = strtoll(row, NULL, 10);
	}
	if (old != NULL)
		fclose(old);
	return t->to != NULL ? OK : trouble(t);
}

static enum result end(struct table_file *t)
{
	bool whole = fflush(t->to) == 0 && fsync(fileno(t->to)) == 0 && rename(t->beside, t->path) == 0;

	fclose(t->to);
	t->to = NULL;
	return whole ? OK : trouble(t);
}

static enum result grow(struct work *w, const char *directory, const char *name, enum query q, int64_t size)
{
	CLEANUP(table_file_drop) struct table_file t = {.w = w};
	struct rows r;
	enum result result;

	t.path = arena_printf(w->arena, "%s/rows/%s.csv", directory, name);
	t.beside = arena_printf(w->arena, "%s.tmp", t.path);
	result = begin(&t);
	if (result == OK)
		result = db_run(w, q, DB_ARGS(db_i64(t.last), db_i64(size)), &r);
	if (result != OK)
		return result;
	for (size_t i = 0; i < rows_n(&r); i++)
		fprintf(t.to, "%s\n", row_text(&r, i, rows_col(&r, "line")));
	return end(&t);
}

enum result publish_claims(struct work *w, const char *directory, int64_t size)
{
	enum result result = grow(w, directory, "dispatch", Q_PUBLISH_DISPATCHES, size);

	return result == OK ? grow(w, directory, "claim", Q_PUBLISH_ENDED_CLAIMS, size) : result;
}
