/* journal_ids.h: what the sent journal knows of each id: whether an attempt may have left, and since when the bank may know it.
 *
 * The memory behind journal.h, which writes each word durably before it is taken in here and reads all of them at the next start. Knows
 * no file. Pure; called by journal.c and by the simulation. */
#ifndef CHITRA_PAYOUT_JOURNAL_IDS_H
#define CHITRA_PAYOUT_JOURNAL_IDS_H

#include "ledger/base/day.h"

struct journal_ids;

void journal_ids_free(struct journal_ids *j);
struct journal_ids *journal_ids_new(void) FREED_BY(journal_ids_free);

/* It stands in the journal, whatever became of it. */
bool journal_ids_know(const struct journal_ids *j, const char *id);
/* It was ever sent and is not known to have stayed here. */
bool journal_ids_has(const struct journal_ids *j, const char *id);
/* The day in Vietnam on which it was first sent; what stayed here was not sent. False: it was never sent. */
bool journal_ids_first_day(const struct journal_ids *j, const char *id, struct day *out) WARN_UNUSED;
size_t journal_ids_count(const struct journal_ids *j);

void journal_ids_sent(struct journal_ids *j, const char *id, struct day day);
/* A further attempt of what is known. */
void journal_ids_again(struct journal_ids *j, const char *id, struct day day);
/* The last attempt of what is known certainly did not leave. */
void journal_ids_stayed(struct journal_ids *j, const char *id);

#endif
