#include "daemon/duties/seal_lag.h"

static const struct lane_plan lanes[] = {
	{.name = "quick", .capacity = 256, .deadline_ms = 2000},
	{.name = "long", .capacity = 64, .deadline_ms = 600000},
};

static bool start(struct duty_ctx *d, struct why *why)
{
	(void)why;
	seal_lag_watch(d, "quick", false);
	return true;
}

const struct duty duty_desk = {
	.name = "desk",
	.db = DB_DUTY_DESK,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.holds_keks = true,
	.start = start,
};
