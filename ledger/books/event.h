/* event.h: what happens to money, as structs, and what each books.
 *
 * Each event becomes one entry: its key, its kind's lines (event.c) and its legs by the table of DESIGN §7, which is posting.c
 * and is read alone. Callers fill a struct with designated initialisers and hand the entries to books_post. Pure; all texts in
 * the arena. Codes and ids are the caller's and known to be good: nonsense is a bug(). */
#ifndef LEDGER_BOOKS_EVENT_H
#define LEDGER_BOOKS_EVENT_H

#include "ledger/base/ids.h"
#include "ledger/base/note.h"
#include "ledger/base/sign.h"
#include "ledger/books/leaf.h"

/* Who says so, for which day, and on what evidence. */
struct told_by {
	const char *actor;      /* "duty:scribe", "officer:minh" */
	struct day effective;   /* a bank fact: its value date; otherwise the business day */
	const struct hash *src; /* SHA-256 of the raw message or file; NULL: none */
	int64_t src_item;       /* which item of it */
	bool late;
};

/* ---- obligation ---- */

/* The last approval. sum = first + unclaimed + what stays in payable from an earlier issue that was never paid. */
struct batch_approved {
	int64_t batch;
	int32_t version;
	struct hash root;
	int64_t lines;
	struct vnd sum;
	struct vnd first;     /* lines of issue 1: new cost */
	struct vnd unclaimed; /* lines of a later issue after `returned` */
	const char *agency, *programme;
	struct month period;
	struct hash bundle; /* root of the bundle that was signed */
};
struct entry entry_batch_approved(struct arena *a, const struct told_by *by, const struct batch_approved *e);

/* One officer's signature over a bundle. */
struct approval_given {
	int64_t bundle; /* row id */
	struct hash bundle_root;
	int64_t batches, lines;
	struct vnd sum;
	const char *agency, *officer, *role;
	struct hash certificate;
	const char *method; /* "ed25519", "webauthn" */
	struct hash text;   /* SHA-256 of the signed chitra-approval/v1 */
	struct hash proof;  /* SHA-256 of the signature or assertion */
};
struct entry entry_approval(struct arena *a, const struct told_by *by, const struct approval_given *e);

/* Two officers let it go; the lines that were not funded before take the treasury's advance. */
struct batch_released {
	int64_t batch;
	int32_t version;
	struct hash root;
	int64_t lines;
	struct vnd sum;
	struct vnd unfunded;
	const char *agency, *programme, *funding_account;
	const char *officers[2];
};
struct entry entry_batch_released(struct arena *a, const struct told_by *by, const struct batch_released *e);

/* ---- payouts ---- */

struct dispatch_part {
	const char *agency, *programme;
	struct vnd sum;
};

/* The intent, before a byte leaves. The parts' sums are its sum. */
struct dispatch_sent {
	int64_t dispatch;
	int32_t epoch;
	const char *channel, *funding_account;
	int64_t count;
	struct vnd sum;
	struct hash root; /* over the line hashes of what is sent */
	size_t n_parts;
	const struct dispatch_part *parts;
};
struct entry entry_dispatch_sent(struct arena *a, const struct told_by *by, const struct dispatch_sent *e);

/* One payout's end. */
struct payout_end {
	int64_t payout, batch;
	const char *id;   /* end-to-end id */
	struct hash line; /* RFC 6962 leaf hash of the signed line: binds claim, amount, account */
	struct vnd amount;
	const char *channel, *funding_account, *agency, *programme;
	bool cash; /* the channel is an agent: settled takes from the agent's account, not the bank's */
	const char *
		entry; /* settled, returned: the bank's name for its statement entry, or the agent's list and line */
	const char *reason; /* rejected, not_paid, returned: "account_closed", "absent", … */
};
struct entry entry_payout_rejected(struct arena *a, const struct told_by *by, const struct payout_end *e);
struct entry entry_payout_not_paid(struct arena *a, const struct told_by *by, const struct payout_end *e);
struct entry entry_payout_settled(struct arena *a, const struct told_by *by, const struct payout_end *e);
struct entry entry_payout_returned(struct arena *a, const struct told_by *by, const struct payout_end *e);

/* ---- claims ---- */

enum void_owed { VOID_NOT_BOOKED, VOID_PAYABLE, VOID_UNCLAIMED }; /* where the obligation stands */
enum void_funds {
	VOID_NOT_FUNDED,
	VOID_TO_ADVANCE,
	VOID_TO_REFUNDABLE
}; /* where released money goes back to */

struct claim_voided {
	int64_t claim;
	const char *programme;
	struct month month;
	const char *kind; /* "regular", "arrears" */
	int32_t instalment;
	struct vnd amount;
	const char *agency, *funding_account;
	enum void_owed owed;
	enum void_funds funds;
	const char *reason;
	const char *officers[2];
	const struct hash *pii; /* leaf_commitment of the claim's person; NULL: none */
};
struct entry entry_claim_voided(struct arena *a, const struct told_by *by, const struct claim_voided *e);

/* Nobody came for it within the legal time. */
struct unclaimed_cancelled {
	int64_t claim;
	const char *programme;
	struct month month;
	const char *kind;
	int32_t instalment;
	struct vnd amount;
	const char *agency, *funding_account;
	struct hash decision; /* SHA-256 of the decision */
	const char *officers[2];
	const struct hash *pii;
};
struct entry entry_unclaimed_cancelled(
	struct arena *a, const struct told_by *by, const struct unclaimed_cancelled *e);

/* ---- what a statement says ---- */

struct statement_file {
	const char *funding_account;
	struct day day;
	int64_t sequence;
	struct vnd opening, closing; /* may be negative */
	int64_t lines;
	struct vnd debits, credits;
	int64_t pages;
	struct hash
		root; /* RFC 6962 root whose leaves are the 32-byte SHA-256 of each page's raw bytes, in order */
	const char *source; /* "fetched", "uploaded" */
	bool complete, chained;
};
struct entry entry_statement_file(struct arena *a, const struct told_by *by, const struct statement_file *e);

/* A line of a statement that is not a payout's. */
struct statement_fact {
	int64_t line; /* row id of the statement line */
	const char *funding_account;
	struct vnd amount;
	const char *entry;   /* the bank's name for it */
	struct day day;      /* the statement's */
	int32_t part;        /* which part of the entry it is; 0: the whole of it */
	bool open_day;       /* no statement has it yet: a credit of the open day */
	const char *order;   /* funding, refund, agent.*: the order's reference; NULL: none */
	const char *channel; /* agent.*: the agent's channel */
	const char *rule;    /* fee: the pattern that it matched; NULL: resolved by people */
	bool debit;          /* suspense: which side of the statement */
	bool unspent;        /* refund: of the treasury's advance, not of what is owed to it */
	int64_t break_id;    /* suspense: the break that was opened for it */
};
struct entry entry_funding(struct arena *a, const struct told_by *by, const struct statement_fact *e);
struct entry entry_fee(struct arena *a, const struct told_by *by, const struct statement_fact *e);
struct entry entry_suspense(struct arena *a, const struct told_by *by, const struct statement_fact *e);
struct entry entry_agent_advanced(struct arena *a, const struct told_by *by, const struct statement_fact *e);
struct entry entry_agent_returned(struct arena *a, const struct told_by *by, const struct statement_fact *e);
struct entry entry_refund(struct arena *a, const struct told_by *by, const struct statement_fact *e);

/* Under which key it is booked, as whatever: by account, statement day and the bank's own name for the entry, so that a statement
 * that is fetched again after a restore is recognised. */
const char *statement_fact_key(struct arena *a, const struct statement_fact *e);

struct break_opened {
	int64_t break_id;
	const char *kind; /* "rogue_debit", … */
	const char *funding_account;
	struct day day;
	struct vnd amount;
	const char *id;    /* end-to-end id of the payout that it is about; NULL: none */
	const char *entry; /* the bank's name for the line; NULL: none */
};
struct entry entry_break_opened(struct arena *a, const struct told_by *by, const struct break_opened *e);

/* What two officers found an unexplained line to be. */
enum resolved_as {
	RESOLVED_WITHOUT_ENTRY,  /* nothing was in suspense */
	RESOLVED_FEE,            /* debit: it was a fee */
	RESOLVED_PAID_AFTER_ALL, /* debit: a payout that had ended unpaid, and its claim was owed still */
	RESOLVED_RECOVERY,       /* debit: the same, and its claim was paid again or voided meanwhile */
	RESOLVED_TAKEN_BACK,     /* debit: the bank took it back */
	RESOLVED_FUNDING,        /* credit: it was the treasury's */
	RESOLVED_RETURN,         /* credit: it was a payout that came back */
	RESOLVED_REFUNDABLE,     /* credit: interest and the like, owed to the treasury */
	RESOLVED_SENT_BACK,      /* credit: not ours, sent back */
};
struct break_resolved {
	int64_t break_id;
	const char *kind;
	const char *funding_account;
	struct vnd amount;
	enum resolved_as as;
	const char *id;                 /* the payout whose money it is: end-to-end id; NULL: none */
	const char *agency, *programme; /* … whose obligation it is */
	bool unclaimed;                 /* RESOLVED_PAID_AFTER_ALL: what was owed had come back before */
	const char *officers[2];
};
struct entry entry_break_resolved(struct arena *a, const struct told_by *by, const struct break_resolved *e);

/* ---- corrections ---- */

/* Takes another transaction back: the same legs with the signs turned. */
struct reversal {
	int64_t seq; /* of the transaction that is taken back */
	size_t n_legs;
	const struct leg *legs; /* its legs as they were posted */
	const char *reason;
	const char *officers[2];
};
struct entry entry_reversal(struct arena *a, const struct told_by *by, const struct reversal *e);

enum clawback_step { CLAWBACK_OPENED, CLAWBACK_RECEIVED, CLAWBACK_GIVEN_UP };
struct clawback {
	int64_t case_id;
	int32_t n; /* which step of the case: half of the key */
	const char *id;
	struct hash line;
	struct vnd amount;
	enum clawback_step step;
	const char *agency, *programme, *funding_account;
	struct hash decision;
	const char *officers[2];
};
struct entry entry_clawback(struct arena *a, const struct told_by *by, const struct clawback *e);

/* ---- the log itself ---- */

struct genesis_key {
	const char *purpose; /* "log", "admin" */
	struct verify_key key;
};
struct genesis {
	const char *origin; /* of the checkpoints: host/path, no scheme */
	bool sandbox;
	int64_t id_key_version;
	size_t n_keys; /* at least one; written sorted */
	const struct genesis_key *keys;
};
struct entry entry_genesis(struct arena *a, const struct told_by *by, const struct genesis *e);
/* Whose checkpoints count, as the text of the first leaf says. False with why: leaf_*, genesis_missing. */
bool genesis_log(struct arena *a, struct bytes leaf, struct note_verifier *out, struct why *why) WARN_UNUSED;

/* After `chitra recover`. */
struct recovered {
	int64_t had;  /* leaves that the restored database had */
	int64_t size; /* of the newest checkpoint in the archive */
	struct hash root;
	int64_t timeline;
};
struct entry entry_recovered(struct arena *a, const struct told_by *by, const struct recovered *e);

struct key_changed {
	const char *purpose;
	const struct verify_key *old; /* NULL: a further key */
	struct verify_key new_key;
	const struct signature *
		proof; /* by the old key over "chitra-key-change/v1\n<purpose>\n<hex new key>\n"; NULL: it was lost */
};
struct entry entry_key_changed(struct arena *a, const struct told_by *by, const struct key_changed *e);

/* The end of a period: what the trial balance was and which checkpoint covers it; the legs take income to expenses. */
struct period_closed {
	struct month period;
	const char *agency;
	int64_t size;
	struct hash root;
	int64_t accounts;
	struct hash trial_balance; /* SHA-256 of its text */
	struct vnd debits, credits;
	size_t n_legs;
	const struct leg *legs;
};
struct entry entry_close(struct arena *a, const struct told_by *by, const struct period_closed *e);

#endif
