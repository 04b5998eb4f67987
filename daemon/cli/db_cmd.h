/* db_cmd.h: `chitra db`: making a database, bringing it up, and comparing it with the programs.
 *
 * Runs on an owner's connection (--database or PGHOST and its kin), never on a duty's. Exit codes: 0 done, or nothing to do;
 * 1 `check` found differences; 64 wrong use; 65 refused, with the reason; 75 try again. */
#ifndef CHITRA_CLI_DB_CMD_H
#define CHITRA_CLI_DB_CMD_H

/* argv[0] is "db"; argv[1] says what to do. */
int cli_db(int argc, char **argv);

#endif
