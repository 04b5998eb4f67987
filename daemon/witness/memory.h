/* memory.h: what a witness may never forget: the last checkpoint that it cosigned of each log.
 *
 *	<state>/lock				one process at a time
 *	<state>/<hex sha256(origin)>		that checkpoint: text, the log's lines, our cosignature
 *	<state>/<hex sha256(origin)>.refused.<size>.<hex root>	what the log signed and may not have: another history of a size that was cosigned
 *	<state>/<hex sha256(origin)>.unproven.<size>.<hex root>	what the log signed and nobody proved to continue what was cosigned
 *
 * At most EVIDENCE_MAX a log of each kind, so that nobody crowds the one out with the other.
 *
 * A checkpoint is on disk, file and directory, before its cosignature is told to anybody; after a crash the witness knows the one or the
 * other and has never promised what it does not know. */
#ifndef DAEMON_WITNESS_MEMORY_H
#define DAEMON_WITNESS_MEMORY_H

#include "ledger/base/arena.h"
#include "daemon/witness/judge.h"

enum { EVIDENCE_MAX = 32 };

struct memory;

void memory_close(struct memory *m);
/* The directory is there already. NULL with why: file_locked (another witness works in it), file_trouble. */
struct memory *memory_open(const char *directory, struct why *why) FREED_BY(memory_close) WARN_UNUSED;

/* Fills log->size and root. False with why memory_damaged: what is there is not what `self` cosigned of this log. */
bool memory_recall(
	struct memory *m, const struct note_verifier *self, struct watched *log, struct why *why) WARN_UNUSED;

/* What judge() allowed, with our line behind it: on disk, then in log->size and root. False with why file_trouble: nothing changed. */
bool memory_keep(struct memory *m, struct watched *log, const struct ruling *r, struct bytes line,
	struct why *why) WARN_UNUSED;

/* What judge() calls evidence; one that is there already, or one too many, is not kept again. True when it was. */
bool memory_keep_evidence(struct memory *m, const struct ruling *r);

/* The last checkpoint with both signatures; `name` is the hex of its origin's hash. False with why: file_missing. */
bool memory_shows(struct memory *m, struct arena *a, const struct watched *log, struct bytes *note,
	struct why *why) WARN_UNUSED;

/* Lower-case hex of SHA-256 of the origin: the log's name in files and addresses. */
const char *memory_name(const struct watched *log, char out[static HASH_HEX_SIZE]);

#endif
