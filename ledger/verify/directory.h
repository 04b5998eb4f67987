/* directory.h: one published directory, checked from its first leaf to its checkpoint. */
#ifndef LEDGER_VERIFY_DIRECTORY_H
#define LEDGER_VERIFY_DIRECTORY_H

#include "ledger/verify/books.h"
#include "ledger/verify/policy.h"
#include "ledger/verify/released.h"
#include "ledger/verify/stated.h"

#define EARLIER_MAX 64

struct directory {
	const char *path;
	const struct policy *policy;
	struct admins admins; /* none: those of the first leaf */
	size_t n_earlier;     /* checkpoints that the auditor holds: whole signed notes */
	struct text earlier[EARLIER_MAX];
};

/* What was found, for the summary. */
struct verdict {
	struct checkpoint checkpoint; /* size 0 where none could be read */
	char origin[256];
	bool signed_by_log, witnessed;
	size_t n_earlier; /* of the checkpoints held, how many this history continues */
	uint64_t leaves;
	int64_t postings;
	size_t accounts, statements, periods;
	bool rows;
	struct released released;
	struct stated_out stated;
	struct admins admins;
	size_t paid_days; /* funding accounts' days on which the bank paid */
	int64_t cash;
};

void directory_verify(const struct directory *d, struct findings *f, struct verdict *out);

#endif
