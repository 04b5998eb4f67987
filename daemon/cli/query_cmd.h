/* query_cmd.h: `chitra ledger query`: what an auditor asks of the books, page by page, as of then, or a random sample.
 *
 * For officers with the mandate auditor, as far as it reaches; the same views (sql/auditors.md) without it are the role chitra_auditor's. */
#ifndef CHITRA_CLI_QUERY_CMD_H
#define CHITRA_CLI_QUERY_CMD_H

#include "daemon/cli/cli.h"

#define QUERY_USAGE                                                                                 \
	"       chitra ledger query KIND OPTIONS\n"                                                 \
	"         what an auditor asks of the books, a page at a time (sql/auditors.md)\n"          \
	"         transactions  --account A  --payout ID  --person CCCD --reason TEXT  --batch N\n" \
	"                       --officer LOGIN  --entry REF  --kind K,...  --amount N|MIN..MAX\n"  \
	"                       --effective DAY|FROM..TO  --recorded DAY|FROM..TO\n"                \
	"                       --as-of DAY|INSTANT|SIZE  --sample N [--by-amount] [--seed S]\n"    \
	"         postings      --account A  --kind  --amount  --effective  --recorded  --as-of\n"  \
	"         payouts       --payout  --person  --batch\n"                                      \
	"         batches       --batch\n"                                                          \
	"         lines         --account FUNDING-ACCOUNT  --payout  --entry  --effective\n"        \
	"         breaks        --payout  --entry  --effective\n"                                   \
	"         acts          --officer  --recorded\n"                                            \
	"         all of them   --limit N  --after CURSOR  --csv  --json\n"                         \
	"       chitra ledger query save NAME KIND OPTIONS | saved | run NAME OPTIONS | drop NAME"

int cli_ledger_query(struct cli *cli, int argc, char **argv);

#endif
