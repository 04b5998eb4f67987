/* Signed notes and checkpoints. The example of 70,000 leaves was made and checked by two other programs (Go's x/mod/sumdb/note
 * and Python); the verifier keys and the first two notes are C2SP's and golang/mod's. */
#include "ledger/base/note.h"

#include <stdio.h>
#include <string.h>

#include "ledger/base/merkle.h"
#include "tests/lib/tap.h"

#define LOG_KEY     "ledger.example.gov.vn/payout-2025+ef5172d4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
#define WITNESS_KEY "witness.example.vn/stateaudit+24700b99+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
#define TEXT        "ledger.example.gov.vn/payout-2025\n70000\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n"
#define LOG_LINE                                 \
	"— ledger.example.gov.vn/payout-2025 " \
	"71Fy1KtZDcrjM8y0tzyUvj5Jb7P116Ce8atydhUWwGMC6PAAsaiR37myWOeg9xaK3oyWfgF3OruXIx+VLnBFIlSlHQY=\n"
#define WITNESS_LINE                         \
	"— witness.example.vn/stateaudit " \
	"JHALmQAAAABpH+0gwS/JmgumUiVfAlib1tw86MsDsjKab9S5nXhNTpkRRn3VFRs/T96/TcS5dkRGKd0Hz6MTArRYGKM6du+Ip+5rDw==\n"
#define WITNESSED 1763700000

static struct sign_key *key_of_byte(uint8_t byte)
{
	struct key32 seed;

	memset(seed.b, byte, sizeof(seed.b));
	return sign_from_seed(&seed);
}

static struct note_verifier key(const char *text)
{
	struct note_verifier v = {.name = ""};

	ok(note_vkey_parse(bytes_z(text), &v, NULL), "a verifier key is read");
	return v;
}

static void test_published_checkpoint(void)
{
	static struct hash leaves[70000];
	CLEANUP(sign_drop) struct sign_key *log_key = key_of_byte(1);
	CLEANUP(sign_drop) struct sign_key *witness_key = key_of_byte(2);
	struct verify_key log_public = sign_public(log_key), witness_public = sign_public(witness_key);
	struct note_verifier log = note_verifier(
		"ledger.example.gov.vn/payout-2025", NOTE_ED25519, &log_public);
	struct note_verifier witness = note_verifier(
		"witness.example.vn/stateaudit", NOTE_COSIGNATURE, &witness_public);
	struct checkpoint c = {.origin = "ledger.example.gov.vn/payout-2025", .size = 70000};
	CLEANUP(buf_free) struct buf b = BUF(NOTE_MAX);
	CLEANUP(buf_free) struct buf text = BUF(NOTE_MAX);

	for (size_t i = 0; i < COUNT_OF(leaves); i++) {
		char leaf[32];

		snprintf(leaf, sizeof(leaf), "leaf %zu", i);
		leaves[i] = merkle_leaf(bytes_z(leaf));
	}
	c.root = merkle_root(leaves, COUNT_OF(leaves));
	checkpoint_text(&c, &text);
	is_str(buf_str(&text), TEXT, "the checkpoint of 70,000 leaves is the published text");
	buf_add_bytes(&b, buf_bytes(&text));
	buf_add_z(&b, "\n");
	note_sign(&log, log_key, buf_bytes(&text), &b);
	note_cosign(&witness, witness_key, WITNESSED, buf_bytes(&text), &b);
	is_str(buf_str(&b), TEXT "\n" LOG_LINE WITNESS_LINE,
		"log and witness sign it byte for byte as published");
	buf_reset(&b);
	note_vkey_format(&log, &b);
	is_str(buf_str(&b), LOG_KEY, "the log's verifier key is the published one");
	buf_reset(&b);
	note_vkey_format(&witness, &b);
	is_str(buf_str(&b), WITNESS_KEY, "the witness's verifier key too");
}

static void test_verify(void)
{
	static const char other[] = "— other.example AAAAAAAA\n";
	static char forged_log[sizeof(LOG_LINE)], forged_witness[sizeof(WITNESS_LINE)];
	struct note_verifier known[2] = {key(LOG_KEY), key(WITNESS_KEY)};

	memcpy(forged_log, LOG_LINE, sizeof(LOG_LINE));
	forged_log[sizeof(LOG_LINE) - 10] ^= 2;
	memcpy(forged_witness, WITNESS_LINE, sizeof(WITNESS_LINE));
	forged_witness[sizeof(WITNESS_LINE) - 10] ^= 2;
	const struct {
		const char *lines[3];
		const char *text;
		const char *code; /* NULL: verified */
		uint64_t at[2];
		const char *rule;
	} rows[] = {
		{{LOG_LINE, WITNESS_LINE}, TEXT, NULL, {1, WITNESSED}, "both signatures are believed"},
		{{WITNESS_LINE, LOG_LINE}, TEXT, NULL, {1, WITNESSED}, "in either order"},
		{{LOG_LINE}, TEXT, NULL, {1, 0}, "the log alone is told from both"},
		{{WITNESS_LINE}, TEXT, NULL, {0, WITNESSED}, "the witness alone too"},
		{{other, LOG_LINE, other}, TEXT, NULL, {1, 0}, "lines by unknown keys are ignored"},
		{{other}, TEXT, "note_unsigned", {0}, "a note by unknown keys alone is not believed"},
		{{forged_log}, TEXT, "note_bad_signature", {0}, "a changed signature is not believed"},
		{{LOG_LINE, forged_witness}, TEXT, "note_bad_signature", {0},
			"one known line that fails spoils the note"},
		{{LOG_LINE, forged_log}, TEXT, "note_bad_signature", {0},
			"also when its signer has a good one before it"},
		{{LOG_LINE},
			"ledger.example.gov.vn/payout-2025\n70001\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",
			"note_bad_signature", {0}, "a changed size is seen"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(buf_free) struct buf b = BUF(NOTE_MAX);
		uint64_t at[2] = {9, 9};
		struct why why = {0};
		struct note n;

		buf_addf(&b, "%s\n", rows[i].text);
		for (size_t line = 0; line < 3 && rows[i].lines[line] != NULL; line++)
			buf_add_z(&b, rows[i].lines[line]);
		ok(note_parse(buf_bytes(&b), &n, &why) && bytes_eq_z(n.text, rows[i].text),
			"the note is taken apart");
		bool believed = note_verify(&n, known, 2, at, &why);
		is_str(believed ? NULL : why.code, rows[i].code, "%s", rows[i].rule);
		if (believed)
			ok(at[0] == rows[i].at[0] && at[1] == rows[i].at[1],
				"and it is told who signed, and when");
	}
}

static void test_parse(void)
{
	static const char line[] = "— a AAAAAAA=\n";
	static const struct {
		const char *note, *text; /* text NULL: refused */
		const char *rule;
	} rows[] = {
		{"x\n\n— a AAAAAAA=\n", "x\n", "a small note"},
		{"x\n\ny\n\n— a AAAAAAA=\n", "x\n\ny\n", "the signatures follow the last empty line"},
		{"\n\n— a AAAAAAA=\n", "\n", "an empty text"},
		{"Đào\n\n— a AAAAAAA=\n", "Đào\n", "UTF-8"},
		{"x\n\n— a AAAA\n", NULL, "a signature of three bytes"},
		{"x\n\n— a AAAAAAA\n", NULL, "base64 without its padding"},
		{"x\n\n— a AAAAAAB=\n", NULL, "base64 with loose bits"},
		{"x\n\n—a AAAAAAA=\n", NULL, "no space behind the dash"},
		{"x\n\n- a AAAAAAA=\n", NULL, "a hyphen for the dash"},
		{"x\n\n—  AAAAAAA=\n", NULL, "no name"},
		{"x\n\n— a+b AAAAAAA=\n", NULL, "a plus sign in the name"},
		{"x\n\n— a\xc2\xa0z AAAAAAA=\n", NULL, "a no-break space in the name"},
		{"x\n\n— a AAAAAAA= \n", NULL, "something behind the signature"},
		{"x\n\n— a AAAAAAA=", NULL, "a last line without its end"},
		{"x\n\n", NULL, "no signature"},
		{"x\n— a AAAAAAA=\n", NULL, "no empty line"},
		{"x\n\n— a AAAAAAA=\n\n", NULL, "an empty line at the end"},
		{"x\ty\n\n— a AAAAAAA=\n", NULL, "a tab in the text"},
		{"x\r\n\n— a AAAAAAA=\n", NULL, "a carriage return in the text"},
		{"x\xff\n\n— a AAAAAAA=\n", NULL, "bad UTF-8"},
		{"", NULL, "nothing"},
	};
	CLEANUP(buf_free) struct buf b = BUF(2 * NOTE_MAX);
	struct note n;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool read = note_parse(bytes_z(rows[i].note), &n, NULL);

		ok(read == (rows[i].text != NULL) && (!read || bytes_eq_z(n.text, rows[i].text)), "%s is %s",
			rows[i].rule, rows[i].text != NULL ? "a note" : "refused");
	}
	buf_add_z(&b, "x\n\n");
	for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++)
		buf_add_z(&b, line);
	ok(note_parse(buf_bytes(&b), &n, NULL) && n.n == NOTE_SIGNATURES_MAX, "%d signatures are read",
		NOTE_SIGNATURES_MAX);
	buf_add_z(&b, line);
	ok(!note_parse(buf_bytes(&b), &n, NULL), "one more is refused");
}

static void test_keys(void)
{
	static const struct {
		const char *text, *code;
	} rows[] = {
		{"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", NULL},
		{"EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop", NULL},
		{"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
			NULL}, /* a + in the base64 */
		{"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_id"},
		{"example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_id"},
		{"example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_type"},
		{"example.com/foo+530d903a+Aeky", "vkey_malformed"},
		{"example.com/foo+530d90+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_malformed"},
		{"example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_malformed"},
		{"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "vkey_malformed"},
		{"example.com/foo", "vkey_malformed"},
		{"", "vkey_malformed"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct note_verifier v;
		struct why why = {0};
		bool read = note_vkey_parse(bytes_z(rows[i].text), &v, &why);

		is_str(read ? NULL : why.code, rows[i].code, "verifier key '%s'", rows[i].text);
	}
}

static void test_checkpoint(void)
{
	static const char *const bad[] = {
		"o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=",                     /* no end of line */
		"o\n01\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",                  /* a leading zero */
		"o\n-1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",                  /* a sign */
		"o\n9223372036854775808\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n", /* beyond 63 bits */
		"o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6v==\n",                   /* 31 bytes */
		"o\n1\nZG9uJ3QgY2FyZSAy\n",                                               /* 12 bytes */
		"o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\nmore\n", /* an extension line */
		"\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",        /* no origin */
		"o o\n1\n2gUy/3su5W9AZxEPyWTp8ntZWflSe//z+lAap1hN6vM=\n",     /* a space in it */
		"o\n1\n",
		"o\n",
		"",
	};
	struct checkpoint c = {.size = 9};
	struct why why;

	ok(checkpoint_parse(bytes_z(TEXT), &c, &why) && c.size == 70000, "a checkpoint is read");
	is_str(c.origin, "ledger.example.gov.vn/payout-2025", "with its origin");
	ok(checkpoint_parse(bytes_z("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &c, &why) &&
			c.size == 0,
		"an empty tree has a checkpoint");
	struct hash empty = merkle_empty();
	ok(hash_eq(&c.root, &empty), "with the root of nothing");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!checkpoint_parse(bytes_z(bad[i]), &c, &why) && why_is(&why, "checkpoint_malformed"),
			"malformed checkpoint %zu is refused", i + 1);
}

int main(void)
{
	test_published_checkpoint();
	test_verify();
	test_parse();
	test_keys();
	test_checkpoint();
	return done_testing();
}
