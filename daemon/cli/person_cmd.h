/* person_cmd.h: `chitra person`: what concerns one person and no list. The first word says what; each has a file of its own. */
#ifndef CHITRA_CLI_PERSON_CMD_H
#define CHITRA_CLI_PERSON_CMD_H

#include "daemon/cli/held_cmd.h"

#define PERSON_USAGE                                                                                                     \
	"chitra person list [--all] [--json]   corrections, new IDs and merges that wait; second claims of one person\n" \
	"       chitra person confirm NUMBER... | --file NAME   the second officer: all or none\n"                       \
	"       chitra person refuse NUMBER... | --file NAME\n"                                                          \
	"       chitra person merge ID-THAT-STAYS OTHER-ID --number NUMBER-OF-THE-DOCUMENT --reason TEXT\n"              \
	"       chitra person part MERGE --number NUMBER --reason TEXT   undo a merge on which nothing rests yet\n"      \
	"       " HELD_USAGE

int cli_person(struct cli *cli, int argc, char **argv);

/* The words; argv[0] is the word itself. person_identity_cmd.c: */
int person_list(struct cli *cli, int argc, char **argv);
int person_confirm(struct cli *cli, int argc, char **argv);
int person_refuse(struct cli *cli, int argc, char **argv);
int person_merge(struct cli *cli, int argc, char **argv);
int person_part(struct cli *cli, int argc, char **argv);

#endif
