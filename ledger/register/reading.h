/* reading.h: what officers write in a cell, read as a value.
 *
 * Lists bring amounts as 2055000, 2.055.000 and "2,055,000 đ", days as 05/03/1950, 5/3/1950, 1950 and 1950-03-05, and words for
 * the rest. Each function says exactly one value or why not; nothing is guessed. Called by whoever judges a row. */
#ifndef LEDGER_REGISTER_READING_H
#define LEDGER_REGISTER_READING_H

#include "ledger/base/arena.h"
#include "ledger/base/day.h"
#include "ledger/base/money.h"

/* No single amount of a list is larger: a claim's limit. */
#define READING_MOST_DONG 500000000

/* NULL and the amount, or why not: amount_empty, amount_bad, amount_negative, amount_decimal, amount_ambiguous (one separator and
 * a value below 10,000: «2.789» may be thousands), amount_overflow (more than `most`). *out is set for amount_overflow too when it
 * fits into 63 bits, and for amount_negative, so that a totals row can still be checked; *known says so. */
const char *read_amount(const char *cell, struct vnd most, struct vnd *out, bool *known);

/* A whole date, or a year alone (whole is false, and out->n is not set): 1950, 5/3/1950, 05-03-1950, 1950-03-05. */
bool read_birth(const char *cell, struct day *out, int *year, bool *whole) WARN_UNUSED;
bool read_day(const char *cell, struct day *out) WARN_UNUSED;
bool read_month(const char *cell, struct month *out) WARN_UNUSED; /* 04/2022, 4/2022, 2022-04 */
bool read_percent(const char *cell, int *out) WARN_UNUSED;        /* 39, 39%, 39 %: 1 to 100 */
bool read_count(const char *cell, int *out) WARN_UNUSED;          /* 1 to 999 */

/* Words, compared folded. */
bool read_sex(struct arena *a, const char *cell, char *out) WARN_UNUSED; /* 'M' or 'F' */

enum pay_method { METHOD_NONE, METHOD_ACCOUNT, METHOD_CASH };
bool read_method(struct arena *a, const char *cell, enum pay_method *out) WARN_UNUSED;

/* A bank's word for an account's state: "open", "closed", "blocked"; NULL for any other. */
const char *read_account_status(struct arena *a, const char *cell);

/* The cell folded as name_fold() does, with every dash as '-'; "" for an empty or unreadable cell. */
const char *reading_fold(struct arena *a, const char *cell);

#endif
