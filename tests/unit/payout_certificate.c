/* Certificates, revocations and the admins who sign them; and every signed text of officers, damaged. */
#include "tests/unit/approval_case.h"
#include "tests/unit/text_harm.h"

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

int main(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	make_keys();
	test_revocation(a);
	test_admin_file(a);
	test_many_admins(a);
	test_signature_lines(a);
	test_harm(a);
	free_keys();
	return done_testing();
}
