/* recover_facts.h: what the archive and the sent journals remember of payouts, gathered for recover_store.c.
 *
 * From the archive's leaves: which batches were approved and released, which dispatches were sent, which payouts the banks
 * definitely refused or never executed, what was found to be different, what two officers decided of that and of claims, and up to which numbers rows were made. From
 * the journals: every id that may have left.
 * Pure: files, no database. */
#ifndef CHITRA_PAYOUT_RECOVER_FACTS_H
#define CHITRA_PAYOUT_RECOVER_FACTS_H

#include "ledger/books/archive.h"
#include "ledger/payout/journal_read.h"
#include "ledger/payout/step.h"

struct fact_batch {
	int64_t batch;
	int32_t version;
	bool released; /* false: approved */
	struct hash root;
	const char *officers[2]; /* who released it */
	int64_t at_us;
};

/* A signature over a bundle, under the number that the bundle had. */
struct fact_approval {
	int64_t bundle;
	struct hash root;
	const char *officer;
};

/* A dispatch that was sent, as the books, the journal or both know it. */
struct fact_dispatch {
	int64_t dispatch;
	int32_t epoch; /* the highest that is known */
	int64_t at_us; /* the first time; wall clock */
	bool booked;   /* a leaf dispatch.sent is in the archive: */
	int64_t count; /* … of so many payouts */
	bool whole;    /* … in one leaf: */
	const char *channel;
	struct hash root; /* … over their lines */
};

struct fact_payout {
	char id[E2E_ID_SIZE];
	bool journalled;
	struct journal_sent sent;
	enum payout_state unpaid; /* rejected, not_paid; 0: neither was booked */
	enum payout_state paid;   /* settled, returned: the later one that was booked; 0: neither was */
};

/* A claim that two officers voided, or cancelled because nobody came for it. */
struct fact_void {
	int64_t claim, instalment;
	struct hash decision; /* … and then of the written decision */
	bool cancelled;
	const char *programme, *month, *kind, *reason, *officers[2];
	struct vnd amount;
	int64_t at_us;
};

/* A difference that was found: a row of its own number. */
struct fact_break {
	int64_t brk;
	const char *kind, *funding;
	const char *id, *entry; /* the payout that it is about, the bank's name for its line; "": none */
	struct day day;
	struct vnd amount;
	int64_t at_us;
};

/* A break that two officers resolved. */
struct fact_resolution {
	int64_t brk, seq;
	int64_t pair; /* the other half of what was taken back; 0: it stands alone */
	const char *kind, *funding, *outcome, *officers[2];
	const char *id; /* the payout whose money it is; NULL: none */
	struct vnd amount;
	struct day day; /* from which the books have it */
	int64_t at_us;
};

/* Up to which numbers the archive's leaves and the journal name rows: new rows must not take those names. */
struct fact_numbers {
	int64_t batch, bundle, dispatch, payout, brk, claim;
};

struct facts {
	struct arena *arena;
	struct fact_batch *batches;
	size_t batches_n, batches_room;
	struct fact_approval *approvals;
	size_t approvals_n, approvals_room;
	struct fact_dispatch *dispatches; /* by id, each once */
	size_t dispatches_n, dispatches_room;
	struct fact_payout *payouts; /* by id, each once */
	size_t payouts_n, payouts_room;
	struct fact_void *voids;
	size_t voids_n, voids_room;
	struct fact_break *breaks;
	size_t breaks_n, breaks_room;
	struct fact_resolution *resolutions;
	size_t resolutions_n, resolutions_room;
	struct fact_numbers numbers;
	uint64_t leaves;
};

/* False with why: archive_empty, archive_gap, archive_damaged, file_trouble, journal_broken. */
bool facts_gather(const struct archive *archive, const char *const *journals, size_t n, struct arena *a,
	struct facts *out, struct why *why) WARN_UNUSED;

/* More that may have left; their dispatches are known. */
void facts_add_sent(struct facts *f, const struct journal_sent *sent, size_t n);

/* NULL: none. */
const struct fact_dispatch *facts_dispatch(const struct facts *f, int64_t dispatch);
const struct fact_payout *facts_payout(const struct facts *f, const char *id);

#endif
