/* secret.h: long-lived symmetric keys, from systemd credentials or private files.
 *
 * A key is read once at start, lives in guarded read-only memory (sodium_malloc), is wiped when freed, and has no text form
 * here. A duty loads only the keys that its table row names. */
#ifndef LEDGER_BASE_SECRET_H
#define LEDGER_BASE_SECRET_H

#include "ledger/base/digest.h"
#include "ledger/base/why.h"

void secret_free(struct key32 *key);
void secret_drop(struct key32 **key); /* for CLEANUP */

/* From $CREDENTIALS_DIRECTORY/name. The file holds 32 raw bytes, or 64 hex digits with an optional LF. NULL with why:
 * secret_no_directory, secret_missing, secret_open_to_others, secret_bad. */
struct key32 *secret_load(const char *name, struct why *why) FREED_BY(secret_free) WARN_UNUSED;

/* From a file that only its owner can read (no group or other bits, owned by us or root, not a symbolic link). */
struct key32 *secret_load_file(const char *path, struct why *why) FREED_BY(secret_free) WARN_UNUSED;

/* A new random one, and a copy of one, in guarded memory. */
struct key32 *secret_new(void) FREED_BY(secret_free) WARN_UNUSED __attribute__((returns_nonnull));
struct key32 *secret_copy(const struct key32 *from) FREED_BY(secret_free) WARN_UNUSED
	__attribute__((returns_nonnull));

/* Overwrites n bytes in a way that the compiler keeps. */
void secret_wipe(void *at, size_t n);

#endif
