/* ledger_cmd.h: `chitra ledger`: where the books stand, and whether they are whole.
 *
 * Reads only, so nobody has to log in; whoever may use the desk's connection may look. */
#ifndef CHITRA_CLI_LEDGER_CMD_H
#define CHITRA_CLI_LEDGER_CMD_H

#include "daemon/cli/cli.h"

#define LEDGER_USAGE                                                                   \
	"chitra ledger head     how many transactions, the newest signed checkpoint\n" \
	"       chitra ledger check    every sum, balance, leaf and tree head is computed again; exit 65 when one is off"

int cli_ledger(struct cli *cli, int argc, char **argv);

#endif
