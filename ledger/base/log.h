/* log.h: one line per event, typed, on descriptor 2.
 *
 * The log takes types, not formats: a personal ID or an account number can be given only as what it is, and comes out masked;
 * text loses all but the last four of any nine or more digits in a row. Never blocks: when the reader is slow, lines are dropped
 * and counted, and the next line that passes says how many. Any thread may log.
 *
 *   log_event(LOG_NOTICE, "batch_frozen", K_I64("batch", id), K_VND("sum", sum));
 *   <5>ts=2025-12-07T03:04:05.123456Z level=notice duty=desk event=batch_frozen batch=17 sum=2789000 */
#ifndef LEDGER_BASE_LOG_H
#define LEDGER_BASE_LOG_H

#include "ledger/base/day.h"
#include "ledger/base/digest.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/base/why.h"

enum log_level {
	LOG_ERROR = 3, /* a person must look */
	LOG_WARN = 4,
	LOG_NOTICE = 5, /* what an operator wants to see on a good day */
	LOG_INFO = 6,
	LOG_DEBUG = 7,
};

enum log_type { LOG_END, LOG_STR, LOG_I64, LOG_BOOL, LOG_HASH, LOG_MASKED };

struct log_field {
	const char *key;
	enum log_type type;
	union {
		const char *str;
		int64_t i64;
		bool truth;
		struct hash hash;
		char masked[MASKED_SIZE];
	} is;
};

struct log_setup {
	const char *duty;     /* on every line when not NULL; kept by pointer */
	enum log_level level; /* lines above it are not written */
	bool json;            /* else logfmt */
	bool prefix;          /* "<5>" before each line, as journald understands */
};

/* At start, before threads. Without it: logfmt, LOG_INFO, prefix when $JOURNAL_STREAM is set. */
void log_start(const struct log_setup *setup);

#define LOG_ARGS(event, ...)              \
	event, (const struct log_field[]) \
	{                                 \
		__VA_ARGS__               \
	}
/* log_event(level, "event_name", fields…): any number of fields, none too. */
#define log_event(level, ...) log_write((level), LOG_ARGS(__VA_ARGS__, K_END))
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* Level 2, waits for the reader: what bug() says last. */
void log_last_words(const char *text);

uint64_t log_dropped(void); /* lines since start, for /metrics */

#define K_END           ((struct log_field){.type = LOG_END})
#define K_STR(k, v)     ((struct log_field){.key = (k), .type = LOG_STR, .is = {.str = (v)}})
#define K_I64(k, v)     ((struct log_field){.key = (k), .type = LOG_I64, .is = {.i64 = (v)}})
#define K_BOOL(k, v)    ((struct log_field){.key = (k), .type = LOG_BOOL, .is = {.truth = (v)}})
#define K_VND(k, v)     ((struct log_field){.key = (k), .type = LOG_I64, .is = {.i64 = vnd_dong(v)}})
#define K_HASH(k, v)    ((struct log_field){.key = (k), .type = LOG_HASH, .is = {.hash = (v)}})
#define K_WHY(w)        K_STR("code", (w)->code), K_STR("why", (w)->text)
#define K_DAY(k, v)     log_day((k), (v))
#define K_ID(k, v)      log_id((k), (v))
#define K_ACCOUNT(k, v) log_account((k), (v))
#define K_PHONE(k, v)   log_phone((k), (v))

struct log_field log_day(const char *key, struct day d);
struct log_field log_id(const char *key, const struct personal_id *id);
struct log_field log_account(const char *key, const struct account_no *no);
struct log_field log_phone(const char *key, const struct phone_no *no);

#endif
