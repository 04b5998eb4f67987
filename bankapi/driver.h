/* driver.h: what chitra says to a bank and what it understands of the answers, in whatever dialect the bank speaks.
 *
 * A driver is a table of pure functions over 1–500 items under one message id. The teller encodes, sends what
 * signed.h signed, and decodes what signed.h heard; gate and scribe decode callbacks. No clock, no network, no SQL, no rule
 * about money: what an answer proves is the payout's step. Decoders are total: any bytes give exactly one answer for
 * each item that we sent, and what is not clearly understood is ANSWER_UNCLEAR (law 1: unclear is not failed). */
#ifndef BANKAPI_DRIVER_H
#define BANKAPI_DRIVER_H

#include "ledger/base/bytes.h"
#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/base/why.h"

#define MESSAGE_ITEMS_MAX 500
#define PAGE_LINES_MAX    5000
#define MESSAGE_ID_SIZE   36 /* 1–35 of A–Z 0–9 - and NUL; a new one for each request */
#define BANK_CODE_SIZE    12
#define BANK_REF_SIZE     36
#define STATUS_SIZE       8
#define REFUSAL_SIZE      32

enum call { CALL_ACCOUNT_INQUIRY, CALL_TRANSFER, CALL_ENQUIRY, CALL_STATEMENT, CALL_CREDITS };

/* What the bank must echo before its word about a payment counts. */
struct payment {
	char e2e[E2E_ID_SIZE];
	struct vnd amount;
	struct account_no account; /* the beneficiary's */
};

/* The rest of an instruction: strings are borrowed. */
struct payee {
	char bank[BANK_CODE_SIZE];
	const char *name;       /* 1–70 characters */
	const char *remittance; /* 0–140 characters, the end-to-end id first */
};

struct transfer {
	const char *message_id;
	const char *debtor_account;
	int64_t valid_until_us; /* whole seconds */
	const struct payment *payments;
	const struct payee *payees; /* payees[i] receives payments[i] */
	size_t n;
};

struct enquiry {
	const char *message_id;
	const char *debtor_account;
	const struct payment *payments; /* only their ids are sent */
	size_t n;
};

struct account_question {
	char bank[BANK_CODE_SIZE];
	struct account_no account;
	bool asks_person;
	struct personal_id person; /* when asks_person */
};

struct account_inquiry {
	const char *message_id;
	const struct account_question *questions;
	size_t n;
};

struct statement_request {
	const char *message_id;
	const char *account;
	struct day date;
	int32_t page; /* from 1 */
};

struct credits_request {
	const char *message_id;
	const char *account;
	int64_t since_us; /* whole seconds */
};

/* ---- what was heard ---- */

/* A message from the bank. authentic is set by signed.h only: signature, id and time were good. */
struct heard {
	bool authentic;
	int status; /* of HTTP; 200 for a callback */
	struct bytes body;
};

enum message_says {
	MESSAGE_UNCLEAR, /* not authentic, not understood, or not about what we asked: why says which */
	MESSAGE_REFUSED, /* authentic: this request executed nothing; refusal is the bank's code. It echoes no id, so it is
			   * no evidence about a payment (law 1): the answers are unclear */
	MESSAGE_ANSWERED, /* item by item */
};

struct verdict {
	enum message_says says;
	char refusal[REFUSAL_SIZE]; /* of MESSAGE_REFUSED, one of the table in chitra-json.md §4 */
	struct why why;             /* of MESSAGE_UNCLEAR */
};

enum answer {
	ANSWER_UNCLEAR,   /* no evidence: ask */
	ANSWER_NOT_FOUND, /* no evidence either: ask later */
	ANSWER_PENDING,   /* received, nothing decided */
	ANSWER_ACCEPTED,  /* will be executed, or is at the payer's side (ACCP, ACSC) */
	ANSWER_CREDITED,  /* the beneficiary has it (ACCC) */
	ANSWER_REJECTED,  /* definite: not executed, never will be */
};

/* Why an answer is unclear; each wants another reaction (enquiry, alarm, a person). */
enum doubt {
	DOUBT_NONE,
	DOUBT_MESSAGE,  /* the whole message is */
	DOUBT_MISSING,  /* the reply left this item out */
	DOUBT_REPEATED, /* the message has this id more than once */
	DOUBT_MALFORMED,
	DOUBT_MISMATCH, /* id known, amount or account differ: alarm */
	DOUBT_STATUS,   /* a status that we do not know */
	DOUBT_REASON,   /* rejected for a reason that we do not know to be definite */
	DOUBT_EXISTS, /* DUPL: this instruction was refused because the id is known; nothing about the first one */
};

/* What a message says about one payment. */
struct said {
	char e2e[E2E_ID_SIZE];
	enum answer answer;
	enum doubt doubt;
	char status[STATUS_SIZE];           /* the bank's words, "" when not readable */
	char reason[STATUS_SIZE];           /* "" = none */
	char bank_reference[BANK_REF_SIZE]; /* "" = none */
	struct vnd amount;         /* as told; in replies equal to ours unless the answer is unclear */
	struct account_no account; /* as told */
	int64_t time_us;           /* callbacks: when it was reached; else 0 */
};

/* A reply to transfers or enquiries: at[i] is about payments[i]. */
struct reply {
	struct verdict verdict;
	struct said *at;
	size_t n;
	bool foreign_items; /* it lists ids that we did not ask about: nothing in it counts, raise the alarm */
	size_t mismatches;  /* answers with DOUBT_MISMATCH: raise the alarm */
};

/* at[i] is the callback's item i. We did not ask, so amount and account are for the receiver to compare. */
struct callback {
	struct verdict verdict;
	struct said *at;
	size_t n;
	size_t unreadable; /* items without a readable id: their e2e is "" */
};

enum account_status {
	ACCOUNT_STATUS_UNCLEAR,
	ACCOUNT_STATUS_OPEN,
	ACCOUNT_STATUS_DORMANT, /* kept, long unused; money arrives */
	ACCOUNT_STATUS_CLOSED,
	ACCOUNT_STATUS_BLOCKED,
	ACCOUNT_STATUS_NOT_FOUND
};
enum person_match { PERSON_UNKNOWN, PERSON_MATCHES, PERSON_DIFFERS };

struct account_answer {
	enum account_status status;
	enum person_match person;
	const char *holder; /* NULL = not told; in the arena */
};

/* at[i] answers questions[i]. */
struct inquiry_reply {
	struct verdict verdict;
	struct account_answer *at;
	size_t n;
	bool foreign_items;
};

/* Strings are in the arena, NULL = absent. */
struct statement_part {
	char e2e[E2E_ID_SIZE];
	struct vnd amount;
	struct account_no account;
};

struct statement_line {
	char entry_ref[BANK_REF_SIZE];
	int64_t line; /* 1-based over the whole statement */
	bool is_debit;
	struct vnd amount; /* > 0 */
	struct day value_date;
	int64_t booked_at_us;      /* credits of the open day; else 0 */
	char e2e[E2E_ID_SIZE];     /* "" = absent */
	struct account_no account; /* the counterparty's; "" = absent */
	const char *kind_text;
	const char *remittance;
	char bank_reference[BANK_REF_SIZE];
	char returned_reason[STATUS_SIZE];
	const struct statement_part
		*parts; /* of a debit that books several payments; they add up to amount */
	size_t parts_n;
};

/* One page, whole or not at all: a page with one bad line is MESSAGE_UNCLEAR. Its lines run on without a gap from
 * lines[0].line; pages need not be equally long. That pages agree, follow each other and their balances chain is
 * reconciliation's to check. */
struct statement_page {
	struct verdict verdict;
	int32_t page;
	int32_t pages;
	int64_t line_count;
	int64_t sequence;
	struct vnd opening;
	struct vnd closing;
	struct statement_line *lines;
	size_t n;
};

struct credits {
	struct verdict verdict;
	struct day date;
	struct vnd balance;
	bool more;
	struct statement_line *lines; /* all credits; line is 0 */
	size_t n;
};

/* Encoders append one body to out. False with why: bad_item (which one, and what is wrong with it), bad_message. */
struct driver {
	const char *name;
	const char *(*path)(enum call call);
	size_t (*reply_max)(enum call call, size_t items); /* bytes of a reply that can be honest */

	bool (*encode_transfer)(const struct transfer *t, struct buf *out, struct why *why);
	bool (*encode_enquiry)(const struct enquiry *e, struct buf *out, struct why *why);
	bool (*encode_account_inquiry)(const struct account_inquiry *i, struct buf *out, struct why *why);
	bool (*encode_statement)(const struct statement_request *s, struct buf *out, struct why *why);
	bool (*encode_credits)(const struct credits_request *c, struct buf *out, struct why *why);

	void (*decode_transfer_reply)(
		const struct transfer *sent, const struct heard *h, struct arena *a, struct reply *out);
	void (*decode_enquiry_reply)(
		const struct enquiry *sent, const struct heard *h, struct arena *a, struct reply *out);
	void (*decode_inquiry_reply)(const struct account_inquiry *sent, const struct heard *h,
		struct arena *a, struct inquiry_reply *out);
	void (*decode_statement_page)(const struct statement_request *sent, const struct heard *h,
		struct arena *a, struct statement_page *out);
	void (*decode_credits)(const struct credits_request *sent, const struct heard *h, struct arena *a,
		struct credits *out);
	void (*decode_callback)(const struct heard *h, struct arena *a, struct callback *out);
};

bool message_id_valid(const char *id) WARN_UNUSED;

/* NULL when there is no such driver. */
const struct driver *driver_named(const char *name);

/* "accepted", "mismatch": for logs, rows and --json. */
const char *answer_name(enum answer a);
const char *doubt_name(enum doubt d);

#endif
