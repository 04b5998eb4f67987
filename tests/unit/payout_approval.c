/* Law 7 without a database: what the teller believes, and every single thing that makes it refuse. */
#include "ledger/payout/verify.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/tap.h"
#include "tests/unit/text_harm.h"

#define S   INT64_C(1000000)
#define NOW (INT64_C(1712106000) * S) /* 2024-04-03T01:00:00Z */
#define DAY (INT64_C(86400) * S)

enum person { MINH, HOA, LAN, PEOPLE };
static const char *const logins[PEOPLE] = {"minh", "hoa", "lan"};

static struct sign_key *admins[3], *officers[PEOPLE], *stranger;
static struct trust trust;

static struct sign_key *key(uint8_t n)
{
	struct key32 seed;
	memset(seed.b, n, sizeof seed.b);
	return sign_from_seed(&seed);
}

static void make_keys(void)
{
	for (uint8_t i = 0; i < 3; i++) {
		admins[i] = key((uint8_t)(1 + i));
		officers[i] = key((uint8_t)(11 + i));
		trust.admins[i] = sign_public(admins[i]);
	}
	stranger = key(99);
	trust.n = 3;
	trust.threshold = 2;
}

/* ---- one whole case, every part of which a test may bend --------------------------------------------------------------- */

struct certificate_case {
	struct certificate c;
	struct mandate mandates[2];
	const struct sign_key *by[3];
};

struct approval_case {
	struct approval a;
	const struct sign_key *by;
};

struct scene {
	struct arena *arena;
	struct hash roots[3]; /* of the bundle */
	struct certificate_case certificates[2];
	struct approval_case approvals[2];
	struct batch_proof proof;
	struct approval_proof proofs[2];
};

static struct certificate_case certificate_of(enum person who, const char *role)
{
	struct certificate_case c = {.c = {.officer = logins[who],
					     .name = "Nguyễn Văn Minh",
					     .key = sign_public(officers[who]),
					     .n = 1,
					     .not_before_us = NOW - DAY,
					     .not_after_us = NOW + 300 * DAY,
					     .serial = 1},
		.mandates = {{.role = role, .agency = "agency-a", .area = "*", .limit = vnd(1000000)}},
		.by = {admins[0], admins[2]}};
	return c;
}

static struct scene *scene_new(struct arena *a)
{
	static const char *const words[] = {"22915 2004-01-01 2025-06-30", "60 2004-01-01 9999-12-31"};
	struct scene *s = arena_zalloc(a, sizeof *s);
	s->arena = a;
	for (size_t i = 0; i < 3; i++) {
		memset(s->roots[i].b, (int)(0x40 + i), sizeof s->roots[i].b);
	}
	s->certificates[0] = certificate_of(MINH, "checker");
	s->certificates[1] = certificate_of(HOA, "approver");
	for (size_t i = 0; i < 2; i++)
		s->approvals[i] = (struct approval_case){.a = {.batches = 3,
								 .lines = 30,
								 .sum = vnd(2000000),
								 .agency = "agency-a",
								 .officer = s->certificates[i].c.officer,
								 .role = i ? ROLE_APPROVER : ROLE_CHECKER,
								 .time_us = NOW,
								 .expires_us = NOW + 30 * DAY},
			.by = officers[i ? HOA : MINH]};
	s->proof = (struct batch_proof){.root = s->roots[1],
		.lines = 10,
		.sum = vnd(900000),
		.agency = "agency-a",
		.areas = words,
		.n_areas = COUNT_OF(words),
		.n = 2,
		.approvals = s->proofs};
	return s;
}

static struct bytes sealed_text(struct scene *s, struct buf *b)
{
	return buf_copy(b, s->arena);
}

/* Signs everything as it stands in the scene now. */
static void sign_all(struct scene *s)
{
	CLEANUP(buf_free) struct buf b;
	buf_init(&b, CERTIFICATE_MAX);
	for (size_t i = 0; i < 2; i++) {
		struct certificate_case *c = &s->certificates[i];
		struct approval_proof *p = &s->proofs[i];
		c->c.mandates = c->mandates;
		buf_reset(&b);
		certificate_text(&c->c, &b);
		p->certificate = sealed_text(s, &b);
		buf_reset(&b);
		for (size_t k = 0; k < 3 && c->by[k]; k++)
			admin_sign(c->by[k], p->certificate, &b);
		p->certificate_signatures = sealed_text(s, &b);
		struct bundle bundle;
		bundle_make(s->arena, s->roots, 3, &bundle);
		p->place = bundle_place(s->arena, &bundle, 1);
		struct approval *a = &s->approvals[i].a;
		a->bundle = bundle.root;
		a->certificate = sha256(p->certificate);
		buf_reset(&b);
		approval_text(a, &b);
		p->text = sealed_text(s, &b);
		p->signature = sign_detached(s->approvals[i].by, p->text);
	}
}

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

static void test_revocation(struct arena *a)
{
	CLEANUP(buf_free) struct buf b, sigs;
	struct revocation r = {.reason = "khóa bị mất", .time_us = NOW}, back;
	struct why why = {0};
	buf_init(&b, 4096);
	buf_init(&sigs, 4096);
	memset(r.certificate.b, 7, sizeof r.certificate.b);
	revocation_text(&r, &b);
	admin_sign(admins[1], buf_bytes(&b), &sigs);
	ok(revocation_verify(a, &trust, buf_bytes(&b), buf_bytes(&sigs), &back, &why), "one admin revokes");
	is_str(back.reason, r.reason, "with the reason as it was given");
	buf_reset(&sigs);
	admin_sign(stranger, buf_bytes(&b), &sigs);
	ok(!revocation_verify(a, &trust, buf_bytes(&b), buf_bytes(&sigs), &back, &why) &&
			why_is(&why, "revocation_unsigned"),
		"a stranger revokes nothing");
}

static void test_admin_file(struct arena *a)
{
	static const struct {
		const char *text, *code;
	} files[] = {
		{"# keys\n"
		 "0101010101010101010101010101010101010101010101010101010101010101 a\n"
		 "0202020202020202020202020202020202020202020202020202020202020202 b\n",
			""},
		{"0101010101010101010101010101010101010101010101010101010101010101 a\n", "admins_few"},
		{"0101010101010101010101010101010101010101010101010101010101010101 a\n"
		 "0101010101010101010101010101010101010101010101010101010101010101 a again\n",
			"admins_repeated"},
		{"01010101 short\n", "admins_malformed"},
		{"", "admins_few"},
		{" \n", "admins_malformed"},
	};
	(void)a;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct trust t = {0};
		struct why why = {0};
		bool read = trust_read(bytes_z(files[i].text), 2, &t, &why);
		is_str(read ? "" : why.code, files[i].code, "a file of admin keys: %s",
			*files[i].code ? files[i].code : "two keys");
	}
}

static void test_many_admins(struct arena *a)
{
	const char *file = "";
	struct trust t;
	struct why why = {0};
	for (int i = 0; i < ADMINS_MAX; i++)
		file = arena_printf(a, "%s%064d admin\n", file, i);
	ok(trust_read(bytes_z(file), 2, &t, &why) && t.n == ADMINS_MAX, "%d admins are read", ADMINS_MAX);
	file = arena_printf(a, "%s%064d admin\n", file, ADMINS_MAX);
	ok(!trust_read(bytes_z(file), 2, &t, &why) && why_is(&why, "admins_malformed"),
		"one more is refused");
	ok(!trust_read(bytes_z(file), 0, &t, &why), "and so is a file whose admins need not sign");
}

/* Lines of signatures that are none, each beside a good one and alone. */
static void test_signature_lines(struct arena *a)
{
	CLEANUP(buf_free) struct buf good;
	char id[KEY_ID_SIZE];
	struct bytes text = bytes_z("text");
	buf_init(&good, 4096);
	admin_sign(admins[0], text, &good);
	verify_key_id(&trust.admins[0], id);
	const char *bad[] = {"", "\n", arena_printf(a, "%s\n", id), arena_printf(a, "%s !!!!\n", id),
		arena_printf(a, "%s QUJD\n", id), arena_printf(a, "%s %086d==\n", id, 0), "somebody QUJD\n"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(admins_signed(&trust, text, bytes_z(bad[i])) == 0 &&
				admins_signed(&trust, text,
					bytes_z(arena_printf(a, "%s%s", bad[i], buf_str(&good)))) == 1,
			"a line of signatures that is none counts nothing, and hides none: %zu", i);
	ok(admins_signed(&trust, text, bytes_z(arena_printf(a, "%s%s", buf_str(&good), buf_str(&good)))) == 1,
		"who signs twice is one");
	char *large = arena_array(a, CERTIFICATE_MAX + 2, char);
	memset(large, '\n', CERTIFICATE_MAX + 1);
	memcpy(large, buf_str(&good), good.n);
	ok(admins_signed(&trust, text, bytes_z(large)) == 0,
		"more than a certificate's signatures are not read");
}

static bool takes_certificate(struct arena *a, struct bytes text, struct buf *again)
{
	struct certificate c;
	bool taken = certificate_parse(a, text, &c, NULL);
	if (taken)
		certificate_text(&c, again);
	arena_reset(a);
	return taken;
}

static bool takes_approval(struct arena *a, struct bytes text, struct buf *again)
{
	struct approval p;
	bool taken = approval_parse(a, text, &p, NULL);
	if (taken)
		approval_text(&p, again);
	arena_reset(a);
	return taken;
}

/* Whatever it says, an admin signed it. */
static bool takes_revocation(struct arena *a, struct bytes text, struct buf *again)
{
	CLEANUP(buf_free) struct buf sigs;
	struct revocation r;
	buf_init(&sigs, 4096);
	admin_sign(admins[0], text, &sigs);
	bool taken = revocation_verify(a, &trust, text, buf_bytes(&sigs), &r, NULL);
	if (taken)
		revocation_text(&r, again);
	arena_reset(a);
	return taken;
}

static void test_harm(struct arena *a)
{
	struct scene *s = scene_new(a);
	CLEANUP(buf_free) struct buf b;
	buf_init(&b, 4096);
	s->certificates[0].c.n = 2;
	s->certificates[0].mandates[1] = (struct mandate){
		.role = "checker", .agency = "*", .area = "22915", .limit = vnd(5)};
	sign_all(s);
	struct bytes text = s->proofs[0].certificate;
	const char *certificate = arena_strndup(a, (const char *)text.at, text.n);
	harm("a certificate", certificate, takes_certificate);
	text = s->proofs[0].text;
	harm("an approval", arena_strndup(a, (const char *)text.at, text.n), takes_approval);
	struct revocation r = {.reason = "khóa bị mất", .time_us = NOW};
	revocation_text(&r, &b);
	harm("a revocation", buf_str(&b), takes_revocation);

	struct why why = {0};
	const char *mandate = "mandate checker * 22915 5\n", *at = strstr(certificate, mandate);
	const char *many = arena_printf(a, "%.*s", (int)(at - certificate), certificate);
	for (int i = 0; i <= MANDATES_MAX; i++)
		many = arena_printf(a, "%s%s", many, mandate);
	struct certificate c;
	ok(!certificate_parse(a, bytes_z(arena_printf(a, "%s%s", many, at + strlen(mandate))), &c, NULL),
		"more mandates than a certificate may have are refused");
	char *large = arena_array(a, CERTIFICATE_MAX + 2, char);
	memset(large, 'a', CERTIFICATE_MAX + 1);
	large[CERTIFICATE_MAX + 1] = '\0';
	struct approval p;
	ok(!certificate_verify(a, &trust, bytes_z(large), bytes_z(""), NOW, &c, &why) &&
			why_is(&why, "certificate_malformed") && !approval_parse(a, bytes_z(large), &p, NULL),
		"longer texts than there are are refused unread");
	s->certificates[0].mandates[1] = s->certificates[0].mandates[0];
	buf_reset(&b);
	certificate_text(&s->certificates[0].c, &b);
	ok(certificate_parse(a, buf_bytes(&b), &c, NULL) && c.n == 1,
		"a mandate that is given twice is written once");
	s->certificates[0].mandates[1].limit = vnd(7);
	buf_reset(&b);
	certificate_text(&s->certificates[0].c, &b);
	ok(certificate_parse(a, buf_bytes(&b), &c, NULL) && c.n == 2 && vnd_dong(c.mandates[0].limit) == 7,
		"with two limits it is two, the lower one first");
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
	test_revocation(a);
	test_admin_file(a);
	test_many_admins(a);
	test_signature_lines(a);
	test_harm(a);
	test_golden(a);
	for (size_t i = 0; i < 3; i++) {
		sign_free(admins[i]);
		sign_free(officers[i]);
	}
	sign_free(stranger);
	return done_testing();
}
