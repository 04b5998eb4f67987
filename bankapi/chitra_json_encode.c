#include "bankapi/chitra_json.h"

#include <string.h>

#include "bankapi/keyindex.h"
#include "ledger/base/text.h"

#define NAME_CHARACTERS_MAX       70
#define REMITTANCE_CHARACTERS_MAX 140

static bool text_fits(const char *text, size_t min, size_t max)
{
	struct bytes b = bytes_z(text);
	size_t characters = 0;

	if (!utf8_valid(b))
		return false;
	for (size_t i = 0; i < b.n; i++)
		characters += (b.at[i] & 0xc0) != 0x80;
	return characters >= min && characters <= max;
}

static bool head_fits(const char *message_id, size_t n, struct why *why)
{
	if (!message_id_valid(message_id))
		return why_set(why, "bad_message", "a message id is 1 to 35 characters of A-Z 0-9 -");
	if (n < 1 || n > MESSAGE_ITEMS_MAX)
		return why_set(
			why, "bad_message", "a message has 1 to %d items, not %zu", MESSAGE_ITEMS_MAX, n);
	return true;
}

/* The bank would refuse the message as a whole; better said before it is signed. */
static bool ids_fit(const struct payment *payments, size_t n, struct why *why)
{
	struct keyindex index;

	for (size_t i = 0; i < n; i++)
		if (!e2e_id_valid(bytes_z(payments[i].e2e)))
			return why_set(why, "bad_item", "item %zu: not an end-to-end id", i);
	keyindex_init(&index, payments[0].e2e, sizeof payments[0], E2E_ID_SIZE, n);
	for (size_t i = 0; i < n; i++)
		if (keyindex_find(&index, payments[i].e2e, NULL) != i)
			return why_set(
				why, "bad_item", "item %zu: its end-to-end id is in the message twice", i);
	return true;
}

static bool item_fits(const struct payment *p, const struct payee *to, size_t i, struct why *why)
{
	if (vnd_cmp(p->amount, vnd(1)) < 0 || vnd_cmp(p->amount, vnd(CHITRA_JSON_AMOUNT_MAX)) > 0)
		return why_set(why, "bad_item", "item %zu: amount out of range", i);
	if (!is_token(p->account.text, CHARSET_ACCOUNT, sizeof p->account.text))
		return why_set(why, "bad_item", "item %zu: not an account number", i);
	if (!is_token(to->bank, CHARSET_BANK, sizeof to->bank) || strlen(to->bank) < 2)
		return why_set(why, "bad_item", "item %zu: not a bank code", i);
	if (!text_fits(to->name, 1, NAME_CHARACTERS_MAX))
		return why_set(why, "bad_item", "item %zu: the name must have 1 to 70 characters", i);
	if (!text_fits(to->remittance, 0, REMITTANCE_CHARACTERS_MAX))
		return why_set(why, "bad_item", "item %zu: the remittance has over 140 characters", i);
	return true;
}

static bool account_fits(const char *account, struct why *why)
{
	if (!is_token(account, CHARSET_ACCOUNT, sizeof((struct account_no *)0)->text))
		return why_set(why, "bad_message", "our own account is not an account number");
	return true;
}

static bool finish(struct json_writer *w, const struct buf *out, struct why *why)
{
	json_close(w);
	bug_if(!json_written(w));
	if (!buf_ok(out))
		return why_set(why, "bad_message", "the message is over %zu bytes", out->max);
	return true;
}

static bool transfer_sum(const struct transfer *t, struct vnd *sum, struct why *why)
{
	struct vnd s = vnd(0);

	for (size_t i = 0; i < t->n; i++)
		if (!vnd_add(s, t->payments[i].amount, &s))
			return why_set(why, "bad_message", "the sum is out of range");
	if (vnd_cmp(s, vnd(CHITRA_JSON_AMOUNT_MAX)) > 0)
		return why_set(why, "bad_message", "the sum is out of range");
	*sum = s;
	return true;
}

bool chitra_json_encode_transfer(const struct transfer *t, struct buf *out, struct why *why)
{
	struct vnd sum;
	struct json_writer w;
	char valid_until[VN_INSTANT_SIZE];

	if (!head_fits(t->message_id, t->n, why) || !account_fits(t->debtor_account, why) ||
		!ids_fit(t->payments, t->n, why))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (!item_fits(&t->payments[i], &t->payees[i], i, why))
			return false;
	if (!transfer_sum(t, &sum, why))
		return false;

	json_write(&w, out);
	json_open_object(&w, NULL);
	json_put_str(&w, "message_id", t->message_id);
	json_put_str(&w, "debtor_account", t->debtor_account);
	json_put_str(&w, "currency", "VND");
	json_put_str(&w, "valid_until", vn_instant_format(t->valid_until_us, valid_until));
	json_put_i64(&w, "count", (int64_t)t->n);
	json_put_vnd(&w, "sum", sum);
	json_open_array(&w, "items");
	for (size_t i = 0; i < t->n; i++) {
		json_open_object(&w, NULL);
		json_put_str(&w, "end_to_end_id", t->payments[i].e2e);
		json_put_vnd(&w, "amount", t->payments[i].amount);
		json_put_str(&w, "creditor_bank", t->payees[i].bank);
		json_put_str(&w, "creditor_account", t->payments[i].account.text);
		json_put_str(&w, "creditor_name", t->payees[i].name);
		json_put_str(&w, "remittance", t->payees[i].remittance);
		json_close(&w);
	}
	json_close(&w);
	return finish(&w, out, why);
}

bool chitra_json_encode_enquiry(const struct enquiry *e, struct buf *out, struct why *why)
{
	struct json_writer w;

	if (!head_fits(e->message_id, e->n, why) || !account_fits(e->debtor_account, why) ||
		!ids_fit(e->payments, e->n, why))
		return false;
	json_write(&w, out);
	json_open_object(&w, NULL);
	json_put_str(&w, "message_id", e->message_id);
	json_put_str(&w, "debtor_account", e->debtor_account);
	json_open_array(&w, "items");
	for (size_t i = 0; i < e->n; i++) {
		json_open_object(&w, NULL);
		json_put_str(&w, "end_to_end_id", e->payments[i].e2e);
		json_close(&w);
	}
	json_close(&w);
	return finish(&w, out, why);
}

static bool question_fits(const struct account_question *q, size_t i, struct why *why)
{
	if (!is_token(q->bank, CHARSET_BANK, sizeof q->bank) || strlen(q->bank) < 2)
		return why_set(why, "bad_item", "item %zu: not a bank code", i);
	if (!is_token(q->account.text, CHARSET_ACCOUNT, sizeof q->account.text))
		return why_set(why, "bad_item", "item %zu: not an account number", i);
	if (q->asks_person && (strlen(q->person.digits) != 12 || !text_all_digits(q->person.digits, 12)))
		return why_set(why, "bad_item", "item %zu: a personal ID has 12 digits", i);
	return true;
}

bool chitra_json_encode_account_inquiry(const struct account_inquiry *i, struct buf *out, struct why *why)
{
	struct json_writer w;

	if (!head_fits(i->message_id, i->n, why))
		return false;
	for (size_t k = 0; k < i->n; k++)
		if (!question_fits(&i->questions[k], k, why))
			return false;
	json_write(&w, out);
	json_open_object(&w, NULL);
	json_put_str(&w, "message_id", i->message_id);
	json_open_array(&w, "items");
	for (size_t k = 0; k < i->n; k++) {
		const struct account_question *q = &i->questions[k];

		json_open_object(&w, NULL);
		json_put_str(&w, "bank", q->bank);
		json_put_str(&w, "account", q->account.text);
		if (q->asks_person)
			json_put_str(&w, "personal_id", q->person.digits);
		json_close(&w);
	}
	json_close(&w);
	return finish(&w, out, why);
}

bool chitra_json_encode_statement(const struct statement_request *s, struct buf *out, struct why *why)
{
	struct json_writer w;

	if (!head_fits(s->message_id, 1, why) || !account_fits(s->account, why))
		return false;
	if (s->page < 1)
		return why_set(why, "bad_message", "pages are counted from 1");
	json_write(&w, out);
	json_open_object(&w, NULL);
	json_put_str(&w, "message_id", s->message_id);
	json_put_str(&w, "account", s->account);
	json_put_day(&w, "date", s->date);
	json_put_i64(&w, "page", s->page);
	return finish(&w, out, why);
}

bool chitra_json_encode_credits(const struct credits_request *c, struct buf *out, struct why *why)
{
	struct json_writer w;
	char since[VN_INSTANT_SIZE];

	if (!head_fits(c->message_id, 1, why) || !account_fits(c->account, why))
		return false;
	json_write(&w, out);
	json_open_object(&w, NULL);
	json_put_str(&w, "message_id", c->message_id);
	json_put_str(&w, "account", c->account);
	json_put_str(&w, "since", vn_instant_format(c->since_us, since));
	return finish(&w, out, why);
}
