/* rights.h: what each role may do in a database: the committed list, and the database brought to it.
 *
 * Called by `chitra db` after the migrations, and by tests; never by the daemon. Works on an owner's connection. The list is
 * rights.list in the share directory; rights_none.sql beside it takes everything away first, rights_live.sql says what is
 * granted. */
#ifndef CHITRA_DB_RIGHTS_H
#define CHITRA_DB_RIGHTS_H

#include "ledger/db/db.h"

struct rights_diff {
	size_t n;
	const char **
		at; /* "+ teller update payout.payout (line)": granted and not listed; "- …": listed and not granted */
};

/* OK also with differences: look at out->n. REFUSED "rights_list" when the list cannot be read, with its line. */
enum result rights_compare(struct work *w, const char *share, struct rights_diff *out) WARN_UNUSED;

/* Makes the database's rights exactly the list, in one transaction; a database that has them already is not written to.
 * *changed counts the differences that there were. REFUSED "rights_differ" when one is left that no grant can mend: a role that
 * is a superuser, a member of another role, or owns something. UNSURE: the commit got no answer; run it again. */
enum result rights_apply(struct work *w, const char *share, size_t *changed) WARN_UNUSED;

#endif
