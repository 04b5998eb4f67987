/* manifest.h: what a released batch is, whole, outside the database.
 *
 * One file `<archive>/manifest/<batch>.v<version>` a batch, durable before a byte of it leaves; `chitra recover` re-creates batch
 * and payouts from it when a restored database lacks them. All line texts one after the other, then the batch, then each
 * approval with its bundle and everything that proves it. Pure.
 *
 *	chitra-line/v1 …		(line.h), n times
 *	chitra-batch/v1
 *	batch 17
 *	version 1
 *	agency agency-a
 *	programme merit
 *	period 2024-04
 *	area 22915 2023-04-10		(code, and the day from which the unit exists)
 *	channel demo-merit
 *	made-by lan
 *	released-by minh
 *	released-by hoa
 *	lines 34
 *	sum 78900000 VND
 *	root 5f1d…
 *	chitra-bundle/v1 …		(bundle.h: this batch's place); then
 *	chitra-signed/v1
 *	text <base64 of chitra-approval/v1>
 *	signature <base64>
 *	certificate <base64>
 *	certified <base64 of its signature lines>
 *	…				(bundle and signed once per approval) */
#ifndef CHITRA_PAYOUT_MANIFEST_H
#define CHITRA_PAYOUT_MANIFEST_H

#include "ledger/payout/approval.h"
#include "ledger/payout/line.h"

#define MANIFEST_MAX           ((size_t)1 << 30) /* bytes */
#define MANIFEST_APPROVALS_MAX 64

struct manifest_batch {
	int64_t batch;
	int32_t version;
	const char *agency, *programme;
	struct month period;
	const char *area;
	struct day area_from;
	const char *channel;
	const char *made_by;
	const char *released_by[2];
	int64_t lines;
	struct vnd sum;
	struct hash root;
};

struct manifest {
	struct manifest_batch batch;
	const struct pay_line *lines; /* batch.lines of them, line 1 first */
	size_t n_approvals;
	const struct approval_proof *approvals;
};

/* Appends the whole text. */
void manifest_text(const struct manifest *m, struct buf *out);

/* Total and strict; checks that the lines are 1 … n of this batch and version, on its channel, and that count, sum and root are
 * theirs. Says nothing of the signatures: that is verify_batch. Values live in the arena. False with why manifest_malformed,
 * manifest_lines, or what line.h and bundle.h say. */
bool manifest_parse(struct arena *a, struct bytes text, struct manifest *out, struct why *why) WARN_UNUSED;

/* "manifest/17.v1", below the archive directory. */
const char *manifest_name(struct arena *a, int64_t batch, int32_t version);

#endif
