#include "daemon/duty.h"

static const struct lane_plan lanes[] = {
	{.name = "dispatch", .capacity = 64},
	{.name = "record", .capacity = 1024},
};

static bool start(struct duty_ctx *d, struct why *why)
{
	(void)d;
	(void)why;
	return true;
}

const struct duty duty_teller = {
	.name = "teller",
	.db = DB_DUTY_TELLER,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
};
