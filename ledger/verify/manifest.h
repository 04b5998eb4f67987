/* manifest.h: what a released batch is, whole (DIR/manifest/<batch>.v<version>): its lines, the batch, its approvals.
 *
 *	chitra-line/v1 …	once a payout
 *	chitra-batch/v1 …
 *	chitra-bundle/v1 …	where the batch is in the bundle that was signed; then
 *	chitra-signed/v1 …	once an approval
 *
 * Read part after part in memory that does not grow with the file. Only texts that the format allows are taken: no second
 * spelling. Whether the parts fit each other and the leaves is released.c's. */
#ifndef LEDGER_VERIFY_MANIFEST_H
#define LEDGER_VERIFY_MANIFEST_H

#include <stdio.h>

#include "ledger/verify/approval.h"

struct manifest_line {
	int64_t batch, version, line, amount;
	struct text id, programme, month, kind, channel;
	int64_t instalment, issue;
	struct text claim;  /* programme to instalment as one text */
	struct digest hash; /* of the tree's leaf */
};

struct manifest_batch {
	int64_t batch, version, lines, sum;
	struct text agency, programme, period, channel, maker, releasers[2];
	struct digest root;
};

struct manifest_approval {
	int64_t batches, index;
	struct proof place;
	struct proof_of_approval proof;
	struct text whole; /* proof as it stands in the file: the same bytes are the same proof */
};

enum manifest_part {
	MANIFEST_LINE,
	MANIFEST_BATCH,
	MANIFEST_APPROVAL,
	MANIFEST_END,
	MANIFEST_MALFORMED, /* the part, or its place */
};

/* Takes one line's text off the beginning; what is in *out points into it. Nothing holds of *out when it is none. */
bool manifest_line_take(struct text *rest, struct manifest_line *out);

struct manifest;

/* Takes the stream, also when it is NULL; then so is what it gives. */
struct manifest *manifest_open(FILE *in);
void manifest_close(struct manifest *m);
/* The next part: lines, one batch, approvals. What is in *line, *batch or *approval holds until the next call. */
struct manifest_out {
	struct manifest_line line;
	struct manifest_batch batch;
	struct manifest_approval approval;
};
enum manifest_part manifest_next(struct manifest *m, struct manifest_out *out);

#endif
