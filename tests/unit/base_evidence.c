/* Raw bank messages at rest: whoever writes cannot read, and nothing can be exchanged or changed unseen. */
#include "ledger/base/evidence.h"

#include <string.h>

#include "tests/lib/tap.h"

static const struct evidence_of callback = {.bank = "demo", .external_id = "cb-1"};

int main(void)
{
	struct key32 secret, public_key, key, opened, other_secret, other_public;
	uint8_t sealed_key[EVIDENCE_KEY_SIZE];
	struct why why = {0};

	evidence_keypair(&secret, &public_key);
	evidence_keypair(&other_secret, &other_public);
	evidence_key_new(&public_key, &key, sealed_key);
	ok(evidence_key_open(&secret, bytes_of(sealed_key, sizeof(sealed_key)), &opened, &why) &&
			memcmp(opened.b, key.b, 32) == 0,
		"the holder of the evidence secret opens a writer's key");
	ok(!evidence_key_open(&other_secret, bytes_of(sealed_key, sizeof(sealed_key)), &opened, &why),
		"another secret does not");
	is_str(why.code, "evidence_key", "and says why");

	struct buf box, text;
	buf_init(&box, 4096);
	buf_init(&text, 4096);
	evidence_seal(&key, &callback, bytes_z("{\"creditor_account\":\"9704000000001234\"}"), &box);
	is_i64((int64_t)box.n, 39 + EVIDENCE_OVERHEAD, "a message grows by the stated overhead");
	ok(!memmem(box.at, box.n, "9704", 4), "the account number cannot be read");
	ok(evidence_open(&key, &callback, buf_bytes(&box), &text, &why), "its key opens it");
	is_mem(text.at, text.n, "{\"creditor_account\":\"9704000000001234\"}", 39, "byte for byte");

	struct evidence_of moved = {.bank = "demo", .external_id = "cb-2"};
	ok(!evidence_open(&key, &moved, buf_bytes(&box), &text, &why), "under another id it does not open");
	box.at[box.n - 1] ^= 1;
	ok(!evidence_open(&key, &callback, buf_bytes(&box), &text, &why),
		"changed by one bit it does not open");
	ok(!evidence_open(&key, &callback, bytes_of(box.at, 12), &text, &why), "cut short it does not open");
	is_i64((int64_t)text.n, 39, "what did not open added nothing");
	buf_free(&box);
	buf_free(&text);
	return done_testing();
}
