/* How long who comes waits for company. Times are measured; the bounds are wide because the machine may be busy. */
#include "daemon/gather.h"
#include "ledger/base/clock.h"
#include "tests/lib/tap.h"

static struct loop *loop;
static struct gather *gather;
static struct timer *guest;
static int closings, guests_left;
static int64_t guest_every_ms, closed_us;

static void closed(void *arg)
{
	(void)arg;
	closings++;
	closed_us = monotonic_us();
	ok(!gather_is_open(gather), "who is called no longer waits");
	if (guests_left == 0)
		loop_stop(loop);
}

static void guest_comes(void *arg)
{
	(void)arg;
	gather_came(gather);
	if (--guests_left > 0)
		timer_set(guest, guest_every_ms);
}

static int64_t wait_ms(int guests, int64_t every_ms)
{
	int64_t began = monotonic_us();
	closings = 0;
	guests_left = guests;
	guest_every_ms = every_ms;
	guest_comes(NULL);
	loop_run(loop);
	return (closed_us - began) / 1000;
}

int main(void)
{
	loop = loop_new();
	gather = gather_new(loop, closed, NULL);
	guest = timer_new(loop, guest_comes, NULL);

	ok(!gather_is_open(gather), "nobody waits at first");
	int64_t alone = wait_ms(1, 0);
	is_i64(closings, 1, "who comes alone");
	ok(alone >= GATHER_GAP_MS - 1, "waits for the gap");

	int64_t many = wait_ms(200, 0);
	ok(closings < 20, "many that come at once wait together (%d)", closings);
	ok(many >= GATHER_GAP_MS - 1, "until nobody comes");

	wait_ms(60, 1);
	ok(closings >= 2, "when they never stop, the first waits no longer than it may (%d)", closings);

	timer_free(guest);
	gather_free(gather);
	loop_free(loop);
	return done_testing();
}
