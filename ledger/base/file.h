/* file.h: files read with a limit, written durably, and appended to for ever.
 *
 * "Durable" means: after the call returns, the bytes survive a power cut as far as the disk tells the truth. A failed fsync is
 * a bug(): after it nobody knows what the disk holds, and asking again would be told a lie. */
#ifndef LEDGER_BASE_FILE_H
#define LEDGER_BASE_FILE_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

/* The whole file in the arena. False with why: file_missing, file_too_large (more than max bytes), file_trouble. */
bool read_file(struct arena *a, const char *path, size_t max, struct bytes *out, struct why *why) WARN_UNUSED;

/* Writes path.tmp.<pid>, fsyncs it, renames it over path, fsyncs the directory. mode is 0600 or 0644. False with why:
 * file_trouble; then path is as it was. */
bool write_file_durable(const char *path, struct bytes bytes, unsigned mode, struct why *why) WARN_UNUSED;

/* Makes a directory (not its parents) durable, with this mode whatever the umask is; one that is there stays as it is. */
bool make_directory_durable(const char *path, unsigned mode, struct why *why) WARN_UNUSED;

/* A file that one process at a time appends to (it holds a lock on it): the sent journal, the archive's index. */
struct append;

void append_close(struct append *f);
void append_drop(struct append **f); /* for CLEANUP */

/* Opens or creates (0600, and its directory entry is durable). NULL with why: file_locked (another process has it), file_trouble. */
struct append *append_open(const char *path, struct why *why) FREED_BY(append_close) WARN_UNUSED;

/* Appends all bytes and fdatasyncs: all or nothing. False with why (file_trouble: disk full) when nothing was kept. */
bool append_durable(struct append *f, struct bytes bytes, struct why *why) WARN_UNUSED;

/* Sees to it that the next n bytes will find room on the disk. False with why (file_trouble) when they would not. */
bool append_reserve(struct append *f, size_t n, struct why *why) WARN_UNUSED;

/* Size in bytes; and cuts a torn tail that the reader found at start (durable too). */
uint64_t append_size(const struct append *f);
bool append_cut(struct append *f, uint64_t size, struct why *why) WARN_UNUSED;

#endif
