/* seal.h: personal data at rest.
 *
 * Each person has a random data key, wrapped by the key-encryption key (KEK) that desk and teller hold. A field is sealed with
 * the data key and bound to the person and to what it is, so that a value moved to another row or column does not open.
 * Deleting a person's wrapped key erases the person. XChaCha20-Poly1305 with random nonces throughout.
 *
 *   wrapped key   KEK version (1) ‖ nonce (24) ‖ key (32) ‖ tag (16)       AD = person id (8, big-endian) ‖ "key"
 *   sealed field  format version 1 (1) ‖ nonce (24) ‖ text (n) ‖ tag (16)  AD = person id (8, big-endian) ‖ field name */
#ifndef LEDGER_BASE_SEAL_H
#define LEDGER_BASE_SEAL_H

#include "ledger/base/digest.h"
#include "ledger/base/why.h"

#define SEAL_WRAPPED_SIZE 73
#define SEAL_OVERHEAD     41
#define SEAL_FIELD_MAX    4096 /* bytes of text in one field */

struct kek {
	uint8_t version; /* 1–255, in every wrapped key */
	const struct key32 *key;
};

/* A fresh data key, wrapped for one person. Wipe the plain one (secret_wipe) when done. */
void seal_new_key(struct key32 *out);
void seal_wrap(const struct kek *kek, int64_t person, const struct key32 *data_key,
	uint8_t out[static SEAL_WRAPPED_SIZE]);

/* False with why: seal_size, seal_kek_unknown (its version is not among the n), seal_wrong (another person, or changed). */
bool seal_unwrap(const struct kek *keks, size_t n, int64_t person, struct bytes wrapped, struct key32 *out,
	struct why *why) WARN_UNUSED;

/* Appends the sealed field to out. `field` says what it is ("id", "account", "phone", "name"), 1–32 characters. */
void seal_field(
	const struct key32 *data_key, int64_t person, const char *field, struct bytes text, struct buf *out);

/* Appends the opened text to out, which the caller wipes. False with why: seal_size, seal_version, seal_wrong. */
bool open_field(const struct key32 *data_key, int64_t person, const char *field, struct bytes sealed,
	struct buf *out, struct why *why) WARN_UNUSED;

#endif
