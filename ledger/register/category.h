/* category.h: what a list calls a person («Đối tượng»), and which category of the tables that is. Pure look-ups; the tables
 * come from reference_store.h. */
#ifndef LEDGER_REGISTER_CATEGORY_H
#define LEDGER_REGISTER_CATEGORY_H

#include "ledger/register/map.h"

enum category_rule {
	CATEGORY_TABLE,   /* stands alone; a person may hold several, and each is paid */
	CATEGORY_HIGHEST, /* of these one person gets the highest (Decree 20/2021/ND-CP art. 6) */
	CATEGORY_ADDS, /* the poor single parent: beside the elderly, disabled and HIV; else only the highest */
};

struct category {
	const char *code, *programme, *rate_code;
	const char *also_rate_code; /* always paid with it; NULL: none */
	bool needs_injury_pct;
	enum category_rule rule;

	/* What the decree says of this code: category_decree. */
	bool parent_adds; /* the single parent's amount is paid beside this one (art. 5 (5), (6), (8)) */
	bool per_child;   /* the amount is for each child (art. 5 (4)) */
	int age_from, age_below; /* years; 0: no bound */
	bool child_or_elder;     /* under 16, or 60 and more */
	int months_most;         /* in all; 0: no bound */
};

struct categories {
	size_t n;
	struct category *at;
	struct map aliases; /* folded alias to index */
	struct map codes;   /* code to index */
};

/* From the rows of rules.category: rule's text; and what the decrees say of c->code, into c. */
bool category_rule_parse(const char *text, enum category_rule *out) WARN_UNUSED;
void category_decree(struct category *c);

/* An alias as it stands in the table or in a list. */
void category_alias_add(struct categories *c, const char *alias, size_t category);

#define CATEGORIES_OF_ONE 6
#define CHILDREN_MOST     20

/* The categories of one cell: the whole cell as an alias first, then its parts between semicolons. A category named twice counts
 * once. Of a category that is paid for each child the cell says how many, anywhere in its part: «đang nuôi 2 con», «nuôi con (2
 * con)», «nuôi con: 02 con»; *children is 0 when it does not. False when the cell is empty or a part is no alias, or there are more
 * than CATEGORIES_OF_ONE. */
bool category_read(struct arena *a, const struct categories *c, const char *cell,
	size_t out[static CATEGORIES_OF_ONE], size_t *n, int *children) WARN_UNUSED;

#endif
