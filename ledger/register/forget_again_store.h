/* forget_again_store.h: the register's part of `chitra recover`: who was erased after the dump was taken is erased again.
 *
 * Run by an operator on an owner's connection while the programs are stopped. The archive says whom two officers erased
 * (forgotten_file.h); what forbids an erasure forbids it here too, so a file that somebody put there destroys nothing that the law keeps.
 * Who cannot be erased again, or was brought back after the dump, is named. A second run finds nothing to do. */
#ifndef CHITRA_REGISTER_FORGET_AGAIN_STORE_H
#define CHITRA_REGISTER_FORGET_AGAIN_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/forgotten_file.h"

struct forget_told {
	const struct forgotten *decision;
	int64_t person;
	const char *code; /* of the refusal; readmit: two officers bring him back again; NULL: erased */
};

struct forget_again {
	struct forget_told *erased, *left;
	size_t erased_n, left_n;
};

enum result forget_again(
	struct work *w, const struct forgottens *known, struct forget_again *out) WARN_UNUSED;

#endif
