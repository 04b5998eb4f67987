/* recovery_cmd.h: `chitra recovery`: money that went out and was not due, asked back or not by what two officers decide. */
#ifndef CHITRA_CLI_RECOVERY_CMD_H
#define CHITRA_CLI_RECOVERY_CMD_H

#include "daemon/cli/cli.h"

#define RECOVERY_USAGE                                                                                           \
	"chitra recovery list [--all] [--json]\n"                                                                \
	"       chitra recovery ask CASE --number NUMBER-OF-THE-DECISION --reason TEXT\n"                        \
	"       chitra recovery waive CASE --reason TEXT [--number NUMBER]\n"                                    \
	"         the second officer: chitra decide confirm\n"                                                   \
	"       chitra recovery repaid CASE --break ID [--amount DONG]\n"                                        \
	"         what came back: a credit that was resolved as refundable; two officers say the same.\n"        \
	"         A payout that came back as a whole (chitra break … --as return) closes its case by itself\n" \
	"       chitra recovery received BREAK --break ID [--amount DONG]\n"                                     \
	"         of what a bank debited too much, what it gave back: a credit that was resolved as\n"           \
	"         refundable; two officers say the same\n"                                                       \
	"       chitra recovery give-up BREAK --decision FILE [--amount DONG]\n"                                 \
	"         what the bank will not give back is a loss, by a written decision that two officers name"

int cli_recovery(struct cli *cli, int argc, char **argv);

#endif
