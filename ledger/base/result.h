/* result.h: the four answers, and the end of the process.
 *
 * Every file knows this one. `enum result` is for jobs and whatever touches the database or a bank; pure code returns
 * bool and fills a struct why. A broken invariant ends in bug(): the process dies before it limps on with money. */
#ifndef LEDGER_BASE_RESULT_H
#define LEDGER_BASE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum result {
	OK,
	REFUSED, /* the answer is no, and why->code says which rule; shown to a person */
	RETRY,   /* nothing happened; trouble outside; later may work */
	UNSURE,  /* money may have moved: ask, never resend */
};

#define WARN_UNUSED             __attribute__((warn_unused_result))
#define CLEANUP(fn)             __attribute__((cleanup(fn)))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* On a constructor: its result is released by fn(result). gcc's analyzer then sees leaks; clang 14 has no such attribute. */
#if defined(__GNUC__) && !defined(__clang__)
#define FREED_BY(fn) __attribute__((malloc, malloc(fn, 1)))
#else
#define FREED_BY(fn)
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* "ok", "refused", "retry", "unsure": for logs and --json. */
const char *result_name(enum result r);

/* Logs one line of level 2 and aborts. The text names no person and no account. */
_Noreturn void bug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* An assertion that stays on in production. */
#define bug_if(cond)                                                 \
	do {                                                         \
		if (__builtin_expect(!!(cond), 0))                   \
			bug("%s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

#endif
