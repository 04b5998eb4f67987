#include "ledger/payout/journal_ids.h"

#include <stdlib.h>
#include <string.h>

/* A slot: the first 60 bits of the id, and what became of it. Ids are keyed hashes, so equal prefixes are not to be feared: at a
 * thousand million ids the chance that any two meet is below a half, and meeting only makes the teller refuse. */
#define SLOT_USED   (UINT64_C(1) << 63)
#define SLOT_STAYED (UINT64_C(1) << 62)
#define SLOT_AGAIN   \
	(UINT64_C(1) \
		<< 61) /* more than one attempt may have left: that the last one stayed says nothing of the others */
#define SLOT_ID     ((UINT64_C(1) << 60) - 1)
#define FIRST_SLOTS ((size_t)1 << 12)

struct journal_ids {
	uint64_t *slots;
	uint16_t *days; /* of each slot: when the attempt that may have left was recorded, days since 1970 */
	size_t room;    /* a power of two */
	size_t used;
};

static uint64_t id_bits(const char *id)
{
	static const char alphabet[32] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t bits = 0;

	for (int i = 0; i < 12; i++) {
		const char *at = memchr(alphabet, id[i], sizeof alphabet);
		bug_if(!at);
		bits = bits << 5 | (uint64_t)(at - alphabet);
	}
	return bits;
}

static uint64_t *slot_of(const struct journal_ids *j, uint64_t bits)
{
	size_t at = (size_t)(bits ^ bits >> 29) & (j->room - 1);

	while (j->slots[at] & SLOT_USED && (j->slots[at] & SLOT_ID) != bits)
		at = (at + 1) & (j->room - 1);
	return &j->slots[at];
}

static void slots_make(struct journal_ids *j, size_t room)
{
	j->slots = calloc(room, sizeof *j->slots);
	j->days = calloc(room, sizeof *j->days);
	if (!j->slots || !j->days)
		bug("out of memory for %zu ids of the sent journal", room);
	j->room = room;
}

static void slots_double(struct journal_ids *j)
{
	uint64_t *old = j->slots;
	uint16_t *old_days = j->days;
	size_t old_room = j->room;

	slots_make(j, 2 * old_room);
	for (size_t i = 0; i < old_room; i++) {
		if (!(old[i] & SLOT_USED))
			continue;
		uint64_t *slot = slot_of(j, old[i] & SLOT_ID);
		*slot = old[i];
		j->days[slot - j->slots] = old_days[i];
	}
	free(old);
	free(old_days);
}

void journal_ids_sent(struct journal_ids *j, const char *id, struct day day)
{
	if (2 * (j->used + 1) > j->room)
		slots_double(j);
	uint64_t *slot = slot_of(j, id_bits(id));
	if (!(*slot & SLOT_USED))
		j->used++;
	*slot = SLOT_USED | id_bits(id);
	j->days[slot - j->slots] = (uint16_t)day.n;
}

/* Since when the bank may know it stays as it is. */
void journal_ids_again(struct journal_ids *j, const char *id, struct day day)
{
	uint64_t *slot = slot_of(j, id_bits(id));
	if (*slot & SLOT_STAYED)
		journal_ids_sent(j, id, day);
	else
		*slot |= SLOT_AGAIN;
}

void journal_ids_stayed(struct journal_ids *j, const char *id)
{
	uint64_t *slot = slot_of(j, id_bits(id));
	if (!(*slot & SLOT_AGAIN))
		*slot |= SLOT_STAYED;
}

bool journal_ids_know(const struct journal_ids *j, const char *id)
{
	return *slot_of(j, id_bits(id)) & SLOT_USED;
}

bool journal_ids_has(const struct journal_ids *j, const char *id)
{
	uint64_t slot = *slot_of(j, id_bits(id));
	return slot & SLOT_USED && !(slot & SLOT_STAYED);
}

bool journal_ids_first_day(const struct journal_ids *j, const char *id, struct day *out)
{
	const uint64_t *slot = slot_of(j, id_bits(id));
	if (!journal_ids_has(j, id))
		return false;
	*out = (struct day){.n = j->days[slot - j->slots]};
	return true;
}

size_t journal_ids_count(const struct journal_ids *j)
{
	return j->used;
}

struct journal_ids *journal_ids_new(void)
{
	struct journal_ids *j = calloc(1, sizeof *j);
	if (!j)
		bug("out of memory for the sent journal");
	slots_make(j, FIRST_SLOTS);
	return j;
}

void journal_ids_free(struct journal_ids *j)
{
	if (!j)
		return;
	free(j->slots);
	free(j->days);
	free(j);
}
