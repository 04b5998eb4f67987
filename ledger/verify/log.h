/* log.h: the published tree as files (C2SP tlog-tiles), read from a directory.
 *
 *	DIR/checkpoint				the signed note
 *	DIR/tile/<level>/<index>[.p/<width>]	up to 256 hashes of tree level 8 * level
 *	DIR/tile/entries/<index>[.p/<width>]	up to 256 leaves, each after its length in two bytes, big endian */
#ifndef LEDGER_VERIFY_LOG_H
#define LEDGER_VERIFY_LOG_H

#include "ledger/verify/file.h"
#include "ledger/verify/finding.h"
#include "ledger/verify/tree.h"

/* Every leaf of a tree of this size in order; false from `each` ends it. False: a file is missing or malformed, which is a finding. */
typedef bool log_leaf(void *with, uint64_t index, struct text leaf);
bool log_walk(const char *dir, uint64_t size, log_leaf *each, void *with, struct findings *f);

/* One leaf; `in` keeps its bytes (file_free it). False: it is not there. */
bool log_leaf_at(const char *dir, uint64_t size, uint64_t index, struct held *in, struct text *leaf);

/* Adds the first n leaves of a bundle of 256. False: they are not there. */
bool log_leaves(const char *dir, uint64_t size, uint64_t bundle, size_t n, struct range *to);

/* Compares the published hashes with those that the leaves give: hand `tiles_whole` to range_add, then tiles_end. */
struct tiles {
	const char *dir;
	struct findings *findings;
	struct tile {
		uint64_t index;
		size_t n;
		uint8_t hashes[256 * 32];
	} levels[8];
};
void tiles_whole(void *tiles, unsigned level, uint64_t index, const struct digest *root);
void tiles_end(struct tiles *t);

#endif
