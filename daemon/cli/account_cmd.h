/* account_cmd.h: `chitra account`, the accounts of people, by two officers; `chitra preference`, account or cash as a person wishes. */
#ifndef CHITRA_CLI_ACCOUNT_CMD_H
#define CHITRA_CLI_ACCOUNT_CMD_H

#include "daemon/cli/cli.h"

#define ACCOUNT_USAGE                                                                           \
	"chitra account add ID --bank CODE --number NO --document TEXT [--from DAY]\n"          \
	"         [--kind delegate|guardian|household --holder NAME [--until DAY]]\n"           \
	"       chitra account renew ACCOUNT --until DAY --document TEXT [--from DAY]\n"        \
	"       chitra account end ACCOUNT --reason TEXT [--from DAY]\n"                        \
	"         one officer proposes; DAY is YYYY-MM-DD, a delegate's authority has an end\n" \
	"       chitra account confirm WORD... [--number NO]\n"                                 \
	"         the second officer, who types the number of an account that is added again\n" \
	"       chitra account drop WORD...    what was proposed wrongly\n"                     \
	"       chitra account list ID | --open\n"                                              \
	"       chitra account expiring [--days N] [--csv]\n"                                   \
	"         authorities that end within N days (30), and those that ended in as many days before"

#define PREFERENCE_USAGE                                                                       \
	"chitra preference ID    what this person wished, and since when\n"                    \
	"       chitra preference ID --programme CODE --method account|cash --asked-by TEXT\n" \
	"         [--since DAY]    asked-by: who said so, the person or whoever speaks for them"

int cli_account(struct cli *cli, int argc, char **argv);
int cli_preference(struct cli *cli, int argc, char **argv);

#endif
