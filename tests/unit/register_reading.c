/* What officers write in cells, read as values. */
#include <string.h>

#include "ledger/register/reading.h"
#include "tests/lib/tap.h"

static void amounts(void)
{
	static const struct {
		const char *cell;
		int64_t value;
		const char *code;
	} table[] = {
		{"2055000", 2055000, NULL},
		{"2.055.000", 2055000, NULL},
		{"2,055,000", 2055000, NULL},
		{"2 055 000", 2055000, NULL},
		{"360.000 đ", 360000, NULL},
		{"360.000 đồng", 360000, NULL},
		{"360000VND", 360000, NULL},
		{"720,000", 720000, NULL},
		{"0", 0, NULL},
		{"", 0, "amount_empty"},
		{"đ", 0, "amount_bad"},
		{"2.789", 0, "amount_ambiguous"},
		{"2,789", 0, "amount_ambiguous"},
		{"360000.5", 0, "amount_decimal"},
		{"360000,50", 0, "amount_decimal"},
		{"2789000.0", 0, "amount_decimal"},
		{"2.055.000,00", 0, "amount_decimal"},
		{"2.055,000", 0, "amount_decimal"},
		{"-360000", -360000, "amount_negative"},
		{"(360.000)", -360000, "amount_negative"},
		{"500000001", 500000001, "amount_overflow"},
		{"99999999999999999999", 0, "amount_overflow"},
		{"9223372036854775808", 0, "amount_overflow"},
		{"1.2E+06", 0, "amount_bad"},
		{"ba trăm", 0, "amount_bad"},
		{"36O000", 0, "amount_bad"},
		{"3..600", 0, "amount_bad"},
		{".360", 0, "amount_bad"},
		{"1234.567.000", 0, "amount_decimal"},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct vnd amount = vnd(0);
		bool known;
		const char *code = read_amount(table[i].cell, vnd(READING_MOST_DONG), &amount, &known);
		bool right = (code == NULL) == (table[i].code == NULL) &&
			     (!code || strcmp(code, table[i].code) == 0) &&
			     (!known || vnd_dong(amount) == table[i].value);
		ok(right, "«%s» is %s", table[i].cell, table[i].code ? table[i].code : "read");
	}
}

static void days(void)
{
	static const struct {
		const char *cell;
		int year; /* 0: refused */
		const char *day;
	} table[] = {
		{"25/05/1931", 1931, "1931-05-25"},
		{"5/3/1950", 1950, "1950-03-05"},
		{"05-03-1950", 1950, "1950-03-05"},
		{"1950-03-05", 1950, "1950-03-05"},
		{"5.3.1950", 1950, "1950-03-05"},
		{"1958", 1958, NULL},
		{"29/02/1944", 1944, "1944-02-29"},
		{"29/02/1943", 0, NULL},
		{"31/04/1950", 0, NULL},
		{"05/1950", 0, NULL},
		{"1/1/50", 0, NULL},
		{"58", 0, NULL},
		{"", 0, NULL},
		{"1850", 0, NULL},
		{"5/3-1950", 0, NULL},
		{"khoảng 1950", 0, NULL},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct day day = {0};
		int year = 0;
		bool whole;
		char text[DAY_TEXT_SIZE];
		bool read = read_birth(table[i].cell, &day, &year, &whole);
		bool right = read == (table[i].year != 0) &&
			     (!read || (year == table[i].year && whole == (table[i].day != NULL)));
		if (right && read && whole)
			right = strcmp(day_format(day, text), table[i].day) == 0;
		ok(right, "«%s» is %s", table[i].cell,
			table[i].day    ? table[i].day
			: table[i].year ? "a year alone"
					: "no birth date");
	}
	struct month m;
	char text[MONTH_TEXT_SIZE];
	ok(read_month("04/2022", &m) && strcmp(month_format(m, text), "2022-04") == 0, "04/2022 is a month");
	ok(read_month("2022-04", &m) && read_month("4/2022", &m), "so are 2022-04 and 4/2022");
	ok(!read_month("13/2022", &m) && !read_month("2022", &m) && !read_month("04/22", &m),
		"13/2022, 2022 and 04/22 are not");
}

static void words(void)
{
	struct arena *a = arena_new();
	enum pay_method method;
	char sex;
	int pct;
	ok(read_sex(a, "Nữ", &sex) && sex == 'F' && read_sex(a, "NAM", &sex) && sex == 'M',
		"Nữ and NAM are read");
	ok(!read_sex(a, "", &sex) && !read_sex(a, "x", &sex), "anything else is no sex");
	ok(read_method(a, "Tiền mặt", &method) && method == METHOD_CASH, "Tiền mặt is cash");
	ok(read_method(a, "tài khoản", &method) && method == METHOD_ACCOUNT, "tài khoản is the account");
	ok(read_method(a, "", &method) && method == METHOD_NONE, "nothing is neither");
	ok(!read_method(a, "séc", &method), "a cheque is refused");
	ok(read_percent("39%", &pct) && pct == 39 && read_percent("39 %", &pct) && read_percent("100", &pct),
		"39%%, 39 %% and 100 are percentages");
	ok(!read_percent("0", &pct) && !read_percent("101", &pct) && !read_percent("39,5", &pct) &&
			!read_percent("", &pct),
		"0, 101, 39,5 and nothing are not");
	is_str(read_account_status(a, "Đang hoạt động"), "open", "an open account, in the bank's words");
	is_str(read_account_status(a, "Đã đóng"), "closed", "a closed one");
	ok(read_account_status(a, "?") == NULL, "a word that nobody knows is no state");
	is_str(reading_fold(a, "Bệnh binh 41–50%"), "benh binh 41-50%", "folding makes every dash a hyphen");
	arena_free(a);
}

int main(void)
{
	amounts();
	days();
	words();
	return done_testing();
}
