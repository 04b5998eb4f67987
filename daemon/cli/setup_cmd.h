/* setup_cmd.h: `chitra setup`: the payer as rows, and the first leaf of the ledger. Runs on the owner's connection, as `chitra db`
 * does; what is there already must be the same. */
#ifndef CHITRA_CLI_SETUP_CMD_H
#define CHITRA_CLI_SETUP_CMD_H

#include "daemon/cli/cli.h"

#define SETUP_USAGE                                                                                                   \
	"chitra setup FILE.json [--database CONNINFO]      safe to repeat\n"                                          \
	"       {\"agencies\": [{\"code\": \"so-ldtbxh\", \"name_vi\": \"...\"}],\n"                                  \
	"        \"funding_accounts\": [{\"code\", \"agency\", \"bank\", \"number\"}],\n"                             \
	"        \"programmes\": [{\"code\", \"agency\", \"funding_account\", \"name_vi\" when it is new}],\n"        \
	"        \"channels\": [{\"code\", \"kind\": \"bank\" or \"cash\", \"funding_account\", \"bank\",\n"          \
	"            \"valid_hours\"; bank: \"deduplicates\", \"dedupe_days\", \"honours_valid_until\",\n"            \
	"            \"posting_lag_days\", \"items_per_message\"; cash: \"agent_key\"; \"hours\", \"on_holidays\",\n" \
	"            \"margin_minutes\": as in chitra schedule hours; without them payments may leave always}],\n"    \
	"        \"fee_rules\": [{\"bank\", \"pattern\", \"max_dong\"}],\n"                                           \
	"        \"genesis\": {\"origin\", \"log_key\", \"admin_keys\": [...], \"id_key_version\": 1}}\n"             \
	"       Keys are public: 64 hex digits (a .pub file's first word) or whpk_... (chitra secret public signing)"

int cli_setup(struct cli *cli, int argc, char **argv);

#endif
