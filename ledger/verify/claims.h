/* claims.h: whether each claim was owed once, and where what is owed stands: payable, in flight or unclaimed, with its whole amount, or
 * nowhere.
 *
 * The lines of manifests say which claim a payout is for and which issue of it; rows/dispatch.csv what each dispatch sent, which must give the
 * root of its leaf; rows/claim.csv which claim a leaf voided. By the order of leaves: an issue is obligated only when the one before it had
 * ended unpaid, what came back is obligated again as unclaimed and not as new, nothing is sent before it was released, a claim is paid once and
 * not voided while it is paid or on its way. At the end, all claims together are what the accounts hold.
 *
 * Keeps about 80 bytes a claim. */
#ifndef LEDGER_VERIFY_CLAIMS_H
#define LEDGER_VERIFY_CLAIMS_H

#include "ledger/verify/books.h"
#include "ledger/verify/manifest.h"

struct claims;

/* NULL: rows/dispatch.csv is not published, and nothing is asked. */
struct claims *claims_open(const char *dir, struct findings *f);
void claims_free(struct claims *c);
/* The next leaf. */
void claims_add(struct claims *c, const struct leaf *l);
/* When all leaves are there: whether it is known what each dispatch sent. False: claims are not judged. */
bool claims_ready(struct claims *c);
/* Then each line of each batch that was released, batches in the order of their approvals. */
void claims_line(struct claims *c, const struct manifest_line *l, const struct payout *p);

struct claims_out {
	bool judged; /* false: not published, or a manifest or what dispatches sent is not there whole */
	size_t claims;
	int64_t open; /* dong that is owed still */
};
/* When all lines are there. */
void claims_end(struct claims *c, const struct books *b, struct claims_out *out);

#endif
