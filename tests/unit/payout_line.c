/* The texts of lines, bundles and manifests: written byte for byte as the contract says, and read back by nobody else's rules.
 * Hashes were computed by another program (Python's hashlib) from the texts as they stand here. */
#include "ledger/payout/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/payout/manifest_file.h"
#include "ledger/register/account_hash.h"
#include "tests/lib/tap.h"
#include "tests/unit/text_harm.h"

static struct pay_line example(void)
{
	struct pay_line l = {.batch = 17,
		.version = 1,
		.line = 3,
		.id = "7K3M9QAB2CDEFGHJKMN",
		.programme = "merit",
		.month = {2024, 4},
		.kind = "regular",
		.instalment = 1,
		.issue = 1,
		.amount = vnd(2789000),
		.channel = "demo-merit",
		.funding_bank = "DEMO",
		.funding_number = "0071000123456",
		.not_before = {19816},
		.valid_until_us = INT64_C(1712192400) * 1000000};
	for (uint8_t i = 0; i < 16; i++)
		l.anchor.b[i] = (uint8_t)(i * 0x11);
	l.account = account_hash(&l.anchor, "DEMO", "9704000000000018");
	return l;
}

static const char golden[] = "chitra-line/v1\n"
			     "batch 17\n"
			     "version 1\n"
			     "line 3\n"
			     "id 7K3M9QAB2CDEFGHJKMN\n"
			     "claim merit 2024-04 regular 00112233445566778899aabbccddeeff 1\n"
			     "issue 1\n"
			     "amount 2789000 VND\n"
			     "channel demo-merit\n"
			     "funding DEMO:0071000123456\n"
			     "account 55fac40a12350bc104b5c9e45435bc147f27e786b564441205df95c2d5d66071\n"
			     "not-before 2024-04-03\n"
			     "valid-until 2024-04-04T01:00:00Z\n";

static const char *text_of(struct buf *b, const struct pay_line *l)
{
	buf_reset(b);
	pay_line_text(l, b);
	return buf_str(b);
}

static void test_line(struct arena *a)
{
	CLEANUP(buf_free) struct buf b;
	char hex[HASH_HEX_SIZE];
	struct pay_line l = example(), back;
	buf_init(&b, PAY_LINE_MAX);
	is_str(text_of(&b, &l), golden, "a line's text is the contract's, byte for byte");
	struct hash leaf = pay_line_leaf(&l);
	is_str(hash_hex(&leaf, hex), "3c9ca2df17d72c2967f59d37fc34abc75d25733a14da38a8343ab9e5135b7d3c",
		"a line's hash is the RFC 6962 leaf hash of its text");

	struct bytes rest = bytes_z(golden);
	struct why why = {0};
	ok(pay_line_take(a, &rest, &back, &why) && rest.n == 0, "a line's text is read back whole");
	is_str(text_of(&b, &back), golden, "and means the same");
	rest = bytes_z(arena_printf(a, "%s%s", golden, golden));
	ok(pay_line_take(a, &rest, &back, &why) && bytes_eq_z(rest, golden), "texts delimit themselves");
}

static void test_every_byte_counts(struct arena *a)
{
	size_t n = strlen(golden), taken = 0, same = 0;
	struct pay_line original = example();
	struct hash leaf = pay_line_leaf(&original);
	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < 256; c++) {
			char *changed = arena_strdup(a, golden);
			if ((char)c == changed[i])
				continue;
			changed[i] = (char)c;
			struct bytes rest = bytes_of(changed, n);
			struct pay_line l;
			if (!pay_line_take(a, &rest, &l, NULL) || rest.n > 0)
				continue;
			struct hash other = pay_line_leaf(&l);
			struct hash of_text = merkle_leaf(bytes_of(changed, n));
			taken++;
			same += hash_eq(&other, &leaf) || !hash_eq(&other, &of_text);
		}
		arena_reset(a);
	}
	ok(taken > 100, "some changed bytes still make a line (%zu of them)", taken);
	is_i64((int64_t)same, 0, "but never the same one, and never one that is written otherwise");
}

static void test_refused_lines(struct arena *a)
{
	static const struct {
		const char *from, *to, *title;
	} bad[] = {
		{"batch 17", "batch 017", "a leading zero"},
		{"batch 17", "batch -17", "a sign"},
		{"batch 17", "batch 99999999999999999999", "a number over 63 bits"},
		{"version 1\n", "", "a missing field"},
		{"version 1\nline 3", "line 3\nversion 1", "fields in another order"},
		{"version 1\n", "version 1\nversion 1\n", "a field twice"},
		{"2789000 VND", "0 VND", "no amount"},
		{"2789000 VND", "2789000 USD", "another currency"},
		{"2789000 VND", "2789000  VND", "a space too many"},
		{"2789000 VND", "2.789.000 VND", "dots in an amount"},
		{"7K3M9QAB2CDEFGHJKMN", "7K3M9QAB2CDEFGHJKMU", "an id with a letter that no id has"},
		{"7K3M9QAB2CDEFGHJKMN", "7K3M9QAB2CDEFGHJKM", "an id of 18 characters"},
		{"2024-04 regular", "2024-13 regular", "a 13th month"},
		{"00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF",
			"an anchor in capitals"},
		{"not-before 2024-04-03", "not-before 2024-02-30", "a day that does not exist"},
		{"01:00:00Z", "01:00:00.0Z", "decimals of a second"},
		{"01:00:00Z", "01:00:60Z", "a 60th second"},
		{"demo-merit", "demo merit", "a space in a code"},
		{"DEMO:", "DEMO", "no bank before the number"},
		{"chitra-line/v1", "chitra-line/v2", "another version of the text"},
		{"\n", "\r\n", "carriage returns"},
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *at = strstr(golden, bad[i].from);
		const char *text = arena_printf(
			a, "%.*s%s%s", (int)(at - golden), golden, bad[i].to, at + strlen(bad[i].from));
		struct bytes rest = bytes_z(text);
		struct pay_line l;
		struct why why = {0};
		ok(!pay_line_take(a, &rest, &l, &why) && why_is(&why, "line_malformed") &&
				bytes_eq_z(rest, text),
			"refused: %s", bad[i].title);
	}
}

static void test_account_hash(void)
{
	char hex[HASH_HEX_SIZE];
	struct pay_line l = example();
	struct key32 key;
	memset(key.b, 7, sizeof key.b);
	struct hash cash = account_hash_cash("vnpost", &l.anchor, &key);
	is_str(hash_hex(&l.account, hex), "55fac40a12350bc104b5c9e45435bc147f27e786b564441205df95c2d5d66071",
		"an account's hash is salted SHA-256 of bank and number");
	is_str(hash_hex(&cash, hex), "5c22cbff169f7d1a801a7d5e1c0d604ecab406cdec23358e6c713a52914f4a10",
		"a cash payout's hash binds the agent, the person and her data key");
}

static void test_bundle(struct arena *a)
{
	struct hash roots[3];
	struct bundle b;
	char hex[HASH_HEX_SIZE];
	for (size_t i = 0; i < 3; i++)
		memset(roots[i].b, (int)i + 1, sizeof roots[i].b);
	bundle_make(a, roots, 3, &b);
	is_str(hash_hex(&b.root, hex), "df896896c799531f1fd1e556cea26a6989ab06853bcbfdd3e4f5097a611f658f",
		"a bundle's root is the RFC 6962 root over the batch roots");

	CLEANUP(buf_free) struct buf text;
	struct bundle_place place = bundle_place(a, &b, 1), back;
	struct why why = {0};
	buf_init(&text, 4096);
	bundle_place_text(&place, &text);
	struct bytes rest = buf_bytes(&text);
	ok(bundle_place_take(a, &rest, &back, &why) && rest.n == 0 && bundle_holds(&back, &roots[1], &b.root),
		"a place in a bundle is read back, and proves its batch");
	ok(!bundle_holds(&back, &roots[0], &b.root) && !bundle_holds(&back, &roots[1], &roots[1]),
		"but no other batch, and nothing about another bundle");
	static const char *const bad[] = {"chitra-bundle/v1\nbatches 0\nindex 0\n",
		"chitra-bundle/v1\nbatches 1\n", "chitra-bundle/v1\nbatches 99999999\nindex 0\n",
		"chitra-bundle/v1\n", ""};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		rest = bytes_z(bad[i]);
		ok(!bundle_place_take(a, &rest, &back, &why), "no place: %zu", i);
	}
}

/* The paths come from stored subtrees; the roots from the plain definition. */
static void test_every_place(struct arena *a)
{
	struct hash roots[70], leaves[70];
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT_OF(roots); i++) {
		memset(roots[i].b, (int)i, sizeof roots[i].b);
		leaves[i] = merkle_leaf(bytes_of(roots[i].b, sizeof roots[i].b));
	}
	for (size_t n = 1; n <= COUNT_OF(roots); n++) {
		struct bundle b;
		struct hash root = merkle_root(leaves, n);
		bundle_make(a, roots, n, &b);
		wrong += !hash_eq(&root, &b.root);
		for (size_t i = 0; i < n; i++) {
			struct bundle_place p = bundle_place(a, &b, i);
			wrong += !bundle_holds(&p, &roots[i], &root);
			wrong += n > 1 && bundle_holds(&p, &roots[(i + 1) % n], &root);
		}
	}
	is_i64((int64_t)wrong, 0, "in bundles of 1 to 70, every place proves its batch and no other");
}

#define LINES 5

static struct manifest example_manifest(struct arena *a)
{
	struct pay_line *lines = arena_array(a, LINES, struct pay_line);
	struct hash leaves[LINES];
	for (int i = 0; i < LINES; i++) {
		lines[i] = example();
		lines[i].line = i + 1;
		lines[i].id[0] = (char)('1' + i);
		leaves[i] = pay_line_leaf(&lines[i]);
	}
	struct manifest m = {.batch = {.batch = 17,
				     .version = 1,
				     .agency = "agency-a",
				     .programme = "merit",
				     .period = {2024, 4},
				     .area = "22915",
				     .area_from = {19457},
				     .channel = "demo-merit",
				     .made_by = "lan",
				     .released_by = {"minh", "hoa"},
				     .lines = LINES,
				     .sum = vnd(LINES * 2789000),
				     .root = merkle_root(leaves, LINES)},
		.lines = lines,
		.n_approvals = 2};
	struct approval_proof *p = arena_array(a, 2, struct approval_proof);
	for (size_t i = 0; i < 2; i++)
		p[i] = (struct approval_proof){.text = bytes_z(i ? "approver" : "checker"),
			.certificate = bytes_z("certificate"),
			.certificate_signatures = bytes_z("a b\n"),
			.place = {.n = 1}};
	m.approvals = p;
	return m;
}

static bool changed_manifest(
	struct arena *a, const char *text, const char *from, const char *to, struct why *why)
{
	const char *at = strstr(text, from);
	bug_if(!at);
	struct manifest m;
	return manifest_parse(a,
		bytes_z(arena_printf(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from))), &m, why);
}

static void test_manifest(struct arena *a)
{
	CLEANUP(buf_free) struct buf text, again;
	struct manifest m = example_manifest(a), back;
	struct why why = {0};
	buf_init(&text, 1 << 16);
	buf_init(&again, 1 << 16);
	manifest_text(&m, &text);
	ok(manifest_parse(a, buf_bytes(&text), &back, &why), "a manifest is read back: %s", why.text);
	manifest_text(&back, &again);
	ok(bytes_eq(buf_bytes(&text), buf_bytes(&again)), "and written again it is the same");
	is_i64(back.batch.lines, LINES, "with all its lines");
	is_str(manifest_name(a, 17, 2), "manifest/17.v2", "its file is named by batch and version");

	const char *z = arena_strdup(a, buf_str(&text));
	ok(!changed_manifest(a, z, "2789000 VND", "2789001 VND", &why) && why_is(&why, "manifest_lines"),
		"an amount that was changed is found");
	ok(!changed_manifest(a, z, "line 3\n", "line 4\n", &why) && why_is(&why, "manifest_lines"),
		"a line that took another's place is found");
	ok(!changed_manifest(a, z, "lines 5\n", "lines 4\n", &why), "a line too many is found");
	ok(!changed_manifest(a, z, "released-by hoa\n", "", &why), "one who released is missing");
	ok(!changed_manifest(a, z, "chitra-signed/v1\n", "chitra-signed/v1\n\n", &why),
		"a stray byte is found");
	for (size_t n = 0; n < text.n; n += 97)
		if (manifest_parse(a, bytes_of(text.at, n), &back, NULL) && n < text.n &&
			back.n_approvals == 2)
			ok(false, "a manifest cut after %zu bytes is whole", n);
	ok(!manifest_parse(a, bytes_z(""), &back, &why), "nothing is no manifest");
}

static bool refused_manifest(struct arena *a, struct manifest *m, const char *code)
{
	CLEANUP(buf_free) struct buf text;
	struct manifest back;
	struct why why = {0};
	buf_init(&text, 1 << 20);
	manifest_text(m, &text);
	return !manifest_parse(a, buf_bytes(&text), &back, &why) && why_is(&why, code);
}

/* Each line reads well by itself, and is not this batch's. */
static void test_foreign_lines(struct arena *a)
{
	enum { BATCH, VERSION, CHANNEL, PROGRAMME, SUM, NONE, CASES };
	static const char *const what[CASES] = {"of another batch", "of another version",
		"on another channel", "of another programme", "whose sum is beyond every amount", "at all"};
	for (int i = 0; i < CASES; i++) {
		struct manifest m = example_manifest(a);
		struct pay_line *l = arena_copy(a, m.lines, LINES * sizeof *l);
		m.lines = l;
		l[1].batch += i == BATCH;
		l[1].version += i == VERSION;
		l[1].channel = i == CHANNEL ? "demo-other" : l[1].channel;
		l[1].programme = i == PROGRAMME ? "social" : l[1].programme;
		l[0].amount = l[1].amount = i == SUM ? vnd(INT64_MAX) : l[1].amount;
		m.batch.lines = i == NONE ? 0 : LINES;
		ok(refused_manifest(a, &m, "manifest_lines"), "refused: a manifest with %s line %s",
			i == NONE ? "no" : "a", what[i]);
	}
	struct manifest m = example_manifest(a);
	CLEANUP(buf_free) struct buf text;
	struct manifest back;
	struct why why = {0};
	struct approval_proof *many = arena_array(a, MANIFEST_APPROVALS_MAX, struct approval_proof);
	for (size_t i = 0; i < MANIFEST_APPROVALS_MAX; i++)
		many[i] = m.approvals[0];
	m.approvals = many;
	m.n_approvals = MANIFEST_APPROVALS_MAX;
	buf_init(&text, 1 << 20);
	manifest_text(&m, &text);
	ok(manifest_parse(a, buf_bytes(&text), &back, &why), "as many approvals as there may be are read");
	const char *head = NULL;
	for (const char *at = buf_str(&text); (at = strstr(at, "chitra-bundle/v1\n")); at++)
		head = at;
	const char *one_more = arena_printf(a, "%s%s", buf_str(&text), head);
	ok(!manifest_parse(a, bytes_z(one_more), &back, &why) && why_is(&why, "manifest_malformed"),
		"one more is refused");
}

static bool takes_line(struct arena *a, struct bytes text, struct buf *again)
{
	struct pay_line l;
	if (!pay_line_take(a, &text, &l, NULL) || text.n > 0)
		return false;
	pay_line_text(&l, again);
	return true;
}

static bool takes_place(struct arena *a, struct bytes text, struct buf *again)
{
	struct bundle_place p;
	if (!bundle_place_take(a, &text, &p, NULL) || text.n > 0)
		return false;
	bundle_place_text(&p, again);
	return true;
}

static bool takes_manifest(struct arena *a, struct bytes text, struct buf *again)
{
	struct manifest m;
	bool taken = manifest_parse(a, text, &m, NULL);
	if (taken)
		manifest_text(&m, again);
	arena_reset(a);
	return taken;
}

static void test_harm(struct arena *a)
{
	struct hash roots[5] = {{{0}}};
	struct bundle bundle;
	CLEANUP(buf_free) struct buf text;
	buf_init(&text, 1 << 16);
	bundle_make(a, roots, COUNT_OF(roots), &bundle);
	struct bundle_place place = bundle_place(a, &bundle, 2);
	bundle_place_text(&place, &text);
	harm("a line", golden, takes_line);
	harm("a place in a bundle", buf_str(&text), takes_place);
	struct manifest m = example_manifest(a);
	buf_reset(&text);
	manifest_text(&m, &text);
	harm("a manifest", buf_str(&text), takes_manifest);
	char *nodes = arena_printf(a, "chitra-bundle/v1\nbatches 9\nindex 1\n");
	for (int i = 0; i <= MERKLE_PATH_MAX; i++)
		nodes = arena_printf(a, "%snode %064d\n", nodes, i);
	struct bytes rest = bytes_z(nodes);
	ok(!bundle_place_take(a, &rest, &place, NULL), "a longer path than any tree has is refused");
}

/* What a row may hold, which nobody read from a text. */
static void test_places_of_rows(void)
{
	static const struct bundle_place bad[] = {{.n = 0}, {.n = 1, .index = -1}, {.n = 1, .index = 1},
		{.n = 2, .index = 0, .path = {.at = (const uint8_t *)golden, .n = 31}},
		{.n = 2,
			.index = 0,
			.path = {.at = (const uint8_t *)golden, .n = 32 * (MERKLE_PATH_MAX + 1)}}};
	struct hash root = {{1}};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!bundle_holds(&bad[i], &root, &root), "no place in a bundle: %zu", i);
}

static bool kept(const char *archive, const struct manifest *m, struct why *why)
{
	CLEANUP(manifest_files_drop) struct manifest_files *f = manifest_files_open(archive, why);
	return f && manifest_files_put(f, m, why) && manifest_files_keep(f, why);
}

/* The release was lost, and its batch made again under the same number, with another end of its validity. */
static void test_manifest_files(struct arena *a)
{
	char archive[] = "/tmp/chitra-manifest-XXXXXX";
	struct manifest m = example_manifest(a), back;
	struct why why = {0};
	struct bytes text;
	if (!mkdtemp(archive))
		bug("no directory");
	const char *path = arena_printf(a, "%s/manifest/17.v1", archive);
	ok(kept(archive, &m, &why), "a manifest is kept");
	m.batch.released_by[0] = "lan";
	ok(kept(archive, &m, &why), "whoever released it at last is written over who did not come to it");
	const struct hash was = m.batch.root;
	struct pay_line *lines = arena_array(a, LINES, struct pay_line);
	struct hash leaves[LINES];
	for (int i = 0; i < LINES; i++) {
		lines[i] = m.lines[i];
		lines[i].valid_until_us -= 1000000;
		leaves[i] = pay_line_leaf(&lines[i]);
	}
	m.lines = lines;
	m.batch.root = merkle_root(leaves, LINES);
	ok(!kept(archive, &m, &why) && why_is(&why, "manifest_differs"),
		"what was released as something else is not: %s", why.text);
	ok(read_file(a, path, 1 << 20, &text, &why) && manifest_parse(a, text, &back, &why) &&
			hash_eq(&back.batch.root, &was),
		"and stays, for whoever recovers it");
	unlink(path);
	rmdir(arena_printf(a, "%s/manifest", archive));
	rmdir(archive);
}

int main(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	test_line(a);
	test_every_byte_counts(a);
	test_refused_lines(a);
	test_account_hash();
	test_bundle(a);
	test_every_place(a);
	test_manifest(a);
	test_foreign_lines(a);
	test_places_of_rows();
	test_harm(a);
	test_manifest_files(a);
	return done_testing();
}
