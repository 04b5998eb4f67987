/* The verifier reads manifests by their specification: the golden file of a whole demo, and what is wrong when a little is changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/log.h"
#include "ledger/verify/manifest.h"
#include "tests/lib/tap.h"

static const char admin_lines[] = "# of the demo that the golden file is from\n"
				  "0c934b627f94595549c598fc7573b74f3caa045ec663d16a85d92269e6feb02e one\n"
				  "6286cc50a8dddc7485419b0226066cb394e909f255da4018d117a6c7725ff5a0 two\n"
				  "fde9ea636c1c6cc192e82dc857f5e0c1a17133e7f35515b2101328362a8fcbe7 three\n";

static struct held golden;
static struct manifest_out out;

/* The parts in order, a letter each; ends with E (its end) or X (malformed). */
static const char *parts(const char *text, size_t n)
{
	static char said[64];
	size_t k = 0;
	struct manifest *m = manifest_open(fmemopen((void *)(uintptr_t)text, n, "r"));

	while (k + 1 < sizeof said) {
		enum manifest_part part = manifest_next(m, &out);

		said[k++] = "LBAEX"[part];
		if (part == MANIFEST_END || part == MANIFEST_MALFORMED)
			break;
	}
	said[k] = '\0';
	manifest_close(m);
	return said;
}

/* The golden text with the first `from` replaced. */
static size_t changed(char *into, size_t room, const char *from, const char *to)
{
	const char *at = memmem(golden.at, golden.n, from, strlen(from));
	size_t before;

	if (at == NULL) {
		ok(false, "the golden manifest has %s", from);
		return 0;
	}
	before = (size_t)(at - golden.at);
	return (size_t)snprintf(into, room, "%.*s%s%.*s", (int)before, golden.at, to,
		(int)(golden.n - before - strlen(from)), at + strlen(from));
}

static void test_golden(void)
{
	struct manifest *m = manifest_open(fmemopen(golden.at, golden.n, "r"));
	struct digest want;

	ok(manifest_next(m, &out) == MANIFEST_LINE, "a manifest begins with its lines");
	/* by Python's hashlib over 0x00 and the text */
	(void)text_hex(
		text_z("ad9da771ec0b749ad808af1fc4b87780b4c52ca5663a6241e84898a98c0761c1"), want.at, 32);
	ok(digest_same(&want, &out.line.hash), "whose hashes are of their whole texts");
	ok(text_is(out.line.id, "8EBZX6VPA5KTZ98FFD7") && out.line.amount == 360000 &&
			text_is(out.line.channel, "vnpost"),
		"a line says who gets how much by what channel");
	ok(manifest_next(m, &out) == MANIFEST_BATCH && digest_same(&want, &out.batch.root),
		"the batch follows, with the root");
	ok(manifest_next(m, &out) == MANIFEST_APPROVAL && out.approval.batches == 43 &&
			out.approval.index == 7 && out.approval.place.n == 6,
		"then an approval, with the batch's place in the bundle");
	manifest_close(m);
	is_str(parts(golden.at, golden.n), "LBAAE", "and another one, and then the end");
}

static void test_malformed(void)
{
	static const struct {
		const char *from, *to, *title;
	} rows[] = {
		{"chitra-line/v1", "chitra-line/v2", "another version"},
		{"line 1\n", "line 01\n", "a leading zero"},
		{"line 1\n", "line 0\n", "line 0"},
		{"id 8E", "id 8I", "an id with a letter that ids have not"},
		{" 2024-04 regular", " 2024-13 regular", "a month that is none"},
		{"regular 74", "regular 7", "an anchor that is too short"},
		{"amount 360000 VND", "amount 0 VND", "nothing to pay"},
		{"amount 360000 VND", "amount -1 VND", "less than nothing"},
		{"amount 360000 VND", "amount 9223372036854775808 VND", "more than a number holds"},
		{"funding DEMO:", "funding DEMO ", "a funding account without its bank"},
		{"account ed", "account ED", "a hash in capitals"},
		{"not-before 2024-04-03", "not-before 2024-02-30", "a day that is none"},
		{"01:00:48Z", "01:00:48.000000Z", "a second with its parts"},
		{"01:00:48Z\n", "01:00:48Z\n\n", "an empty line"},
		{"01:00:48Z\n", "01:00:48Z\nnote x\n", "a line more"},
		{"chitra-batch/v1\n", "", "no batch"},
		{"\nreleased-by binh", "", "one who released it"},
		{"area 22924 2023-04-01", "area 22924", "an area without its day"},
		{"index 7", "index -1", "a place before the first"},
		{"node 31", "node  31", "two spaces"},
		{"signature ", "signature =", "base64 that is none"},
		{"chitra-signed/v1", "chitra-signed/v2", "another version of what was signed"},
	};
	char into[16384];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = changed(into, sizeof into, rows[i].from, rows[i].to);

		ok(strchr(parts(into, n), 'X') != NULL, "no manifest: %s", rows[i].title);
	}
	ok(strchr(parts(golden.at, golden.n - 1), 'X') != NULL, "no manifest: without its last byte");
	ok(strchr(parts(golden.at, 400), 'X') != NULL, "no manifest: its lines alone");
	is_str(parts("", 1), "X", "no manifest: a byte of nothing");
}

/* More lines than are held at once. */
static void test_long(void)
{
	const char *end = memmem(golden.at, golden.n, "chitra-batch", 12);
	size_t line = (size_t)(end - golden.at), many = 20000, n = many * line, seen = 0;
	char *text = malloc(n + golden.n);
	struct manifest *m;

	for (size_t i = 0; i < many; i++)
		memcpy(text + i * line, golden.at, line);
	memcpy(text + n, golden.at, golden.n);
	m = manifest_open(fmemopen(text, n + golden.n, "r"));
	while (manifest_next(m, &out) == MANIFEST_LINE)
		seen++;
	is_i64((int64_t)seen, (int64_t)many + 1, "lines of megabytes are read one by one");
	ok(manifest_next(m, &out) == MANIFEST_APPROVAL, "up to what follows them");
	manifest_close(m);
	free(text);
}

/* ---- approvals ----------------------------------------------------------------------------------------------- */

static struct manifest *at_approval(void)
{
	struct manifest *m = manifest_open(fmemopen(golden.at, golden.n, "r"));

	while (manifest_next(m, &out) != MANIFEST_APPROVAL)
		;
	return m;
}

static const char *proves(const struct proof_of_approval *p, const struct admins *admins)
{
	struct approval is;
	const char *wrong, *code = approval_prove(p, admins, &is, &wrong);

	return code == NULL ? "good" : code;
}

static void test_approval(void)
{
	struct admins admins = {.least = 2}, others = {.least = 2};
	struct manifest *m = at_approval();
	struct proof_of_approval p = out.approval.proof, q = p;
	struct approval is;
	char text[1024];
	int n;

	ok(admins_read(text_z(admin_lines), &admins), "an auditor's list of admins is read");
	is_i64((int64_t)admins.n, 3, "with its three keys");
	ok(!admins_read(text_z("0c934b one\n"), &others), "a key that is none is refused");
	ok(!admins_read(text_z("# nobody\n"), &others), "and a list of nobody");
	is_str(proves(&p, &admins), "good", "a checker's approval is proved by two admins' signatures");
	admins.least = 3;
	is_str(proves(&p, &admins), "certificate_unsigned", "not by three, when two signed");
	admins.least = 2;
	is_str(proves(&p, &others), "admins_unknown", "nor by admins whom nobody knows");
	q.signature[0] ^= 1;
	is_str(proves(&q, &admins), "approval_forged", "a signature with a bit turned is forged");
	q = p;
	n = snprintf(text, sizeof text, "%.*s", TEXT(p.text));
	q.text = (struct text){.at = text, .n = (size_t)n};
	*strstr(text, "minh") = 'l';
	is_str(proves(&q, &admins), "certificate_other", "another officer has another certificate");
	(void)snprintf(text, sizeof text, "%.*s", TEXT(p.text));
	*(strstr(text, "lines ") + 6) = '4';
	is_str(proves(&q, &admins), "approval_forged", "other words than were signed are forged");
	q.text.n--;
	is_str(proves(&q, &admins), "approval_malformed", "a text that is cut is none");
	q = p;
	q.certified.n = q.certified.n / 2;
	is_str(proves(&q, &admins), "certificate_unsigned", "half of the admins' signatures is too few");
	q.certified = p.certified;
	q.certificate.n--;
	is_str(proves(&q, &admins), "approval_malformed", "a certificate that is cut is none");

	ok(approval_read(&p, &is) && approval_covers(&is, text_z("anybody"), 100000000000),
		"a mandate for every agency covers any, up to its limit");
	ok(!approval_covers(&is, text_z("anybody"), 100000000001), "and not a dong more");
	is.role = text_z("approver");
	ok(!approval_covers(&is, text_z("anybody"), 1), "nor in a role that it does not name");
	is.mandates = text_z("mandate approver here 22924 5\n");
	ok(approval_covers(&is, text_z("here"), 5) && !approval_covers(&is, text_z("there"), 5),
		"a mandate for an agency covers no other");
	manifest_close(m);
}

int main(void)
{
	golden = file_read("tests/vectors/payout/manifest", 1U << 20);
	if (golden.at == NULL)
		skip_all("no golden manifest here");
	test_golden();
	test_malformed();
	test_long();
	test_approval();
	return done_testing();
}
