/* late.h: whose what is, and which months were closed, as far as the leaves have told: what comes for a closed month is late, and is told
 * of in the month after the newest that was closed then (ledger/books/period.md). */
#ifndef LEDGER_VERIFY_LATE_H
#define LEDGER_VERIFY_LATE_H

#include "ledger/verify/leaf.h"
#include "ledger/verify/table.h"

struct lateness {
	struct table places; /* whose a funding account ("fund …") or a cash channel ("channel …") is */
	struct table closed; /* the newest month that an agency closed */
};
struct lateness late_begin(void);
void late_free(struct lateness *s);

/* Whose a place is, by the next leaf; then, when it was asked what there is to ask of it, what it closes. */
void late_learn(struct lateness *s, const struct leaf *l);
void late_close(struct lateness *s, const struct leaf *l);

/* Whose account it is; n = 0: no leaf has said so yet. */
struct text late_agency(const struct lateness *s, struct text account);
/* Somebody else says so. */
void late_account_is(struct lateness *s, struct text account, struct text agency);
/* The newest month that the agency closed (month_of); 0: none. */
int32_t late_closed(const struct lateness *s, struct text agency);

/* The month in which the leaf is told of, because its own was closed (month_of); 0: it was not. *known: it is told whose all of it is. */
int32_t late_told_in(const struct lateness *s, const struct leaf *l, bool *known);

#endif
