#include "tests/lib/tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tested;
static int failed;

__attribute__((format(printf, 4, 0))) static bool result(
	bool passed, const char *file, int line, const char *title, va_list args)
{
	tested++;
	if (!passed)
		failed++;
	printf("%s %d - ", passed ? "ok" : "not ok", tested);
	vprintf(title, args);
	putchar('\n');
	fflush(stdout);
	if (!passed)
		fprintf(stderr, "# failed at %s line %d\n", file, line);
	return passed;
}

bool tap_ok(bool passed, const char *file, int line, const char *text, const char *title, ...)
{
	va_list args;
	va_start(args, title);
	result(passed, file, line, title, args);
	va_end(args);
	if (!passed)
		fprintf(stderr, "#   not true: %s\n", text);
	return passed;
}

bool tap_is_i64(int64_t got, int64_t want, const char *file, int line, const char *title, ...)
{
	va_list args;
	va_start(args, title);
	bool passed = result(got == want, file, line, title, args);
	va_end(args);
	if (!passed)
		fprintf(stderr, "#        got: %" PRId64 "\n#   expected: %" PRId64 "\n", got, want);
	return passed;
}

bool tap_is_str(const char *got, const char *want, const char *file, int line, const char *title, ...)
{
	va_list args;
	va_start(args, title);
	bool same = got && want ? strcmp(got, want) == 0 : got == want;
	result(same, file, line, title, args);
	va_end(args);
	if (!same)
		fprintf(stderr, "#        got: %s\n#   expected: %s\n", got ? got : "(null)",
			want ? want : "(null)");
	return same;
}

static void print_hex(const char *label, const void *bytes, size_t n)
{
	fprintf(stderr, "# %s", label);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%02x", ((const unsigned char *)bytes)[i]);
	fprintf(stderr, " (%zu bytes)\n", n);
}

bool tap_is_mem(const void *got, size_t got_n, const void *want, size_t want_n, const char *file, int line,
	const char *title, ...)
{
	va_list args;
	va_start(args, title);
	bool same = got_n == want_n && (got_n == 0 || memcmp(got, want, got_n) == 0);
	result(same, file, line, title, args);
	va_end(args);
	if (!same) {
		print_hex("      got: ", got, got_n);
		print_hex(" expected: ", want, want_n);
	}
	return same;
}

void note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("# ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

void skip_all(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("1..0 # SKIP ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	exit(0);
}

int done_testing(void)
{
	printf("1..%d\n", tested);
	return failed > 0 || tested == 0;
}
