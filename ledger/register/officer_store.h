/* officer_store.h: officers, their certificates, and who is logged in.
 *
 * Called by the desk and by `chitra`. An officer transaction begins with officer_enter: from then on the database knows who
 * acts, and its guards look at nothing else. Certificates are kept here as bytes that were signed elsewhere; whoever moves
 * money verifies them again. Never sees a secret key or a passphrase. */
#ifndef CHITRA_REGISTER_OFFICER_STORE_H
#define CHITRA_REGISTER_OFFICER_STORE_H

#include "ledger/base/sign.h"
#include "ledger/db/db.h"
#include "ledger/register/mandate.h"

struct officer {
	int64_t id;
	const char *login, *name;
};

/* Inside the caller's transaction, first of all. REFUSED session_over. */
enum result officer_enter(struct work *w, const struct hash *token_hash, struct officer *out) WARN_UNUSED;

/* What an officer wants to do, for officer_must and its kin: this role for this agency, in this area, up to this amount. */
struct wanted {
	const char *agency, *area; /* or "*": everywhere */
	struct day area_from;
	struct vnd amount;
};

/* Whether who entered may act in this role for all n, by a certificate in force. REFUSED no_mandate. */
enum result officer_must(struct work *w, const char *role, const struct wanted *wanted, size_t n) WARN_UNUSED;

/* The same as an answer for each: may[i]. */
enum result officer_may(
	struct work *w, const char *role, const struct wanted *wanted, size_t n, bool *may) WARN_UNUSED;

/* These are one transaction each. */

/* An officer who is there already under the same name is fine. REFUSED officer_exists: another name. */
enum result officer_add(struct work *w, const char *login, const char *name, bool *added) WARN_UNUSED;

enum result officer_find(
	struct work *w, const char *login, struct officer *out) WARN_UNUSED; /* officer_unknown */

/* Whether each mandate's area is a unit of today, or everywhere. REFUSED area_not_now. */
enum result officer_areas_stand(struct work *w, const struct mandate *mandates, size_t n) WARN_UNUSED;

struct certified {
	const char *login;
	struct hash sha256; /* of text */
	struct bytes text, signatures;
	struct verify_key key;
	int64_t not_before_us, not_after_us;
	size_t n;
	const struct mandate *mandates;
};
/* The number for the officer's next certificate: 1, 2, … */
enum result officer_next_serial(struct work *w, const char *login, int64_t *serial) WARN_UNUSED;
enum result officer_certify(struct work *w, const struct certified *c) WARN_UNUSED;

/* REFUSED certificate_unknown; a certificate that is revoked already is fine. */
enum result officer_revoke(struct work *w, const struct hash *certificate, struct bytes text,
	struct bytes signatures) WARN_UNUSED;

/* Certificates in force (real clock, not revoked), newest first; of one officer, or of all when login is NULL. */
struct certificates {
	size_t n;
	struct certificate_row {
		int64_t id;
		const char *login, *name;
		struct hash sha256;
		struct bytes text, signatures;
		struct verify_key key;
		int64_t not_before_us, not_after_us;
	} * at;
};
enum result officer_certificates(struct work *w, const char *login, struct certificates *out) WARN_UNUSED;

/* Every revocation, as its signed text. */
struct revocations {
	size_t n;
	struct revocation_row {
		struct hash certificate;
		struct bytes text, signatures;
	} * at;
};
enum result officer_revocations(struct work *w, struct revocations *out) WARN_UNUSED;

/* ---- login: a signature over a nonce that was given out once ---- */

struct challenge {
	uint8_t nonce[32];
};
/* The bytes that the officer's key signs: "chitra-login/v1\n<login>\n<hex nonce>\n", in the arena. */
struct bytes login_text(struct arena *a, const char *login, const struct challenge *c);

enum result login_challenge(struct work *w, const char *login, struct challenge *out) WARN_UNUSED;

/* Takes the nonce back, checks the signature by a certified key of the officer, and opens a session; only the token's hash is
 * stored. REFUSED login_refused, for whatever reason. */
enum result login_open(struct work *w, const char *login, const struct challenge *c,
	const struct signature *sig, uint8_t token[static 32], int64_t *expires_us) WARN_UNUSED;

enum result login_close(struct work *w, const struct hash *token_hash) WARN_UNUSED;

#endif
