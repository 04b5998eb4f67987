/* report_cmd.h: `chitra report`: a period's summary, the bank's lines, the payouts that have ended. */
#ifndef CHITRA_CLI_REPORT_CMD_H
#define CHITRA_CLI_REPORT_CMD_H

#include "daemon/cli/cli.h"

#define REPORT_USAGE                                                                                                            \
	"chitra report summary --period YYYY-MM [--area-as-of YYYY-MM-DD] [--csv | --json]\n"                                   \
	"         people by programme and ward: on the list, by account, in cash, settled, unexplained\n"                       \
	"         as of a day: by its units; A/B where only one of them is certain, A? where nobody knows\n"                    \
	"       chitra report statements --csv\n"                                                                               \
	"         every line of every statement, as the bank booked it\n"                                                       \
	"       chitra report settled --period YYYY-MM --csv [--reason TEXT]\n"                                                 \
	"         payouts that have ended, with account numbers; that you saw them is kept\n"                                   \
	"       chitra report carry --period YYYY-MM [--area-as-of DAY] [--programme CODE] [--area CODE]\n"                     \
	"         [--csv | --json]    each person: this month, arrears and grants apart, and what earlier months left unpaid\n" \
	"       chitra report coverage --period YYYY-MM [--as-of DAY] [--area-as-of DAY] [--programme CODE] [--area CODE]\n"    \
	"         [--csv | --json]    who is paid without cash, commune by commune, and the two targets"

int cli_report(struct cli *cli, int argc, char **argv);

#endif
