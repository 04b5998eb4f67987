#include "ledger/books/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/arena.h"
#include "ledger/base/file.h"
#include "ledger/base/merkle.h"

#define LEVELS      8
#define ENTRIES_MAX (TILE_WIDTH * (65535 + 2))
#define MODE        0644

struct publisher {
	struct arena *arena; /* of one file */
	const char *directory;
	uint64_t n;
	struct compact tree;
	uint64_t before; /* size that was published already; 0: none */
	struct hash before_root;
	struct buf entries; /* of the bundle that is not full yet */
	struct {
		uint64_t index; /* of the tile that is not full yet */
		size_t n;
		struct hash at[TILE_WIDTH];
	} levels[LEVELS];
};

void publisher_drop(struct publisher **p)
{
	if (*p == NULL)
		return;
	arena_free((*p)->arena);
	buf_free(&(*p)->entries);
	free(*p);
}

struct publisher *publisher_open(const char *directory, struct why *why)
{
	struct publisher *p;

	if (!make_directory_durable(directory, 0755, why))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		bug("out of memory");
	p->arena = arena_new();
	p->directory = directory;
	buf_init(&p->entries, ENTRIES_MAX);
	return p;
}

void publish_after(struct publisher *p, uint64_t size, const struct hash *root)
{
	p->before = size;
	p->before_root = *root;
}

static bool differs(const struct publisher *p, const char *name, struct why *why)
{
	return why_set(why, "publish_differs",
		"%s/%s says something else than the books do: history was rewritten or is shorter now, or the directory is "
		"another log's",
		p->directory, name);
}

/* The directories of the file, below ours. */
static bool make_way(struct publisher *p, const char *name, struct why *why)
{
	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
		if (!make_directory_durable(
			    arena_printf(p->arena, "%s/%.*s", p->directory, (int)(slash - name), name), 0755,
			    why))
			return false;
	return true;
}

bool publish_file(struct publisher *p, const char *name, struct bytes bytes, struct why *why)
{
	return make_way(p, name, why) &&
	       write_file_durable(arena_printf(p->arena, "%s/%s", p->directory, name), bytes, MODE, why);
}

/* 1234067 is x001/x234/067; what is not full has .p/<width> behind it. */
static const char *tile_name(struct arena *a, const char *what, uint64_t index, size_t width)
{
	const char *name = arena_printf(a, "%03" PRIu64, index % 1000);

	for (index /= 1000; index > 0; index /= 1000)
		name = arena_printf(a, "x%03" PRIu64 "/%s", index % 1000, name);
	if (width < TILE_WIDTH)
		name = arena_printf(a, "%s.p/%zu", name, width);
	return arena_printf(a, "tile/%s/%s", what, name);
}

/* What is published stays: the same bytes are there already, or none. */
bool publish_fixed(struct publisher *p, const char *name, struct bytes bytes, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes there;

	if (read_file(a, arena_printf(a, "%s/%s", p->directory, name), bytes.n, &there, why))
		return bytes_eq(there, bytes) || differs(p, name, why);
	if (why_is(why, "file_missing"))
		return publish_file(p, name, bytes, why);
	return why_is(why, "file_too_large") && differs(p, name, why);
}

static bool publish_tile(struct publisher *p, const char *what, uint64_t index, size_t width,
	struct bytes bytes, struct why *why)
{
	arena_reset(p->arena);
	return publish_fixed(p, tile_name(p->arena, what, index, width), bytes, why);
}

static bool publish_level(struct publisher *p, unsigned level, struct why *why)
{
	char what[4];

	(void)snprintf(what, sizeof(what), "%u", level);
	return publish_tile(p, what, p->levels[level].index, p->levels[level].n,
		bytes_of(p->levels[level].at, p->levels[level].n * sizeof(struct hash)), why);
}

bool publish_leaf(struct publisher *p, struct bytes leaf, const struct hash *hash, struct why *why)
{
	struct hash up = *hash, root;

	compact_append(&p->tree, hash);
	if (p->tree.n == p->before) {
		root = compact_root(&p->tree);
		if (!hash_eq(&root, &p->before_root))
			return differs(p, "checkpoint", why);
	}
	buf_u16be(&p->entries, (uint16_t)leaf.n);
	buf_add_bytes(&p->entries, leaf);
	if (++p->n % TILE_WIDTH == 0) {
		if (!publish_tile(
			    p, "entries", p->n / TILE_WIDTH - 1, TILE_WIDTH, buf_bytes(&p->entries), why))
			return false;
		buf_reset(&p->entries);
	}
	for (unsigned level = 0; level < LEVELS; level++) {
		p->levels[level].at[p->levels[level].n++] = up;
		if (p->levels[level].n < TILE_WIDTH)
			return true;
		if (!publish_level(p, level, why))
			return false;
		up = merkle_root(p->levels[level].at, TILE_WIDTH);
		p->levels[level].n = 0;
		p->levels[level].index++;
	}
	return true;
}

bool publish_tiles(struct publisher *p, struct why *why)
{
	if (p->n < p->before)
		return differs(p, "checkpoint", why);
	if (p->entries.n > 0 && !publish_tile(p, "entries", p->n / TILE_WIDTH, (size_t)(p->n % TILE_WIDTH),
					buf_bytes(&p->entries), why))
		return false;
	for (unsigned level = 0; level < LEVELS; level++)
		if (p->levels[level].n > 0 && !publish_level(p, level, why))
			return false;
	return true;
}
