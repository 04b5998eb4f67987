/* carry_report.h: `chitra report carry`: the two columns of a payment list, this month and what was not collected before. */
#ifndef CHITRA_CLI_CARRY_REPORT_H
#define CHITRA_CLI_CARRY_REPORT_H

#include "ledger/register/carry_store.h"
#include "daemon/cli/cli.h"

int cli_report_carry(struct cli *cli, const struct carry_wish *wish, bool csv);

#endif
