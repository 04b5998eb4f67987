#include "bankapi/keyindex.h"

#include <string.h>

/* FNV-1a. The keys in the table are ours, so a bank cannot make them collide. */
static size_t slot_of(const char *key, size_t n)
{
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)key[i]) * 1099511628211ULL;
	return (size_t)(h ^ h >> 32) & (KEYINDEX_SLOTS - 1);
}

void keyindex_init(struct keyindex *x, const void *first, size_t stride, size_t key_n, size_t n)
{
	bug_if(n > MESSAGE_ITEMS_MAX);
	*x = (struct keyindex){.first = first, .stride = stride, .key_n = key_n};
	for (size_t i = 0; i < n; i++) {
		size_t slot = slot_of(x->first + i * stride, key_n);

		while (x->slots[slot] != 0)
			slot = (slot + 1) & (KEYINDEX_SLOTS - 1);
		x->slots[slot] = (uint16_t)(i + 1);
	}
}

size_t keyindex_find(const struct keyindex *x, const char *key, const bool *skip)
{
	for (size_t slot = slot_of(key, x->key_n); x->slots[slot] != 0;
		slot = (slot + 1) & (KEYINDEX_SLOTS - 1)) {
		size_t i = x->slots[slot] - 1u;

		if ((skip == NULL || !skip[i]) && memcmp(x->first + i * x->stride, key, x->key_n) == 0)
			return i;
	}
	return KEYINDEX_NONE;
}
