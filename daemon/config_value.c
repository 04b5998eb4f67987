#include "daemon/config_value.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/bytes.h"
#include "ledger/base/text.h"

/* A number and one of the units. */
struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit durations[] = {
	{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit sizes[] = {
	{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};
static const struct unit plain[] = {{"", 1}, {NULL, 0}};

static bool quantity(const char *value, const struct unit *units, int64_t *out)
{
	size_t digits = strspn(value, "0123456789");
	uint64_t n;
	if (!text_u64(bytes_of(value, digits), INT64_MAX, &n))
		return false;
	const char *unit = value + digits;
	unit += strspn(unit, " ");
	for (; units->name; units++)
		if (strcmp(units->name, unit) == 0)
			return !__builtin_mul_overflow((int64_t)n, units->factor, out);
	return false;
}

static bool number_of(const struct option_row *row, const char *value, const struct unit *units,
	const char *hint, int64_t *out, struct why *why)
{
	int64_t n;
	if (!quantity(value, units, &n))
		return why_set(why, "config_value", "`%.100s` is not %s", value, hint);
	if (row->max && (n < row->min || n > row->max))
		return why_set(why, "config_value", "`%.100s` is not between %lld and %lld%s", value,
			(long long)row->min, (long long)row->max,
			row->type == OPTION_DURATION ? " milliseconds"
			: row->type == OPTION_SIZE   ? " bytes"
						     : "");
	*out = n;
	return true;
}

static bool choice(const char *choices, const char *value)
{
	size_t n = strlen(value);
	for (const char *at = choices; n && (at = strstr(at, value)); at += n)
		if ((at == choices || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static const char *absolute(struct arena *a, const char *file, const char *path)
{
	if (*path == '/')
		return arena_strdup(a, path);
	const char *slash = strrchr(file, '/');
	char here[PATH_MAX];
	int n = slash ? (int)(slash - file) : 0;
	const char *directory = slash ? arena_printf(a, "%.*s/", n, file) : "./";
	if (!realpath(directory, here))
		return arena_printf(a, "%s%s", directory, path);
	return arena_printf(a, "%s/%s", strcmp(here, "/") == 0 ? "" : here, path);
}

/* Only loopback: evhttp has no business on a network. */
static bool is_loopback(const char *value)
{
	static const char *const hosts[] = {"127.0.0.1:", "[::1]:"};
	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		size_t n = strlen(hosts[i]);
		uint64_t port;
		if (strncmp(value, hosts[i], n) == 0)
			return text_u64(bytes_z(value + n), 65535, &port);
	}
	return false;
}

static bool conninfo_is_fine(const char *value, struct why *why)
{
	if (strstr(value, "://"))
		return why_set(why, "config_value", "must be libpq's key=value form, not a URI");
	if (strstr(value, "password"))
		return why_set(why, "config_value",
			"a password does not belong here: PostgreSQL knows a duty by its OS user (peer), or use a "
			"service file");
	for (const char *at = strstr(value, "user"); at; at = strstr(at + 4, "user"))
		if ((at == value || at[-1] == ' ') && (at[4] == '=' || at[4] == ' '))
			return why_set(
				why, "config_value", "a user does not belong here: a duty is chitra_DUTY");
	return true;
}

static bool check(struct arena *a, const struct option_row *row, const char *value, const char *file,
	const char **text, int64_t *number, struct why *why)
{
	*text = arena_strdup(a, value);
	switch (row->type) {
	case OPTION_TEXT:
		return !row->choices || choice(row->choices, value) ||
		       why_set(why, "config_value", "`%.100s` is none of: %s", value, row->choices);
	case OPTION_INT: return number_of(row, value, plain, "a whole number", number, why);
	case OPTION_BOOL:
		*number = strcmp(value, "yes") == 0;
		return *number || strcmp(value, "no") == 0 ||
		       why_set(why, "config_value", "`%.100s` is neither yes nor no", value);
	case OPTION_DURATION:
		return number_of(
			row, value, durations, "a time such as 200ms, 5s, 2m, 1h or 1d", number, why);
	case OPTION_SIZE:
		return number_of(row, value, sizes, "a size such as 65536, 64KiB or 4MiB", number, why);
	case OPTION_PATH: *text = absolute(a, file, value); return true;
	case OPTION_LISTEN:
		if (strchr(value, '/')) {
			*text = absolute(a, file, value);
			return true;
		}
		return is_loopback(value) ||
		       why_set(why, "config_value",
			       "`%.100s` is neither a path nor 127.0.0.1:PORT nor [::1]:PORT (HAProxy faces the network)",
			       value);
	case OPTION_SECRET:
		if (strchr(value, '/'))
			*text = absolute(a, file, value);
		return true;
	case OPTION_CONNINFO: return conninfo_is_fine(value, why);
	}
	bug("option type %d", (int)row->type);
}

bool config_value(struct arena *a, const struct option_row *row, const char *value, const char *file,
	const char **text, int64_t *number, struct why *why)
{
	const char *as_text = NULL;
	int64_t as_number = 0;
	if (!*value && row->type != OPTION_CONNINFO)
		return why_set(why, "config_value", "has no value");
	if (!check(a, row, value, file, &as_text, &as_number, why))
		return false;
	*text = as_text;
	*number = as_number;
	return true;
}

/* ---- what was meant -------------------------------------------------------------------------------------------- */

enum { NAME_MAX_HERE = 63, FAR = 4 };

/* Levenshtein's distance, letter by letter. */
static size_t changes(const char *a, const char *b)
{
	size_t an = strlen(a), bn = strlen(b);
	if (an > NAME_MAX_HERE || bn > NAME_MAX_HERE)
		return FAR;
	size_t row[NAME_MAX_HERE + 1];
	for (size_t j = 0; j <= bn; j++)
		row[j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[bn];
}

struct nearest nearest_to(const char *to)
{
	return (struct nearest){.to = to, .distance = FAR};
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t distance = changes(n->to, name);
	if (distance < n->distance && distance < strlen(name)) {
		n->distance = distance;
		n->name = name;
	}
}
