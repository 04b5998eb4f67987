/* forgotten_file.h: who was erased or brought back, in the archive outside the database, so that a dump from before it brings nobody back.
 *
 *   <archive>/forgotten/<anchor>.<microseconds>[.back]     one decision of two officers about one person
 *
 * It names nobody: the anchor is a keyed hash, the number that of the written decision. Written in the transaction that decides, before
 * its commit: of one that then was lost the file is there all the same, and two officers did decide it. Never changed, never removed.
 * Knows no database; forget_store.c writes, forget_again_store.c reads. */
#ifndef CHITRA_REGISTER_FORGOTTEN_FILE_H
#define CHITRA_REGISTER_FORGOTTEN_FILE_H

#include "ledger/register/decided_file.h"

struct forgotten {
	struct hash16 anchor;
	int64_t at_us;
	bool back; /* brought back */
	const char *number, *officers[2];
};
struct forgottens {
	size_t n, room;
	struct forgotten *at;
};

/* Durable when it returns. False with why: file_trouble. */
bool forgotten_keep(
	const struct decided_archive *archive, const struct forgotten *f, struct why *why) WARN_UNUSED;

/* All that there are, in no order. False with why: as decided_read. */
bool forgotten_read(const struct decided_archive *archive, struct arena *a, struct forgottens *out,
	struct why *why) WARN_UNUSED;

#endif
