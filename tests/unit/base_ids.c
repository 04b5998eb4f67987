/* Personal IDs, accounts, phones, and what is derived from them. Derived values from Python's hashlib.blake2b. */
#include "ledger/base/ids.h"

#include <string.h>

#include "ledger/base/text.h"
#include "tests/lib/tap.h"

static void test_personal_id(void)
{
	static const struct {
		const char *text, *code;
	} rows[] = {
		{"099190000123", NULL},
		{"", "personal_id_empty"},
		{"123456789", "personal_id_cmnd"},
		{"1190000123", "personal_id_zeros_lost"},
		{"99190000123", "personal_id_zeros_lost"},
		{"0991900001234", "personal_id_length"},
		{"09919000", "personal_id_length"},
		{"09919000012a", "personal_id_not_digits"},
		{"1.09E+10", "personal_id_not_digits"},
		{"099190000123 ", "personal_id_not_digits"},
		{"09919000012\xef\xbc\x93", "personal_id_not_digits"},
	};
	struct personal_id id;
	char text[MASKED_SIZE];
	struct why why;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct why code = {0};

		ok(personal_id_parse(bytes_z(rows[i].text), &id, &code) == (rows[i].code == NULL),
			"the ID '%s' is %s", rows[i].text, rows[i].code == NULL ? "read" : "refused");
		is_str(code.code, rows[i].code == NULL ? "" : rows[i].code, "with its own code");
	}
	ok(!personal_id_parse(bytes_z("09919000"), &id, &why), "a short ID is refused");
	is_str(why.text, "personal ID must have 12 digits, this one has 8",
		"in a sentence that does not repeat it");
	ok(!personal_id_parse(bytes_of("09919000012\0", 12), &id, &why), "a NUL is no digit");

	ok(personal_id_with_zeros(bytes_z("1190000123"), &id), "10 digits can be repaired");
	is_str(id.digits, "001190000123", "with two zeros");
	ok(personal_id_with_zeros(bytes_z("99190000123"), &id), "11 digits can be repaired");
	is_str(id.digits, "099190000123", "with one zero");
	ok(!personal_id_with_zeros(bytes_z("123456789"), &id), "9 digits are an old card and never repaired");
	ok(!personal_id_with_zeros(bytes_z("099190000123"), &id), "12 digits need no repair");

	ok(personal_id_parse(bytes_z("001190000123"), &id, &why), "a woman of 1990");
	is_i64(personal_id_birth_year(&id), 1990, "was born in 1990");
	ok(personal_id_is_female(&id), "and is a woman");
	ok(personal_id_parse(bytes_z("079205000123"), &id, &why), "a man of 2005");
	is_i64(personal_id_birth_year(&id), 2005, "was born in 2005");
	ok(!personal_id_is_female(&id), "and is a man");
	is_str(personal_id_masked(&id, text), "079•••••0123", "a masked ID shows its place and its end");
}

static void test_account_and_phone(void)
{
	static const struct {
		const char *text, *kept, *code;
	} accounts[] = {
		{"970000000090", "970000000090", NULL},
		{"99mm24011M34875080", "99MM24011M34875080", NULL},
		{"1234", "1234", NULL},
		{"1234567890123456789012345678901234", "1234567890123456789012345678901234", NULL},
		{"12345678901234567890123456789012345", NULL, "account_length"},
		{"123", NULL, "account_length"},
		{"", NULL, "account_empty"},
		{"9700 0000", NULL, "account_character"},
		{"9700.0000", NULL, "account_character"},
		{"970000\xc3\x90", NULL, "account_character"},
	};
	static const struct {
		const char *text, *kept;
	} phones[] = {
		{"0912345678", "0912345678"},
		{"+84912345678", "0912345678"},
		{"84912345678", "0912345678"},
		{"0912.345.678", "0912345678"},
		{"+84 91 234 5678", "0912345678"},
		{"02523821111", "02523821111"},
		{"912345678", NULL},
		{"091234567", NULL},
		{"091234567890", NULL},
		{"+0912345678", NULL},
		{"0012345678", NULL},
		{"+840912345678", NULL},
		{"0912-345-678", NULL},
		{"+", NULL},
		{"", NULL},
		{"00000000000000000000000000000", NULL},
	};
	char text[MASKED_SIZE];
	struct account_no no;
	struct phone_no phone;

	for (size_t i = 0; i < COUNT_OF(accounts); i++) {
		struct why why = {0};
		bool read = account_no_parse(bytes_z(accounts[i].text), &no, &why);

		is_str(read ? no.text : NULL, accounts[i].kept, "the account '%s' is %s", accounts[i].text,
			accounts[i].kept == NULL ? "refused" : "read");
		is_str(why.code, read ? "" : accounts[i].code, "with its own code");
	}
	ok(account_no_parse(bytes_z("970000000090"), &no, NULL), "an account of 12 digits");
	is_str(account_no_masked(&no, text), "••••0090", "shows its last four");
	ok(account_no_parse(bytes_z("12345"), &no, NULL), "an account of 5 digits");
	is_str(account_no_masked(&no, text), "••••45", "shows its last two");
	for (size_t i = 0; i < COUNT_OF(phones); i++) {
		bool read = phone_no_parse(bytes_z(phones[i].text), &phone, NULL);

		is_str(read ? phone.digits : NULL, phones[i].kept, "the phone '%s' is %s", phones[i].text,
			phones[i].kept == NULL ? "refused" : "read");
	}
	ok(phone_no_parse(bytes_z("+84912345678"), &phone, NULL), "a mobile");
	is_str(phone_no_masked(&phone, text), "09•••••678", "shows its ends");
}

static void test_crockford(void)
{
	static const struct {
		const char *bytes;
		size_t bits;
		const char *text;
	} rows[] = {
		/* by hand: groups of five bits in the alphabet without I, L, O and U */
		{"\x00\x00\x00\x00\x00", 40, "00000000"},
		{"\xff\xff\xff\xff\xff", 40, "ZZZZZZZZ"},
		{"\x00\x44\x32\x14\xc7", 40, "01234567"},
		{"\x42\x54\xb6\x35\xcf", 40, "89ABCDEF"},
		{"\x84\x65\x3a\x56\xd7", 40, "GHJKMNPQ"},
		{"\xc6\x75\xbe\x77\xdf", 40, "RSTVWXYZ"},
		{"\xff\xff", 15, "ZZZ"},
		{"\x80", 5, "G"},
	};
	char text[16];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		crockford32_encode((const uint8_t *)rows[i].bytes, rows[i].bits, text);
		is_str(text, rows[i].text, "%zu bits are %s", rows[i].bits, rows[i].text);
	}
}

static void test_derived(void)
{
	struct key32 key;
	struct personal_id id;
	struct hash16 h;
	char hex[33], e2e[E2E_ID_SIZE];

	for (size_t i = 0; i < sizeof(key.b); i++)
		key.b[i] = (uint8_t)i;
	ok(personal_id_parse(bytes_z("099190000123"), &id, NULL), "the first ID ever registered");
	h = person_anchor(&key, &id);
	hex_encode(h.b, sizeof(h.b), hex);
	is_str(hex, "27be12100ff42b849fa2d138b7d4792c", "is the person's anchor");

	static const struct {
		enum blind_kind kind;
		const char *text, *hex;
	} blind[] = {
		{BLIND_ID, "099190000123", "7e8ebf69836fb4ceef9b8f3ffa591928"},
		{BLIND_ACCOUNT, "9700000000001190", "ef0deaa2bb3b1926b26e67495e81568a"},
		{BLIND_PHONE, "0912345678", "b8b133c45080c6e7e0ccd2afcf8ae9a2"},
	};
	for (size_t i = 0; i < COUNT_OF(blind); i++) {
		struct hash16 b = blind_index(&key, blind[i].kind, blind[i].text);

		hex_encode(b.b, sizeof(b.b), hex);
		is_str(hex, blind[i].hex, "the blind index of a number of kind %d", (int)blind[i].kind);
	}

	struct e2e_of of = {.programme = "merit",
		.month = {2024, 4},
		.kind = "regular",
		.anchor = h,
		.instalment = 1,
		.issue = 1};
	is_str(e2e_id(&key, &of, e2e), "5W2TSBGKFFDPDSC74YD", "an end-to-end id is derived");
	is_str(e2e_id(&key, &of, e2e), "5W2TSBGKFFDPDSC74YD", "and is the same again");
	ok(e2e_id_valid(bytes_z(e2e)), "and has its shape");
	of.issue = 2;
	is_str(e2e_id(&key, &of, e2e), "2PCS1NQXX3T1QYYE8YG", "another issue is another id");
	of.issue = 1;
	of.programme = "social";
	is_str(e2e_id(&key, &of, e2e), "HX9AYQSY8W68XW8W813", "another programme too");
	of = (struct e2e_of){
		.programme = "rent", .month = {2022, 5}, .kind = "arrears", .anchor = h, .issue = 1};
	is_str(e2e_id(&key, &of, e2e), "QAT0DATKY9WZJ48ZDWN", "arrears of another month too");
	of = (struct e2e_of){
		.programme = "merit", .month = {2024, 4}, .kind = "regular", .instalment = 1, .issue = 1};
	is_str(e2e_id(&key, &of, e2e), "6XX3XEMRSXR9EJNN5JA", "another person too");

	static const char *const bad[] = {"5W2TSBGKFFDPDSC74Y", "5W2TSBGKFFDPDSC74YDD", "5w2tsbgkffdpdsc74yd",
		"IW2TSBGKFFDPDSC74YD", "UW2TSBGKFFDPDSC74YD", ""};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!e2e_id_valid(bytes_z(bad[i])), "'%s' is no end-to-end id", bad[i]);
	ok(!e2e_id_valid(bytes_of("5W2TSBGKFFDPDSC74Y\0", 19)), "nor is one with a NUL");
}

int main(void)
{
	test_personal_id();
	test_account_and_phone();
	test_crockford();
	test_derived();
	return done_testing();
}
