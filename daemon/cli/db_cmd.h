/* db_cmd.h: `chitra db`: making a database, bringing it up, and comparing it with the programs.
 *
 * Runs on an owner's connection (--database or PGHOST and its kin), never on a duty's. Exit codes: as every command; and 1 when
 * `check` found differences. */
#ifndef CHITRA_CLI_DB_CMD_H
#define CHITRA_CLI_DB_CMD_H

#include "daemon/cli/cli.h"

#define DB_USAGE                                                                                                 \
	"chitra db init [--sandbox [--start 'YYYY-MM-DD HH:MM']] [--create NAME]\n"                              \
	"              roles, migrations, rights, reference data; safe to repeat\n"                              \
	"       chitra db migrate\n"                                                                             \
	"              applies the migrations that are missing, and gives each role the rights of rights.list\n" \
	"       chitra db check\n"                                                                               \
	"              compares the database with the migrations, rights.list and every named query; exit 1:\n"  \
	"              they differ\n"                                                                            \
	"       --database C  connection string of the owner; default: PGHOST, PGDATABASE, ...\n"                \
	"       --share DIR   the directory of sql/; default: CHITRA_SHARE, then beside the program\n"           \
	"       --sandbox     this database pays nobody: its clock can be moved, sample people are accepted\n"   \
	"       --start T     the sandbox's clock starts at T in Vietnam\n"                                      \
	"       --create NAME makes the database first (the environment names the server)"

int cli_db(struct cli *cli, int argc, char **argv);

#endif
