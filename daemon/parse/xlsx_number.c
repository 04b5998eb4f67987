#include "daemon/parse/xlsx_number.h"

#include <stdio.h>
#include <string.h>

#include "ledger/base/day.h"

#define DIGITS_SHOWN 15
#define DIGITS_MAX   40
#define LAST_SERIAL  2958465 /* 9999-12-31 */

enum xlsx_format xlsx_format_of_id(uint32_t id)
{
	if (id == 9 || id == 10)
		return FORMAT_PERCENT;
	if (id == 17)
		return FORMAT_MONTH;
	bool day = (id >= 14 && id <= 16) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
		   (id >= 50 && id <= 58);
	return day ? FORMAT_DAY : FORMAT_NUMBER;
}

/* Letters in quotes, after a backslash and in brackets show themselves or a colour. */
enum xlsx_format xlsx_format_of_code(struct bytes code)
{
	bool year = false, month = false, day = false, clock = false, percent = false;
	for (size_t i = 0; i < code.n && code.at[i] != ';'; i++) {
		uint8_t c = code.at[i] | 0x20, end = code.at[i] == '"' ? '"' : code.at[i] == '[' ? ']' : 0;
		if (code.at[i] == '\\') {
			i++;
			continue;
		}
		if (end) {
			const uint8_t *found = memchr(code.at + i + 1, end, code.n - i - 1);
			i = found ? (size_t)(found - code.at) : code.n;
			continue;
		}
		year = year || c == 'y';
		month = month || c == 'm';
		day = day || c == 'd';
		clock = clock || c == 'h' || c == 's';
		percent = percent || code.at[i] == '%';
	}
	if (day || (year && clock))
		return FORMAT_DAY;
	if (year)
		return month ? FORMAT_MONTH : FORMAT_YEAR;
	return percent ? FORMAT_PERCENT : FORMAT_NUMBER;
}

/* digits × 10^exponent. */
struct decimal {
	bool minus;
	char digits[DIGITS_MAX];
	int n, exponent;
};

static bool read_exponent(struct bytes in, int *out)
{
	size_t i = 0;
	bool minus = in.n > 0 && in.at[0] == '-';
	int v = 0;
	i += in.n > 0 && (in.at[0] == '-' || in.at[0] == '+');
	if (i == in.n || in.n - i > 3)
		return false;
	for (; i < in.n; i++) {
		if (in.at[i] < '0' || in.at[i] > '9')
			return false;
		v = 10 * v + in.at[i] - '0';
	}
	*out = minus ? -v : v;
	return true;
}

static bool read_decimal(struct bytes in, struct decimal *d)
{
	bool point = false, any = false;
	int more = 0;
	*d = (struct decimal){.minus = in.n > 0 && in.at[0] == '-'};
	for (size_t i = d->minus; i < in.n; i++) {
		uint8_t c = in.at[i];
		if (c == 'e' || c == 'E') {
			if (!read_exponent(bytes_of(in.at + i + 1, in.n - i - 1), &more))
				return false;
			break;
		}
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9' || d->n == DIGITS_MAX)
			return false;
		any = true;
		if (d->n > 0 || c != '0')
			d->digits[d->n++] = (char)c;
		d->exponent -= point;
	}
	d->exponent += more;
	return any;
}

static void round_to(struct decimal *d, int shown)
{
	if (d->n > shown) {
		bool up = d->digits[shown] >= '5';
		d->exponent += d->n - shown;
		d->n = shown;
		for (int i = shown - 1; i >= 0 && up; i--) {
			up = d->digits[i] == '9';
			d->digits[i] = up ? '0' : (char)(d->digits[i] + 1);
		}
		if (up) {
			d->digits[0] = '1';
			d->exponent++;
		}
	}
	while (d->n > 0 && d->digits[d->n - 1] == '0') {
		d->n--;
		d->exponent++;
	}
}

/* Whole digits, and those behind the point; false when it is too long to be of use. */
static bool write_decimal(const struct decimal *d, char out[static XLSX_NUMBER_SIZE])
{
	int whole = d->n + d->exponent, n = 0;
	if (d->n == 0)
		return snprintf(out, XLSX_NUMBER_SIZE, "0") > 0;
	if (whole > DIGITS_MAX || d->exponent < -DIGITS_MAX || whole < -4)
		return false;
	if (d->minus)
		out[n++] = '-';
	if (whole <= 0)
		out[n++] = '0';
	for (int i = 0; i < whole; i++)
		out[n++] = i < d->n ? d->digits[i] : '0';
	if (d->exponent < 0)
		out[n++] = '.';
	for (int i = whole; i < 0 && d->exponent < 0; i++)
		out[n++] = '0';
	for (int i = whole > 0 ? whole : 0; i < d->n; i++)
		out[n++] = d->digits[i];
	out[n] = '\0';
	return true;
}

/* The whole part of a serial number, or −1. */
static int serial_of(const struct decimal *d)
{
	int v = 0, whole = d->n + d->exponent;
	if (d->minus || whole > 7)
		return -1;
	for (int i = 0; i < whole; i++)
		v = 10 * v + (i < d->n ? d->digits[i] - '0' : 0);
	return v <= LAST_SERIAL ? v : -1;
}

static bool write_day(int serial, enum xlsx_format format, bool from_1904, char out[static XLSX_NUMBER_SIZE])
{
	int year = 1900, month = 2, day = 29;
	if (serial < 1)
		return false;
	if (from_1904)
		day_to_ymd((struct day){.n = serial - 24107}, &year, &month, &day);
	else if (serial != 60)
		day_to_ymd((struct day){.n = serial - 25569 + (serial < 60)}, &year, &month, &day);
	if (format == FORMAT_YEAR)
		snprintf(out, XLSX_NUMBER_SIZE, "%04d", year);
	else if (format == FORMAT_MONTH)
		snprintf(out, XLSX_NUMBER_SIZE, "%02d/%04d", month, year);
	else
		snprintf(out, XLSX_NUMBER_SIZE, "%02d/%02d/%04d", day, month, year);
	return true;
}

struct bytes xlsx_number(
	struct bytes value, enum xlsx_format format, bool from_1904, char out[static XLSX_NUMBER_SIZE])
{
	struct decimal d;
	bool good;
	if (!read_decimal(value, &d))
		return value;
	if (format == FORMAT_PERCENT)
		d.exponent += 2;
	if (format == FORMAT_NUMBER || format == FORMAT_PERCENT) {
		round_to(&d, DIGITS_SHOWN);
		good = write_decimal(&d, out);
	} else {
		good = write_day(serial_of(&d), format, from_1904, out);
	}
	if (!good)
		return value;
	if (format == FORMAT_PERCENT)
		memcpy(out + strlen(out), "%", 2);
	return bytes_z(out);
}
