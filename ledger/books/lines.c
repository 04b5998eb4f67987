#include "ledger/books/lines.h"

#include <string.h>

#include "ledger/base/text.h"

/* ---- writing lines ------------------------------------------------------------------------------------------- */

void lines_code(struct buf *to, const char *key, const char *value)
{
	buf_add_z(to, key);
	buf_add(to, " ", 1);
	buf_add_z(to, value);
	buf_add(to, "\n", 1);
}

void lines_count(struct buf *to, const char *key, int64_t n)
{
	char text[VND_TEXT_SIZE];

	bug_if(n < 0);
	lines_code(to, key, vnd_format(vnd(n), text));
}

void lines_dong(struct buf *to, const char *key, struct vnd v)
{
	char text[VND_TEXT_SIZE];

	buf_add_z(to, key);
	buf_add(to, " ", 1);
	buf_add_z(to, vnd_format(v, text));
	buf_add_z(to, " VND\n");
}

void lines_hash(struct buf *to, const char *key, const struct hash *h)
{
	char hex[HASH_HEX_SIZE];

	lines_code(to, key, hash_hex(h, hex));
}

void lines_key(struct buf *to, const char *key, const struct verify_key *k)
{
	char hex[HASH_HEX_SIZE];

	hex_encode(k->b, sizeof(k->b), hex);
	lines_code(to, key, hex);
}

void lines_text(struct buf *to, const char *key, const char *value)
{
	buf_add_z(to, key);
	buf_add(to, " ", 1);
	percent_escape(bytes_z(value), to);
	buf_add(to, "\n", 1);
}

void lines_text_if(struct buf *to, const char *key, const char *value)
{
	if (value != NULL)
		lines_text(to, key, value);
}

void lines_day(struct buf *to, const char *key, struct day d)
{
	char text[DAY_TEXT_SIZE];

	lines_code(to, key, day_format(d, text));
}

void lines_month(struct buf *to, const char *key, struct month m)
{
	char text[MONTH_TEXT_SIZE];

	lines_code(to, key, month_format(m, text));
}

void lines_yes_no(struct buf *to, const char *key, bool yes)
{
	lines_code(to, key, yes ? "yes" : "no");
}

void lines_officers(struct buf *to, const char *const officers[2])
{
	lines_code(to, "officer", officers[0]);
	lines_code(to, "officer", officers[1]);
}

/* ---- beginning and ending an entry --------------------------------------------------------------------------- */

struct entry entry_told(struct arena *a, const struct told_by *by, enum leaf_kind kind, struct buf *lines)
{
	bug_if(!buf_ok(lines));
	return (struct entry){
		.kind = kind,
		.effective = by->effective,
		.actor = by->actor,
		.refs = "",
		.has_src = by->src != NULL,
		.src = by->src != NULL ? *by->src : (struct hash){.b = {0}},
		.src_item = by->src != NULL ? by->src_item : 0,
		.late = by->late,
		.lines = buf_copy(lines, a),
	};
}

void bind_person(struct entry *e, const struct hash *pii)
{
	e->has_pii = pii != NULL;
	if (pii != NULL)
		e->pii = *pii;
}

/* "p" 123 ".settled" without printf: there are millions of them. */
const char *entry_key(struct arena *a, const char *letter, int64_t id, const char *end)
{
	char n[VND_TEXT_SIZE];
	size_t first = strlen(letter);
	size_t digits = strlen(vnd_format(vnd(id), n));
	size_t last = strlen(end);
	char *key = arena_alloc(a, first + digits + last + 1);

	memcpy(key, letter, first);
	memcpy(key + first, n, digits);
	memcpy(key + first + digits, end, last + 1);
	return key;
}
