#include "ledger/base/seal.h"

#include <string.h>

#include <sodium.h>

#include "ledger/base/secret.h"

#define NONCE          ((size_t)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
#define TAG            ((size_t)crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define FIELD_VERSION  1
#define FIELD_NAME_MAX 32

_Static_assert(SEAL_OVERHEAD == 1 + 24 + 16, "version, nonce, tag");
_Static_assert(
	SEAL_WRAPPED_SIZE == SEAL_KEK_ID_SIZE + 24 + 16 + sizeof(struct key32), "KEK id, nonce, key, tag");

/* What a box belongs to: the person, and what is in it. */
struct belongs {
	uint8_t at[8 + FIELD_NAME_MAX];
	size_t n;
};

static struct belongs belongs_to(int64_t person, const char *what)
{
	struct belongs b;
	uint64_t big_endian = __builtin_bswap64((uint64_t)person);
	size_t n = strlen(what);

	bug_if(n == 0 || n > FIELD_NAME_MAX);
	memcpy(b.at, &big_endian, 8);
	memcpy(b.at + 8, what, n);
	b.n = 8 + n;
	return b;
}

/* out: nonce ‖ cipher ‖ tag. */
static void box(const struct key32 *key, const struct belongs *to, struct bytes text, uint8_t *out)
{
	randombytes_buf(out, NONCE);
	bug_if(crypto_aead_xchacha20poly1305_ietf_encrypt(
		       out + NONCE, NULL, text.at, text.n, to->at, to->n, NULL, out, key->b) != 0);
}

/* out: NONCE + TAG less than the box. */
static bool unbox(const struct key32 *key, const struct belongs *to, struct bytes in, uint8_t *out)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(
		       out, NULL, NULL, in.at + NONCE, in.n - NONCE, to->at, to->n, in.at, key->b) == 0;
}

struct kek kek_of(const struct key32 *key)
{
	static const char what[] = "chitra-kek-id";
	struct kek kek = {.key = key};
	uint8_t hash[crypto_generichash_BYTES_MIN];
	bug_if(crypto_generichash(hash, sizeof hash, (const uint8_t *)what, sizeof what - 1, key->b,
		       sizeof key->b) != 0);
	memcpy(kek.id, hash, sizeof kek.id);
	return kek;
}

bool kek_wrapped(const struct kek *kek, struct bytes wrapped)
{
	return wrapped.n >= sizeof kek->id && memcmp(wrapped.at, kek->id, sizeof kek->id) == 0;
}

void seal_new_key(struct key32 *out)
{
	randombytes_buf(out->b, sizeof(out->b));
}

void seal_wrap(const struct kek *kek, int64_t person, const struct key32 *data_key,
	uint8_t out[static SEAL_WRAPPED_SIZE])
{
	struct belongs to = belongs_to(person, "key");

	memcpy(out, kek->id, sizeof kek->id);
	box(kek->key, &to, bytes_of(data_key->b, sizeof(data_key->b)), out + sizeof kek->id);
}

bool seal_unwrap(const struct kek *keks, size_t n, int64_t person, struct bytes wrapped, struct key32 *out,
	struct why *why)
{
	struct belongs to = belongs_to(person, "key");
	struct key32 opened;

	if (wrapped.n != SEAL_WRAPPED_SIZE)
		return why_set(why, "seal_size", "a wrapped key must have %d bytes, this one has %zu",
			SEAL_WRAPPED_SIZE, wrapped.n);
	for (size_t i = 0; i < n; i++) {
		if (!kek_wrapped(&keks[i], wrapped))
			continue;
		if (!unbox(keks[i].key, &to,
			    bytes_of(wrapped.at + SEAL_KEK_ID_SIZE, wrapped.n - SEAL_KEK_ID_SIZE), opened.b))
			return why_set(
				why, "seal_wrong", "the wrapped key is another person's, or was changed");
		*out = opened;
		secret_wipe(&opened, sizeof(opened));
		return true;
	}
	return why_set(why, "seal_kek_unknown", "the key-encryption key %02x%02x%02x%02x is not loaded",
		wrapped.at[0], wrapped.at[1], wrapped.at[2], wrapped.at[3]);
}

void seal_field(
	const struct key32 *data_key, int64_t person, const char *field, struct bytes text, struct buf *out)
{
	struct belongs to = belongs_to(person, field);
	uint8_t *at;

	bug_if(text.n > SEAL_FIELD_MAX);
	at = buf_grow(out, text.n + SEAL_OVERHEAD);
	if (at == NULL)
		return;
	at[0] = FIELD_VERSION;
	box(data_key, &to, text, at + 1);
}

bool open_field(const struct key32 *data_key, int64_t person, const char *field, struct bytes sealed,
	struct buf *out, struct why *why)
{
	struct belongs to = belongs_to(person, field);
	uint8_t *at;

	if (sealed.n < SEAL_OVERHEAD || sealed.n > SEAL_OVERHEAD + SEAL_FIELD_MAX)
		return why_set(why, "seal_size", "a sealed field cannot have %zu bytes", sealed.n);
	if (sealed.at[0] != FIELD_VERSION)
		return why_set(why, "seal_version", "the sealed field has format %u, which is not known",
			sealed.at[0]);
	at = buf_grow(out, sealed.n - SEAL_OVERHEAD);
	if (at == NULL)
		return why_set(why, "seal_size", "the opened field does not fit");
	if (unbox(data_key, &to, bytes_of(sealed.at + 1, sealed.n - 1), at))
		return true;
	out->n -= sealed.n - SEAL_OVERHEAD;
	return why_set(
		why, "seal_wrong", "the sealed field is another person's or another field, or was changed");
}
