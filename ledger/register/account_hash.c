#include "ledger/register/account_hash.h"

#include <string.h>

#include "ledger/base/bytes.h"
#include "ledger/base/text.h"

struct hash account_hash(const struct hash16 *salt, const char *bank, const char *number)
{
	CLEANUP(buf_free) struct buf text;
	buf_init(&text, 1024);
	buf_add_z(&text, "chitra-account/v1\n");
	buf_add(&text, salt->b, sizeof salt->b);
	buf_addf(&text, "%s\n%s", bank, number);
	return sha256(buf_bytes(&text));
}

struct hash account_hash_cash(const char *agent, const struct hash16 *anchor, const struct key32 *data_key)
{
	struct bytes what = bytes_z("cash/v1\n");
	struct hash16 salt = blake2b_keyed16(data_key, &what, 1);
	char number[sizeof "cash:" + 2 * sizeof anchor->b] = "cash:";
	hex_encode(anchor->b, sizeof anchor->b, number + strlen("cash:"));
	return account_hash(&salt, agent, number);
}
