/* field.h: the lines `key value` of signed texts, and how strictly they are read.
 *
 * For line.c, certificate.c, approval.c, bundle.c and manifest.c alone. Each of them reads a text into values and then
 * writes the values again: only bytes that come out the same were a text of ours. Pure. */
#ifndef CHITRA_PAYOUT_FIELD_H
#define CHITRA_PAYOUT_FIELD_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/digest.h"
#include "ledger/base/money.h"

#define SECOND_TEXT_SIZE 21 /* 2024-04-03T01:00:00Z */

/* Instants in signed texts are whole seconds: the microseconds are dropped. */
const char *second_format(int64_t us, char out[static SECOND_TEXT_SIZE]);
bool second_parse(struct bytes s, int64_t *us) WARN_UNUSED;
int64_t second_floor(int64_t us);

/* Takes the line `key value` (or `key` alone when value is NULL) off *rest. */
bool field_take(struct bytes *rest, const char *key, struct bytes *value) WARN_UNUSED;

/* Whether the next line begins with this key. */
bool field_is_next(struct bytes rest, const char *key) WARN_UNUSED;

/* Takes the next word off a value. */
bool field_word(struct bytes *value, struct bytes *word) WARN_UNUSED;

bool field_i64(struct bytes *rest, const char *key, int64_t most, int64_t *out) WARN_UNUSED;
bool field_i32(struct bytes *rest, const char *key, int32_t *out) WARN_UNUSED;
bool field_dong(struct bytes *rest, const char *key, struct vnd *out) WARN_UNUSED; /* "2789000 VND" */
bool field_hash(struct bytes *rest, const char *key, struct hash *out) WARN_UNUSED;
bool field_second(struct bytes *rest, const char *key, int64_t *us) WARN_UNUSED;
bool field_code(struct arena *a, struct bytes *rest, const char *key, const char **out) WARN_UNUSED;
bool field_text(
	struct arena *a, struct bytes *rest, const char *key, const char **out) WARN_UNUSED; /* unescaped */

/* 1 to 64 of 0–9 A–Z a–z . _ - : codes of agencies, channels, banks; logins. */
bool code_valid(struct bytes s) WARN_UNUSED;
bool code_of(struct arena *a, struct bytes s, const char **out) WARN_UNUSED;

#endif
