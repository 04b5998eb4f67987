/* tap.h: what a unit test says.
 *
 * A test program prints one TAP line per rule and ends with `return done_testing();`. Titles are the rule that is
 * guarded. Failures print the file, the line and both values on standard error; nothing stops at the first one.
 * Nobody but programs below tests/ includes this. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns whether it passed; the title is a printf format. */
#define ok(cond, ...)          tap_ok((cond), __FILE__, __LINE__, #cond, __VA_ARGS__)
#define is_i64(got, want, ...) tap_is_i64((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
/* got and want with their lengths in bytes; shown as hex */
#define is_mem(got, got_n, want, want_n, ...) \
	tap_is_mem((got), (got_n), (want), (want_n), __FILE__, __LINE__, __VA_ARGS__)

bool tap_ok(bool passed, const char *file, int line, const char *text, const char *title, ...)
	__attribute__((format(printf, 5, 6)));
bool tap_is_i64(int64_t got, int64_t want, const char *file, int line, const char *title, ...)
	__attribute__((format(printf, 5, 6)));
/* NULL equals only NULL */
bool tap_is_str(const char *got, const char *want, const char *file, int line, const char *title, ...)
	__attribute__((format(printf, 5, 6)));
bool tap_is_mem(const void *got, size_t got_n, const void *want, size_t want_n, const char *file, int line,
	const char *title, ...) __attribute__((format(printf, 7, 8)));

/* A remark for the reader of the log; never a result. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The one result of a program that cannot run here: prints the plan with the reason and ends with status 0. */
_Noreturn void skip_all(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan; returns the status for main: 0 when everything passed, 1 otherwise or when nothing was tested. */
int done_testing(void);
