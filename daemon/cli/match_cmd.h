/* match_cmd.h: `chitra match`: are these accounts the people's? Safe to repeat: each run grades the answers that came since. */
#ifndef CHITRA_CLI_MATCH_CMD_H
#define CHITRA_CLI_MATCH_CMD_H

#include "daemon/cli/cli.h"

#define MATCH_USAGE                                                                                      \
	"chitra match --period M            grades banks' answers, asks for what nobody has confirmed\n" \
	"       chitra match --period M --status   counts alone"

int cli_match(struct cli *cli, int argc, char **argv);

#endif
