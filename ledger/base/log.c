#include "ledger/base/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "ledger/base/text.h"

/* A pipe that polls writable takes PIPE_BUF (4,096) bytes without blocking and without mixing two writers' lines. */
#define LINE_MAX_BYTES    4096
#define TAIL_BYTES        64 /* kept free for "dropped=…", "cut=true" and the end */
#define VALUE_MAX_BYTES   1024
#define DIGITS_SHOWN      4
#define DIGITS_SUSPICIOUS 9

struct line {
	char at[LINE_MAX_BYTES];
	size_t n;
	size_t max;
	bool json;
	bool some; /* a field is there already */
	bool cut;
};

static const char *duty;
static enum log_level least_urgent = LOG_INFO;
static bool as_json;
static int with_prefix = -1; /* not yet known */
static atomic_uint_fast64_t dropped, dropped_unsaid;

void log_start(const struct log_setup *setup)
{
	duty = setup->duty;
	least_urgent = setup->level;
	as_json = setup->json;
	with_prefix = setup->prefix;
}

uint64_t log_dropped(void)
{
	return atomic_load(&dropped);
}

static void put(struct line *l, const char *at, size_t n)
{
	if (l->n + n > l->max) {
		l->cut = true;
		return;
	}
	memcpy(l->at + l->n, at, n);
	l->n += n;
}

static void put_z(struct line *l, const char *z)
{
	put(l, z, strlen(z));
}

/* One character of n bytes, in the escapes that logfmt and JSON have in common. */
static void put_character(struct line *l, const uint8_t *s, size_t n)
{
	char escaped[8];

	if (n == 0) {
		put_z(l, "\xef\xbf\xbd"); /* U+FFFD: the byte was not UTF-8 */
	} else if (*s == '"' || *s == '\\') {
		escaped[0] = '\\';
		escaped[1] = (char)*s;
		put(l, escaped, 2);
	} else if (*s < 0x20 || *s == 0x7f) {
		snprintf(escaped, sizeof(escaped), "\\u%04x", *s);
		put(l, escaped, 6);
	} else {
		put(l, (const char *)s, n);
	}
}

static size_t digits_at(struct bytes s)
{
	size_t n = 0;

	while (n < s.n && s.at[n] >= '0' && s.at[n] <= '9')
		n++;
	return n;
}

/* Law 9: whatever reaches the log as text cannot carry a whole ID, account or phone number. */
static void put_text(struct line *l, struct bytes s, bool masked_already)
{
	for (size_t i = 0; i < s.n;) {
		size_t digits = masked_already ? 0 : digits_at(bytes_of(s.at + i, s.n - i));
		size_t n;

		if (digits >= DIGITS_SUSPICIOUS) {
			put_z(l, "•••");
			i += digits - DIGITS_SHOWN;
			digits = DIGITS_SHOWN;
		}
		if (digits > 0) {
			put(l, (const char *)s.at + i, digits);
			i += digits;
			continue;
		}
		n = utf8_character(bytes_of(s.at + i, s.n - i));
		put_character(l, s.at + i, n);
		i += n > 0 ? n : 1;
	}
}

/* logfmt reads a bare value up to a space. */
static bool needs_quotes(struct bytes s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] <= ' ' || s.at[i] == '"' || s.at[i] == '=' || s.at[i] == '\\' || s.at[i] >= 0x7f)
			return true;
	return s.n == 0;
}

static void put_string(struct line *l, const char *z, bool masked_already)
{
	struct bytes s = bytes_of(z, strnlen(z, VALUE_MAX_BYTES));
	const char *quote = l->json || needs_quotes(s) ? "\"" : "";

	put_z(l, quote);
	put_text(l, s, masked_already);
	put_z(l, quote);
}

static void put_key(struct line *l, const char *key)
{
	if (l->json) {
		put_z(l, l->some ? ",\"" : "\"");
		put_z(l, key);
		put_z(l, "\":");
	} else {
		put_z(l, l->some ? " " : "");
		put_z(l, key);
		put_z(l, "=");
	}
	l->some = true;
}

static void put_value(struct line *l, const struct log_field *f)
{
	char text[HASH_HEX_SIZE];

	switch (f->type) {
	case LOG_STR:
		if (f->is.str == NULL)
			put_z(l, l->json ? "null" : "");
		else
			put_string(l, f->is.str, false);
		return;
	case LOG_I64:
		snprintf(text, sizeof(text), "%" PRId64, f->is.i64);
		put_z(l, text);
		return;
	case LOG_BOOL: put_z(l, f->is.truth ? "true" : "false"); return;
	case LOG_HASH: put_string(l, hash_hex(&f->is.hash, text), true); return;
	case LOG_MASKED: put_string(l, f->is.masked, true); return;
	case LOG_END: break;
	}
	bug("no such type of a log field: %d", (int)f->type);
}

/* A field is there whole or not at all, so that a line that was cut is still a line of its format. */
static void put_field(struct line *l, const struct log_field *f)
{
	size_t was = l->n;
	bool some = l->some;
	bool cut = l->cut;

	l->cut = false;
	put_key(l, f->key);
	put_value(l, f);
	if (l->cut) {
		l->n = was;
		l->some = some;
	}
	l->cut = l->cut || cut;
}

static const char *level_name(unsigned level)
{
	static const char *const names[] = {"crit", "error", "warn", "notice", "info", "debug"};

	return level >= 2 && level <= 7 ? names[level - 2] : "debug";
}

static bool prefix_wanted(void)
{
	return with_prefix == -1 ? getenv("JOURNAL_STREAM") != NULL : with_prefix != 0;
}

static void begin(struct line *l, unsigned level, const char *event)
{
	struct log_field now = {.key = "ts", .type = LOG_MASKED};
	char text[8];

	l->n = 0;
	l->max = LINE_MAX_BYTES - TAIL_BYTES;
	l->json = as_json;
	l->some = false;
	l->cut = false;
	if (prefix_wanted()) {
		snprintf(text, sizeof(text), "<%u>", level);
		put_z(l, text);
	}
	if (l->json)
		put_z(l, "{");
	instant_format(wall_us(), now.is.masked);
	put_field(l, &now);
	put_field(l, &K_STR("level", level_name(level)));
	if (duty != NULL)
		put_field(l, &K_STR("duty", duty));
	put_field(l, &K_STR("event", event));
}

static void end(struct line *l, uint64_t unsaid)
{
	bool cut = l->cut;

	l->max = LINE_MAX_BYTES;
	if (unsaid > 0)
		put_field(l, &K_I64("dropped", (int64_t)unsaid));
	if (cut)
		put_field(l, &K_BOOL("cut", true));
	put_z(l, l->json ? "}\n" : "\n");
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	struct pollfd reader = {.fd = STDERR_FILENO, .events = POLLOUT};
	uint64_t unsaid;
	struct line l;

	if (level > least_urgent)
		return;
	begin(&l, level, event);
	for (; fields->type != LOG_END; fields++)
		put_field(&l, fields);
	unsaid = atomic_exchange(&dropped_unsaid, 0);
	end(&l, unsaid);
	if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLOUT) != 0 &&
		write(STDERR_FILENO, l.at, l.n) == (ssize_t)l.n)
		return;
	atomic_fetch_add(&dropped_unsaid, unsaid + 1);
	atomic_fetch_add(&dropped, 1);
}

void log_last_words(const char *text)
{
	struct line l;
	size_t done = 0;

	begin(&l, 2, "bug");
	put_field(&l, &K_STR("text", text));
	end(&l, 0);
	while (done < l.n) {
		ssize_t n = write(STDERR_FILENO, l.at + done, l.n - done);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

struct log_field log_day(const char *key, struct day d)
{
	struct log_field f = {.key = key, .type = LOG_MASKED};

	day_format(d, f.is.masked);
	return f;
}

struct log_field log_id(const char *key, const struct personal_id *id)
{
	struct log_field f = {.key = key, .type = LOG_MASKED};

	personal_id_masked(id, f.is.masked);
	return f;
}

struct log_field log_account(const char *key, const struct account_no *no)
{
	struct log_field f = {.key = key, .type = LOG_MASKED};

	account_no_masked(no, f.is.masked);
	return f;
}

struct log_field log_phone(const char *key, const struct phone_no *no)
{
	struct log_field f = {.key = key, .type = LOG_MASKED};

	phone_no_masked(no, f.is.masked);
	return f;
}
