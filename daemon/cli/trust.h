/* trust.h: the admins whom this desk's configuration names, and what they revoked. */
#ifndef CHITRA_CLI_TRUST_H
#define CHITRA_CLI_TRUST_H

#include "ledger/payout/certificate.h"
#include "daemon/cli/cli.h"

/* *out is NULL when [desk] admin_keys is not set: then the teller alone is the judge. Reads the database. */
enum result cli_trust(struct cli *cli, const struct trust **out) WARN_UNUSED;

#endif
