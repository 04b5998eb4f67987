/* stated_item.h: what a line of a statement or of a paid list and the leaf that books it both say. */
#ifndef LEDGER_VERIFY_STATED_ITEM_H
#define LEDGER_VERIFY_STATED_ITEM_H

#include "ledger/verify/leaf.h"
#include "ledger/verify/said.h"

#define SHEET_NAME 120 /* "statement/<funding account>/<day>", "cash/<32 digits>" */
#define NO_LIST    "cash/"

/* Side, amount, the bank's name for it; of a payout its id, else which part it is. */
struct item {
	bool debit;
	int64_t amount, part;
	struct text id, entry;
};
struct said item_said(const struct item *i);

/* Which sheet the leaf says that it stands on, and as what; NO_LIST: an agent paid, and the leaf names no list. False: on none. */
bool leaf_item(const struct leaf *l, char name[SHEET_NAME], struct item *i);

#endif
