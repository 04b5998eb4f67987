/* plan_store.h: what is to be paid for a pay period: owed, in batches, released, gone; the money for it. For `chitra schedule`. */
#ifndef CHITRA_PAYOUT_PLAN_STORE_H
#define CHITRA_PAYOUT_PLAN_STORE_H

#include "ledger/base/money.h"
#include "ledger/payout/schedule_store.h"

enum plan_step {
	PLAN_OPEN,     /* being made */
	PLAN_FROZEN,   /* waits for signatures */
	PLAN_APPROVED, /* waits for its release */
	PLAN_WAITING,  /* released, not sent */
	PLAN_HELD,
	PLAN_GONE, /* sent, or ended before that */
};
const char *plan_step_name(enum plan_step s); /* "open" … "gone" */

/* Payouts of one channel that are at one step and go at one time. */
struct plan_row {
	const struct channel_times *channel;
	enum plan_step step;
	bool planned; /* on the programme's days */
	int64_t batches, lines;
	struct vnd sum;
	int64_t valid_until_us;
	bool goes; /* opening is when; not so of what is gone, and of what is valid no more by then */
	struct opening opening;
};

struct plan_programme {
	const char *code;
	bool has_window;
	struct window window;
	int64_t claims, wards, wards_missing, unbatched;
	struct vnd owed, unbatched_sum;
	const char *funding;     /* NULL: no agency pays it */
	struct vnd free, needed; /* there and not promised; what is not released yet */
	size_t n;
	struct plan_row *rows;
};

struct month_plan {
	struct month period;
	int64_t now_us;
	struct timetable times;
	size_t n;
	struct plan_programme *at; /* those that owe something, or have days */
};

/* Inside the caller's officer transaction. */
enum result plan_read(struct work *w, struct month period, struct month_plan *out) WARN_UNUSED;

#endif
