/* outcome.h: what evidence does to payouts.
 *
 * Everything that learns something about payouts ends here, hundreds at a time: the teller with replies and answers to
 * enquiries, the scribe with callbacks, statement lines and their absence, the desk with what two officers decided. Decides by
 * step.h, moves along legal moves, opens breaks, and adds the ledger's entries to the caller's. Runs inside the caller's
 * transaction:
 *
 *	tx_begin → outcome_decide (locks) → the caller's own rows → outcome_apply → books_post(entries) → tx_commit
 *
 * Never talks to a bank, and never looks at a clock of its own. */
#ifndef CHITRA_PAYOUT_OUTCOME_H
#define CHITRA_PAYOUT_OUTCOME_H

#include "ledger/books/event.h"
#include "ledger/db/work.h"
#include "ledger/payout/step.h"

/* One thing learnt about one payout. Several about the same payout take effect in the order of the array. */
struct told {
	int64_t payout;
	enum payout_event event;
	int64_t message;   /* bank.message that says so; 0: none */
	int32_t item;      /* which item of it */
	int64_t line;      /* bank.statement_line; 0: none */
	struct vnd amount; /* as told; what a break is about */
	const char *
		entry; /* statement: the bank's name for its entry; cash: the agent's list and line. May be NULL */
	const char *reason;   /* rejected, returned: the bank's code; NULL: none. Arena or constant */
	struct day effective; /* statement: value date; paid list: when it was paid. 0: the business day */
};

struct outcome {
	bool known;               /* false: there is no such payout, or it was never approved */
	enum payout_state from;   /* before this event */
	struct decision decision; /* decision.to == from: nothing moves */
	int nth;                  /* which of this payout's moves it is here: 1, 2 …; 0: none */
	int64_t payout, batch, funding_id;
	struct vnd amount; /* the signed one */
	const char *id;    /* end-to-end id */
	struct hash line_hash;
	const char *agency, *programme, *channel, *funding;
	bool cash, honours_valid_until;
	struct day today; /* business clock */
};

/* A list that grows in an arena: everybody adds, books_post takes it. */
struct entries {
	struct entry *at;
	size_t n, room;
};
void entries_add(struct arena *a, struct entries *list, struct entry entry);

/* Locks the payouts and decides; out has n elements, in the arena. */
enum result outcome_decide(
	struct work *w, const struct told *told, size_t n, struct outcome **out) WARN_UNUSED;

struct outcome_counts {
	size_t moved, settled, returned, rejected, not_paid, unknown, breaks;
};

/* A difference that is about a statement line and perhaps a payout. */
struct break_found {
	const char *kind; /* as in recon.break */
	int64_t funding_id;
	const char *funding;
	int64_t line;      /* 0: none */
	int64_t payout;    /* 0: none */
	const char *id;    /* end-to-end id; NULL: none */
	const char *entry; /* NULL: none */
	struct vnd amount;
	const char *note; /* one English sentence */
	int64_t break_id; /* out: 0 when the same break was open already */
};

/* Opens breaks that are not open yet and adds their leaves. day is the business day. */
enum result breaks_open(struct work *w, const struct told_by *by, struct break_found *at, size_t n,
	struct entries *entries) WARN_UNUSED;

/* Moves what is to move, opens the breaks, adds the ledger's entries. by.effective and by.src are filled per entry. */
enum result outcome_apply(struct work *w, enum payout_cause cause, const char *actor, const struct told *told,
	const struct outcome *out, size_t n, struct entries *entries,
	struct outcome_counts *counts) WARN_UNUSED;

#endif
