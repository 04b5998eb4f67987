/* carry_report.h: `chitra report carry`: the two columns of a payment list, this month and what was not collected before. */
#ifndef CHITRA_CLI_CARRY_REPORT_H
#define CHITRA_CLI_CARRY_REPORT_H

#include "daemon/cli/cli.h"

/* programme, area: NULL for all. */
int cli_report_carry(struct cli *cli, struct month period, const char *programme, const char *area, bool csv);

#endif
