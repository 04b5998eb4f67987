#include "tests/lib/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/failpoint.h"

/* As ledger/base/failpoint.c and tests/chaos/board.py have it. */
enum { HEAD = 64, SLOT = 128, SLOTS = 255, SIZE = HEAD + SLOTS * SLOT };
enum { ALL_HITS = 8, GLOBAL_AT = 16, GLOBAL_ACTION = 24 };
enum { NAME = 64, HITS = 64, FIRE_AT = 72, ACTION = 80, LANDED = 88, KEY = 96 };

static int file = -1;

static void put(off_t at, const void *what, size_t n)
{
	if (pwrite(file, what, n, at) != (ssize_t)n)
		abort();
}

static uint64_t word_at(off_t at)
{
	uint64_t word;
	if (pread(file, &word, sizeof word, at) != sizeof word)
		abort();
	return word;
}

void board_use(const char *who)
{
	char path[] = "/tmp/chitra-board-XXXXXX";
	struct why why;
	if (file >= 0)
		close(file);
	file = -1;
	if (!who) {
		(void)!failpoints_use(NULL, NULL, &why);
		return;
	}
	file = mkstemp(path);
	if (file < 0 || ftruncate(file, SIZE) != 0)
		abort();
	put(0, "CHFAILP1", 8);
	if (!failpoints_use(path, who, &why))
		abort();
	unlink(path);
}

void board_arm_any(uint64_t n, enum board_action action)
{
	const uint32_t what[2] = {(uint32_t)action, 0};
	uint64_t at = n ? word_at(ALL_HITS) + n : 0;
	put(GLOBAL_ACTION, what, sizeof what);
	put(GLOBAL_AT, &at, sizeof at);
}

/* FNV-1a, as the places' own file has it. */
static uint64_t key_of(const char *place)
{
	uint64_t key = UINT64_C(14695981039346656037);
	for (; *place; place++)
		key = (key ^ (unsigned char)*place) * UINT64_C(1099511628211);
	return key;
}

/* The place's slot, or one for it. */
static off_t slot_of(const char *place)
{
	uint64_t key = key_of(place);
	char name[NAME] = "";
	off_t at = HEAD;
	while (word_at(at + KEY) && word_at(at + KEY) != key)
		at += SLOT;
	snprintf(name, sizeof name, "%s", place);
	put(at, name, sizeof name);
	put(at + KEY, &key, sizeof key);
	return at;
}

void board_arm(const char *place, uint64_t n, enum board_action action)
{
	off_t at = slot_of(place);
	const uint32_t what[2] = {(uint32_t)action, 0};
	uint64_t when = n ? word_at(at + HITS) + n : 0;
	put(at + ACTION, what, sizeof what);
	put(at + FIRE_AT, &when, sizeof when);
}

uint64_t board_landed_at(const char *place)
{
	return word_at(slot_of(place) + LANDED);
}

uint64_t board_hits(void)
{
	return word_at(ALL_HITS);
}

uint64_t board_landed(void)
{
	uint64_t landed = 0;
	for (int i = 0; i < SLOTS; i++)
		landed += word_at(HEAD + i * SLOT + LANDED);
	return landed;
}

const char *board_place(int i)
{
	static char name[NAME];
	if (pread(file, name, sizeof name, HEAD + i * SLOT) != sizeof name)
		abort();
	return name;
}
