/* books.h: the books as the leaves say them: balances, floors, keys, the life of each payout, and the bank's statements.
 *
 * Takes the leaves one after the other and keeps what later ones are compared with. Whatever does not fit is a finding. */
#ifndef LEDGER_VERIFY_BOOKS_H
#define LEDGER_VERIFY_BOOKS_H

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

struct books {
	struct findings *findings;
	int64_t next; /* seq of the next leaf */
	int64_t postings;
	struct table accounts; /* of struct account */
	struct table days;     /* of struct moved */
	struct table facts;    /* keys that were posted */
	struct table payouts;
	struct table batches;
	struct table bundles; /* that somebody approved */
	struct table statements;
	char origin_text[256]; /* of the genesis */
	/* accounts that our own action moved within one posting, whose floors are asked when it is whole */
	char posting[32];
	size_t n_touched;
	struct touched {
		char code[ACCOUNT_CODE + 1];
		int64_t leaf;
	} touched[64];
};

void books_begin(struct books *b, struct findings *f);
/* The next leaf. */
void books_add(struct books *b, const struct leaf *l);
/* When all are there: floors of the last posting, statements against the bank accounts, the trial balance. */
void books_end(struct books *b);
void books_free(struct books *b);

/* NULL: nothing was ever posted there. */
const struct account *books_account(const struct books *b, struct text code);

#endif
