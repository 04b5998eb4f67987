/* tile.h: the tree as tiles of 256 hashes (C2SP tlog-tiles), so that a proof reads a handful of them and not every leaf.
 *
 * Tile n of level l holds hashes 256·n … 256·n + 255 of tree level 8·l. Knows which tiles of a tree of some size a proof needs, and
 * what each node is once they are read. tile_store.h reads them. */
#ifndef LEDGER_BOOKS_TILE_H
#define LEDGER_BOOKS_TILE_H

#include "ledger/base/arena.h"
#include "ledger/base/merkle.h"

#define TILE_LEVELS 7 /* 2^56 leaves */
#define TILE_WIDTH  256

struct tile {
	unsigned level;
	uint64_t n;
	const struct hash *at; /* NULL: not read yet */
	size_t width;          /* so many of them, in a tree of this size */
};

/* Of a tree of so many leaves; sorted, each once, when they are read. */
struct tiles {
	uint64_t size;
	size_t n, room;
	struct tile *at;
	struct arena *arena;
};

struct tiles tiles_begin(struct arena *a, uint64_t size);
/* Those of the tree's right edge, of which its root is made; and those beside the way from a leaf to the root. */
void tiles_want_edge(struct tiles *t);
void tiles_want_path(struct tiles *t, uint64_t leaf);
void tiles_sort(struct tiles *t);
/* One that was wanted and read; NULL: there is none. */
const struct tile *tiles_find(const struct tiles *t, unsigned level, uint64_t n);

/* With the edge: the tree. With the edge and the paths: proofs that leaves are in it, and that it continues a tree whose last leaf is
 * one of those. */
void tiles_tree(const struct tiles *t, struct compact *out);
void tiles_inclusion(const struct tiles *t, uint64_t leaf, struct merkle_path *out);
void tiles_consistency(const struct tiles *t, uint64_t old, struct merkle_path *out);

/* Tiles that became full, in the order in which they did: for compact_append_by. */
struct full_tiles {
	size_t n, room;
	int32_t *levels;
	int64_t *ns;
	struct hash *roots;
	struct arena *arena;
};
merkle_each_node full_tiles_note;

#endif
