/* recover_cmd.h: `chitra recover`: after a dump was restored, what the archive and the sent journal remember and the dump lacks.
 *
 * Runs on the owner's connection, as `chitra setup` does, while every program is stopped: the journals' locks show that no teller
 * of this host runs. Asks first whether the dump is recent enough; then the ledger's leaves, then dispatches and payouts, then what two
 * officers decided. Much of what officers did after the dump is in no archive: no money leaves until `--resume` says that a person
 * has looked (ops.pause), and it does so only after a recovery that ended. */
#ifndef CHITRA_CLI_RECOVER_CMD_H
#define CHITRA_CLI_RECOVER_CMD_H

#include "daemon/cli/cli.h"

#define RECOVER_USAGE                                                                                                                \
	"chitra recover [--dry-run] [--archive DIRECTORY] [--journal DIRECTORY]... [--lost-journal NAME]... [--database CONNINFO]\n" \
	"       after a restore, with every program stopped; safe to repeat. The directories are those of the\n"                     \
	"       configuration ([archive] directory, [teller] journal); of several tellers give every journal\n"                      \
	"       chitra recover --resume [--database CONNINFO]\n"                                                                     \
	"       recovery has ended, and what is in no archive was entered again: money leaves again"

int cli_recover(struct cli *cli, int argc, char **argv);

#endif
