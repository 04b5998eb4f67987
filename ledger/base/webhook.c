#include "ledger/base/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "ledger/base/text.h"

#define HMAC_MIN   24
#define HMAC_MAX   64
#define HEADER_MAX 4096

/* A dot would let "a.1" signed at 2 pass for "a" signed at 1.2. */
static bool id_fits(const char *id)
{
	size_t n = strnlen(id, WEBHOOK_ID_MAX + 1);

	if (n == 0 || n > WEBHOOK_ID_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (id[i] <= ' ' || id[i] > '~' || id[i] == '.')
			return false;
	return true;
}

/* id "." timestamp "." body, in one piece because Ed25519 reads its message twice. */
static void signed_text(struct buf *out, const char *id, int64_t timestamp_s, struct bytes body)
{
	buf_init(out, body.n + WEBHOOK_ID_MAX + 32);
	buf_addf(out, "%s.%" PRId64 ".", id, timestamp_s);
	buf_add_bytes(out, body);
}

const char *webhook_sign(const struct sign_key *key, const char *id, int64_t timestamp_s, struct bytes body,
	char out[static WEBHOOK_SIGNATURE_SIZE])
{
	CLEANUP(buf_free) struct buf text = {0};
	CLEANUP(buf_free) struct buf line = {0};
	struct signature sig;

	bug_if(!id_fits(id) || timestamp_s < 0);
	signed_text(&text, id, timestamp_s, body);
	sig = sign_detached(key, buf_bytes(&text));
	buf_init(&line, WEBHOOK_SIGNATURE_SIZE - 1);
	buf_add_z(&line, "v1a,");
	base64_encode(BASE64_STD, bytes_of(sig.b, sizeof(sig.b)), &line);
	memcpy(out, buf_str(&line), WEBHOOK_SIGNATURE_SIZE);
	return out;
}

static bool ed25519_fits(struct bytes base64, const struct webhook_keys *keys, struct bytes text)
{
	struct signature sig;
	size_t n;

	if (!base64_decode(BASE64_STD, base64, sig.b, sizeof(sig.b), &n) || n != sizeof(sig.b))
		return false;
	for (size_t i = 0; i < keys->n_keys; i++)
		if (sign_verify(&keys->keys[i], text, &sig))
			return true;
	return false;
}

static bool hmac_fits(struct bytes base64, const struct webhook_keys *keys, struct bytes text)
{
	uint8_t given[crypto_auth_hmacsha256_BYTES], right[crypto_auth_hmacsha256_BYTES];
	size_t n;

	if (!base64_decode(BASE64_STD, base64, given, sizeof(given), &n) || n != sizeof(given))
		return false;
	for (size_t i = 0; i < keys->n_hmac_secrets; i++) {
		crypto_auth_hmacsha256_state state;

		crypto_auth_hmacsha256_init(&state, keys->hmac_secrets[i].at, keys->hmac_secrets[i].n);
		crypto_auth_hmacsha256_update(&state, text.at, text.n);
		crypto_auth_hmacsha256_final(&state, right);
		if (sodium_memcmp(given, right, sizeof(right)) == 0)
			return true;
	}
	return false;
}

/* One item of the list: "v1a,…" or "v1,…"; other versions are not for us. */
static bool item_fits(struct bytes item, const struct webhook_keys *keys, struct bytes text)
{
	if (bytes_starts(item, "v1a,"))
		return ed25519_fits(bytes_of(item.at + 4, item.n - 4), keys, text);
	if (bytes_starts(item, "v1,"))
		return hmac_fits(bytes_of(item.at + 3, item.n - 3), keys, text);
	return false;
}

static bool any_fits(const char *list, const struct webhook_keys *keys, struct bytes text)
{
	for (size_t i = 0; i < WEBHOOK_SIGNATURES_MAX && *list != '\0'; i++) {
		size_t n = strcspn(list, " ");

		if (item_fits(bytes_of(list, n), keys, text))
			return true;
		list += n;
		list += strspn(list, " ");
	}
	return false;
}

bool webhook_verify(const struct webhook_headers *headers, const struct webhook_keys *keys, int64_t now_s,
	struct bytes body, struct why *why)
{
	CLEANUP(buf_free) struct buf text = {0};
	uint64_t given;
	int64_t timestamp_s;

	if (headers->id == NULL || headers->timestamp == NULL || headers->signature == NULL)
		return why_set(why, "webhook_header_missing",
			"webhook-id, webhook-timestamp and webhook-signature must all be there");
	if (!id_fits(headers->id))
		return why_set(why, "webhook_header_bad",
			"webhook-id must be 1 to %d printable characters without a dot", WEBHOOK_ID_MAX);
	if (!text_u64(bytes_z(headers->timestamp), INT64_MAX / 2, &given))
		return why_set(
			why, "webhook_header_bad", "webhook-timestamp must be whole seconds since 1970");
	if (strnlen(headers->signature, HEADER_MAX + 1) > HEADER_MAX)
		return why_set(
			why, "webhook_header_bad", "webhook-signature is longer than %d bytes", HEADER_MAX);
	timestamp_s = (int64_t)given;
	if (timestamp_s < now_s - keys->window_s)
		return why_set(why, "webhook_too_old",
			"webhook-timestamp is %" PRId64 " s old, at most %" PRId64 " are allowed",
			now_s - timestamp_s, keys->window_s);
	if (timestamp_s > now_s + keys->window_s)
		return why_set(why, "webhook_too_new",
			"webhook-timestamp is %" PRId64 " s ahead of our clock", timestamp_s - now_s);
	signed_text(&text, headers->id, timestamp_s, body);
	if (!any_fits(headers->signature, keys, buf_bytes(&text)))
		return why_set(
			why, "webhook_signature", "no signature fits any key that is known for this sender");
	return true;
}

bool webhook_public_parse(struct bytes text, struct verify_key *out)
{
	struct verify_key key;
	size_t n;

	if (!bytes_starts(text, "whpk_") ||
		!base64_decode(BASE64_STD, bytes_of(text.at + 5, text.n - 5), key.b, sizeof(key.b), &n) ||
		n != sizeof(key.b))
		return false;
	*out = key;
	return true;
}

bool webhook_hmac_parse(struct arena *a, struct bytes text, struct bytes *out)
{
	uint8_t secret[HMAC_MAX];
	size_t n;

	if (!bytes_starts(text, "whsec_") ||
		!base64_decode(BASE64_STD, bytes_of(text.at + 6, text.n - 6), secret, sizeof(secret), &n) ||
		n < HMAC_MIN)
		return false;
	*out = bytes_of(arena_copy(a, secret, n), n);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

void webhook_public_format(const struct verify_key *key, struct buf *out)
{
	buf_add_z(out, "whpk_");
	base64_encode(BASE64_STD, bytes_of(key->b, sizeof(key->b)), out);
}
