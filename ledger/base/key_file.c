#include "ledger/base/sign.h"

#include <string.h>

#include <sodium.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"

/* chitra-key/v1
 * label <one line>
 * public <base64>
 * kdf argon2id <passes> <KiB> <base64 salt>
 * sealed <base64 of nonce ‖ cipher ‖ tag over the seed>
 *
 * Everything before the line `sealed` is authenticated with the secret. */
#define HEAD   "chitra-key/v1\n"
#define NONCE  ((size_t)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
#define SEALED (NONCE + sizeof(struct key32) + crypto_aead_xchacha20poly1305_ietf_ABYTES)

/* A stranger's file must not be able to take the machine's memory or its evening. */
#define MOST_PASSES 10
#define MOST_KIB    (UINT64_C(1024) * 1024)

struct parsed {
	struct bytes label;
	struct verify_key key;
	uint64_t passes;
	uint64_t kib;
	uint8_t salt[crypto_pwhash_SALTBYTES];
	uint8_t sealed[SEALED];
	struct bytes authenticated;
};

static bool label_fits(struct bytes label)
{
	return label.n > 0 && label.n <= KEY_LABEL_MAX && utf8_valid(label) && !text_has_control(label) &&
	       memchr(label.at, '\n', label.n) == NULL && memchr(label.at, '\r', label.n) == NULL;
}

static void derive(
	struct bytes passphrase, const uint8_t *salt, uint64_t passes, uint64_t kib, struct key32 *out)
{
	if (crypto_pwhash(out->b, sizeof(out->b), (const char *)passphrase.at, passphrase.n, salt, passes,
		    (size_t)kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		bug("out of memory for a passphrase's key");
}

static void add_base64(struct buf *out, const void *at, size_t n)
{
	base64_encode(BASE64_STD, bytes_of(at, n), out);
	buf_add_z(out, "\n");
}

void key_file_seal(const struct sign_key *key, const char *label, struct bytes passphrase, struct buf *out)
{
	struct verify_key public = sign_public(key);
	CLEANUP(secret_drop) struct key32 *wrapping = secret_new();
	uint8_t salt[crypto_pwhash_SALTBYTES];
	uint8_t sealed[SEALED];
	struct key32 seed;
	size_t from = out->n;

	bug_if(!label_fits(bytes_z(label)));
	randombytes_buf(salt, sizeof(salt));
	buf_addf(out, HEAD "label %s\npublic ", label);
	add_base64(out, public.b, sizeof(public.b));
	buf_addf(out, "kdf argon2id %u %u ", (unsigned)crypto_pwhash_OPSLIMIT_INTERACTIVE,
		(unsigned)(crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024));
	add_base64(out, salt, sizeof(salt));
	if (!buf_ok(out))
		return;

	sodium_mprotect_readwrite(wrapping);
	derive(passphrase, salt, crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024, wrapping);
	sign_seed(key, &seed);
	randombytes_buf(sealed, NONCE);
	bug_if(crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, seed.b, sizeof(seed.b),
		       out->at + from, out->n - from, NULL, sealed, wrapping->b) != 0);
	secret_wipe(&seed, sizeof(seed));
	buf_add_z(out, "sealed ");
	add_base64(out, sealed, sizeof(sealed));
}

/* The next line of the file, when it begins with `word` and a space: what follows them. */
static bool value_of(struct bytes *rest, const char *word, struct bytes *value)
{
	struct bytes line;
	bool ended;
	size_t n = strlen(word);

	if (!bytes_line(rest, &line, &ended) || !ended || !bytes_starts(line, word))
		return false;
	*value = bytes_of(line.at + n, line.n - n);
	return true;
}

static bool fixed_base64(struct bytes in, uint8_t *out, size_t size)
{
	size_t n;

	return base64_decode(BASE64_STD, in, out, size, &n) && n == size;
}

/* "<passes> <KiB> <salt>" */
static bool parse_kdf(struct bytes value, struct parsed *p)
{
	const uint8_t *first = value.n == 0 ? NULL : memchr(value.at, ' ', value.n);
	const uint8_t *end = value.at + value.n;
	const uint8_t *second = first == NULL ? NULL : memchr(first + 1, ' ', (size_t)(end - first - 1));

	return second != NULL &&
	       text_u64(bytes_of(value.at, (size_t)(first - value.at)), UINT32_MAX, &p->passes) &&
	       text_u64(bytes_of(first + 1, (size_t)(second - first - 1)), UINT32_MAX, &p->kib) &&
	       fixed_base64(bytes_of(second + 1, (size_t)(end - second - 1)), p->salt, sizeof(p->salt));
}

static bool parse(struct bytes file, struct parsed *p, struct why *why)
{
	struct bytes rest = file, value;

	if (file.n > KEY_FILE_MAX || !bytes_starts(file, HEAD))
		return why_set(why, "key_file_malformed",
			"this is not a key file: its first line must be chitra-key/v1");
	rest = bytes_of(file.at + strlen(HEAD), file.n - strlen(HEAD));
	if (!value_of(&rest, "label ", &p->label) || !label_fits(p->label))
		return why_set(why, "key_file_malformed", "the key file's line 2 must be its label");
	if (!value_of(&rest, "public ", &value) || !fixed_base64(value, p->key.b, sizeof(p->key.b)))
		return why_set(why, "key_file_malformed", "the key file's line 3 must be its public key");
	if (!value_of(&rest, "kdf argon2id ", &value) || !parse_kdf(value, p))
		return why_set(why, "key_file_malformed", "the key file's line 4 must be its key derivation");
	p->authenticated = bytes_of(file.at, file.n - rest.n);
	if (!value_of(&rest, "sealed ", &value) || rest.n != 0 ||
		!fixed_base64(value, p->sealed, sizeof(p->sealed)))
		return why_set(why, "key_file_malformed",
			"the key file's line 5 must be its sealed key, and the last");
	if (p->passes < crypto_pwhash_OPSLIMIT_MIN || p->passes > MOST_PASSES || p->kib < 8 ||
		p->kib > MOST_KIB)
		return why_set(why, "key_file_too_costly",
			"the key file asks for a key derivation outside our limits");
	return true;
}

struct sign_key *key_file_open(struct bytes file, struct bytes passphrase, struct why *why)
{
	struct parsed p;
	CLEANUP(secret_drop) struct key32 *wrapping = NULL;
	struct verify_key public;
	struct sign_key *key;
	struct key32 seed;

	if (!parse(file, &p, why))
		return NULL;
	wrapping = secret_new();
	sodium_mprotect_readwrite(wrapping);
	derive(passphrase, p.salt, p.passes, p.kib, wrapping);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(seed.b, NULL, NULL, p.sealed + NONCE, SEALED - NONCE,
		    p.authenticated.at, p.authenticated.n, p.sealed, wrapping->b) != 0) {
		why_set(why, "key_file_passphrase", "the passphrase is wrong, or the key file was changed");
		return NULL;
	}
	key = sign_from_seed(&seed);
	secret_wipe(&seed, sizeof(seed));
	public = sign_public(key);
	if (memcmp(public.b, p.key.b, sizeof(public.b)) != 0) {
		sign_free(key);
		why_set(why, "key_file_malformed", "the key file's public key is not its secret's");
		return NULL;
	}
	return key;
}

bool key_file_peek(
	struct bytes file, struct verify_key *key, char label[static KEY_LABEL_MAX + 1], struct why *why)
{
	struct parsed p;

	if (!parse(file, &p, why))
		return false;
	*key = p.key;
	memcpy(label, p.label.at, p.label.n);
	label[p.label.n] = '\0';
	return true;
}
