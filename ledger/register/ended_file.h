/* ended_file.h: accounts that two officers ended, in the archive outside the database, so that nothing is paid into one after a dump from
 * before it was restored.
 *
 *   <archive>/ended/<account's hash>.<microseconds>
 *
 * The hash is salted and names nobody. What was added or prolonged since has no file: officers enter it again. Knows no database;
 * account_store.c writes, end_again_store.c reads. */
#ifndef CHITRA_REGISTER_ENDED_FILE_H
#define CHITRA_REGISTER_ENDED_FILE_H

#include "ledger/base/day.h"
#include "ledger/register/decided_file.h"

struct ended {
	struct hash account;
	int64_t at_us;
	struct day from;
	const char *officers[2];
};
struct endeds {
	size_t n, room;
	struct ended *at;
};

/* As decided_keep and decided_read. */
bool ended_keep(const struct decided_archive *archive, const struct ended *e, struct why *why) WARN_UNUSED;
bool ended_read(const struct decided_archive *archive, struct arena *a, struct endeds *out,
	struct why *why) WARN_UNUSED;

#endif
