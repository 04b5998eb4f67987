/* export_cmd.h: `chitra ledger export`: a month of the books as a file, and the log's signature over it. */
#ifndef CHITRA_CLI_EXPORT_CMD_H
#define CHITRA_CLI_EXPORT_CMD_H

#include "daemon/cli/cli.h"

int cli_ledger_export(struct cli *cli, int argc, char **argv);

#endif
