/* recall_store.h: payments that a bank is asked to give back, as cases beside their payouts.
 *
 * Inside an officer's transaction. No payout moves by any of this: what the bank gives back comes with a statement, as a return. By
 * end-to-end id. Role release, for the amount, of each who says something. Called by `chitra recall`. */
#ifndef LEDGER_PAYOUT_RECALL_STORE_H
#define LEDGER_PAYOUT_RECALL_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/money.h"
#include "ledger/db/work.h"

struct recall {
	const char *id, *name, *programme, *area, *bank, *state; /* state: the payout's */
	struct month month;
	struct vnd amount;
	const char
		*cause; /* DUPL, TECH, FRAD, UPAY, AC03, AM09: ISO 20022, ExternalCancellationReason1Code */
	const char *reason,
		*answer; /* answer: the words of whoever said last what the bank said; NULL: nobody */
	const char *
		stands; /* proposed, asked, accepted, refused, withdrawn; came_back, not_paid: by the payout's own evidence */
	const char *first, *second; /* who asked and who confirmed; second NULL: nobody yet */
	int age_days;
};
struct recalls {
	size_t n;
	struct recall *at;
};
/* Those that are open; all: also those that are over. */
enum result recall_list(struct work *w, bool all, struct recalls *out) WARN_UNUSED;

/* REFUSED payout_unknown, not_to_recall, recall_differs, no_mandate. */
enum result recall_ask(struct work *w, const char *id, const char *cause, const char *reason) WARN_UNUSED;

/* By another officer. REFUSED not_proposed, same_officer, not_to_recall, no_mandate, first_mandate. */
enum result recall_confirm(struct work *w, const char *id) WARN_UNUSED;

/* said: accepted, refused (what the bank answered), withdrawn. REFUSED recall_unasked, no_mandate. */
enum result recall_say(struct work *w, const char *id, const char *said, const char *reason) WARN_UNUSED;

#endif
