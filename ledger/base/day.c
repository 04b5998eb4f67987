#include "ledger/base/day.h"

#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"

#define DAY_US INT64_C(86400000000)
#define VN_US  (INT64_C(7) * 3600 * 1000000)

/* Days of civil dates by eras of 400 years, years counted from March (Howard Hinnant, "chrono-compatible low-level date
 * algorithms", public domain). Exact over the whole proleptic Gregorian calendar. */
static int32_t days_of(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return length[month - 1] + (month == 2 && is_leap(year));
}

bool day_of_ymd(int year, int month, int day, struct day *out)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
		return false;
	out->n = days_of(year, month, day);
	return true;
}

void day_to_ymd(struct day d, int *year, int *month, int *day)
{
	int64_t z = (int64_t)d.n + 719468; /* a database's infinity is the last int32 */
	int era = (int)((z >= 0 ? z : z - 146096) / 146097);
	int of_era = (int)(z - (int64_t)era * 146097);
	int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int march_month = (5 * of_year + 2) / 153;

	*day = of_year - (153 * march_month + 2) / 5 + 1;
	*month = march_month + (march_month < 10 ? 3 : -9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* The digits of s from `from` to before `to` as a number, or -1. */
static int digits(struct bytes s, size_t from, size_t to)
{
	int v = 0;

	if (!text_all_digits((const char *)s.at + from, to - from))
		return -1;
	for (size_t i = from; i < to; i++)
		v = v * 10 + (s.at[i] - '0');
	return v;
}

bool day_parse(struct bytes s, struct day *out)
{
	if (s.n != 10 || s.at[4] != '-' || s.at[7] != '-')
		return false;
	return day_of_ymd(digits(s, 0, 4), digits(s, 5, 7), digits(s, 8, 10), out);
}

const char *day_format(struct day d, char out[static DAY_TEXT_SIZE])
{
	int year, month, day;
	char *to;

	day_to_ymd(d, &year, &month, &day);
	bug_if(year < 1 || year > 9999);
	to = text_digits(out, (uint64_t)year, 4);
	*to++ = '-';
	to = text_digits(to, (uint64_t)month, 2);
	*to++ = '-';
	*text_digits(to, (uint64_t)day, 2) = '\0';
	return out;
}

struct day day_add(struct day d, int32_t days)
{
	int32_t n;

	bug_if(__builtin_add_overflow(d.n, days, &n));
	return (struct day){.n = n};
}

int day_cmp(struct day a, struct day b)
{
	return (a.n > b.n) - (a.n < b.n);
}

int day_weekday(struct day d)
{
	int from_monday = (d.n + 3) % 7; /* 1970-01-01 was a Thursday */

	return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

bool month_parse(struct bytes s, struct month *out)
{
	int year, month;

	if (s.n != 7 || s.at[4] != '-')
		return false;
	year = digits(s, 0, 4);
	month = digits(s, 5, 7);
	if (year < 1 || month < 1 || month > 12)
		return false;
	*out = (struct month){.year = (int16_t)year, .month = (int8_t)month};
	return true;
}

static void month_check(struct month m)
{
	bug_if(m.year < 1 || m.year > 9999 || m.month < 1 || m.month > 12);
}

const char *month_format(struct month m, char out[static MONTH_TEXT_SIZE])
{
	month_check(m);
	snprintf(out, MONTH_TEXT_SIZE, "%04u-%02u", (unsigned)m.year % 10000, (unsigned)m.month % 100);
	return out;
}

struct month month_of_day(struct day d)
{
	int year, month, day;

	day_to_ymd(d, &year, &month, &day);
	bug_if(year < 1 || year > 9999);
	return (struct month){.year = (int16_t)year, .month = (int8_t)month};
}

struct day month_first(struct month m)
{
	month_check(m);
	return (struct day){.n = days_of(m.year, m.month, 1)};
}

struct day month_last(struct month m)
{
	month_check(m);
	return (struct day){.n = days_of(m.year, m.month, month_length(m.year, m.month))};
}

struct month month_add(struct month m, int32_t months)
{
	int64_t n;

	month_check(m);
	n = (int64_t)m.year * 12 + m.month - 1 + months;
	bug_if(n < 12 || n >= INT64_C(10000) * 12);
	return (struct month){.year = (int16_t)(n / 12), .month = (int8_t)(n % 12 + 1)};
}

int month_cmp(struct month a, struct month b)
{
	int x = a.year * 12 + a.month;
	int y = b.year * 12 + b.month;

	return (x > y) - (x < y);
}

/* The whole days before an instant, also before 1970. */
static int64_t floor_days(int64_t us)
{
	return us / DAY_US - (us % DAY_US < 0);
}

const char *instant_format(int64_t us, char out[static INSTANT_TEXT_SIZE])
{
	int64_t days = floor_days(us);
	uint64_t rest = (uint64_t)(us - days * DAY_US);
	unsigned s = (unsigned)(rest / 1000000) % 86400;
	char *to;

	bug_if(days < INT32_MIN || days > INT32_MAX);
	day_format((struct day){.n = (int32_t)days}, out);
	to = out + DAY_TEXT_SIZE - 1;
	*to++ = 'T';
	to = text_digits(to, s / 3600, 2);
	*to++ = ':';
	to = text_digits(to, s / 60 % 60, 2);
	*to++ = ':';
	to = text_digits(to, s % 60, 2);
	*to++ = '.';
	to = text_digits(to, (uint64_t)(rest % 1000000), 6);
	memcpy(to, "Z", 2);
	return out;
}

bool instant_parse(struct bytes s, int64_t *us)
{
	struct day d;
	int h, m, sec, micro;

	if (s.n != INSTANT_TEXT_SIZE - 1 || s.at[10] != 'T' || s.at[13] != ':' || s.at[16] != ':' ||
		s.at[19] != '.' || s.at[26] != 'Z' || !day_parse(bytes_of(s.at, 10), &d))
		return false;
	h = digits(s, 11, 13);
	m = digits(s, 14, 16);
	sec = digits(s, 17, 19);
	micro = digits(s, 20, 26);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 || micro < 0)
		return false;
	*us = d.n * DAY_US + ((h * INT64_C(60) + m) * 60 + sec) * 1000000 + micro;
	return true;
}

struct day day_of_instant_vn(int64_t us)
{
	int64_t days;

	bug_if(us > INT64_MAX - VN_US);
	days = floor_days(us + VN_US);
	bug_if(days < INT32_MIN || days > INT32_MAX);
	return (struct day){.n = (int32_t)days};
}

int64_t instant_of_day_vn(struct day d)
{
	return d.n * DAY_US - VN_US;
}
