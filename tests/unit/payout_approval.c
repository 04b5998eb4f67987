/* Law 7 without a database: what the teller believes, and every single thing that makes it refuse. */
#include "tests/unit/approval_case.h"

static void refuses(
	const struct scene *s, const struct trust *t, int64_t now, const char *code, const char *title)
{
	struct why why = {0};
	bool verified = verify_batch(t, &s->proof, now, NULL, &why);
	if (!verified)
		note("%s: %s", why.code, why.text);
	is_str(verified ? "verified" : why.code, code, "refused: %s", title);
}

/* ---- the rules ------------------------------------------------------------------------------------------------------------ */

static void test_good(struct arena *a)
{
	struct scene *s = scene_new(a);
	struct why why = {0};
	sign_all(s);
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why), "checker and approver make a batch payable %s",
		why.text);
	s->proof.sum = vnd(1000000);
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why), "a limit includes its last dong");
	ok(verify_batch(&trust, &s->proof, NOW + 30 * DAY, NULL, &why),
		"an approval holds to its last second");
}

/* What was verified once is not taken for anything else. */
static void test_memo(struct arena *a)
{
	struct scene *s = scene_new(a);
	struct verify_memo *memo = verify_memo_new();
	struct why why = {0};
	sign_all(s);
	for (int i = 0; i < 3; i++)
		ok(verify_batch(&trust, &s->proof, NOW, memo, &why),
			"a batch is verified with a memory, time %d", i + 1);
	s->proof.root.b[0] ^= 1;
	ok(!verify_batch(&trust, &s->proof, NOW, memo, &why) && why_is(&why, "batch_not_in_bundle"),
		"a remembered approval holds no other batch");
	s->proof.root = s->roots[1];
	s->proofs[0].signature.b[9] ^= 1;
	ok(!verify_batch(&trust, &s->proof, NOW, memo, &why),
		"a changed signature is not the remembered one");
	s->proofs[0].signature.b[9] ^= 1;
	ok(!verify_batch(&trust, &s->proof, NOW + 31 * DAY, memo, &why), "a remembered approval expires");
	for (int i = 0; i < 200; i++) {
		s->approvals[0].a.time_us = NOW - (i + 1) * S;
		sign_all(s);
		if (!verify_batch(&trust, &s->proof, NOW, memo, &why))
			ok(false, "approval %d of many is verified", i);
	}
	ok(verify_batch(&trust, &s->proof, NOW, memo, &why),
		"more approvals than it has room for are verified all the same");
	s->certificates[0].c.not_after_us = NOW + 10 * DAY;
	sign_all(s);
	ok(verify_batch(&trust, &s->proof, NOW, memo, &why), "a certificate that ends before the approval");
	ok(!verify_batch(&trust, &s->proof, NOW + 11 * DAY, memo, NULL), "is not remembered beyond its end");
	ok(!verify_batch(&trust, &s->proof, NOW - 2 * DAY, memo, NULL), "nor before its begin");
	struct hash revoked = sha256(s->proofs[1].certificate);
	struct trust t = trust;
	t.n_revoked = 1;
	t.revoked = &revoked;
	ok(!verify_batch(&t, &s->proof, NOW, memo, &why), "a remembered certificate can be revoked");
	ok(verify_batch(&trust, &s->proof, NOW, memo, &why), "and the batch is still good without all that");
	verify_memo_free(memo);
}

static void test_content(struct arena *a)
{
	struct scene *s = scene_new(a);
	sign_all(s);
	s->proof.root.b[31] ^= 1;
	refuses(s, &trust, NOW, "batch_not_in_bundle", "one bit of the batch's root");
	s->proof.root = s->roots[1];

	s->proof.root = s->roots[2];
	refuses(s, &trust, NOW, "batch_not_in_bundle", "another batch at this batch's place");
	s->proof.root = s->roots[1];

	for (size_t i = 0; i < 2; i++)
		s->proofs[i].place.index = 0;
	refuses(s, &trust, NOW, "batch_not_in_bundle", "another place in the bundle");
	sign_all(s);
	for (size_t i = 0; i < 2; i++)
		s->proofs[i].place.path.n -= 32;
	refuses(s, &trust, NOW, "batch_not_in_bundle", "a shorter path");
	sign_all(s);
	for (size_t i = 0; i < 2; i++)
		s->proofs[i].place.n = 4;
	refuses(s, &trust, NOW, "batch_not_in_bundle", "a bundle of another size");
	for (size_t i = 0; i < 2; i++)
		s->proofs[i].place = (struct bundle_place){0};
	refuses(s, &trust, NOW, "batch_not_in_bundle", "no place at all");
	sign_all(s);

	s->proof.agency = "agency-b";
	refuses(s, &trust, NOW, "batch_agency", "a batch of another agency");
	s->proof.agency = "agency-a";
	s->proof.sum = vnd(1000001);
	refuses(s, &trust, NOW, "batch_mandate", "one dong over the limit");
	s->proof.sum = vnd(2000001);
	refuses(s, &trust, NOW, "batch_sum", "a batch larger than what was signed");
	s->proof.sum = vnd(900000);
	s->proof.lines = 31;
	refuses(s, &trust, NOW, "batch_sum", "more lines than were signed");
}

static void test_signatures(struct arena *a)
{
	struct scene *s = scene_new(a);
	sign_all(s);
	s->proofs[1].signature.b[0] ^= 1;
	refuses(s, &trust, NOW, "batch_one_signature", "a broken signature beside a good one");
	s->proofs[0].signature.b[0] ^= 1;
	refuses(s, &trust, NOW, "approval_signature", "two broken signatures");
	sign_all(s);
	s->proof.n = 1;
	refuses(s, &trust, NOW, "batch_one_signature", "the checker alone");
	s->proof.n = 0;
	refuses(s, &trust, NOW, "batch_one_signature", "nobody");
	s->proof.n = 2;
	s->proofs[1] = s->proofs[0];
	refuses(s, &trust, NOW, "batch_one_signature", "the checker twice");

	s = scene_new(a);
	s->approvals[1].by = stranger;
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a stranger's signature under an officer's approval");

	s = scene_new(a);
	s->approvals[1].a.officer = "lan";
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "an approval in another officer's name");

	s = scene_new(a);
	sign_all(s);
	s->proofs[1].certificate = s->proofs[0].certificate;
	s->proofs[1].certificate_signatures = s->proofs[0].certificate_signatures;
	refuses(s, &trust, NOW, "batch_one_signature", "an approval under another certificate");

	s = scene_new(a);
	sign_all(s);
	for (size_t i = 0; i < s->proofs[0].text.n; i++) {
		uint8_t *text = arena_copy(a, s->proofs[0].text.at, s->proofs[0].text.n);
		text[i] ^= 1;
		struct approval_proof p = s->proofs[0];
		struct approval found;
		struct certificate c;
		p.text.at = text;
		if (approval_verify(a, &trust, &p, NOW, &found, &c, NULL))
			ok(false, "byte %zu of an approval may change", i);
	}
	ok(true, "no byte of an approval may change");
}

/* The code was another unit before: what it was when the certificate began is what was meant. In Vietnam the day begins at 17:00Z. */
static void test_area_days(struct arena *a)
{
	static const struct {
		const char *words[1];
		bool covers;
		const char *title;
	} cases[] = {
		{{"22915 2024-04-03 2025-06-30"}, true, "from its first day"},
		{{"22915 2004-01-01 2024-04-03"}, true, "to its last day"},
		{{"22915 2024-04-04 9999-12-31"}, false, "not of the unit that has the code later"},
		{{"22915 2004-01-01 2024-04-02"}, false, "not of the unit that had the code before"},
		{{"2291 2004-01-01 9999-12-31"}, false, "nor of a longer word"},
		{{"229155 2004-01-01 9999-12-31"}, false, "nor of a shorter one"},
		{{"22915"}, false, "nor by a word without days"},
		{{"22915 2004-01-01 9999-12-31 "}, false, "nor by more than that"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct scene *s = scene_new(a);
		for (size_t k = 0; k < 2; k++) {
			s->certificates[k].mandates[0].area = "22915";
			/* 2024-04-03 00:30 there, the second of April here */
			s->certificates[k].c.not_before_us = INT64_C(1712079000) * S;
		}
		s->proof.areas = cases[i].words;
		s->proof.n_areas = 1;
		sign_all(s);
		struct why why = {0};
		is_str(verify_batch(&trust, &s->proof, NOW, NULL, &why) ? "" : why.code,
			cases[i].covers ? "" : "batch_mandate", "a mandate for a code holds for a unit: %s",
			cases[i].title);
	}
}

static void test_people(struct arena *a)
{
	struct scene *s = scene_new(a);
	s->certificates[1] = certificate_of(MINH, "approver");
	s->approvals[1].a.officer = "minh";
	s->approvals[1].by = officers[MINH];
	sign_all(s);
	refuses(s, &trust, NOW, "same_person", "one person as checker and approver, by two certificates");

	s = scene_new(a);
	s->certificates[1] = certificate_of(MINH, "approver");
	s->certificates[1].c.key = sign_public(stranger);
	s->approvals[1].a.officer = "minh";
	s->approvals[1].by = stranger;
	sign_all(s);
	refuses(s, &trust, NOW, "same_person", "one person as checker and approver, by two keys");

	s = scene_new(a);
	s->certificates[1].c.key = sign_public(officers[MINH]);
	s->approvals[1].by = officers[MINH];
	sign_all(s);
	refuses(s, &trust, NOW, "same_person", "one key under two names");
}

static void test_mandates(struct arena *a)
{
	struct scene *s = scene_new(a);
	s->certificates[1].mandates[0].role = "checker";
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "an approver who may only check");

	s = scene_new(a);
	s->certificates[0].mandates[0].area = "22918";
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a mandate for another ward");
	s->certificates[0].mandates[0].area = "22915";
	sign_all(s);
	struct why why = {0};
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why), "a mandate for this ward");
	s->certificates[0].mandates[0].area = "60";
	sign_all(s);
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why), "a mandate for its province reaches it");

	s = scene_new(a);
	s->certificates[0].mandates[0].agency = "agency-b";
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a mandate for another agency");
	s->certificates[0].c.n = 2;
	s->certificates[0].mandates[1] = (struct mandate){
		.role = "checker", .agency = "*", .area = "*", .limit = vnd(900000)};
	sign_all(s);
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why), "one of several mandates is enough");
}

static void test_certificates(struct arena *a)
{
	struct scene *s = scene_new(a);
	s->certificates[1].by[1] = NULL;
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a certificate by one admin of two");
	s->certificates[1].by[1] = admins[0];
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a certificate signed twice by one admin");
	s->certificates[1].by[1] = stranger;
	sign_all(s);
	refuses(s, &trust, NOW, "batch_one_signature", "a certificate by an admin and a stranger");
	s->certificates[1].by[2] = admins[1];
	sign_all(s);
	struct why why = {0};
	ok(verify_batch(&trust, &s->proof, NOW, NULL, &why),
		"any two of the three admins make a certificate");
	s->proof.n = 1;
	s->proof.approvals = &s->proofs[1];
	s->certificates[1].by[0] = s->certificates[1].by[1] = stranger;
	sign_all(s);
	refuses(s, &trust, NOW, "certificate_unsigned", "a forged certificate");

	s = scene_new(a);
	sign_all(s);
	struct hash revoked = sha256(s->proofs[0].certificate);
	struct trust t = trust;
	t.n_revoked = 1;
	t.revoked = &revoked;
	refuses(s, &t, NOW, "batch_one_signature", "a revoked certificate");
	s->proof.n = 1;
	refuses(s, &t, NOW, "certificate_revoked", "a revoked certificate, alone");
	refuses(s, &trust, NOW - 2 * DAY, "certificate_early", "a certificate before its time");
	refuses(s, &trust, NOW + 301 * DAY, "certificate_expired", "a certificate after its time");
	refuses(s, &trust, NOW + 31 * DAY, "approval_expired", "an approval after its time");
	refuses(s, &trust, NOW - DAY / 2, "approval_early", "an approval from the future");
	t = trust;
	t.threshold = 0;
	refuses(s, &t, NOW, "certificate_unsigned", "a trust in nobody");
}

static void test_golden(struct arena *a)
{
	struct scene *s = scene_new(a);
	s->certificates[0].c.n = 2;
	s->certificates[0].mandates[1] = (struct mandate){
		.role = "checker", .agency = "*", .area = "22915", .limit = vnd(5)};
	sign_all(s);
	char hex[65];
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", s->certificates[0].c.key.b[i]);
	const char *want = arena_printf(a,
		"chitra-certificate/v1\nofficer minh\nname Nguyễn%%20Văn%%20Minh\nkey %s\n"
		"mandate checker * 22915 5\nmandate checker agency-a * 1000000\n"
		"not-before 2024-04-02T01:00:00Z\nnot-after 2025-01-28T01:00:00Z\nserial 1\n",
		hex);
	struct bytes got = s->proofs[0].certificate;
	is_str(arena_strndup(a, (const char *)got.at, got.n), want,
		"a certificate's text is the contract's, its mandates sorted");
	struct hash sha = sha256(got), root = s->approvals[0].a.bundle;
	char certificate[HASH_HEX_SIZE], bundle[HASH_HEX_SIZE];
	want = arena_printf(a,
		"chitra-approval/v1\nbundle %s\nbatches 3\nlines 30\nsum 2000000 VND\nagency agency-a\n"
		"officer minh\nrole checker\ncertificate %s\nnonce 00000000000000000000000000000000\n"
		"time 2024-04-03T01:00:00Z\nexpires 2024-05-03T01:00:00Z\n",
		hash_hex(&root, bundle), hash_hex(&sha, certificate));
	got = s->proofs[0].text;
	is_str(arena_strndup(a, (const char *)got.at, got.n), want, "an approval's text is the contract's");
}

int main(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	make_keys();
	test_good(a);
	test_memo(a);
	test_content(a);
	test_signatures(a);
	test_area_days(a);
	test_people(a);
	test_mandates(a);
	test_certificates(a);
	test_golden(a);
	free_keys();
	return done_testing();
}
