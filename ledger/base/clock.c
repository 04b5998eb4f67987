#include "ledger/base/clock.h"

#include <time.h>

#include "ledger/base/result.h"

static int64_t read_clock(clockid_t which)
{
	struct timespec t;

	bug_if(clock_gettime(which, &t) != 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t monotonic_us(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}
