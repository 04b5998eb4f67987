/* step.h: the life of one payout, as a pure function.
 *
 * Knows the states, the only legal moves between them, and what each kind of evidence proves in each state. Everything
 * that learns something about a payout (a bank's reply, a callback, an enquiry, a statement line) ends in outcome.h, and
 * outcome.h ends here. No clock, no database, no bank. States and moves are defined in sql/reference/payout_*.csv,
 * which also fill the database.
 *
 *	ready ─▶ sent ─▶ accepted ─▶ credited ─▶ settled ─▶ returned
 *	  │ ▲      │        │            │
 *	  ▼ │      └────┬───┴─ unknown ──┤     rejected, not_paid, cancelled: proven unpaid
 *	 held           └────────────────┘
 *	  └─▶ cancelled
 *
 * Beside what evidence does here, two officers may find a late debit to be that of what ended unpaid: rejected, not_paid, cancelled ─▶
 * settled (recon/break_store.h). A debit of what is ready or held is nobody's order: it is not sent any more, and cancelled first. */
#ifndef CHITRA_PAYOUT_STEP_H
#define CHITRA_PAYOUT_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gen/legal_move.h"

const char *payout_state_name(enum payout_state s);
bool payout_state_parse(const char *name, enum payout_state *out) __attribute__((warn_unused_result));
bool payout_state_valid(int64_t code); /* a row may hold a number that this program does not know */
bool payout_state_ended(enum payout_state s);
bool payout_state_in_flight(enum payout_state s); /* its money is on liabilities:in-flight */
bool payout_proven_unpaid(enum payout_state s);   /* the claim may be paid again as the next issue (law 4) */
bool payout_move_legal(enum payout_state from, enum payout_state to);

/* What was learnt. SAID: by an authenticated reply, callback or answer to an enquiry; it fits when it echoes our id,
 * amount and account. What is not authenticated is SAID_NOTHING. */
enum payout_event {
	EVENT_SAID_NOTHING,    /* garbled, missing, silent, 5xx: no evidence */
	EVENT_SAID_MISFIT,     /* our id with another amount or account */
	EVENT_SAID_PENDING,    /* received, nothing decided */
	EVENT_SAID_ACCEPTED,   /* will be executed, or debited at the payer */
	EVENT_SAID_CREDITED,   /* the beneficiary has it */
	EVENT_SAID_REJECTED,   /* definite: not executed, and never will be */
	EVENT_SAID_NOT_FOUND,  /* no evidence either (law 1) */
	EVENT_DEBITED,         /* a statement line: our id, amount and account */
	EVENT_DEBITED_AMOUNT,  /* a statement line with our id and another amount */
	EVENT_DEBITED_ACCOUNT, /* a statement line with our id and another account */
	EVENT_RETURNED,        /* a statement credit that returns exactly this payout */
	EVENT_ABSENT,          /* a complete statement through valid-until and posting lag has no debit */
	EVENT_TAKEN_OVER,      /* its sender died */
	EVENT_NOT_SENT,        /* the live sender saw that its last byte was never handed over */
};
#define PAYOUT_EVENTS 14

/* The names of breaks, as in recon.break. */
enum payout_break {
	BREAK_NONE,
	BREAK_AMOUNT_DIFFERS,
	BREAK_ACCOUNT_DIFFERS,
	BREAK_ROGUE_DEBIT, /* money left for something that we never sent */
	BREAK_DOUBLE_DEBIT,
	BREAK_CONTRADICTION,  /* evidence against an ended payout */
	BREAK_RETURN_UNKNOWN, /* money came back for something that had not left */
	BREAK_LOST_LINE,      /* credited, says the bank, but its statement has no debit */
	BREAK_OVERDUE,        /* past valid-until, and silence proves nothing at this bank */
};
const char *payout_break_name(enum payout_break b); /* "" for none */

/* What a bank promised of itself (org.channel): it decides what evidence proves. */
struct profile {
	bool deduplicates;
	int dedupe_days;
	bool honours_valid_until;
	int posting_lag_days;
	int items_per_message;
};

struct decision {
	enum payout_state to; /* equal to the state it was asked about: it stays */
	enum payout_break opens;
	bool ask; /* enquire later */
};

struct decision payout_step(enum payout_state from, enum payout_event event, const struct profile *profile);

/* The same id again, to the same channel: law 1. `since_first_sent_days` counts business-clock days. */
bool payout_may_send_again(enum payout_state state, enum payout_event last, const struct profile *profile,
	int since_first_sent_days, bool past_valid_until);

#endif
