#include "ledger/books/lines.h"

#include <string.h>

#include "ledger/base/text.h"

/* ---- writing lines ------------------------------------------------------------------------------------------- */

void line(struct buf *to, const char *key, const char *value)
{
	buf_add_z(to, key);
	buf_add(to, " ", 1);
	buf_add_z(to, value);
	buf_add(to, "\n", 1);
}

void line_count(struct buf *to, const char *key, int64_t n)
{
	char text[VND_TEXT_SIZE];

	bug_if(n < 0);
	line(to, key, vnd_format(vnd(n), text));
}

void line_dong(struct buf *to, const char *key, struct vnd v)
{
	char text[VND_TEXT_SIZE];

	buf_add_z(to, key);
	buf_add(to, " ", 1);
	buf_add_z(to, vnd_format(v, text));
	buf_add_z(to, " VND\n");
}

void line_hash(struct buf *to, const char *key, const struct hash *h)
{
	char hex[HASH_HEX_SIZE];

	line(to, key, hash_hex(h, hex));
}

void line_key(struct buf *to, const char *key, const struct verify_key *k)
{
	char hex[HASH_HEX_SIZE];

	hex_encode(k->b, sizeof(k->b), hex);
	line(to, key, hex);
}

void line_text(struct buf *to, const char *key, const char *value)
{
	buf_add_z(to, key);
	buf_add(to, " ", 1);
	percent_escape(bytes_z(value), to);
	buf_add(to, "\n", 1);
}

void line_text_if(struct buf *to, const char *key, const char *value)
{
	if (value != NULL)
		line_text(to, key, value);
}

void line_day(struct buf *to, const char *key, struct day d)
{
	char text[DAY_TEXT_SIZE];

	line(to, key, day_format(d, text));
}

void line_month(struct buf *to, const char *key, struct month m)
{
	char text[MONTH_TEXT_SIZE];

	line(to, key, month_format(m, text));
}

void line_yes_no(struct buf *to, const char *key, bool yes)
{
	line(to, key, yes ? "yes" : "no");
}

void line_officers(struct buf *to, const char *const officers[2])
{
	line(to, "officer", officers[0]);
	line(to, "officer", officers[1]);
}

/* ---- beginning and ending an entry --------------------------------------------------------------------------- */

/* A thread's buffer, whose memory is kept: a thousand entries in a row need no allocation but the arena's. */
struct buf *lines_begin(void)
{
	static _Thread_local struct buf lines;

	if (lines.max == 0)
		buf_init(&lines, LEAF_MAX);
	buf_reset(&lines);
	return &lines;
}

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
