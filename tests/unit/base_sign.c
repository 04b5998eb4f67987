/* Ed25519 (RFC 8032 §7.1) and the key file. */
#include "ledger/base/sign.h"

#include <string.h>

#include "ledger/base/text.h"
#include "tests/lib/tap.h"

static struct key32 seed_of(const char *hex)
{
	struct key32 seed = {{0}};

	ok(hex_decode(hex, strlen(hex), seed.b, sizeof(seed.b)), "a seed");
	return seed;
}

static void test_published(void)
{
	static const struct {
		const char *seed, *public, *text, *signature;
	} rows[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0"
			"595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "r",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eae"
			"b4302aeeb00d291612bb0c00"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct key32 seed = seed_of(rows[i].seed);
		CLEANUP(sign_drop) struct sign_key *key = sign_from_seed(&seed);
		struct verify_key public = sign_public(key);
		struct signature sig = sign_detached(key, bytes_z(rows[i].text));
		char hex[129];

		hex_encode(public.b, sizeof(public.b), hex);
		is_str(hex, rows[i].public, "RFC 8032 test %zu: the public key", i + 1);
		hex_encode(sig.b, sizeof(sig.b), hex);
		is_str(hex, rows[i].signature, "RFC 8032 test %zu: the signature", i + 1);
		ok(sign_verify(&public, bytes_z(rows[i].text), &sig), "it verifies");
		ok(!sign_verify(&public, bytes_z("x"), &sig), "not over another text");
		sig.b[5] ^= 1;
		ok(!sign_verify(&public, bytes_z(rows[i].text), &sig), "nor with a bit changed");
	}
}

static void test_key_id(void)
{
	struct verify_key key;
	char id[KEY_ID_SIZE];

	ok(hex_decode("ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c", 64, key.b,
		   sizeof(key.b)),
		"a key");
	is_str(verify_key_id(&key, id), "2d87d9140e876c84", "a key's id is its hash's beginning");
}

static void test_key_file(void)
{
	static const char passphrase[] = "mật khẩu của Lan";
	CLEANUP(sign_drop) struct sign_key *key = sign_new();
	CLEANUP(sign_drop) struct sign_key *opened = NULL;
	CLEANUP(buf_free) struct buf file;
	struct verify_key public = sign_public(key), found;
	char label[KEY_LABEL_MAX + 1];
	struct why why = {0};
	struct signature sig;

	buf_init(&file, KEY_FILE_MAX);
	key_file_seal(key, "lan: người lập", bytes_z(passphrase), &file);
	ok(buf_ok(&file) && bytes_starts(buf_bytes(&file), "chitra-key/v1\nlabel lan: người lập\npublic "),
		"a key is sealed");
	ok(key_file_peek(buf_bytes(&file), &found, label, &why),
		"its public part can be read without the passphrase");
	is_str(label, "lan: người lập", "the label");
	is_mem(found.b, sizeof(found.b), public.b, sizeof(public.b), "the public key");

	opened = key_file_open(buf_bytes(&file), bytes_z(passphrase), &why);
	ok(opened != NULL, "the passphrase opens it");
	if (opened != NULL) {
		sig = sign_detached(opened, bytes_z("chitra-approval/v1"));
		ok(sign_verify(&public, bytes_z("chitra-approval/v1"), &sig), "it is the same key");
	}

	CLEANUP(sign_drop)
	struct sign_key *wrong = key_file_open(buf_bytes(&file), bytes_z("mật khẩu của Minh"), &why);
	ok(wrong == NULL && why_is(&why, "key_file_passphrase"), "another passphrase is refused");
	file.at[20] = 'L'; /* in the label */
	CLEANUP(sign_drop)
	struct sign_key *renamed = key_file_open(buf_bytes(&file), bytes_z(passphrase), &why);
	ok(renamed == NULL && why_is(&why, "key_file_passphrase"),
		"a changed label is refused: it is authenticated");
}

static void test_malformed(void)
{
	static const char head[] =
		"chitra-key/v1\nlabel x\npublic AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	static const char sealed[] =
		"sealed AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
	static const struct {
		const char *kdf, *code;
	} rows[] = {
		{"kdf argon2id 2 99999999 AAAAAAAAAAAAAAAAAAAAAA==\n", "key_file_too_costly"},
		{"kdf argon2id 999 8192 AAAAAAAAAAAAAAAAAAAAAA==\n", "key_file_too_costly"},
		{"kdf argon2id 2 1 AAAAAAAAAAAAAAAAAAAAAA==\n", "key_file_too_costly"},
		{"kdf argon2id 2 8192 AAAA\n", "key_file_malformed"},
		{"kdf argon2id 2 8192\n", "key_file_malformed"},
		{"kdf argon2id\n", "key_file_malformed"},
		{"kdf argon2id \n", "key_file_malformed"},
		{"kdf scrypt 2 8192 AAAAAAAAAAAAAAAAAAAAAA==\n", "key_file_malformed"},
		{"", "key_file_malformed"},
	};
	struct why why;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(buf_free) struct buf file;

		buf_init(&file, KEY_FILE_MAX);
		buf_addf(&file, "%s%s%s", head, rows[i].kdf, sealed);
		why_clear(&why);
		CLEANUP(sign_drop) struct sign_key *key = key_file_open(buf_bytes(&file), bytes_z("x"), &why);
		ok(key == NULL, "key file %zu is refused", i + 1);
		is_str(why.code, rows[i].code, "before any work is done for it");
	}
	CLEANUP(sign_drop) struct sign_key *none = key_file_open(bytes_of(NULL, 0), bytes_z("x"), &why);
	ok(none == NULL && why_is(&why, "key_file_malformed"), "an empty file is refused");
}

int main(void)
{
	test_published();
	test_key_id();
	test_key_file();
	test_malformed();
	return done_testing();
}
