/* map.h: from a run of bytes to a number, for look-ups while a list is read. Grows in an arena; nothing is ever removed.
 * Keys are copied. */
#ifndef LEDGER_REGISTER_MAP_H
#define LEDGER_REGISTER_MAP_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"

struct map_slot {
	struct bytes key;
	size_t value;
	uint64_t hash;
};

struct map {
	struct arena *arena;
	struct map_slot *at;
	size_t n, size; /* size is a power of two, or 0 */
};

void map_begin(struct map *m, struct arena *a);

/* The value of the key, or NULL. Valid until the next map_put. */
size_t *map_get(const struct map *m, struct bytes key);

/* Puts it unless it is there; returns the place of the value that counts, and whether it is new. */
size_t *map_put(struct map *m, struct bytes key, size_t value, bool *is_new);

#endif
