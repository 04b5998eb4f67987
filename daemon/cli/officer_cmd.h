/* officer_cmd.h: `chitra officer`, `login`, `logout`, `whoami`: who may do what, and who is at the keyboard.
 *
 * Adding and certifying need no session: what counts of an officer is what two admin keys signed. */
#ifndef CHITRA_CLI_OFFICER_CMD_H
#define CHITRA_CLI_OFFICER_CMD_H

#include "daemon/cli/cli.h"

#define OFFICER_USAGE                                                                                          \
	"chitra officer add LOGIN NAME\n"                                                                      \
	"       chitra officer certify LOGIN --key-file FILE.pub --mandate ROLE:AGENCY:AREA:LIMIT ...\n"       \
	"              --admin-key A --admin-key B [--days N] [--passphrase-file F ...]\n"                     \
	"              ROLE: maker checker approver release register cash auditor operator; AGENCY, AREA: a\n" \
	"              code or *; LIMIT: the most that one batch may be, in dong. The passphrase files are\n"  \
	"              those of the admin keys in their order; one alone is for all\n"                         \
	"       chitra officer revoke HASH --reason TEXT --admin-key A [--passphrase-file F]\n"                \
	"       chitra officer list [LOGIN]"
#define LOGIN_USAGE "chitra login LOGIN --key FILE [--passphrase-file F | --passphrase-fd N]"

int cli_officer(struct cli *cli, int argc, char **argv);
int cli_login(struct cli *cli, int argc, char **argv);
int cli_logout(struct cli *cli, int argc, char **argv);
int cli_whoami(struct cli *cli, int argc, char **argv);

#endif
