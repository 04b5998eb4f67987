/* Days, months and instants. Expected values from date(1) and the calendar. */
#include "ledger/base/day.h"

#include "ledger/base/clock.h"
#include "tests/lib/tap.h"

static void test_days(void)
{
	static const struct {
		const char *text;
		int32_t n;
		int weekday;
	} rows[] = {
		/* date -u -d DAY +%s divided by 86,400; date +%u */
		{"1970-01-01", 0, 4},
		{"1969-12-31", -1, 3},
		{"2000-02-29", 11016, 2},
		{"2024-02-29", 19782, 4},
		{"2024-04-03", 19816, 3},
		{"2025-07-01", 20270, 2},
		{"1930-05-19", -14472, 1},
		{"9999-12-31", 2932896, 5},
		{"0001-01-01", -719162, 1},
	};
	static const char *const bad[] = {"2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30",
		"2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "0000-01-01", "2024-4-3",
		"2024/04/03", "03-04-2024", "2024-04-03 ", " 2024-04-03", "", "2024-04-0a", "-024-04-03",
		"20240403"};
	char text[DAY_TEXT_SIZE];
	struct day d;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ok(day_parse(bytes_z(rows[i].text), &d), "%s is a day", rows[i].text);
		is_i64(d.n, rows[i].n, "%s is day %d", rows[i].text, rows[i].n);
		is_str(day_format(d, text), rows[i].text, "and comes back");
		is_i64(day_weekday(d), rows[i].weekday, "on its weekday");
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!day_parse(bytes_z(bad[i]), &d), "'%s' is no day", bad[i]);
	ok(day_parse(bytes_z("2000-02-29"), &d), "2000 was a leap year");
}

/* 400 years hold every case of the calendar: 146,097 days, each followed by the next. */
static void test_every_day(void)
{
	struct day d, first, before = {0};
	bool good = true;

	ok(day_of_ymd(1800, 1, 1, &first), "the calendar starts");
	d = first;
	for (int year = 1800; year < 2200; year++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++) {
				int y, m, n;
				struct day found;

				if (!day_of_ymd(year, month, day, &found))
					continue;
				day_to_ymd(found, &y, &m, &n);
				good = good && y == year && m == month && n == day && found.n == d.n;
				before = d;
				d = day_add(d, 1);
			}
	ok(good, "every day of 400 years is one after the day before it, and comes back");
	is_i64(before.n - first.n + 1, 146097, "400 years have 146,097 days");
}

static void test_months(void)
{
	static const char *const bad[] = {
		"2024-13", "2024-00", "0000-01", "2024-4", "2024-04-03", "202404", "", "2024-a1"};
	char text[MONTH_TEXT_SIZE], day[DAY_TEXT_SIZE];
	struct month m;
	struct day d;

	ok(month_parse(bytes_z("2024-04"), &m) && m.year == 2024 && m.month == 4, "2024-04 is a month");
	is_str(month_format(m, text), "2024-04", "and comes back");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!month_parse(bytes_z(bad[i]), &m), "'%s' is no month", bad[i]);
	m = (struct month){.year = 2024, .month = 2};
	is_str(day_format(month_first(m), day), "2024-02-01", "a month begins");
	is_str(day_format(month_last(m), day), "2024-02-29", "and ends, in a leap year");
	is_str(month_format(month_add(m, -2), text), "2023-12", "two months before February");
	is_str(month_format(month_add(m, 11), text), "2025-01", "eleven months after it");
	is_str(month_format(month_add(m, 10), text), "2024-12", "ten months after it");
	ok(month_cmp(month_add(m, 12), m) > 0 && month_cmp(m, m) == 0, "months are ordered");
	ok(day_parse(bytes_z("2022-06-30"), &d), "a day of June");
	is_str(month_format(month_of_day(d), text), "2022-06", "lies in June");
}

static void test_instants(void)
{
	static const char *const bad[] = {"2025-12-07T03:04:05Z", "2025-12-07 03:04:05.123456Z",
		"2025-12-07T24:00:00.000000Z", "2025-12-07T03:60:05.123456Z", "2025-12-07T03:04:60.123456Z",
		"2025-12-07T03:04:05.123456+", "", "2025-02-29T03:04:05.123456Z",
		"2025-12-07T03:04:05.12345 Z"};
	char text[INSTANT_TEXT_SIZE], day[DAY_TEXT_SIZE];
	int64_t us;
	struct day d;

	/* date -u -d '2025-12-07 03:04:05' +%s = 1765076645 */
	is_str(instant_format(INT64_C(1765076645123456), text), "2025-12-07T03:04:05.123456Z",
		"an instant is printed");
	ok(instant_parse(bytes_z(text), &us) && us == INT64_C(1765076645123456), "and read");
	is_str(instant_format(-1, text), "1969-12-31T23:59:59.999999Z", "also before 1970");
	ok(instant_parse(bytes_z(text), &us) && us == -1, "and read");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		ok(!instant_parse(bytes_z(bad[i]), &us), "'%s' is no instant of ours", bad[i]);

	ok(instant_parse(bytes_z("2024-04-02T16:59:59.999999Z"), &us),
		"a microsecond before midnight in Vietnam");
	is_str(day_format(day_of_instant_vn(us), day), "2024-04-02", "is still 2 April");
	ok(instant_parse(bytes_z("2024-04-02T17:00:00.000000Z"), &us), "17:00 UTC");
	is_str(day_format(day_of_instant_vn(us), day), "2024-04-03", "is 3 April there");
	ok(day_parse(bytes_z("2024-04-03"), &d), "3 April");
	is_i64(instant_of_day_vn(d), us, "begins at that instant");
	is_str(day_format(day_of_instant_vn(INT64_C(-7) * 3600 * 1000000 - 1), day), "1969-12-31",
		"days before 1970 are whole");
	ok(wall_us() > INT64_C(1700000000000000), "the wall clock runs after 2023");
	us = monotonic_us();
	ok(monotonic_us() >= us, "the monotonic clock does not go back");
}

int main(void)
{
	test_days();
	test_every_day();
	test_months();
	test_instants();
	return done_testing();
}
