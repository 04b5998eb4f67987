/* Standard Webhooks. The v1 signature is the one that the specification publishes; the v1a one was made with openssl. */
#include "ledger/base/webhook.h"

#include <string.h>

#include "tests/lib/tap.h"

#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME   "1614265330"
#define NOW    INT64_C(1614265330)
#define BODY   "{\"test\": 2432232314}"
#define V1     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define V1A    "v1a,2iFnCkcL0nCB7d0lgaT5vmGnQgJl4zcl9qd7UbPYvulcwR3MRYzjXT2JCSEV4dFH3XNALA4OW0zY5fFdGv9GBA=="
#define PUBLIC "whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw="
#define OTHERS "v1a,AAAACkcL0nCB7d0lgaT5vmGnQgJl4zcl9qd7UbPYvulcwR3MRYzjXT2JCSEV4dFH3XNALA4OW0zY5fFdGv9GBA=="

static void test_sign(void)
{
	struct key32 seed;
	char out[WEBHOOK_SIGNATURE_SIZE];

	memset(seed.b, 7, sizeof(seed.b));
	CLEANUP(sign_drop) struct sign_key *key = sign_from_seed(&seed);
	is_str(webhook_sign(key, ID, NOW, bytes_z(BODY), out), V1A, "our signature is the one openssl makes");
}

static void test_verify(void)
{
	static const struct {
		const char *id, *timestamp, *signature, *body;
		int64_t now;
		const char *code; /* NULL: accepted */
		const char *rule;
	} rows[] = {
		{ID, TIME, V1A, BODY, NOW, NULL, "an Ed25519 signature passes"},
		{ID, TIME, V1, BODY, NOW, NULL, "the specification's HMAC signature passes"},
		{ID, TIME, OTHERS " " V1A, BODY, NOW, NULL, "one that fits among several is enough"},
		{ID, TIME, "v2,x " V1A, BODY, NOW, NULL, "versions of the future are passed over"},
		{ID, TIME, " " V1A "  ", BODY, NOW, NULL, "spaces too many are passed over"},
		{ID, TIME, V1A, BODY, NOW + 300, NULL, "300 s later is in the window"},
		{ID, TIME, V1A, BODY, NOW - 300, NULL, "300 s earlier too"},
		{ID, TIME, V1A, BODY, NOW + 301, "webhook_too_old", "301 s later is too late"},
		{ID, TIME, V1A, BODY, NOW - 301, "webhook_too_new", "301 s earlier is too early"},
		{ID, TIME, V1A, "{\"test\": 2432232315}", NOW, "webhook_signature", "another body"},
		{"msg_p5jXN8AQM9LWM0D4loKWxJel", TIME, V1A, BODY, NOW, "webhook_signature", "another id"},
		{ID, "1614265331", V1A, BODY, NOW, "webhook_signature", "another time"},
		{ID, TIME, OTHERS, BODY, NOW, "webhook_signature", "another key's signature"},
		{ID, TIME, "v1a,", BODY, NOW, "webhook_signature", "an empty signature"},
		{ID, TIME, "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", BODY, NOW, "webhook_signature",
			"another secret's HMAC"},
		{ID, TIME, "v1,2iFnCkcL0nCB7d0lgaT5vg==", BODY, NOW, "webhook_signature", "a short HMAC"},
		{ID, TIME, "", BODY, NOW, "webhook_signature", "an empty list"},
		{ID, TIME, "V1A,x", BODY, NOW, "webhook_signature", "versions have their letters"},
		{NULL, TIME, V1A, BODY, NOW, "webhook_header_missing", "no id"},
		{ID, NULL, V1A, BODY, NOW, "webhook_header_missing", "no time"},
		{ID, TIME, NULL, BODY, NOW, "webhook_header_missing", "no signature"},
		{"", TIME, V1A, BODY, NOW, "webhook_header_bad", "an empty id"},
		{"a.b", TIME, V1A, BODY, NOW, "webhook_header_bad", "a dot in the id"},
		{"a b", TIME, V1A, BODY, NOW, "webhook_header_bad", "a space in the id"},
		{ID, "", V1A, BODY, NOW, "webhook_header_bad", "an empty time"},
		{ID, "-1", V1A, BODY, NOW, "webhook_header_bad", "a negative time"},
		{ID, "01614265330", V1A, BODY, NOW, "webhook_header_bad", "a time with a zero before it"},
		{ID, "1614265330.0", V1A, BODY, NOW, "webhook_header_bad", "a time with a fraction"},
		{ID, "99999999999999999999", V1A, BODY, NOW, "webhook_header_bad", "a time beyond 63 bits"},
	};
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct verify_key public[2] = {{{1}}};
	struct bytes secret;

	ok(webhook_public_parse(bytes_z(PUBLIC), &public[1]), "a public key is read");
	ok(webhook_hmac_parse(a, bytes_z("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &secret),
		"an HMAC secret is read");
	struct webhook_keys keys = {
		.keys = public, .n_keys = 2, .hmac_secrets = &secret, .n_hmac_secrets = 1, .window_s = 300};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct webhook_headers h = {
			.id = rows[i].id, .timestamp = rows[i].timestamp, .signature = rows[i].signature};
		struct why why = {0};
		bool fits = webhook_verify(&h, &keys, rows[i].now, bytes_z(rows[i].body), &why);

		is_str(fits ? NULL : why.code, rows[i].code, "%s", rows[i].rule);
	}
	struct webhook_keys none = {.window_s = 300};
	struct webhook_headers h = {.id = ID, .timestamp = TIME, .signature = V1A " " V1};
	ok(!webhook_verify(&h, &none, NOW, bytes_z(BODY), NULL), "a sender without keys is never believed");
	struct webhook_keys hmac = {.hmac_secrets = &secret, .n_hmac_secrets = 1, .window_s = 300};
	h.signature = V1A;
	ok(!webhook_verify(&h, &hmac, NOW, bytes_z(BODY), NULL),
		"an Ed25519 signature is not tried with an HMAC secret");
}

static void test_keys(void)
{
	static const char *const bad[] = {"6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=", "whpk_",
		"whpk_AAAA", "whsec_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=",
		"whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=="};
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b;
	struct verify_key key;
	struct bytes secret;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!webhook_public_parse(bytes_z(bad[i]), &key), "'%s' is no public key", bad[i]);
	ok(webhook_public_parse(bytes_z(PUBLIC), &key), "a public key is read");
	buf_init(&b, 100);
	webhook_public_format(&key, &b);
	is_str(buf_str(&b), PUBLIC, "and written");
	ok(!webhook_hmac_parse(a, bytes_z("whsec_AAAA"), &secret), "a secret of 3 bytes is refused");
}

int main(void)
{
	test_sign();
	test_verify();
	test_keys();
	return done_testing();
}
