/* evidence.h: raw bank messages at rest.
 *
 * Messages hold account numbers, and whoever receives them (gate, teller) must not be able to read what was received before. So
 * a writer draws a key of its own, seals that key once to the evidence public key, and seals each message with it: cheap per
 * message, and forgotten when the process ends. Scribe and desk hold the evidence secret key and open all of them. */
#ifndef LEDGER_BASE_EVIDENCE_H
#define LEDGER_BASE_EVIDENCE_H

#include "ledger/base/digest.h"
#include "ledger/base/why.h"

#define EVIDENCE_KEY_SIZE 80 /* bytes of a writer's key, sealed */
#define EVIDENCE_OVERHEAD 40 /* bytes that a message grows by */

/* Where a message stands: a body cannot be moved to another message. Strings are borrowed. */
struct evidence_of {
	const char *bank;
	const char *external_id;
};

/* X25519: the public half goes to the writers' configuration. */
void evidence_keypair(struct key32 *secret, struct key32 *public_key);
void evidence_public(const struct key32 *secret, struct key32 *public_key);

/* A writer's key: draws it and seals it for those who may read. */
void evidence_key_new(
	const struct key32 *public_key, struct key32 *key, uint8_t sealed[static EVIDENCE_KEY_SIZE]);

/* False with why: evidence_key (not sealed to this secret, or changed). */
bool evidence_key_open(
	const struct key32 *secret, struct bytes sealed, struct key32 *key, struct why *why) WARN_UNUSED;

/* Appends nonce and ciphertext to out. */
void evidence_seal(const struct key32 *key, const struct evidence_of *of, struct bytes body, struct buf *out);

/* Appends the body to out. False with why: evidence_wrong (another message's, or changed). */
bool evidence_open(const struct key32 *key, const struct evidence_of *of, struct bytes sealed,
	struct buf *out, struct why *why) WARN_UNUSED;

#endif
