/* schedule.h: when payments may leave: a channel's hours, the calendar, a programme's days in each month.
 *
 * Pure: rows come from schedule_store.h, the instant from PostgreSQL's clock (ops.now()). Days and hours are Vietnam's, whatever
 * zone the process is in. Two officers say *now* (then the hours alone count) or *in the window* (then the programme's days
 * too). What misses its days is not lost: it goes at the next opening, in a later month's days. Who is paid for which month is
 * never a matter of the clock: the period is given. */
#ifndef CHITRA_PAYOUT_SCHEDULE_H
#define CHITRA_PAYOUT_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/base/day.h"
#include "ledger/base/why.h"

#define HOURS_SPANS 16
#define MARGIN_MIN  15 /* where nobody says another */

/* Monday is 1. A span ends before its last minute: what leaves, leaves before the cut-off. */
struct span {
	int8_t first, last;     /* weekdays */
	int16_t opens, cut_off; /* minutes of the day, 0 to 1440 */
};

/* From a day on, until a later version. */
struct hours {
	struct day from;
	bool on_holidays;
	int16_t margin_min; /* nothing new is begun so shortly before a cut-off */
	size_t n;
	struct span at[HOURS_SPANS];
};

/* "1-5 08:00-11:30, 1-5 13:00-16:30, 6 08:00-11:30". The spans of a weekday come in order and do not overlap; "24:00" ends a day. False
 * with why hours_wrong. */
bool hours_parse(struct bytes text, struct hours *out, struct why *why) WARN_UNUSED;

/* Of one channel, the newest word first; none: it is open always. */
struct versions {
	size_t n;
	const struct hours *at;
};

/* Days that are not what their weekday says, by day. */
struct special_day {
	struct day day;
	bool working; /* made up for; else a holiday */
};
struct calendar {
	size_t n;
	const struct special_day *at;
};
bool calendar_works(
	const struct calendar *c, struct day d); /* Saturdays and Sundays only where they are made up for */

/* When a programme pays for a period; of every month: for each later one too, on the same days of its months. */
struct window {
	struct month period;
	bool every_month;
	struct day first, last;                /* it pays on these */
	struct day lists_before, money_before; /* what must be there first: before these days */
};
/* Of one programme, the newest word first; none: any day is one. */
struct windows {
	size_t n;
	const struct window *at;
};

/* The period's: its own word, else that of every month. False: nobody said. */
bool window_of(const struct windows *w, struct month period, struct window *out) WARN_UNUSED;
/* The newest period that is paid on this day: it, and whatever is older and was missed. False: none. */
bool windows_upto(const struct windows *w, struct day today, struct month *period) WARN_UNUSED;

struct plan {
	const struct calendar *calendar;
	const struct versions *hours;
	const struct windows *windows; /* NULL: officers said now */
	struct month period;           /* with windows */
};

struct opening {
	int64_t from_us;    /* what waits since then may leave; the instant itself when it may now */
	int64_t until_us;   /* nothing is begun from then on */
	int64_t cut_off_us; /* and nothing leaves any more */
	bool missed;        /* the period's own days are over */
};

/* The first from this instant on. False: none within a year. */
bool schedule_next(const struct plan *p, int64_t from_us, struct opening *out) WARN_UNUSED;

#endif
