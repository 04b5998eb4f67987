/* held_cmd.h: `chitra person export` and `chitra person erase`: what is held about somebody, and its end. */
#ifndef CHITRA_CLI_HELD_CMD_H
#define CHITRA_CLI_HELD_CMD_H

#include "daemon/cli/cli.h"

#define HELD_USAGE                                                                                           \
	"chitra person export ID --reason R [--json]   everything that is held about the person, to print\n" \
	"       chitra person erase ID --number N --reason R\n"                                              \
	"         the first officer proposes, another one with the same number erases, when the time that\n" \
	"         the law keeps it is over and nothing is owed, under way or in doubt; for ever\n"           \
	"       chitra person readmit ID --name NAME --number N --reason R\n"                                \
	"         who was erased is entitled again: the first officer proposes, another one with the same\n" \
	"         number and name confirms; then the lists are imported again"

int cli_person_export(struct cli *cli, int argc, char **argv);
int cli_person_erase(struct cli *cli, int argc, char **argv);
int cli_person_readmit(struct cli *cli, int argc, char **argv);

#endif
