#include "ledger/register/reading.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/text.h"

const char *reading_fold(struct arena *a, const char *cell)
{
	const char *folded;
	if (*cell == '\0' || !name_fold(a, bytes_z(cell), &folded, NULL))
		return "";
	char *s = arena_strdup(a, folded), *to = s;
	for (const char *from = s; *from;) {
		bool dash = strncmp(from, "\xe2\x80", 2) == 0 && (uint8_t)from[2] >= 0x90 &&
			    (uint8_t)from[2] <= 0x95;
		if (dash) {
			*to++ = '-';
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return s;
}

/* ---- amounts ----------------------------------------------------------------------------------------------------- */

/* Without «đ», «đồng» or «VND» at the end. */
static size_t without_currency(const char *s)
{
	static const char *const words[] = {"đồng", "đ", "VND", "VNĐ", "vnd", "vnđ", "Đ"};
	size_t n = strlen(s);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t w = strlen(words[i]);
		if (n <= w || memcmp(s + n - w, words[i], w) != 0)
			continue;
		n -= w;
		break;
	}
	while (n > 0 && s[n - 1] == ' ')
		n--;
	return n;
}

/* "2.055.000": one to three digits, then groups of three, all with the same separator. *groups is 0 without any. */
static bool grouped(const char *s, size_t n, size_t *groups)
{
	char separator = '\0';
	size_t run = 0;
	*groups = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			run++;
			continue;
		}
		if ((s[i] != '.' && s[i] != ',' && s[i] != ' ') || (separator && s[i] != separator))
			return false;
		if (*groups == 0 ? run < 1 || run > 3 : run != 3)
			return false;
		separator = s[i];
		(*groups)++;
		run = 0;
	}
	return *groups == 0 ? run > 0 : run == 3;
}

/* Digits, and one separator with something behind it that is no group of three, or «,00» after groups. */
static bool has_decimals(const char *s, size_t n)
{
	size_t last = n;
	for (size_t i = 0; i < n; i++) {
		if (last + 1 == i && (s[i] == '.' || s[i] == ','))
			return false;
		if (s[i] == '.' || s[i] == ',')
			last = i;
		else if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return last > 0 && last < n - 1;
}

static bool digits_value(const char *s, size_t n, int64_t *out)
{
	int64_t v = 0;
	for (size_t i = 0; i < n; i++)
		if (s[i] >= '0' && s[i] <= '9' &&
			(__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s[i] - '0', &v)))
			return false;
	*out = v;
	return true;
}

const char *read_amount(const char *cell, struct vnd most, struct vnd *out, bool *known)
{
	size_t n = without_currency(cell), groups;
	bool minus = n > 1 && *cell == '-', brackets = n > 2 && *cell == '(' && cell[n - 1] == ')';
	const char *s = cell + (minus || brackets);
	int64_t v;
	*known = false;
	if (n == 0)
		return "amount_empty";
	n -= (size_t)minus + 2 * (size_t)brackets;
	if (!grouped(s, n, &groups))
		return has_decimals(s, n) ? "amount_decimal" : "amount_bad";
	if (!digits_value(s, n, &v))
		return "amount_overflow";
	*known = true;
	*out = vnd(minus || brackets ? -v : v);
	if (minus || brackets)
		return "amount_negative";
	if (groups == 1 && v < 10000) {
		*known = false;
		return "amount_ambiguous";
	}
	return vnd_cmp(*out, most) > 0 ? "amount_overflow" : NULL;
}

/* ---- days and numbers ---------------------------------------------------------------------------------------------- */

/* Up to three numbers with one kind of separator between them. Returns how many; 0 when it is something else. */
static size_t numbers(const char *cell, int out[static 3], size_t width[static 3])
{
	size_t n = 0;
	char separator = '\0';
	for (const char *s = cell; n < 3;) {
		size_t digits = strspn(s, "0123456789");
		if (digits < 1 || digits > 4)
			return 0;
		out[n] = (int)strtol(s, NULL, 10);
		width[n++] = digits;
		s += digits;
		if (*s == '\0')
			return n;
		if (!strchr("/-.", *s) || (separator && *s != separator))
			return 0;
		separator = *s++;
	}
	return 0;
}

bool read_birth(const char *cell, struct day *out, int *year, bool *whole)
{
	int v[3];
	size_t width[3] = {0}, n = numbers(cell, v, width);
	bool year_first = width[0] == 4;
	*whole = n == 3;
	if (n == 1 ? !year_first : n != 3 || (!year_first && width[2] != 4))
		return false;
	*year = year_first ? v[0] : v[2];
	if (*whole && !day_of_ymd(*year, v[1], year_first ? v[2] : v[0], out))
		return false;
	return *year >= 1880 && *year <= 2100;
}

bool read_day(const char *cell, struct day *out)
{
	int year;
	bool whole;
	struct day day;
	if (!read_birth(cell, &day, &year, &whole) || !whole)
		return false;
	*out = day;
	return true;
}

bool read_month(const char *cell, struct month *out)
{
	int v[3];
	size_t width[3];
	if (numbers(cell, v, width) != 2)
		return false;
	int year = width[0] == 4 ? v[0] : v[1], month = width[0] == 4 ? v[1] : v[0];
	if ((width[0] != 4 && width[1] != 4) || year < 1900 || year > 2100 || month < 1 || month > 12)
		return false;
	*out = (struct month){.year = (int16_t)year, .month = (int8_t)month};
	return true;
}

static bool read_number(const char *cell, size_t digits, int most, int *out)
{
	int v[3];
	size_t width[3];
	char copy[8] = "";
	if (digits == 0 || digits > 4)
		return false;
	memcpy(copy, cell, digits);
	if (numbers(copy, v, width) != 1 || v[0] < 1 || v[0] > most)
		return false;
	*out = v[0];
	return true;
}

bool read_percent(const char *cell, int *out)
{
	size_t n = strlen(cell);
	if (n > 0 && cell[n - 1] == '%')
		n--;
	while (n > 0 && cell[n - 1] == ' ')
		n--;
	return read_number(cell, n, 100, out);
}

bool read_count(const char *cell, int *out)
{
	return read_number(cell, strlen(cell), 999, out);
}

/* ---- words --------------------------------------------------------------------------------------------------------- */

static bool is_one_of(const char *folded, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], folded) == 0)
			return true;
	return false;
}

bool read_sex(struct arena *a, const char *cell, char *out)
{
	/* What nearly every row says needs no folding. */
	const char *folded = strcmp(cell, "Nữ") == 0    ? "nu"
			     : strcmp(cell, "Nam") == 0 ? "nam"
							: reading_fold(a, cell);
	if (strcmp(folded, "nam") == 0)
		*out = 'M';
	else if (strcmp(folded, "nu") == 0)
		*out = 'F';
	else
		return false;
	return true;
}

bool read_method(struct arena *a, const char *cell, enum pay_method *out)
{
	static const char *const account[] = {"tai khoan", "chuyen khoan", "qua tai khoan", "tk", "ck", "atm",
		"tai khoan ngan hang", "qua ngan hang"};
	static const char *const cash[] = {"tien mat", "tm", "truc tiep", "chi tra truc tiep"};
	const char *folded = strcmp(cell, "Tài khoản") == 0 ? account[0] : reading_fold(a, cell);
	if (*cell == '\0')
		*out = METHOD_NONE;
	else if (is_one_of(folded, account, COUNT_OF(account)))
		*out = METHOD_ACCOUNT;
	else if (is_one_of(folded, cash, COUNT_OF(cash)))
		*out = METHOD_CASH;
	else
		return false;
	return true;
}

const char *read_account_status(struct arena *a, const char *cell)
{
	static const char *const open[] = {"dang hoat dong", "hoat dong", "open", "active", "mo"};
	static const char *const closed[] = {"da dong", "dong", "closed", "da tat toan"};
	static const char *const blocked[] = {
		"tam khoa", "phong toa", "bi khoa", "khoa", "blocked", "tam ngung"};
	static const char *const dormant[] = {"ngu dong", "ngung hoat dong", "khong hoat dong", "dormant"};
	const char *folded = reading_fold(a, cell);
	if (is_one_of(folded, open, COUNT_OF(open)))
		return "open";
	if (is_one_of(folded, closed, COUNT_OF(closed)))
		return "closed";
	if (is_one_of(folded, dormant, COUNT_OF(dormant)))
		return "dormant";
	return is_one_of(folded, blocked, COUNT_OF(blocked)) ? "blocked" : NULL;
}
