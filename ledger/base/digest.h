/* digest.h: SHA-256 and keyed BLAKE2b.
 *
 * SHA-256 through libcrypto with one context per thread (SHA-NI; four times libsodium's speed), BLAKE2b through libsodium for
 * everything that is keyed. Fails never: trouble inside a library is a bug(). */
#ifndef LEDGER_BASE_DIGEST_H
#define LEDGER_BASE_DIGEST_H

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

struct hash {
	uint8_t b[32];
};

struct hash16 { /* blind indexes and person anchors */
	uint8_t b[16];
};

struct key32 { /* a symmetric key; long-lived ones are held by secret.h */
	uint8_t b[32];
};

#define HASH_HEX_SIZE 65

struct hash sha256(struct bytes in);
struct hash sha256_2parts(struct bytes a, struct bytes b); /* of a ‖ b */

/* For what does not fit in memory: begin, add any number of times, end exactly once (it frees). */
struct sha256_run;
struct sha256_run *sha256_begin(void) WARN_UNUSED;
void sha256_add(struct sha256_run *run, struct bytes in);
struct hash sha256_end(struct sha256_run *run);

/* Keyed BLAKE2b over the parts one after the other; the two lengths are different functions, none is the other cut short. */
struct hash blake2b_keyed(const struct key32 *key, const struct bytes *parts, size_t n);
struct hash16 blake2b_keyed16(const struct key32 *key, const struct bytes *parts, size_t n);

const char *hash_hex(const struct hash *h, char out[static HASH_HEX_SIZE]); /* returns out */
bool hash_from_hex(struct bytes hex, struct hash *out) WARN_UNUSED;
bool hash_eq(const struct hash *a, const struct hash *b) WARN_UNUSED; /* constant time */

#endif
