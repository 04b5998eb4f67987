/* kek_set.h: the key-encryption keys that a program holds: [desk] or [teller] kek, and kek_other while one follows the other.
 *
 * Which of them wraps the database says (kek_store.h), not the configuration, so that their order there means nothing. */
#pragma once

#include "ledger/base/seal.h"
#include "ledger/db/db.h"
#include "daemon/config.h"

struct kek_set {
	size_t n;
	struct kek at[2];
	struct key32 *keys[2];
};

/* section: "desk" or "teller". False with why: config_missing, secret_*. Free in either case; it suits CLEANUP. */
bool kek_set_load(
	const struct config *c, const char *section, struct kek_set *out, struct why *why) WARN_UNUSED;
void kek_set_free(struct kek_set *k);

/* A read-only look, in a transaction of its own. Without a kek in the section there is nothing to look at. REFUSED kek_missing, secret_*. */
enum result kek_set_look(struct work *w, const struct config *c, const char *section) WARN_UNUSED;
