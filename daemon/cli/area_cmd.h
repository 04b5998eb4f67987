/* area_cmd.h: `chitra area`: what a code means on which day, and where the villages of a unit that was split went. */
#ifndef CHITRA_CLI_AREA_CMD_H
#define CHITRA_CLI_AREA_CMD_H

#include "daemon/cli/cli.h"

#define AREA_USAGE                                                                                     \
	"chitra area show CODE [--json]     each unit that ever had the code, and what became of it\n" \
	"       chitra area village VILLAGE --unit OLD-CODE --to NEW-CODE --source TEXT\n"             \
	"         lists that name the old unit and this village belong to the new one from now on"

int cli_area(struct cli *cli, int argc, char **argv);

#endif
