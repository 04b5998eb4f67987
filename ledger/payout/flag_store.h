/* flag_store.h: the flags of batches' lines (flag.h), in one look. Inside an officer's transaction; reads only. */
#ifndef CHITRA_PAYOUT_FLAG_STORE_H
#define CHITRA_PAYOUT_FLAG_STORE_H

#include "ledger/db/db.h"
#include "ledger/payout/flag.h"

struct flagged_line {
	int64_t batch;
	int32_t line;
	const char *name; /* of the person */
	struct vnd amount;
	unsigned flags; /* never none */
};
struct flagged {
	size_t n;
	struct flagged_line *at; /* by batch and line */
	int64_t lines[FLAGS];    /* how many lines have each */
};
enum result batch_flags(struct work *w, const int64_t *batches, size_t n, struct flagged *out) WARN_UNUSED;

/* "a; b" in Vietnamese. */
const char *flags_vi(struct arena *a, unsigned flags);

#endif
