/* day.h: days, months and instants.
 *
 * A day is a calendar day in Vietnam, a month a benefit month or pay period, an instant int64_t microseconds since 1970 UTC.
 * Asia/Ho_Chi_Minh is UTC+7 since 1975-06-13 without summer time, so no zone database and no TZ variable is read. Asks no
 * clock: that is clock.h, and the business day is the database's. Years 1 to 9999. */
#ifndef LEDGER_BASE_DAY_H
#define LEDGER_BASE_DAY_H

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

struct day {
	int32_t n; /* days since 1970-01-01 */
};

struct month {
	int16_t year;
	int8_t month; /* 1–12 */
};

#define DAY_TEXT_SIZE     11 /* 2024-04-03 */
#define MONTH_TEXT_SIZE   8  /* 2024-04 */
#define INSTANT_TEXT_SIZE 28 /* 2025-12-07T03:04:05.123456Z */

bool day_of_ymd(int year, int month, int day, struct day *out) WARN_UNUSED; /* false when no such day */
void day_to_ymd(struct day d, int *year, int *month, int *day);
bool day_parse(struct bytes s, struct day *out) WARN_UNUSED; /* exactly YYYY-MM-DD */
const char *day_format(struct day d, char out[static DAY_TEXT_SIZE]);
struct day day_add(struct day d, int32_t days);
int day_cmp(struct day a, struct day b);
int day_weekday(struct day d); /* 1 Monday … 7 Sunday */

bool month_parse(struct bytes s, struct month *out) WARN_UNUSED; /* exactly YYYY-MM */
const char *month_format(struct month m, char out[static MONTH_TEXT_SIZE]);
struct month month_of_day(struct day d);
struct day month_first(struct month m);
struct day month_last(struct month m);
struct month month_add(struct month m, int32_t months);
int month_cmp(struct month a, struct month b);

/* RFC 3339 in UTC with six decimals and Z, and back: the parser wants exactly that form. */
const char *instant_format(int64_t us, char out[static INSTANT_TEXT_SIZE]);
bool instant_parse(struct bytes s, int64_t *us) WARN_UNUSED;
struct day day_of_instant_vn(int64_t us);
int64_t instant_of_day_vn(struct day d); /* its first microsecond in Vietnam */

#endif
