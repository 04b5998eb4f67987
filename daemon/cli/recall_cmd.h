/* recall_cmd.h: `chitra recall`: a payment that has left, and that the bank is asked to give back. */
#ifndef CHITRA_CLI_RECALL_CMD_H
#define CHITRA_CLI_RECALL_CMD_H

#include "daemon/cli/cli.h"

#define RECALL_USAGE                                                                                       \
	"chitra recall list [--all] [--json]\n"                                                            \
	"       chitra recall ask ID --cause CODE --reason TEXT\n"                                         \
	"         CODE as the bank's message has it: DUPL paid twice, UPAY not due, FRAD fraud, TECH a\n"  \
	"         technical error, AC03 wrong account, AM09 wrong amount\n"                                \
	"       chitra recall confirm ID\n"                                                                \
	"         another officer; then the bank is asked, and its money comes back with a statement\n"    \
	"       chitra recall answered ID --said accepted|refused --reason TEXT     what the bank wrote\n" \
	"       chitra recall withdraw ID --reason TEXT                            nobody asks any more\n" \
	"       What has not left is not recalled: chitra cancel"

int cli_recall(struct cli *cli, int argc, char **argv);

#endif
