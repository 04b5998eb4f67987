/* rules.h: which accounts a fact debits and credits, recomputed from the fact's own lines.
 *
 * The rules are DESIGN's table, written here a second time on purpose: a writer that posts wrongly is contradicted. */
#ifndef LEDGER_VERIFY_RULES_H
#define LEDGER_VERIFY_RULES_H

#include "ledger/verify/leaf.h"

/* Whether the postings are those that this kind of fact must have. A reversal's are asked of the leaf that it takes back:
 * rules_reverse. */
bool rules_fit(const struct leaf *l);
bool rules_reverse(const struct leaf *reversal, const struct leaf *taken_back);

#endif
