/* explain_store.h: what is known of one person and pay period, for whoever explains it to him.
 *
 * Read-only, inside an officer's transaction; who looked whom up is written down by the caller. */
#ifndef LEDGER_REGISTER_EXPLAIN_STORE_H
#define LEDGER_REGISTER_EXPLAIN_STORE_H

#include "ledger/register/decision_store.h"
#include "ledger/register/entitle_store.h"
#include "ledger/register/explain.h"

struct explained_part {
	const char *rate_name, *working; /* in words */
	struct vnd amount;
};

struct explained_claim {
	struct month month, period;
	const char *kind, *state;
	const char *payout; /* the end-to-end id that it was paid under; NULL: it is not paid */
	struct vnd amount;
	size_t n;
	const struct explained_part *parts;
};

/* One programme. Claims of the period first, then those that earlier periods left unpaid. */
struct explained {
	const char *programme, *name;
	size_t n_claims, n_notes;
	const struct explained_claim *claims;
	struct vnd this_month, arrears, grants, earlier; /* sums; voided ones are in none */
	int64_t earlier_months;
	bool listed;              /* on the period's list */
	const char *area;         /* that list's; NULL: none */
	const char *why_nothing;  /* why the period's own month has no claim; NULL: it has one */
	const char *const *notes; /* what waits for a decision */
};
struct explanations {
	size_t n;
	const struct explained *at;
};

/* Programmes in which the officer has a mandate for the person's ward. REFUSED person_not_enrolled, no_mandate. */
enum result explain_person(struct work *w, const struct reference *reference, int64_t person,
	struct month period, struct explanations *out) WARN_UNUSED;

#endif
