/* config_value.h: one value of an option, checked; and the name that somebody probably meant. Called by config.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/base/arena.h"
#include "ledger/base/why.h"
#include "daemon/options.h"

/* *text in the arena (a path made absolute, seen from the directory of `file`); *number for int, bool (0 or 1), duration
 * (milliseconds) and size (bytes). False with why: config_value. */
bool config_value(struct arena *a, const struct option_row *row, const char *value, const char *file,
	const char **text, int64_t *number, struct why *why) WARN_UNUSED;

/* The best of the names tried; NULL name when none is within three changes of a letter. */
struct nearest {
	const char *to;
	const char *name;
	size_t distance;
};
struct nearest nearest_to(const char *to);
void nearest_try(struct nearest *n, const char *name);
