#include "ledger/recon/signed_account.h"

#include "ledger/register/account_hash.h"

bool signed_account_fits(
	const struct hash *signed_hash, const char *bank, const struct hash16 *salt, const char *number)
{
	if (!bank)
		return false;
	struct hash told = account_hash(salt, bank, number);
	return hash_eq(&told, signed_hash);
}
