#include "ledger/register/category.h"

#include <string.h>

#include "ledger/register/reading.h"

bool category_rule_parse(const char *text, enum category_rule *out)
{
	if (strcmp(text, "table") == 0)
		*out = CATEGORY_TABLE;
	else if (strcmp(text, "highest_of_several") == 0)
		*out = CATEGORY_HIGHEST;
	else if (strcmp(text, "adds") == 0)
		*out = CATEGORY_ADDS;
	else
		return false;
	return true;
}

/* clang-format off: a table is read by row */
static const struct {
	const char *code;
	int age_from, age_below;
	bool child_or_elder;
	int months_most;
} bounds[] = {
	/* Decree 20/2021/ND-CP art. 5, by its paragraphs */
	{"SA_ORPHAN_LT4", 0, 4, false, 0}, /* (1) */
	{"SA_ORPHAN_4_16", 4, 16, false, 0},
	{"SA_ORPHAN_STUDENT", 16, 23, false, 0}, /* (2) at most to 22 */
	{"SA_CHILD_HIV_LT4", 0, 4, false, 0},    /* (3) */
	{"SA_CHILD_HIV_4_16", 4, 16, false, 0},
	{"SA_ELDER_A_60_80", 60, 80, false, 0}, /* (5) */
	{"SA_ELDER_A_80", 80, 0, false, 0},
	{"SA_ELDER_B", 75, 80, false, 0},
	{"SA_ELDER_C", 80, 0, false, 0},
	{"SA_ELDER_D", 60, 0, false, 0},
	{"SA_DISAB_EXTREME_CHILD_ELDER", 0, 0, true, 0}, /* (6), art. 6 (1) */
	{"SA_DISAB_SEVERE_CHILD_ELDER", 0, 0, true, 0},
	{"SA_CHILD_LT3", 0, 3, false, 0}, /* (7) */
	/* Decree 176/2025: from 75, and from 70 when poor or nearly; who is poor the decision says */
	{"SOCIAL_PENSION", 70, 0, false, 0},
	/* Decision 08/2022/QD-TTg: at most three months */
	{"RENT_WORKING", 0, 0, false, 3},
	{"RENT_RETURNING", 0, 0, false, 3},
};
/* clang-format on */

/* Decree 20/2021/ND-CP art. 6 (2): the single parent of art. 5 (4) who is also of art. 5 (5), (6) or (8) gets both. */
static bool parent_adds(const char *code)
{
	return strncmp(code, "SA_ELDER_", 9) == 0 || strncmp(code, "SA_DISAB_", 9) == 0 ||
	       strcmp(code, "SA_HIV_POOR") == 0;
}

void category_decree(struct category *c)
{
	c->parent_adds = parent_adds(c->code);
	c->per_child = strcmp(c->code, "SA_SINGLE_PARENT") == 0;
	for (size_t i = 0; i < COUNT_OF(bounds); i++) {
		if (strcmp(bounds[i].code, c->code) != 0)
			continue;
		c->age_from = bounds[i].age_from;
		c->age_below = bounds[i].age_below;
		c->child_or_elder = bounds[i].child_or_elder;
		c->months_most = bounds[i].months_most;
	}
}

void category_alias_add(struct categories *c, const char *alias, size_t category)
{
	bool is_new;
	map_put(&c->aliases, bytes_z(reading_fold(c->aliases.arena, alias)), category, &is_new);
}

/* Takes "2 con" out of a folded text and leaves "con" where the words need it: «dang nuoi 2 con» is «dang nuoi con», and «nuoi con
 * (2 con)» is «nuoi con». 0: no number of children is there. */
static int children_cut(char *folded)
{
	char *digits = folded + strcspn(folded, "0123456789"), *end = digits;
	int n = 0;
	for (; *end >= '0' && *end <= '9' && n < 100; end++)
		n = n * 10 + (*end - '0');
	if (end == digits || (strncmp(end, " con", 4) != 0 || (end[4] && end[4] != ')' && end[4] != ' ')) ||
		n < 1 || n > CHILDREN_MOST)
		return 0;
	size_t before = (size_t)(digits - folded);
	while (before > 0 && strchr(" (:,-", folded[before - 1]))
		before--;
	bool said = before >= 4 && strncmp(folded + before - 4, " con", 4) == 0;
	const char *rest = end + (said ? 4 : 0);
	if (said && *rest == ')')
		rest++;
	memmove(folded + before, rest, strlen(rest) + 1);
	return n;
}

/* An alias as it stands; or, of a category that is paid for each child, around their number. */
static const size_t *alias_find(
	struct arena *a, const struct categories *c, const char *text, size_t n, int *children)
{
	while (n > 0 && (*text == ' ' || text[n - 1] == ' ' || text[n - 1] == '.')) {
		size_t front = *text == ' ';
		text += front;
		n--;
	}
	const char *folded = reading_fold(a, arena_strndup(a, text, n));
	const size_t *found = *folded ? map_get(&c->aliases, bytes_z(folded)) : NULL;
	if (found)
		return found;
	char *cut = arena_strdup(a, folded);
	int counted = children_cut(cut);
	found = counted > 0 ? map_get(&c->aliases, bytes_z(cut)) : NULL;
	if (!found || !c->at[*found].per_child)
		return NULL;
	*children = counted;
	return found;
}

static bool category_add(size_t found, size_t out[static CATEGORIES_OF_ONE], size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (out[i] == found)
			return true;
	if (*n == CATEGORIES_OF_ONE)
		return false;
	out[(*n)++] = found;
	return true;
}

bool category_read(struct arena *a, const struct categories *c, const char *cell,
	size_t out[static CATEGORIES_OF_ONE], size_t *n, int *children)
{
	*n = 0;
	*children = 0;
	const size_t *whole = alias_find(a, c, cell, strlen(cell), children);
	if (whole)
		return category_add(*whole, out, n);
	for (const char *at = cell; *at;) {
		size_t length = strcspn(at, ";");
		const size_t *part = alias_find(a, c, at, length, children);
		bool blank = strspn(at, " ") >= length;
		if (!blank && (!part || !category_add(*part, out, n)))
			return false;
		at += length + (at[length] == ';');
	}
	return *n > 0;
}
