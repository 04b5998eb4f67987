#include "ledger/register/rate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rate_basis_parse(const char *text, enum rate_basis *out)
{
	static const char *const names[] = {"table", "standard", "coefficient", "injury_table", "fixed"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*out = (enum rate_basis)i;
		return true;
	}
	return false;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_key(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;
	int c = strcmp(x->code, y->code);
	if (c == 0)
		c = (x->injury_pct > y->injury_pct) - (x->injury_pct < y->injury_pct);
	if (c == 0)
		c = compare_text(x->province, y->province);
	return c ? c : day_cmp(x->effective_from, y->effective_from);
}

struct key {
	char text[80];
};

static struct bytes key_of(struct key *k, const char *code, int injury_pct)
{
	int n = snprintf(k->text, sizeof k->text, "%s/%d", code, injury_pct);
	bug_if(n < 0 || (size_t)n >= sizeof k->text);
	return bytes_of(k->text, (size_t)n);
}

void rates_index(struct rates *r)
{
	bool is_new;
	qsort(r->at, r->n, sizeof *r->at, by_key);
	map_begin(&r->by_key, r->arena);
	for (size_t i = 0; i < r->n; i++) {
		struct key k = {""};
		map_put(&r->by_key, key_of(&k, r->at[i].code, r->at[i].injury_pct), i, &is_new);
	}
}

static bool same_key(const struct rate *a, const struct rate *b)
{
	return strcmp(a->code, b->code) == 0 && a->injury_pct == b->injury_pct &&
	       compare_text(a->province, b->province) == 0;
}

static bool was_known(const struct rate *r, struct day day)
{
	return day_cmp(r->in_force_from, day) <= 0 && day_cmp(r->recorded, day) <= 0;
}

/* Of the rows of one key and province, from `first` on. Rows that nobody knew are not there. */
static const struct rate *known_from(const struct rates *r, size_t first, const struct rate_asked *asked)
{
	struct day month = month_first(asked->month);
	const struct rate *found = NULL;
	bool followed = false; /* by any row at all, known or not */
	for (size_t i = first; i < r->n && same_key(&r->at[i], &r->at[first]); i++) {
		const struct rate *at = &r->at[i];
		if (found)
			followed = true;
		if (was_known(at, asked->known_on) && day_cmp(at->effective_from, month) <= 0) {
			found = at;
			followed = false;
		}
	}
	if (!found || !found->ends || day_cmp(month, found->effective_to) <= 0)
		return found;
	/* It ended before the month. The row that follows counts from later than the month or was not known, or it would be found. */
	if (!followed)
		return NULL;
	return was_known(found + 1, asked->known_on) ? NULL : found;
}

const struct rate *rate_known(const struct rates *r, const struct rate_asked *asked)
{
	struct key k = {""};
	const size_t *first = map_get(&r->by_key, key_of(&k, asked->code, asked->injury_pct));
	const struct rate *best = NULL;
	if (!first)
		return NULL;
	for (size_t i = *first; i < r->n && strcmp(r->at[i].code, asked->code) == 0 &&
				r->at[i].injury_pct == asked->injury_pct;) {
		const struct rate *at = &r->at[i];
		bool own = at->province && asked->province && strcmp(at->province, asked->province) == 0;
		const struct rate *found = own || !at->province ? known_from(r, i, asked) : NULL;
		if (found && (!best || vnd_cmp(found->amount, best->amount) > 0))
			best = found;
		while (i < r->n && same_key(&r->at[i], at))
			i++;
	}
	return best;
}

bool rate_amount(const struct rates *r, const struct rate *rate, const struct rate_asked *asked,
	struct vnd *out, const struct rate **standard)
{
	*standard = NULL;
	if (rate->basis != RATE_COEFFICIENT || !rate->standard_code) {
		*out = rate->amount;
		return true;
	}
	struct rate_asked of_standard = *asked;
	of_standard.code = rate->standard_code;
	of_standard.injury_pct = 0;
	*standard = rate_known(r, &of_standard);
	if (!*standard || !(*standard)->province || rate->province) {
		*out = rate->amount;
		return true;
	}
	return vnd_times((*standard)->amount, rate->coefficient_hundredths, 100, out);
}
