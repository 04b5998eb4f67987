/* pair.h: what a line of a statement is: a payout's debit or return, the treasury's money, a fee, the cash agent's, or
 * nothing that we know of.
 *
 * A payout is paired by id, amount and account together; whether the pairing holds in the payout's state is step.h's. Everything that is
 * not surely something goes to suspense under a break's name: a person decides. Pure; called by settle_store.c. */
#ifndef CHITRA_RECON_PAIR_H
#define CHITRA_RECON_PAIR_H

#include "ledger/base/money.h"
#include "ledger/payout/step.h"

enum fit { FIT_UNTOLD, FIT_YES, FIT_NO };

enum order_kind {
	ORDER_NONE,
	ORDER_TREASURY,
	ORDER_AGENT_ADVANCE,
	ORDER_AGENT_RETURN,
	ORDER_REFUND,
	ORDER_UNSPENT
};

struct fee_rule {
	const char *bank, *pattern; /* a fixed prefix of the line's text */
	struct vnd max;
};

/* Strings are borrowed. */
struct line_facts {
	bool debit;
	struct vnd amount;
	bool has_id;    /* it names an end-to-end id */
	bool is_payout; /* … of a payout of this account */
	bool amount_fits;
	enum fit account;
	bool says_returned; /* the bank calls it a return */
	bool has_details;   /* its parts follow, and they explain it */
	const char *bank, *text;

	enum order_kind order; /* its text has this order's reference */
	bool order_used;       /* another line answered it */
	struct vnd order_amount;
	bool booked; /* booked on the day itself, as a credit of this entry */
	struct vnd booked_amount;
};

enum pair_kind {
	PAIR_PAYOUT, /* event: what step.h is told */
	PAIR_PARTS,
	PAIR_FUNDING,
	PAIR_BOOKED, /* funding that is in the books already */
	PAIR_FEE,    /* rule */
	PAIR_AGENT_ADVANCE,
	PAIR_AGENT_RETURN,
	PAIR_REFUND,   /* to the treasury */
	PAIR_SUSPENSE, /* because */
};

struct pairing {
	enum pair_kind kind;
	enum payout_event event;
	const struct fee_rule *rule;
	const char *because; /* a kind of recon.break */
};

/* rules: longest pattern first. */
struct pairing pair_line(const struct line_facts *l, const struct fee_rule *rules, size_t rules_n);

/* What the break says to the person who works on it: one English sentence. */
const char *pair_note(const char *because);

#endif
