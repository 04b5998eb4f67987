/* teller_keys.c: opens account and ID numbers for banks and agents: the machine's own use, which no officer sees. */
#include "daemon/duties/teller.h"

#include "ledger/register/kek_store.h"

enum result data_key_open(
	struct work *w, const struct kek_set *keks, int64_t person, struct bytes wrapped, struct key32 *out)
{
	struct why why = {0};
	bool needed;
	if (seal_unwrap(keks->at, keks->n, person, wrapped, out, &why))
		return OK;
	if (!why_is(&why, "seal_kek_unknown"))
		return REFUSED;
	enum result r = kek_is_needed(w, wrapped, &needed);
	if (r != OK || !needed)
		return r == OK ? REFUSED : r;
	why_set(&w->why, "kek_missing", "%s; is [teller] kek_other set?", why.text);
	return RETRY;
}

static enum result number_open(const struct key32 *key, int64_t person, const char *field,
	struct bytes sealed, bool (*parse)(struct bytes text, void *out, struct why *why), void *out)
{
	struct why why = {0};
	CLEANUP(buf_free) struct buf number = BUF(64);
	bool fine = open_field(key, person, field, sealed, &number, &why) &&
		    parse(buf_bytes(&number), out, &why);
	if (number.at)
		secret_wipe(number.at, number.n);
	return fine ? OK : REFUSED;
}

static bool parse_account(struct bytes text, void *out, struct why *why)
{
	return account_no_parse(text, out, why);
}

static bool parse_id(struct bytes text, void *out, struct why *why)
{
	return personal_id_parse(text, out, why);
}

enum result account_number_open(
	const struct key32 *key, int64_t person, struct bytes sealed, struct account_no *out)
{
	return number_open(key, person, "account", sealed, parse_account, out);
}

enum result id_open(const struct key32 *key, int64_t person, struct bytes sealed, struct personal_id *out)
{
	return number_open(key, person, "id", sealed, parse_id, out);
}

enum result account_open(
	struct work *w, const struct kek_set *keks, const struct payable *p, struct account_no *out)
{
	struct key32 key;
	enum result r = data_key_open(w, keks, p->account_person, p->wrapped, &key);
	if (r != OK)
		return r;
	r = account_number_open(&key, p->account_person, p->sealed, out);
	secret_wipe(&key, sizeof key);
	return r;
}
