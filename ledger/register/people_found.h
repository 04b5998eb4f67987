/* people_found.h: the people whom rows name, found or made, and their data keys while rows are sealed. Used by the import stores. */
#ifndef LEDGER_REGISTER_PEOPLE_FOUND_H
#define LEDGER_REGISTER_PEOPLE_FOUND_H

#include "ledger/base/ids.h"
#include "ledger/register/keys.h"
#include "ledger/register/map.h"

struct found_person {
	struct hash16 blind;
	int64_t id;           /* 0: not registered */
	const char *name;     /* as registered; of a new person: as the first row has it */
	struct bytes wrapped; /* the data key; empty until a new person is made */
	const void *first;    /* the row that makes a new person; NULL: none yet */
	bool is_new;
	bool erased; /* two officers had everything destroyed: nothing may be sealed for him, or brought back by a list */
	bool replaced; /* by an ID that another one took the place of */
};

struct people_found {
	struct arena *arena;
	struct map by_blind;
	size_t n, room;
	struct found_person *at;
};

void people_begin(struct people_found *p, struct arena *a);

/* The index of the person with this ID. */
size_t people_add(struct people_found *p, const struct register_keys *keys, const struct personal_id *id);

/* A new person's data key: drawn, wrapped, and kept nowhere in the open. */
void people_make_key(struct people_found *p, size_t i, const struct register_keys *keys, struct key32 *key);

/* Opens a data key for sealing; wipe it. False: the key-encryption key is not ours (why). */
bool people_open_key(const struct found_person *p, const struct register_keys *keys, struct key32 *key,
	struct why *why) WARN_UNUSED;

/* One sealed field in the arena. */
struct bytes sealed_text(
	struct arena *a, const struct key32 *key, int64_t person, const char *field, const char *text);

/* What seals the raw rows of a file: wrapped for "person" −file, so that it opens nothing else. */
struct bytes row_key_make(struct arena *a, const struct register_keys *keys, int64_t file, struct key32 *key);

#endif
