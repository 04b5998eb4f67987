/* approval.h: chitra-approval/v1, what a checker or an approver signs; and whether one counts.
 *
 * The signature is Ed25519 over the whole text by the key of the officer's certificate. Pure.
 *
 *	chitra-approval/v1
 *	bundle 5f1d…(64 hex)
 *	batches 18
 *	lines 609
 *	sum 1789000000 VND
 *	agency agency-a
 *	officer minh
 *	role checker
 *	certificate 77aa…(64 hex)
 *	nonce 00112233445566778899aabbccddeeff
 *	time 2024-04-03T01:00:00Z
 *	expires 2024-05-03T01:00:00Z */
#ifndef CHITRA_PAYOUT_APPROVAL_H
#define CHITRA_PAYOUT_APPROVAL_H

#include "ledger/payout/bundle.h"
#include "ledger/payout/certificate.h"

#define APPROVAL_MAX 1024 /* bytes of one text */

enum approval_role { ROLE_CHECKER, ROLE_APPROVER };
const char *approval_role_name(enum approval_role role); /* "checker", "approver" */
bool approval_role_parse(const char *name, enum approval_role *out) WARN_UNUSED;

struct approval {
	struct hash bundle; /* root */
	int64_t batches, lines;
	struct vnd sum;
	const char *agency, *officer;
	enum approval_role role;
	struct hash certificate; /* SHA-256 of its text */
	struct hash16 nonce;
	int64_t time_us, expires_us; /* real clock, whole seconds count */
};

void approval_text(const struct approval *a, struct buf *out);

/* Total and strict. False with why approval_malformed. */
bool approval_parse(struct arena *a, struct bytes text, struct approval *out, struct why *why) WARN_UNUSED;

/* An approval with everything that proves it for one batch, as rows or a manifest hold it. */
struct approval_proof {
	struct bytes text;
	struct signature signature;
	struct bytes certificate, certificate_signatures;
	struct bundle_place place; /* of the batch in the bundle that was signed */
};

/* Whether the text is what the certified officer signed, and is in force at now_us: signature, certificate
 * (certificate_verify), officer, time and expiry. Says nothing of any batch: that is approval_holds. What was found goes to
 * *approval and *certificate. False with why: approval_malformed, approval_certificate (the text names another one),
 * approval_officer, approval_signature, approval_early, approval_expired, or certificate_*. */
bool approval_verify(struct arena *a, const struct trust *trust, const struct approval_proof *proof,
	int64_t now_us, struct approval *approval, struct certificate *certificate,
	struct why *why) WARN_UNUSED;

/* Whether the signed bundle holds the batch with this root. False with why batch_not_in_bundle. */
bool approval_holds(const struct approval *approval, const struct bundle_place *place,
	const struct hash *batch_root, struct why *why) WARN_UNUSED;

#endif
