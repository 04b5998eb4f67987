/* signed_account.h: whether an account that a bank names is the one that was signed. Pure. */
#ifndef CHITRA_RECON_SIGNED_ACCOUNT_H
#define CHITRA_RECON_SIGNED_ACCOUNT_H

#include "ledger/base/digest.h"

/* bank and salt: of the payee's account; bank NULL (cash) never fits. number: as the bank wrote it. */
bool signed_account_fits(
	const struct hash *signed_hash, const char *bank, const struct hash16 *salt, const char *number);

#endif
