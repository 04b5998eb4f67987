/* entitle_cmd.h: `chitra entitle`: what everybody on a period's lists is owed, as claims. */
#ifndef CHITRA_CLI_ENTITLE_CMD_H
#define CHITRA_CLI_ENTITLE_CMD_H

#include "daemon/cli/cli.h"

#define ENTITLE_USAGE "chitra entitle --programme P --period M"

int cli_entitle(struct cli *cli, int argc, char **argv);

#endif
