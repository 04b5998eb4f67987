#include "ledger/register/ended_file.h"

#include <inttypes.h>

#include "ledger/base/text.h"

bool ended_keep(const struct decided_archive *archive, const struct ended *e, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	char hash[HASH_HEX_SIZE], day[DAY_TEXT_SIZE];
	const char *text = arena_printf(a,
		"chitra-ended/v1\naccount %s\nat %" PRId64 "\nfrom %s\nofficer %s\nofficer %s\n",
		hash_hex(&e->account, hash), e->at_us, day_format(e->from, day), e->officers[0],
		e->officers[1]);
	return decided_keep(
		archive, "ended", arena_printf(a, "%s.%" PRId64, hash, e->at_us), bytes_z(text), why);
}

static bool parse(struct arena *a, struct bytes text, struct ended *out)
{
	struct bytes none, account, at, from, who[2];
	uint64_t us;
	if (!decided_line(&text, "chitra-ended/v1", &none) || none.n != 0 ||
		!decided_line(&text, "account ", &account) || !decided_line(&text, "at ", &at) ||
		!decided_line(&text, "from ", &from) || !decided_line(&text, "officer ", &who[0]) ||
		!decided_line(&text, "officer ", &who[1]) || text.n != 0)
		return false;
	if (!hex_decode((const char *)account.at, account.n, out->account.b, sizeof out->account.b) ||
		!text_u64(at, INT64_MAX, &us) || !day_parse(from, &out->from))
		return false;
	out->at_us = (int64_t)us;
	for (size_t i = 0; i < COUNT_OF(who); i++)
		out->officers[i] = arena_strndup(a, (const char *)who[i].at, who[i].n);
	return true;
}

static bool take(void *to, struct arena *a, struct bytes text)
{
	struct endeds *all = to;
	if (all->n == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		all->at = arena_regrow(a, all->at, all->n, room, sizeof *all->at);
		all->room = room;
	}
	return parse(a, text, &all->at[all->n++]);
}

bool ended_read(const struct decided_archive *archive, struct arena *a, struct endeds *out, struct why *why)
{
	struct endeds all = {0};
	if (!decided_read(archive, "ended", a, take, &all, why))
		return false;
	*out = all;
	return true;
}
