#include "ledger/verify/log.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH       256
#define ENTRIES_MAX (WIDTH * (65535 + 2))

/* 1234067 is x001/x234/067; a tile that is not full has .p/<width> behind it. */
static void tile_path(char to[PATH_MAX], const char *dir, const char *what, uint64_t index, size_t width)
{
	int n = snprintf(to, PATH_MAX, "%s/tile/%s/", dir, what);
	uint64_t above = 1000;

	while (index / above > 0 && above <= UINT64_MAX / 1000)
		above *= 1000;
	for (above /= 1000; above > 1 && n < PATH_MAX; above /= 1000)
		n += snprintf(to + n, PATH_MAX - (size_t)n, "x%03" PRIu64 "/", index / above % 1000);
	if (n < PATH_MAX)
		n += snprintf(to + n, PATH_MAX - (size_t)n, "%03" PRIu64, index % 1000);
	if (width < WIDTH && n < PATH_MAX)
		(void)snprintf(to + n, PATH_MAX - (size_t)n, ".p/%zu", width);
}

static struct held entries_read(const char *dir, uint64_t size, uint64_t index, size_t *width)
{
	char path[PATH_MAX];

	*width = size / WIDTH > index ? WIDTH : (size_t)(size % WIDTH);
	tile_path(path, dir, "entries", index, *width);
	return file_read(path, ENTRIES_MAX);
}

/* The next leaf of a bundle. */
static bool entry_take(struct text *rest, struct text *leaf)
{
	size_t n;

	if (rest->n < 2)
		return false;
	n = (size_t)(uint8_t)rest->at[0] << 8 | (uint8_t)rest->at[1];
	if (rest->n - 2 < n)
		return false;
	*leaf = (struct text){.at = rest->at + 2, .n = n};
	rest->at += 2 + n;
	rest->n -= 2 + n;
	return true;
}

bool log_walk(const char *dir, uint64_t size, log_leaf *each, void *with, struct findings *f)
{
	for (uint64_t i = 0; i * WIDTH < size; i++) {
		size_t width;
		struct held h = entries_read(dir, size, i, &width);
		struct text rest = {.at = h.at, .n = h.n}, leaf;
		bool on = true;

		if (h.at == NULL) {
			finding(f, "leaves_missing", (int64_t)(i * WIDTH),
				"the file of leaves from here on cannot be read: %s", strerror(errno));
			return false;
		}
		for (size_t k = 0; on && k < width; k++) {
			if (!entry_take(&rest, &leaf)) {
				finding(f, "leaves_missing", (int64_t)(i * WIDTH + k),
					"the file of leaves is cut before it");
				file_free(&h);
				return false;
			}
			on = each(with, i * WIDTH + k, leaf);
		}
		if (on && rest.n > 0)
			finding(f, "leaves_more", (int64_t)(i * WIDTH + width),
				"the file of leaves goes on after the last one");
		file_free(&h);
		if (!on)
			return false;
	}
	return true;
}

bool log_leaf_at(const char *dir, uint64_t size, uint64_t index, struct held *in, struct text *leaf)
{
	size_t width;
	struct text rest;

	if (index >= size)
		return false;
	*in = entries_read(dir, size, index / WIDTH, &width);
	rest = (struct text){.at = in->at, .n = in->n};
	for (uint64_t k = 0; k <= index % WIDTH; k++)
		if (!entry_take(&rest, leaf))
			return false;
	return true;
}

bool log_leaves(const char *dir, uint64_t size, uint64_t bundle, size_t n, struct range *to)
{
	size_t width;
	struct held in = entries_read(dir, size, bundle, &width);
	struct text rest = {.at = in.at, .n = in.n}, leaf;
	bool there = true;

	for (size_t i = 0; there && i < n; i++) {
		struct digest hash;

		there = entry_take(&rest, &leaf);
		if (!there)
			break;
		hash = tree_leaf(leaf);
		range_add(to, &hash, NULL, NULL);
	}
	file_free(&in);
	return there;
}

static void tile_compare(struct tiles *t, unsigned level, const struct tile *tile)
{
	char path[PATH_MAX], name[12];
	struct held h;

	(void)snprintf(name, sizeof name, "%u", level);
	tile_path(path, t->dir, name, tile->index, tile->n);
	h = file_read(path, sizeof tile->hashes);
	if (h.at == NULL)
		finding(t->findings, "tile_missing", NO_LEAF, "%s cannot be read: %s", path, strerror(errno));
	else if (h.n != tile->n * 32 || memcmp(h.at, tile->hashes, h.n) != 0)
		finding(t->findings, "tile_wrong", NO_LEAF, "%s holds other hashes than the leaves give",
			path);
	file_free(&h);
}

void tiles_whole(void *tiles, unsigned level, uint64_t index, const struct digest *root)
{
	struct tiles *t = tiles;
	struct tile *tile;

	if (level % 8 != 0)
		return;
	tile = &t->levels[level / 8];
	tile->index = index / WIDTH;
	memcpy(tile->hashes + tile->n++ * 32, root->at, 32);
	if (tile->n < WIDTH)
		return;
	tile_compare(t, level / 8, tile);
	tile->n = 0;
}

void tiles_end(struct tiles *t)
{
	for (unsigned level = 0; level < 8; level++)
		if (t->levels[level].n > 0)
			tile_compare(t, level, &t->levels[level]);
}
