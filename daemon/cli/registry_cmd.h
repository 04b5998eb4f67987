/* registry_cmd.h: `chitra registry`: the national population database's lists, as its driver has them (registry.h).
 *
 * Each is imported as `chitra import --kind deaths|moves|corrections` imports it. A file that is wrong is refused and the others go on; what
 * is wrong with us (no database, no mandate, no parser) leaves the file where the next run finds it. */
#ifndef CHITRA_CLI_REGISTRY_CMD_H
#define CHITRA_CLI_REGISTRY_CMD_H

#include "daemon/cli/cli.h"

#define REGISTRY_USAGE                                                                                                  \
	"chitra registry fetch   import what has come from the population database: deaths-*, moves-*, corrections-*\n" \
	"       chitra registry list    what waits"

int cli_registry(struct cli *cli, int argc, char **argv);

#endif
