/* Replies to transfers, enquiries and account inquiries are total: any bytes give one outcome for each item that we sent.
 *
 * First byte: what was asked and under which HTTP status; the rest is the body. */
#include "bankapi/driver.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static const struct payment payments[] = {
	{.e2e = "7Q2M4XK9C0V3H8T5RZ1", .amount = {2789000}, .account = {"200100000345"}},
	{.e2e = "0B6W1N8J4D2YFGE7KSA", .amount = {500000}, .account = {"200100000459"}},
	{.e2e = "2000000000000000003", .amount = {1}, .account = {"A1"}},
};
static const struct account_question questions[] = {
	{.bank = "DEMO", .account = {"100"}, .asks_person = true, .person = {"099145000345"}},
	{.bank = "DEMO", .account = {"200"}},
	{.bank = "DEMO", .account = {"100"}},
};

static bool about(const struct said *o, const struct payment *p)
{
	return vnd_cmp(o->amount, p->amount) == 0 && strcmp(o->account.text, p->account.text) == 0;
}

static void check_reply(const struct reply *r, bool enquiry, int status)
{
	bug_if(r->n != COUNT_OF(payments));
	bug_if(r->verdict.says == MESSAGE_ANSWERED && status != 200);
	bug_if(r->verdict.says == MESSAGE_REFUSED && status / 100 != 4);
	bug_if(r->foreign_items && r->verdict.says != MESSAGE_UNCLEAR);
	for (size_t i = 0; i < r->n; i++) {
		const struct said *o = &r->at[i];

		bug_if(strcmp(o->e2e, payments[i].e2e) != 0);
		bug_if((o->answer == ANSWER_UNCLEAR) != (o->doubt != DOUBT_NONE));
		bug_if((r->verdict.says == MESSAGE_ANSWERED) == (o->doubt == DOUBT_MESSAGE));
		bug_if(o->answer == ANSWER_NOT_FOUND && !enquiry);
		bug_if(o->answer > ANSWER_NOT_FOUND && !about(o, &payments[i]));
		bug_if(o->answer == ANSWER_REJECTED && o->reason[0] == '\0');
		bug_if(strnlen(o->status, sizeof o->status) == sizeof o->status);
		bug_if(strnlen(o->bank_reference, sizeof o->bank_reference) == sizeof o->bank_reference);
	}
}

static void check_inquiry(const struct driver *d, const struct heard *h, struct arena *a)
{
	struct account_inquiry sent = {.message_id = "T-1", .questions = questions, .n = COUNT_OF(questions)};
	struct inquiry_reply r;

	d->decode_inquiry_reply(&sent, h, a, &r);
	bug_if(r.n != COUNT_OF(questions));
	for (size_t i = 0; i < r.n; i++) {
		bug_if(r.verdict.says != MESSAGE_ANSWERED && r.at[i].status != ACCOUNT_STATUS_UNCLEAR);
		bug_if(r.at[i].person != PERSON_UNKNOWN && !questions[i].asks_person);
		bug_if(r.at[i].status == ACCOUNT_STATUS_NOT_FOUND && r.at[i].holder != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
	static const int statuses[] = {200, 422, 500, 202};
	const struct driver *d = driver_named("chitra_json");
	struct arena *a CLEANUP(arena_drop) = NULL;
	struct reply r;

	if (n == 0)
		return 0;
	a = arena_new();

	struct heard h = {
		.authentic = true, .status = statuses[at[0] / 4 % 4], .body = bytes_of(at + 1, n - 1)};
	struct transfer sent = {.message_id = "T-1", .payments = payments, .n = COUNT_OF(payments)};
	struct enquiry asked = {.message_id = "T-1", .payments = payments, .n = COUNT_OF(payments)};

	switch (at[0] % 4) {
	case 0:
		d->decode_transfer_reply(&sent, &h, a, &r);
		check_reply(&r, false, h.status);
		break;
	case 1:
		d->decode_enquiry_reply(&asked, &h, a, &r);
		check_reply(&r, true, h.status);
		break;
	case 2: check_inquiry(d, &h, a); break;
	default:
		h.authentic = false;
		d->decode_transfer_reply(&sent, &h, a, &r);
		bug_if(r.verdict.says != MESSAGE_UNCLEAR);
	}
	return 0;
}
