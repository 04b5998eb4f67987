/* accounts_cmd.h: `chitra ledger accounts`: what the accounts of the books hold, or held by either clock. */
#ifndef CHITRA_CLI_ACCOUNTS_CMD_H
#define CHITRA_CLI_ACCOUNTS_CMD_H

#include "daemon/cli/cli.h"

#define ACCOUNTS_USAGE                                                                                 \
	"       chitra ledger accounts [ACCOUNT] [--effective DAY | --recorded WHEN] [--national]\n"   \
	"         what the accounts hold, debit positive; or held at the end of that day by what is\n" \
	"         known of it now, or as the books said at the end of a day or at an instant;\n"       \
	"         --national: beside their place in the national chart, as far as it is known\n"

int cli_ledger_accounts(struct cli *cli, int argc, char **argv);

#endif
