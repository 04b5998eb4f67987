/* leaf.h: the text of one ledger transaction, byte for byte (leaf.md), and back.
 *
 * A leaf is what is hashed into the tree, so its text is written here and nowhere else. Called by post.c (writing), by
 * recover and by tests (reading). Holds no personal data: payouts by end-to-end id and the hash of their signed line, people by
 * salted commitments. Pure. */
#ifndef LEDGER_BOOKS_LEAF_H
#define LEDGER_BOOKS_LEAF_H

#include "ledger/base/arena.h"
#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/money.h"
#include "ledger/books/kind.h"

#define LEAF_MAX      65535 /* bytes: an entry bundle gives its length in two */
#define LEAF_IDEM_MAX 120   /* bytes */
#define LEAF_LEGS_MAX 500

struct leg {
	const char *account; /* chart.h */
	struct vnd amount;   /* debit positive, credit negative, never 0 */
};

/* What happened, before it has its place in the books. */
struct entry {
	enum leaf_kind kind;
	const char *idem; /* a–z 0–9 . _ - ; the same key is the same fact, for ever */
	struct day effective;
	const char *actor; /* "duty:scribe", "officer:minh", "bank:demo" */
	const char *refs;  /* "payout:123 batch:4", row ids for people who look it up; "" for none */
	bool has_src;
	struct hash src; /* SHA-256 of the raw message or file that proves it */
	int64_t src_item;
	bool reverses_one;
	int64_t reverses;   /* seq of the transaction that this one takes back */
	bool late;          /* for a period that was closed when it was recorded */
	struct bytes lines; /* the kind's own lines (kind.h) */
	bool has_pii;
	struct hash pii; /* leaf_commitment */
	size_t n_legs;   /* 0, or at least 2 with sum 0 */
	const struct leg *legs;
};

struct leaf {
	int64_t seq; /* = leaf index */
	int64_t recorded_us;
	struct entry entry;
};

/* Whether the entry may become a leaf at all: codes, lengths, lines of its kind, legs whole and of sum 0. False with why: leaf_*. */
bool entry_check(const struct entry *e, struct why *why) WARN_UNUSED;

/* What the fact is, apart from who recorded it, when, where and on which evidence: the leaf without its lines seq, recorded,
 * actor, ref, src and late (statement.file: and root). The same key with another meaning is a conflict; with the same, a repetition. `scratch` is overwritten;
 * give the same again for many entries. Its maximum is LEAF_MAX or more. */
struct hash entry_meaning(const struct entry *e, struct buf *scratch);

/* Appends the text. The entry must have passed entry_check. */
void leaf_text(const struct leaf *leaf, struct buf *out);

/* The inverse: any bytes are allowed, only what leaf_text writes is taken, everything in the arena. False with why: leaf_*. */
bool leaf_parse(struct arena *a, struct bytes text, struct leaf *out, struct why *why) WARN_UNUSED;

/* Binds a person to a leaf without naming them: SHA-256("chitra-pii/v1\n" ‖ salt ‖ text). The salt is random, kept in an
 * erasable row beside the text; erasing it leaves the leaf's proof whole and says nothing more about anybody. */
struct hash leaf_commitment(const struct key32 *salt, struct bytes text);

#endif
