/* tar.h: plain files as one archive (POSIX ustar), byte for byte the same for the same files: no owner, no time, no order but the
 * caller's. Only writes. */
#ifndef LEDGER_BASE_TAR_H
#define LEDGER_BASE_TAR_H

#include "ledger/base/bytes.h"

/* Appends a file. A name of more than 99 bytes is a bug(). */
void tar_add(struct buf *out, const char *name, struct bytes content);
/* Appends what an archive ends with. */
void tar_end(struct buf *out);

#endif
