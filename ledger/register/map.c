#include "ledger/register/map.h"

#include <string.h>

/* FNV-1a with a final mix: keys come from our own tables and from keyed hashes, or from lists of bounded size. */
static uint64_t hash_of(struct bytes key)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < key.n; i++)
		h = (h ^ key.at[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

void map_begin(struct map *m, struct arena *a)
{
	*m = (struct map){.arena = a};
}

/* Where the key is, or where it would go. */
static struct map_slot *slot_of(const struct map *m, struct bytes key, uint64_t hash)
{
	for (size_t i = (size_t)hash & (m->size - 1);; i = (i + 1) & (m->size - 1)) {
		struct map_slot *s = &m->at[i];
		if (!s->key.at || (s->hash == hash && bytes_eq(s->key, key)))
			return s;
	}
}

static void grow(struct map *m)
{
	struct map_slot *old = m->at;
	size_t n_old = m->size;
	m->size = n_old ? 2 * n_old : 64;
	m->at = arena_array(m->arena, m->size, struct map_slot);
	memset(m->at, 0, m->size * sizeof *m->at);
	for (size_t i = 0; i < n_old; i++)
		if (old[i].key.at)
			*slot_of(m, old[i].key, old[i].hash) = old[i];
}

size_t *map_get(const struct map *m, struct bytes key)
{
	if (m->n == 0)
		return NULL;
	struct map_slot *s = slot_of(m, key, hash_of(key));
	return s->key.at ? &s->value : NULL;
}

size_t *map_put(struct map *m, struct bytes key, size_t value, bool *is_new)
{
	uint64_t hash = hash_of(key);
	if (2 * (m->n + 1) > m->size)
		grow(m);
	struct map_slot *s = slot_of(m, key, hash);
	*is_new = !s->key.at;
	if (*is_new) {
		uint8_t *copy = arena_alloc(m->arena, key.n + 1);
		memcpy(copy, key.at, key.n);
		*s = (struct map_slot){.key = bytes_of(copy, key.n), .value = value, .hash = hash};
		m->n++;
	}
	return &s->value;
}
