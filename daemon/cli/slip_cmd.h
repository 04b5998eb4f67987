/* slip_cmd.h: `chitra ledger slip`: a page for the citizen who was paid, printed by his ward. */
#ifndef CHITRA_CLI_SLIP_CMD_H
#define CHITRA_CLI_SLIP_CMD_H

#include "daemon/cli/cli.h"

int cli_ledger_slip(struct cli *cli, int argc, char **argv);

#endif
