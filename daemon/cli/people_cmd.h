/* people_cmd.h: `chitra people`, everybody of a period with the state of each claim, and `chitra finding`, what awaits a decision. */
#ifndef CHITRA_CLI_PEOPLE_CMD_H
#define CHITRA_CLI_PEOPLE_CMD_H

#include "daemon/cli/cli.h"

#define PEOPLE_USAGE \
	"chitra people --period M --csv [--area-as-of YYYY-MM-DD] [--reason TEXT]   opens every ID, and that is written down"
#define FINDING_USAGE                                       \
	"chitra finding list --period M [--open] [--csv]\n" \
	"       chitra finding decide ID --verdict pay|no --reason TEXT   the first officer proposes, the second decides"

int cli_people(struct cli *cli, int argc, char **argv);
int cli_finding(struct cli *cli, int argc, char **argv);

#endif
