/* batch_store.h: batches as rows: reading, freezing, sending back, withdrawing.
 *
 * Called by the desk and by `chitra`, always inside the caller's officer transaction (officer_enter); the caller commits. The
 * guards of the database refuse what is not legal whatever is asked here. Making a batch is make_store.h, signing it
 * approve_store.h, letting it go release_store.h. */
#ifndef CHITRA_PAYOUT_BATCH_STORE_H
#define CHITRA_PAYOUT_BATCH_STORE_H

#include "ledger/db/db.h"
#include "ledger/payout/line.h"
#include "ledger/register/officer_store.h"

struct batch {
	int64_t id;
	int64_t agency_id, channel_id, funding_id;
	const char *agency, *programme;
	struct month period;
	const char *area, *area_name;
	struct day area_from;
	const char *const *area_words; /* that a mandate may say of it */
	size_t n_area_words;
	const char *channel, *funding; /* codes */
	bool cash;
	int32_t version;
	const char *state; /* open frozen approved released closed withdrawn */
	int64_t made_by;
	const char *maker; /* login */
	int64_t lines;
	struct vnd sum;
	bool frozen_once; /* root is there */
	struct hash root;
	struct day not_before;
	int64_t valid_until_us;
	const char *checker, *approver; /* logins; NULL: has not signed this version */
	const char *const *releasers;   /* logins, first come first */
	size_t n_releasers;
	bool planned; /* it waits for its programme's days: no two officers want it now */
};

struct batches {
	size_t n;
	struct batch *at; /* by id */
};

struct batch_filter {
	const int64_t *ids; /* NULL: all */
	size_t n_ids;
	const struct month *period; /* NULL: any */
	const char *programme, *state;
};

enum result batch_list(struct work *w, const struct batch_filter *filter, struct batches *out) WARN_UNUSED;

/* The batch with this id; NULL: it is not among them. */
const struct batch *batch_find(const struct batches *b, int64_t id);

/* Those with these ids. REFUSED batch_unknown when one does not exist. */
enum result batch_known(struct work *w, const int64_t *ids, size_t n, struct batches *out) WARN_UNUSED;

/* The same batches locked until the transaction ends, in id order. REFUSED batch_unknown when one does not exist. */
enum result batch_lock(struct work *w, const int64_t *ids, size_t n, struct batches *out) WARN_UNUSED;

/* REFUSED batch_state when one of them is not in this state. */
enum result batch_must_be(struct work *w, const struct batches *b, const char *state) WARN_UNUSED;

/* ---- lines -------------------------------------------------------------------------------------------------------- */

struct batch_line {
	struct pay_line line;
	int64_t payout;
	struct hash stored; /* line_hash of the row */
};

/* Reads the lines of batches in slices of a bounded size, batch by batch and line by line, and gives each whole batch to
 * `take`. Every text is written anew and compared with the row's hash: REFUSED batch_altered. Each slice's memory is freed
 * after it, so `take` copies what it keeps. */
typedef enum result take_batch(
	struct work *w, void *context, const struct batch *batch, const struct batch_line *lines, size_t n);
enum result batch_each(
	struct work *w, const struct batches *batches, take_batch *take, void *context) WARN_UNUSED;

/* Whether lines, sum and root of frozen batches are those of their lines. REFUSED batch_altered. */
enum result batch_check(struct work *w, const struct batches *batches) WARN_UNUSED;

/* The same for lines that batch_each gave. */
enum result batch_root_fits(
	struct work *w, const struct batch *batch, const struct batch_line *lines, size_t n) WARN_UNUSED;

/* The mandate that each of them takes, in the arena. */
struct wanted *batches_wanted(struct arena *a, const struct batches *b);

/* ---- changes -------------------------------------------------------------------------------------------------------- */

/* open → frozen, by its maker, with the root over its lines. REFUSED batch_state, not_yours, batch_empty, batch_expired. */
enum result batch_submit(
	struct work *w, int64_t officer, const int64_t *ids, size_t n, struct batches *out) WARN_UNUSED;

/* open or frozen → withdrawn; the claims are free again. */
enum result batch_withdraw(struct work *w, const int64_t *ids, size_t n) WARN_UNUSED;

#endif
