/* tile_store.h: proofs and roots out of the tiles that the database keeps (books.tile, and where one is not full, what is below it).
 *
 * The sealer writes them with each head (seal_store.c). A proof reads at most two tiles a level, whatever the size of the tree is; that
 * is not above the newest head's. Inside the caller's transaction. REFUSED books_tile: the database lacks one. */
#ifndef LEDGER_BOOKS_TILE_STORE_H
#define LEDGER_BOOKS_TILE_STORE_H

#include "ledger/books/tile.h"
#include "ledger/db/db.h"

/* All that are wanted, in one query. */
enum result books_tiles_read(struct work *w, struct tiles *t) WARN_UNUSED;

/* That each of n leaves is in the tree of that size. */
enum result books_inclusion(
	struct work *w, uint64_t size, const uint64_t *leaves, size_t n, struct merkle_path *out) WARN_UNUSED;
/* That it continues the tree of the first `old` leaves; none is needed from 0 or from itself. */
enum result books_consistency(
	struct work *w, uint64_t old, uint64_t size, struct merkle_path *out) WARN_UNUSED;

#endif
