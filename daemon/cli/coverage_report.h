/* coverage_report.h: `chitra report coverage`: who is paid without cash, unit by unit, and the two targets. */
#ifndef CHITRA_CLI_COVERAGE_REPORT_H
#define CHITRA_CLI_COVERAGE_REPORT_H

#include "ledger/recon/coverage_store.h"
#include "daemon/cli/cli.h"

int cli_report_coverage(struct cli *cli, const struct coverage_asked *asked, bool csv);

#endif
