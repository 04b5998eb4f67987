/* import_slice_store.h: what lists that come in slices share. Only import_others_store.c and import_changes_store.c use it. */
#ifndef LEDGER_REGISTER_IMPORT_SLICE_STORE_H
#define LEDGER_REGISTER_IMPORT_SLICE_STORE_H

#include "ledger/register/change.h"
#include "ledger/register/import_store.h"
#include "ledger/register/people_found.h"
#include "ledger/register/rate.h"

/* Which pairs of person and account the file has named: 8 bytes of a hash each (of a million pairs, one in thirty million files would have
 * two with the same, and refuse the second as named twice), and nothing else of a row stays. */
struct pairs {
	uint64_t *at;   /* 0: free */
	size_t n, size; /* size is a power of two, or 0 */
};

struct import_other {
	struct work *w;
	const struct register_keys *keys;
	struct import_file *file;
	int64_t id;
	struct day today;
	struct key32 row_key;
	struct arena *slice; /* what one slice needs */
	struct pairs pairs;
	struct rates rates; /* of grants */
	bool anybody;       /* some row named a person who is registered */
	bool any_row;       /* some row could be read */
};

/* One row in the words that all kinds of list share. */
struct other_row {
	int32_t row;
	const char *code, *raw;
	int64_t person; /* 0: none */
};

/* Who of them is registered; id 0: nobody. */
enum result slice_find_people(struct work *w, struct people_found *people) WARN_UNUSED;

/* Writes the rows and counts them into the file. */
enum result slice_write_rows(struct import_other *o, const struct other_row *at, size_t n) WARN_UNUSED;

/* Corrections: each row becomes what a second officer confirms. Inside the slice's arena. */
enum result corrections_slice(struct import_other *o, struct change_entry *at, size_t n) WARN_UNUSED;

#endif
