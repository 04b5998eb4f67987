/* When payments may leave. Days and hours by hand, and every minute of random calendars by brute force, with libc's calendar. */
#include "ledger/payout/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/lib/tap.h"

#define MINUTE_US INT64_C(60000000)
#define VN_S      (7 * 3600)

static struct day day_at(const char *text)
{
	struct day d;
	if (!day_parse(bytes_z(text), &d))
		bug("no day: %s", text);
	return d;
}

static struct month month_at(const char *text)
{
	struct month m;
	if (!month_parse(bytes_z(text), &m))
		bug("no month: %s", text);
	return m;
}

/* "2024-04-03 08:00" in Vietnam, by libc and seven hours. */
static int64_t at(const char *text)
{
	struct tm t = {0};
	if (sscanf(text, "%d-%d-%d %d:%d:%d", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min,
		    &t.tm_sec) < 5)
		bug("no instant: %s", text);
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	return (int64_t)(timegm(&t) - VN_S) * 1000000;
}

static const char *say(int64_t us)
{
	static char text[4][32];
	static int next;
	time_t s = us / 1000000 + VN_S;
	struct tm t;
	gmtime_r(&s, &t);
	next = (next + 1) % 4;
	strftime(text[next], sizeof text[next], "%Y-%m-%d %H:%M", &t);
	return text[next];
}

static struct hours hours_of(const char *text, int margin)
{
	struct hours h = {.from = day_at("2020-01-01"), .margin_min = (int16_t)margin};
	struct why why = {0};
	if (!hours_parse(bytes_z(text), &h, &why))
		bug("%s: %s", text, why.text);
	return h;
}

/* Tết 2024, the swap of 29 April and 4 May, 30 April and 1 May. */
static struct special_day specials[16];
static struct calendar calendar;
static void calendar_make(void)
{
	static const char *const off[] = {"2024-02-08", "2024-02-09", "2024-02-10", "2024-02-11",
		"2024-02-12", "2024-02-13", "2024-02-14", "2024-04-18", "2024-04-29", "2024-04-30",
		"2024-05-01"};
	for (size_t i = 0; i < COUNT_OF(off); i++)
		specials[calendar.n++] = (struct special_day){.day = day_at(off[i])};
	specials[calendar.n++] = (struct special_day){.day = day_at("2024-05-04"), .working = true};
	calendar.at = specials;
}

static const struct window merit[] = {
	/* The newest word first: February 2024 was paid before Tết (telegram 03/CĐ-TTg). */
	{.period = {2024, 2},
		.first = {19737},        /* 2024-01-15 */
		.last = {19755},         /* 2024-02-02 */
		.lists_before = {19732}, /* 2024-01-10 */
		.money_before = {19737}},
	{.period = {2021, 7},
		.every_month = true,
		.first = {18809},         /* 2021-07-01 */
		.last = {18818},          /* 2021-07-10 */
		.lists_before = {18798},  /* 2021-06-20 */
		.money_before = {18803}}, /* 2021-06-25 */
};
static const struct windows pays = {COUNT_OF(merit), merit};

/* ---- by hand ------------------------------------------------------------------------------------------------------------- */

static void test_hours(void)
{
	static const char *const wrong[] = {"", "1-5", "1-5 08:00", "1-5 8:00-16:30", "0-5 08:00-16:30",
		"1-8 08:00-16:30", "5-1 08:00-16:30", "1-5 16:30-08:00", "1-5 08:00-08:00", "1-5 08:00-24:01",
		"1-5 08:00-16:60", "1-5 08:00-16:30,", "1-5 08:00-16:30 ", "1-5 08:00-16:30; 6 08:00-11:30",
		"1-5 13:00-16:30, 1-5 08:00-11:30", "1-5 08:00-12:00, 3 11:59-13:00", "1-5 08:00-16:30x",
		"1-5 08:00-16:30, 6", "1-x 08:00-16:30", "1-", "1-5 08-16", "1-5 08:0x-16:30",
		"1-5 08:00-16"};
	struct why why = {0};
	struct hours h = {0};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		ok(!hours_parse(bytes_z(wrong[i]), &h, &why) && why_is(&why, "hours_wrong"),
			"'%s' are no hours", wrong[i]);
	char many[480] = "";
	for (int i = 0; i < HOURS_SPANS; i++)
		snprintf(many + strlen(many), 48, "%s%d %02d:00-%02d:30", i ? ", " : "", i % 7 + 1, i / 7,
			i / 7);
	ok(hours_parse(bytes_z(many), &h, &why), "as many spans as there may be are read");
	snprintf(many + strlen(many), 32, ", 7 23:00-23:30");
	ok(!hours_parse(bytes_z(many), &h, &why), "one more is not");
	h = hours_of("1-5 08:00-11:30, 1-5 13:00-16:30, 6 08:00-11:30", 15);
	is_i64((int64_t)h.n, 3, "three spans are read");
	is_i64(h.at[1].opens, 780, "in minutes");
	h = hours_of("1-7 00:00-24:00", 0);
	is_i64(h.at[0].cut_off, 1440, "midnight ends a day");
}

static void test_openings(void)
{
	static const struct {
		const char *hours;
		int margin;
		bool on_holidays;
		const char *now, *from, *until, *cut_off, *why;
	} rows[] = {
		{"1-5 08:00-16:30", 15, false, "2024-04-03 09:00", "2024-04-03 09:00", "2024-04-03 16:15",
			"2024-04-03 16:30", "in the hours it may go now, until the cut-off less the margin"},
		{"1-5 08:00-16:30", 15, false, "2024-04-03 16:14:59", "2024-04-03 16:14", "2024-04-03 16:15",
			"2024-04-03 16:30", "a second before the margin too"},
		{"1-5 08:00-16:30", 15, false, "2024-04-03 16:15", "2024-04-04 08:00", "2024-04-04 16:15",
			"2024-04-04 16:30", "in the margin before the cut-off it waits for tomorrow"},
		{"1-5 08:00-16:30", 0, false, "2024-04-03 16:30", "2024-04-04 08:00", "2024-04-04 16:30",
			"2024-04-04 16:30", "the cut-off itself is too late"},
		{"1-5 08:00-11:30, 1-5 13:00-16:30", 5, false, "2024-04-03 11:26", "2024-04-03 13:00",
			"2024-04-03 16:25", "2024-04-03 16:30", "what misses the morning goes after lunch"},
		{"1-5 08:00-16:30", 15, false, "2024-04-05 17:00", "2024-04-08 08:00", "2024-04-08 16:15",
			"2024-04-08 16:30", "what misses Friday waits for Monday"},
		{"1-5 08:00-16:30", 15, false, "2024-02-07 16:20", "2024-02-15 08:00", "2024-02-15 16:15",
			"2024-02-15 16:30",
			"what misses the last day before Tết waits for the first one after it"},
		{"1-5 08:00-16:30", 15, false, "2024-04-26 17:00", "2024-05-02 08:00", "2024-05-02 16:15",
			"2024-05-02 16:30", "a Monday that was swapped is a holiday"},
		{"1-5 08:00-16:30, 6 08:00-11:30", 15, false, "2024-05-04 12:00", "2024-05-04 12:00",
			"2024-05-04 16:15", "2024-05-04 16:30", "and its Saturday has a Monday's hours"},
		{"1-5 08:00-16:30, 6 08:00-11:30", 15, false, "2024-05-11 12:00", "2024-05-13 08:00",
			"2024-05-13 16:15", "2024-05-13 16:30", "another Saturday its own"},
		{"1-5 08:00-16:30", 15, true, "2024-02-09 09:00", "2024-02-09 09:00", "2024-02-09 16:15",
			"2024-02-09 16:30", "a bank that works on holidays works on them"},
		{"1-7 06:00-24:00", 30, true, "2024-04-03 23:29", "2024-04-03 23:29", "2024-04-03 23:30",
			"2024-04-04 00:00", "midnight in Vietnam is the cut-off, not midnight elsewhere"},
		{"1-7 06:00-24:00", 30, true, "2024-04-30 23:30", "2024-05-01 06:00", "2024-05-01 23:30",
			"2024-05-02 00:00", "and the next opening is in the next month"},
		{"1-7 22:00-24:00, 1-7 00:00-02:00", 0, true, "2024-04-03 23:00", "2024-04-03 23:00",
			"2024-04-04 02:00", "2024-04-04 02:00", "hours across midnight are one opening"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hours h;
		if (strncmp(rows[i].hours, "1-7 22", 6) == 0)
			h = hours_of("1-7 00:00-02:00, 1-7 22:00-24:00", rows[i].margin);
		else
			h = hours_of(rows[i].hours, rows[i].margin);
		h.on_holidays = rows[i].on_holidays;
		struct versions v = {1, &h};
		struct opening o;
		struct plan p = {.calendar = &calendar, .hours = &v};
		if (!ok(schedule_next(&p, at(rows[i].now), &o), "%s", rows[i].why))
			continue;
		is_str(say(o.from_us), rows[i].from, "from then");
		is_str(say(o.until_us), rows[i].until, "begun until then");
		is_str(say(o.cut_off_us), rows[i].cut_off, "with that cut-off");
	}
}

static void test_always(void)
{
	struct hours h = hours_of("1-7 00:00-24:00", 0);
	struct versions none = {0}, all = {1, &h};
	struct opening o;
	struct plan p = {.calendar = &calendar, .hours = &none};
	int64_t now = at("2024-02-09 23:59:58");
	ok(schedule_next(&p, now, &o) && o.from_us == now && o.until_us - now > 30 * 86400 * INT64_C(1000000),
		"a channel without hours is open always");
	p.hours = &all;
	ok(schedule_next(&p, now, &o) && o.from_us > now, "one that is open all week is closed on a holiday");
	h.on_holidays = true;
	ok(schedule_next(&p, now, &o) && o.from_us == now && o.until_us - now > 30 * 86400 * INT64_C(1000000),
		"unless it works on holidays");
	h = hours_of("6 08:00-08:30", 30);
	ok(!schedule_next(&p, now, &o), "hours that a margin uses up never open");
}

static void test_versions(void)
{
	struct hours h[2] = {hours_of("1-5 09:00-15:00", 0), hours_of("1-5 08:00-16:30", 0)};
	struct versions v = {2, h};
	struct opening o;
	struct plan p = {.calendar = &calendar, .hours = &v};
	h[0].from = day_at("2024-04-04");
	ok(schedule_next(&p, at("2024-04-03 16:00"), &o), "hours change on a day");
	is_str(say(o.until_us), "2024-04-03 16:30", "before it the old ones hold");
	ok(schedule_next(&p, at("2024-04-03 17:00"), &o), "and from it on");
	is_str(say(o.from_us), "2024-04-04 09:00", "the new ones");
}

static void test_windows(void)
{
	static const struct {
		const char *period, *now, *from;
		bool missed;
		const char *why;
	} rows[] = {
		{"2024-04", "2024-04-03 09:00", "2024-04-03 09:00", false, "in its days it goes now"},
		{"2024-04", "2024-03-26 09:00", "2024-04-01 08:00", false,
			"before them it waits for the first"},
		{"2024-04", "2024-04-10 16:14", "2024-04-10 16:14", false, "until the margin of the last"},
		{"2024-04", "2024-04-10 16:15", "2024-05-02 08:00", true,
			"what missed its days goes in the next month's, behind its holidays"},
		{"2024-04", "2024-04-30 23:59:58", "2024-05-02 08:00", true, "also at the end of the month"},
		{"2024-04", "2023-12-31 23:59:59", "2024-04-01 08:00", false, "a year does not matter"},
		{"2024-02", "2024-01-11 09:00", "2024-01-15 08:00", false, "February is paid before Tết"},
		{"2024-01", "2024-01-11 09:00", "2024-01-15 08:00", true,
			"and with it what missed January: two payouts on one day"},
		{"2024-02", "2024-02-05 09:00", "2024-03-01 08:00", true,
			"not on its own month's first days"},
		{"2024-03", "2024-01-16 09:00", "2024-03-01 08:00", false,
			"March does not go with what is paid early"},
	};
	struct hours h = hours_of("1-5 08:00-16:30", 15);
	struct versions v = {1, &h};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct plan p = {.calendar = &calendar,
			.hours = &v,
			.windows = &pays,
			.period = month_at(rows[i].period)};
		struct opening o;
		if (!ok(schedule_next(&p, at(rows[i].now), &o), "%s: %s", rows[i].period, rows[i].why))
			continue;
		is_str(say(o.from_us), rows[i].from, "from then");
		ok(o.missed == rows[i].missed, "and that is %sa later one", rows[i].missed ? "" : "not ");
	}
	struct window w;
	struct month upto;
	char day[DAY_TEXT_SIZE];
	ok(window_of(&pays, month_at("2026-12"), &w), "a rule of every month holds for years");
	is_str(day_format(w.money_before, day), "2026-11-25",
		"the money for December is there before 25 November");
	is_str(day_format(w.lists_before, day), "2026-11-20", "the lists before the 20th");
	ok(!window_of(&pays, month_at("2021-06"), &w), "before it nobody said");
	ok(windows_upto(&pays, day_at("2024-01-16"), &upto) && month_cmp(upto, month_at("2024-02")) == 0,
		"on 16 January 2024 February is paid");
	ok(!windows_upto(&pays, day_at("2024-01-12"), &upto), "on the 12th nothing is");
	const struct window short_month = {.period = {2024, 1},
		.every_month = true,
		.first = day_at("2024-01-28"),
		.last = day_at("2024-01-31"),
		.lists_before = day_at("2024-01-20"),
		.money_before = day_at("2024-01-25")};
	const struct windows ends = {1, &short_month};
	ok(window_of(&ends, month_at("2024-02"), &w), "the 31st of a month");
	is_str(day_format(w.last, day), "2024-02-29", "is its last day where it has none");
	const struct windows nobody = {0};
	struct plan p = {
		.calendar = &calendar, .hours = &v, .windows = &nobody, .period = month_at("2024-04")};
	struct opening o;
	ok(schedule_next(&p, at("2024-04-20 17:00"), &o) && strcmp(say(o.from_us), "2024-04-22 08:00") == 0,
		"a programme without days of its own pays on any");
	ok(calendar_works(&calendar, day_at("2024-05-04")) &&
			!calendar_works(&calendar, day_at("2024-04-29")) &&
			!calendar_works(&calendar, day_at("2024-05-05")) &&
			calendar_works(&calendar, day_at("2024-05-06")),
		"business days are weekdays, without holidays, with what is made up for");
}

/* ---- by brute force --------------------------------------------------------------------------------------------------------- */

#define DAYS    100
#define MINUTES (DAYS * 1440)

static bool is_open[MINUTES], may[MINUTES];
static uint64_t seed = 1;

static int any(int n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int)((seed >> 33) % (uint64_t)n);
}

static bool shows(const struct calendar *c, time_t day_s, bool *working)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].day.n == day_s / 86400) {
			*working = c->at[i].working;
			return true;
		}
	return false;
}

/* The windows are those of merit above, written down again for a day of 2024: which periods' days it is in. */
static bool in_days(int year, int month, int mday, int period)
{
	int day = month * 100 + mday;
	if (year != 2024)
		return false;
	for (int m = period; m <= 12; m++)
		if (m == 2 ? day >= 115 && day <= 202 : day >= m * 100 + 1 && day <= m * 100 + 10)
			return true;
	return false;
}

static void fill_minutes(const struct plan *p, time_t first_s, int period)
{
	for (int m = 0; m < MINUTES; m++) {
		time_t s = first_s + (time_t)m * 60; /* seven hours ahead: Vietnam's wall */
		struct tm t;
		gmtime_r(&s, &t);
		int weekday = t.tm_wday == 0 ? 7 : t.tm_wday, minute = t.tm_hour * 60 + t.tm_min;
		bool working;
		const struct hours *h = &p->hours->at[0];
		if (p->hours->n == 2 && s / 86400 < h->from.n)
			h = &p->hours->at[1];
		if (shows(p->calendar, s - s % 86400, &working))
			weekday = working ? 1 : h->on_holidays ? weekday : 0;
		is_open[m] = false;
		for (size_t i = 0; i < h->n; i++)
			is_open[m] |= h->at[i].first <= weekday && weekday <= h->at[i].last &&
				      h->at[i].opens <= minute && minute < h->at[i].cut_off;
		if (p->windows)
			is_open[m] &= in_days(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, period);
	}
	for (int m = 0, open = 0; m < MINUTES; m++) {
		int back = MINUTES - 1 - m;
		open = is_open[back] ? open + 1 : 0;
		may[back] = open > p->hours->at[0].margin_min;
	}
}

static bool agrees(const struct plan *p, int64_t first_us, int minute)
{
	int from = minute, until, cut_off;
	struct opening o;
	while (from < MINUTES && !may[from])
		from++;
	for (until = from; until < MINUTES && may[until];)
		until++;
	for (cut_off = from; cut_off < MINUTES && is_open[cut_off];)
		cut_off++;
	if (cut_off >= MINUTES - 41 * 1440) /* it cannot be seen whole from here */
		return true;
	if (!schedule_next(p, first_us + minute * MINUTE_US, &o))
		return false;
	return o.from_us == first_us + from * MINUTE_US && o.until_us == first_us + until * MINUTE_US &&
	       o.cut_off_us == first_us + cut_off * MINUTE_US;
}

static struct hours any_hours(int margin)
{
	struct hours h = {.margin_min = (int16_t)margin, .on_holidays = any(2)};
	for (int weekday = 1; weekday <= 7; weekday++) {
		int minute = any(3) ? any(800) : 0;
		for (int k = any(3); k > 0 && minute < 1400; k--) {
			int end = minute + 1 + any(1440 - minute);
			if (any(4) == 0)
				end = 1440;
			h.at[h.n++] = (struct span){
				(int8_t)weekday, (int8_t)weekday, (int16_t)minute, (int16_t)end};
			minute = end + (any(3) ? any(90) : 0);
		}
	}
	return h;
}

static int disagreements(int rounds)
{
	int64_t first_us = at("2024-01-01 00:00");
	time_t first_s = first_us / 1000000 + VN_S;
	int wrong = 0;
	for (int round = 0; round < rounds; round++) {
		int margin = any(3) * 17;
		struct hours h[2] = {any_hours(margin), any_hours(margin)};
		struct special_day some[12];
		struct calendar c = {.at = some};
		struct versions v = {1 + (size_t)any(2), h};
		int period = 1 + any(4);
		struct plan p = {.calendar = &c,
			.hours = &v,
			.windows = any(2) ? &pays : NULL,
			.period = {2024, (int8_t)period}};
		h[0].from = v.n == 2 ? day_add(day_at("2024-01-01"), any(60)) : day_at("2020-01-01");
		h[1].from = day_at("2020-01-01");
		for (int d = any(9); d < DAYS && c.n < COUNT_OF(some); d += 1 + any(9))
			some[c.n++] = (struct special_day){day_add(day_at("2024-01-01"), d), any(2)};
		fill_minutes(&p, first_s, period);
		for (int k = 0; k < 60; k++)
			wrong += !agrees(&p, first_us, any(55 * 1440));
	}
	return wrong;
}

int main(void)
{
	static const char *const zones[] = {
		"Asia/Ho_Chi_Minh", "UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Paris"};
	calendar_make();
	test_hours();
	for (size_t i = 0; i < COUNT_OF(zones); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		test_openings();
		test_windows();
		is_i64(disagreements(12), 0, "every minute says the same, with TZ=%s", zones[i]);
	}
	test_always();
	test_versions();
	return done_testing();
}
