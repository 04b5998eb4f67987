#include "ledger/base/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text cut in the middle of a character would make a log line or a page invalid UTF-8. */
static void cut_at_character(char *s, size_t n)
{
	while (n > 0 && ((unsigned char)s[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && ((unsigned char)s[n - 1] & 0xc0) == 0xc0)
		n--;
	s[n] = '\0';
}

static void fill(char *out, size_t size, const char *fmt, va_list args) __attribute__((format(printf, 3, 0)));

static void fill(char *out, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(out, size, fmt, args);

	if (n < 0)
		out[0] = '\0';
	else if ((size_t)n >= size)
		cut_at_character(out, size - 1);
}

bool why_set(struct why *w, const char *code, const char *fmt, ...)
{
	va_list args;

	if (w == NULL)
		return false;
	bug_if(strlen(code) >= sizeof(w->code));
	memcpy(w->code, code, strlen(code) + 1);
	va_start(args, fmt);
	fill(w->text, sizeof(w->text), fmt, args);
	va_end(args);
	return false;
}

bool why_prefix(struct why *w, const char *fmt, ...)
{
	char place[sizeof(w->text)];
	char was[sizeof(w->text)];
	va_list args;
	size_t n;

	if (w == NULL)
		return false;
	va_start(args, fmt);
	fill(place, sizeof(place), fmt, args);
	va_end(args);

	memcpy(was, w->text, sizeof(was));
	n = strlen(place);
	memcpy(w->text, place, n);
	if (n + 2 + strlen(was) < sizeof(w->text)) {
		memcpy(w->text + n, ": ", 2);
		memcpy(w->text + n + 2, was, strlen(was) + 1);
		return false;
	}
	if (n + 2 < sizeof(w->text)) {
		memcpy(w->text + n, ": ", 2);
		memcpy(w->text + n + 2, was, sizeof(w->text) - n - 3);
		cut_at_character(w->text, sizeof(w->text) - 1);
	} else {
		w->text[n] = '\0';
	}
	return false;
}

bool why_is(const struct why *w, const char *code)
{
	return strcmp(w->code, code) == 0;
}

void why_clear(struct why *w)
{
	w->code[0] = '\0';
	w->text[0] = '\0';
}
