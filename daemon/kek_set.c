#include "daemon/kek_set.h"

#include "ledger/base/secret.h"
#include "ledger/register/kek_store.h"

bool kek_set_load(const struct config *c, const char *section, struct kek_set *out, struct why *why)
{
	static const char *const names[] = {"kek", "kek_other"};
	*out = (struct kek_set){0};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (i > 0 && !config_secret(c, section, names[i]))
			continue;
		struct key32 *key = config_key(c, section, names[i], why);
		if (!key)
			return false;
		out->keys[out->n] = key;
		out->at[out->n++] = kek_of(key);
	}
	return true;
}

void kek_set_free(struct kek_set *k)
{
	for (size_t i = 0; i < k->n; i++)
		secret_free(k->keys[i]);
	k->n = 0;
}

enum result kek_set_look(struct work *w, const struct config *c, const char *section)
{
	CLEANUP(kek_set_free) struct kek_set keks = {0};
	if (!config_secret(c, section, "kek"))
		return OK;
	if (!kek_set_load(c, section, &keks, &w->why))
		return REFUSED;
	return kek_check(w, keks.at, keks.n);
}
