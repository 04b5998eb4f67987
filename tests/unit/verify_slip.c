/* The verifier reads base 45 as RFC 9285 has it, and of a slip's code only what is whole. */
#include <string.h>

#include "ledger/verify/slip.h"
#include "tests/lib/tap.h"

static void test_base45(void)
{
	static const struct {
		const char *encoded, *plain;
	} good[] = {{"BB8", "AB"}, {"%69 VD92EX0", "Hello!!"}, {"UJCLQE7W581", "base-45"},
		{"QED8WEX0", "ietf!"}, {"", ""}, {"FGW", "\xff\xff"}, {"U5", "\xff"}};
	static const char *const bad[] = {
		"GGW", ":::", "V5", "::", "A", "BB8A", "bb8", "BB_", "B;8", "\xc3\xa9"};
	uint8_t out[32];
	size_t n;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		n = sizeof out;
		ok(base45_read(text_z(good[i].encoded), out, &n) && n == strlen(good[i].plain) &&
				memcmp(out, good[i].plain, n) == 0,
			"'%s' is read", good[i].encoded);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		n = sizeof out;
		ok(!base45_read(text_z(bad[i]), out, &n), "'%s' is not", bad[i]);
	}
	n = 1;
	ok(!base45_read(text_z("BB8"), out, &n), "nor what there is no room for");
}

static bool reads(const char *z)
{
	uint8_t held[SLIP_MAX];
	struct text leaf;
	struct receipt r;

	return slip_read(text_z(z), held, &leaf, &r);
}

/* "00 01 78 00 79": a leaf "x", no hash, the note "y". */
static void test_slip(void)
{
	ok(reads("CHITRA1:100U7FV2"), "a leaf, no hashes and a note are a slip's code");
	ok(reads("CHITRA1:100U7FV2\n"), "also with the line's end of the program that read it");
	ok(reads("CHITRA1:100U7FV2\r\n"), "as Windows ends it too");
	ok(!reads("CHITRA1:100U7FV2\n\n"), "but not with two");
	ok(!reads("CHITRA2:100U7FV2"), "nor under another name");
	ok(!reads("CHITRA1:100U7F"), "nor without the note");
	ok(!reads("CHITRA1:100"), "nor without the leaf");
	ok(!reads("CHITRA1:"), "nor without anything");
	ok(!reads("CHITRA1:FGWFGW"), "nor with a leaf that is longer than the code");
}

int main(void)
{
	test_base45();
	test_slip();
	return done_testing();
}
