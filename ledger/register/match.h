/* match.h: is this an account that may receive this person's money? Pure.
 *
 * A name alone never passes an account: Nguyễn is every third family name, and banks print names without accents. The first three
 * grades (exact, tone variant, same after folding) pass only with a second link: the bank ties the account to the person's ID, or an
 * officer's document gives the holder authority on the day of payment. For a delegate the bank's ID is the delegate's own, so the
 * document is the link. Everything else is a question to a person. */
#ifndef LEDGER_REGISTER_MATCH_H
#define LEDGER_REGISTER_MATCH_H

#include "ledger/base/day.h"
#include "ledger/base/name.h"

struct match_asked {
	bool own;                /* the person's own account, no delegate's or guardian's */
	const char *status;      /* open, dormant, closed, blocked, not_found, unclear */
	const char *person;      /* the beneficiary's name */
	const char *holder;      /* who should hold it: the delegate, where it is not the person's own */
	const char *bank_holder; /* whom the bank names; NULL: nobody */
	bool id_match;           /* the bank ties the account to the person's ID */
	bool id_denied;          /* the bank says that it is another's */
	bool vouched;            /* two officers saw a document that ties it to the person */
	bool authority;          /* there is a document */
	bool authority_ends;
	struct day authority_until, pay_day;
};

struct match_verdict {
	enum name_grade grade;
	bool linked, passes;
	bool by_officers; /* the link is their document: nothing of the bank's */
};

struct match_verdict match_judge(const struct match_asked *asked);

/* Whether money arrives at an account of which the bank says this: one that slept for long takes it too. */
bool match_receives(const char *status);

/* What an account that was checked and does not pass needs: account_closed, account_name, account_id or authority_over. */
const char *match_problem(bool own, const char *status, const char *grade, bool authority_in_force);

#endif
