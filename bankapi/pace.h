/* pace.h: how fast one bank may be asked.
 *
 * Knows a token bucket (requests a second, with a burst), a cap on what is in flight, the bank's own Retry-After, and
 * how to come back after an outage: the cap starts small, grows by one with each answer and halves at each sign of
 * distress, with a growing pause. Pure: the time is given (microseconds of a monotonic clock), as is the jitter.
 * The teller asks it before each request and tells it about each end. It never decides about money: a request that
 * pace delays has not been sent, nothing more. */
#ifndef BANKAPI_PACE_H
#define BANKAPI_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace_limits {
	uint32_t per_second;    /* requests a second, 1 to 100,000 */
	uint32_t burst;         /* requests that may leave at once after quiet, at least 1 */
	uint32_t in_flight_max; /* requests without an answer, at least 1 */
};

struct pace {
	struct pace_limits limits;
	uint32_t in_flight;
	uint32_t allowed;      /* in flight now: 1 to in_flight_max */
	int64_t credit_us;     /* time saved up in the bucket; one request costs 1,000,000 / per_second */
	int64_t counted_to_us; /* the bucket was filled up to here */
	int64_t not_before_us; /* Retry-After, or the pause after distress */
	int64_t pause_us;      /* the last pause, 0 when all is well */
};

/* What the end of a request says about the bank's health, not about the payouts in it. */
enum pace_end {
	PACE_ANSWERED, /* an answer came, whatever it says */
	PACE_DISTRESS, /* no connection, no answer in time, 429, 5xx */
	PACE_UNTRIED,  /* it never left, for a reason of our own */
};

#define PACE_NEVER INT64_MAX

/* A bank that was not talked to yet: a full bucket, and a few requests at first. */
void pace_init(struct pace *p, const struct pace_limits *limits, int64_t now_us);

/* Takes the right to send one request. False: not now; ask pace_wait_us when. */
bool pace_take(struct pace *p, int64_t now_us);

/* Microseconds until pace_take may succeed: 0 for now, PACE_NEVER when only the end of a request can help. */
int64_t pace_wait_us(const struct pace *p, int64_t now_us);

/* The end of a request that was taken. jitter in 0..999 spreads the pause of several tellers over its second half. */
void pace_end(struct pace *p, enum pace_end end, uint32_t jitter, int64_t now_us);

/* The bank asked for silence (Retry-After); at most one hour is obeyed, and up to an eighth more, by the jitter: it said the same to all
 * tellers. Never shortens an earlier wish. */
void pace_retry_after(struct pace *p, int64_t seconds, uint32_t jitter, int64_t now_us);

#endif
