/* tar.h: an archive of plain files in memory (POSIX ustar), read and never laid out on a disk.
 *
 * Only the one spelling is taken that a deterministic writer has: regular files in ascending order of their names, no owner, no
 * time, no link, no directory, padding of zeros, two empty blocks at the end and nothing behind them. Names are parts of a-z 0-9 . _ -
 * with a slash between; none begins with a dot, so none leads elsewhere. */
#ifndef LEDGER_VERIFY_TAR_H
#define LEDGER_VERIFY_TAR_H

#include "ledger/verify/text.h"

#define TAR_MEMBERS 1024
#define TAR_MAX     ((size_t)256 << 20) /* bytes of an archive */

struct tar {
	size_t n;
	struct tar_member {
		struct text name, content; /* point into the archive */
	} at[TAR_MEMBERS];
};

/* NULL: it is one. Otherwise what is wrong, *place bytes from its beginning; what stands before that is in *out. */
const char *tar_read(struct text archive, struct tar *out, size_t *place);

/* NULL: there is none. */
const struct tar_member *tar_find(const struct tar *t, const char *name);

#endif
