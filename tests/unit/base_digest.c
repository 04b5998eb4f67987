/* SHA-256 (FIPS 180-4 examples) and keyed BLAKE2b (values from Python's hashlib). */
#include "ledger/base/digest.h"

#include <pthread.h>
#include <string.h>

#include "tests/lib/tap.h"

static void is_hash(struct hash h, const char *hex, const char *rule)
{
	char text[HASH_HEX_SIZE];

	is_str(hash_hex(&h, text), hex, "%s", rule);
}

static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void test_sha256(void)
{
	static uint8_t million[1000000];
	struct sha256_run *run;
	struct hash h, other;

	is_hash(sha256(bytes_z("abc")), abc, "SHA-256 of abc");
	is_hash(sha256(bytes_of(NULL, 0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"of nothing");
	is_hash(sha256(bytes_z("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "of two blocks");
	memset(million, 'a', sizeof(million));
	is_hash(sha256(bytes_of(million, sizeof(million))),
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "of a million a");
	is_hash(sha256_2parts(bytes_z("a"), bytes_z("bc")), abc, "two parts are one message");
	run = sha256_begin();
	for (size_t at = 0; at < sizeof(million); at += 999)
		sha256_add(
			run, bytes_of(million + at, sizeof(million) - at < 999 ? sizeof(million) - at : 999));
	is_hash(sha256(bytes_z("abc")), abc, "a hash between the parts of a run disturbs nothing");
	is_hash(sha256_end(run), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"a run is one message");

	ok(hash_from_hex(bytes_z(abc), &h), "a hash is read from hex");
	other = h;
	ok(hash_eq(&h, &other), "equal hashes are equal");
	other.b[31] ^= 1;
	ok(!hash_eq(&h, &other), "one bit makes them different");
	ok(!hash_from_hex(bytes_z("ba78"), &h) && !hash_from_hex(bytes_z(""), &h), "a hash has 64 digits");
}

static void test_blake2b(void)
{
	struct bytes parts[] = {bytes_z("a"), bytes_z(""), bytes_z("bc")};
	struct hash16 h;
	struct key32 key;

	for (size_t i = 0; i < sizeof(key.b); i++)
		key.b[i] = (uint8_t)i;
	is_hash(blake2b_keyed(&key, parts, 3),
		"d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f",
		"keyed BLAKE2b-256 of abc in parts");
	is_hash(blake2b_keyed(&key, NULL, 0),
		"4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d", "of nothing");
	h = blake2b_keyed16(&key, parts, 3);
	is_mem(h.b, sizeof(h.b), "\x1a\x64\xbe\x47\xe4\x72\x9d\x95\x1c\x30\x2e\xe5\x43\xf9\x7c\xf3", 16,
		"BLAKE2b-128 is a function of its own");
}

static void *hash_in_a_thread(void *right)
{
	struct hash want;
	bool *all = right;

	*all = hash_from_hex(bytes_z(abc), &want);
	for (int i = 0; i < 20000; i++) {
		struct hash h = sha256_2parts(bytes_z("ab"), bytes_z("c"));

		*all = *all && hash_eq(&h, &want);
	}
	return NULL;
}

static void test_threads(void)
{
	bool right[4] = {false};
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, hash_in_a_thread, &right[i]) != 0)
			return;
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ok(right[0] && right[1] && right[2] && right[3], "four threads hash at once and disturb nobody");
}

int main(void)
{
	test_sha256();
	test_blake2b();
	test_threads();
	return done_testing();
}
