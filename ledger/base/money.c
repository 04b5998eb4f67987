#include "ledger/base/money.h"

#include <string.h>

#include "ledger/base/text.h"

struct vnd vnd(int64_t dong)
{
	return (struct vnd){.dong = dong};
}

int64_t vnd_dong(struct vnd v)
{
	return v.dong;
}

int vnd_cmp(struct vnd a, struct vnd b)
{
	return (a.dong > b.dong) - (a.dong < b.dong);
}

bool vnd_is_zero(struct vnd v)
{
	return v.dong == 0;
}

bool vnd_is_negative(struct vnd v)
{
	return v.dong < 0;
}

bool vnd_add(struct vnd a, struct vnd b, struct vnd *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a.dong, b.dong, &sum))
		return false;
	out->dong = sum;
	return true;
}

bool vnd_sub(struct vnd a, struct vnd b, struct vnd *out)
{
	int64_t difference;

	if (__builtin_sub_overflow(a.dong, b.dong, &difference))
		return false;
	out->dong = difference;
	return true;
}

bool vnd_neg(struct vnd a, struct vnd *out)
{
	return vnd_sub(vnd(0), a, out);
}

bool vnd_sum(const struct vnd *at, size_t n, struct vnd *out)
{
	struct vnd sum = vnd(0);

	for (size_t i = 0; i < n; i++)
		if (!vnd_add(sum, at[i], &sum))
			return false;
	*out = sum;
	return true;
}

bool vnd_times(struct vnd v, int64_t num, int64_t den, struct vnd *out)
{
	int64_t product;

	if (den <= 0 || __builtin_mul_overflow(v.dong, num, &product) || product % den != 0)
		return false;
	out->dong = product / den;
	return true;
}

bool vnd_parse(const char *s, size_t n, struct vnd *out, struct why *why)
{
	int64_t dong = 0;

	if (n == 0)
		return why_set(why, "amount_empty", "the amount is empty");
	if (s[0] == '-')
		return why_set(why, "amount_negative", "an amount cannot be negative");
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return why_set(why, "amount_not_whole",
				"an amount must be whole đồng in digits only; character %zu is not a digit",
				i + 1);
	if (s[0] == '0' && n > 1)
		return why_set(why, "amount_leading_zero", "an amount cannot begin with 0");
	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(dong, 10, &dong) ||
			__builtin_add_overflow(dong, s[i] - '0', &dong))
			return why_set(
				why, "amount_too_large", "the amount has %zu digits, too many to be one", n);
	out->dong = dong;
	return true;
}

const char *vnd_format(struct vnd v, char out[static VND_TEXT_SIZE])
{
	uint64_t n = (uint64_t)v.dong;
	char *to = out;

	if (v.dong < 0)
		*to++ = '-';
	*text_digits(to, v.dong < 0 ? 0 - n : n, 1) = '\0';
	return out;
}

const char *vnd_format_dots(struct vnd v, char out[static VND_TEXT_SIZE])
{
	char plain[VND_TEXT_SIZE];
	size_t n = strlen(vnd_format(v, plain));
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		out[to++] = plain[i];
		if (plain[i] != '-' && i + 1 < n && (n - 1 - i) % 3 == 0)
			out[to++] = '.';
	}
	out[to] = '\0';
	return out;
}
