/* person_cmd.h: `chitra person`: what concerns one person and no list. The first word says what; each has a file of its own. */
#ifndef CHITRA_CLI_PERSON_CMD_H
#define CHITRA_CLI_PERSON_CMD_H

#include "daemon/cli/held_cmd.h"

#define PERSON_USAGE HELD_USAGE

int cli_person(struct cli *cli, int argc, char **argv);

#endif
