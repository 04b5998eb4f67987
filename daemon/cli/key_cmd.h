/* key_cmd.h: `chitra key`: the key files of officers and admins, which sleep under a passphrase. */
#ifndef CHITRA_CLI_KEY_CMD_H
#define CHITRA_CLI_KEY_CMD_H

#include "daemon/cli/cli.h"

#define KEY_USAGE                                                                                \
	"chitra key new FILE --label TEXT [--passphrase-file F | --passphrase-fd N]\n"           \
	"       writes FILE (mode 0600) and FILE.pub: a line \"<public key in hex> <label>\";\n" \
	"       the .pub lines of the admins make the file [teller] admin_keys\n"                \
	"       chitra key show FILE                        public key and label"

int cli_key_files(struct cli *cli, int argc, char **argv);

#endif
