/* fund_cmd.h: `chitra fund`: what money is expected, and what is there. `chitra sandbox`: the clock of a sandbox. */
#ifndef CHITRA_CLI_FUND_CMD_H
#define CHITRA_CLI_FUND_CMD_H

#include "daemon/cli/cli.h"

#define FUND_USAGE                                                                                                   \
	"chitra fund expect --account F --amount DONG --reference R\n"                                               \
	"              [--kind treasury|agent_advance|agent_return|refund|unspent] [--channel C]\n"                  \
	"              books nothing: only a statement does; --channel: the agent's, when the account has several\n" \
	"              money back to the treasury, what it is owed (refund) or what was not spent (unspent): a\n"    \
	"              second officer says the same\n"                                                               \
	"       chitra fund withdraw --account F --reference R --reason TEXT\n"                                      \
	"              before the bank's debit: that refund is not paid after all, and its money is free again\n"    \
	"       chitra fund list                    orders, and each account's advance that is not yet released"
#define SANDBOX_USAGE                                              \
	"chitra sandbox now                  the business clock\n" \
	"       chitra sandbox next-day      moves it to the next day, 08:00 in Vietnam"

int cli_fund(struct cli *cli, int argc, char **argv);
int cli_sandbox(struct cli *cli, int argc, char **argv);

#endif
