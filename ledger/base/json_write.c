#include "ledger/base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"

void json_write(struct json_writer *w, struct buf *to)
{
	*w = (struct json_writer){.to = to};
}

static void add_escaped(struct buf *to, struct bytes text)
{
	size_t plain = 0; /* bytes before i that are not written yet */

	buf_add_z(to, "\"");
	for (size_t i = 0; i < text.n;) {
		uint8_t c = text.at[i];
		size_t n = utf8_character(bytes_of(text.at + i, text.n - i));

		if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
			i += n;
			continue;
		}
		buf_add(to, text.at + plain, i - plain);
		if (n == 0)
			buf_add_z(to, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buf_addf(to, "\\%c", c);
		else if (c == '\n')
			buf_add_z(to, "\\n");
		else
			buf_addf(to, "\\u%04x", c);
		plain = ++i;
	}
	if (plain < text.n)
		buf_add(to, text.at + plain, text.n - plain);
	buf_add_z(to, "\"");
}

/* What stands before a value: a comma, and in an object its key. */
static void before(struct json_writer *w, const char *key)
{
	bool in_object = w->depth > 0 && !w->array[w->depth];

	bug_if(in_object != (key != NULL) || (w->depth == 0 && w->some[0]));
	if (w->some[w->depth])
		buf_add_z(w->to, ",");
	w->some[w->depth] = true;
	if (key != NULL) {
		add_escaped(w->to, bytes_z(key));
		buf_add_z(w->to, ":");
	}
}

static void open(struct json_writer *w, const char *key, bool array)
{
	before(w, key);
	bug_if(w->depth == JSON_DEPTH_MAX);
	w->depth++;
	w->some[w->depth] = false;
	w->array[w->depth] = array;
	buf_add_z(w->to, array ? "[" : "{");
}

void json_open_object(struct json_writer *w, const char *key)
{
	open(w, key, false);
}

void json_open_array(struct json_writer *w, const char *key)
{
	open(w, key, true);
}

void json_close(struct json_writer *w)
{
	bug_if(w->depth == 0);
	buf_add_z(w->to, w->array[w->depth] ? "]" : "}");
	w->depth--;
}

void json_put_null(struct json_writer *w, const char *key)
{
	before(w, key);
	buf_add_z(w->to, "null");
}

void json_put_bytes(struct json_writer *w, const char *key, struct bytes text)
{
	before(w, key);
	add_escaped(w->to, text);
}

void json_put_str(struct json_writer *w, const char *key, const char *z)
{
	if (z == NULL)
		json_put_null(w, key);
	else
		json_put_bytes(w, key, bytes_z(z));
}

void json_put_i64(struct json_writer *w, const char *key, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, v);

	before(w, key);
	buf_add(w->to, text, (size_t)n);
}

void json_put_vnd(struct json_writer *w, const char *key, struct vnd v)
{
	json_put_i64(w, key, vnd_dong(v));
}

void json_put_bool(struct json_writer *w, const char *key, bool v)
{
	before(w, key);
	buf_add_z(w->to, v ? "true" : "false");
}

void json_put_day(struct json_writer *w, const char *key, struct day d)
{
	char text[DAY_TEXT_SIZE];

	json_put_str(w, key, day_format(d, text));
}

void json_put_instant(struct json_writer *w, const char *key, int64_t us)
{
	char text[INSTANT_TEXT_SIZE];

	json_put_str(w, key, instant_format(us, text));
}

void json_put_hex(struct json_writer *w, const char *key, struct bytes b)
{
	uint8_t *to;

	before(w, key);
	buf_add_z(w->to, "\"");
	to = buf_grow(w->to, 2 * b.n);
	if (to != NULL)
		hex_encode(b.at, b.n, (char *)to); /* the buffer keeps room for the NUL */
	buf_add_z(w->to, "\"");
}

bool json_written(const struct json_writer *w)
{
	return w->depth == 0 && w->some[0];
}
