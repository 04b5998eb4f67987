/* pause_cmd.h: `chitra pause` and `chitra resume`: within a second nothing leaves any more, and it goes on. */
#ifndef CHITRA_CLI_PAUSE_CMD_H
#define CHITRA_CLI_PAUSE_CMD_H

#include "daemon/cli/cli.h"

#define PAUSE_USAGE                                                                                           \
	"chitra pause                                   what is paused now\n"                                 \
	"       chitra pause BANK | PROGRAMME | all --reason TEXT\n"                                          \
	"         no payment leaves later than a second from now, what was sent to the teller already too;\n" \
	"         banks are still asked, and what they say is recorded"
#define RESUME_USAGE "chitra resume BANK | PROGRAMME | all --reason TEXT"

int cli_pause(struct cli *cli, int argc, char **argv);
int cli_resume(struct cli *cli, int argc, char **argv);

#endif
