/* bundle_cmd.h: `chitra ledger bundle`: the evidence of one payout as one archive, for an auditor. */
#ifndef CHITRA_CLI_BUNDLE_CMD_H
#define CHITRA_CLI_BUNDLE_CMD_H

#include "daemon/cli/cli.h"

int cli_ledger_bundle(struct cli *cli, int argc, char **argv);

#endif
