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

#endif
