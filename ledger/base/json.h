/* json.h: JSON in through jansson with a tight fist, JSON out as a stream into a buffer.
 *
 * The reader refuses what two programs could read in two ways: duplicate keys, NUL in strings, bad UTF-8, depth over 32, more
 * than the given maximum of bytes. Getters say what they want and refuse the rest; a real number is never an integer and never
 * an amount. Refusals name the place, never the content. */
#ifndef LEDGER_BASE_JSON_H
#define LEDGER_BASE_JSON_H

#include "ledger/base/bytes.h"
#include "ledger/base/day.h"
#include "ledger/base/money.h"
#include "ledger/base/why.h"

#define JSON_DEPTH_MAX 32

struct json; /* a value; those inside a document live as long as the document */

void json_free(struct json *doc);
void json_drop(struct json **doc); /* for CLEANUP */

/* NULL with why: json_too_large, json_too_deep, json_duplicate_key, json_malformed. The document is an object or an array. */
struct json *json_read(struct bytes text, size_t max, struct why *why) FREED_BY(json_free) WARN_UNUSED;

bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);

/* Members of an object. Each must be there and have the type. False with why: json_missing, json_type (and json_amount, json_day).
 * With _opt an absent or null member gives true and leaves *out as the caller set it. Texts live as long as the document. */
bool json_str(const struct json *obj, const char *key, const char **out, struct why *why) WARN_UNUSED;
bool json_str_opt(const struct json *obj, const char *key, const char **out, struct why *why) WARN_UNUSED;
bool json_i64(const struct json *obj, const char *key, int64_t *out, struct why *why) WARN_UNUSED;
bool json_i64_opt(const struct json *obj, const char *key, int64_t *out, struct why *why) WARN_UNUSED;
bool json_bool(const struct json *obj, const char *key, bool *out, struct why *why) WARN_UNUSED;
bool json_bool_opt(const struct json *obj, const char *key, bool *out, struct why *why) WARN_UNUSED;
bool json_vnd(const struct json *obj, const char *key, struct vnd *out,
	struct why *why) WARN_UNUSED; /* integer, or its exact decimal text */
bool json_day(const struct json *obj, const char *key, struct day *out, struct why *why) WARN_UNUSED;
bool json_obj(const struct json *obj, const char *key, const struct json **out, struct why *why) WARN_UNUSED;
bool json_arr(const struct json *obj, const char *key, const struct json **out, struct why *why) WARN_UNUSED;
bool json_arr_opt(
	const struct json *obj, const char *key, const struct json **out, struct why *why) WARN_UNUSED;
bool json_has(const struct json *obj, const char *key) WARN_UNUSED; /* there and not null */

/* Refuses (json_unknown_key) any member that is not among the n keys. */
bool json_only(const struct json *obj, const char *const *keys, size_t n, struct why *why) WARN_UNUSED;

/* Elements of an array; i < json_n or bug(). The value as text or integer: NULL or false when it is not one. */
size_t json_n(const struct json *arr);
const struct json *json_at(const struct json *arr, size_t i);
const char *json_as_str(const struct json *v);
bool json_as_i64(const struct json *v, int64_t *out) WARN_UNUSED;

/* The writer: open, put, close; commas and escapes are its business. key is NULL inside an array and at the top, and a text
 * inside an object, or bug(). Bytes that are not UTF-8 come out as U+FFFD. Ask json_written() and buf_ok() at the end. */
struct json_writer {
	struct buf *to;
	unsigned depth;
	bool some[JSON_DEPTH_MAX + 1]; /* has this level an element already? */
	bool array[JSON_DEPTH_MAX + 1];
};

void json_write(struct json_writer *w, struct buf *to);
void json_open_object(struct json_writer *w, const char *key);
void json_open_array(struct json_writer *w, const char *key);
void json_close(struct json_writer *w);
void json_put_str(struct json_writer *w, const char *key, const char *z); /* NULL writes null */
void json_put_bytes(struct json_writer *w, const char *key, struct bytes text);
void json_put_i64(struct json_writer *w, const char *key, int64_t v);
void json_put_vnd(struct json_writer *w, const char *key, struct vnd v);
void json_put_bool(struct json_writer *w, const char *key, bool v);
void json_put_null(struct json_writer *w, const char *key);
void json_put_day(struct json_writer *w, const char *key, struct day d);
void json_put_instant(struct json_writer *w, const char *key, int64_t us);
void json_put_hex(struct json_writer *w, const char *key, struct bytes b);
bool json_written(const struct json_writer *w) WARN_UNUSED; /* everything that was opened is closed */

#endif
