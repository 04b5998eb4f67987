/* Payments become messages: what travels together, and until when it may leave. */
#include "daemon/duties/teller_claim.h"

#include <string.h>

#include "tests/lib/tap.h"

#define HOUR INT64_C(3600000000)

static struct teller teller;
static struct bank bank = {.teller = &teller, .code = "demo"};

/* Five payments: three valid for two hours, two for three. */
static struct parcel *parcel(enum call call)
{
	struct parcel *p = parcel_new(&bank, call, 5);
	for (size_t i = 0; i < p->n; i++) {
		p->debtors[i] = "110000000001";
		if (call == CALL_TRANSFER)
			p->programmes[i] = "merit";
		p->valid_until_us[i] = 100 * HOUR + (i < 3 ? 2 : 3) * HOUR;
	}
	return p;
}

int main(void)
{
	struct parcel *p = parcel(CALL_TRANSFER);
	parcel_cut(p, 500, 100 * HOUR, 7 * HOUR);
	is_i64((int64_t)p->requests_n, 2, "payments of one message are valid until the same time");
	ok(p->requests[0].n == 3 && p->requests[1].n == 2, "in their order");
	is_i64(p->requests[0].leave_by_us, 9 * HOUR - ATTEMPT_MARGIN_US,
		"a message leaves while it is valid");
	is_i64(p->requests[1].leave_by_us, 10 * HOUR - ATTEMPT_MARGIN_US, "each by its own validity");
	parcel_free(p);

	p = parcel(CALL_TRANSFER);
	parcel_cut(p, 2, 100 * HOUR, 0);
	is_i64((int64_t)p->requests_n, 3, "a bank takes so many in a message");
	parcel_free(p);

	p = parcel(CALL_TRANSFER);
	p->known_until_us = 101 * HOUR;
	parcel_cut(p, 500, 100 * HOUR, 0);
	ok(p->requests[0].leave_by_us == HOUR - ATTEMPT_MARGIN_US &&
			p->requests[1].leave_by_us == HOUR - ATTEMPT_MARGIN_US,
		"the same ids leave again only while the bank knows them, however long they are valid");
	parcel_free(p);

	p = parcel(CALL_TRANSFER);
	p->known_until_us = 200 * HOUR;
	parcel_cut(p, 500, 100 * HOUR, 0);
	is_i64(p->requests[0].leave_by_us, 2 * HOUR - ATTEMPT_MARGIN_US,
		"and never longer than they are valid");
	parcel_free(p);

	p = parcel(CALL_ENQUIRY);
	parcel_cut(p, 500, 0, 0);
	ok(p->requests_n == 1 && p->requests[0].leave_by_us == INT64_MAX,
		"an enquiry may be made at any time");
	parcel_free(p);
	return done_testing();
}
