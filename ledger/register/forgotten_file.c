#include "ledger/register/forgotten_file.h"

#include <inttypes.h>

#include "ledger/base/text.h"

bool forgotten_keep(const struct decided_archive *archive, const struct forgotten *f, struct why *why)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf text = BUF(DECISION_MAX);
	char anchor[2 * sizeof f->anchor.b + 1];
	hex_encode(f->anchor.b, sizeof f->anchor.b, anchor);
	buf_addf(&text,
		"chitra-forgotten/v1\nanchor %s\nat %" PRId64 "\nback %d\nofficer %s\nofficer %s\nnumber ",
		anchor, f->at_us, f->back, f->officers[0], f->officers[1]);
	percent_escape(bytes_z(f->number), &text);
	buf_add_z(&text, "\n");
	bug_if(!buf_ok(&text)); /* a number has at most 100 characters */
	return decided_keep(archive, "forgotten",
		arena_printf(a, "%s.%" PRId64 "%s", anchor, f->at_us, f->back ? ".back" : ""),
		buf_bytes(&text), why);
}

static bool parse(struct arena *a, struct bytes text, struct forgotten *out)
{
	CLEANUP(buf_free) struct buf number = BUF(DECISION_MAX);
	struct bytes none, anchor, at, back, who[2], escaped;
	uint64_t us, is_back;
	if (!decided_line(&text, "chitra-forgotten/v1", &none) || none.n != 0 ||
		!decided_line(&text, "anchor ", &anchor) || !decided_line(&text, "at ", &at) ||
		!decided_line(&text, "back ", &back) || !decided_line(&text, "officer ", &who[0]) ||
		!decided_line(&text, "officer ", &who[1]) || !decided_line(&text, "number ", &escaped) ||
		text.n != 0)
		return false;
	if (!hex_decode((const char *)anchor.at, anchor.n, out->anchor.b, sizeof out->anchor.b) ||
		!text_u64(at, INT64_MAX, &us) || !text_u64(back, 1, &is_back) ||
		!percent_unescape(escaped, &number) || !buf_ok(&number))
		return false;
	out->at_us = (int64_t)us;
	out->back = is_back == 1;
	out->number = arena_strndup(a, buf_str(&number), buf_bytes(&number).n);
	for (size_t i = 0; i < COUNT_OF(who); i++)
		out->officers[i] = arena_strndup(a, (const char *)who[i].at, who[i].n);
	return true;
}

static bool take(void *to, struct arena *a, struct bytes text)
{
	struct forgottens *all = to;
	if (all->n == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		all->at = arena_regrow(a, all->at, all->n, room, sizeof *all->at);
		all->room = room;
	}
	return parse(a, text, &all->at[all->n++]);
}

bool forgotten_read(
	const struct decided_archive *archive, struct arena *a, struct forgottens *out, struct why *why)
{
	struct forgottens all = {0};
	if (!decided_read(archive, "forgotten", a, take, &all, why))
		return false;
	*out = all;
	return true;
}
