/* text_harm.h: a signed text, damaged in every way that a line can be: what is still taken is a text of ours, byte for byte.
 *
 * Each line is left out, repeated, put in the other order, written in capitals, and each of its words is left out and replaced by each
 * of a list of others. Whoever reads the text must refuse it, or mean by it exactly what stands there. */
#pragma once

#include <ctype.h>
#include <string.h>

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "tests/lib/tap.h"

/* Reads it and writes what was read again. False: refused. */
typedef bool harm_takes(struct arena *a, struct bytes text, struct buf *again);

struct harm {
	harm_takes *takes;
	struct arena *arena;
	struct buf again;
	size_t taken, refused, wrong;
};

static inline void harm_try(struct harm *h, const char *text, size_t n)
{
	buf_reset(&h->again);
	if (!h->takes(h->arena, bytes_of(text, n), &h->again)) {
		h->refused++;
		return;
	}
	h->taken++;
	if (buf_is(&h->again, bytes_of(text, n)))
		return;
	h->wrong++;
	note("taken, but it is not what is written: %.300s", text);
}

/* The text with `to` instead of the n bytes at `at`. */
static inline void harm_put(struct harm *h, const char *text, size_t at, size_t n, const char *to)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	const char *bad = arena_printf(a, "%.*s%s%s", (int)at, text, to, text + at + n);
	harm_try(h, bad, strlen(bad));
}

static inline void harm_words(struct harm *h, const char *text, size_t at, size_t n)
{
	static char long_word[66], long_text[4098], too_long[12300], base64[32800];
	static const char *const words[] = {"0", "-1", "1", "2", "x", "*", "=", "A", "9223372036854775807",
		"99999999999999999999", "a b", "%00", "%ff", "%zz", "%4", "%61", "\xc3\xa9", "2024-13",
		"2024-02-30", "2024-04-03T25:00:00Z", "USD", "VND", "DEMO:", ":1", "maker", "auditor", "-",
		"\t", "/", ":", "@", "[", "`", "{", long_word, long_text, too_long, base64};
	memset(long_word, 'a', sizeof long_word - 1);
	memset(long_text, 'a', sizeof long_text - 1);
	memset(too_long, 'a', sizeof too_long - 1);
	memset(base64, 'A', sizeof base64 - 1);
	for (size_t from = at; from < at + n;) {
		size_t word = strcspn(text + from, " :\n");
		harm_put(h, text, from, word, "");
		if (word < at + n - from)
			harm_put(h, text, from, word + 1, "");
		harm_put(h, text, from, at + n - from, "");
		for (size_t i = 0; i < COUNT_OF(words); i++)
			harm_put(h, text, from, word, words[i]);
		from += word + 1;
	}
}

static inline void harm_lines(struct harm *h, const char *text)
{
	for (size_t at = 0; text[at];) {
		CLEANUP(arena_drop) struct arena *a = arena_new();
		size_t n = strcspn(text + at, "\n"), next = strcspn(text + at + n + 1, "\n");
		char *capitals = arena_strndup(a, text + at, n);
		const char *key = strpbrk(text + at, " \n");
		for (char *c = capitals; *c; c++)
			if (c - capitals > key - (text + at))
				*c = (char)toupper((unsigned char)*c);
		harm_put(h, text, at, n + 1, "");
		harm_put(h, text, at, n, capitals);
		harm_put(h, text, at, 0, arena_strndup(a, text + at, n + 1));
		if (text[at + n + 1])
			harm_put(h, text, at, n + 1 + next + 1,
				arena_printf(a, "%.*s%.*s", (int)next + 1, text + at + n + 1, (int)n + 1,
					text + at));
		harm_words(h, text, at, n);
		at += n + 1;
	}
}

static inline void harm(const char *what, const char *text, harm_takes *takes)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct harm h = {.takes = takes, .arena = a};
	buf_init(&h.again, (size_t)1 << 20);
	harm_try(&h, text, strlen(text));
	ok(h.taken == 1 && h.wrong == 0, "%s is taken", what);
	for (size_t n = 0; text[n]; n++)
		harm_try(&h, text, n);
	harm_lines(&h, text);
	ok(h.wrong == 0 && h.refused > strlen(text),
		"%s, damaged in %zu ways, is refused or is what is written (%zu)", what,
		h.refused + h.taken - 1, h.taken - 1);
	buf_free(&h.again);
}
