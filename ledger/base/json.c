#include "ledger/base/json.h"

#include <string.h>

#include <jansson.h>

/* jansson's macros of these names would take the place of our functions. */
#undef json_is_object
#undef json_is_array

/* Our opaque value is jansson's under another name; nobody else includes its header. */
static const json_t *inner(const struct json *v)
{
	return (const json_t *)v;
}

static const struct json *outer(const json_t *v)
{
	return (const struct json *)v;
}

/* jansson itself goes 2,048 deep; brackets in strings do not count. Malformed text is left to jansson. */
static bool too_deep(struct bytes text)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.at[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

struct json *json_read(struct bytes text, size_t max, struct why *why)
{
	json_error_t error;
	json_t *doc;

	if (text.n > max) {
		why_set(why, "json_too_large", "the JSON text has %zu bytes, at most %zu are allowed", text.n,
			max);
		return NULL;
	}
	if (too_deep(text)) {
		why_set(why, "json_too_deep", "the JSON text is nested deeper than %d", JSON_DEPTH_MAX);
		return NULL;
	}
	doc = json_loadb(text.n == 0 ? "" : (const char *)text.at, text.n, JSON_REJECT_DUPLICATES, &error);
	if (doc != NULL)
		return (struct json *)doc;
	/* error.text quotes the content, which may be a person's; the place is enough. */
	if (json_error_code(&error) == json_error_duplicate_key)
		why_set(why, "json_duplicate_key", "line %d, column %d: an object has the same key twice",
			error.line, error.column);
	else
		why_set(why, "json_malformed", "line %d, column %d: this is not JSON that we accept",
			error.line, error.column);
	return NULL;
}

void json_free(struct json *doc)
{
	json_decref((json_t *)doc);
}

void json_drop(struct json **doc)
{
	json_free(*doc);
	*doc = NULL;
}

bool json_is_object(const struct json *v)
{
	return v != NULL && json_typeof(inner(v)) == JSON_OBJECT;
}

bool json_is_array(const struct json *v)
{
	return v != NULL && json_typeof(inner(v)) == JSON_ARRAY;
}

/* The member, or NULL when it is absent or null. */
static const json_t *member(const struct json *obj, const char *key)
{
	const json_t *v;

	if (!json_is_object(obj))
		return NULL;
	v = json_object_get(inner(obj), key);
	return v == NULL || json_is_null(v) ? NULL : v;
}

bool json_has(const struct json *obj, const char *key)
{
	return member(obj, key) != NULL;
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a text",
		[JSON_INTEGER] = "an integer",
		[JSON_TRUE] = "true or false",
	};

	bug_if((size_t)type >= COUNT_OF(names) || names[type] == NULL);
	return names[type];
}

/* The member when it has the type; *absent when it is not there. */
static const json_t *typed(
	const struct json *obj, const char *key, json_type type, bool *absent, struct why *why)
{
	const json_t *v = member(obj, key);

	*absent = v == NULL;
	if (v == NULL) {
		why_set(why, "json_missing", "%s is missing", key);
		return NULL;
	}
	if (json_typeof(v) != type) {
		why_set(why, "json_type", "%s must be %s", key, type_name(type));
		return NULL;
	}
	return v;
}

/* Fills *why only when the answer is no, so that an absent optional member leaves no trace. */
static bool str(const struct json *obj, const char *key, bool optional, const char **out, struct why *why)
{
	bool absent;
	const json_t *v = typed(
		obj, key, JSON_STRING, &absent, optional && member(obj, key) == NULL ? NULL : why);

	if (v == NULL)
		return optional && absent;
	*out = json_string_value(v);
	return true;
}

bool json_str(const struct json *obj, const char *key, const char **out, struct why *why)
{
	return str(obj, key, false, out, why);
}

bool json_str_opt(const struct json *obj, const char *key, const char **out, struct why *why)
{
	return str(obj, key, true, out, why);
}

bool json_i64(const struct json *obj, const char *key, int64_t *out, struct why *why)
{
	bool absent;
	const json_t *v = typed(obj, key, JSON_INTEGER, &absent, why);

	if (v == NULL)
		return false;
	*out = json_integer_value(v);
	return true;
}

bool json_i64_opt(const struct json *obj, const char *key, int64_t *out, struct why *why)
{
	return !json_has(obj, key) || json_i64(obj, key, out, why);
}

bool json_bool(const struct json *obj, const char *key, bool *out, struct why *why)
{
	const json_t *v = member(obj, key);
	bool absent;

	if (v != NULL && json_is_boolean(v)) {
		*out = json_is_true(v);
		return true;
	}
	(void)typed(obj, key, JSON_TRUE, &absent, why);
	return false;
}

bool json_bool_opt(const struct json *obj, const char *key, bool *out, struct why *why)
{
	return !json_has(obj, key) || json_bool(obj, key, out, why);
}

bool json_vnd(const struct json *obj, const char *key, struct vnd *out, struct why *why)
{
	const json_t *v = member(obj, key);

	if (v == NULL)
		return why_set(why, "json_missing", "%s is missing", key);
	if (json_is_string(v)) {
		if (vnd_parse(json_string_value(v), json_string_length(v), out, why))
			return true;
		return why_prefix(why, "%s", key);
	}
	if (!json_is_integer(v))
		return why_set(why, "json_amount",
			"%s must be whole đồng: an integer, or its digits as a text", key);
	if (json_integer_value(v) < 0)
		return why_set(why, "amount_negative", "%s cannot be negative", key);
	*out = vnd(json_integer_value(v));
	return true;
}

bool json_day(const struct json *obj, const char *key, struct day *out, struct why *why)
{
	const char *text;

	if (!json_str(obj, key, &text, why))
		return false;
	if (!day_parse(bytes_z(text), out))
		return why_set(why, "json_day", "%s must be a day as YYYY-MM-DD", key);
	return true;
}

bool json_obj(const struct json *obj, const char *key, const struct json **out, struct why *why)
{
	bool absent;
	const json_t *v = typed(obj, key, JSON_OBJECT, &absent, why);

	if (v == NULL)
		return false;
	*out = outer(v);
	return true;
}

bool json_arr(const struct json *obj, const char *key, const struct json **out, struct why *why)
{
	bool absent;
	const json_t *v = typed(obj, key, JSON_ARRAY, &absent, why);

	if (v == NULL)
		return false;
	*out = outer(v);
	return true;
}

bool json_arr_opt(const struct json *obj, const char *key, const struct json **out, struct why *why)
{
	return !json_has(obj, key) || json_arr(obj, key, out, why);
}

static bool among(const char *key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

bool json_only(const struct json *obj, const char *const *keys, size_t n, struct why *why)
{
	json_t *v = (json_t *)(uintptr_t)inner(
		obj); /* jansson's iterator takes no const; nothing is changed */
	void *at;

	if (!json_is_object(obj))
		return why_set(why, "json_type", "this must be an object");
	for (at = json_object_iter(v); at != NULL; at = json_object_iter_next(v, at))
		if (!among(json_object_iter_key(at), keys, n))
			return why_set(
				why, "json_unknown_key", "an object has a member that is not known here");
	return true;
}

size_t json_n(const struct json *arr)
{
	return json_is_array(arr) ? json_array_size(inner(arr)) : 0;
}

const struct json *json_at(const struct json *arr, size_t i)
{
	bug_if(i >= json_n(arr));
	return outer(json_array_get(inner(arr), i));
}

const char *json_as_str(const struct json *v)
{
	return json_string_value(inner(v));
}

bool json_as_i64(const struct json *v, int64_t *out)
{
	if (!json_is_integer(inner(v)))
		return false;
	*out = json_integer_value(inner(v));
	return true;
}
