/* publish.h: the tree as files that anybody can check (C2SP tlog-tiles).
 *
 *	DIR/tile/<level>/<index>[.p/<width>]	up to 256 hashes of tree level 8 * level
 *	DIR/tile/entries/<index>[.p/<width>]	up to 256 leaves, each after its length in two bytes, big endian
 *
 * A file that is there already never changes: other bytes under its name mean that history was rewritten, and nothing is published
 * over it. What is not full goes when what is full is there, and no checkpoint that was published last needs it. Knows no database
 * (publish_store.h) and signs nothing. */
#ifndef LEDGER_BOOKS_PUBLISH_H
#define LEDGER_BOOKS_PUBLISH_H

#include "ledger/base/why.h"
#include "ledger/books/tile.h"

struct publisher;

void publisher_drop(struct publisher **p); /* for CLEANUP */
/* The directory is made when it is not there, for its owner alone: what is in it may be read by whoever may enter it, and that is the
 * operator's choice. NULL with why: publish_busy (somebody else is publishing there), file_trouble. */
struct publisher *publisher_open(const char *directory, struct why *why) WARN_UNUSED;

/* What was published there before: history must go on from it. Before the first leaf. */
void publish_after(struct publisher *p, uint64_t size, const struct hash *root);

/* Not from leaf 0 on, but behind a tree of whole bundles, whose edge was read (tile_store.h) and whose files are there. Before the first
 * leaf. False with why publish_differs. */
bool publish_behind(struct publisher *p, const struct tiles *edge, struct why *why) WARN_UNUSED;

/* The next leaf, from leaf 0 on, or from where it goes on. False with why: publish_differs (another history is published there), file_trouble. */
bool publish_leaf(
	struct publisher *p, struct bytes leaf, const struct hash *hash, struct why *why) WARN_UNUSED;
/* False, and why: publish_differs. */
bool publish_refused(const struct publisher *p, const char *name, struct why *why);
/* The tiles that are not full. False with why as above; publish_differs also when less is published than before. */
bool publish_tiles(struct publisher *p, struct why *why) WARN_UNUSED;
/* Once another checkpoint is there: what was not full in the one before it, and is. */
void publish_forget(struct publisher *p);

/* Beside the tiles: a file that never changes. False with why as above. */
bool publish_fixed(struct publisher *p, const char *name, struct bytes bytes, struct why *why) WARN_UNUSED;
/* And one that may change, whole or not at all. */
bool publish_file(struct publisher *p, const char *name, struct bytes bytes, struct why *why) WARN_UNUSED;

#endif
