/* end_again_store.h: the register's part of `chitra recover`: accounts that two officers ended after the dump was taken are ended again.
 *
 * Run by an operator on an owner's connection while the programs are stopped. The archive says which (ended_file.h); an account of which
 * the dump knows a newer word is left alone; one that cannot be ended is named. A second run finds nothing to do. */
#ifndef CHITRA_REGISTER_END_AGAIN_STORE_H
#define CHITRA_REGISTER_END_AGAIN_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/ended_file.h"

struct end_told {
	const struct ended *decision;
	int64_t account; /* 0: the dump lacks it */
};

struct end_again {
	struct end_told *ended, *left; /* left: the dump lacks the account or an officer */
	size_t ended_n, left_n;
};

enum result end_again(struct work *w, const struct endeds *known, struct end_again *out) WARN_UNUSED;

#endif
