/* secret_cmd.h: `chitra secret`, the 32-byte keys of the duties.
 *
 * Makes them, never overwrites one, and says the public half of those that have one. Officers' and admins' keys, which
 * sleep under a passphrase, are `chitra key`. */
#ifndef CHITRA_CLI_SECRET_CMD_H
#define CHITRA_CLI_SECRET_CMD_H

#include "daemon/cli/cli.h"

int cli_secret(struct cli *cli, int argc, char **argv);

#endif
