/* When a payment may leave, leave again, and be asked about: law 1 in time. */
#include "ledger/payout/attempt.h"

#include "tests/lib/tap.h"

#define HOUR INT64_C(3600000000)

static const struct day day100 = {.n = 100};

static void test_known(void)
{
	is_i64(attempt_known_until(day100, 7, 30), instant_of_day_vn((struct day){.n = 107}),
		"a first attempt leaves only within the days that the bank knows ids for: another teller may have sent them again");
	is_i64(attempt_known_until(day100, 7, 3), instant_of_day_vn((struct day){.n = 103}),
		"by our own configuration if that is less");
	is_i64(attempt_known_until(day100, 7, 0), 0, "where nobody sends them again, as long as it is valid");
	is_i64(attempt_known_until(day100, 0, 7), 0, "also where the rows say so");
}

static void test_known_again(void)
{
	int64_t rows = instant_of_day_vn((struct day){.n = 107}),
		noon = instant_of_day_vn(day100) + 12 * HOUR;
	struct day journalled = {.n = 99};
	is_i64(attempt_known_again(rows, &journalled, 7, noon, noon),
		instant_of_day_vn((struct day){.n = 106}),
		"a further attempt counts from the day in the sent journal");
	is_i64(attempt_known_again(rows, &(struct day){.n = 105}, 7, noon, noon), rows,
		"and the rows may make it shorter, never longer");
	is_i64(attempt_known_again(rows, NULL, 7, noon, noon), rows,
		"what no journal has counts by the rows");
	is_i64(attempt_known_again(rows, &journalled, 7, noon + 48 * HOUR, noon),
		instant_of_day_vn((struct day){.n = 106}) + 48 * HOUR < rows
			? instant_of_day_vn((struct day){.n = 106}) + 48 * HOUR
			: rows,
		"the journal's days are the real clock's, whatever the business clock says");
}

static void test_leaving(void)
{
	is_i64(attempt_leave_by(9 * HOUR, 0), 9 * HOUR - ATTEMPT_MARGIN_US, "it leaves while it is valid");
	is_i64(attempt_leave_by(9 * HOUR, 8 * HOUR), 8 * HOUR - ATTEMPT_MARGIN_US,
		"and while the bank knows its id");
	is_i64(attempt_leave_by(9 * HOUR, 10 * HOUR), 9 * HOUR - ATTEMPT_MARGIN_US,
		"never longer than it is valid");
	ok(attempt_is_over(9 * HOUR, 9 * HOUR - ATTEMPT_MARGIN_US),
		"a margin before its last moment it is over");
	ok(!attempt_is_over(9 * HOUR, 9 * HOUR - ATTEMPT_MARGIN_US - 1), "and not before");
}

static void test_again(void)
{
	struct profile rows = {.deduplicates = true, .dedupe_days = 30};
	struct attempt_facts f = {.believed = attempt_believed(&rows, 7),
		.asked = 2,
		.first_sent = day100,
		.today = day100,
		.valid_until_us = 9 * HOUR,
		.now_us = 8 * HOUR};
	ok(attempt_may_again(&f), "the same id goes again when it was asked about for the second time");
	f.asked = 1;
	ok(!attempt_may_again(&f), "not at the first time");
	f.asked = 9;
	f.today.n = 106;
	ok(attempt_may_again(&f), "on the last day that the bank knows it");
	f.today.n = 107;
	ok(!attempt_may_again(&f), "not on the next one: our own days count, though the rows say more");
	f.today.n = 90;
	ok(attempt_may_again(&f), "a business clock that went back is no day");
	f.now_us = 9 * HOUR;
	ok(!attempt_may_again(&f), "not when its validity is over");

	ok(attempt_goes_again(true, PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND),
		"what the bank did not find goes again");
	ok(!attempt_goes_again(false, PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND), "if it may");
	ok(!attempt_goes_again(true, PAYOUT_UNKNOWN, EVENT_SAID_NOTHING), "silence is not \"not found\"");
	ok(!attempt_goes_again(true, PAYOUT_CREDITED, EVENT_SAID_NOT_FOUND),
		"nor does what another word ended meanwhile");
}

static void test_enquiries(void)
{
	is_i64(enquiry_wait_ms(0), 1000, "after the first enquiry a second is waited");
	is_i64(enquiry_wait_ms(3), 8000, "each time twice as long");
	is_i64(enquiry_wait_ms(9), 300000, "at most five minutes");
	is_i64(enquiry_wait_ms(1000000), 300000, "however often");
	is_i64(enquiry_wait_taken_ms(1), 120000, "what the bank is at work on can wait");
	is_i64(enquiry_wait_taken_ms(1000), 60000 << 5, "half an hour at most");
	ok(enquiry_wants(PAYOUT_UNKNOWN, true, 1) && enquiry_wants(PAYOUT_SENT, false, 1),
		"what is in doubt is asked about");
	ok(!enquiry_wants(PAYOUT_ACCEPTED, true, 3), "accepted ones beside it are not");
	ok(enquiry_wants(PAYOUT_ACCEPTED, true, 4) && enquiry_wants(PAYOUT_ACCEPTED, false, 1),
		"but when it took long, and when they are all that is left");
	is_i64(enquiry_after_ms(1, 1, false, 0), 500, "a dispatch in doubt is asked about soon");
	is_i64(enquiry_after_ms(1, 1, true, 2), 2000,
		"one that went again waits as long as the enquiry before it let it");
	is_i64(enquiry_after_ms(0, 0, true, 40), 300000,
		"ever longer, however often the bank takes it and forgets it");
	is_i64(enquiry_after_ms(0, 0, true, 0), 1000, "one that went again unasked, as after the first");
	is_i64(enquiry_after_ms(0, 1, false, 0), 60000, "an accepted one later");
	is_i64(enquiry_after_ms(0, 0, false, 0), ENQUIRY_NEVER, "an ended one never");
}

int main(void)
{
	test_known();
	test_known_again();
	test_leaving();
	test_again();
	test_enquiries();
	return done_testing();
}
