#include "ledger/base/sign.h"

#include <sodium.h>

#include "ledger/base/text.h"

struct sign_key {
	uint8_t secret[crypto_sign_SECRETKEYBYTES]; /* seed ‖ public key */
};

_Static_assert(sizeof(struct verify_key) == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
_Static_assert(sizeof(struct signature) == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(sizeof(struct key32) == crypto_sign_SEEDBYTES, "Ed25519 seed");

void sign_free(struct sign_key *key)
{
	if (key == NULL)
		return;
	sodium_free(key); /* wipes */
}

void sign_drop(struct sign_key **key)
{
	sign_free(*key);
	*key = NULL;
}

static struct sign_key *guarded(void)
{
	struct sign_key *key = sodium_malloc(sizeof(*key));

	if (key == NULL)
		bug("out of memory for a signing key");
	return key;
}

struct sign_key *sign_new(void)
{
	struct sign_key *key = guarded();
	struct verify_key public;

	bug_if(crypto_sign_keypair(public.b, key->secret) != 0);
	sodium_mprotect_readonly(key);
	return key;
}

struct sign_key *sign_from_seed(const struct key32 *seed)
{
	struct sign_key *key = guarded();
	struct verify_key public;

	bug_if(crypto_sign_seed_keypair(public.b, key->secret, seed->b) != 0);
	sodium_mprotect_readonly(key);
	return key;
}

struct verify_key sign_public(const struct sign_key *key)
{
	struct verify_key public;

	bug_if(crypto_sign_ed25519_sk_to_pk(public.b, key->secret) != 0);
	return public;
}

void sign_seed(const struct sign_key *key, struct key32 *out)
{
	bug_if(crypto_sign_ed25519_sk_to_seed(out->b, key->secret) != 0);
}

struct signature sign_detached(const struct sign_key *key, struct bytes text)
{
	struct signature sig;

	bug_if(crypto_sign_detached(sig.b, NULL, text.at, text.n, key->secret) != 0);
	return sig;
}

bool sign_verify(const struct verify_key *key, struct bytes text, const struct signature *sig)
{
	return crypto_sign_verify_detached(sig->b, text.at, text.n, key->b) == 0;
}

const char *verify_key_id(const struct verify_key *key, char out[static KEY_ID_SIZE])
{
	struct hash h = sha256_2parts(bytes_z("chitra-key-id/v1\n"), bytes_of(key->b, sizeof(key->b)));

	hex_encode(h.b, (KEY_ID_SIZE - 1) / 2, out);
	return out;
}
