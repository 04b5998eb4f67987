/* tile_store.h: tiles out of the database (books.tile, and where one is not full, what is below it).
 *
 * Written by the sealer with each head (seal_store.c). A tree of n leaves is read in at most two tiles a level and proof, whatever n
 * is, as long as n is not above the newest head. */
#ifndef LEDGER_BOOKS_TILE_STORE_H
#define LEDGER_BOOKS_TILE_STORE_H

#include "ledger/books/tile.h"
#include "ledger/db/db.h"

/* All that are wanted, in one query. REFUSED books_tile: the database lacks one. */
enum result books_tiles_read(struct work *w, struct tiles *t) WARN_UNUSED;

#endif
