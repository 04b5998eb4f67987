/* decide_cmd.h: `chitra decide`: what is decided about a person's or everybody's benefit, by two officers. */
#ifndef CHITRA_CLI_DECIDE_CMD_H
#define CHITRA_CLI_DECIDE_CMD_H

#include "daemon/cli/cli.h"

#define DECIDE_USAGE                                                                                                       \
	"chitra decide suspend|terminate|resume PERSONAL-ID --programme CODE --from YYYY-MM …\n"                         \
	"       chitra decide together --programme CODE --period YYYY-MM …\n"                                            \
	"         the month after the period is paid with it, to everybody on its lists\n"                                 \
	"       chitra decide grant PERSONAL-ID --programme CODE --from YYYY-MM --period YYYY-MM --rate CODE\n"            \
	"         [--times N] …\n"                                                                                       \
	"       chitra decide grant --list FILE [--sheet NAME] [--marked OUT.xlsx] [--accept-repairs] …\n"               \
	"         to each of a list: «Số CCCD», «Họ và tên», and «Số tiền», which is what the rate says\n" \
	"       chitra decide funeral PERSONAL-ID --programme CODE --period YYYY-MM --rate CODE[,CODE] …\n"              \
	"         of several rates the highest; once for a person\n"                                                       \
	"       chitra decide recover PERSONAL-ID --programme CODE --from YYYY-MM --amount DONG …\n"                     \
	"         nothing is taken off other months\n"                                                                     \
	"         … = --number NUMBER-OF-THE-DECISION --reason TEXT\n"                                                   \
	"       chitra decide confirm ID...       the second officer: all or none\n"                                       \
	"       chitra decide confirm --number NUMBER --people N   all that wait under it, of whom there are N\n"          \
	"       chitra decide list [--open] [--number NUMBER] [--json]"

int cli_decide(struct cli *cli, int argc, char **argv);

#endif
