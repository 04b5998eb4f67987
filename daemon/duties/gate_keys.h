/* gate_keys.h: the public keys that the gate works with: whose callbacks it believes, and for whom it seals them.
 *
 * Files of the configuration, read once at start (SIGHUP starts anew). Called by gate.c. */
#pragma once

#include "daemon/config.h"
#include "daemon/duties/gate_group.h"

struct gate_keys {
	size_t n;
	struct gate_bank *banks;
	struct key32 evidence; /* when n > 0 */
};

/* Every [bank CODE] that has a bank_key; the strings are the configuration's. False with why config_*: a file cannot be read, holds
 * no key, or [evidence] public_key is missing although a bank is there. */
bool gate_keys_load(const struct config *c, struct gate_keys *out, struct why *why) WARN_UNUSED;
void gate_keys_free(struct gate_keys *k);

/* The bank of a callback's path, or NULL. Codes differ in more than upper and lower case. */
struct gate_bank *gate_bank_find(const struct gate_keys *k, const char *code);
