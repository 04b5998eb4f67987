#include "ledger/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/sanitizer.h"

/* Under AddressSanitizer every piece is a block of its own, so that a write past its end is seen. */
#define EACH_ALONE UNDER_ASAN

#define FIRST_BLOCK  ((size_t)16 << 10)
#define LARGEST_STEP ((size_t)1 << 20)
#define ALIGNMENT    ((size_t)16)

struct block {
	struct block *next;
	size_t size; /* of what follows the header */
	_Alignas(16) uint8_t at[];
};

struct arena {
	struct block *newest; /* the one that is being filled; older ones follow */
	size_t filled;        /* of the newest */
	size_t used;          /* of all */
};

static struct block *block_new(size_t size)
{
	struct block *b;

	bug_if(size > SIZE_MAX - sizeof(*b));
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		bug("out of memory for %zu bytes", size);
	b->next = NULL;
	b->size = size;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		bug("out of memory for an arena");
	return a;
}

static void free_blocks(struct block *b)
{
	while (b != NULL) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a->newest);
	free(a);
}

void arena_drop(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	if (EACH_ALONE) {
		free_blocks(a->newest);
		a->newest = NULL;
	} else if (a->newest != NULL) {
		free_blocks(a->newest->next);
		a->newest->next = NULL;
		if (a->newest->size > LARGEST_STEP) { /* one giant must not stay for ever */
			free(a->newest);
			a->newest = NULL;
		}
	}
	a->filled = 0;
	a->used = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

/* A piece too large for the common step gets a block of its own behind the newest, so that the rest of the newest is not lost. */
static void *alone(struct arena *a, size_t size)
{
	struct block *b = block_new(size);

	if (a->newest == NULL) {
		a->newest = b;
		a->filled = size;
	} else {
		b->next = a->newest->next;
		a->newest->next = b;
	}
	return b->at;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t rounded;
	void *at;

	bug_if(size > SIZE_MAX - ALIGNMENT);
	rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	a->used += rounded;
	if (EACH_ALONE)
		return alone(a, size);
	if (a->newest == NULL || a->newest->size - a->filled < rounded) {
		size_t step = a->newest == NULL ? FIRST_BLOCK : a->newest->size * 2;
		struct block *b;

		if (step > LARGEST_STEP)
			step = LARGEST_STEP;
		if (rounded > step / 4)
			return alone(a, rounded);
		b = block_new(step);
		b->next = a->newest;
		a->newest = b;
		a->filled = 0;
	}
	at = a->newest->at + a->filled;
	a->filled += rounded;
	return at;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_copy(struct arena *a, const void *from, size_t size)
{
	void *at = arena_alloc(a, size);

	if (size > 0)
		memcpy(at, from, size);
	return at;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *at = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(at, s, n);
	at[n] = '\0';
	return at;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char small[256];
	va_list args;
	char *at;
	int n;

	va_start(args, fmt);
	n = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	bug_if(n < 0);
	if ((size_t)n < sizeof(small))
		return arena_strndup(a, small, (size_t)n);
	at = arena_alloc(a, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, args);
	va_end(args);
	return at;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t total;

	bug_if(__builtin_mul_overflow(n, size, &total));
	return arena_zalloc(a, total);
}

void *arena_regrow(struct arena *a, const void *at, size_t n, size_t to, size_t size)
{
	uint8_t *bigger;

	bug_if(to < n);
	bigger = arena_calloc(a, to, size);
	if (n > 0)
		memcpy(bigger, at, n * size);
	return bigger;
}
