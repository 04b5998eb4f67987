#include "ledger/verify/approval.h"

#include <sodium.h>
#include <string.h>

#define SIGNED_MAX 16384 /* bytes of a certificate, and of its signatures */

static bool field(struct text *rest, const char *key, struct text *value)
{
	return text_field(rest, text_z(key), value);
}

/* Up to the next space, or all that is left. */
static struct text next_word(struct text *rest)
{
	struct text word;

	if (text_until(rest, ' ', &word))
		return word;
	word = *rest;
	rest->n = 0;
	return word;
}

static bool signs(const uint8_t *key, struct text text, const uint8_t *signature)
{
	return crypto_sign_verify_detached(signature, (const unsigned char *)text.at, text.n, key) == 0;
}

/* ---- admins -------------------------------------------------------------------------------------------------- */

static size_t admin_place(const struct admins *a, const uint8_t *key)
{
	size_t i = 0;

	while (i < a->n && memcmp(a->keys[i], key, 32) != 0)
		i++;
	return i;
}

static bool admin_add(struct admins *a, struct text hex)
{
	uint8_t key[32];

	if (a->n == ADMINS_MAX || !text_hex(hex, key, sizeof key) || admin_place(a, key) < a->n)
		return false;
	memcpy(a->keys[a->n++], key, sizeof key);
	return true;
}

bool admins_read(struct text file, struct admins *out)
{
	struct text line, word;

	out->n = 0;
	out->given = true;
	while (text_until(&file, '\n', &line)) {
		if (line.n == 0 || line.at[0] == '#')
			continue;
		word = next_word(&line);
		if (!admin_add(out, word))
			return false;
	}
	return out->n > 0 && file.n == 0;
}

/* An admin's key gives its place to another one by its own signature. */
static bool admin_changed(struct admins *a, const struct leaf *l)
{
	char said[200];
	uint8_t old[32], new[32], proof[64];
	struct text text = {.at = said};
	size_t place;

	text.n = (size_t)snprintf(
		said, sizeof said, "chitra-key-change/v1\nadmin\n%.*s\n", TEXT(leaf_value(l, "new")));
	if (!text_hex(leaf_value(l, "old"), old, sizeof old) ||
		!text_hex(leaf_value(l, "new"), new, sizeof new) ||
		!text_hex(leaf_value(l, "proof"), proof, sizeof proof))
		return false;
	place = admin_place(a, old);
	if (place == a->n || admin_place(a, new) < a->n || !signs(old, text, proof))
		return false;
	memcpy(a->keys[place], new, sizeof new);
	return true;
}

bool admins_told(struct admins *a, const struct leaf *l)
{
	if (a->given)
		return true;
	if (strcmp(leaf_kind_name(l), "key") == 0)
		return !text_is(leaf_value(l, "purpose"), "admin") || admin_changed(a, l);
	for (size_t i = 0; strcmp(leaf_kind_name(l), "genesis") == 0 && i < l->n_lines; i++) {
		struct text value = l->lines[i].value;

		if (strcmp(l->lines[i].name, "key") == 0 && text_skip(&value, "admin "))
			(void)admin_add(a, value);
	}
	return true;
}

size_t admins_signed(const struct admins *a, struct text text, struct text lines)
{
	bool by[ADMINS_MAX] = {false};
	struct text line, name;
	size_t sum = 0;

	while (text_until(&lines, '\n', &line)) {
		uint8_t signature[64];
		size_t n = sizeof signature;

		if (!text_until(&line, ' ', &name) || !text_base64(line, signature, &n) ||
			n != sizeof signature)
			continue;
		for (size_t i = 0; i < a->n; i++)
			by[i] = by[i] || signs(a->keys[i], text, signature);
	}
	for (size_t i = 0; i < a->n; i++)
		sum += by[i];
	return sum;
}

/* ---- texts --------------------------------------------------------------------------------------------------- */

struct certificate {
	struct text officer, from, until;
};

static bool mandate_read(struct text value)
{
	struct text role = next_word(&value), agency = next_word(&value), area = next_word(&value);
	int64_t limit;

	return text_word(role) && (text_is(agency, "*") || text_word(agency)) &&
	       (text_is(area, "*") || text_word(area)) && text_count(value, &limit);
}

static bool certificate_read(struct text t, struct certificate *c, struct approval *a)
{
	struct text value;
	int64_t serial;

	if (t.n > SIGNED_MAX || !text_skip(&t, "chitra-certificate/v1\n") ||
		!field(&t, "officer", &c->officer) || !text_word(c->officer) || !field(&t, "name", &value) ||
		value.n == 0 || !field(&t, "key", &value) || !text_hex(value, a->key, sizeof a->key))
		return false;
	a->mandates = t;
	while (field(&t, "mandate", &value))
		if (!mandate_read(value))
			return false;
	a->mandates.n -= t.n;
	return a->mandates.n > 0 && field(&t, "not-before", &c->from) && text_second(c->from) &&
	       field(&t, "not-after", &c->until) && text_second(c->until) && field(&t, "serial", &value) &&
	       text_count(value, &serial) && t.n == 0;
}

struct of_approval {
	struct digest certificate;
	struct text time, expires;
};

static bool text_read(struct text t, struct approval *a, struct of_approval *of)
{
	struct text value;
	uint8_t nonce[16];

	if (!text_skip(&t, "chitra-approval/v1\n"))
		return false;
	a->words = t;
	if (!field(&t, "bundle", &value) || !text_hex(value, a->bundle.at, sizeof a->bundle.at) ||
		!field(&t, "batches", &value) || !text_count(value, &a->batches) ||
		!field(&t, "lines", &value) || !text_count(value, &a->lines) || !field(&t, "sum", &value) ||
		!text_dong(value, &a->sum) || !field(&t, "agency", &a->agency) || !text_word(a->agency) ||
		!field(&t, "officer", &a->officer) || !text_word(a->officer) ||
		!field(&t, "role", &a->role) ||
		!(text_is(a->role, "checker") || text_is(a->role, "approver")) ||
		!field(&t, "certificate", &value) ||
		!text_hex(value, of->certificate.at, sizeof of->certificate.at))
		return false;
	a->words.n -= t.n;
	a->certificate = of->certificate;
	return field(&t, "nonce", &value) && text_hex(value, nonce, sizeof nonce) &&
	       field(&t, "time", &of->time) && text_second(of->time) && field(&t, "expires", &of->expires) &&
	       text_second(of->expires) && t.n == 0;
}

static bool before(struct text a, struct text b)
{
	return memcmp(a.at, b.at, a.n) < 0; /* both are text_second */
}

bool approval_read(const struct proof_of_approval *p, struct approval *out)
{
	struct of_approval of;
	struct certificate c;

	return text_read(p->text, out, &of) && certificate_read(p->certificate, &c, out);
}

const char *approval_prove(const struct proof_of_approval *p, const struct admins *admins,
	struct approval *out, const char **wrong)
{
	struct of_approval of;
	struct certificate c;
	struct digest named = digest_of(p->certificate);

	*out = (struct approval){.sum = 0};
	*wrong = "it is malformed";
	if (!text_read(p->text, out, &of))
		return "approval_malformed";
	*wrong = "its certificate is malformed";
	if (!certificate_read(p->certificate, &c, out))
		return "approval_malformed";
	*wrong = "it names another certificate";
	if (!digest_same(&named, &of.certificate) || !text_same(c.officer, out->officer))
		return "certificate_other";
	*wrong = "nobody says whose signatures certify an officer (--admins)";
	if (admins->n < admins->least)
		return "admins_unknown";
	*wrong = "too few of the admins signed its certificate";
	if (admins_signed(admins, p->certificate, p->certified) < admins->least)
		return "certificate_unsigned";
	*wrong = "its certificate was not in force, or it had expired";
	out->time = of.time;
	if (before(of.time, c.from) || before(c.until, of.time) || before(of.expires, of.time))
		return "certificate_time";
	*wrong = "its signature is not by the certificate's key";
	return signs(out->key, p->text, p->signature) ? NULL : "approval_forged";
}

bool approval_covers(const struct approval *a, struct text agency, int64_t sum)
{
	struct text rest = a->mandates, value, role, of;
	int64_t limit;

	while (field(&rest, "mandate", &value)) {
		role = next_word(&value);
		of = next_word(&value);
		(void)next_word(&value);
		if (text_count(value, &limit) && sum <= limit && text_same(role, a->role) &&
			(text_is(of, "*") || text_same(of, agency)))
			return true;
	}
	return false;
}
