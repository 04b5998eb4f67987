/* import_cmd.h: `chitra import`: ward lists, a bank's accounts and deaths into the register.
 *
 * Files are read by chitra-parse, judged row by row, and imported in groups of some thousands of rows, one transaction each. What is
 * wrong with a file leaves out that file (exit 65); what is wrong with a row leaves out that row (exit 0). */
#ifndef CHITRA_CLI_IMPORT_CMD_H
#define CHITRA_CLI_IMPORT_CMD_H

#include "daemon/cli/cli.h"

#define IMPORT_USAGE                                                                                                    \
	"chitra import FILE --programme P --area A --period M [--strict] [--accept-repairs] [--sheet NAME]\n"           \
	"              [--marked OUT.xlsx]                            the file back, with its errors marked\n"          \
	"       chitra import FILE... --from-names --period M [...]   programme and area as in 22915-merit.csv\n"       \
	"       ... --kind enrolment_list|increase_list               who joins; the same options\n"                    \
	"       ... --area-words-of YYYY-MM-DD                        its codes and names are those of that day\n"      \
	"       chitra import FILE --kind account_list --bank B [--sheet NAME] [--marked OUT.xlsx]\n"                   \
	"              --bank VNEID: accounts that people declared on VNeID, whose rows name their banks\n"             \
	"              --as-of YYYY-MM-DD: the day of which it tells; what newer lists said stays\n"                    \
	"       chitra import waiting | confirm LIST [--yes] | drop LIST  lists of accounts: by a second officer\n"     \
	"       chitra import FILE --kind decrease_list --programme P [...]\n"                                          \
	"       chitra import FILE --kind deaths|moves|corrections [...]\n"                                             \
	"       chitra import headings [--kind K] [--sender S --heading H --means CELL]\n"                              \
	"       chitra import categories [--programme P] [--csv]      what lists may write under «Đối tượng»\n" \
	"       chitra import rows --period M [--csv]                 what every row came to"

int cli_import(struct cli *cli, int argc, char **argv);

#endif
