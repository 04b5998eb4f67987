/* seal.h: personal data at rest.
 *
 * Each person has a random data key, wrapped by the key-encryption key (KEK) that desk and teller hold. A field is sealed with
 * the data key and bound to the person and to what it is, so that a value moved to another row or column does not open.
 * Deleting a person's wrapped key erases the person. XChaCha20-Poly1305 with random nonces throughout.
 *
 *   wrapped key   KEK id (4) ‖ nonce (24) ‖ key (32) ‖ tag (16)            AD = person id (8, big-endian) ‖ "key"
 *   sealed field  format version 1 (1) ‖ nonce (24) ‖ text (n) ‖ tag (16)  AD = person id (8, big-endian) ‖ field name */
#ifndef LEDGER_BASE_SEAL_H
#define LEDGER_BASE_SEAL_H

#include "ledger/base/digest.h"
#include "ledger/base/why.h"

#define SEAL_WRAPPED_SIZE 76
#define SEAL_KEK_ID_SIZE  4
#define SEAL_OVERHEAD     41
#define SEAL_FIELD_MAX    4096 /* bytes of text in one field */

/* Its id comes from the key itself (4 bytes of keyed BLAKE2b), so that no file can be named wrongly; it tells nothing of the key. */
struct kek {
	uint8_t id[SEAL_KEK_ID_SIZE]; /* first in every wrapped key */
	const struct key32 *key;
};
struct kek kek_of(const struct key32 *key);
bool kek_wrapped(const struct kek *kek, struct bytes wrapped); /* that key by this KEK */

/* A fresh data key, wrapped for one person. Wipe the plain one (secret_wipe) when done. */
void seal_new_key(struct key32 *out);
void seal_wrap(const struct kek *kek, int64_t person, const struct key32 *data_key,
	uint8_t out[static SEAL_WRAPPED_SIZE]);

/* False with why: seal_size, seal_kek_unknown (its id is not among the n), seal_wrong (another person, or changed). */
bool seal_unwrap(const struct kek *keks, size_t n, int64_t person, struct bytes wrapped, struct key32 *out,
	struct why *why) WARN_UNUSED;

/* Appends the sealed field to out. `field` says what it is ("id", "account", "phone", "name"), 1–32 characters. */
void seal_field(
	const struct key32 *data_key, int64_t person, const char *field, struct bytes text, struct buf *out);

/* Appends the opened text to out, which the caller wipes. False with why: seal_size, seal_version, seal_wrong. */
bool open_field(const struct key32 *data_key, int64_t person, const char *field, struct bytes sealed,
	struct buf *out, struct why *why) WARN_UNUSED;

#endif
