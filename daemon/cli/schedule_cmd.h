/* schedule_cmd.h: `chitra schedule`: the plan of a pay period, and what two officers say of days and hours. */
#ifndef CHITRA_CLI_SCHEDULE_CMD_H
#define CHITRA_CLI_SCHEDULE_CMD_H

#include "daemon/cli/cli.h"

#define SCHEDULE_USAGE                                                                                            \
	"chitra schedule --month M            what is owed, where it stands, when it goes, the money for it\n"    \
	"chitra schedule window PROGRAMME --month M [--every-month] --first DAY --last DAY\n"                     \
	"       --lists-before DAY --money-before DAY --source TEXT\n"                                            \
	"       two officers, each in the same words; on which days the period is paid; --every-month: later\n"   \
	"       periods too, on the same days of their months\n"                                                  \
	"chitra schedule hours CHANNEL --from DAY --hours TEXT [--holidays] [--margin MINUTES] --source TEXT\n"   \
	"       two officers; when the bank takes payments, such as \"1-5 08:00-11:30, 1-5 13:00-16:30\" (1 is\n" \
	"       Monday); nothing new is begun in the last MINUTES (15) before a cut-off\n"                        \
	"chitra schedule day DAY --kind holiday|make_up_workday|ordinary --name TEXT --source TEXT\n"             \
	"       two officers; what the calendar does not know yet"

int cli_schedule(struct cli *cli, int argc, char **argv);

#endif
