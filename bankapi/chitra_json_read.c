#include "bankapi/chitra_json.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX 1000

static bool in_set(char c, enum charset set)
{
	bool digit = c >= '0' && c <= '9';
	bool upper = c >= 'A' && c <= 'Z';
	bool lower = c >= 'a' && c <= 'z';

	switch (set) {
	case CHARSET_ACCOUNT: return digit || upper || lower;
	case CHARSET_BANK: return digit || upper;
	case CHARSET_REFERENCE: return digit || upper || lower || c == '-' || c == '_' || c == '/';
	case CHARSET_E2E: return digit || (upper && c != 'I' && c != 'L' && c != 'O' && c != 'U');
	}
	bug("no such character set: %d", (int)set);
}

bool is_token(const char *text, enum charset set, size_t size)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (n + 1 >= size || !in_set(text[n], set))
			return false;
	return n > 0;
}

static bool copy_token(
	const char *key, const char *text, enum charset set, char *out, size_t size, struct why *why)
{
	if (!is_token(text, set, size))
		return why_set(why, "bad_value", "%s is not 1 to %zu characters of its set", key, size - 1);
	memcpy(out, text, strlen(text) + 1);
	return true;
}

bool take_token(
	const struct json *o, const char *key, enum charset set, char *out, size_t size, struct why *why)
{
	const char *text;

	return json_str(o, key, &text, why) && copy_token(key, text, set, out, size, why);
}

bool take_token_opt(
	const struct json *o, const char *key, enum charset set, char *out, size_t size, struct why *why)
{
	const char *text = NULL;

	if (!json_str_opt(o, key, &text, why))
		return false;
	if (text == NULL) {
		out[0] = '\0';
		return true;
	}
	return copy_token(key, text, set, out, size, why);
}

bool take_e2e(const struct json *o, char out[static E2E_ID_SIZE], struct why *why)
{
	char id[E2E_ID_SIZE];

	if (!take_token(o, "end_to_end_id", CHARSET_E2E, id, sizeof id, why))
		return false;
	if (strlen(id) != E2E_ID_SIZE - 1)
		return why_set(why, "bad_value", "end_to_end_id has %zu characters, not 19", strlen(id));
	memcpy(out, id, sizeof id);
	return true;
}

bool take_int(const struct json *o, const char *key, int64_t min, int64_t max, int64_t *out, struct why *why)
{
	int64_t v;

	if (!json_i64(o, key, &v, why))
		return false;
	if (v < min || v > max)
		return why_set(why, "bad_value", "%s is out of range", key);
	*out = v;
	return true;
}

/* The dialect has integers only: what json_vnd takes beyond that (decimal text) is refused here. */
bool take_amount(const struct json *o, struct vnd *out, struct why *why)
{
	int64_t v = 0; /* gcc 12 does not see that take_int wrote it */

	if (!take_int(o, "amount", 1, CHITRA_JSON_AMOUNT_MAX, &v, why))
		return false;
	*out = vnd(v);
	return true;
}

bool take_balance(const struct json *o, const char *key, struct vnd *out, struct why *why)
{
	int64_t v = 0; /* gcc 12 does not see that take_int wrote it */

	if (!take_int(o, key, -CHITRA_JSON_AMOUNT_MAX, CHITRA_JSON_AMOUNT_MAX, &v, why))
		return false;
	*out = vnd(v);
	return true;
}

static bool two_digits(const char *at, int max, int *out)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*out = (at[0] - '0') * 10 + (at[1] - '0');
	return *out <= max;
}

/* exactly 2024-04-03T08:00:00+07:00 */
bool take_instant(const struct json *o, const char *key, int64_t *us, struct why *why)
{
	const char *text;
	struct day d;
	int hour, minute, second;

	if (!json_str(o, key, &text, why))
		return false;
	if (strlen(text) != VN_INSTANT_SIZE - 1 || !day_parse(bytes_of(text, 10), &d) || text[10] != 'T' ||
		!two_digits(text + 11, 23, &hour) || text[13] != ':' || !two_digits(text + 14, 59, &minute) ||
		text[16] != ':' || !two_digits(text + 17, 59, &second) || strcmp(text + 19, "+07:00") != 0)
		return why_set(why, "bad_value", "%s is not an instant like 2024-04-03T08:00:00+07:00", key);
	*us = instant_of_day_vn(d) + ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * 1000000;
	return true;
}

const char *vn_instant_format(int64_t us, char out[static VN_INSTANT_SIZE])
{
	struct day d = day_of_instant_vn(us);
	int64_t in_day = us - instant_of_day_vn(d);
	int s = (int)(in_day / 1000000);
	char day[DAY_TEXT_SIZE];

	bug_if(in_day % 1000000 != 0);

	int n = snprintf(out, VN_INSTANT_SIZE, "%sT%02d:%02d:%02d+07:00", day_format(d, day), s / 3600,
		s / 60 % 60, s % 60);

	bug_if(n != VN_INSTANT_SIZE - 1);
	return out;
}

bool take_text_opt(const struct json *o, const char *key, struct arena *a, const char **out, struct why *why)
{
	const char *text = NULL;

	if (!json_str_opt(o, key, &text, why))
		return false;
	if (text != NULL && strlen(text) > TEXT_MAX)
		return why_set(why, "bad_value", "%s is longer than %d bytes", key, TEXT_MAX);
	*out = text != NULL ? arena_strdup(a, text) : NULL;
	return true;
}

/* ---- the message as a whole ---- */

static bool refusal_known(const char *code)
{
	static const char *const known[] = {"malformed", "bad_signature", "bad_timestamp", "unknown_path",
		"unknown_account", "not_yet", "no_statement", "no_such_page", "too_many_items",
		"wrong_control_sum", "duplicate_in_message", "wrong_currency", "slow_down"};

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strcmp(known[i], code) == 0)
			return true;
	return false;
}

/* A known code under a 4xx. A 5xx is never a refusal, signed or not. */
static void read_refusal(const struct json *doc, int status, struct verdict *v)
{
	const struct json *error;
	const char *code;

	if (!json_obj(doc, "error", &error, &v->why) || !json_str(error, "code", &code, &v->why))
		return;
	if (status < 400 || status > 499 || !refusal_known(code)) {
		(void)why_set(&v->why, "refusal_unclear",
			"an error under HTTP status %d that is no known refusal", status);
		return;
	}
	v->says = MESSAGE_REFUSED;
	memcpy(v->refusal, code, strlen(code) + 1);
}

static bool answers(const struct json *doc, const char *message_id, struct verdict *v)
{
	const char *id;

	if (!json_is_object(doc))
		return why_set(&v->why, "bad_value", "the body is not an object");
	if (message_id == NULL)
		return true;
	if (!json_str(doc, "message_id", &id, &v->why))
		return false;
	if (strcmp(id, message_id) != 0)
		return why_set(&v->why, "reply_of_another", "the body answers another request");
	return true;
}

struct json *answer_open(const struct heard *h, size_t max, const char *message_id, struct verdict *v)
{
	*v = (struct verdict){.says = MESSAGE_UNCLEAR};
	if (!h->authentic) {
		(void)why_set(&v->why, "not_authentic",
			"what is not signed is not an answer (HTTP status %d)", h->status);
		return NULL;
	}

	struct json *doc = json_read(h->body, max, &v->why);

	if (doc == NULL)
		return NULL;
	if (!answers(doc, message_id, v)) {
		json_free(doc);
		return NULL;
	}
	if (message_id != NULL && (h->status != 200 || json_has(doc, "error"))) {
		read_refusal(doc, h->status, v);
		json_free(doc);
		return NULL;
	}
	v->says = MESSAGE_ANSWERED;
	return doc;
}
