/* period_cmd.h: `chitra period`: a month of an agency's books is closed by two officers. */
#ifndef CHITRA_CLI_PERIOD_CMD_H
#define CHITRA_CLI_PERIOD_CMD_H

#include "daemon/cli/cli.h"

#define PERIOD_USAGE                                                                                     \
	"chitra period list [--agency CODE] [--json]\n"                                                  \
	"       chitra period check MONTH [--agency CODE]     what is missing before it may be closed\n" \
	"       chitra period show MONTH [--agency CODE]      its accounts, and what it carries over\n"  \
	"       chitra period close MONTH [--agency CODE]     one officer proposes\n"                    \
	"       chitra period confirm MONTH [--agency CODE]   another closes what the first one saw\n"   \
	"         MONTH: 2024-04. --agency may be left out where there is only one"

int cli_period(struct cli *cli, int argc, char **argv);

#endif
