/* approve_cmd.h: `chitra approve`: an officer's key signs a bundle of batches. */
#ifndef CHITRA_CLI_APPROVE_CMD_H
#define CHITRA_CLI_APPROVE_CMD_H

#include "daemon/cli/cli.h"

#define APPROVE_USAGE                                                                                           \
	"chitra approve N... | --all-frozen [--period M] [--programme P] --role checker|approver --key FILE\n"  \
	"              [--passphrase-file F | --passphrase-fd N] [--yes]\n"                                     \
	"       one signature an agency; recomputes every line, shows counts, sum and the change against the\n" \
	"       period before, and asks on a terminal unless --yes"

int cli_approve(struct cli *cli, int argc, char **argv);

#endif
