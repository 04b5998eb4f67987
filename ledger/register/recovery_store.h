/* recovery_store.h: money that went out and was not due (register.recovery): cases, what two officers decide of each, what came back.
 *
 * Inside the caller's officer transaction. The rules open cases (entitlement, merges), officers others (decision_store.h); what is decided is
 * confirmed with decision_confirm(). Nothing is ever taken off another payment. */
#ifndef LEDGER_REGISTER_RECOVERY_STORE_H
#define LEDGER_REGISTER_RECOVERY_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/money.h"
#include "ledger/db/work.h"

struct recovery_case {
	int64_t id, claim; /* claim 0: an officer said so, of a month as a whole */
	const char *name, *area, *programme;
	int birth_year, age_days;
	struct month month;
	struct vnd amount, repaid;
	const char *why, *facts; /* why: after_death, stopped_since, twice, officer */
	const char *state;       /* open, asked, came_back, repaid, waived */
	const char *number;      /* of the decision that counts; NULL: none */
	const char *proposed,
		*proposed_by; /* what waits for a second officer: recover, waive; NULL: nothing */
	int64_t decision;     /* and its number */
};
struct recovery_cases {
	size_t n;
	struct recovery_case *at;
};
/* Those that are open or asked back; all: also those that are over. */
enum result recovery_list(struct work *w, bool all, struct recovery_cases *out) WARN_UNUSED;

/* What a bank debited a second time, or for nobody's claim any more, and two officers found to be recovered (chitra break, as recovery);
 * those of which something is open; all: also the others. */
struct recovery_debit {
	int64_t brk;
	const char *account, *id; /* id: of the payout; NULL: none */
	struct day day;
	struct vnd amount, open; /* open: what did not come back and was not given up */
	const char *officers[2];
};
struct recovery_debits {
	size_t n;
	struct recovery_debit *at;
};
enum result recovery_debits(struct work *w, bool all, struct recovery_debits *out) WARN_UNUSED;

/* kind recover or waive; number NULL: none, for waive. *decision is what the second officer confirms. REFUSED recovery_unknown,
 * recovery_over, no_mandate. */
enum result recovery_propose(struct work *w, int64_t case_id, const char *kind, const char *number,
	const char *reason, int64_t *decision) WARN_UNUSED;

/* A credit that two officers found to be money for the treasury is a case's, as far as `amount` (0: all that is asked). The first officer
 * proposes, the second one who says the same confirms. REFUSED recovery_unknown, same_officer, not_refundable, not_asked, repaid_too_much. */
enum result recovery_repaid(
	struct work *w, int64_t case_id, int64_t break_id, struct vnd amount, bool *confirmed) WARN_UNUSED;

/* Of everybody, for reports. */
struct recovery_sums {
	int64_t cases; /* open or asked back */
	struct vnd open, asked, back, waived;
};
enum result recovery_sums(struct work *w, struct recovery_sums *out) WARN_UNUSED;

#endif
