/* certificate.h: who may sign what, as admins signed it; and which admins we believe.
 *
 * A certificate binds an officer's public key to mandates for a time. It counts when at least `threshold` of the admin keys of
 * our own configuration signed it and none of them revoked it; where it is stored proves nothing. Used by the desk and by the
 * teller, each with admin keys of its own. Pure.
 *
 *	chitra-certificate/v1			chitra-revocation/v1
 *	officer minh				certificate 5f1d…(64 hex)
 *	name Nguyễn%20Văn%20Minh		reason key%20lost
 *	key 0a1b…(64 hex)			time 2024-04-03T01:00:00Z
 *	mandate approver agency-a * 500000000
 *	not-before 2024-04-01T00:00:00Z
 *	not-after 2025-04-01T00:00:00Z
 *	serial 1
 *
 * Signatures are lines "<16 hex admin key id> <base64 signature>". */
#ifndef CHITRA_PAYOUT_CERTIFICATE_H
#define CHITRA_PAYOUT_CERTIFICATE_H

#include "ledger/base/sign.h"
#include "ledger/register/mandate.h"

#define CERTIFICATE_MAX ((size_t)16384) /* bytes of one text; and of its signatures */
#define ADMINS_MAX      16

/* Whom we believe. Comes from our own configuration (admins, threshold) and from revocations that one of the admins signed. */
struct trust {
	size_t n;
	struct verify_key admins[ADMINS_MAX];
	size_t threshold;
	size_t n_revoked;
	const struct hash *revoked; /* SHA-256 of certificate texts */
};

/* The file of admin keys: a line "<64 hex public key> <label>" each; '#' begins a comment. `chitra key new` writes such a line
 * into FILE.pub. False with why: admins_malformed, admins_few (fewer keys than the threshold), admins_repeated. */
bool trust_read(struct bytes file, size_t threshold, struct trust *out, struct why *why) WARN_UNUSED;

struct certificate {
	const char *officer; /* login */
	const char *name;
	struct verify_key key;
	size_t n; /* 1 … MANDATES_MAX */
	const struct mandate *mandates;
	int64_t not_before_us, not_after_us; /* whole seconds count */
	int64_t serial;
};

/* Appends the text; mandates are written sorted, each once. */
void certificate_text(const struct certificate *c, struct buf *out);

/* Total and strict: only what certificate_text writes is taken. False with why certificate_malformed. */
bool certificate_parse(
	struct arena *a, struct bytes text, struct certificate *out, struct why *why) WARN_UNUSED;

/* Appends one signature line over any signed text (certificate, revocation). */
void admin_sign(const struct sign_key *admin, struct bytes text, struct buf *signatures);

/* How many different ones of the trusted admins signed the text; lines of others count nothing. */
size_t admins_signed(const struct trust *trust, struct bytes text, struct bytes signatures) WARN_UNUSED;

/* Parsed, signed by enough, not revoked, in force at now_us (real clock). False with why: certificate_malformed,
 * certificate_unsigned, certificate_revoked, certificate_early, certificate_expired. */
bool certificate_verify(struct arena *a, const struct trust *trust, struct bytes text,
	struct bytes signatures, int64_t now_us, struct certificate *out, struct why *why) WARN_UNUSED;

/* Whether the certificate (SHA-256 of its text) is among the revoked. */
bool certificate_revoked(const struct trust *trust, const struct hash *certificate) WARN_UNUSED;

/* Whether one of the mandates covers it: this role, for this agency, in one of these areas, up to this amount. An area is a code and the
 * first and last day on which the code means it: "22915 2004-01-01 2025-06-30"; the certificate's not-before says which it meant. */
bool certificate_covers(const struct certificate *c, const char *role, const char *agency,
	const char *const *areas, size_t n_areas, struct vnd amount) WARN_UNUSED;

struct revocation {
	struct hash certificate;
	const char *reason;
	int64_t time_us;
};
void revocation_text(const struct revocation *r, struct buf *out);

/* One admin's signature suffices. False with why: revocation_malformed, revocation_unsigned. */
bool revocation_verify(struct arena *a, const struct trust *trust, struct bytes text, struct bytes signatures,
	struct revocation *out, struct why *why) WARN_UNUSED;

/* The roles of mandates, and whether this is one. */
bool mandate_role_valid(const char *role) WARN_UNUSED;

#endif
