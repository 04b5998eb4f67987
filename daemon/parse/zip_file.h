/* zip_file.h: the parts of a zip file, one after the other, as streams of unpacked bytes.
 *
 * Reads by seeking, so memory does not grow with the file. What a bomb would do is counted while it unpacks, whatever the file says of
 * itself: a part that grows past its ratio, or a file past its sum, ends with the problem. Refuses everything but stored and
 * deflated parts. */
#pragma once

#include "ledger/base/bytes.h"
#include "daemon/parse/problem.h"

#define ZIP_PARTS_MAX    2000
#define ZIP_UNPACKED_MAX ((uint64_t)1 << 30) /* bytes, of all parts that are read */
#define ZIP_RATIO_MAX    200                 /* unpacked to packed, past the first megabyte */

struct zip_file;

/* Before the sandbox: libzip asks for local time, which would open a file. */
void zip_file_begin(void);

void zip_file_free(struct zip_file *z);

/* Of a descriptor that can seek, which stays the caller's. NULL, with the problem: xlsx_damaged, xlsx_parts. */
struct zip_file *zip_file_of_fd(int fd, struct problem *p) FREED_BY(zip_file_free);

bool zip_file_has(const struct zip_file *z, const char *part);

/* Begins a part; one at a time. False without a problem: there is no such part. With one: xlsx_damaged, xlsx_password, xlsx_twice. */
bool zip_part_open(struct zip_file *z, const char *part) WARN_UNUSED;
void zip_part_close(struct zip_file *z);

/* The next bytes, at most n: how many; 0 at the end; −1 with the problem (xlsx_damaged, xlsx_too_large, xlsx_ratio). */
int zip_part_read(struct zip_file *z, char *to, int n);

struct problem *zip_file_problem(struct zip_file *z);
