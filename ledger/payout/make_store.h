/* make_store.h: batches made from what is owed.
 *
 * One batch a ward, programme and channel. Every claim without a live payout (law 4) goes to the programme's bank channel when
 * an account of the person passes, to the cash channel by wish or for want of an account, or waits: for a finding to be
 * decided, for an account to be confirmed, for a channel. Called by the desk and `chitra`, inside the caller's officer
 * transaction; the caller commits. Sets: thousands of claims a statement. */
#ifndef CHITRA_PAYOUT_MAKE_STORE_H
#define CHITRA_PAYOUT_MAKE_STORE_H

#include "ledger/base/seal.h"
#include "ledger/payout/batch_store.h"

/* id_key derives end-to-end ids; the KEKs open the data keys that the lines of cash are bound to. */
struct batch_keys {
	const struct key32 *id_key;
	const struct kek *keks;
	size_t n_keks;
};

struct batch_wish {
	const char *programme;
	struct month period;
	const char *const *areas; /* wards; none: all */
	size_t n_areas;
	const char *channel; /* NULL: the programme's bank channel, and its cash channel */
	struct batch_keys keys;
};

/* A ward with claims of one pay period. */
struct batch_area {
	const char *code;
	struct day from;
	struct month period;
	int64_t claims;
};
struct batch_areas {
	size_t n;
	struct batch_area *at;
};
enum result batch_areas(struct work *w, const struct batch_wish *wish, struct batch_areas *out) WARN_UNUSED;

struct batch_made {
	size_t batches;
	int64_t lines, account, cash_wish, cash_want;
	struct vnd sum;
	int64_t finding,
		unconfirmed; /* claims that wait for a person's decision, for an account's confirmation */
	int64_t no_channel;  /* or because the programme has no such channel */
};

/* Makes the open batches of these wards (all periods of a ward in one call) and adds to *made. REFUSED no_mandate (role maker, for each batch), channel_unknown. */
enum result batch_make(struct work *w, const struct batch_wish *wish, const struct batch_area *areas,
	size_t n, struct batch_made *made) WARN_UNUSED;

/* Makes the lines of a batch anew, from what is owed now and valid from now: an open batch as it is, a frozen one as a new
 * version (its approvals count no more). A batch for which nothing is left is withdrawn. REFUSED batch_state. */
enum result batch_remake(
	struct work *w, int64_t id, const struct batch_keys *keys, struct batch_made *made) WARN_UNUSED;

#endif
