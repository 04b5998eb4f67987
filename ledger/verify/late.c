#include "ledger/verify/late.h"

#include <stdio.h>
#include <string.h>

#include "ledger/verify/books.h"

struct place {
	struct table_key key;
	char agency[65];
};
struct closed {
	struct table_key key;
	int32_t month;
};

struct lateness late_begin(void)
{
	return (struct lateness){.places = TABLE(struct place), .closed = TABLE(struct closed)};
}

void late_free(struct lateness *s)
{
	table_free(&s->places);
	table_free(&s->closed);
}

/* ---- whose what is ----------------------------------------------------------------------------------------------- */

static void place_is(struct lateness *s, const char *kind, struct text place, struct text agency)
{
	char name[96];
	int n = snprintf(name, sizeof name, "%s %.*s", kind, TEXT(place));
	struct place *at;
	bool made;

	if (place.n == 0 || agency.n == 0 || n >= (int)sizeof name)
		return;
	at = table_row(&s->places, (struct text){.at = name, .n = (size_t)n}, &made);
	if (made)
		(void)snprintf(at->agency, sizeof at->agency, "%.*s", TEXT(agency));
}

static struct text place_of(const struct lateness *s, const char *kind, struct text place)
{
	char name[96];
	int n = snprintf(name, sizeof name, "%s %.*s", kind, TEXT(place));
	const struct place *at = n < (int)sizeof name
					 ? table_find(&s->places, (struct text){.at = name, .n = (size_t)n})
					 : NULL;

	return at != NULL ? text_z(at->agency) : (struct text){.n = 0};
}

struct text late_agency(const struct lateness *s, struct text account)
{
	struct text rest = account, side, family, one;

	if (!text_until(&rest, ':', &side) || !text_until(&rest, ':', &family))
		return (struct text){.n = 0};
	if (text_until(&rest, ':', &one))
		return one;
	return place_of(s, text_is(family, "agent") ? "channel" : "fund", rest);
}

void late_account_is(struct lateness *s, struct text account, struct text agency)
{
	struct text rest = account, side, family, one;

	if (text_until(&rest, ':', &side) && text_until(&rest, ':', &family) && !text_until(&rest, ':', &one))
		place_is(s, text_is(family, "agent") ? "channel" : "fund", rest, agency);
}

void late_learn(struct lateness *s, const struct leaf *l)
{
	const char *kind = leaf_kind_name(l);
	struct text fund = leaf_value(l, "funding-account");

	if (strcmp(kind, "batch.released") == 0)
		place_is(s, "fund", fund, leaf_value(l, "agency"));
	if (strcmp(kind, "agent.advanced") == 0 || strcmp(kind, "dispatch.sent") == 0)
		place_is(s, "channel", leaf_value(l, "channel"), place_of(s, "fund", fund));
}

/* ---- what was closed --------------------------------------------------------------------------------------------- */

void late_close(struct lateness *s, const struct leaf *l)
{
	struct closed *c;
	bool made;

	if (strcmp(leaf_kind_name(l), "close") != 0)
		return;
	c = table_row(&s->closed, leaf_value(l, "agency"), &made);
	c->month = month_of(leaf_value(l, "period"));
}

int32_t late_closed(const struct lateness *s, struct text agency)
{
	const struct closed *c = agency.n > 0 ? table_find(&s->closed, agency) : NULL;

	return c != NULL ? c->month : 0;
}

static void newest_of(const struct lateness *s, struct text agency, int32_t *newest, bool *known)
{
	int32_t month = late_closed(s, agency);

	*known = *known && agency.n > 0;
	if (month > *newest)
		*newest = month;
}

int32_t late_told_in(const struct lateness *s, const struct leaf *l, bool *known)
{
	struct text fund = leaf_value(l, "funding-account");
	int32_t newest = 0;

	*known = true;
	for (size_t i = 0; i < l->n_legs; i++)
		newest_of(s, late_agency(s, l->legs[i].account), &newest, known);
	if (l->n_legs == 0 && fund.n > 0)
		newest_of(s, place_of(s, "fund", fund), &newest, known);
	return newest > 0 && newest >= month_of(l->effective) ? newest + 1 : 0;
}
