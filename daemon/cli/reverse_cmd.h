/* reverse_cmd.h: `chitra ledger reverse`: what two officers found, taken back by two. */
#ifndef CHITRA_CLI_REVERSE_CMD_H
#define CHITRA_CLI_REVERSE_CMD_H

#include "daemon/cli/cli.h"

/* argv from the word reverse on; LEDGER_USAGE says how. */
int cli_ledger_reverse(struct cli *cli, int argc, char **argv);

#endif
