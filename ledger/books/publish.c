#include "ledger/books/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "ledger/base/arena.h"
#include "ledger/base/file.h"
#include "ledger/base/merkle.h"

#define ENTRIES     "entries"
#define ENTRIES_MAX (TILE_WIDTH * (65535 + 2))
#define MODE        0644

struct publisher {
	int lock;            /* on the directory */
	struct arena *arena; /* of one file */
	const char *directory;
	struct compact tree;
	uint64_t before; /* size that was published already; 0: none */
	struct hash before_root;
	struct buf entries; /* of the bundle that is not full yet */
	bool failed;        /* while tiles became full, and why */
	struct why why;
	struct {
		uint64_t index; /* of the tile that is not full yet */
		size_t n;
		struct hash at[TILE_WIDTH];
	} levels[TILE_LEVELS];
};

void publisher_drop(struct publisher **p)
{
	if (*p == NULL)
		return;
	close((*p)->lock);
	arena_free((*p)->arena);
	buf_free(&(*p)->entries);
	free(*p);
}

/* Two at once would cut off each other's rows. -1 with why; a file system that has no locks is the operator's choice. */
static int lock(const char *directory, struct why *why)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		why_set(why, "file_trouble", "could not open %s: %s", directory, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		why_set(why, "publish_busy", "somebody is publishing into %s", directory);
		close(fd);
		fd = -1;
	}
	return fd;
}

struct publisher *publisher_open(const char *directory, struct why *why)
{
	struct publisher *p;
	int fd;

	if (!make_directory_durable(directory, 0700, why))
		return NULL;
	fd = lock(directory, why);
	if (fd < 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		bug("out of memory");
	p->lock = fd;
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

bool publish_refused(const struct publisher *p, const char *name, struct why *why)
{
	return why_set(why, "publish_differs",
		"%s/%s says something else than the books do: history was rewritten or is shorter now, or the directory is "
		"another log's",
		p->directory, name);
}

/* What is published by now begins as what was there. */
static bool goes_on(const struct publisher *p, struct why *why)
{
	struct hash root;

	if (p->before == 0 || p->tree.n != p->before)
		return true;
	root = compact_root(&p->tree);
	return hash_eq(&root, &p->before_root) || publish_refused(p, "checkpoint", why);
}

bool publish_behind(struct publisher *p, const struct tiles *edge, struct why *why)
{
	bug_if(edge->size % TILE_WIDTH != 0);
	tiles_tree(edge, &p->tree);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint64_t hashes = edge->size >> 8 * level;
		const struct tile *tile = tiles_find(edge, level, hashes / TILE_WIDTH);

		p->levels[level].index = hashes / TILE_WIDTH;
		p->levels[level].n = (size_t)(hashes % TILE_WIDTH);
		if (tile != NULL)
			memcpy(p->levels[level].at, tile->at, tile->width * sizeof(struct hash));
	}
	return goes_on(p, why);
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
		return bytes_eq(there, bytes) || publish_refused(p, name, why);
	if (why_is(why, "file_missing"))
		return publish_file(p, name, bytes, why);
	return why_is(why, "file_too_large") && publish_refused(p, name, why);
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

/* The next hash of a level. */
static void take(struct publisher *p, unsigned level, const struct hash *hash)
{
	p->levels[level].at[p->levels[level].n++] = *hash;
	if (p->levels[level].n < TILE_WIDTH)
		return;
	if (!p->failed)
		p->failed = !publish_level(p, level, &p->why);
	p->levels[level].n = 0;
	p->levels[level].index++;
}

static void take_node(void *publisher, unsigned level, uint64_t index, const struct hash *node)
{
	(void)index;
	if (level % 8 == 0)
		take(publisher, level / 8, node);
}

static bool publish_entries(struct publisher *p, uint64_t index, size_t width, struct why *why)
{
	bool put = publish_tile(p, ENTRIES, index, width, buf_bytes(&p->entries), why);

	buf_reset(&p->entries);
	return put;
}

bool publish_leaf(struct publisher *p, struct bytes leaf, const struct hash *hash, struct why *why)
{
	take(p, 0, hash);
	compact_append_by(&p->tree, hash, take_node, p);
	if (p->failed) {
		*why = p->why;
		return false;
	}
	if (!goes_on(p, why))
		return false;
	buf_u16be(&p->entries, (uint16_t)leaf.n);
	buf_add_bytes(&p->entries, leaf);
	return p->tree.n % TILE_WIDTH != 0 || publish_entries(p, p->tree.n / TILE_WIDTH - 1, TILE_WIDTH, why);
}

bool publish_tiles(struct publisher *p, struct why *why)
{
	uint64_t n = p->tree.n;

	if (n < p->before)
		return publish_refused(p, "checkpoint", why);
	if (p->entries.n > 0 && !publish_entries(p, n / TILE_WIDTH, (size_t)(n % TILE_WIDTH), why))
		return false;
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		if (p->levels[level].n > 0 && !publish_level(p, level, why))
			return false;
	return true;
}

/* Every width of it. Whoever is kept from it by trouble leaves files that harm nobody. */
static void forget(const struct publisher *p, const char *what, uint64_t index)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *name = arena_printf(a, "%s/%s.p", p->directory, tile_name(a, what, index, TILE_WIDTH));
	DIR *d = opendir(name);

	if (d == NULL)
		return;
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	(void)rmdir(name);
}

void publish_forget(struct publisher *p)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint64_t index = p->before >> (8 * level + 8);
		char what[4];

		if (index == p->tree.n >> (8 * level + 8))
			continue;
		(void)snprintf(what, sizeof(what), "%u", level);
		forget(p, what, index);
		if (level == 0)
			forget(p, ENTRIES, index);
	}
}
