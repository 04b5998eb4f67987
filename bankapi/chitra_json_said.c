/* What is said about payments: replies to transfers and enquiries, and callbacks. */
#include "bankapi/chitra_json.h"

#include <string.h>

#include "bankapi/keyindex.h"

/* ACSC is settled at the payer only: not yet credited. NOTF is an answer to enquiries only, and no evidence. */
static const struct status_row {
	char code[STATUS_SIZE];
	enum answer answer;
} statuses[] = {
	{"PDNG", ANSWER_PENDING},
	{"ACCP", ANSWER_ACCEPTED},
	{"ACSC", ANSWER_ACCEPTED},
	{"ACCC", ANSWER_CREDITED},
	{"RJCT", ANSWER_REJECTED},
	{"NOTF", ANSWER_NOT_FOUND},
};

/* The reasons under which RJCT means: not executed, and never will be (DOUBT_NONE). DUPL does not: this instruction is
 * dead because the id is known, and the first one may have been paid. A reason that is not here leaves the payment
 * unclear: a person or the statement decides, and the table grows by agreement with the bank. */
static const struct reason_row {
	char code[STATUS_SIZE];
	enum doubt doubt;
} reasons[] = {
	{"AC01", DOUBT_NONE},
	{"AC04", DOUBT_NONE},
	{"AC06", DOUBT_NONE},
	{"AG01", DOUBT_NONE},
	{"AM02", DOUBT_NONE},
	{"AM04", DOUBT_NONE},
	{"BE01", DOUBT_NONE},
	{"DUPL", DOUBT_EXISTS},
	{"MD07", DOUBT_NONE},
	{"RC01", DOUBT_NONE},
	{"TM01", DOUBT_NONE},
	{"NARR", DOUBT_NONE},
};

static enum answer answer_of(const char *status)
{
	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		if (strcmp(statuses[i].code, status) == 0)
			return statuses[i].answer;
	return ANSWER_UNCLEAR;
}

static enum doubt doubt_of_reason(const char *reason)
{
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (strcmp(reasons[i].code, reason) == 0)
			return reasons[i].doubt;
	return DOUBT_REASON;
}

static void doubt(struct said *o, enum doubt d)
{
	o->answer = ANSWER_UNCLEAR;
	o->doubt = d;
}

/* Reads everything but the id, and judges the status by itself. */
static void read_item(const struct json *item, bool may_be_not_found, struct said *o)
{
	if (!take_token(item, "status", CHARSET_BANK, o->status, sizeof o->status, NULL) ||
		!take_token_opt(item, "reason", CHARSET_BANK, o->reason, sizeof o->reason, NULL) ||
		!take_token_opt(item, "bank_reference", CHARSET_REFERENCE, o->bank_reference,
			sizeof o->bank_reference, NULL)) {
		doubt(o, DOUBT_MALFORMED);
		return;
	}
	o->doubt = DOUBT_NONE;
	o->answer = answer_of(o->status);
	if (o->answer == ANSWER_UNCLEAR || (o->answer == ANSWER_NOT_FOUND && !may_be_not_found)) {
		doubt(o, DOUBT_STATUS);
		return;
	}
	if (o->answer == ANSWER_NOT_FOUND)
		return;
	if (!take_amount(item, &o->amount, NULL) ||
		!take_token(item, "creditor_account", CHARSET_ACCOUNT, o->account.text,
			sizeof o->account.text, NULL) ||
		(o->answer == ANSWER_REJECTED) != (o->reason[0] != '\0')) {
		doubt(o, DOUBT_MALFORMED);
		return;
	}
	if (o->answer == ANSWER_REJECTED && doubt_of_reason(o->reason) != DOUBT_NONE)
		doubt(o, doubt_of_reason(o->reason));
}

/* An answer counts only if it is about the amount and the account that we sent. */
static void demand_echo(const struct payment *p, struct said *o)
{
	if (o->doubt == DOUBT_MALFORMED || o->doubt == DOUBT_STATUS || o->answer == ANSWER_NOT_FOUND)
		return;
	if (vnd_cmp(o->amount, p->amount) != 0 || strcmp(o->account.text, p->account.text) != 0)
		doubt(o, DOUBT_MISMATCH);
}

/* ---- replies ---- */

struct asked {
	const char *message_id;
	const struct payment *payments;
	size_t n;
	bool may_be_not_found;
};

static void all_missing(const struct asked *asked, enum doubt why, struct said *at)
{
	for (size_t i = 0; i < asked->n; i++) {
		at[i] = (struct said){.answer = ANSWER_UNCLEAR, .doubt = why};
		memcpy(at[i].e2e, asked->payments[i].e2e, E2E_ID_SIZE);
	}
}

/* False when the message as a whole cannot be believed. */
static bool read_items(const struct asked *asked, const struct json *items, struct reply *out)
{
	struct keyindex index;
	struct why *why = &out->verdict.why;
	bool seen[MESSAGE_ITEMS_MAX] = {false};

	if (json_n(items) > MESSAGE_ITEMS_MAX)
		return why_set(why, "too_many_items", "the reply has %zu items", json_n(items));
	keyindex_init(&index, asked->n > 0 ? asked->payments[0].e2e : NULL, sizeof(struct payment),
		E2E_ID_SIZE, asked->n);
	for (size_t k = 0; k < json_n(items); k++) {
		char id[E2E_ID_SIZE];

		if (!take_e2e(json_at(items, k), id, why))
			return why_prefix(why, "item %zu", k);

		size_t i = keyindex_find(&index, id, NULL);

		if (i == KEYINDEX_NONE) {
			out->foreign_items = true;
			return why_set(why, "foreign_items",
				"item %zu is about a payment that was not asked about", k);
		}
		if (seen[i]) {
			doubt(&out->at[i], DOUBT_REPEATED);
			continue;
		}
		seen[i] = true;
		read_item(json_at(items, k), asked->may_be_not_found, &out->at[i]);
		demand_echo(&asked->payments[i], &out->at[i]);
	}
	return true;
}

static void decode_reply(const struct asked *asked, const struct heard *h, struct arena *a, struct reply *out)
{
	*out = (struct reply){.n = asked->n, .at = arena_array(a, asked->n, struct said)};
	all_missing(asked, DOUBT_MESSAGE, out->at);

	struct json *doc CLEANUP(json_drop) = answer_open(
		h, CHITRA_JSON_REPLY_MAX, asked->message_id, &out->verdict);
	const struct json *items;

	if (doc == NULL)
		return;
	all_missing(asked, DOUBT_MISSING, out->at);
	if (!json_arr(doc, "items", &items, &out->verdict.why) || !read_items(asked, items, out)) {
		out->verdict.says = MESSAGE_UNCLEAR;
		all_missing(asked, DOUBT_MESSAGE, out->at);
		return;
	}
	for (size_t i = 0; i < out->n; i++)
		out->mismatches += out->at[i].doubt == DOUBT_MISMATCH;
}

void chitra_json_decode_transfer_reply(
	const struct transfer *sent, const struct heard *h, struct arena *a, struct reply *out)
{
	struct asked asked = {.message_id = sent->message_id, .payments = sent->payments, .n = sent->n};

	decode_reply(&asked, h, a, out);
}

void chitra_json_decode_enquiry_reply(
	const struct enquiry *sent, const struct heard *h, struct arena *a, struct reply *out)
{
	struct asked asked = {.message_id = sent->message_id,
		.payments = sent->payments,
		.n = sent->n,
		.may_be_not_found = true};

	decode_reply(&asked, h, a, out);
}

/* ---- callbacks ---- */

static void read_callback_item(const struct json *item, struct said *o)
{
	*o = (struct said){.answer = ANSWER_UNCLEAR, .doubt = DOUBT_MALFORMED};
	if (!take_e2e(item, o->e2e, NULL))
		return;
	read_item(item, false, o);
	if (o->doubt != DOUBT_MALFORMED && !take_instant(item, "time", &o->time_us, NULL))
		doubt(o, DOUBT_MALFORMED);
}

static void doubt_repeated(struct callback *c)
{
	struct keyindex index;

	keyindex_init(&index, c->at[0].e2e, sizeof c->at[0], E2E_ID_SIZE, c->n);
	for (size_t i = 0; i < c->n; i++) {
		size_t first = keyindex_find(&index, c->at[i].e2e, NULL);

		if (first == i || c->at[i].e2e[0] == '\0')
			continue;
		doubt(&c->at[i], DOUBT_REPEATED);
		doubt(&c->at[first], DOUBT_REPEATED);
	}
}

void chitra_json_decode_callback(const struct heard *h, struct arena *a, struct callback *out)
{
	*out = (struct callback){0};

	struct json *doc CLEANUP(json_drop) = answer_open(h, CHITRA_JSON_CALLBACK_MAX, NULL, &out->verdict);
	const struct json *items;
	const char *type;
	struct why *why = &out->verdict.why;

	if (doc == NULL)
		return;
	out->verdict.says = MESSAGE_UNCLEAR;
	if (!json_str(doc, "type", &type, why))
		return;
	if (strcmp(type, "payout.status") != 0) {
		(void)why_set(why, "callback_type", "a callback of a type that we do not know");
		return;
	}
	if (!json_arr(doc, "items", &items, why))
		return;
	if (json_n(items) < 1 || json_n(items) > MESSAGE_ITEMS_MAX) {
		(void)why_set(why, "too_many_items", "a callback has 1 to %d items, this one %zu",
			MESSAGE_ITEMS_MAX, json_n(items));
		return;
	}
	out->verdict.says = MESSAGE_ANSWERED;
	out->n = json_n(items);
	out->at = arena_array(a, out->n, struct said);
	for (size_t i = 0; i < out->n; i++) {
		read_callback_item(json_at(items, i), &out->at[i]);
		out->unreadable += out->at[i].e2e[0] == '\0';
	}
	doubt_repeated(out);
}
