#include "ledger/books/tile_store.h"

#include <inttypes.h>

static enum result lacking(struct work *w, const struct tile *tile)
{
	why_set(&w->why, "books_tile", "tile %" PRIu64 " of level %u is not whole; see chitra ledger check",
		tile->n, tile->level);
	return REFUSED;
}

enum result books_tiles_read(struct work *w, struct tiles *t)
{
	struct rows r;
	int32_t *levels, *widths;
	int64_t *ns;
	enum result result;

	tiles_sort(t);
	levels = arena_array(w->arena, t->n, int32_t);
	widths = arena_array(w->arena, t->n, int32_t);
	ns = arena_array(w->arena, t->n, int64_t);
	for (size_t i = 0; i < t->n; i++) {
		levels[i] = (int32_t)t->at[i].level;
		ns[i] = (int64_t)t->at[i].n;
		widths[i] = (int32_t)t->at[i].width;
	}
	result = db_run(w, Q_BOOKS_TILES,
		DB_ARGS(db_i32s(levels, t->n), db_i64s(ns, t->n), db_i32s(widths, t->n)), &r);
	if (result != OK)
		return result;
	for (size_t i = 0; i < t->n; i++) {
		int hashes = rows_col(&r, "hashes");
		struct bytes b = row_null(&r, i, hashes) ? bytes_of("", 0) : row_bytes(&r, i, hashes);

		if (b.n != t->at[i].width * sizeof(struct hash))
			return lacking(w, &t->at[i]);
		t->at[i].at = arena_copy(w->arena, b.at, b.n);
	}
	return OK;
}
