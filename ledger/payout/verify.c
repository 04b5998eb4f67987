#include "ledger/payout/verify.h"

#include <string.h>

#include "ledger/base/arena.h"

/* The best that was found for one role. */
struct vote {
	enum approval_role role;
	const char *officer;
	struct verify_key key;
	int64_t until_us;
};

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* One approval counts for the batch, or not. */
static bool counts(struct arena *a, const struct trust *trust, const struct batch_proof *batch,
	const struct approval_proof *proof, int64_t now_us, struct vote *vote, struct why *why)
{
	struct approval approval;
	struct certificate c;
	if (!approval_verify(a, trust, proof, now_us, &approval, &c, why))
		return false;
	if (!bundle_has(&proof->bundle, &batch->root))
		return why_set(why, "batch_not_in_bundle",
			"what %s signed does not hold this batch as it is now", approval.officer);
	if (strcmp(approval.agency, batch->agency) != 0)
		return why_set(why, "batch_agency", "%s signed for agency %s, the batch is %s's",
			approval.officer, approval.agency, batch->agency);
	if (approval.lines < batch->lines || vnd_cmp(approval.sum, batch->sum) < 0)
		return why_set(why, "batch_sum", "the batch has more than %s signed for", approval.officer);
	if (!certificate_covers(
		    &c, approval_role_name(approval.role), batch->agency, batch->area, batch->sum))
		return why_set(why, "batch_mandate", "%s has no mandate %s for this batch", approval.officer,
			approval_role_name(approval.role));
	*vote = (struct vote){.role = approval.role,
		.officer = approval.officer,
		.key = c.key,
		.until_us = earlier(approval.expires_us, c.not_after_us)};
	return true;
}

static bool two_people(const struct vote *checker, const struct vote *approver)
{
	return strcmp(checker->officer, approver->officer) != 0 &&
	       memcmp(checker->key.b, approver->key.b, sizeof checker->key.b) != 0;
}

/* Two votes of different people among all; a later one of the same role may stand beside an earlier one. */
static bool enough(struct arena *a, const struct trust *trust, const struct batch_proof *batch,
	int64_t now_us, int64_t *until_us, struct why *why)
{
	struct vote *votes[2] = {
		arena_array(a, batch->n, struct vote), arena_array(a, batch->n, struct vote)};
	size_t n[2] = {0, 0};
	for (size_t i = 0; i < batch->n; i++) {
		struct vote vote = {0};
		if (counts(a, trust, batch, &batch->approvals[i], now_us, &vote, why))
			votes[vote.role][n[vote.role]++] = vote;
	}
	for (size_t c = 0; c < n[ROLE_CHECKER]; c++)
		for (size_t p = 0; p < n[ROLE_APPROVER]; p++)
			if (two_people(&votes[ROLE_CHECKER][c], &votes[ROLE_APPROVER][p])) {
				*until_us = earlier(
					votes[ROLE_CHECKER][c].until_us, votes[ROLE_APPROVER][p].until_us);
				return true;
			}
	if (n[ROLE_CHECKER] > 0 && n[ROLE_APPROVER] > 0)
		return why_set(why, "same_person", "checker and approver of this batch are one person");
	if (n[ROLE_CHECKER] + n[ROLE_APPROVER] == 0 && batch->n > 0)
		return false;
	struct why other = *why; /* of an approval that did not count, if there is one */
	return why_set(why, "batch_one_signature", "this batch lacks the signature of %s%s%s",
		n[ROLE_CHECKER] == 0 ? "a checker" : "an approver", *other.code ? "; " : "", other.text);
}

bool verify_batch(const struct trust *trust, const struct batch_proof *proof, int64_t now_real_us,
	int64_t *good_until_us, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct why why_not = {0};
	int64_t until = 0;
	if (!enough(a, trust, proof, now_real_us, &until, &why_not)) {
		if (why)
			*why = why_not;
		return false;
	}
	if (good_until_us)
		*good_until_us = until;
	return true;
}
