/* leaf.h: the text of one ledger transaction (chitra-ledger/v1), read as its specification says and not as its writer does.
 *
 * The specification is ledger/books/leaf.md. A leaf is taken only when it is exactly one of the texts that the page allows. */
#ifndef LEDGER_VERIFY_LEAF_H
#define LEDGER_VERIFY_LEAF_H

#include "ledger/verify/text.h"
#include "ledger/verify/tree.h"

#define LEAF_LEGS  500
#define LEAF_LINES 124 /* a kind's own lines; of a line that may come often, up to LEAF_OFTEN */
#define LEAF_OFTEN 100

struct leg {
	struct text account; /* family:part or family:part:part */
	struct text family;  /* "liabilities:payable" */
	struct text parts[2];
	int64_t amount; /* dong; debit positive */
};

struct leaf_line {
	const char *name;
	struct text value;
};

struct leaf {
	int64_t seq;
	const struct leaf_kind *kind;
	struct text idem, effective, recorded, actor, ref, src;
	int32_t day; /* effective, days since 1970 */
	bool late;
	int64_t reverses; /* -1: nothing */
	struct text pii;
	size_t n_lines;
	struct leaf_line lines[LEAF_LINES];
	size_t n_legs;
	struct leg legs[LEAF_LEGS];
};

/* Whether the bytes are a leaf; *wrong says what is not. Everything points into the bytes. The postings' sum is not asked here. */
bool leaf_read(struct text bytes, struct leaf *out, const char **wrong);

const char *leaf_kind_name(const struct leaf *l);
/* The value of the kind's own line; n = 0: there is none. Of a line that comes twice, the first. */
struct text leaf_value(const struct leaf *l, const char *name);
/* The same of a line that holds dong or a count: 0 when there is none. */
int64_t leaf_amount(const struct leaf *l, const char *name);
/* The number of one of the row ids of `ref`: "payout" of "payout:42 batch:4". -1: it names none. */
int64_t leaf_ref(const struct leaf *l, const char *name);
/* Whether the key is the one that the fact has by the specification. */
bool leaf_key_fits(const struct leaf *l);

/* An account's family, its normal side (1 debit, -1 credit), and whether it may not go below zero by our own doing. */
struct family {
	const char *name;
	int parts;
	int normal;
	bool floor;
};
const struct family *family_of(struct text name);

#endif
