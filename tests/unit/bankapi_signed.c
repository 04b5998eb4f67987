/* Requests byte for byte, and signatures, against the examples of bankapi/chitra-json.md §12. */
#include "bankapi/signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "tests/lib/tap.h"

/* RFC 8032 §7.1, tests 1 and 2 */
#define PAYER_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define BANK_SEED  "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"

struct example {
	char id[64];
	char timestamp[32];
	char signature[128];
	char body[4096];
};

enum { TRANSFER, REPLY, REFUSAL, CALLBACK, EXAMPLES };

static struct example examples[EXAMPLES];

static bool field(const char *line, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	if (strncmp(line, name, n) != 0)
		return false;
	(void)snprintf(out, size, "%.*s", (int)strcspn(line + n, "\n"), line + n);
	return true;
}

static void read_examples(void)
{
	FILE *f = fopen("bankapi/chitra-json.md", "r");
	char line[4096];
	size_t n = 0;

	if (f == NULL)
		skip_all("bankapi/chitra-json.md is not here: run from the top of the tree");
	while (n < EXAMPLES && fgets(line, sizeof line, f) != NULL) {
		struct example *e = &examples[n];

		(void)field(line, "webhook-id: ", e->id, sizeof e->id);
		(void)field(line, "webhook-timestamp: ", e->timestamp, sizeof e->timestamp);
		(void)field(line, "webhook-signature: ", e->signature, sizeof e->signature);
		if (e->signature[0] != '\0' && line[0] == '{')
			n += field(line, "", e->body, sizeof e->body);
	}
	fclose(f);
	if (n != EXAMPLES)
		abort();
}

static struct sign_key *key_of(const char *seed)
{
	struct key32 k;

	if (!hex_decode(seed, strlen(seed), k.b, sizeof k.b))
		abort();
	return sign_from_seed(&k);
}

static const struct payment payments[] = {
	{.e2e = "7Q2M4XK9C0V3H8T5RZ1", .amount = {2789000}, .account = {"200100000345"}},
	{.e2e = "0B6W1N8J4D2YFGE7KSA", .amount = {500000}, .account = {"200100000459"}},
};
static const struct payee payees[] = {
	{.bank = "DEMO", .name = "NGUYEN THI LAN", .remittance = "7Q2M4XK9C0V3H8T5RZ1 TRO CAP 04/2024"},
	{.bank = "DEMO", .name = "TRAN VAN MINH", .remittance = "0B6W1N8J4D2YFGE7KSA TRO CAP 04/2024"},
};
static const struct transfer transfer = {
	.message_id = "T-20240403-000017",
	.debtor_account = "110000000001",
	.valid_until_us = 1712307600000000, /* 2024-04-05T16:00:00+07:00 */
	.payments = payments,
	.payees = payees,
	.n = 2,
};

static void test_encode_transfer(const struct driver *d, const struct sign_key *payer)
{
	struct buf b CLEANUP(buf_free);
	struct why why;
	struct signed_headers h;
	const struct example *e = &examples[TRANSFER];

	buf_init(&b, 1 << 20);
	ok(d->encode_transfer(&transfer, &b, &why), "a transfer can be said");
	is_str(buf_str(&b), e->body, "a transfer is the example's, byte for byte");
	signed_request(payer, transfer.message_id, 1712106000, buf_bytes(&b), &h);
	is_str(h.id, e->id, "its webhook-id is its message id");
	is_str(h.timestamp, e->timestamp, "its timestamp is decimal seconds");
	is_str(h.signature, e->signature, "its signature is the example's");
	is_str(d->path(CALL_TRANSFER), "/v1/transfers", "and its path");
}

/* ---- what is heard ---- */

struct trust {
	struct verify_key key;
	struct webhook_keys keys;
};

static bool hear(const struct trust *t, const struct example *e, const char *message_id, int64_t now_s,
	struct heard *h, struct why *why)
{
	struct webhook_headers headers = {
		.id = e->id[0] != '\0' ? e->id : NULL,
		.timestamp = e->timestamp[0] != '\0' ? e->timestamp : NULL,
		.signature = e->signature[0] != '\0' ? e->signature : NULL,
	};

	return message_id == NULL
		       ? heard_callback(&headers, bytes_z(e->body), &t->keys, now_s, h, why)
		       : heard_reply(message_id, 200, &headers, bytes_z(e->body), &t->keys, now_s, h, why);
}

static void refused(const struct trust *t, const struct example *e, const char *message_id, int64_t now_s,
	const char *code, const char *title)
{
	struct heard h;
	struct why why;

	ok(!hear(t, e, message_id, now_s, &h, &why) && !h.authentic, "%s", title);
	is_str(why.code, code, "%s: %s", title, code);
}

static void test_hear(const struct driver *d, const struct trust *t)
{
	struct arena *a CLEANUP(arena_drop) = arena_new();
	struct heard h;
	struct why why;
	struct reply reply;
	struct callback callback;

	ok(hear(t, &examples[REPLY], "T-20240403-000017", 1712106001, &h, &why) && h.authentic,
		"the example's reply is the bank's");
	d->decode_transfer_reply(&transfer, &h, a, &reply);
	is_i64(reply.at[0].answer, ANSWER_ACCEPTED, "its first payment is accepted");
	is_str(reply.at[0].bank_reference, "DEMO240403000000017", "under the bank's reference");
	is_i64(reply.at[1].answer, ANSWER_REJECTED, "its second is rejected");
	is_str(reply.at[1].reason, "AC04", "because the account is closed");

	ok(hear(t, &examples[REFUSAL], "T-20240403-000018", 1712106002, &h, &why),
		"the example's refusal is the bank's");
	h.status = 422;
	d->decode_transfer_reply(&(struct transfer){.message_id = "T-20240403-000018"}, &h, a, &reply);
	is_i64(reply.verdict.says, MESSAGE_REFUSED, "it refuses the message");
	is_str(reply.verdict.refusal, "wrong_control_sum", "for its sum");

	ok(hear(t, &examples[CALLBACK], NULL, 1712106005, &h, &why), "the example's callback is the bank's");
	d->decode_callback(&h, a, &callback);
	is_i64(callback.at[0].answer, ANSWER_CREDITED, "it tells of a credit");
	h = heard_from_store(bytes_z(examples[CALLBACK].body));
	d->decode_callback(&h, a, &callback);
	is_i64(callback.at[0].answer, ANSWER_CREDITED, "a callback out of our store is read the same");
}

static void test_refuse(const struct trust *t, const struct trust *stranger)
{
	struct example e = examples[REPLY];
	const char *id = "T-20240403-000017";

	refused(stranger, &e, id, 1712106001, "webhook_signature", "a reply under another key");
	refused(t, &e, "T-20240403-000016", 1712106001, "reply_of_another", "a reply to another request");
	refused(t, &e, id, 1712106001 + 301, "webhook_too_old", "a reply from 301 seconds ago");
	refused(t, &e, id, 1712106001 - 301, "webhook_too_new", "a reply from 301 seconds ahead");
	e.body[strlen(e.body) - 1] = ' ';
	refused(t, &e, id, 1712106001, "webhook_signature", "a reply with one byte changed");
	e = examples[REPLY];
	(void)snprintf(e.id, sizeof e.id, "re-T-20240403-000018");
	refused(t, &e, "T-20240403-000018", 1712106001, "webhook_signature",
		"a reply relabelled to another request");
	e = examples[CALLBACK];
	refused(t, &e, "T-20240403-000017", 1712106005, "reply_of_another", "a callback replayed as a reply");
	e.signature[0] = '\0';
	refused(t, &e, NULL, 1712106005, "webhook_header_missing", "a callback without a signature");
}

/* ---- the other requests, and what must not be said ---- */

static void says(bool said, struct buf *b, const char *want, const char *title)
{
	ok(said, "%s can be said", title);
	is_str(buf_str(b), want, "%s: the example's bytes", title);
	buf_reset(b);
}

static void test_encode_others(const struct driver *d)
{
	struct buf b CLEANUP(buf_free);
	struct why why;
	struct day date;
	const struct account_question questions[] = {
		{.bank = "DEMO",
			.account = {"200100000345"},
			.asks_person = true,
			.person = {"099145000345"}},
		{.bank = "DEMO", .account = {"200100009999"}},
	};
	struct payment asked[2] = {payments[0], {.e2e = "ZZZZZZZZZZZZZZZZZZZ"}};

	buf_init(&b, 1 << 20);
	if (!day_of_ymd(2024, 4, 3, &date))
		abort();
	says(d->encode_account_inquiry(
		     &(struct account_inquiry){.message_id = "A-1", .questions = questions, .n = 2}, &b,
		     &why),
		&b,
		"{\"message_id\":\"A-1\",\"items\":[{\"bank\":\"DEMO\",\"account\":\"200100000345\","
		"\"personal_id\":\"099145000345\"},{\"bank\":\"DEMO\",\"account\":\"200100009999\"}]}",
		"an account inquiry");
	says(d->encode_enquiry(&(struct enquiry){.message_id = "E-1",
				       .debtor_account = "110000000001",
				       .payments = asked,
				       .n = 2},
		     &b, &why),
		&b,
		"{\"message_id\":\"E-1\",\"debtor_account\":\"110000000001\",\"items\":[{\"end_to_end_id\":"
		"\"7Q2M4XK9C0V3H8T5RZ1\"},{\"end_to_end_id\":\"ZZZZZZZZZZZZZZZZZZZ\"}]}",
		"an enquiry");
	says(d->encode_statement(
		     &(struct statement_request){
			     .message_id = "S-1", .account = "110000000001", .date = date, .page = 1},
		     &b, &why),
		&b,
		"{\"message_id\":\"S-1\",\"account\":\"110000000001\",\"date\":\"2024-04-03\",\"page\":1}",
		"a statement request");
	says(d->encode_credits(
		     &(struct credits_request){
			     .message_id = "C-1", .account = "110000000001", .since_us = 1712077200000000},
		     &b, &why),
		&b,
		"{\"message_id\":\"C-1\",\"account\":\"110000000001\",\"since\":\"2024-04-03T00:00:00+07:00\"}",
		"a request for credits");
}

static void unsayable(const struct driver *d, const struct payment *p, const struct payee *to, size_t n,
	const char *code, const char *title)
{
	struct transfer t = transfer;
	struct buf b CLEANUP(buf_free);
	struct why why;

	buf_init(&b, 1 << 20);
	t.payments = p;
	t.payees = to;
	t.n = n;
	ok(!d->encode_transfer(&t, &b, &why) && why_is(&why, code) && b.n == 0, "%s is not said", title);
}

static void test_unsayable(const struct driver *d)
{
	struct payment p[2];
	struct payee to[2];
	char long_name[80];
	static struct payment many[MESSAGE_ITEMS_MAX + 1];

#define FRESH (memcpy(p, payments, sizeof p), memcpy(to, payees, sizeof to))
	FRESH;
	unsayable(d, p, to, 0, "bad_message", "a transfer of nothing");
	unsayable(d, many, to, MESSAGE_ITEMS_MAX + 1, "bad_message", "a transfer of 501");
	p[1].amount = vnd(0);
	unsayable(d, p, to, 2, "bad_item", "an amount of 0");
	p[1].amount = vnd(-1);
	unsayable(d, p, to, 2, "bad_item", "a negative amount");
	p[1].amount = vnd(9007199254740991);
	unsayable(d, p, to, 2, "bad_message", "a sum beyond exact JSON integers");
	FRESH;
	memcpy(p[1].e2e, p[0].e2e, E2E_ID_SIZE);
	unsayable(d, p, to, 2, "bad_item", "the same id twice");
	FRESH;
	p[0].e2e[3] = 'I';
	unsayable(d, p, to, 2, "bad_item", "an id with a letter that Crockford left out");
	FRESH;
	p[0].account.text[0] = '\0';
	unsayable(d, p, to, 2, "bad_item", "an empty account");
	FRESH;
	to[0].bank[0] = 'd';
	unsayable(d, p, to, 2, "bad_item", "a bank code in lower case");
	FRESH;
	memset(long_name, 'A', 71);
	long_name[71] = '\0';
	to[1].name = long_name;
	unsayable(d, p, to, 2, "bad_item", "a name of 71 characters");
	to[1].name = "";
	unsayable(d, p, to, 2, "bad_item", "an empty name");
	to[1].name = "\xc3";
	unsayable(d, p, to, 2, "bad_item", "a name that is not UTF-8");
	FRESH;
#undef FRESH

	struct buf b CLEANUP(buf_free);
	struct why why;

	buf_init(&b, 100);
	ok(!d->encode_transfer(&transfer, &b, &why), "a message that does not fit its buffer is not said");
	ok(!message_id_valid("") && !message_id_valid("a") && !message_id_valid("T_1") &&
			!message_id_valid("123456789012345678901234567890123456") && message_id_valid("T-1"),
		"a message id is 1 to 35 of A-Z 0-9 -");
}

int main(void)
{
	const struct driver *d = driver_named("chitra_json");
	struct sign_key *payer CLEANUP(sign_drop) = key_of(PAYER_SEED);
	struct sign_key *bank CLEANUP(sign_drop) = key_of(BANK_SEED);
	struct trust t = {.key = sign_public(bank)};
	struct trust stranger = {.key = sign_public(payer)};

	t.keys = (struct webhook_keys){.keys = &t.key, .n_keys = 1, .window_s = 300};
	stranger.keys = (struct webhook_keys){.keys = &stranger.key, .n_keys = 1, .window_s = 300};
	read_examples();
	test_encode_transfer(d, payer);
	test_hear(d, &t);
	test_refuse(&t, &stranger);
	test_encode_others(d);
	test_unsayable(d);
	return done_testing();
}
