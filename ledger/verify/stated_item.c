#include "ledger/verify/stated_item.h"

#include <stdio.h>
#include <string.h>

struct said item_said(const struct item *i)
{
	struct said s = {.n = 0};

	say_text(&s, text_z(i->debit ? "debit" : "credit"));
	say_number(&s, i->amount);
	if (i->id.n > 0)
		say_text(&s, i->id);
	else
		say_number(&s, i->part);
	say_text(&s, i->entry);
	return s;
}

/* l<funding account>.<day>.<32 digits>[.<part>] */
static int64_t part_of(const struct leaf *l)
{
	struct text rest = l->idem;
	size_t head = strlen("l") + leaf_value(l, "funding-account").n + strlen(".2024-04-03.") + 32;
	int64_t part;

	if (rest.n <= head)
		return 0;
	rest.at += head;
	rest.n -= head;
	return text_skip(&rest, ".") && text_count(rest, &part) ? part : 0;
}

/* "list:<digits>%20row:7"; n = 0: it names none. */
static struct text list_of(struct text entry)
{
	struct text digits;

	if (!text_skip(&entry, "list:") || !text_until(&entry, '%', &digits) || !text_word(digits))
		return text_z("");
	return digits;
}

bool leaf_item(const struct leaf *l, char name[SHEET_NAME], struct item *i)
{
	*i = (struct item){.entry = leaf_value(l, "entry")};
	for (size_t k = 0; k < l->n_legs && i->entry.n > 0; k++) {
		const struct leg *g = &l->legs[k];

		if (text_is(g->family, "assets:bank"))
			(void)snprintf(name, SHEET_NAME, "statement/%.*s/%.*s", TEXT(g->parts[0]),
				TEXT(l->effective));
		else if (text_is(g->family, "assets:agent") &&
			 strcmp(leaf_kind_name(l), "payout.settled") == 0)
			(void)snprintf(name, SHEET_NAME, NO_LIST "%.*s", TEXT(list_of(i->entry)));
		else
			continue;
		i->debit = g->amount < 0;
		i->amount = g->amount < 0 ? -g->amount : g->amount;
		i->id = leaf_value(l, "id");
		i->part = i->id.n == 0 ? part_of(l) : 0;
		return true;
	}
	return false;
}
