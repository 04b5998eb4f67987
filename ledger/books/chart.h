/* chart.h: the accounts of the books.
 *
 * Which families of accounts exist, which side each grows on, and whether it has a floor. Account codes are made here alone.
 * The table is in chart.c; the genesis leaf holds its hash. Pure. */
#ifndef LEDGER_BOOKS_CHART_H
#define LEDGER_BOOKS_CHART_H

#include "ledger/base/arena.h"
#include "ledger/base/digest.h"

#define ACCOUNT_MAX 120 /* bytes of a code */

enum account {
	ACCOUNT_BANK,  /* assets:bank:<funding account>: = the statement's balance */
	ACCOUNT_AGENT, /* assets:agent:<channel>: with the cash agent */
	ACCOUNT_SUSPENSE_DEBIT, /* assets:suspense-debit:<funding account>: debits on a statement that nothing explains */
	ACCOUNT_CLAWBACK,  /* assets:clawback:<agency>:<programme>: being recovered */
	ACCOUNT_ADVANCE,   /* liabilities:advance:<funding account>: the treasury's money, not yet released */
	ACCOUNT_PAYABLE,   /* liabilities:payable:<agency>:<programme>: approved, not yet sent */
	ACCOUNT_IN_FLIGHT, /* liabilities:in-flight:<funding account>: sent, not yet on a statement */
	ACCOUNT_UNCLAIMED, /* liabilities:unclaimed:<agency>:<programme>: returned, still owed */
	ACCOUNT_SUSPENSE_CREDIT, /* liabilities:suspense-credit:<funding account>: credits that nothing explains */
	ACCOUNT_REFUNDABLE, /* liabilities:refundable:<funding account>: to be paid back to the treasury */
	ACCOUNT_BENEFIT,    /* expenses:benefit:<agency>:<programme> */
	ACCOUNT_FEES,       /* expenses:fees:<funding account> */
	ACCOUNT_LOSS,       /* expenses:loss:<agency>:<programme> */
	ACCOUNT_FUNDING,    /* income:funding:<agency>:<programme>: earned with the obligation */
	ACCOUNT_CLOSED,     /* equity:closed:<agency>:<programme>: a period's result, normally 0 */
};
#define ACCOUNTS 15

/* The code: `one` is the funding account or channel, or the agency; `two` the programme, or NULL. Codes only (a–z 0–9 . _ -). */
const char *account_code(struct arena *a, enum account family, const char *one, const char *two);

/* Whether the text is a code of the chart, and of which family. */
bool account_parse(struct bytes code, enum account *family) WARN_UNUSED;

/* 1: debit is plus (assets, expenses); -1: credit. */
int account_normal(enum account family);

/* Assets and liabilities never go below 0 on their normal side by what we do ourselves; income, expenses and equity may. */
bool account_has_floor(enum account family);

/* The table as text ("chitra-chart/v1\n", one family a line), and its SHA-256. */
void chart_text(struct buf *out);
struct hash chart_hash(void);

#endif
