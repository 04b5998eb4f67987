#include "ledger/books/leaf.h"

#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/chart.h"

static const char version[] = "chitra-ledger/v1\n";

/* ---- checking ------------------------------------------------------------------------------------------------ */

static bool idem_fits(struct bytes idem)
{
	if (idem.n < 1 || idem.n > LEAF_IDEM_MAX)
		return false;
	for (size_t i = 0; i < idem.n; i++) {
		uint8_t c = idem.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (i == 0 || (c != '.' && c != '_' && c != '-')))
			return false;
	}
	return true;
}

/* "duty:scribe": a word, a colon, and something. */
static bool actor_fits(struct bytes actor)
{
	size_t n = 0;

	while (n < actor.n && actor.at[n] >= 'a' && actor.at[n] <= 'z')
		n++;
	return n > 0 && n + 1 < actor.n && actor.at[n] == ':' && actor.n <= 200 && utf8_valid(actor);
}

/* "payout:123 batch:4": graphic ASCII but '%', one space between, each with a colon after its first word. */
static bool refs_fit(struct bytes refs)
{
	size_t word = 0;    /* bytes of the reference so far */
	bool colon = false; /* and whether it has something before its colon */

	if (refs.n > 1000)
		return false;
	for (size_t i = 0; i < refs.n; i++) {
		uint8_t c = refs.at[i];

		if (c == ' ') {
			if (!colon || refs.at[i - 1] == ':')
				return false;
			word = 0;
			colon = false;
			continue;
		}
		if (c < 0x21 || c > 0x7e || c == '%' || (c == ':' && word == 0))
			return false;
		colon = colon || c == ':';
		word++;
	}
	return refs.n == 0 || (colon && refs.at[refs.n - 1] != ':');
}

static bool check_legs(const struct entry *e, struct why *why)
{
	struct vnd sum = vnd(0);
	enum leaf_legs wanted = leaf_kind_legs(e->kind);
	enum account family;

	if (e->n_legs == 1 || e->n_legs > LEAF_LEGS_MAX)
		return why_set(why, "leaf_legs", "%s has %zu postings", e->idem, e->n_legs);
	if ((wanted == LEGS_MUST && e->n_legs == 0) || (wanted == LEGS_NONE && e->n_legs != 0))
		return why_set(why, "leaf_legs", "%s has %zu postings, which is not for %s", e->idem,
			e->n_legs, leaf_kind_name(e->kind));
	for (size_t i = 0; i < e->n_legs; i++) {
		if (!account_parse(bytes_z(e->legs[i].account), &family))
			return why_set(why, "leaf_account",
				"%s posts to %.100s, which is not an account of the chart", e->idem,
				e->legs[i].account);
		if (vnd_is_zero(e->legs[i].amount))
			return why_set(why, "leaf_legs", "%s has a posting of 0", e->idem);
		if (!vnd_add(sum, e->legs[i].amount, &sum))
			return why_set(why, "leaf_unbalanced", "the postings of %s are too large to add up",
				e->idem);
	}
	if (!vnd_is_zero(sum))
		return why_set(why, "leaf_unbalanced", "the postings of %s add up to %lld and not to 0",
			e->idem, (long long)vnd_dong(sum));
	return true;
}

bool entry_check(const struct entry *e, struct why *why)
{
	struct bytes rest = e->lines;
	struct bytes lines;

	if (!idem_fits(bytes_z(e->idem)))
		return why_set(why, "leaf_idem", "a ledger key has another form than a-z 0-9 . _ -");
	if (!actor_fits(bytes_z(e->actor)))
		return why_set(why, "leaf_actor", "the actor of %s has another form than word:name", e->idem);
	if (!refs_fit(bytes_z(e->refs)))
		return why_set(why, "leaf_ref", "a reference of %s has another form than word:id", e->idem);
	if (e->has_src && e->src_item < 0)
		return why_set(why, "leaf_src", "the item of %s is negative", e->idem);
	if (e->reverses_one && e->reverses < 0)
		return why_set(why, "leaf_reverses", "%s takes back a negative number", e->idem);
	if (e->reverses_one != (e->kind == LEAF_REVERSAL))
		return why_set(why, "leaf_reverses",
			"a reversal, and nothing else, takes a transaction back: %s", e->idem);
	if (!leaf_lines_take(e->kind, &rest, &lines, why))
		return false;
	if (rest.n != 0)
		return why_set(why, "leaf_line", "%s has lines that are not of its kind", e->idem);
	return check_legs(e, why);
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *key, const char *value)
{
	buf_add_z(out, key);
	buf_add(out, " ", 1);
	buf_add_z(out, value);
	buf_add(out, "\n", 1);
}

static void put_count(struct buf *out, const char *key, int64_t n)
{
	char text[VND_TEXT_SIZE];

	put_line(out, key, vnd_format(vnd(n), text));
}

static void put_hash(struct buf *out, const char *key, const struct hash *h)
{
	char hex[HASH_HEX_SIZE];

	put_line(out, key, hash_hex(h, hex));
}

static void put_kind_idem_effective(const struct entry *e, struct buf *out)
{
	char day[DAY_TEXT_SIZE];

	put_line(out, "kind", leaf_kind_name(e->kind));
	put_line(out, "idem", e->idem);
	put_line(out, "effective", day_format(e->effective, day));
}

/* Whoever recorded it and on which evidence: not part of what it means. */
static void put_witnesses(const struct leaf *leaf, struct buf *out)
{
	const struct entry *e = &leaf->entry;
	char text[INSTANT_TEXT_SIZE];

	put_line(out, "recorded", instant_format(leaf->recorded_us, text));
	buf_add_z(out, "actor ");
	percent_escape(bytes_z(e->actor), out);
	buf_add(out, "\n", 1);
	if (e->refs[0] != '\0')
		put_line(out, "ref", e->refs);
	if (e->has_src) {
		char hex[HASH_HEX_SIZE];
		char item[VND_TEXT_SIZE];

		buf_add_z(out, "src sha256:");
		buf_add_z(out, hash_hex(&e->src, hex));
		buf_add(out, "#", 1);
		buf_add_z(out, vnd_format(vnd(e->src_item), item));
		buf_add(out, "\n", 1);
	}
}

static void put_leg(const struct leg *leg, struct buf *out)
{
	char text[VND_TEXT_SIZE];

	buf_add(out, "p ", 2);
	buf_add_z(out, leg->account);
	buf_add_z(out, vnd_is_negative(leg->amount) ? " " : " +");
	buf_add_z(out, vnd_format(leg->amount, text));
	buf_add_z(out, " VND\n");
}

static void put_rest(const struct entry *e, struct buf *out)
{
	buf_add_bytes(out, e->lines);
	if (e->has_pii)
		put_hash(out, "pii", &e->pii);
	for (size_t i = 0; i < e->n_legs; i++)
		put_leg(&e->legs[i], out);
}

void leaf_text(const struct leaf *leaf, struct buf *out)
{
	const struct entry *e = &leaf->entry;

	buf_add(out, version, sizeof(version) - 1);
	put_count(out, "seq", leaf->seq);
	put_kind_idem_effective(e, out);
	put_witnesses(leaf, out);
	if (e->reverses_one)
		put_count(out, "reverses", e->reverses);
	if (e->late)
		put_line(out, "late", "yes");
	put_rest(e, out);
}

/* A statement that is fetched again says the same in other bytes: what they hash to is evidence. */
static struct bytes without_root(struct bytes lines, struct buf *out)
{
	struct bytes line;
	bool ended;

	while (lines.n > 0 && bytes_line(&lines, &line, &ended))
		if (!bytes_starts(line, "root ")) {
			buf_add(out, line.at, line.n);
			buf_add(out, "\n", 1);
		}
	return buf_bytes(out);
}

struct hash entry_meaning(const struct entry *e, struct buf *scratch)
{
	CLEANUP(buf_free) struct buf lines = {.max = LEAF_MAX};
	struct entry file;

	if (e->kind == LEAF_STATEMENT_FILE) {
		file = *e;
		file.lines = without_root(e->lines, &lines);
		e = &file;
	}
	buf_reset(scratch);
	buf_add(scratch, version, sizeof(version) - 1);
	put_kind_idem_effective(e, scratch);
	if (e->reverses_one)
		put_count(scratch, "reverses", e->reverses);
	put_rest(e, scratch);
	bug_if(!buf_ok(scratch));
	return sha256(buf_bytes(scratch));
}

struct hash leaf_commitment(const struct key32 *salt, struct bytes text)
{
	struct sha256_run *run = sha256_begin();

	sha256_add(run, bytes_z("chitra-pii/v1\n"));
	sha256_add(run, bytes_of(salt->b, sizeof(salt->b)));
	sha256_add(run, text);
	return sha256_end(run);
}
