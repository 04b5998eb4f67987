/* release_store.h: letting approved batches go, and stopping payouts that have not left.
 *
 * Now, or on the programme's days (schedule.h): when one of the two wants it planned it waits, until two want it now. Either way
 * tellers send it only in its channel's hours.
 *
 * When, not what: two officers with the mandate release, never the maker; the teller does not rest on it. The second one's
 * release demands that the funding account's advance covers the lines whose claims were never funded, writes the
 * manifests to the archive (durable before the commit), and makes the dispatches that tellers claim. Called by the desk and
 * `chitra`, inside the caller's officer transaction: release_batches → books_post(entries) → tx_commit. */
#ifndef CHITRA_PAYOUT_RELEASE_STORE_H
#define CHITRA_PAYOUT_RELEASE_STORE_H

#include "ledger/payout/approve_store.h"
#include "ledger/payout/schedule.h"

#define DISPATCH_PAYOUTS 512

enum release_answer {
	RELEASE_DONE,          /* it goes */
	RELEASE_AWAITS_SECOND, /* recorded; a second officer is needed */
	RELEASE_NOT_FUNDED,    /* recorded; the treasury's money is not there yet */
	RELEASE_EXPIRED, /* its lines are valid no longer: cancel its payouts, they are paid in a new batch */
	RELEASE_NO_OPENING, /* nor are they at the next opening; of a planned one: they may be valid now */
	RELEASE_HURRIED,    /* released before for its programme's days; it goes now */
	RELEASE_BEFORE,     /* it went before: `chitra release` leaves it out */
};
/* "released", "awaits_second", "not_funded", "expired", "no_opening", "hurried", "released_before" */
const char *release_answer_name(enum release_answer a);

struct release_of {
	const struct batch *batch;
	enum release_answer answer;
	struct vnd unfunded, missing; /* missing: of NOT_FUNDED, when this batch alone is looked at */
	struct opening opening;       /* when it may leave; of NO_OPENING: from_us is 0 when never */
	bool waits;                   /* that is later */
};

struct released {
	size_t n;
	struct release_of *at; /* by batch id */
	size_t done;
	int64_t lines;
	struct vnd sum;
	size_t dispatches;
};

struct release_wish {
	const struct officer *me;
	bool planned;              /* on the programme's days; else now */
	const struct trust *trust; /* NULL: none is configured here; the teller asks again in any case */
	const char *archive;       /* directory */
	const int64_t *ids;
	size_t n;
};

/* REFUSED batch_unknown, batch_state (not approved, nor waiting for its days when it is to go now), no_mandate, own_batch, batch_altered, or what verify_batch says: then none of
 * them goes. What is recorded and what goes are in *out; batches that the money does not cover are passed over. */
enum result release_batches(struct work *w, const struct release_wish *wish, struct entries *entries,
	struct released *out) WARN_UNUSED;

/* Approved batches for which there is a mandate, and that the officer did not make; by id. */
enum result release_waiting(struct work *w, const struct officer *me, const struct batch_filter *filter,
	struct batches *out) WARN_UNUSED;

/* ---- payouts that have not left -------------------------------------------------------------------------------------- */

/* Ready payouts stop (one officer); held ones go on when two officers have said so (*waiting counts those that still need the
 * second); ready or held ones are cancelled for good (one officer, with a reason) and their claims stay owed. By end-to-end
 * id. REFUSED payout_unknown, payout_state, no_mandate (role release). */
enum result payout_hold(struct work *w, const char *const *ids, size_t n, const char *reason) WARN_UNUSED;
enum result payout_unhold(struct work *w, const char *const *ids, size_t n, size_t *waiting) WARN_UNUSED;
enum result payout_cancel(struct work *w, const char *const *ids, size_t n, const char *reason) WARN_UNUSED;

#endif
