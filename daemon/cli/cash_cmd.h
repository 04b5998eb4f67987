/* cash_cmd.h: `chitra cash confirm`: what the cash agent says it paid out, confirmed by two officers. */
#ifndef CHITRA_CLI_CASH_CMD_H
#define CHITRA_CLI_CASH_CMD_H

#include "daemon/cli/cli.h"

#define CASH_USAGE                                                                                    \
	"chitra cash confirm FILE --channel CODE [--signature FILE.sig] [--json]\n"                   \
	"         the agent's signed list; the first officer proposes it, another one confirms it,\n" \
	"         then who was paid is settled and who did not come is not_paid and stays owed"

int cli_cash(struct cli *cli, int argc, char **argv);

#endif
