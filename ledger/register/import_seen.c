#include "ledger/register/import_seen.h"

#include <stdlib.h>

void seen_free(struct seen *s)
{
	free(s->at);
	*s = (struct seen){0};
}

/* Ids stand close together: unmixed, they would be one long run of full places. */
static size_t first_place(const struct seen *s, int64_t person, uint16_t payment)
{
	uint64_t mixed = ((uint64_t)person << 10 ^ payment) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(mixed >> 32) & (s->size - 1);
}

static struct seen_row *place(const struct seen *s, int64_t person, uint16_t payment)
{
	for (size_t i = first_place(s, person, payment);; i = (i + 1) & (s->size - 1)) {
		struct seen_row *at = &s->at[i];
		if (at->person == 0 || (at->person == person && at->payment == payment))
			return at;
	}
}

static void grow(struct seen *s)
{
	struct seen more = {.n = s->n, .size = s->size ? 2 * s->size : 4096};
	more.at = calloc(more.size, sizeof *more.at);
	bug_if(!more.at);
	for (size_t i = 0; i < s->size; i++)
		if (s->at[i].person != 0)
			*place(&more, s->at[i].person, s->at[i].payment) = s->at[i];
	free(s->at);
	*s = more;
}

const struct seen_row *seen_find(const struct seen *s, int64_t person, uint16_t payment)
{
	if (s->size == 0)
		return NULL;
	const struct seen_row *at = place(s, person, payment);
	return at->person == 0 ? NULL : at;
}

void seen_add(struct seen *s, const struct seen_row *row)
{
	if (2 * (s->n + 1) > s->size)
		grow(s);
	struct seen_row *at = place(s, row->person, row->payment);
	if (at->person != 0)
		return;
	*at = *row;
	s->n++;
}
