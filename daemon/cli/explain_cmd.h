/* explain_cmd.h: `chitra explain`: why a person gets what in a period, in words that an officer can read out. */
#ifndef CHITRA_CLI_EXPLAIN_CMD_H
#define CHITRA_CLI_EXPLAIN_CMD_H

#include "daemon/cli/cli.h"

#define EXPLAIN_USAGE                                                                                     \
	"chitra explain PERSONAL-ID --period YYYY-MM [--reason TEXT] [--json]\n"                          \
	"         each claim with its working, arrears apart, what earlier months left unpaid, and why\n" \
	"         there is nothing; that you looked is kept"

int cli_explain(struct cli *cli, int argc, char **argv);

#endif
