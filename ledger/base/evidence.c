#include "ledger/base/evidence.h"

#include <string.h>

#include <sodium.h>

#include "ledger/base/secret.h"

#define NONCE  ((size_t)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
#define TAG    ((size_t)crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define OF_MAX 256

_Static_assert(EVIDENCE_KEY_SIZE == 32 + 48, "a sealed key: key, ephemeral public key and tag");
_Static_assert(EVIDENCE_OVERHEAD == 24 + 16, "nonce and tag");

void evidence_keypair(struct key32 *secret, struct key32 *public_key)
{
	bug_if(crypto_box_keypair(public_key->b, secret->b) != 0);
}

void evidence_public(const struct key32 *secret, struct key32 *public_key)
{
	bug_if(crypto_scalarmult_base(public_key->b, secret->b) != 0);
}

void evidence_key_new(
	const struct key32 *public_key, struct key32 *key, uint8_t sealed[static EVIDENCE_KEY_SIZE])
{
	randombytes_buf(key->b, sizeof(key->b));
	bug_if(crypto_box_seal(sealed, key->b, sizeof(key->b), public_key->b) != 0);
}

bool evidence_key_open(const struct key32 *secret, struct bytes sealed, struct key32 *key, struct why *why)
{
	struct key32 public_key;

	evidence_public(secret, &public_key);
	if (sealed.n != EVIDENCE_KEY_SIZE ||
		crypto_box_seal_open(key->b, sealed.at, sealed.n, public_key.b, secret->b) != 0)
		return why_set(why, "evidence_key", "a message key is not sealed to this evidence key");
	return true;
}

struct belongs {
	uint8_t at[OF_MAX];
	size_t n;
};

static struct belongs belongs_to(const struct evidence_of *of)
{
	struct belongs b;
	size_t bank = strlen(of->bank), id = strlen(of->external_id);

	bug_if(bank + 1 + id > OF_MAX);
	memcpy(b.at, of->bank, bank);
	b.at[bank] = '\n';
	memcpy(b.at + bank + 1, of->external_id, id);
	b.n = bank + 1 + id;
	return b;
}

void evidence_seal(const struct key32 *key, const struct evidence_of *of, struct bytes body, struct buf *out)
{
	struct belongs to = belongs_to(of);
	uint8_t *at = buf_grow(out, body.n + EVIDENCE_OVERHEAD);

	if (!at)
		return; /* the buffer is marked */
	randombytes_buf(at, NONCE);
	bug_if(crypto_aead_xchacha20poly1305_ietf_encrypt(
		       at + NONCE, NULL, body.at, body.n, to.at, to.n, NULL, at, key->b) != 0);
}

bool evidence_open(const struct key32 *key, const struct evidence_of *of, struct bytes sealed,
	struct buf *out, struct why *why)
{
	struct belongs to = belongs_to(of);

	if (sealed.n < EVIDENCE_OVERHEAD)
		return why_set(why, "evidence_wrong", "a stored message is shorter than its seal");
	size_t before = out->n;
	uint8_t *at = buf_grow(out, sealed.n - EVIDENCE_OVERHEAD);
	if (!at)
		return why_set(why, "evidence_large", "a stored message is larger than there is room for");
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(at, NULL, NULL, sealed.at + NONCE, sealed.n - NONCE,
		    to.at, to.n, sealed.at, key->b) != 0) {
		out->n = before;
		return why_set(
			why, "evidence_wrong", "a stored message was changed, or belongs to another id");
	}
	return true;
}
