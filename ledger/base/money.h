/* money.h: an amount of Vietnamese đồng.
 *
 * Whole đồng in a type of its own, so that a count or an id cannot be paid out by mistake. Only money.c touches the member;
 * sums are checked, and an out-parameter is written only on success. No floating point. */
#ifndef LEDGER_BASE_MONEY_H
#define LEDGER_BASE_MONEY_H

#include "ledger/base/result.h"
#include "ledger/base/why.h"

struct vnd {
	int64_t dong;
};

#define VND_TEXT_SIZE 32 /* enough for every amount in either form, with its NUL */

struct vnd vnd(int64_t dong);
int64_t vnd_dong(struct vnd v);
int vnd_cmp(struct vnd a, struct vnd b); /* < 0, 0, > 0 */
bool vnd_is_zero(struct vnd v);
bool vnd_is_negative(struct vnd v);

/* Checked: false when the result does not fit in 63 bits. */
bool vnd_add(struct vnd a, struct vnd b, struct vnd *out) WARN_UNUSED;
bool vnd_sub(struct vnd a, struct vnd b, struct vnd *out) WARN_UNUSED;
bool vnd_neg(struct vnd a, struct vnd *out) WARN_UNUSED;
bool vnd_sum(const struct vnd *at, size_t n, struct vnd *out) WARN_UNUSED;

/* v × num ÷ den (a standard rate × a coefficient of 1.5 is 3 ÷ 2). False when it does not fit, when den ≤ 0, or when the result
 * is not a whole đồng: this module never rounds. */
bool vnd_times(struct vnd v, int64_t num, int64_t den, struct vnd *out) WARN_UNUSED;

/* Digits only: no sign, no separator, no space, no leading zero but "0" itself. Codes: amount_empty, amount_not_whole,
 * amount_negative, amount_leading_zero, amount_too_large. */
bool vnd_parse(const char *s, size_t n, struct vnd *out, struct why *why) WARN_UNUSED;

/* "-1810000", and "2.789.000" as officers read it. Both return out. */
const char *vnd_format(struct vnd v, char out[static VND_TEXT_SIZE]);
const char *vnd_format_dots(struct vnd v, char out[static VND_TEXT_SIZE]);

#endif
