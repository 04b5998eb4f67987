/* register_keys.h: the desk's keys of the register, for the commands that import people or open their numbers. */
#ifndef CHITRA_CLI_REGISTER_KEYS_H
#define CHITRA_CLI_REGISTER_KEYS_H

#include "ledger/register/opening_store.h"
#include "daemon/cli/cli.h"
#include "daemon/kek_set.h"

struct desk_register_keys {
	struct kek_set keks;
	struct key32 *blind;
	struct register_keys keys; /* points into this struct: do not copy it */
};

/* [desk] kek and kek_other, the one that wraps first, compared with the database. REFUSED config_*, secret_*, kek_*. Outside a
 * transaction. Free in any case; it suits CLEANUP. */
enum result desk_keks_load(struct cli *cli, struct kek_set *out) WARN_UNUSED;
/* The same, and [desk] blind_key. */
enum result register_keys_load(struct cli *cli, struct desk_register_keys *out) WARN_UNUSED;
void register_keys_free(struct desk_register_keys *k);

/* Before the command's own transaction: the keys, and the officer's reason written down (opening_store.h). */
enum result desk_opening(struct cli *cli, struct desk_register_keys *keys, const struct opening_wish *wish,
	struct opening **out) WARN_UNUSED;

#endif
