/* entitle_store.h: claims of a programme and pay period, from the lists to payout.claim.
 *
 * Inside the caller's officer transaction. People are streamed in chunks, rates loaded once. Running again makes no new
 * claims; what is doubtful becomes a finding that blocks its claim until two officers decide. */
#ifndef LEDGER_REGISTER_ENTITLE_STORE_H
#define LEDGER_REGISTER_ENTITLE_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/entry.h"
#include "ledger/register/owed.h"

struct entitle_counts {
	int64_t people, claims, ended, no_rate, amount_differs, already_claimed;
	struct vnd sum;   /* of the new claims */
	int64_t stopped;  /* months: suspended, terminated, uncollected, of another age, beyond the most */
	int64_t risen;    /* of the new claims: months whose rate rose after they were claimed */
	int64_t grants;   /* of the new claims: decided */
	int64_t overpaid; /* months that were claimed too much */
	int64_t not_due;  /* claims of months behind a death or a decision that came later: findings */
};

/* REFUSED programme_unknown, agency_missing (nobody pays the programme yet), no_mandate. `seen` is called with the number of
 * people so far, for a progress bar; it may be NULL. */
enum result entitle_run(struct work *w, const struct reference *reference, const char *programme,
	struct month period, void (*seen)(void *context, int64_t people), void *context,
	struct entitle_counts *out) WARN_UNUSED;

/* What was claimed for months after a death, or from a suspension or termination on, and came to light since: what has not left is
 * held and waits for two officers, what has left is a finding to recover it. Of a programme (NULL: any), of these people (NULL: all). */
enum result entitle_not_due(
	struct work *w, const char *programme, const int64_t *persons, size_t n, int64_t *found) WARN_UNUSED;

/* What a run would say now of one person, and nothing is written. *listed: he stands on the period's list for its month. */
enum result entitle_preview(struct work *w, const struct reference *reference, const char *programme,
	struct month period, int64_t person, bool *listed, struct owed *out) WARN_UNUSED;

#endif
