#include "daemon/duty.h"

static const struct lane_plan lanes[] = {
	{.name = "inbox", .capacity = 4096},
};

static bool start(struct duty_ctx *d, struct why *why)
{
	(void)d;
	(void)why;
	return true;
}

const struct duty duty_gate = {
	.name = "gate",
	.db = DB_DUTY_GATE,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
};
