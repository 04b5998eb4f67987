#include "ledger/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of(const void *at, size_t n)
{
	return (struct bytes){.at = at, .n = n};
}

struct bytes bytes_z(const char *z)
{
	return bytes_of(z, strlen(z));
}

bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

bool bytes_eq_z(struct bytes a, const char *z)
{
	return bytes_eq(a, bytes_z(z));
}

bool bytes_starts(struct bytes a, const char *z)
{
	size_t n = strlen(z);

	return a.n >= n && bytes_eq(bytes_of(a.at, n), bytes_of(z, n));
}

bool bytes_line(struct bytes *rest, struct bytes *line, bool *ended)
{
	const uint8_t *lf;

	if (rest->n == 0)
		return false;
	lf = memchr(rest->at, '\n', rest->n);
	*ended = lf != NULL;
	*line = bytes_of(rest->at, lf != NULL ? (size_t)(lf - rest->at) : rest->n);
	*rest = bytes_of(rest->at + line->n + (*ended ? 1 : 0), rest->n - line->n - (*ended ? 1 : 0));
	return true;
}

void buf_init(struct buf *b, size_t max)
{
	bug_if(max > SIZE_MAX / 2);
	*b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflowed = false;
}

/* Room for n more bytes and a NUL after them. */
static bool reserve(struct buf *b, size_t n)
{
	size_t size;
	uint8_t *at;

	if (b->overflowed || n > b->max - b->n) {
		b->overflowed = true;
		return false;
	}
	if (b->at != NULL && b->n + n < b->size)
		return true;
	size = b->size * 2 > b->n + n + 1 ? b->size * 2 : b->n + n + 1;
	if (size < 256)
		size = 256;
	if (size > b->max + 1)
		size = b->max + 1;
	at = realloc(b->at, size);
	if (at == NULL)
		bug("out of memory for a buffer of %zu bytes", size);
	b->at = at;
	b->size = size;
	return true;
}

uint8_t *buf_grow(struct buf *b, size_t n)
{
	if (!reserve(b, n))
		return NULL;
	b->n += n;
	return b->at + b->n - n;
}

bool buf_add(struct buf *b, const void *at, size_t n)
{
	uint8_t *to = buf_grow(b, n);

	if (to == NULL)
		return false;
	if (n > 0)
		memcpy(to, at, n);
	return true;
}

bool buf_add_bytes(struct buf *b, struct bytes from)
{
	return buf_add(b, from.at, from.n);
}

bool buf_add_z(struct buf *b, const char *z)
{
	return buf_add(b, z, strlen(z));
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	char small[1024]; /* a line that is signed fits: formatting it twice was a third of reading it */
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	bug_if(n < 0);
	if ((size_t)n < sizeof(small))
		return buf_add(b, small, (size_t)n);
	if (!reserve(b, (size_t)n))
		return false;
	va_start(args, fmt);
	vsnprintf((char *)b->at + b->n, (size_t)n + 1, fmt, args);
	va_end(args);
	b->n += (size_t)n;
	return true;
}

bool buf_u8(struct buf *b, uint8_t v)
{
	return buf_add(b, &v, 1);
}

bool buf_u16be(struct buf *b, uint16_t v)
{
	v = __builtin_bswap16(v);
	return buf_add(b, &v, sizeof(v));
}

bool buf_u32be(struct buf *b, uint32_t v)
{
	v = __builtin_bswap32(v);
	return buf_add(b, &v, sizeof(v));
}

bool buf_u64be(struct buf *b, uint64_t v)
{
	v = __builtin_bswap64(v);
	return buf_add(b, &v, sizeof(v));
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "buf_u*be swaps bytes");

bool buf_ok(const struct buf *b)
{
	return !b->overflowed;
}

bool buf_is(const struct buf *b, struct bytes text)
{
	return buf_ok(b) && bytes_eq(buf_bytes(b), text);
}

struct bytes buf_bytes(const struct buf *b)
{
	bug_if(b->overflowed);
	return bytes_of(b->at, b->n);
}

const char *buf_str(struct buf *b)
{
	bug_if(b->overflowed || !reserve(b, 0));
	b->at[b->n] = '\0';
	return (const char *)b->at;
}

struct bytes buf_copy(const struct buf *b, struct arena *a)
{
	struct bytes in = buf_bytes(b);

	return bytes_of(arena_copy(a, in.at, in.n), in.n);
}
