/* Sealed personal data, and the keys that seal it. */
#include "ledger/base/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "tests/lib/tap.h"

static void test_wrap(void)
{
	CLEANUP(secret_drop) struct key32 *old_key = secret_new();
	CLEANUP(secret_drop) struct key32 *new_key = secret_new();
	struct kek keks[] = {kek_of(old_key), kek_of(new_key)};
	uint8_t wrapped[SEAL_WRAPPED_SIZE], again[SEAL_WRAPPED_SIZE];
	struct key32 key, opened = {{0}};
	struct why why;

	seal_new_key(&key);
	seal_wrap(&keks[1], 17, &key, wrapped);
	seal_wrap(&keks[1], 17, &key, again);
	ok(memcmp(wrapped, again, sizeof(wrapped)) != 0, "the same key is wrapped differently each time");
	ok(kek_wrapped(&keks[1], bytes_of(wrapped, sizeof wrapped)) &&
			!kek_wrapped(&keks[0], bytes_of(wrapped, sizeof wrapped)),
		"the wrapped key says which KEK wrapped it");
	ok(memmem(new_key->b, sizeof new_key->b, keks[1].id, sizeof keks[1].id) == NULL,
		"and its id is no part of the KEK");
	ok(seal_unwrap(keks, 2, 17, bytes_of(wrapped, sizeof(wrapped)), &opened, &why),
		"the right KEK unwraps it");
	is_mem(opened.b, sizeof(opened.b), key.b, sizeof(key.b), "to the same key");

	memset(&opened, 0, sizeof(opened));
	ok(!seal_unwrap(keks, 2, 18, bytes_of(wrapped, sizeof(wrapped)), &opened, &why) &&
			why_is(&why, "seal_wrong"),
		"another person's key does not open");
	ok(!seal_unwrap(keks, 1, 17, bytes_of(wrapped, sizeof(wrapped)), &opened, &why) &&
			why_is(&why, "seal_kek_unknown"),
		"an unknown KEK is named");
	ok(!seal_unwrap(keks, 2, 17, bytes_of(wrapped, sizeof(wrapped) - 1), &opened, &why) &&
			why_is(&why, "seal_size"),
		"a cut key is refused");
	memcpy(wrapped, keks[0].id, sizeof keks[0].id);
	ok(!seal_unwrap(keks, 2, 17, bytes_of(wrapped, sizeof(wrapped)), &opened, &why) &&
			why_is(&why, "seal_wrong"),
		"another KEK does not open it");
	memcpy(wrapped, keks[1].id, sizeof keks[1].id);
	wrapped[40] ^= 1;
	ok(!seal_unwrap(keks, 2, 17, bytes_of(wrapped, sizeof(wrapped)), &opened, &why) &&
			why_is(&why, "seal_wrong"),
		"a changed bit is seen");
	is_mem(opened.b, sizeof(opened.b), (struct key32){{0}}.b, sizeof(opened.b),
		"a refused key writes nothing");
}

static void test_field(void)
{
	static const char digits[] = "099190000123";
	CLEANUP(buf_free) struct buf sealed;
	CLEANUP(buf_free) struct buf plain;
	struct key32 key, other;
	struct why why;

	seal_new_key(&key);
	seal_new_key(&other);
	buf_init(&sealed, 1000);
	buf_init(&plain, 1000);
	seal_field(&key, 17, "id", bytes_z(digits), &sealed);
	is_i64((int64_t)sealed.n, 12 + SEAL_OVERHEAD, "a sealed field is %d bytes longer", SEAL_OVERHEAD);
	ok(memmem(sealed.at, sealed.n, digits, 6) == NULL, "and shows nothing");
	ok(open_field(&key, 17, "id", buf_bytes(&sealed), &plain, &why), "its owner opens it");
	is_str(buf_str(&plain), digits, "to the same text");

	buf_reset(&plain);
	ok(!open_field(&key, 18, "id", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_wrong"),
		"under another person's number it does not open");
	ok(!open_field(&key, 17, "account", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_wrong"),
		"as another field it does not open");
	ok(!open_field(&key, 17, "no", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_wrong"),
		"nor as one whose name is as long");
	ok(!open_field(&other, 17, "id", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_wrong"),
		"with another key it does not open");
	sealed.at[sealed.n - 1] ^= 1;
	ok(!open_field(&key, 17, "id", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_wrong"),
		"a changed bit is seen");
	sealed.at[sealed.n - 1] ^= 1;
	sealed.at[0] = 2;
	ok(!open_field(&key, 17, "id", buf_bytes(&sealed), &plain, &why) && why_is(&why, "seal_version"),
		"a format of the future is named");
	ok(!open_field(&key, 17, "id", bytes_of(sealed.at, SEAL_OVERHEAD - 1), &plain, &why) &&
			why_is(&why, "seal_size"),
		"a cut field is refused");
	is_i64((int64_t)plain.n, 0, "a refused field writes nothing");

	buf_reset(&sealed);
	seal_field(&key, 17, "phone", bytes_of(NULL, 0), &sealed);
	ok(open_field(&key, 17, "phone", buf_bytes(&sealed), &plain, &why) && plain.n == 0,
		"an empty text can be sealed");
}

static void put_file(
	const char *directory, const char *name, struct bytes content, mode_t mode, char *path, size_t size)
{
	FILE *f;

	snprintf(path, size, "%s/%s", directory, name);
	f = fopen(path, "w");
	if (f == NULL)
		return;
	fwrite(content.at, 1, content.n, f);
	fclose(f);
	chmod(path, mode);
}

static void test_load(void)
{
	static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	static const struct {
		const char *name, *content;
		size_t n;
		mode_t mode;
		const char *code; /* NULL: loaded */
	} rows[] = {
		{"hex", hex, 65, 0600, NULL},
		{"hex-without-lf", hex, 64, 0400, NULL},
		{"raw", "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37",
			32, 0600, NULL},
		{"group-may-read", hex, 65, 0640, "secret_open_to_others"},
		{"all-may-read", hex, 65, 0604, "secret_open_to_others"},
		{"short", hex, 63, 0600, "secret_bad"},
		{"empty", "", 0, 0600, "secret_bad"},
		{"long", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n", 66, 0600,
			"secret_bad"},
	};
	char directory[] = "/tmp/chitra-seal-XXXXXX", path[200], link[200];
	struct key32 want;
	struct why why;

	for (size_t i = 0; i < sizeof(want.b); i++)
		want.b[i] = (uint8_t)i;
	if (mkdtemp(directory) == NULL)
		return;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		why_clear(&why);
		put_file(directory, rows[i].name, bytes_of(rows[i].content, rows[i].n), rows[i].mode, path,
			sizeof(path));
		CLEANUP(secret_drop) struct key32 *key = secret_load_file(path, &why);

		is_str(key == NULL ? why.code : NULL, rows[i].code, "key file '%s'", rows[i].name);
		if (key != NULL)
			ok(memcmp(key->b, want.b, sizeof(want.b)) == 0, "holds the key");
		unlink(path);
	}
	put_file(directory, "kek", bytes_of(hex, 65), 0600, path, sizeof(path));
	snprintf(link, sizeof(link), "%s/link", directory);
	ok(symlink(path, link) == 0, "a symbolic link to a key");
	CLEANUP(secret_drop) struct key32 *by_link = secret_load_file(link, &why);
	ok(by_link == NULL && why_is(&why, "secret_open_to_others"), "is not followed");
	setenv("CREDENTIALS_DIRECTORY", directory, 1);
	CLEANUP(secret_drop) struct key32 *named = secret_load("kek", &why);
	ok(named != NULL && memcmp(named->b, want.b, sizeof(want.b)) == 0, "a credential is loaded by name");
	CLEANUP(secret_drop) struct key32 *absent = secret_load("none", &why);
	ok(absent == NULL && why_is(&why, "secret_missing"), "a missing one is named");
	unsetenv("CREDENTIALS_DIRECTORY");
	CLEANUP(secret_drop) struct key32 *nowhere = secret_load("kek", &why);
	ok(nowhere == NULL && why_is(&why, "secret_no_directory"), "without a directory nothing is loaded");
	unlink(link);
	unlink(path);
	rmdir(directory);
}

int main(void)
{
	test_wrap();
	test_field();
	test_load();
	return done_testing();
}
