/* How fast one bank may be asked. */
#include "bankapi/pace.h"

#include "tests/lib/tap.h"

enum { SECOND = 1000000 };

static const struct pace_limits limits = {.per_second = 10, .burst = 3, .in_flight_max = 16};

static int take_all(struct pace *p, int64_t now_us)
{
	int n = 0;

	while (pace_take(p, now_us))
		n++;
	return n;
}

static void answer_all(struct pace *p, int64_t now_us)
{
	while (p->in_flight > 0)
		pace_end(p, PACE_ANSWERED, 0, now_us);
}

static void test_bucket(void)
{
	struct pace p;
	int sent = 0;

	pace_init(&p, &limits, 0);
	is_i64(take_all(&p, 0), 3, "after quiet only the burst leaves at once");
	is_i64(pace_wait_us(&p, 0), 100000, "then one request in each tenth of a second");
	is_i64(take_all(&p, 99999), 0, "not a microsecond early");
	is_i64(take_all(&p, 100000), 1, "but then");
	answer_all(&p, 100000);
	is_i64(take_all(&p, 50000), 0, "a clock a little behind gives nothing twice");
	is_i64(pace_wait_us(&p, 50000), 100000, "and takes nothing away");
	answer_all(&p, 100000);
	is_i64(take_all(&p, 3600LL * SECOND), 3, "an hour of quiet saves up no more than the burst");
	answer_all(&p, 3600LL * SECOND);
	for (int64_t t = 3600LL * SECOND; t < 3610LL * SECOND; t += 1000) {
		sent += take_all(&p, t);
		answer_all(&p, t);
	}
	ok(sent >= 98 && sent <= 103, "ten seconds at ten a second are about 100 requests: %d", sent);
	answer_all(&p, INT64_MAX - 1);
	is_i64(take_all(&p, INT64_MAX - 1), 3, "a clock far ahead does not overflow");
}

static void test_in_flight(void)
{
	struct pace_limits fast = {.per_second = 1000, .burst = 1000, .in_flight_max = 16};
	struct pace p;

	pace_init(&p, &fast, 0);
	is_i64(take_all(&p, 0), 4, "a bank that was not talked to yet gets four requests at first");
	is_i64(pace_wait_us(&p, 0), PACE_NEVER, "more must wait for an answer, not for a time");
	for (int turn = 0; turn < 10; turn++) {
		answer_all(&p, turn);
		(void)take_all(&p, turn);
	}
	is_i64(p.in_flight, 16, "each answer opens the window by one, up to the cap");
}

static void test_distress(void)
{
	struct pace_limits fast = {.per_second = 1000, .burst = 1000, .in_flight_max = 16};
	struct pace p;
	int64_t t = 0;

	pace_init(&p, &fast, 0);
	for (int turn = 0; turn < 10; turn++) {
		(void)take_all(&p, 0);
		answer_all(&p, 0);
	}
	(void)take_all(&p, 0);
	pace_end(&p, PACE_DISTRESS, 0, 0);
	is_i64(p.allowed, 8, "distress halves what may be in flight");
	is_i64(p.not_before_us, 50000, "and pauses");
	while (p.in_flight > 0)
		pace_end(&p, PACE_DISTRESS, 0, 0);
	is_i64(p.allowed, 1, "many in the same outage leave one at a time");
	is_i64(p.not_before_us, 50000, "but make one pause");
	for (int turn = 0; turn < 20; turn++) {
		t = p.not_before_us;
		if (!pace_take(&p, t))
			break;
		pace_end(&p, PACE_DISTRESS, 999, t);
	}
	ok(p.not_before_us - t > 29 * SECOND && p.not_before_us - t <= 30 * SECOND,
		"pauses double up to 30 seconds");
	t = p.not_before_us;
	ok(!pace_take(&p, t - 1) && pace_take(&p, t), "nothing leaves before the pause is over");
	pace_end(&p, PACE_ANSWERED, 0, t);
	is_i64(p.allowed, 2, "after an outage the window opens again by one each answer: no herd");
	is_i64(p.pause_us, 0, "and the next pause is a short one");
}

static void test_retry_after(void)
{
	struct pace p;

	pace_init(&p, &limits, 0);
	pace_retry_after(&p, 8, 999, 0);
	ok(p.not_before_us > 8900000 && p.not_before_us < 9000000,
		"tellers that were told the same come back apart: up to an eighth later");
	pace_init(&p, &limits, 0);
	pace_retry_after(&p, 7, 0, 0);
	is_i64(take_all(&p, 7 * SECOND - 1), 0, "Retry-After is obeyed");
	is_i64(pace_wait_us(&p, 6 * SECOND), SECOND, "and known in advance");
	pace_retry_after(&p, 1, 0, 0);
	is_i64(pace_wait_us(&p, 6 * SECOND), SECOND, "a shorter one does not shorten it");
	is_i64(take_all(&p, 7 * SECOND), 3, "then it is over");
	pace_retry_after(&p, 1LL << 40, 0, 0);
	is_i64(p.not_before_us, 3600LL * SECOND, "more than an hour is an hour");
	pace_retry_after(&p, -5, 0, 0);
	is_i64(p.not_before_us, 3600LL * SECOND, "a negative one says nothing");
}

int main(void)
{
	test_bucket();
	test_in_flight();
	test_distress();
	test_retry_after();
	return done_testing();
}
