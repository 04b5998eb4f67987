#include "ledger/register/people_found.h"

#include <string.h>

#include "ledger/base/secret.h"

void people_begin(struct people_found *p, struct arena *a)
{
	*p = (struct people_found){.arena = a};
	map_begin(&p->by_blind, a);
}

size_t people_add(struct people_found *p, const struct register_keys *keys, const struct personal_id *id)
{
	struct hash16 blind = blind_index(keys->blind, BLIND_ID, id->digits);
	bool is_new;
	size_t at = *map_put(&p->by_blind, bytes_of(blind.b, sizeof blind.b), p->n, &is_new);
	if (!is_new)
		return at;
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 256;
		p->at = arena_regrow(p->arena, p->at, p->n, p->room, sizeof *p->at);
	}
	p->at[p->n] = (struct found_person){.blind = blind};
	return p->n++;
}

static struct bytes wrap(
	struct arena *a, const struct register_keys *keys, int64_t whose, const struct key32 *key)
{
	uint8_t *wrapped = arena_alloc(a, SEAL_WRAPPED_SIZE);
	seal_wrap(&keys->keks[0], whose, key, wrapped);
	return bytes_of(wrapped, SEAL_WRAPPED_SIZE);
}

void people_make_key(struct people_found *p, size_t i, const struct register_keys *keys, struct key32 *key)
{
	bug_if(p->at[i].id == 0 || p->at[i].wrapped.n > 0);
	seal_new_key(key);
	p->at[i].wrapped = wrap(p->arena, keys, p->at[i].id, key);
}

bool people_open_key(
	const struct found_person *p, const struct register_keys *keys, struct key32 *key, struct why *why)
{
	return seal_unwrap(keys->keks, keys->n_keks, p->id, p->wrapped, key, why);
}

struct bytes sealed_text(
	struct arena *a, const struct key32 *key, int64_t person, const char *field, const char *text)
{
	CLEANUP(buf_free) struct buf b;
	buf_init(&b, SEAL_FIELD_MAX + SEAL_OVERHEAD);
	seal_field(key, person, field, bytes_z(text), &b);
	bug_if(!buf_ok(&b));
	return buf_copy(&b, a);
}

struct bytes row_key_make(struct arena *a, const struct register_keys *keys, int64_t file, struct key32 *key)
{
	seal_new_key(key);
	return wrap(a, keys, -file, key);
}
