#include "ledger/books/slots.h"

#include <string.h>

struct slot {
	const char *text; /* NULL: free */
	uint64_t hash;
	size_t value;
};

struct slots {
	size_t mask;
	size_t used;
	struct slot *at;
};

struct slots *slots_new(struct arena *a, size_t n)
{
	struct slots *s = arena_alloc(a, sizeof(*s));
	size_t size = 16;

	while (size < n * 2)
		size *= 2;
	*s = (struct slots){.mask = size - 1, .at = arena_array(a, size, struct slot)};
	return s;
}

/* FNV-1a: short keys of our own making, never a stranger's. */
static uint64_t hash_of(const char *text)
{
	uint64_t h = 14695981039346656037U;

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211U;
	return h;
}

size_t slots_put(struct slots *s, const char *text, size_t value)
{
	uint64_t hash = hash_of(text);
	size_t i = (size_t)(hash ^ hash >> 32) & s->mask;

	while (s->at[i].text != NULL) {
		if (s->at[i].hash == hash && strcmp(s->at[i].text, text) == 0)
			return s->at[i].value;
		i = (i + 1) & s->mask;
	}
	bug_if(++s->used > s->mask);
	s->at[i] = (struct slot){.text = text, .hash = hash, .value = value};
	return value;
}
