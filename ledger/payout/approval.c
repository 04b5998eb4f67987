#include "ledger/payout/approval.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/payout/field.h"

#define HEAD "chitra-approval/v1"

/* Clocks of a desk and a teller may differ by this much. */
#define CLOCK_SLACK_US (INT64_C(60) * 1000000)

const char *approval_role_name(enum approval_role role)
{
	switch (role) {
	case ROLE_CHECKER: return "checker";
	case ROLE_APPROVER: return "approver";
	}
	bug("role %d", (int)role);
}

bool approval_role_parse(const char *name, enum approval_role *out)
{
	if (strcmp(name, "checker") == 0)
		*out = ROLE_CHECKER;
	else if (strcmp(name, "approver") == 0)
		*out = ROLE_APPROVER;
	else
		return false;
	return true;
}

void approval_text(const struct approval *a, struct buf *out)
{
	char bundle[HASH_HEX_SIZE], certificate[HASH_HEX_SIZE], sum[VND_TEXT_SIZE],
		nonce[2 * sizeof a->nonce.b + 1], time[SECOND_TEXT_SIZE], expires[SECOND_TEXT_SIZE];
	bug_if(a->batches < 1 || a->lines < 1 || vnd_cmp(a->sum, vnd(0)) <= 0);
	bug_if(!code_valid(bytes_z(a->agency)) || !code_valid(bytes_z(a->officer)));
	hex_encode(a->nonce.b, sizeof a->nonce.b, nonce);
	buf_addf(out,
		HEAD "\nbundle %s\nbatches %" PRId64 "\nlines %" PRId64
		     "\nsum %s VND\nagency %s\nofficer %s\n"
		     "role %s\ncertificate %s\nnonce %s\ntime %s\nexpires %s\n",
		hash_hex(&a->bundle, bundle), a->batches, a->lines, vnd_format(a->sum, sum), a->agency,
		a->officer, approval_role_name(a->role), hash_hex(&a->certificate, certificate), nonce,
		second_format(a->time_us, time), second_format(a->expires_us, expires));
}

static bool take_role(struct arena *a, struct bytes *rest, enum approval_role *out)
{
	const char *name;
	return field_code(a, rest, "role", &name) && approval_role_parse(name, out);
}

static bool take_nonce(struct bytes *rest, struct hash16 *out)
{
	struct bytes v;
	return field_take(rest, "nonce", &v) && hex_decode((const char *)v.at, v.n, out->b, sizeof out->b);
}

static bool take_all(struct arena *m, struct bytes *rest, struct approval *a)
{
	return field_take(rest, HEAD, NULL) && field_hash(rest, "bundle", &a->bundle) &&
	       field_i64(rest, "batches", INT64_MAX, &a->batches) &&
	       field_i64(rest, "lines", INT64_MAX, &a->lines) && field_dong(rest, "sum", &a->sum) &&
	       field_code(m, rest, "agency", &a->agency) && field_code(m, rest, "officer", &a->officer) &&
	       take_role(m, rest, &a->role) && field_hash(rest, "certificate", &a->certificate) &&
	       take_nonce(rest, &a->nonce) && field_second(rest, "time", &a->time_us) &&
	       field_second(rest, "expires", &a->expires_us) && rest->n == 0 && a->batches > 0 &&
	       a->lines > 0 && vnd_cmp(a->sum, vnd(0)) > 0;
}

bool approval_parse(struct arena *m, struct bytes text, struct approval *out, struct why *why)
{
	struct approval a = {0};
	struct bytes rest = text;
	if (text.n > APPROVAL_MAX || !take_all(m, &rest, &a))
		return why_set(why, "approval_malformed", "this is no %s text", HEAD);
	CLEANUP(buf_free) struct buf again;
	buf_init(&again, APPROVAL_MAX);
	approval_text(&a, &again);
	if (!buf_is(&again, text))
		return why_set(why, "approval_malformed", "this %s text is not written as it must be", HEAD);
	*out = a;
	return true;
}

bool approval_verify(struct arena *m, const struct trust *trust, const struct approval_proof *p,
	int64_t now_us, struct approval *approval, struct certificate *certificate, struct why *why)
{
	struct approval a = {.officer = ""};
	struct certificate c = {.officer = ""};
	if (!approval_parse(m, p->text, &a, why) ||
		!certificate_verify(m, trust, p->certificate, p->certificate_signatures, now_us, &c, why))
		return false;
	struct hash named = sha256(p->certificate);
	if (!hash_eq(&named, &a.certificate))
		return why_set(why, "approval_certificate", "the approval names another certificate");
	if (strcmp(a.officer, c.officer) != 0)
		return why_set(why, "approval_officer", "the approval is by %s, the certificate is %s's",
			a.officer, c.officer);
	if (!sign_verify(&c.key, p->text, &p->signature))
		return why_set(
			why, "approval_signature", "the signature is not %s's over this approval", a.officer);
	if (now_us + CLOCK_SLACK_US < a.time_us)
		return why_set(why, "approval_early", "the approval by %s is from the future", a.officer);
	if (now_us > a.expires_us)
		return why_set(why, "approval_expired", "the approval by %s has expired", a.officer);
	*approval = a;
	*certificate = c;
	return true;
}

bool approval_holds(const struct approval *a, const struct bundle_place *place, const struct hash *batch_root,
	struct why *why)
{
	if (place->n != a->batches || !bundle_holds(place, batch_root, &a->bundle))
		return why_set(why, "batch_not_in_bundle",
			"what %s signed does not hold this batch as it is now", a->officer);
	return true;
}
