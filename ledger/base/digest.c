#include "ledger/base/digest.h"

#include <threads.h>

#include <openssl/evp.h>
#include <sodium.h>

#include "ledger/base/text.h"

/* libsodium chooses its fast implementations here; it may be called any number of times. */
__attribute__((constructor)) static void start_sodium(void)
{
	bug_if(sodium_init() < 0);
}

/* Fetching the algorithm and making a context cost more than a hash: the first is done once, the second once per thread. */
static EVP_MD *sha256_md;
static tss_t context_of_thread;
static _Thread_local EVP_MD_CTX *context;

static void free_context(void *at)
{
	EVP_MD_CTX_free(at);
}

/* Before main, not at first use by whichever thread: then it is not shared while it is made. */
__attribute__((constructor)) static void fetch(void)
{
	sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
	bug_if(sha256_md == NULL || tss_create(&context_of_thread, free_context) != thrd_success);
}

static EVP_MD_CTX *new_context(void)
{
	EVP_MD_CTX *made;

	made = EVP_MD_CTX_new();
	bug_if(made == NULL || EVP_DigestInit_ex2(made, sha256_md, NULL) != 1);
	return made;
}

static EVP_MD_CTX *begun_context(void)
{
	if (context == NULL) {
		context = new_context();
		bug_if(tss_set(context_of_thread, context) != thrd_success);
		return context;
	}
	bug_if(EVP_DigestInit_ex2(context, NULL, NULL) != 1);
	return context;
}

static void update(EVP_MD_CTX *run, struct bytes in)
{
	bug_if(EVP_DigestUpdate(run, in.at, in.n) != 1);
}

static struct hash finish(EVP_MD_CTX *run)
{
	struct hash out;

	bug_if(EVP_DigestFinal_ex(run, out.b, NULL) != 1);
	return out;
}

struct hash sha256(struct bytes in)
{
	EVP_MD_CTX *run = begun_context();

	update(run, in);
	return finish(run);
}

struct hash sha256_2parts(struct bytes a, struct bytes b)
{
	EVP_MD_CTX *run = begun_context();

	update(run, a);
	update(run, b);
	return finish(run);
}

/* The opaque run is libcrypto's context under another name. */
struct sha256_run *sha256_begin(void)
{
	return (struct sha256_run *)new_context();
}

void sha256_add(struct sha256_run *run, struct bytes in)
{
	update((EVP_MD_CTX *)run, in);
}

struct hash sha256_end(struct sha256_run *run)
{
	struct hash out = finish((EVP_MD_CTX *)run);

	EVP_MD_CTX_free((EVP_MD_CTX *)run);
	return out;
}

static void blake2b(const struct key32 *key, const struct bytes *parts, size_t n, uint8_t *out, size_t size)
{
	crypto_generichash_state state;

	bug_if(crypto_generichash_init(&state, key->b, sizeof(key->b), size) != 0);
	for (size_t i = 0; i < n; i++)
		bug_if(crypto_generichash_update(&state, parts[i].at, parts[i].n) != 0);
	bug_if(crypto_generichash_final(&state, out, size) != 0);
	sodium_memzero(&state, sizeof(state));
}

struct hash blake2b_keyed(const struct key32 *key, const struct bytes *parts, size_t n)
{
	struct hash out;

	blake2b(key, parts, n, out.b, sizeof(out.b));
	return out;
}

struct hash16 blake2b_keyed16(const struct key32 *key, const struct bytes *parts, size_t n)
{
	struct hash16 out;

	blake2b(key, parts, n, out.b, sizeof(out.b));
	return out;
}

const char *hash_hex(const struct hash *h, char out[static HASH_HEX_SIZE])
{
	hex_encode(h->b, sizeof(h->b), out);
	return out;
}

bool hash_from_hex(struct bytes hex, struct hash *out)
{
	return hex_decode((const char *)hex.at, hex.n, out->b, sizeof(out->b));
}

bool hash_eq(const struct hash *a, const struct hash *b)
{
	return sodium_memcmp(a->b, b->b, sizeof(a->b)) == 0;
}
