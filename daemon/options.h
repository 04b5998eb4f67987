/* options.h: the one table of options.
 *
 * Used by the parser, --check-config, --print-config, --list-options and the test that compares it with
 * ops/chitrad.conf, where each is documented. Data only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/db/db.h"

enum {
	DUTY_GATE = 1 << DB_DUTY_GATE,
	DUTY_DESK = 1 << DB_DUTY_DESK,
	DUTY_TELLER = 1 << DB_DUTY_TELLER,
	DUTY_SCRIBE = 1 << DB_DUTY_SCRIBE,
	DUTY_ALL = DUTY_GATE | DUTY_DESK | DUTY_TELLER | DUTY_SCRIBE,
};

enum option_type {
	OPTION_TEXT,
	OPTION_INT,      /* between min and max */
	OPTION_BOOL,     /* yes, no */
	OPTION_DURATION, /* 200ms 5s 2m 1h 1d; kept in milliseconds, min and max too */
	OPTION_SIZE,     /* 65536 64KiB 4MiB; bytes */
	OPTION_PATH,     /* absolute, or relative to the directory of the file that says it */
	OPTION_LISTEN,   /* a path (Unix socket) or ADDRESS:PORT on loopback; port 0: any */
	OPTION_SECRET, /* the NAME of a credential in $CREDENTIALS_DIRECTORY, or the path of a file of mode 0600 */
	OPTION_CONNINFO, /* libpq's key=value form; a user or a password in it is refused */
};

struct option_row {
	const char *section; /* "bank" and "witness" are repeated: [bank CODE] */
	const char *name;
	enum option_type type;
	unsigned duties;      /* who may read it */
	const char *fallback; /* as it would be written; NULL: none */
	int64_t min, max;     /* int, duration, size; both 0: any that is not negative */
	const char *choices;  /* text: "logfmt json"; NULL: any */
	bool required;
	const char *doc; /* one line */
};

extern const struct option_row option_rows[];
extern const size_t option_rows_n;
