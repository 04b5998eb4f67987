/* dossier.h: the evidence of one payout as one archive (`chitra ledger bundle`), with no other person's data in it.
 *
 *	manifest			chitra-dossier/v1: the payout, then each other file's SHA-256, size and name
 *	checkpoint			the signed note that all leaves are proved against
 *	leaf/<seq>.leaf, .tlog-proof	each leaf that concerns the payout, and its receipt (receipt.h)
 *	batch/manifest			the payout's line, the batch, its approvals (manifest.h, with one line)
 *	batch/place			where the line is under the root that was approved
 *	dispatch/<seq>.place		where it is under the root of the dispatch.sent leaf of that number
 *	statement/<seq>.pages		SHA-256 of each page of the statement.file leaf of that number
 *	message/<n>.raw			a bank's message as it came; message/<n>.sealed, .key: sealed for who keeps the evidence key
 *	postings.csv			the database's postings of these leaves
 *	rows.csv			other rows of the database: a copy that nothing proves
 *	readme.txt			the same for people
 *
 * What is proved is proved by the leaves under the checkpoint; the rest is said to be a copy. */
#ifndef LEDGER_VERIFY_DOSSIER_H
#define LEDGER_VERIFY_DOSSIER_H

#include "ledger/verify/approval.h"
#include "ledger/verify/finding.h"
#include "ledger/verify/policy.h"
#include "ledger/verify/tree.h"

/* "chitra-place/v1", "leaves <n>", "index <n>", "node <hash>"…: where something is in a tree. */
struct place {
	int64_t leaves, index;
	struct proof proof;
};
bool place_read(struct text text, struct place *out);

/* Says on `to` what is proved, what is a copy and what could not be asked; findings as they come. */
void dossier_verify(const struct policy *p, const struct admins *admins, struct text archive,
	struct findings *f, FILE *to);

#endif
