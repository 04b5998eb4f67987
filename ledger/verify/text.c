#include "ledger/verify/text.h"

#include <string.h>

struct text text_z(const char *z)
{
	return (struct text){.at = z, .n = strlen(z)};
}

bool text_is(struct text t, const char *z)
{
	return t.n == strlen(z) && memcmp(t.at, z, t.n) == 0;
}

bool text_same(struct text a, struct text b)
{
	return a.n == b.n && memcmp(a.at, b.at, a.n) == 0;
}

bool text_until(struct text *rest, char stop, struct text *before)
{
	struct text all = *rest;
	const char *end = all.n > 0 ? memchr(all.at, stop, all.n) : NULL;
	size_t n = end != NULL ? (size_t)(end - all.at) : 0;

	if (end == NULL)
		return false;
	*rest = (struct text){.at = end + 1, .n = all.n - n - 1};
	*before = (struct text){.at = all.at, .n = n};
	return true;
}

bool text_skip(struct text *rest, const char *word)
{
	size_t n = strlen(word);

	if (rest->n < n || memcmp(rest->at, word, n) != 0)
		return false;
	rest->at += n;
	rest->n -= n;
	return true;
}

bool text_field(struct text *rest, struct text key, struct text *value)
{
	struct text after = *rest;

	if (after.n < key.n + 1 || memcmp(after.at, key.at, key.n) != 0 || after.at[key.n] != ' ')
		return false;
	after.at += key.n + 1;
	after.n -= key.n + 1;
	if (!text_until(&after, '\n', value))
		return false;
	*rest = after;
	return true;
}

bool text_count(struct text t, int64_t *out)
{
	int64_t sum = 0;

	if (t.n < 1 || (t.at[0] == '0' && t.n > 1))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] < '0' || t.at[i] > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
			__builtin_add_overflow(sum, t.at[i] - '0', &sum))
			return false;
	}
	*out = sum;
	return true;
}

bool text_dong(struct text t, int64_t *out)
{
	return t.n > 4 && memcmp(t.at + t.n - 4, " VND", 4) == 0 &&
	       text_count((struct text){.at = t.at, .n = t.n - 4}, out);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_hex(struct text t, uint8_t *out, size_t n)
{
	if (t.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(t.at[2 * i]), low = hex_digit(t.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

bool text_base64(struct text t, uint8_t *out, size_t *n)
{
	size_t pad = 0, written = 0;
	uint32_t bits = 0;
	unsigned held = 0;

	while (pad < 2 && pad < t.n && t.at[t.n - 1 - pad] == '=')
		pad++;
	if (t.n % 4 != 0 || t.n / 4 * 3 - pad > *n)
		return false;
	for (size_t i = 0; i < t.n - pad; i++) {
		int digit = base64_digit(t.at[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[written++] = (uint8_t)(bits >> held);
			bits &= (1U << held) - 1;
		}
	}
	if (bits != 0 || held != 2 * pad % 6)
		return false;
	*n = written;
	return true;
}

bool text_code(struct text t, size_t max)
{
	if (t.n < 1 || t.n > max || t.at[0] < 'a' || t.at[0] > 'z')
		return false;
	for (size_t i = 1; i < t.n; i++) {
		char c = t.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

bool text_word(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    c == '.' || c == '_' || c == '-'))
			return false;
	}
	return t.n >= 1 && t.n <= 64;
}

bool text_id(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i] == '\0' || strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", t.at[i]) == NULL)
			return false;
	return t.n == 19;
}

/* Shortest forms only, no surrogates, at most U+10FFFF. */
bool text_utf8(struct text t)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

	for (size_t i = 0; i < t.n;) {
		uint8_t head = (uint8_t)t.at[i++];
		unsigned more = head < 0x80   ? 0
				: head < 0xc0 ? 4
				: head < 0xe0 ? 1
				: head < 0xf0 ? 2
				: head < 0xf8 ? 3
					      : 4;
		uint32_t point = more == 0 ? head : head & (0x3fU >> more);

		if (more > 3 || t.n - i < more)
			return false;
		for (unsigned k = 0; k < more; k++, i++) {
			if (((uint8_t)t.at[i] & 0xc0) != 0x80)
				return false;
			point = point << 6 | ((uint8_t)t.at[i] & 0x3f);
		}
		if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
			return false;
	}
	return true;
}

/* The number of so many digits at this place, or -1. */
static int digits(struct text t, size_t from, size_t n)
{
	int sum = 0;

	for (size_t i = from; i < from + n; i++) {
		if (i >= t.n || t.at[i] < '0' || t.at[i] > '9')
			return -1;
		sum = sum * 10 + t.at[i] - '0';
	}
	return sum;
}

bool text_month(struct text t)
{
	int year = digits(t, 0, 4), month = digits(t, 5, 2);

	return t.n == 7 && t.at[4] == '-' && year >= 1900 && year < 2200 && month >= 1 && month <= 12;
}

/* Days of the civil calendar, counted from March so that the leap day comes last. */
static int32_t days_since_1970(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

bool text_day(struct text t, int32_t *days)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = digits(t, 0, 4), month = digits(t, 5, 2), day = digits(t, 8, 2);
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (t.n != 10 || t.at[7] != '-' || !text_month((struct text){.at = t.at, .n = 7}) || day < 1 ||
		day > lengths[month - 1] + (month == 2 && leap))
		return false;
	*days = days_since_1970(year, month, day);
	return true;
}

/* "2024-04-03T01:00:00" */
static bool is_time(struct text t)
{
	int32_t days;
	int hour = digits(t, 11, 2), minute = digits(t, 14, 2), second = digits(t, 17, 2);

	return t.n >= 19 && text_day((struct text){.at = t.at, .n = 10}, &days) && t.at[10] == 'T' &&
	       hour >= 0 && hour < 24 && t.at[13] == ':' && minute >= 0 && minute < 60 && t.at[16] == ':' &&
	       second >= 0 && second < 60;
}

bool text_moment(struct text t)
{
	return t.n == 27 && is_time(t) && t.at[19] == '.' && digits(t, 20, 6) >= 0 && t.at[26] == 'Z';
}

bool text_second(struct text t)
{
	return t.n == 20 && is_time(t) && t.at[19] == 'Z';
}
