/* UTF-8, hexadecimal, base64 (RFC 4648 §10) and percent escapes. */
#include "ledger/base/text.h"

#include <string.h>

#include "tests/lib/tap.h"

static void test_utf8(void)
{
	static const struct {
		const char *name;
		struct bytes at;
		bool valid;
	} rows[] = {
#define ROW(name, text, valid) {name, {(const uint8_t *)(text), sizeof(text) - 1}, valid}
		ROW("ASCII", "Nguyen", true),
		ROW("Vietnamese", "Nguyễn Thị Đào", true),
		ROW("the empty text", "", true),
		ROW("U+10FFFF", "\xf4\x8f\xbf\xbf", true),
		ROW("above U+10FFFF", "\xf4\x90\x80\x80", false),
		ROW("a surrogate", "\xed\xa0\x80", false),
		ROW("U+D7FF", "\xed\x9f\xbf", true),
		ROW("an overlong slash", "\xc0\xaf", false),
		ROW("an overlong NUL of three bytes", "\xe0\x80\x80", false),
		ROW("an overlong form of four bytes", "\xf0\x8f\xbf\xbf", false),
		ROW("a lone continuation", "a\x80", false),
		ROW("a character cut short", "\xe1\xbb", false),
		ROW("a character cut short by a letter",
			"\xe1\xbb"
			"a",
			false),
		ROW("Latin-1",
			"Nguy\xea"
			"n",
			false),
		ROW("0xff", "\xff", false),
#undef ROW
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		ok(utf8_valid(rows[i].at) == rows[i].valid, "%s is %s UTF-8", rows[i].name,
			rows[i].valid ? "" : "not");
}

static void test_nfc(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *out = NULL;
	struct why why;

	ok(utf8_nfc(a,
		   bytes_z("Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 \xc4\x90"
			   "a\xcc\x80o"),
		   &out, &why),
		"a decomposed name is read");
	is_str(out, "Nguyễn Thị Đào", "and composed");
	ok(utf8_nfc(a, bytes_z("Y Ê-ban"), &out, &why), "a composed name is read");
	is_str(out, "Y Ê-ban", "and stays as it is");
	ok(utf8_nfc(a, bytes_of("", 0), &out, &why) && out[0] == '\0', "an empty text stays empty");
	ok(!utf8_nfc(a, bytes_z("\xff"), &out, &why) && why_is(&why, "utf8_invalid"), "bad UTF-8 is refused");
	ok(!utf8_nfc(a, bytes_of("a\0b", 3), &out, &why) && why_is(&why, "text_nul"),
		"a NUL byte is refused");
	ok(text_has_control(bytes_z("a\1")) && !text_has_control(bytes_z("a\tb\r\n")),
		"control bytes are seen");
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		bool fits;
	} rows[] = {{"0", true}, {"70000", true}, {"18446744073709551615", true},
		{"18446744073709551616", false}, {"", false}, {"01", false}, {"-1", false}, {"+1", false},
		{"1 ", false}, {"１", false}};
	uint64_t v;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		ok(text_u64(bytes_z(rows[i].text), UINT64_MAX, &v) == rows[i].fits, "the number '%s' is %s",
			rows[i].text, rows[i].fits ? "read" : "refused");
	ok(text_u64(bytes_z("300"), 300, &v) && v == 300 && !text_u64(bytes_z("301"), 300, &v),
		"a maximum holds");
	char digits[24];
	*text_digits(digits, 0, 1) = '\0';
	is_str(digits, "0", "zero has a digit");
	*text_digits(digits, 42, 6) = '\0';
	is_str(digits, "000042", "a number is widened with zeros");
	*text_digits(digits, UINT64_MAX, 3) = '\0';
	is_str(digits, "18446744073709551615", "and never cut");
	ok(!text_all_digits("", 0) && text_all_digits("0123456789", 10) && !text_all_digits("12a", 3),
		"digits are digits");
}

static void test_hex(void)
{
	uint8_t out[3] = {9, 9, 9};
	char text[7];

	hex_encode((const uint8_t *)"\x00\xab\xff", 3, text);
	is_str(text, "00abff", "hex is lower case");
	ok(hex_decode("00ABff", 6, out, 3) && memcmp(out, "\x00\xab\xff", 3) == 0, "both cases are read");
	memset(out, 9, 3);
	ok(!hex_decode("00ab", 4, out, 3) && !hex_decode("00abfg", 6, out, 3) && out[0] == 9,
		"a wrong length or digit is refused and writes nothing");
}

static void test_base64(void)
{
	static const struct {
		const char *plain, *std, *url;
	} rows[] = {
		/* RFC 4648 §10 */
		{"", "", ""},
		{"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		/* §4 and §5: the two alphabets */
		{"\xfb\xff\xfe", "+//+", "-__-"},
	};
	static const char *const bad[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9", "Zm9vY", "Zm9v\n", " Zm9v",
		"Zm9v ", "-__-", "Zg==Zg==", "=", "Zm 9v", "Zm9\x83"};
	CLEANUP(buf_free) struct buf b;
	uint8_t out[16];
	size_t n;

	buf_init(&b, 100);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		buf_reset(&b);
		base64_encode(BASE64_STD, bytes_z(rows[i].plain), &b);
		is_str(buf_str(&b), rows[i].std, "base64 of '%s'", rows[i].std);
		buf_reset(&b);
		base64_encode(BASE64_URL, bytes_z(rows[i].plain), &b);
		is_str(buf_str(&b), rows[i].url, "base64url of '%s'", rows[i].url);
		ok(base64_decode(BASE64_STD, bytes_z(rows[i].std), out, sizeof(out), &n) &&
				bytes_eq(bytes_of(out, n), bytes_z(rows[i].plain)),
			"and back");
		ok(base64_decode(BASE64_URL, bytes_z(rows[i].url), out, sizeof(out), &n) &&
				bytes_eq(bytes_of(out, n), bytes_z(rows[i].plain)),
			"and back");
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!base64_decode(BASE64_STD, bytes_z(bad[i]), out, sizeof(out), &n),
			"base64 %zu that nobody writes is refused", i + 1);
	memset(out, 7, sizeof(out));
	ok(!base64_decode(BASE64_STD, bytes_z("Zm9vYmFy"), out, 5, &n) && out[0] == 7,
		"a value that is too long is refused and writes nothing");
}

static void test_percent(void)
{
	static const struct {
		struct bytes plain;
		const char *escaped;
	} rows[] = {
#define ROW(text, escaped) {{(const uint8_t *)(text), sizeof(text) - 1}, escaped}
		ROW("", ""), ROW("bank:vcb", "bank:vcb"), ROW("two words", "two%20words"),
		ROW("a\nb", "a%0Ab"), ROW("100%", "100%25"), ROW("\x7f\x00", "%7F%00"),
		ROW("Đào\xff", "Đào\xff"), /* bytes above 0x7f stay */
#undef ROW
	};
	static const char *const bad[] = {"a b", "%", "%2", "%zz", "%41", "%0a", "\n", "\x7f", "%2 5", "%FF"};
	CLEANUP(buf_free) struct buf b;

	buf_init(&b, 100);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		buf_reset(&b);
		percent_escape(rows[i].plain, &b);
		is_str(buf_str(&b), rows[i].escaped, "'%s' is the escaped form", rows[i].escaped);
		buf_reset(&b);
		ok(percent_unescape(bytes_z(rows[i].escaped), &b) && bytes_eq(buf_bytes(&b), rows[i].plain),
			"'%s' comes back", rows[i].escaped);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		buf_reset(&b);
		ok(!percent_unescape(bytes_z(bad[i]), &b) && b.n == 0,
			"escaped text %zu that nobody writes is refused", i + 1);
	}
	bool back = true;
	for (unsigned c = 0; c < 256; c++) {
		CLEANUP(buf_free) struct buf escaped;
		uint8_t byte = (uint8_t)c;

		buf_init(&escaped, 8);
		buf_reset(&b);
		percent_escape(bytes_of(&byte, 1), &escaped);
		back = back && percent_unescape(buf_bytes(&escaped), &b) && b.n == 1 && b.at[0] == byte;
	}
	ok(back, "each of the 256 bytes goes there and back");
}

/* The examples of RFC 9285, 4.3 and 4.4. */
static void test_base45(void)
{
	static const struct {
		const char *plain, *encoded;
	} rows[] = {{"AB", "BB8"}, {"Hello!!", "%69 VD92EX0"}, {"base-45", "UJCLQE7W581"},
		{"ietf!", "QED8WEX0"}, {"", ""}};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(buf_free) struct buf b = BUF(100);

		base45_encode(bytes_z(rows[i].plain), &b);
		is_str(buf_str(&b), rows[i].encoded, "'%s' in base 45", rows[i].plain);
	}
}

int main(void)
{
	test_utf8();
	test_nfc();
	test_numbers();
	test_hex();
	test_base64();
	test_base45();
	test_percent();
	return done_testing();
}
