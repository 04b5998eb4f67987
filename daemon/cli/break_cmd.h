/* break_cmd.h: `chitra break`: the open differences, and what two officers find each to be. */
#ifndef CHITRA_CLI_BREAK_CMD_H
#define CHITRA_CLI_BREAK_CMD_H

#include "daemon/cli/cli.h"

#define BREAK_USAGE                                                                                                           \
	"chitra break list [--account CODE] [--all] [--json]   --all: also what is resolved\n"                                \
	"       chitra break show ID\n"                                                                                       \
	"       chitra break propose ID --as OUTCOME [--with ID | --payout ID] [--letter TEXT] --reason TEXT\n"               \
	"       chitra break confirm ID --as OUTCOME [--with ID | --payout ID] [--letter TEXT]   another officer, the same\n" \
	"         OUTCOME of a debit in suspense:  fee, taken_back --with the credit that gave it back,\n"                    \
	"                                          paid_after_all (its payout had ended unpaid),\n"                           \
	"                                          recovery (it was paid twice, or is void)\n"                                \
	"                 of a credit in suspense: funding (the treasury's), refundable (owed to it),\n"                      \
	"                                          return --payout its end-to-end id (it came back),\n"                       \
	"                                          sent_back --with the debit that took it back\n"                            \
	"                 of anything else:        without_entry (looked into; no money is in suspense)\n"                    \
	"         --letter: number and day of the bank's letter, where the statement it waits for will never be complete"

int cli_break(struct cli *cli, int argc, char **argv);

/* The Vietnamese name of a kind of break; the code itself if it has none. */
const char *break_vi(const char *kind);

#endif
