#include "ledger/register/import_seen.h"

#include <stdlib.h>

#include "ledger/base/result.h"

#define PEOPLE 1024 /* of one page */

struct seen_page {
	int64_t people; /* their ids, divided by PEOPLE */
	uint16_t payment;
	int32_t row[PEOPLE];
};

void seen_free(struct seen *s)
{
	for (size_t i = 0; i < s->size; i++)
		free(s->at[i]);
	free(s->at);
	*s = (struct seen){0};
}

/* Where the page is, or would be. */
static struct seen_page **place(const struct seen *s, int64_t people, uint16_t payment)
{
	uint64_t mixed = ((uint64_t)people << 10 ^ payment) * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = (size_t)(mixed >> 32);; i++) {
		struct seen_page **at = &s->at[i & (s->size - 1)];
		if (!*at || ((*at)->people == people && (*at)->payment == payment))
			return at;
	}
}

static void grow(struct seen *s)
{
	struct seen more = {.n = s->n, .size = s->size ? 2 * s->size : 64};
	more.at = calloc(more.size, sizeof *more.at);
	bug_if(!more.at);
	for (size_t i = 0; i < s->size; i++)
		if (s->at[i])
			*place(&more, s->at[i]->people, s->at[i]->payment) = s->at[i];
	free(s->at);
	*s = more;
}

int32_t seen_row(const struct seen *s, int64_t person, uint16_t payment)
{
	if (s->size == 0)
		return 0;
	const struct seen_page *page = *place(s, person / PEOPLE, payment);
	return page ? page->row[person % PEOPLE] : 0;
}

void seen_add(struct seen *s, int64_t person, uint16_t payment, int32_t row)
{
	if (2 * (s->n + 1) > s->size)
		grow(s);
	struct seen_page **page = place(s, person / PEOPLE, payment);
	if (!*page) {
		*page = calloc(1, sizeof **page);
		bug_if(!*page);
		(*page)->people = person / PEOPLE;
		(*page)->payment = payment;
		s->n++;
	}
	if ((*page)->row[person % PEOPLE] == 0)
		(*page)->row[person % PEOPLE] = row;
}
