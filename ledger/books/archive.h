/* archive.h: the ledger's leaves and signed checkpoints in files outside the database.
 *
 *   <directory>/checkpoint/<size / 65536>/<size>                the signed note of that size, byte for byte
 *   <directory>/leaves/<first / 65536>/<first>-<last>           leaves first to last, each after its length in two bytes (big endian)
 *   <directory>/witnessed/<key id of a witness>                the newest note that this witness cosigned
 *   <directory>/log                                             the key that signs the checkpoints, for who does not hold it
 *   <directory>/cluster                                         which PostgreSQL this is the archive of, its timeline and tables
 *
 * Beside them `manifest` (ledger/payout) and `forgotten` (ledger/register), which are not read here.
 *
 * A batch of leaves is written first, the checkpoint that covers it second, the database's row last; each file appears whole
 * or not at all (*.tmp.* is what a crash left). Only leaves that end where a checkpoint is count. A checkpoint of a size that is
 * there already is never replaced. Never removes anything; knows no database. Called by seal_store.c, head_store.c and
 * recover_store.c. */
#ifndef LEDGER_BOOKS_ARCHIVE_H
#define LEDGER_BOOKS_ARCHIVE_H

#include "ledger/base/note.h"

#define ARCHIVE_LEAVES_MAX (64U << 20) /* bytes of one file of leaves */

struct archive;

void archive_close(struct archive *a);
void archive_drop(struct archive **a); /* for CLEANUP */

/* The directory is there already (an operator chooses the disk). `log` is the key whose checkpoints count; its name is their
 * origin. Who only compares the database with the archive and holds no key (the teller) gives NULL: then signatures are not
 * looked at, and no checkpoint can be written. NULL with why: archive_missing, file_trouble. */
struct archive *archive_open(const char *directory, const struct note_verifier *log, struct why *why)
	FREED_BY(archive_close) WARN_UNUSED;

/* Whose checkpoints the archive has, as its opener or, if that knows nothing, its last writer says. False: nobody has said it yet. */
bool archive_log(const struct archive *a, struct note_verifier *out) WARN_UNUSED;

struct archived {
	struct checkpoint checkpoint; /* size 0: there is none yet */
	struct bytes note;
};

/* The largest checkpoint. False with why: archive_damaged (it cannot be read, or is not signed by the log, or is of another
 * origin or size than its name says), file_trouble. */
bool archive_newest(
	const struct archive *a, struct arena *arena, struct archived *out, struct why *why) WARN_UNUSED;

/* The checkpoint of this size; out->checkpoint.size is 0 when there is none. */
bool archive_at(const struct archive *a, struct arena *arena, uint64_t size, struct archived *out,
	struct why *why) WARN_UNUSED;

/* Durable when it returns. False with why: archive_other_root (a checkpoint of this size with another root is there),
 * file_trouble (disk full). One of the same size and root stays as it is. */
bool archive_leaves(const struct archive *a, uint64_t first, const struct bytes *leaves, size_t n,
	struct why *why) WARN_UNUSED;
bool archive_checkpoint(
	const struct archive *a, const struct checkpoint *c, struct bytes note, struct why *why) WARN_UNUSED;

/* The newest note that this witness signed, with its line: in place of the one before it (false with why file_trouble), and read
 * again, out->n = 0 when there is none. */
bool archive_keep_witnessed(const struct archive *a, const struct note_verifier *witness, struct bytes note,
	struct why *why) WARN_UNUSED;
bool archive_witnessed(const struct archive *a, struct arena *arena, const struct note_verifier *witness,
	struct bytes *out, struct why *why) WARN_UNUSED;

/* One file's worth of leaves from `first` on, which must be where a file begins or inside one. n = 0: the archive has none
 * there. False with why: archive_damaged (a file is cut, or holds another number of leaves than its name says). */
struct archived_leaves {
	uint64_t first;
	size_t n;
	struct bytes *at;
};
bool archive_read(const struct archive *a, struct arena *arena, uint64_t first, struct archived_leaves *out,
	struct why *why) WARN_UNUSED;

/* Whether the archive's leaves give this checkpoint, which somebody else has of them; false in *has when it has fewer, or others. */
bool archive_has(
	const struct archive *a, const struct checkpoint *known, bool *has, struct why *why) WARN_UNUSED;

/* Which PostgreSQL: its system identifier and timeline, and which tables: the OID of one of them. A dump that is restored makes them
 * anew, also in the same cluster, and lacks what followed it even when no leaf did (a hold, a cancellation). system 0: not noted yet. */
struct cluster {
	uint64_t system;
	uint64_t timeline;
	uint64_t tables;
};
/* Whether `now` is another one than `known`, or went back. */
bool cluster_differs(const struct cluster *known, const struct cluster *now);
bool archive_cluster(const struct archive *a, struct cluster *out, struct why *why) WARN_UNUSED;
bool archive_note_cluster(const struct archive *a, const struct cluster *c, struct why *why) WARN_UNUSED;

#endif
