/* approve_store.h: signatures over bundles of batches, and what the last one sets off.
 *
 * Called by the desk and `chitra`, inside the caller's officer transaction:
 *
 *	approve_prepare (recomputes every line, locks) → the officer's key signs approve_text → approve_record → books_post → tx_commit
 *
 * With the second signature a batch is approved, its payouts begin to live as `ready`, and its obligation is booked, all
 * in that one transaction. That maker, checker and approver are three people is the database's rule. Never sees a secret key. */
#ifndef CHITRA_PAYOUT_APPROVE_STORE_H
#define CHITRA_PAYOUT_APPROVE_STORE_H

#include "ledger/payout/approval.h"
#include "ledger/payout/batch_store.h"
#include "ledger/payout/outcome.h"
#include "ledger/register/officer_store.h"

/* Frozen batches that wait for this role, that the officer did not make or sign, and for which there is a mandate; by id. */
enum result approve_waiting(struct work *w, const struct officer *me, enum approval_role role,
	const struct batch_filter *filter, struct batches *out) WARN_UNUSED;

/* What one signature would cover: batches of one agency, ascending by id. */
struct draft {
	int64_t agency_id;
	const char *agency;
	struct batches batches;
	struct bundle bundle;
	int64_t lines;
	struct vnd sum;
};
struct drafts {
	size_t n;
	struct draft *at;
};

/* Recomputes the batches' lines and roots, locks them, and makes a draft for each agency. REFUSED batch_unknown, batch_state,
 * batch_altered, no_mandate, batch_changed. */
enum result approve_prepare(struct work *w, enum approval_role role, const int64_t *ids, size_t n,
	struct drafts *out) WARN_UNUSED;

/* The text that the officer's key signs: valid for `days` from now_us (real clock), with a fresh nonce. */
struct bytes approve_text(struct arena *a, const struct draft *draft, const char *login,
	enum approval_role role, const struct hash *certificate, int64_t now_us, int days);

struct signed_draft {
	const struct draft *draft;
	struct bytes text;
	struct signature signature;
	const struct certificate_row *certificate;
};

struct approved {
	size_t n; /* batches that have both signatures now */
	int64_t lines;
	struct vnd sum;
};

/* Stores the approval (and its bundle when it is new), marks what is now approved, and adds the ledger's entries. `trust`
 * (NULL: none is configured here) is asked first, as the teller will. REFUSED already_signed, own_batch, same_person,
 * batch_changed, or what approval_verify says. */
enum result approve_record(struct work *w, const struct officer *me, const struct trust *trust,
	const struct signed_draft *draft, struct entries *entries, struct approved *out) WARN_UNUSED;

/* Every approval of these batches (by id, ascending) with its proof, for verify_batch and manifests: (*out)[i] are those of
 * batches->at[i]. The teller may ask too: only the batches' ids are read. */
struct proofs {
	size_t n;
	struct approval_proof *at;
};
enum result approve_proofs(struct work *w, const struct batches *batches, struct proofs **out) WARN_UNUSED;

/* Asks verify_batch for each of the batches. REFUSED with what it says. */
enum result approve_verify(struct work *w, const struct trust *trust, const struct batches *batches,
	const struct proofs *proofs) WARN_UNUSED;

#endif
