/* config.h: what the sysadmin decided.
 *
 * Reads an INI file and its conf.d/ (sorted; a later file overrides, inside one file twice is an error) against the
 * one table of options.h. Every error names file and line. A duty can read only the options that the table allows it:
 * asking for another one is a bug(). Reads no secret unless it is asked to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ledger/base/result.h"
#include "ledger/base/secret.h"
#include "ledger/base/why.h"
#include "daemon/options.h"

struct config;

/* Errors, one a line: "FILE:LINE: unknown option `lsten` in [gate], did you mean `listen`?" */
struct config_errors {
	char *text; /* freed by config_errors_free */
	size_t n;
};
void config_errors_free(struct config_errors *e);

/* reader: one DUTY_ bit, or DUTY_ALL for the supervisor and --check-config. NULL when there was any error. */
void config_free(struct config *c);
struct config *config_load(const char *path, unsigned reader, struct config_errors *errors);

/* section: "gate", "bank demo" (as in the file's heading). An option that was not given has the table's default;
 * without a default text, path and secret are NULL and numbers 0. The strings live as long as the config. */
const char *config_text(const struct config *c, const char *section, const char *name);
int64_t config_int(const struct config *c, const char *section, const char *name);
bool config_bool(const struct config *c, const char *section, const char *name);
int64_t config_ms(const struct config *c, const char *section, const char *name);    /* duration */
int64_t config_bytes(const struct config *c, const char *section, const char *name); /* size */
/* A secret: the path of its file, in $CREDENTIALS_DIRECTORY when the option is a name. NULL when it is not set. */
const char *config_secret_path(const struct config *c, const char *section, const char *name);
/* As written: the name of a credential or a path. */
const char *config_secret(const struct config *c, const char *section, const char *name);
/* The 32 bytes of a secret. NULL with why: config_missing (not set), or secret.h's codes with the option's place. */
struct key32 *config_key(const struct config *c, const char *section, const char *name, struct why *why)
	FREED_BY(secret_free) WARN_UNUSED;
/* Where the option was given: "FILE:LINE", or "default". For messages about a value that turned out wrong. */
const char *config_where(const struct config *c, const char *section, const char *name);

/* Whether the table has such an option. */
bool config_has(const char *section, const char *name);

/* The labels of a repeated section, in the order of the files: config_labels(c, "bank", &n) → {"demo", "nodup"}. */
const char *const *config_labels(const struct config *c, const char *section, size_t *n);

/* As a file that would give the same configuration; secrets and passwords masked. */
void config_print(const struct config *c, FILE *out);
