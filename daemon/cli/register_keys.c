#include "daemon/cli/register_keys.h"

#include "ledger/base/secret.h"

bool register_keys_load(struct cli *cli, struct desk_register_keys *out)
{
	*out = (struct desk_register_keys){.kek_secret = cli_key(cli, "kek")};
	if (!out->kek_secret)
		return false;
	out->blind = cli_key(cli, "blind_key");
	if (!out->blind)
		return false;
	out->kek = (struct kek){.version = KEK_VERSION, .key = out->kek_secret};
	out->keys = (struct register_keys){.keks = &out->kek, .n_keks = 1, .blind = out->blind};
	return true;
}

void register_keys_free(struct desk_register_keys *k)
{
	if (k->kek_secret)
		secret_free(k->kek_secret);
	if (k->blind)
		secret_free(k->blind);
}
