/* import_seen.h: whose rows stand already, of all slices of a list that were written. Pure; only the import stores use it.
 *
 * People's ids stand close together, so a person costs the four bytes of his row: a million in a row cost 4 MB. */
#ifndef LEDGER_REGISTER_IMPORT_SEEN_H
#define LEDGER_REGISTER_IMPORT_SEEN_H

#include <stddef.h>
#include <stdint.h>

struct seen_page;
struct seen {
	struct seen_page **at; /* by place of (people, payment); NULL: free */
	size_t n, size;        /* size is a power of two, or 0 */
};

void seen_free(struct seen *s);

/* The row of this person, paid for this; 0: there is none. One person may have a row for each payment. */
int32_t seen_row(const struct seen *s, int64_t person, uint16_t payment);

/* row > 0. Of several for the same the first one stays. */
void seen_add(struct seen *s, int64_t person, uint16_t payment, int32_t row);

#endif
