/* kind.h: the leaf kinds, and the lines that each kind's leaf carries.
 *
 * One table (kind.c, told again for a reader in leaf.md). Fixed from the first row: a kind's text never changes, a new kind
 * comes only with a new chitra-ledger/vN. Pure; knows no account and no database. */
#ifndef LEDGER_BOOKS_KIND_H
#define LEDGER_BOOKS_KIND_H

#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

enum leaf_kind {
	LEAF_GENESIS,
	LEAF_BATCH_APPROVED,
	LEAF_APPROVAL,
	LEAF_BATCH_RELEASED,
	LEAF_DISPATCH_SENT,
	LEAF_PAYOUT_REJECTED,
	LEAF_PAYOUT_NOT_PAID,
	LEAF_PAYOUT_SETTLED,
	LEAF_PAYOUT_RETURNED,
	LEAF_CLAIM_VOIDED,
	LEAF_STATEMENT_FILE,
	LEAF_FUNDING,
	LEAF_FEE,
	LEAF_SUSPENSE,
	LEAF_BREAK_OPENED,
	LEAF_BREAK_RESOLVED,
	LEAF_AGENT_ADVANCED,
	LEAF_AGENT_RETURNED,
	LEAF_REVERSAL,
	LEAF_CLAWBACK,
	LEAF_UNCLAIMED_CANCELLED,
	LEAF_REFUND,
	LEAF_RECOVERED,
	LEAF_KEY,
	LEAF_CLOSE,
};
#define LEAF_KINDS 25

/* Whether leaves of a kind move money. */
enum leaf_legs { LEGS_NONE, LEGS_MAY, LEGS_MUST };

/* What stands behind a line's key. */
enum line_value {
	VALUE_COUNT,   /* 0 … 2^63 − 1 without leading zero: counts, sizes, numbers of rows */
	VALUE_DONG,    /* "2789000 VND", never negative */
	VALUE_BALANCE, /* "-5 VND": may be negative */
	VALUE_HASH,    /* 64 hex digits, lower case */
	VALUE_SIG,     /* 128 hex digits: an Ed25519 signature */
	VALUE_E2E_ID,  /* 19 Crockford characters */
	VALUE_CODE,    /* a–z, then at most 63 of a–z 0–9 . _ - : agencies, logins, reasons, channels */
	VALUE_TEXT,    /* percent-escaped UTF-8 of 1 to 256 bytes: what a bank calls an entry */
	VALUE_DAY,     /* 2024-04-03 */
	VALUE_MONTH,   /* 2024-04 */
	VALUE_YES_NO,  /* yes, no */
	VALUE_CODE_KEY, /* "log <64 hex>": a purpose and an Ed25519 public key */
};

enum line_times { LINE_ONE, LINE_MAYBE, LINE_TWO, LINE_MANY /* one or more */ };

struct kind_line {
	const char *key;
	enum line_value value;
	enum line_times times;
};

const char *leaf_kind_name(enum leaf_kind kind); /* "payout.settled" */
bool leaf_kind_of(struct bytes name, enum leaf_kind *out) WARN_UNUSED;
enum leaf_legs leaf_kind_legs(enum leaf_kind kind);

/* The lines of a kind in their order; returns how many. */
size_t leaf_kind_lines(enum leaf_kind kind, const struct kind_line **lines);

/* Takes the kind's lines off *rest, as many as are there, in their order, each with a canonical value; *lines is what was
 * taken. False with why leaf_line: the first line that is missing or wrong. */
bool leaf_lines_take(
	enum leaf_kind kind, struct bytes *rest, struct bytes *lines, struct why *why) WARN_UNUSED;

/* The value behind the first line with this key; false when there is none. For readers of a leaf's lines. */
bool leaf_line_get(struct bytes lines, const char *key, struct bytes *value) WARN_UNUSED;

#endif
