/* text.h: bytes that somebody else wrote, taken apart strictly.
 *
 * Every reader of the verifier uses it. A value has one text here: what a second spelling could hide is refused. Nothing is
 * copied; a slice points into what was read. */
#ifndef LEDGER_VERIFY_TEXT_H
#define LEDGER_VERIFY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *at;
	size_t n;
};

/* For printf: printf("%.*s", TEXT(t)). */
#define TEXT(t) (int)(t).n, (t).at

struct text text_z(const char *z);
bool text_is(struct text t, const char *z);
bool text_same(struct text a, struct text b);

/* Takes what is before the first `stop` off *rest, the stop too. False: there is none; then nothing is taken. */
bool text_until(struct text *rest, char stop, struct text *before);
/* Takes the word off the beginning of *rest, or nothing. */
bool text_skip(struct text *rest, const char *word);
/* Takes the line "key value" off *rest, when it is the next one; else nothing. */
bool text_field(struct text *rest, struct text key, struct text *value);

/* Decimal without sign or leading zero, below 2^63. */
bool text_count(struct text t, int64_t *out);
/* A count and " VND". */
bool text_dong(struct text t, int64_t *out);
/* Lower-case hex digits, exactly 2n of them. */
bool text_hex(struct text t, uint8_t *out, size_t n);
/* Standard alphabet, padded, no loose bits; *n is the room and becomes what was written. */
bool text_base64(struct text t, uint8_t *out, size_t *n);
/* Begins with a-z, then at most max - 1 of a-z 0-9 . _ - */
bool text_code(struct text t, size_t max);
/* 1 to 64 of 0-9 A-Z a-z . _ - */
bool text_word(struct text t);
/* An end-to-end id: 19 characters of Crockford's base32. */
bool text_id(struct text t);
bool text_utf8(struct text t);

/* 2024-04-03 of the years 1900 to 2199, as days since 1970-01-01. */
bool text_day(struct text t, int32_t *days);
/* 2024-04 */
bool text_month(struct text t);
/* 2024-04-03T01:00:00.000000Z; and 2024-04-03T01:00:00Z, of which an earlier one is the lesser text. */
bool text_moment(struct text t);
bool text_second(struct text t);

#endif
