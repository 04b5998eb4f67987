/* arena.h: memory that is freed as a whole.
 *
 * One arena per job; nothing in it is freed alone. Out of memory aborts, so no caller checks for NULL. Not shared between
 * threads. Memory is aligned to 16 bytes. Never for secrets: those live in sodium_malloc (secret.h). */
#ifndef LEDGER_BASE_ARENA_H
#define LEDGER_BASE_ARENA_H

#include "ledger/base/result.h"

struct arena;

void arena_free(struct arena *a);
struct arena *arena_new(void) FREED_BY(arena_free) __attribute__((returns_nonnull));

/* For CLEANUP(arena_drop) on a `struct arena *`. */
void arena_drop(struct arena **a);

/* Forgets everything but keeps a block for the next job. Everything handed out is invalid. */
void arena_reset(struct arena *a);

/* Bytes handed out since it was made or reset. */
size_t arena_used(const struct arena *a);

/* Not zeroed; zeroed; a copy of n bytes. size 0 gives a pointer that must not be read. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
void *arena_zalloc(struct arena *a, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
void *arena_copy(struct arena *a, const void *from, size_t size) __attribute__((returns_nonnull));

/* Text, with its NUL. */
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) __attribute__((returns_nonnull));

/* n zeroed elements of a type; a product that overflows is a bug(). */
void *arena_calloc(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull, alloc_size(2, 3)));
#define arena_array(a, n, type) ((type *)arena_calloc((a), (n), sizeof(type)))

/* An array of n elements that grew: a new array of `to` elements whose first n are copied, the rest zeroed. */
void *arena_regrow(struct arena *a, const void *at, size_t n, size_t to, size_t size)
	__attribute__((returns_nonnull));

#endif
