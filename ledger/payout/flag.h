/* flag.h: what an approver should look at in a line before signing it.
 *
 * Pure. A flag is a question and no fault: one account lawfully receives for a whole household. Only what a bank has closed, or officers
 * have ended, is never paid: whoever sends holds it back then, whatever was signed. */
#ifndef CHITRA_PAYOUT_FLAG_H
#define CHITRA_PAYOUT_FLAG_H

#include "ledger/base/day.h"
#include "ledger/base/money.h"

/* Said in this order: what is never paid, then what a thief would leave behind. */
enum flag {
	FLAG_CLOSED,         /* the bank or two officers say since that nothing may be paid into it */
	FLAG_CHANGED,        /* another account than the last month that was paid into one */
	FLAG_FROM_CASH,      /* the last month was paid in cash */
	FLAG_NEW_PAYEE,      /* another's account that never received this person's money */
	FLAG_NEW_LARGE,      /* an account that never received this person's money, and much of it at once */
	FLAG_SHARED,         /* one account for several people */
	FLAG_DORMANT,        /* the bank says that nobody has used it for long */
	FLAG_AUTHORITY_ENDS, /* whoever receives for another may do so for 30 days or less */
};
#define FLAGS 8

#define AUTHORITY_WARNING_DAYS 30

struct flag_facts {
	int64_t people;     /* who receive into this account by the register */
	bool own;           /* the person's, no delegate's or guardian's */
	bool known;         /* it received the person's money before */
	bool elsewhere;     /* the last month that was paid into an account went to another one */
	bool from_cash;     /* the last month was paid in cash */
	struct vnd sum;     /* of the lines at hand that go to it */
	struct vnd large;   /* from which sum on a new account is worth a look */
	const char *status; /* what the bank says of it: "open" …; NULL: nothing */
	bool passes, stands;
	bool ends; /* it receives by an authority with an end */
	struct day until, today;
};

/* A set: bit 1 << enum flag. */
unsigned flags_of(const struct flag_facts *f);

const char *flag_name(enum flag f); /* "account_shared" … */
const char *flag_vi(enum flag f);   /* a few words */

#endif
