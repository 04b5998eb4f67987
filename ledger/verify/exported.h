/* exported.h: whether an exported month is what the log signed, and what the leaves say.
 *
 * FILE.note signs its hash; its head names a checkpoint, with the log's signature under it. With the published books beside it, every
 * transaction of the month is in the file with its postings (csv and json: with all else that they say), and none else; what accounts held
 * before, what a day's statement said, and what is asserted after it, are what the leaves come to.
 *
 * What came late for a closed month is compared with its leaf where the file tells of it; which month must tell of it is not asked. */
#ifndef LEDGER_VERIFY_EXPORTED_H
#define LEDGER_VERIFY_EXPORTED_H

#include "ledger/verify/finding.h"
#include "ledger/verify/policy.h"

struct export_asked {
	const struct policy *policy;
	const char *path, *dir; /* dir NULL: only what the file and its note say */
	size_t n_earlier;       /* checkpoints that the auditor holds */
	const struct text *earlier;
};

void exported_verify(const struct export_asked *a, struct findings *f);

#endif
