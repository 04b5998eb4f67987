/* keyindex.h: finds which of the items that we sent an item of the answer is about.
 *
 * A small hash table over keys of one fixed size (zero padded) that lie in an array of structs. Replies are matched by
 * id, never by position: banks shuffle. Keys may repeat; then each is found as often as it is there. */
#ifndef BANKAPI_KEYINDEX_H
#define BANKAPI_KEYINDEX_H

#include "bankapi/driver.h"

#define KEYINDEX_NONE  SIZE_MAX
#define KEYINDEX_SLOTS 1024 /* a power of two, at least twice MESSAGE_ITEMS_MAX */

struct keyindex {
	const char *first; /* the first element's key */
	size_t stride;     /* bytes from key to key */
	size_t key_n;
	uint16_t slots[KEYINDEX_SLOTS]; /* element + 1; 0 = empty */
};

/* n ≤ MESSAGE_ITEMS_MAX, or bug(). The keys are borrowed. */
void keyindex_init(struct keyindex *x, const void *first, size_t stride, size_t key_n, size_t n);

/* The first element with this key that is not in skip (NULL, or a flag per element), or KEYINDEX_NONE. */
size_t keyindex_find(const struct keyindex *x, const char *key, const bool *skip);

#endif
