/* release_cmd.h: `chitra release`, `hold`, `unhold`, `cancel`: when payouts leave, and that some do not. */
#ifndef CHITRA_CLI_RELEASE_CMD_H
#define CHITRA_CLI_RELEASE_CMD_H

#include "daemon/cli/cli.h"

#define RELEASE_USAGE                                                                                               \
	"chitra release N... | --all-approved [--period M] [--programme P] [--in-window]\n"                         \
	"       by two officers; exit 75 when the second one's batch lacks the treasury's money: the release is\n"  \
	"       kept, and the same command again lets it go when the money is there\n"                              \
	"       --in-window: not now but on the programme's days (chitra schedule), when one of the two says so;\n" \
	"       two who release it without that later let it go now"
#define HOLD_USAGE   "chitra hold ID... --reason TEXT          ID: a payout's end-to-end id"
#define UNHOLD_USAGE "chitra unhold ID...                      two officers"
#define CANCEL_USAGE                                      \
	"chitra cancel ID... | --batch N --reason TEXT\n" \
	"       before anything was sent; the claims stay owed and come again in a later batch"

int cli_release(struct cli *cli, int argc, char **argv);
int cli_hold(struct cli *cli, int argc, char **argv);
int cli_unhold(struct cli *cli, int argc, char **argv);
int cli_cancel(struct cli *cli, int argc, char **argv);

#endif
