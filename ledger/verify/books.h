/* books.h: the books as the leaves say them: balances, floors, keys, the life of each payout, and the bank's statements.
 *
 * Takes the leaves one after the other and keeps what later ones are compared with. Whatever does not fit is a finding. */
#ifndef LEDGER_VERIFY_BOOKS_H
#define LEDGER_VERIFY_BOOKS_H

#include "ledger/verify/approval.h"
#include "ledger/verify/finding.h"
#include "ledger/verify/leaf.h"
#include "ledger/verify/table.h"

#define ACCOUNT_CODE 100

struct account {
	struct table_key key;
	char code[ACCOUNT_CODE + 1];
	const struct family *family;
	int64_t balance;
	int64_t last_seq;
};

/* What an account moved by on an effective day. */
struct moved {
	struct table_key key;
	char code[ACCOUNT_CODE + 1];
	int32_t day;
	int64_t amount;
};

/* How a payout stands, by the leaves. */
enum stands { NOTHING_KNOWN, SETTLED, UNPAID, RETURNED };
struct payout {
	struct table_key key;
	uint8_t line[16];   /* payout_line */
	uint64_t leaf : 48; /* the last that says how it ended */
	uint64_t stands : 2;
	uint64_t has_line : 1;
	uint64_t listed : 1; /* in a manifest */
	uint64_t month : 12; /* in which it was on its way no more (month_of); 0: it is still */
};
/* Of a day or a month: months since 1969-12. */
int32_t month_of(struct text day);
/* What a payout's leaf says of its signed line and of the account that pays it, in few bytes. */
void payout_line(
	uint8_t to[16], const struct digest *line, int64_t amount, struct text channel, struct text fund);

/* A payout that two officers found to be paid, or to have come back: its leaf has no line. */
struct resolved {
	struct table_key key;
	int64_t leaf, amount;
};

/* A batch in one version, as its leaves say. */
struct batch {
	struct table_key key;
	int64_t batch, version, approved, leaf; /* that approved it; that released it, or NO_LEAF */
	struct digest root;
	int64_t lines, sum;
	char fund[65]; /* that it was released on */
	struct digest meant,
		let_go; /* batch_words of agency, programme, period; of agency and those who released it */
};
struct digest batch_words(struct text a, struct text b, struct text c);

/* An approval's leaf; its row is found by the hash of the text that was signed. */
struct approved {
	struct table_key key;
	struct digest words, proof; /* of its lines from `bundle` to `certificate`; of the signature */
	int64_t leaf;
};

/* What was paid from a funding account on a bank's day. */
struct paid_day {
	struct table_key key;
	char statement[64]; /* the key that its leaf has */
	int64_t leaf;       /* the first that needs it */
	int64_t sum;
};

struct books {
	struct findings *findings;
	int64_t next; /* seq of the next leaf */
	int64_t postings;
	struct table accounts; /* of struct account */
	struct table days;     /* of struct moved */
	struct table facts;    /* keys that were posted */
	struct table payouts;
	struct table resolved;
	struct table batches;
	struct table bundles;   /* that somebody approved */
	struct table approvals; /* of struct approved */
	struct table statements;
	struct table paid; /* of struct paid_day */
	int64_t cash;      /* payouts that an agent's list settled */
	struct admins admins;
	char origin_text[256]; /* of the genesis */
	/* accounts that our own action moved within one posting, whose floors are asked when it is whole */
	char posting[32];
	size_t n_touched;
	struct touched {
		char code[ACCOUNT_CODE + 1];
		int64_t leaf;
	} touched[64];
};

/* admins: those whom the auditor believes, or none, and how many of them it takes. */
void books_begin(struct books *b, const struct admins *admins, struct findings *f);
/* The next leaf. */
void books_add(struct books *b, const struct leaf *l);
/* A leaf without those before it: what it says by itself and of batches, approvals, payouts, statements and admins, but no balance. */
void books_add_alone(struct books *b, const struct leaf *l);
/* When all are there: floors of the last posting, statements against the bank accounts, the trial balance. */
void books_end(struct books *b);
void books_free(struct books *b);

/* NULL: nothing was ever posted there. */
const struct account *books_account(const struct books *b, struct text code);

#endif
