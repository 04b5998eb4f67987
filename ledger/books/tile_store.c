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

enum result books_inclusion(
	struct work *w, uint64_t size, const uint64_t *leaves, size_t n, struct merkle_path *out)
{
	struct tiles t = tiles_begin(w->arena, size);
	enum result result;

	tiles_want_edge(&t);
	for (size_t i = 0; i < n; i++)
		tiles_want_path(&t, leaves[i]);
	result = books_tiles_read(w, &t);
	for (size_t i = 0; result == OK && i < n; i++)
		tiles_inclusion(&t, leaves[i], &out[i]);
	return result;
}

enum result books_consistency(struct work *w, uint64_t old, uint64_t size, struct merkle_path *out)
{
	struct tiles t = tiles_begin(w->arena, size);
	enum result result;

	out->n = 0;
	if (old == 0 || old == size)
		return OK;
	tiles_want_edge(&t);
	tiles_want_path(&t, old - 1);
	result = books_tiles_read(w, &t);
	if (result == OK)
		tiles_consistency(&t, old, out);
	return result;
}
