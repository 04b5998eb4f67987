#include "ledger/verify/table.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct table_key key_of(struct text text)
{
	struct table_key key;

	crypto_generichash(key.at, sizeof key.at, (const unsigned char *)text.at, text.n, NULL, 0);
	return key;
}

static bool is_empty(const uint8_t *row)
{
	static const struct table_key none;

	return memcmp(row, &none, sizeof none) == 0;
}

/* The place where the key is, or where it would be. */
static uint8_t *place(const struct table *t, const struct table_key *key)
{
	uint64_t at;

	memcpy(&at, key->at, sizeof at);
	for (size_t i = (size_t)at & (t->room - 1);; i = (i + 1) & (t->room - 1)) {
		uint8_t *row = t->rows + i * t->width;

		if (is_empty(row) || memcmp(row, key, sizeof *key) == 0)
			return row;
	}
}

static void grow(struct table *t)
{
	struct table wider = {.width = t->width, .n = t->n, .room = t->room > 0 ? t->room * 2 : 64};

	wider.rows = calloc(wider.room, wider.width);
	if (wider.rows == NULL) {
		(void)fprintf(stderr, "chitra-verify: out of memory\n");
		abort();
	}
	for (size_t i = 0; i < t->room; i++) {
		uint8_t *row = t->rows + i * t->width;
		struct table_key key;

		if (is_empty(row))
			continue;
		memcpy(&key, row, sizeof key);
		memcpy(place(&wider, &key), row, t->width);
	}
	free(t->rows);
	*t = wider;
}

void *table_find(const struct table *t, struct text text)
{
	struct table_key key = key_of(text);
	uint8_t *row;

	if (t->n == 0)
		return NULL;
	row = place(t, &key);
	return is_empty(row) ? NULL : row;
}

void *table_row(struct table *t, struct text text, bool *made)
{
	struct table_key key = key_of(text);
	uint8_t *row;

	if (t->n + 1 > t->room / 4 * 3)
		grow(t);
	row = place(t, &key);
	*made = is_empty(row);
	if (*made) {
		memcpy(row, &key, sizeof key);
		t->n++;
	}
	return row;
}

void *table_at(const struct table *t, size_t i)
{
	uint8_t *row = t->rows + i * t->width;

	return is_empty(row) ? NULL : row;
}

void table_free(struct table *t)
{
	free(t->rows);
	*t = (struct table){.width = t->width};
}
