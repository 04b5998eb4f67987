/* tries_store.h: what may kill whoever does it, by kind of work and id.
 *
 * What dies cannot say of what. So it is counted in a transaction of its own that is committed before it is begun, and taken off with the
 * work. All of them inside the caller's transaction. Called by the teller and the scribe, whose own files say when. */
#ifndef CHITRA_PAYOUT_TRIES_STORE_H
#define CHITRA_PAYOUT_TRIES_STORE_H

#include "ledger/db/work.h"

/* tries[i] counts this one too. */
enum result attempt_begin(
	struct work *w, const char *work, const int64_t *ids, size_t n, int32_t *tries) WARN_UNUSED;
enum result attempt_end(struct work *w, const char *work, const int64_t *ids, size_t n) WARN_UNUSED;
/* Begun by somebody who lives and could not do it for another reason: that was no try. */
enum result attempt_lived(struct work *w, const char *work, int64_t id) WARN_UNUSED;

#endif
