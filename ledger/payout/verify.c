#include "ledger/payout/verify.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/arena.h"

#define MEMO_PLACES 64 /* more approvals than that at a time are verified again */

/* An approval that was verified, apart from any batch. */
struct voucher {
	struct hash of; /* of everything that was verified */
	struct approval approval;
	struct certificate certificate;
};

struct verify_memo {
	struct {
		struct arena *arena; /* NULL: empty */
		struct voucher voucher;
	} at[MEMO_PLACES];
};

struct verify_memo *verify_memo_new(void)
{
	struct verify_memo *memo = calloc(1, sizeof *memo);
	if (!memo)
		bug("out of memory");
	return memo;
}

void verify_memo_free(struct verify_memo *memo)
{
	for (size_t i = 0; i < MEMO_PLACES; i++)
		if (memo->at[i].arena)
			arena_free(memo->at[i].arena);
	free(memo);
}

/* Lengths are hashed too, so no byte can wander from one part to the next. */
static struct hash proof_hash(const struct approval_proof *p)
{
	struct bytes parts[] = {
		p->text, {p->signature.b, sizeof p->signature.b}, p->certificate, p->certificate_signatures};
	struct sha256_run *run = sha256_begin();
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		uint64_t n = parts[i].n;
		sha256_add(run, bytes_of(&n, sizeof n));
		sha256_add(run, parts[i]);
	}
	return sha256_end(run);
}

static bool still_in_force(const struct trust *trust, const struct voucher *v, int64_t now_us)
{
	return !certificate_revoked(trust, &v->approval.certificate) && now_us <= v->approval.expires_us &&
	       now_us >= v->certificate.not_before_us && now_us <= v->certificate.not_after_us;
}

/* The voucher for an approval: from the memo, or verified now. It lives in the memo, or in the arena. */
static bool voucher_of(struct arena *a, const struct trust *trust, const struct approval_proof *proof,
	int64_t now_us, struct verify_memo *memo, struct voucher *out, struct why *why)
{
	if (!memo)
		return approval_verify(a, trust, proof, now_us, &out->approval, &out->certificate, why);
	struct hash of = proof_hash(proof);
	size_t place = of.b[0] % MEMO_PLACES;
	if (memo->at[place].arena && hash_eq(&memo->at[place].voucher.of, &of) &&
		still_in_force(trust, &memo->at[place].voucher, now_us)) {
		*out = memo->at[place].voucher;
		return true;
	}
	struct arena *kept = arena_new();
	struct voucher v = {.of = of};
	if (!approval_verify(kept, trust, proof, now_us, &v.approval, &v.certificate, why)) {
		arena_free(kept);
		return false;
	}
	if (memo->at[place].arena)
		arena_free(memo->at[place].arena);
	memo->at[place].arena = kept;
	memo->at[place].voucher = v;
	*out = v;
	return true;
}

/* An approval that counts for the batch. */
struct vote {
	enum approval_role role;
	const char *officer;
	struct verify_key key;
};

static bool counts(struct arena *a, const struct trust *trust, const struct batch_proof *batch,
	const struct approval_proof *proof, int64_t now_us, struct verify_memo *memo, struct vote *vote,
	struct why *why)
{
	struct voucher v;
	if (!voucher_of(a, trust, proof, now_us, memo, &v, why) ||
		!approval_holds(&v.approval, &proof->place, &batch->root, why))
		return false;
	if (strcmp(v.approval.agency, batch->agency) != 0)
		return why_set(why, "batch_agency", "%s signed for agency %s, the batch is %s's",
			v.approval.officer, v.approval.agency, batch->agency);
	if (v.approval.lines < batch->lines || vnd_cmp(v.approval.sum, batch->sum) < 0)
		return why_set(why, "batch_sum", "the batch has more than %s signed for", v.approval.officer);
	const char *role = approval_role_name(v.approval.role);
	if (!certificate_covers(
		    &v.certificate, role, batch->agency, batch->areas, batch->n_areas, batch->sum))
		return why_set(why, "batch_mandate", "%s has no mandate %s for this batch",
			v.approval.officer, role);
	*vote = (struct vote){.role = v.approval.role,
		.officer = arena_strdup(
			a, v.approval.officer), /* a later approval may take the memo's place */
		.key = v.certificate.key};
	return true;
}

static bool two_people(const struct vote *checker, const struct vote *approver)
{
	return strcmp(checker->officer, approver->officer) != 0 &&
	       memcmp(checker->key.b, approver->key.b, sizeof checker->key.b) != 0;
}

/* Two votes of different people among all; a later one of the same role may stand beside an earlier one. */
static bool enough(struct arena *a, const struct trust *trust, const struct batch_proof *batch,
	int64_t now_us, struct verify_memo *memo, struct why *why)
{
	struct vote *votes[2] = {
		arena_array(a, batch->n, struct vote), arena_array(a, batch->n, struct vote)};
	size_t n[2] = {0, 0};
	for (size_t i = 0; i < batch->n; i++) {
		struct vote vote = {0};
		if (counts(a, trust, batch, &batch->approvals[i], now_us, memo, &vote, why))
			votes[vote.role][n[vote.role]++] = vote;
	}
	for (size_t c = 0; c < n[ROLE_CHECKER]; c++)
		for (size_t p = 0; p < n[ROLE_APPROVER]; p++)
			if (two_people(&votes[ROLE_CHECKER][c], &votes[ROLE_APPROVER][p]))
				return true;
	if (n[ROLE_CHECKER] > 0 && n[ROLE_APPROVER] > 0)
		return why_set(why, "same_person", "checker and approver of this batch are one person");
	if (n[ROLE_CHECKER] + n[ROLE_APPROVER] == 0 && batch->n > 0)
		return false;
	struct why other = *why; /* of an approval that did not count, if there is one */
	return why_set(why, "batch_one_signature", "this batch lacks the signature of %s%s%s",
		n[ROLE_CHECKER] == 0 ? "a checker" : "an approver", *other.code ? "; " : "", other.text);
}

bool verify_batch(const struct trust *trust, const struct batch_proof *proof, int64_t now_real_us,
	struct verify_memo *memo, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct why why_not = {0};
	if (enough(a, trust, proof, now_real_us, memo, &why_not))
		return true;
	if (why)
		*why = why_not;
	return false;
}
