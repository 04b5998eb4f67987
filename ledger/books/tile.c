#include "ledger/books/tile.h"

#include <stdlib.h>

struct tiles tiles_begin(struct arena *a, uint64_t size)
{
	return (struct tiles){.size = size, .arena = a};
}

/* How many hashes a level has. */
static uint64_t hashes(const struct tiles *t, unsigned level)
{
	return t->size >> 8 * level;
}

static void want(struct tiles *t, unsigned level, uint64_t n)
{
	uint64_t left = hashes(t, level) - n * TILE_WIDTH;

	if (t->n == t->room) {
		t->room = t->room > 0 ? 2 * t->room : 16;
		t->at = arena_regrow(t->arena, t->at, t->n, t->room, sizeof *t->at);
	}
	t->at[t->n++] = (struct tile){
		.level = level, .n = n, .width = left < TILE_WIDTH ? (size_t)left : TILE_WIDTH};
}

void tiles_want_edge(struct tiles *t)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		if (hashes(t, level) % TILE_WIDTH > 0)
			want(t, level, hashes(t, level) / TILE_WIDTH);
}

/* Where the leaf's own hash of a level is not complete, what is beside it is on the edge. */
void tiles_want_path(struct tiles *t, uint64_t leaf)
{
	for (unsigned level = 0; level < TILE_LEVELS && leaf >> 8 * level < hashes(t, level); level++)
		want(t, level, leaf >> (8 * level + 8));
}

static int in_order(const void *one, const void *two)
{
	const struct tile *a = one, *b = two;

	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return a->n < b->n ? -1 : a->n > b->n;
}

void tiles_sort(struct tiles *t)
{
	size_t kept = 0;

	if (t->n > 0)
		qsort(t->at, t->n, sizeof *t->at, in_order);
	for (size_t i = 0; i < t->n; i++)
		if (kept == 0 || in_order(&t->at[kept - 1], &t->at[i]) != 0)
			t->at[kept++] = t->at[i];
	t->n = kept;
}

const struct tile *tiles_find(const struct tiles *t, unsigned level, uint64_t n)
{
	struct tile asked = {.level = level, .n = n};

	return t->n == 0 ? NULL : bsearch(&asked, t->at, t->n, sizeof *t->at, in_order);
}

static struct hash node_at(void *tiles, unsigned level, uint64_t index)
{
	const struct tiles *t = tiles;
	size_t wide = (size_t)1 << level % 8;
	uint64_t first = index << level % 8;
	const struct tile *tile = tiles_find(t, level / 8, first / TILE_WIDTH);

	bug_if(tile == NULL || tile->at == NULL || first % TILE_WIDTH + wide > tile->width);
	return merkle_root(tile->at + first % TILE_WIDTH, wide);
}

void tiles_tree(const struct tiles *t, struct compact *out)
{
	struct tiles of = *t;

	*out = (struct compact){.n = t->size};
	for (unsigned level = 0; level < 8 * TILE_LEVELS; level++)
		if (t->size >> level & 1)
			out->h[level] = node_at(&of, level, (t->size >> level) - 1);
}

void tiles_inclusion(const struct tiles *t, uint64_t leaf, struct merkle_path *out)
{
	struct tiles of = *t;

	merkle_path_by(node_at, &of, t->size, leaf, out);
}

void tiles_consistency(const struct tiles *t, uint64_t old, struct merkle_path *out)
{
	struct tiles of = *t;

	merkle_consistency_by(node_at, &of, old, t->size, out);
}

void full_tiles_note(void *full, unsigned level, uint64_t index, const struct hash *node)
{
	struct full_tiles *f = full;

	if (level % 8 != 0)
		return;
	if (f->n == f->room) {
		f->room = f->room > 0 ? 2 * f->room : 64;
		f->levels = arena_regrow(f->arena, f->levels, f->n, f->room, sizeof *f->levels);
		f->ns = arena_regrow(f->arena, f->ns, f->n, f->room, sizeof *f->ns);
		f->roots = arena_regrow(f->arena, f->roots, f->n, f->room, sizeof *f->roots);
	}
	f->levels[f->n] = (int32_t)(level / 8 - 1);
	f->ns[f->n] = (int64_t)index;
	f->roots[f->n++] = *node;
}
