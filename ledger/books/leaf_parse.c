/* Reading a leaf: every line in its place, then the text is written again and must be the same. */
#include "ledger/books/leaf.h"

#include <string.h>

#include "ledger/base/text.h"

/* The next line's value when its key is this one; else nothing is taken. */
static bool take(struct bytes *rest, const char *key, struct bytes *value)
{
	struct bytes next = *rest;
	struct bytes line;
	bool ended;
	size_t n = strlen(key);

	if (!bytes_line(&next, &line, &ended) || !ended || line.n < n + 1 || memcmp(line.at, key, n) != 0 ||
		line.at[n] != ' ')
		return false;
	*value = bytes_of(line.at + n + 1, line.n - n - 1);
	*rest = next;
	return true;
}

static bool take_count(struct bytes *rest, const char *key, int64_t *out)
{
	struct bytes value;
	uint64_t n;

	if (!take(rest, key, &value) || !text_u64(value, INT64_MAX, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

static bool take_text(struct arena *a, struct bytes *rest, const char *key, const char **out)
{
	struct bytes value;

	if (!take(rest, key, &value) || memchr(value.at, '\0', value.n) != NULL)
		return false;
	*out = arena_strndup(a, (const char *)value.at, value.n);
	return true;
}

static bool take_hash(struct bytes *rest, const char *key, struct hash *out)
{
	struct bytes value;

	return take(rest, key, &value) && hash_from_hex(value, out);
}

static bool take_actor(struct arena *a, struct bytes *rest, const char **out)
{
	CLEANUP(buf_free) struct buf plain;
	struct bytes value;

	buf_init(&plain, 1000);
	if (!take(rest, "actor", &value) || !percent_unescape(value, &plain))
		return false;
	if (memchr(buf_str(&plain), '\0', plain.n) != NULL)
		return false;
	*out = arena_strndup(a, buf_str(&plain), plain.n);
	return true;
}

/* "sha256:<hex>#<item>" */
static bool src_parse(struct bytes value, struct entry *e)
{
	uint64_t item;

	if (value.n < 73 || !bytes_starts(value, "sha256:") || value.at[71] != '#' ||
		!hash_from_hex(bytes_of(value.at + 7, 64), &e->src) ||
		!text_u64(bytes_of(value.at + 72, value.n - 72), INT64_MAX, &item))
		return false;
	e->has_src = true;
	e->src_item = (int64_t)item;
	return true;
}

/* "<account> <+|-><dong> VND" */
static bool leg_parse(struct arena *a, struct bytes value, struct leg *out)
{
	const uint8_t *space = memchr(value.at, ' ', value.n);
	size_t account = space != NULL ? (size_t)(space - value.at) : 0;
	struct bytes amount;
	uint64_t dong;

	if (space == NULL || value.n - account < 7)
		return false;
	amount = bytes_of(space + 2, value.n - account - 2);
	if ((space[1] != '+' && space[1] != '-') || memcmp(amount.at + amount.n - 4, " VND", 4) != 0 ||
		!text_u64(bytes_of(amount.at, amount.n - 4), INT64_MAX, &dong) ||
		memchr(value.at, '\0', account) != NULL)
		return false;
	out->account = arena_strndup(a, (const char *)value.at, account);
	out->amount = vnd(space[1] == '-' ? -(int64_t)dong : (int64_t)dong);
	return true;
}

static bool take_legs(struct arena *a, struct bytes *rest, struct entry *e)
{
	struct bytes ahead = *rest;
	struct bytes value;
	struct leg *legs;
	size_t n = 0;

	while (take(&ahead, "p", &value))
		n++;
	if (n > LEAF_LEGS_MAX)
		return false;
	legs = arena_array(a, n, struct leg);
	for (size_t i = 0; i < n; i++)
		if (!take(rest, "p", &value) || !leg_parse(a, value, &legs[i]))
			return false;
	e->n_legs = n;
	e->legs = legs;
	return true;
}

/* From seq to src. NULL: all are there. */
static const char *take_head(struct arena *a, struct bytes *rest, struct leaf *leaf)
{
	struct entry *e = &leaf->entry;
	struct bytes value;

	if (!take_count(rest, "seq", &leaf->seq))
		return "seq";
	if (!take(rest, "kind", &value) || !leaf_kind_of(value, &e->kind))
		return "kind";
	if (!take_text(a, rest, "idem", &e->idem))
		return "idem";
	if (!take(rest, "effective", &value) || !day_parse(value, &e->effective))
		return "effective";
	if (!take(rest, "recorded", &value) || !instant_parse(value, &leaf->recorded_us))
		return "recorded";
	if (!take_actor(a, rest, &e->actor))
		return "actor";
	e->refs = "";
	(void)take_text(a, rest, "ref", &e->refs);
	if (take(rest, "src", &value) && !src_parse(value, e))
		return "src";
	e->reverses_one = take_count(rest, "reverses", &e->reverses);
	if (take(rest, "late", &value)) {
		if (!bytes_eq_z(value, "yes"))
			return "late";
		e->late = true;
	}
	return NULL;
}

static bool is_what_we_write(const struct leaf *leaf, struct bytes text)
{
	CLEANUP(buf_free) struct buf again;

	buf_init(&again, LEAF_MAX);
	leaf_text(leaf, &again);
	return buf_is(&again, text);
}

bool leaf_parse(struct arena *a, struct bytes text, struct leaf *out, struct why *why)
{
	static const char version[] = "chitra-ledger/v1\n";
	struct leaf leaf = {.seq = 0};
	struct bytes rest = text;
	const char *missing;

	if (text.n > LEAF_MAX)
		return why_set(why, "leaf_long", "a leaf has %zu bytes; at most %d fit", text.n, LEAF_MAX);
	if (!bytes_starts(text, version))
		return why_set(why, "leaf_version", "a leaf does not begin with chitra-ledger/v1");
	rest = bytes_of(text.at + sizeof(version) - 1, text.n - (sizeof(version) - 1));
	missing = take_head(a, &rest, &leaf);
	if (missing != NULL)
		return why_set(
			why, "leaf_line", "a leaf lacks its line \"%s\" or has a bad value in it", missing);
	if (!leaf_lines_take(leaf.entry.kind, &rest, &leaf.entry.lines, why))
		return false;
	leaf.entry.has_pii = take_hash(&rest, "pii", &leaf.entry.pii);
	if (!take_legs(a, &rest, &leaf.entry))
		return why_set(why, "leaf_legs", "a leaf has a posting that cannot be read");
	if (rest.n != 0)
		return why_set(why, "leaf_line", "a leaf has a line that does not belong there");
	leaf.entry.lines = bytes_of(
		arena_copy(a, leaf.entry.lines.at, leaf.entry.lines.n), leaf.entry.lines.n);
	if (!entry_check(&leaf.entry, why))
		return false;
	if (!is_what_we_write(&leaf, text))
		return why_set(why, "leaf_form", "a leaf is not written as the books write it");
	*out = leaf;
	return true;
}
