/* reconcile_cmd.h: `chitra reconcile`: one account, one day, does everything fit? */
#ifndef CHITRA_CLI_RECONCILE_CMD_H
#define CHITRA_CLI_RECONCILE_CMD_H

#include "daemon/cli/cli.h"

#define RECONCILE_USAGE                                                         \
	"chitra reconcile --account CODE --date YYYY-MM-DD [--json]\n"          \
	"         exit 0: the balance chain holds and nothing is unexplained\n" \
	"              2: every unexplained dong is an open break\n"            \
	"              1: no statement, a broken chain, or a difference that no break names"

int cli_reconcile(struct cli *cli, int argc, char **argv);

#endif
