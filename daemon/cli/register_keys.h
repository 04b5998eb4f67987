/* register_keys.h: the desk's keys of the register, for the commands that import people or open their numbers. */
#ifndef CHITRA_CLI_REGISTER_KEYS_H
#define CHITRA_CLI_REGISTER_KEYS_H

#include "ledger/register/keys.h"
#include "daemon/cli/cli.h"

#define KEK_VERSION 1 /* of the one key-encryption key that [desk] kek names */

struct desk_register_keys {
	struct key32 *kek_secret, *blind;
	struct kek kek;
	struct register_keys keys; /* points into this struct: do not copy it */
};

/* False with w->why (config_*, secret_*). Free in either case; it suits CLEANUP. */
bool register_keys_load(struct cli *cli, struct desk_register_keys *out) WARN_UNUSED;
void register_keys_free(struct desk_register_keys *k);

#endif
