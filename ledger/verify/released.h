/* released.h: whether people approved what was paid: each released batch's manifest beside the leaves.
 *
 * Its lines give the root that the leaves say; a checker and an approver, two people with two keys and each with a mandate, signed
 * a bundle that holds this root, and leaves say that they did; every payout that ended is a line of such a batch, with the same
 * amount, channel and account. */
#ifndef LEDGER_VERIFY_RELEASED_H
#define LEDGER_VERIFY_RELEASED_H

#include "ledger/verify/claims.h"

struct released {
	bool published;       /* false: the directory has no manifests, and nothing was asked */
	size_t batches, good; /* released by the leaves; of them, with everything that must be there */
	size_t payouts;       /* that ended, by the leaves */
	size_t revocations;   /* of certificates, that an admin signed */
	struct claims_out claims;
};

/* A manifest of which only one line is shown, with its place under the root: everything that is asked of a whole one. Of the leaves only
 * those that concern it need be in the books. Gives how many approvals count, and whose they are ("minh (checker)"). */
#define RELEASED_OFFICERS 8
size_t released_ask_one(struct text part, const struct batch *of, const struct proof *place, struct books *b,
	char officers[RELEASED_OFFICERS][80]);

/* When all leaves are in the books. claims: NULL when they are not asked for. They are judged as a whole only when every manifest is good. */
void released_ask(const char *dir, struct books *b, struct claims *c, struct released *out);

#endif
