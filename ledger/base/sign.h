/* sign.h: Ed25519, and the file in which an officer's or the log's key sleeps.
 *
 * The secret half lives in sodium_malloc. What is signed is the caller's: whole texts, never parts. */
#ifndef LEDGER_BASE_SIGN_H
#define LEDGER_BASE_SIGN_H

#include "ledger/base/digest.h"
#include "ledger/base/why.h"

struct sign_key;

struct verify_key {
	uint8_t b[32];
};

struct signature {
	uint8_t b[64];
};

#define KEY_ID_SIZE   17   /* 16 hex digits and NUL */
#define KEY_FILE_MAX  2048 /* bytes */
#define KEY_LABEL_MAX 100  /* bytes */

void sign_free(struct sign_key *key);
void sign_drop(struct sign_key **key); /* for CLEANUP */
struct sign_key *sign_new(void) FREED_BY(sign_free) WARN_UNUSED __attribute__((returns_nonnull));
struct sign_key *sign_from_seed(const struct key32 *seed) FREED_BY(sign_free) WARN_UNUSED
	__attribute__((returns_nonnull));

/* For key_file.c alone: the seed leaves its guarded memory only to be sealed; wipe it. */
void sign_seed(const struct sign_key *key, struct key32 *out);

struct verify_key sign_public(const struct sign_key *key);
struct signature sign_detached(const struct sign_key *key, struct bytes text);
bool sign_verify(const struct verify_key *key, struct bytes text, const struct signature *sig) WARN_UNUSED;

/* The first 8 bytes of SHA-256("chitra-key-id/v1\n" ‖ key), as hex: the name of a key in logs, rows and certificates. */
const char *verify_key_id(const struct verify_key *key, char out[static KEY_ID_SIZE]);

/* The key file `chitra-key/v1`: text whose secret is sealed with a passphrase (Argon2id, XChaCha20-Poly1305); label and public
 * key are readable and authenticated. Sealing takes about 0.1 s and 64 MiB, so never on the event loop. The label is one line
 * of printable text (the officer, or what the key is for). */
void key_file_seal(const struct sign_key *key, const char *label, struct bytes passphrase, struct buf *out);

/* NULL with why: key_file_malformed, key_file_passphrase (wrong, or the file was changed), key_file_too_costly. */
struct sign_key *key_file_open(struct bytes file, struct bytes passphrase, struct why *why)
	FREED_BY(sign_free) WARN_UNUSED;

/* What can be read without the passphrase; it is not yet proven. */
bool key_file_peek(struct bytes file, struct verify_key *key, char label[static KEY_LABEL_MAX + 1],
	struct why *why) WARN_UNUSED;

#endif
