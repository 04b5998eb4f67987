/* break_store.h: differences, and what two officers find each to be.
 *
 * Inside an officer's transaction: the first officer proposes, another one who says the same confirms; then what waited in suspense
 * goes where it belongs, on the value date of the line. Opened elsewhere (outcome_store.c, settle_store.c). Called by `chitra break`. */
#ifndef CHITRA_RECON_BREAK_STORE_H
#define CHITRA_RECON_BREAK_STORE_H

#include "ledger/books/event.h"
#include "ledger/payout/outcome.h"
#include "ledger/register/officer_store.h"

struct break_view {
	int64_t id, funding_id;
	const char *kind, *account, *agency, *note;
	struct day day;
	int32_t age_days;
	struct vnd amount;

	bool has_line, debit;
	const char *entry_ref, *text;      /* the bank's, digits masked; NULL: no line */
	struct day value_date, booked_day; /* booked_day: of its statement, by which the books go */
	struct vnd suspense;               /* what of the line still waits there */

	const char *end_to_end_id; /* NULL: no payout */
	bool in_flight;            /* that payout has no end yet */

	/* The last proposal, or the resolution. outcome NULL: there is none. */
	const char *outcome, *reason, *first, *second;
	int64_t first_id, pair, said_payout;
	bool resolved;
	const char *letter;   /* the bank's letter that was named; NULL: none */
	struct day waits_for; /* it is not resolved before that day's complete statement; 0: it may be */
	bool letter_may;      /* … which will never come: the bank's letter may stand for it */
	bool line_missing;    /* it came back from the archive, and the statement with its line did not yet */
	bool in_books;        /* it was resolved before a restore, and only `chitra recover` says so here */

	/* Its ledger transactions that two officers may take back, and the one (0: none) of which one has said so. */
	struct {
		size_t n;
		const int64_t *at;
	} can_reverse;
	bool was_reversed; /* its resolution was taken back: the money is another break's */
	int64_t undo;
	const char *undo_reason, *undo_by;
};
struct break_views {
	size_t n;
	struct break_view *at;
};

/* Those of an account (NULL: of any), oldest first, of agencies for which the officer has any mandate; `resolved`: also those that
 * are. */
enum result break_list(
	struct work *w, const char *account, bool resolved, struct break_views *out) WARN_UNUSED;

/* REFUSED break_unknown. */
enum result break_find(struct work *w, int64_t id, struct break_view *out) WARN_UNUSED;

/* What an officer finds a break to be. */
struct break_wish {
	int64_t id,
		pair; /* pair: with taken_back and sent_back, the break of the other direction; otherwise 0 */
	const char *outcome, *reason;
	const char *payout; /* with return: the end-to-end id of the payout that came back; otherwise NULL */
	const char *
		letter; /* number and day of the bank's letter, where no complete statement will come; otherwise NULL */
};

/* REFUSED break_unknown, break_resolved, break_outcome (it cannot be that), paid_after_all (a debit of an unpaid payout is no fee),
 * break_pair, still_live (its payout has no end yet), too_early (the bank may still pay it), line_missing,
 * resolved_in_books (after a restore), payout_unknown, no_mandate (role release,
 * for the amount). */
enum result break_propose(struct work *w, const struct break_wish *wish) WARN_UNUSED;

/* The same, and not_proposed, proposal_differs, same_officer, first_mandate, paid_twice, not_its_return, payout_state; moves the payout
 * whose money it is; adds the ledger's entries to the caller's. */
enum result break_confirm(struct work *w, const struct officer *me, const struct break_wish *wish,
	struct entries *entries) WARN_UNUSED;

#endif
