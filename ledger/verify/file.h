/* file.h: files that a stranger laid into a directory, and those that the auditor names herself.
 *
 * Of a stranger's only regular files are read: a pipe or a device would keep her waiting, or never end. */
#ifndef LEDGER_VERIFY_FILE_H
#define LEDGER_VERIFY_FILE_H

#include <stdio.h>
#include <sys/types.h>

#include "ledger/verify/tree.h"

/* NULL: it is not there (errno), or no regular file (EINVAL). */
FILE *file_open(const char *path);

/* A whole file in memory of its own; at = NULL: it cannot be read, or is larger than max (errno EFBIG). */
struct held {
	char *at;
	size_t n;
};
struct held file_read(const char *path, size_t max);
void file_free(struct held *h);
/* The same of whatever she names: a pipe too. */
struct held file_take(const char *path, size_t max);
/* Of a file of any length. False: it cannot be read (errno). */
bool file_hash(const char *path, struct digest *out);

/* The next line with its LF, as getline(3) gives it; one that is longer than a megabyte is cut, and has none. */
ssize_t file_line(FILE *in, char **at, size_t *room);

#endif
