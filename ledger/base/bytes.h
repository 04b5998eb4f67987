/* bytes.h: a run of bytes that somebody else owns, and a buffer that grows up to a maximum.
 *
 * struct bytes is a value: copy it freely, it frees nothing. struct buf has its maximum from birth; what would pass it is not
 * written and the buffer is marked, for good. Fill it without looking, ask buf_ok() once, then read: reading a marked buffer
 * is a bug(). Integers are written big-endian. Out of memory aborts. */
#ifndef LEDGER_BASE_BYTES_H
#define LEDGER_BASE_BYTES_H

#include "ledger/base/arena.h"
#include "ledger/base/result.h"

struct bytes {
	const uint8_t *at;
	size_t n;
};

struct bytes bytes_of(const void *at, size_t n);
struct bytes bytes_z(const char *z);           /* without the NUL */
bool bytes_eq(struct bytes a, struct bytes b); /* not for secrets: digest.h has the constant-time one */
bool bytes_eq_z(struct bytes a, const char *z);
bool bytes_starts(struct bytes a, const char *z);

/* Cuts the next line (up to LF, which is dropped) off *rest; false when *rest was empty. *ended tells whether it had its LF. */
bool bytes_line(struct bytes *rest, struct bytes *line, bool *ended) WARN_UNUSED;

struct buf {
	uint8_t *at;
	size_t n;
	size_t size;
	size_t max;
	bool overflowed;
};

/* For `CLEANUP(buf_free) struct buf b = BUF(max);`: a buffer that an early return finds initialised. */
#define BUF(most) ((struct buf){.max = (most)})

/* max is in bytes; memory is taken as needed. buf_free leaves an empty buffer with the same maximum; it suits CLEANUP(buf_free). */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
void buf_reset(struct buf *b); /* empties it and clears the mark; keeps the memory */

/* Each returns whether it fitted; the mark stays, so the answer may be ignored until buf_ok(). */
bool buf_add(struct buf *b, const void *at, size_t n);
bool buf_add_bytes(struct buf *b, struct bytes from);
bool buf_add_z(struct buf *b, const char *z);
bool buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_u8(struct buf *b, uint8_t v);
bool buf_u16be(struct buf *b, uint16_t v);
bool buf_u32be(struct buf *b, uint32_t v);
bool buf_u64be(struct buf *b, uint64_t v);

/* Grows by n bytes for the caller to write; NULL when they do not fit. */
uint8_t *buf_grow(struct buf *b, size_t n) WARN_UNUSED;

bool buf_ok(const struct buf *b) WARN_UNUSED;
bool buf_is(
	const struct buf *b, struct bytes text) WARN_UNUSED; /* nothing was left out, and it is this text */
struct bytes buf_bytes(const struct buf *b);                 /* valid until the next change */
const char *buf_str(struct buf *b);                          /* NUL-terminated; valid until the next change */
struct bytes buf_copy(const struct buf *b, struct arena *a); /* a copy that outlives the buffer */

#endif
