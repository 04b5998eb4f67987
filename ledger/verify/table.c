#include "ledger/verify/table.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct table_key) == crypto_shorthash_siphashx24_BYTES, "a key is one hash");
_Static_assert(sizeof(struct table_secret) == crypto_shorthash_siphashx24_KEYBYTES,
	"and its secret is that hash's key");

static struct table_key key_of(const struct table *t, struct text text)
{
	struct table_key key;

	crypto_shorthash_siphashx24(key.at, (const unsigned char *)text.at, text.n, t->secret.at);
	return key;
}

void *table_at(const struct table *t, size_t i)
{
	return t->rows + i * t->width;
}

/* Where the key's row is told, or where it would be: there is 0. */
static uint32_t *place(const struct table *t, const struct table_key *key)
{
	uint64_t at;

	memcpy(&at, key->at, sizeof at);
	for (size_t i = (size_t)at & (t->room - 1);; i = (i + 1) & (t->room - 1))
		if (t->places[i] == 0 || memcmp(table_at(t, t->places[i] - 1), key, sizeof *key) == 0)
			return &t->places[i];
}

static void grow(struct table *t)
{
	if (t->room == 0)
		randombytes_buf(t->secret.at, sizeof t->secret.at);
	t->room = t->room > 0 ? t->room * 2 : 64;
	free(t->places);
	t->places = t->room <= UINT32_MAX ? calloc(t->room, sizeof *t->places) : NULL;
	t->rows = t->places != NULL ? reallocarray(t->rows, t->room / 2, t->width) : NULL;
	if (t->rows == NULL) {
		(void)fprintf(stderr, "chitra-verify: out of memory\n");
		abort();
	}
	for (size_t i = 0; i < t->n; i++) {
		struct table_key key;

		memcpy(&key, table_at(t, i), sizeof key);
		*place(t, &key) = (uint32_t)i + 1;
	}
}

void *table_find(const struct table *t, struct text text)
{
	struct table_key key;
	uint32_t at;

	if (t->n == 0)
		return NULL;
	key = key_of(t, text);
	at = *place(t, &key);
	return at == 0 ? NULL : table_at(t, at - 1);
}

void *table_row(struct table *t, struct text text, bool *made)
{
	struct table_key key;
	uint32_t *at;

	if (t->n == t->room / 2)
		grow(t);
	key = key_of(t, text);
	at = place(t, &key);
	*made = *at == 0;
	if (*made) {
		memset(table_at(t, t->n), 0, t->width);
		memcpy(table_at(t, t->n), &key, sizeof key);
		*at = (uint32_t)++t->n;
	}
	return table_at(t, *at - 1);
}

void table_free(struct table *t)
{
	free(t->places);
	free(t->rows);
	*t = (struct table){.width = t->width};
}
