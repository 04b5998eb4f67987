/* manifest_file.h: manifests on the archive's disk, many at a time, durable before anything is committed.
 *
 * Writing thousands one by one costs a flush each; here all are written, then flushed together, then given their names. A
 * manifest file that is there without a release in the database only repeats what was approved. No database. */
#ifndef CHITRA_PAYOUT_MANIFEST_FILE_H
#define CHITRA_PAYOUT_MANIFEST_FILE_H

#include "ledger/payout/manifest.h"

struct manifest_files;

/* `archive` is the archive's directory; its subdirectory manifest is made if it is not there. NULL with why file_trouble. */
void manifest_files_drop(struct manifest_files **f); /* for CLEANUP; what was not kept is removed */
struct manifest_files *manifest_files_open(const char *archive, struct why *why) WARN_UNUSED;

bool manifest_files_put(struct manifest_files *f, const struct manifest *m, struct why *why) WARN_UNUSED;

/* Makes everything that was put durable, under its name. A failed flush is a bug(). */
bool manifest_files_keep(struct manifest_files *f, struct why *why) WARN_UNUSED;

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

struct manifest_ref {
	int64_t batch;
	int32_t version;
};

/* Which there are, by batch and version; none where there is no directory. False with why: file_trouble. */
bool manifest_files_list(const char *archive, struct arena *a, struct manifest_ref **out, size_t *n,
	struct why *why) WARN_UNUSED;

/* One of them, in the arena. False with why, the file first: file_missing, file_trouble, manifest_malformed (also: of another batch than its name says),
 * manifest_lines. */
bool manifest_file_read(const char *archive, struct arena *a, struct manifest_ref ref, struct manifest *out,
	struct why *why) WARN_UNUSED;

#endif
