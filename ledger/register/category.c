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

/* Decree 20/2021/ND-CP art. 6 (2): the single parent of art. 5 (4) who is also of art. 5 (5), (6) or (8) gets both. */
bool category_parent_adds(const char *code)
{
	return strncmp(code, "SA_ELDER_", 9) == 0 || strncmp(code, "SA_DISAB_", 9) == 0 ||
	       strcmp(code, "SA_HIV_POOR") == 0;
}

void category_alias_add(struct categories *c, const char *alias, size_t category)
{
	bool is_new;
	map_put(&c->aliases, bytes_z(reading_fold(c->aliases.arena, alias)), category, &is_new);
}

static const size_t *alias_find(struct arena *a, const struct categories *c, const char *text, size_t n)
{
	while (n > 0 && (*text == ' ' || text[n - 1] == ' ' || text[n - 1] == '.')) {
		size_t front = *text == ' ';
		text += front;
		n--;
	}
	const char *folded = reading_fold(a, arena_strndup(a, text, n));
	return *folded ? map_get(&c->aliases, bytes_z(folded)) : NULL;
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
	size_t out[static CATEGORIES_OF_ONE], size_t *n)
{
	const size_t *whole = alias_find(a, c, cell, strlen(cell));
	*n = 0;
	if (whole)
		return category_add(*whole, out, n);
	for (const char *at = cell; *at;) {
		size_t length = strcspn(at, ";");
		const size_t *part = alias_find(a, c, at, length);
		bool blank = strspn(at, " ") >= length;
		if (!blank && (!part || !category_add(*part, out, n)))
			return false;
		at += length + (at[length] == ';');
	}
	return *n > 0;
}
