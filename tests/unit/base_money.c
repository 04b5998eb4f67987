/* Amounts: checked sums, strict reading, no rounding. Expected values by hand. */
#include "ledger/base/money.h"

#include <string.h>

#include "tests/lib/tap.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		int64_t whole;
		const char *code; /* NULL: it is read */
	} rows[] = {
		{"0", 0, NULL}, {"1", 1, NULL}, {"2789000", 2789000, NULL},
		{"9223372036854775807", INT64_MAX, NULL}, {"9223372036854775808", 0, "amount_too_large"},
		{"99999999999999999999999", 0, "amount_too_large"}, {"", 0, "amount_empty"},
		{"-1", 0, "amount_negative"}, {"+1", 0, "amount_not_whole"}, {"1.5", 0, "amount_not_whole"},
		{"2.789.000", 0, "amount_not_whole"}, {"2,789", 0, "amount_not_whole"},
		{" 1", 0, "amount_not_whole"}, {"1 ", 0, "amount_not_whole"}, {"1e3", 0, "amount_not_whole"},
		{"0x10", 0, "amount_not_whole"}, {"007", 0, "amount_leading_zero"},
		{"00", 0, "amount_leading_zero"},
		{"1000\xef\xbc\x90", 0, "amount_not_whole"}, /* a full-width zero */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vnd v = vnd(-7);
		struct why why = {0};
		bool read = vnd_parse(rows[i].text, strlen(rows[i].text), &v, &why);

		if (rows[i].code == NULL) {
			ok(read, "the amount '%s' is read", rows[i].text);
			is_i64(vnd_dong(v), rows[i].whole, "the amount '%s' is itself", rows[i].text);
		} else {
			is_str(read ? "read" : why.code, rows[i].code, "the amount '%s' is refused as %s",
				rows[i].text, rows[i].code);
			is_i64(vnd_dong(v), -7, "a refused amount leaves the out-parameter alone");
		}
	}
}

static void test_sums(void)
{
	struct vnd v = vnd(5);

	ok(vnd_add(vnd(INT64_MAX - 1), vnd(1), &v) && vnd_dong(v) == INT64_MAX,
		"a sum may reach the largest amount");
	v = vnd(5);
	ok(!vnd_add(vnd(INT64_MAX), vnd(1), &v), "a sum beyond 63 bits is refused");
	ok(!vnd_add(vnd(INT64_MIN), vnd(-1), &v), "a sum below is refused");
	ok(!vnd_sub(vnd(INT64_MIN), vnd(1), &v), "a difference below is refused");
	ok(!vnd_sub(vnd(0), vnd(INT64_MIN), &v), "zero minus the smallest does not exist");
	ok(!vnd_neg(vnd(INT64_MIN), &v), "the smallest has no opposite");
	is_i64(vnd_dong(v), 5, "the out-parameter is written only on success");
	ok(vnd_neg(vnd(3), &v) && vnd_dong(v) == -3, "the opposite of 3 is -3");
	ok(vnd_sub(vnd(2), vnd(7), &v) && vnd_dong(v) == -5, "2 - 7 is -5");

	struct vnd three[] = {vnd(500000), vnd(1810000), vnd(-310000)};
	ok(vnd_sum(three, 3, &v) && vnd_dong(v) == 2000000, "three amounts are added");
	ok(vnd_sum(NULL, 0, &v) && vnd_is_zero(v), "the sum of nothing is 0");
	struct vnd large[] = {vnd(INT64_MAX), vnd(INT64_MAX), vnd(-INT64_MAX)};
	v = vnd(5);
	ok(!vnd_sum(large, 3, &v) && vnd_dong(v) == 5, "a sum that overflows half way is refused");
	ok(vnd_cmp(vnd(1), vnd(2)) < 0 && vnd_cmp(vnd(2), vnd(1)) > 0 && vnd_cmp(vnd(2), vnd(2)) == 0,
		"amounts are ordered");
	ok(vnd_is_negative(vnd(-1)) && !vnd_is_negative(vnd(0)), "zero is not negative");
}

static void test_times(void)
{
	struct vnd v = vnd(5);

	ok(vnd_times(vnd(360000), 3, 2, &v) && vnd_dong(v) == 540000,
		"360,000 at coefficient 1.5 is 540,000");
	ok(vnd_times(vnd(500000), 25, 10, &v) && vnd_dong(v) == 1250000,
		"500,000 at coefficient 2.5 is 1,250,000");
	v = vnd(5);
	ok(!vnd_times(vnd(5), 1, 2, &v), "half a đồng is refused, not rounded");
	ok(!vnd_times(vnd(INT64_MAX), 2, 2, &v), "a product beyond 63 bits is refused");
	ok(!vnd_times(vnd(1), 1, 0, &v) && !vnd_times(vnd(1), 1, -1, &v), "a divisor must be positive");
	is_i64(vnd_dong(v), 5, "a refused product leaves the out-parameter alone");
}

static void test_format(void)
{
	static const struct {
		int64_t whole;
		const char *plain, *dots;
	} rows[] = {
		{0, "0", "0"},
		{999, "999", "999"},
		{1000, "1000", "1.000"},
		{2789000, "2789000", "2.789.000"},
		{-1810000, "-1810000", "-1.810.000"},
		{-999, "-999", "-999"},
		{-100000, "-100000", "-100.000"},
		{INT64_MAX, "9223372036854775807", "9.223.372.036.854.775.807"},
		{INT64_MIN, "-9223372036854775808", "-9.223.372.036.854.775.808"},
	};
	char text[VND_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		is_str(vnd_format(vnd(rows[i].whole), text), rows[i].plain, "%s is printed plain",
			rows[i].plain);
		is_str(vnd_format_dots(vnd(rows[i].whole), text), rows[i].dots, "%s is printed with dots",
			rows[i].dots);
	}
}

int main(void)
{
	test_parse();
	test_sums();
	test_times();
	test_format();
	return done_testing();
}
