/* ledger_cmd.h: `chitra ledger`: where the books stand, whether they are whole, and what is given to who wants to check them alone.
 *
 * Changes nothing in the books but what two officers take back (reverse_cmd.h); an export is noted, so that the scribe signs it. */
#ifndef CHITRA_CLI_LEDGER_CMD_H
#define CHITRA_CLI_LEDGER_CMD_H

#include "daemon/cli/accounts_cmd.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/query_cmd.h"

#define LEDGER_USAGE                                                                                  \
	"chitra ledger head\n"                                                                        \
	"         how many transactions, the newest signed checkpoint\n"                              \
	"       chitra ledger check\n"                                                                \
	"         every sum, balance, leaf and tree head is computed again; exit 65: one is off\n"    \
	"       chitra ledger key\n"                                                                  \
	"         the log's key, for chitra-verify --key\n" ACCOUNTS_USAGE                            \
	"       chitra ledger publish [--whole] DIR\n"                                                \
	"         what is sealed, as files that chitra-verify checks; adds what is new, and with\n"   \
	"         --whole compares every file that is there again\n"                                  \
	"       chitra ledger prove ID... DIR\n"                                                      \
	"         the receipt of the payout with this end-to-end id: DIR/ID.tlog-proof and\n"         \
	"         DIR/ID.leaf; of any other transaction the proof, by its number or its key\n"        \
	"         (b17.v1.released)\n"                                                                \
	"       chitra ledger slip [--reason TEXT] ID FILE.pdf\n"                                     \
	"         a page for the citizen who was paid, with the receipt in a QR code; chitra\n"       \
	"         explain says the ID\n"                                                              \
	"       chitra ledger bundle --reason TEXT [--open-messages] ID FILE\n"                       \
	"         all evidence of the payout as one archive that chitra-verify checks;\n"             \
	"         --open-messages puts in the banks' messages opened, with whomever else they name\n" \
	"       chitra ledger export --format hledger|beancount|csv|json --period YYYY-MM FILE\n"     \
	"         a month of the books for other programs, and FILE.note: its hash, signed by the\n"  \
	"         log\n"                                                                              \
	"       chitra ledger reverse SEQ --reason wrong_finding|wrong_amount|wrong_case\n"           \
	"         two officers take back what two found and only the books rest on: suspense that\n"  \
	"         was a fee, the treasury's or owed to it; what came back or was given up of a\n"     \
	"         claim on a bank; chitra break show says the SEQ\n" QUERY_USAGE

int cli_ledger(struct cli *cli, int argc, char **argv);

#endif
