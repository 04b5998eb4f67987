/* dispatch_store.h: dispatches in the database: what is ready, what it consists of, what was sent, who holds it.
 *
 * Only rows: whether something may leave is the teller's to verify (law 7), what was heard is outcome.h's. All but
 * dispatch_renew and dispatch_end run inside the caller's transaction. Real time for leases and enquiries, business time
 * for the rest. Called by the teller. */
#ifndef CHITRA_PAYOUT_DISPATCH_STORE_H
#define CHITRA_PAYOUT_DISPATCH_STORE_H

#include "ledger/db/work.h"
#include "ledger/payout/attempt.h"
#include "ledger/payout/line.h"
#include "ledger/payout/outcome.h"
#include "ledger/payout/schedule_store.h"
#include "ledger/payout/verify.h"

/* ---- what is there ------------------------------------------------------------------------------------------------ */

struct dispatch_head {
	int64_t now_us; /* business clock */
	struct day today;
	bool sandbox;
	int64_t revocations; /* rows of auth.revocation */
};
enum result dispatch_head(struct work *w, struct dispatch_head *out) WARN_UNUSED;

struct dispatch {
	int64_t id;
	int32_t epoch;
	int64_t width;   /* payouts in its ranges, at most */
	int64_t channel; /* row id */
	const char *channel_code;
	const char *bank; /* or the cash agent's code */
	bool cash;
	const char *driver;
	int32_t items_per_message;
	int32_t tries;       /* picked: that were begun and not ended (attempt_begin) */
	int32_t dedupe_days; /* picked: for so many days the bank knows its ids; 0: it does not deduplicate */
	struct day
		heard; /* picked: since when the bank may know them; today, if no commits can have been lost */
	int64_t known_until_us; /* of a further attempt: the bank deduplicates its ids until then; else 0 */
	int32_t asked;          /* of a further attempt: how often it was asked about; else 0 */
	int64_t cut_off_us;     /* of its channel: nothing of it leaves later */
};

/* Whether any is ready, whosever, and the business clock; now_us is 0 when none is. */
enum result dispatch_any(struct work *w, int64_t *now_us) WARN_UNUSED;

struct dispatch_wish {
	const struct open_now *open;
	const int64_t *asides;
	size_t asides_n, n; /* n: at most */
	const int64_t *only;
	size_t only_n;       /* 0: any */
	int32_t dedupe_days; /* by our own configuration */
};
/* Ready ones of the channels that are open, that are neither paused nor early nor among those set aside, nor such that the bank may have
 * heard of and forgotten; oldest first, locked. */
enum result dispatch_pick(
	struct work *w, const struct dispatch_wish *wish, struct dispatch **out, size_t *out_n) WARN_UNUSED;

/* The payouts of a dispatch that are ready, by id alone: one of their rows may be what nobody can read. */
enum result dispatch_ready(struct work *w, int64_t dispatch, int64_t **out, size_t *n) WARN_UNUSED;
/* Locks one and reads nothing else of it; out: whether it still is ready. */
enum result payout_lock_ready(struct work *w, int64_t payout, bool *out) WARN_UNUSED;

/* What a batch's row says; strings in the arena. */
struct batch_terms {
	int64_t batch;
	int32_t version;
	const char *state, *agency, *programme;
	const char *const *area_words; /* that a mandate may say of its area */
	size_t n_area_words;
	int64_t channel;
	const char *channel_code, *funding_code, *funding_bank, *funding_number;
	struct day not_before;
	int64_t valid_until_us;
};

/* A payout with everything that its line says and the sealed number of its account. No row of it is believed here. */
struct payable {
	int64_t payout, dispatch;
	enum payout_state state;
	const struct batch_terms *terms;
	struct pay_line line;  /* as the rows would have it */
	struct hash line_hash; /* as the row says */
	const char *name;      /* of the person */
	int64_t person;
	const char *bank; /* of the account; NULL: cash */
	struct hash16 salt;
	struct bytes sealed;
	const char *holder;
	int64_t account_person; /* whose key seals the number */
	struct bytes wrapped;   /* that key; empty: it was destroyed */
	bool in_question;    /* an earlier issue may have been paid, says evidence that nobody has resolved */
	const char *stopped; /* why nothing may reach this account since it was signed; NULL: nothing */
};

struct payables {
	struct payable *at; /* by payout id */
	size_t n;
};

/* Locks and loads the payouts of these dispatches that are in one of the states. */
enum result dispatch_load(struct work *w, const int64_t *dispatches, size_t n,
	const enum payout_state *states, size_t n_states, struct payables *out) WARN_UNUSED;

/* The same of one ready payout. */
enum result dispatch_load_one(
	struct work *w, int64_t dispatch, int64_t payout, struct payables *out) WARN_UNUSED;

/* ---- what proves a batch ------------------------------------------------------------------------------------------ */

/* All lines of these batches (by id, ascending), by batch and line number, as the rows would have them under these terms. */
enum result batch_lines(struct work *w, const struct batch_terms *const *terms, size_t n_terms,
	struct pay_line **out, size_t *n) WARN_UNUSED;

/* ---- the intent --------------------------------------------------------------------------------------------------- */

struct held {
	int64_t payout;
	const char *reason; /* a code: "amount_changed" */
};
/* ready to held, with the reason; by a rule. */
enum result dispatch_hold(struct work *w, const struct held *held, size_t n) WARN_UNUSED;

struct sender {
	const char *owner;
	int64_t lease_ms;
	int64_t ask_ms;      /* when somebody else may ask what became of it */
	int32_t dedupe_days; /* of a further attempt: at most for so long the bank knows an id */
};

struct sent_dispatch {
	const struct dispatch *dispatch;
	const struct payable *const *items; /* that may leave, by payout id; may be none */
	size_t n;
	int32_t epoch;    /* out */
	struct hash root; /* out: over the hashes of their lines */
	struct vnd sum;   /* out */
};
/* Moves what may leave to sent, writes the dispatches, and adds dispatch.sent to the ledger's entries. */
enum result dispatch_send(struct work *w, const struct sender *by, struct day today, struct sent_dispatch *at,
	size_t n, struct entries *entries) WARN_UNUSED;

/* ---- afterwards --------------------------------------------------------------------------------------------------- */

struct dispatch_ref {
	int64_t id;
	int32_t epoch;
};

/* current[i]: the row still has this epoch. */
enum result dispatch_current(
	struct work *w, const struct dispatch_ref *at, size_t n, bool *current) WARN_UNUSED;

#define DISPATCH_NO_ASK ENQUIRY_NEVER
/* Lets go of them: ask_ms[i] milliseconds from now they are enquired about, or never (DISPATCH_NO_ASK: ended). */
enum result dispatch_told(
	struct work *w, const struct dispatch_ref *at, const int64_t *ask_ms, size_t n) WARN_UNUSED;

/* A transaction of its own. *kept counts those that are still ours. */
enum result dispatch_renew(
	struct work *w, const struct sender *by, const int64_t *ids, size_t n, size_t *kept) WARN_UNUSED;

/* Takes dispatches of dead owners: of every lease that is over, and of every owner whose name begins with prefix (may be NULL).
 * They are nobody's then, with a new epoch, and due for enquiry. */
enum result dispatch_take_over(struct work *w, const char *owner, const char *prefix, size_t n,
	struct dispatch **out, size_t *out_n) WARN_UNUSED;

struct dispatch_due {
	int64_t id;
	int32_t epoch;
	int32_t asked; /* how often, this time included */
	struct day sent_day;
	int64_t channel;
	const char *driver, *funding_number;
	struct profile profile; /* deduplicates and dedupe_days */
};
/* Dispatches of a bank about which is to be asked now; the next time is put off (enquiry_wait_ms). */
enum result dispatch_due(
	struct work *w, const char *bank, size_t n, struct dispatch_due **out, size_t *out_n) WARN_UNUSED;

/* Takes those that are still nobody's and in this epoch for a further attempt, where the channel is open and deduplicates: new epochs. */
enum result dispatch_again(struct work *w, const struct sender *by, const struct open_now *open,
	const struct dispatch_ref *at, size_t n, struct dispatch **out, size_t *out_n) WARN_UNUSED;

/* Dispatches to cash agents that were sent, that nobody holds and that are not set aside; locked. */
enum result dispatch_cash_left(struct work *w, const int64_t *asides, size_t asides_n, size_t n,
	struct dispatch **out, size_t *out_n) WARN_UNUSED;

/* Nothing in them is in doubt. */
enum result dispatch_end(struct work *w, const int64_t *ids, size_t n) WARN_UNUSED;

#endif
