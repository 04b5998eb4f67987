/* match_store.h: accounts confirmed by banks, questions for those that are not, findings for those that fail.
 *
 * Inside the caller's officer transaction; may be run as often as one likes. Bank lists were graded when they were imported. The teller
 * asks the banks (register.account_inquiry) and writes what they say (register.account_answer); the next run grades it. */
#ifndef LEDGER_REGISTER_MATCH_STORE_H
#define LEDGER_REGISTER_MATCH_STORE_H

#include "ledger/base/day.h"
#include "ledger/db/db.h"

struct match_counts {
	int64_t answers, passed, asked, findings; /* of this run */
	int64_t people, cash_wish, confirmed, waiting, failed, no_account;
};

/* REFUSED no_mandate. */
enum result match_run(struct work *w, struct month period, struct match_counts *out) WARN_UNUSED;

/* The second line of counts alone. */
enum result match_status(struct work *w, struct month period, struct match_counts *out) WARN_UNUSED;

#endif
