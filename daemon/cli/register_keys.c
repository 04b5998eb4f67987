#include "daemon/cli/register_keys.h"

#include "ledger/base/secret.h"
#include "ledger/register/kek_store.h"

enum result desk_keks_load(struct cli *cli, struct kek_set *out)
{
	if (!kek_set_load(cli->config, "desk", out, &cli->w->why))
		return REFUSED;
	cli_next_step(cli);
	return kek_choose(cli->w, out->at, out->n);
}

enum result register_keys_load(struct cli *cli, struct desk_register_keys *out)
{
	*out = (struct desk_register_keys){0};
	out->blind = cli_key(cli, "blind_key");
	enum result r = out->blind ? desk_keks_load(cli, &out->keks) : REFUSED;
	out->keys = (struct register_keys){.keks = out->keks.at, .n_keks = out->keks.n, .blind = out->blind};
	return r;
}

void register_keys_free(struct desk_register_keys *k)
{
	kek_set_free(&k->keks);
	if (k->blind)
		secret_free(k->blind);
}

enum result desk_opening(struct cli *cli, struct desk_register_keys *keys, const struct opening_wish *wish,
	struct opening **out)
{
	struct hash token_hash;
	enum result r = register_keys_load(cli, keys);
	if (r == OK && !cli_session(cli, &token_hash))
		r = REFUSED;
	return r == OK ? opening_begin(cli->w, &token_hash, &keys->keys, wish, out) : r;
}
