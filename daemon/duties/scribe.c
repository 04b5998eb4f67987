#include "daemon/duty.h"

static const struct lane_plan lanes[] = {
	{.name = "digest", .capacity = 16},
	{.name = "settle", .capacity = 16},
	{.name = "seal", .capacity = 16},
};

static bool start(struct duty_ctx *d, struct why *why)
{
	(void)d;
	(void)why;
	return true;
}

const struct duty duty_scribe = {
	.name = "scribe",
	.db = DB_DUTY_SCRIBE,
	.lanes = lanes,
	.lanes_n = COUNT_OF(lanes),
	.start = start,
};
