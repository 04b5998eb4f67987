/* Account inquiries: is the account open, and whose is it. */
#include "bankapi/chitra_json.h"

#include <string.h>

#include "bankapi/keyindex.h"

/* Zero padded, so that keyindex can compare it whole. */
struct account_key {
	char bank[BANK_CODE_SIZE];
	char account[sizeof((struct account_no *)0)->text];
};

static void key_of(const struct account_question *q, struct account_key *out)
{
	memset(out, 0, sizeof *out);
	memcpy(out->bank, q->bank, strnlen(q->bank, sizeof q->bank - 1));
	memcpy(out->account, q->account.text, strnlen(q->account.text, sizeof q->account.text - 1));
}

static enum account_status status_of(const char *status)
{
	if (strcmp(status, "open") == 0)
		return ACCOUNT_STATUS_OPEN;
	if (strcmp(status, "dormant") == 0)
		return ACCOUNT_STATUS_DORMANT;
	if (strcmp(status, "closed") == 0)
		return ACCOUNT_STATUS_CLOSED;
	if (strcmp(status, "blocked") == 0)
		return ACCOUNT_STATUS_BLOCKED;
	if (strcmp(status, "not_found") == 0)
		return ACCOUNT_STATUS_NOT_FOUND;
	return ACCOUNT_STATUS_UNCLEAR;
}

static void read_answer(const struct json *item, const struct account_question *q, struct arena *a,
	struct account_answer *out)
{
	struct account_answer got = {0};
	const char *status;
	bool match = false;

	if (!json_str(item, "status", &status, NULL) ||
		!take_text_opt(item, "holder_name", a, &got.holder, NULL) ||
		!json_bool_opt(item, "personal_id_match", &match, NULL))
		return;
	got.status = status_of(status);
	if (got.status == ACCOUNT_STATUS_UNCLEAR ||
		(got.status == ACCOUNT_STATUS_NOT_FOUND && got.holder != NULL))
		return;
	/* a match that was not asked for is about we do not know whom */
	if (q->asks_person && json_has(item, "personal_id_match"))
		got.person = match ? PERSON_MATCHES : PERSON_DIFFERS;
	*out = got;
}

static bool read_key(const struct json *item, struct account_key *out, struct why *why)
{
	memset(out, 0, sizeof *out);
	return take_token(item, "bank", CHARSET_BANK, out->bank, sizeof out->bank, why) &&
	       take_token(item, "account", CHARSET_ACCOUNT, out->account, sizeof out->account, why);
}

/* Asked twice and answered once: nobody knows which of the two was answered. */
static void forget_incomplete(
	const struct account_key *keys, const bool *answered, struct account_answer *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; !answered[i] && k < n; k++)
			if (memcmp(&keys[i], &keys[k], sizeof keys[i]) == 0)
				at[k] = (struct account_answer){0};
}

static bool read_items(const struct account_inquiry *sent, const struct json *items, struct arena *a,
	struct inquiry_reply *out)
{
	struct account_key *keys = arena_array(a, sent->n, struct account_key);
	bool answered[MESSAGE_ITEMS_MAX] = {false};
	struct keyindex index;
	struct why *why = &out->verdict.why;

	for (size_t i = 0; i < sent->n; i++)
		key_of(&sent->questions[i], &keys[i]);
	keyindex_init(&index, keys, sizeof keys[0], sizeof keys[0], sent->n);
	for (size_t k = 0; k < json_n(items); k++) {
		struct account_key key;

		if (!read_key(json_at(items, k), &key, why))
			return why_prefix(why, "item %zu", k);

		size_t i = keyindex_find(&index, (const char *)&key, answered);

		if (i == KEYINDEX_NONE) {
			out->foreign_items = true;
			return why_set(why, "foreign_items",
				"item %zu is about an account that was not asked about", k);
		}
		answered[i] = true;
		read_answer(json_at(items, k), &sent->questions[i], a, &out->at[i]);
	}
	forget_incomplete(keys, answered, out->at, sent->n);
	return true;
}

void chitra_json_decode_inquiry_reply(
	const struct account_inquiry *sent, const struct heard *h, struct arena *a, struct inquiry_reply *out)
{
	*out = (struct inquiry_reply){.n = sent->n, .at = arena_array(a, sent->n, struct account_answer)};

	struct json *doc CLEANUP(json_drop) = answer_open(
		h, CHITRA_JSON_REPLY_MAX, sent->message_id, &out->verdict);
	const struct json *items;

	if (doc == NULL)
		return;
	if (json_arr(doc, "items", &items, &out->verdict.why) && read_items(sent, items, a, out))
		return;
	out->verdict.says = MESSAGE_UNCLEAR;
	memset(out->at, 0, sent->n * sizeof out->at[0]);
}
