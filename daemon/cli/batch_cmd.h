/* batch_cmd.h: `chitra batch`: made of what is owed, looked at, submitted, sent back, withdrawn. */
#ifndef CHITRA_CLI_BATCH_CMD_H
#define CHITRA_CLI_BATCH_CMD_H

#include "daemon/cli/cli.h"

#define BATCH_USAGE                                                                                               \
	"chitra batch make --programme P --period YYYY-MM --all | --area A [--area B]... [--channel C]\n"         \
	"              one batch a ward, programme and channel, of every claim that has no live payout\n"         \
	"       chitra batch list [--period M] [--programme P] [--state S]\n"                                     \
	"       chitra batch show N...                     with their lines\n"                                    \
	"       chitra batch submit N... | --all-open      frozen: now a checker and an approver may sign\n"      \
	"       chitra batch send-back N... | remake N...  the lines made anew; what was signed counts no more\n" \
	"       chitra batch withdraw N..."

int cli_batch(struct cli *cli, int argc, char **argv);

#endif
