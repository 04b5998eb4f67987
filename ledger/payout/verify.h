/* verify.h: whether a batch may be paid (law 7): the question that the teller asks before a byte leaves, and `chitra release`
 * before it commits.
 *
 * Believes no row. What the caller recomputed from the lines that it is about to pay (root, count, sum) is held against what
 * certified officers signed; whom to believe comes from the caller's own configuration. Pure; allocates and frees on its own. */
#ifndef CHITRA_PAYOUT_VERIFY_H
#define CHITRA_PAYOUT_VERIFY_H

#include "ledger/payout/approval.h"

struct batch_proof {
	struct hash
		root; /* over the texts of the batch's lines, recomputed by the caller: pay_line_leaf, merkle_root */
	int64_t lines;  /* how many of them */
	struct vnd sum; /* of them */
	const char *agency;
	/* The words of mandates that reach its area (itself, its province …), each with its days (certificate_covers), as the rows say: the area
	 * is in no signed text. */
	const char *const *areas;
	size_t n_areas;
	size_t n; /* approvals; at least one by a checker and one by an approver */
	const struct approval_proof *approvals;
};

/* Remembers which approvals were verified, so that thousands of batches under one bundle cost two signatures and not thousands.
 * Time and revocations are asked anew each time; admin keys and threshold are not, so it belongs to one of them. Not shared
 * between threads. */
struct verify_memo;
void verify_memo_free(struct verify_memo *memo);
struct verify_memo *verify_memo_new(void) FREED_BY(verify_memo_free);

/* True when a checker and an approver, two people with two keys, both certified (threshold, not revoked, in force) and with a
 * mandate that covers the batch, signed bundles that hold its root. now_real_us is the real clock, never the business clock. memo
 * may be NULL. False with why: batch_not_in_bundle, batch_agency, batch_mandate, batch_sum, batch_one_signature, same_person, or
 * approval_* and certificate_* of the last approval that does not count. */
bool verify_batch(const struct trust *trust, const struct batch_proof *proof, int64_t now_real_us,
	struct verify_memo *memo, struct why *why) WARN_UNUSED;

#endif
