/* claim_cmd.h: `chitra claim`: what each person of a ward is owed, and the end of a claim by two officers. */
#ifndef CHITRA_CLI_CLAIM_CMD_H
#define CHITRA_CLI_CLAIM_CMD_H

#include "daemon/cli/cli.h"

#define CLAIM_USAGE                                                                                              \
	"chitra claim list --period M --area CODE [--programme P] [--json]\n"                                    \
	"       chitra claim void CLAIM --reason died|not_entitled|moved_away|claimed_twice\n"                   \
	"         the first officer proposes, another one with the same reason voids it; only what is proven\n"  \
	"         unpaid and in no batch can be voided: nobody is owed it any more, and its money goes back\n"   \
	"       chitra claim cancel CLAIM --decision FILE\n"                                                     \
	"         what was paid, came back and nobody asked for: two officers name the same written decision;\n" \
	"         it is never paid again, and its money is owed to the treasury"

int cli_claim(struct cli *cli, int argc, char **argv);

#endif
