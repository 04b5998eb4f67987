#include "bankapi/pace.h"

#include "ledger/base/result.h"

enum {
	SECOND_US = 1000000,
	PAUSE_FIRST_US = 100000,
	PAUSE_LAST_US = 30 * SECOND_US,
	ALLOWED_AT_FIRST = 4,
	RETRY_AFTER_MAX_S = 3600,
};

static uint32_t at_most(uint32_t value, uint32_t most)
{
	return value < most ? value : most;
}

static int64_t cost_us(const struct pace *p)
{
	return SECOND_US / p->limits.per_second;
}

static int64_t credit_at(const struct pace *p, int64_t now_us)
{
	int64_t full = cost_us(p) * p->limits.burst;
	/* a loop's time is read once a turn, a worker's each time: it may lie a little behind */
	int64_t quiet = now_us > p->counted_to_us ? now_us - p->counted_to_us : 0;

	/* compared before it is added: a machine that slept for years must not overflow */
	return quiet >= full - p->credit_us ? full : p->credit_us + quiet;
}

void pace_init(struct pace *p, const struct pace_limits *limits, int64_t now_us)
{
	bug_if(limits->per_second < 1 || limits->per_second > 100000);
	bug_if(limits->burst < 1 || limits->in_flight_max < 1);
	*p = (struct pace){
		.limits = *limits,
		.allowed = at_most(ALLOWED_AT_FIRST, limits->in_flight_max),
		.counted_to_us = now_us,
		.not_before_us = now_us,
	};
	p->credit_us = cost_us(p) * limits->burst;
}

int64_t pace_wait_us(const struct pace *p, int64_t now_us)
{
	if (p->in_flight >= p->allowed)
		return PACE_NEVER;

	int64_t silence = p->not_before_us > now_us ? p->not_before_us - now_us : 0;
	int64_t lacking = cost_us(p) - credit_at(p, now_us);

	return lacking > silence ? lacking : silence;
}

bool pace_take(struct pace *p, int64_t now_us)
{
	if (pace_wait_us(p, now_us) > 0)
		return false;
	p->credit_us = credit_at(p, now_us) - cost_us(p);
	if (p->counted_to_us < now_us)
		p->counted_to_us = now_us;
	p->in_flight++;
	return true;
}

/* Many requests end badly in the same outage; only the first of them after a pause makes the next pause longer. */
static void pause_for_distress(struct pace *p, uint32_t jitter, int64_t now_us)
{
	p->allowed = p->allowed / 2 > 0 ? p->allowed / 2 : 1;
	if (now_us < p->not_before_us)
		return;
	p->pause_us = p->pause_us == 0 ? PAUSE_FIRST_US : p->pause_us * 2;
	if (p->pause_us > PAUSE_LAST_US)
		p->pause_us = PAUSE_LAST_US;
	p->not_before_us = now_us + p->pause_us / 2 + p->pause_us / 2 * (jitter % 1000) / 1000;
}

void pace_end(struct pace *p, enum pace_end end, uint32_t jitter, int64_t now_us)
{
	bug_if(p->in_flight == 0);
	p->in_flight--;
	switch (end) {
	case PACE_ANSWERED:
		p->pause_us = 0;
		p->allowed = at_most(p->allowed + 1, p->limits.in_flight_max);
		return;
	case PACE_DISTRESS: pause_for_distress(p, jitter, now_us); return;
	case PACE_UNTRIED: return;
	}
	bug("pace_end: no such end %d", (int)end);
}

void pace_retry_after(struct pace *p, int64_t seconds, uint32_t jitter, int64_t now_us)
{
	if (seconds <= 0)
		return;
	if (seconds > RETRY_AFTER_MAX_S)
		seconds = RETRY_AFTER_MAX_S;
	int64_t until_us = now_us + seconds * SECOND_US + seconds * SECOND_US / 8 * (jitter % 1000) / 1000;
	if (p->not_before_us < until_us)
		p->not_before_us = until_us;
}
