/* Four lines (id, timestamp, signatures, body) of any bytes: only the one message that was signed is believed. */
#include "ledger/base/webhook.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

#define ID        "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIMESTAMP "1614265330"
#define BODY      "{\"test\": 2432232314}"
#define NOW       INT64_C(1614265330)

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct bytes rest = bytes_of(at, n), line, secret;
	const char *header[3] = {NULL, NULL, NULL};
	struct verify_key public;
	struct why why = {0};
	bool ended;

	bug_if(!webhook_public_parse(bytes_z("whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw="), &public));
	bug_if(!webhook_hmac_parse(a, bytes_z("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &secret));
	struct webhook_keys keys = {
		.keys = &public, .n_keys = 1, .hmac_secrets = &secret, .n_hmac_secrets = 1, .window_s = 300};

	for (size_t i = 0; i < COUNT_OF(header) && bytes_line(&rest, &line, &ended); i++)
		header[i] = arena_strndup(a, (const char *)line.at, line.n);
	struct webhook_headers h = {.id = header[0], .timestamp = header[1], .signature = header[2]};

	if (webhook_verify(&h, &keys, NOW, rest, &why))
		bug_if(strcmp(h.id, ID) != 0 || strcmp(h.timestamp, TIMESTAMP) != 0 ||
			!bytes_eq_z(rest, BODY));
	else
		bug_if(why.code[0] == '\0');
	(void)!webhook_public_parse(bytes_of(at, n), &public);
	(void)!webhook_hmac_parse(a, bytes_of(at, n), &secret);
	return 0;
}
