/* kek_cmd.h: `chitra kek`: the key that wraps each person's data key, and its successor. */
#ifndef CHITRA_CLI_KEK_CMD_H
#define CHITRA_CLI_KEK_CMD_H

#include "daemon/cli/cli.h"

#define KEK_USAGE                                                                                             \
	"chitra kek status [--json]   which key-encryption keys there are, and how much still needs each\n"   \
	"       chitra kek rotate [--json]   an operator, when desk and teller hold the new key as kek or\n"  \
	"         kek_other: it becomes the one that wraps, all is wrapped anew beside other work, and the\n" \
	"         old one retires. Begun again it goes on where it was"

int cli_kek(struct cli *cli, int argc, char **argv);

#endif
