#include "ledger/base/text.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <utf8proc.h>

/* Unicode 15, table 3-7. */
size_t utf8_character(struct bytes in)
{
	const uint8_t *s = in.at;
	uint8_t low = 0x80, high = 0xbf;
	size_t more;

	if (in.n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		more = 1;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		more = 2;
		low = s[0] == 0xe0 ? 0xa0 : 0x80;  /* overlong */
		high = s[0] == 0xed ? 0x9f : 0xbf; /* surrogates */
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		more = 3;
		low = s[0] == 0xf0 ? 0x90 : 0x80;  /* overlong */
		high = s[0] == 0xf4 ? 0x8f : 0xbf; /* above U+10FFFF */
	} else {
		return 0;
	}
	if (in.n <= more || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i <= more; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return more + 1;
}

bool utf8_valid(struct bytes s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = utf8_character(bytes_of(s.at + i, s.n - i));

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool utf8_nfc(struct arena *a, struct bytes in, const char **out, struct why *why)
{
	utf8proc_uint8_t *text = NULL;
	utf8proc_ssize_t n;

	if (!utf8_valid(in))
		return why_set(why, "utf8_invalid", "the text is not UTF-8");
	if (in.n > 0 && memchr(in.at, '\0', in.n) != NULL)
		return why_set(why, "text_nul", "the text holds a NUL byte");
	if (in.n == 0) {
		*out = "";
		return true;
	}
	n = utf8proc_map(in.at, (utf8proc_ssize_t)in.n, &text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		bug("could not compose text: %s", utf8proc_errmsg(n));
	*out = arena_strndup(a, (const char *)text, (size_t)n);
	free(text);
	return true;
}

bool text_is_ascii(struct bytes s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] >= 0x80)
			return false;
	return true;
}

bool text_has_control(struct bytes s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.at[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return true;
	}
	return false;
}

bool text_all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

char *text_digits(char *to, uint64_t n, unsigned width)
{
	char backwards[20];
	unsigned k = 0;

	do {
		backwards[k++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	for (; width > k; width--)
		*to++ = '0';
	while (k > 0)
		*to++ = backwards[--k];
	return to;
}

bool text_u64(struct bytes s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!text_all_digits((const char *)s.at, s.n) || (s.at[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, (uint64_t)(s.at[i] - '0'), &v))
			return false;
	if (v > max)
		return false;
	*out = v;
	return true;
}

void hex_encode(const uint8_t *at, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[at[i] >> 4];
		out[2 * i + 1] = digit[at[i] & 15];
	}
	out[2 * n] = '\0';
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *s, size_t len, uint8_t *out, size_t n)
{
	if (len != 2 * n)
		return false;
	for (size_t i = 0; i < len; i++)
		if (hex_value((uint8_t)s[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(hex_value((uint8_t)s[2 * i]) * 16 + hex_value((uint8_t)s[2 * i + 1]));
	return true;
}

static int sodium_variant(enum base64 variant)
{
	switch (variant) {
	case BASE64_STD: return sodium_base64_VARIANT_ORIGINAL;
	case BASE64_URL: return sodium_base64_VARIANT_URLSAFE_NO_PADDING;
	}
	bug("no such base64 variant: %d", (int)variant);
}

void base64_encode(enum base64 variant, struct bytes in, struct buf *out)
{
	int v = sodium_variant(variant);
	size_t size = sodium_base64_encoded_len(in.n, v); /* with a NUL */
	uint8_t *to = buf_grow(out, size - 1);

	if (to == NULL)
		return;
	sodium_bin2base64((char *)to, size, in.at, in.n, v); /* the buffer keeps room for one NUL */
}

void base45_encode(struct bytes in, struct buf *out)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

	for (size_t i = 0; i < in.n; i += 2) {
		bool two = i + 1 < in.n;
		unsigned value = two ? (unsigned)in.at[i] << 8 | in.at[i + 1] : in.at[i];

		for (int n = two ? 3 : 2; n > 0; n--, value /= 45)
			buf_u8(out, (uint8_t)alphabet[value % 45]);
	}
}

bool base64_decode(enum base64 variant, struct bytes in, uint8_t *out, size_t size, size_t *n)
{
	uint8_t small[256];
	uint8_t *value = small;
	size_t most = in.n / 4 * 3 + 3;
	size_t got;
	bool fits;

	if (in.n > SIZE_MAX / 4)
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (in.at[i] >= 0x80) /* libsodium 1.0.18 takes some of these for digits (found by fuzzing) */
			return false;
	if (most > sizeof(small)) {
		value = malloc(most);
		if (value == NULL)
			bug("out of memory for %zu bytes of base64", most);
	}
	/* Without an end pointer libsodium refuses whatever follows the value; it refuses non-zero trailing bits too. */
	fits = sodium_base642bin(value, most, (const char *)in.at, in.n, NULL, &got, NULL,
		       sodium_variant(variant)) == 0 &&
	       got <= size;
	if (fits) {
		if (got > 0)
			memcpy(out, value, got);
		*n = got;
	}
	sodium_memzero(value, most);
	if (value != small)
		free(value);
	return fits;
}

static bool must_escape(uint8_t c)
{
	return c < 0x21 || c == '%' || c == 0x7f;
}

void percent_escape(struct bytes in, struct buf *out)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < in.n; i++) {
		size_t plain = i;

		while (plain < in.n && !must_escape(in.at[plain]))
			plain++;
		buf_add(out, in.at + i, plain - i);
		if (plain < in.n) {
			char escape[3] = {'%', digit[in.at[plain] >> 4], digit[in.at[plain] & 15]};

			buf_add(out, escape, sizeof(escape));
		}
		i = plain;
	}
}

bool percent_unescape(struct bytes in, struct buf *out)
{
	size_t was = out->n;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.at[i];

		if (c == '%') {
			if (in.n - i < 3 || hex_value(in.at[i + 1]) < 0 || hex_value(in.at[i + 2]) < 0)
				goto refused;
			if (in.at[i + 1] >= 'a' || in.at[i + 2] >= 'a') /* lower case */
				goto refused;
			c = (uint8_t)(hex_value(in.at[i + 1]) << 4 | hex_value(in.at[i + 2]));
			if (!must_escape(c))
				goto refused;
			i += 2;
		} else if (must_escape(c)) {
			goto refused;
		}
		if (!buf_u8(out, c))
			goto refused;
	}
	return true;
refused:
	out->n = was;
	return false;
}
