/* webhook.h: Standard Webhooks signatures (standardwebhooks.com), over the raw bytes of a body.
 *
 * Signed text: id "." timestamp "." body. v1a is Ed25519 and is what we send; v1 (HMAC-SHA256) is understood for banks that
 * have nothing better. The time window protects nothing that counts: message ids are remembered for ever by the caller. */
#ifndef LEDGER_BASE_WEBHOOK_H
#define LEDGER_BASE_WEBHOOK_H

#include "ledger/base/sign.h"

#define WEBHOOK_ID_MAX         128
#define WEBHOOK_SIGNATURES_MAX 16
#define WEBHOOK_SIGNATURE_SIZE 93 /* "v1a," + 88 base64 + NUL */

struct webhook_headers { /* as received; NULL when absent */
	const char *id;
	const char *timestamp;
	const char *signature;
};

struct webhook_keys { /* any one of them that fits is enough: rotation overlaps */
	const struct verify_key *keys;
	size_t n_keys;
	const struct bytes *hmac_secrets;
	size_t n_hmac_secrets;
	int64_t window_s; /* |now − timestamp| allowed; 300 is usual */
};

/* "v1a,<base64>" into out. The id is 1–128 printable ASCII characters without a dot, or it is a bug(). Returns out. */
const char *webhook_sign(const struct sign_key *key, const char *id, int64_t timestamp_s, struct bytes body,
	char out[static WEBHOOK_SIGNATURE_SIZE]);

/* False with why: webhook_header_missing, webhook_header_bad, webhook_too_old, webhook_too_new, webhook_signature. */
bool webhook_verify(const struct webhook_headers *headers, const struct webhook_keys *keys, int64_t now_s,
	struct bytes body, struct why *why) WARN_UNUSED;

/* Key texts "whpk_<base64>" and "whsec_<base64>" (24–64 bytes). */
bool webhook_public_parse(struct bytes text, struct verify_key *out) WARN_UNUSED;
bool webhook_hmac_parse(struct arena *a, struct bytes text, struct bytes *out) WARN_UNUSED;
void webhook_public_format(const struct verify_key *key, struct buf *out);

#endif
