#include "ledger/payout/certificate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/day.h"
#include "ledger/base/text.h"
#include "ledger/payout/field.h"

#define HEAD       "chitra-certificate/v1"
#define REVOCATION "chitra-revocation/v1"

/* ---- whom we believe ------------------------------------------------------------------------------------------------- */

static bool add_admin(struct trust *t, struct bytes line, struct why *why)
{
	struct bytes hex;
	struct verify_key key;
	if (!field_word(&line, &hex) || !hex_decode((const char *)hex.at, hex.n, key.b, sizeof key.b))
		return why_set(why, "admins_malformed",
			"a line of the admin keys is not a public key in hex and a label");
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(t->admins[i].b, key.b, sizeof key.b) == 0)
			return why_set(why, "admins_repeated", "one key stands twice among the admin keys");
	if (t->n == ADMINS_MAX)
		return why_set(why, "admins_malformed", "there are more than %d admin keys", ADMINS_MAX);
	t->admins[t->n++] = key;
	return true;
}

bool trust_read(struct bytes file, size_t threshold, struct trust *out, struct why *why)
{
	struct trust t = {.threshold = threshold};
	struct bytes line;
	bool ended;
	while (bytes_line(&file, &line, &ended))
		if (line.n > 0 && line.at[0] != '#' && !add_admin(&t, line, why))
			return false;
	if (threshold < 1 || t.n < threshold)
		return why_set(
			why, "admins_few", "there are %zu admin keys and %zu must sign", t.n, threshold);
	*out = t;
	return true;
}

/* ---- certificates ---------------------------------------------------------------------------------------------------- */

bool mandate_role_valid(const char *role)
{
	static const char *const roles[] = {
		"maker", "checker", "approver", "release", "register", "cash", "auditor", "operator"};
	for (size_t i = 0; i < COUNT_OF(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return true;
	return false;
}

static int compare_mandates(const void *a, const void *b)
{
	const struct mandate *x = a, *y = b;
	int by = strcmp(x->role, y->role);
	if (by == 0)
		by = strcmp(x->agency, y->agency);
	if (by == 0)
		by = strcmp(x->area, y->area);
	return by ? by : vnd_cmp(x->limit, y->limit);
}

static bool code_or_any(const char *code)
{
	return strcmp(code, "*") == 0 || code_valid(bytes_z(code));
}

static void add_mandates(const struct certificate *c, struct buf *out)
{
	struct mandate sorted[MANDATES_MAX];
	bug_if(c->n < 1 || c->n > MANDATES_MAX);
	memcpy(sorted, c->mandates, c->n * sizeof *sorted);
	qsort(sorted, c->n, sizeof *sorted, compare_mandates);
	for (size_t i = 0; i < c->n; i++) {
		char limit[VND_TEXT_SIZE];
		const struct mandate *m = &sorted[i];
		bug_if(!mandate_role_valid(m->role) || !code_or_any(m->agency) || !code_or_any(m->area) ||
			vnd_is_negative(m->limit));
		if (i > 0 && compare_mandates(m, m - 1) == 0)
			continue;
		buf_addf(out, "mandate %s %s %s %s\n", m->role, m->agency, m->area,
			vnd_format(m->limit, limit));
	}
}

void certificate_text(const struct certificate *c, struct buf *out)
{
	char hex[2 * sizeof c->key.b + 1], from[SECOND_TEXT_SIZE], to[SECOND_TEXT_SIZE];
	bug_if(!code_valid(bytes_z(c->officer)) || !*c->name || c->serial < 1);
	hex_encode(c->key.b, sizeof c->key.b, hex);
	buf_addf(out, HEAD "\nofficer %s\nname ", c->officer);
	percent_escape(bytes_z(c->name), out);
	buf_addf(out, "\nkey %s\n", hex);
	add_mandates(c, out);
	buf_addf(out, "not-before %s\nnot-after %s\nserial %" PRId64 "\n",
		second_format(c->not_before_us, from), second_format(c->not_after_us, to), c->serial);
}

static bool take_key(struct bytes *rest, struct verify_key *out)
{
	struct bytes v;
	return field_take(rest, "key", &v) && hex_decode((const char *)v.at, v.n, out->b, sizeof out->b);
}

static bool any_or_code(struct arena *a, struct bytes s, const char **out)
{
	if (bytes_eq_z(s, "*")) {
		*out = "*";
		return true;
	}
	return code_of(a, s, out);
}

static bool take_mandate(struct arena *a, struct bytes *rest, struct mandate *out)
{
	struct bytes v, role, agency, area;
	return field_take(rest, "mandate", &v) && field_word(&v, &role) && field_word(&v, &agency) &&
	       field_word(&v, &area) && code_of(a, role, &out->role) && mandate_role_valid(out->role) &&
	       any_or_code(a, agency, &out->agency) && any_or_code(a, area, &out->area) &&
	       vnd_parse((const char *)v.at, v.n, &out->limit, NULL);
}

static bool take_mandates(struct arena *a, struct bytes *rest, struct certificate *c)
{
	struct mandate *at = arena_array(a, MANDATES_MAX, struct mandate);
	c->mandates = at;
	while (field_is_next(*rest, "mandate"))
		if (c->n == MANDATES_MAX || !take_mandate(a, rest, &at[c->n++]))
			return false;
	return c->n > 0;
}

static bool take_certificate(struct arena *a, struct bytes *rest, struct certificate *c)
{
	return field_take(rest, HEAD, NULL) && field_code(a, rest, "officer", &c->officer) &&
	       field_text(a, rest, "name", &c->name) && *c->name && take_key(rest, &c->key) &&
	       take_mandates(a, rest, c) && field_second(rest, "not-before", &c->not_before_us) &&
	       field_second(rest, "not-after", &c->not_after_us) &&
	       field_i64(rest, "serial", INT64_MAX, &c->serial) && c->serial > 0 && rest->n == 0;
}

bool certificate_parse(struct arena *a, struct bytes text, struct certificate *out, struct why *why)
{
	struct certificate c = {0};
	struct bytes rest = text;
	if (text.n > CERTIFICATE_MAX || !take_certificate(a, &rest, &c))
		return why_set(why, "certificate_malformed", "this is no %s text", HEAD);
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, CERTIFICATE_MAX);
	certificate_text(&c, &again);
	if (!buf_is(&again, text))
		return why_set(
			why, "certificate_malformed", "this %s text is not written as it must be", HEAD);
	*out = c;
	return true;
}

/* ---- signatures ------------------------------------------------------------------------------------------------------ */

void admin_sign(const struct sign_key *admin, struct bytes text, struct buf *signatures)
{
	char id[KEY_ID_SIZE];
	struct verify_key key = sign_public(admin);
	struct signature sig = sign_detached(admin, text);
	buf_addf(signatures, "%s ", verify_key_id(&key, id));
	base64_encode(BASE64_STD, bytes_of(sig.b, sizeof sig.b), signatures);
	buf_add_z(signatures, "\n");
}

static bool signed_by(const struct verify_key *admin, struct bytes text, struct bytes signatures)
{
	struct bytes line;
	bool ended;
	char id[KEY_ID_SIZE];
	verify_key_id(admin, id);
	while (bytes_line(&signatures, &line, &ended)) {
		struct signature sig;
		struct bytes named;
		size_t n;
		if (field_word(&line, &named) && bytes_eq_z(named, id) &&
			base64_decode(BASE64_STD, line, sig.b, sizeof sig.b, &n) && n == sizeof sig.b &&
			sign_verify(admin, text, &sig))
			return true;
	}
	return false;
}

size_t admins_signed(const struct trust *trust, struct bytes text, struct bytes signatures)
{
	size_t n = 0;
	if (signatures.n > CERTIFICATE_MAX)
		return 0;
	for (size_t i = 0; i < trust->n; i++)
		n += signed_by(&trust->admins[i], text, signatures);
	return n;
}

bool certificate_revoked(const struct trust *trust, const struct hash *certificate)
{
	for (size_t i = 0; i < trust->n_revoked; i++)
		if (hash_eq(&trust->revoked[i], certificate))
			return true;
	return false;
}

bool certificate_verify(struct arena *a, const struct trust *trust, struct bytes text,
	struct bytes signatures, int64_t now_us, struct certificate *out, struct why *why)
{
	struct certificate c = {0};
	struct hash sha = sha256(text);
	if (!certificate_parse(a, text, &c, why))
		return false;
	size_t n = admins_signed(trust, text, signatures);
	if (trust->threshold < 1 || n < trust->threshold)
		return why_set(why, "certificate_unsigned",
			"%zu admins signed the certificate of %s and %zu must", n, c.officer,
			trust->threshold);
	if (certificate_revoked(trust, &sha))
		return why_set(why, "certificate_revoked", "the certificate of %s was revoked", c.officer);
	if (now_us < c.not_before_us)
		return why_set(
			why, "certificate_early", "the certificate of %s is not yet in force", c.officer);
	if (now_us > c.not_after_us)
		return why_set(why, "certificate_expired", "the certificate of %s has expired", c.officer);
	*out = c;
	return true;
}

static bool fits(const char *mandate, const char *wanted)
{
	return strcmp(mandate, "*") == 0 || strcmp(mandate, wanted) == 0;
}

/* A code came to another unit in another year: the mandate means the one that it was on the certificate's first day. */
static bool names(const char *word, const char *mandate, const char *day)
{
	size_t n = strlen(mandate), length = DAY_TEXT_SIZE - 1;
	return strncmp(word, mandate, n) == 0 && word[n] == ' ' && strlen(word) == n + 2 + 2 * length &&
	       strncmp(day, word + n + 1, length) >= 0 && strncmp(day, word + n + 2 + length, length) <= 0;
}

static bool fits_one(const char *mandate, const char *const *words, size_t n, const char *day)
{
	for (size_t i = 0; i < n; i++)
		if (names(words[i], mandate, day))
			return true;
	return strcmp(mandate, "*") == 0;
}

bool certificate_covers(const struct certificate *c, const char *role, const char *agency,
	const char *const *areas, size_t n_areas, struct vnd amount)
{
	char day[DAY_TEXT_SIZE];
	day_format(day_of_instant_vn(c->not_before_us), day);
	for (size_t i = 0; i < c->n; i++) {
		const struct mandate *m = &c->mandates[i];
		if (strcmp(m->role, role) == 0 && fits(m->agency, agency) &&
			fits_one(m->area, areas, n_areas, day) && vnd_cmp(amount, m->limit) <= 0)
			return true;
	}
	return false;
}

/* ---- revocations ------------------------------------------------------------------------------------------------------ */

void revocation_text(const struct revocation *r, struct buf *out)
{
	char hex[HASH_HEX_SIZE], time[SECOND_TEXT_SIZE];
	bug_if(!*r->reason);
	buf_addf(out, REVOCATION "\ncertificate %s\nreason ", hash_hex(&r->certificate, hex));
	percent_escape(bytes_z(r->reason), out);
	buf_addf(out, "\ntime %s\n", second_format(r->time_us, time));
}

static bool revocation_parse(struct arena *a, struct bytes text, struct revocation *r)
{
	struct bytes rest = text;
	if (text.n > CERTIFICATE_MAX || !field_take(&rest, REVOCATION, NULL) ||
		!field_hash(&rest, "certificate", &r->certificate) ||
		!field_text(a, &rest, "reason", &r->reason) || !*r->reason ||
		!field_second(&rest, "time", &r->time_us) || rest.n > 0)
		return false;
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, CERTIFICATE_MAX);
	revocation_text(r, &again);
	return buf_is(&again, text);
}

bool revocation_verify(struct arena *a, const struct trust *trust, struct bytes text, struct bytes signatures,
	struct revocation *out, struct why *why)
{
	struct revocation r;
	if (!revocation_parse(a, text, &r))
		return why_set(why, "revocation_malformed", "this is no %s text", REVOCATION);
	if (admins_signed(trust, text, signatures) == 0)
		return why_set(why, "revocation_unsigned", "no admin signed this revocation");
	*out = r;
	return true;
}
