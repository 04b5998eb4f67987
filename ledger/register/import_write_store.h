/* import_write_store.h: the second half of an import: rows that were judged are sealed and written. Only import_store.c uses it, and the
 * import_…_store.c that judge rows by what the register holds. */
#ifndef LEDGER_REGISTER_IMPORT_WRITE_STORE_H
#define LEDGER_REGISTER_IMPORT_WRITE_STORE_H

#include "ledger/register/import_store.h"
#include "ledger/register/import_seen.h"
#include "ledger/register/people_found.h"

/* A row that was not rejected from itself, and whose it is. */
struct standing {
	size_t list;
	struct entry *entry;
	size_t person; /* in people */
	bool name_differs, cmnd_taken;
};

struct import_file_more {
	int64_t id;
	const struct area *area; /* of the rows that say no other */
	const char *agency;
	struct key32 row_key;
};

struct import {
	struct work *w;
	const struct register_keys *keys;
	const struct reference *reference;
	enum list_kind kind;
	bool repairs;
	struct day period; /* its first day */
	bool strict;
	struct import_list *lists;
	size_t n_lists;
	struct import_file_more *files; /* of each list */
	struct seen seen;               /* whose rows stand, of the slices before */
	/* of one slice */
	struct arena *arena;
	struct people_found people;
	struct standing *rows;
	size_t n_rows;
	bool nobody_again; /* everybody is new, with one row: nothing can be there already */
};

/* The files themselves, before their rows; then what one slice of rows brings. */
enum result import_write_files(struct import *im) WARN_UNUSED;
enum result import_write(struct work *w, struct import *im) WARN_UNUSED;

/* Where a row belongs. */
const struct area *import_area_of(const struct import *im, const struct standing *s);

/* Where the other row of the same person stands, and what to do about it. */
const char *import_other_row(const struct import *im, const char *area, const char *file, int32_t row);

/* import_again_store.c: rows of people who stand on a list of this programme, period and kind already: known or rejected. */
enum result import_judge_again(struct work *w, struct import *im) WARN_UNUSED;

/* import_cmnd_store.c: rows that have only an old card's number find who is registered with it, when name, birth and sex agree, or are
 * rejected; and old numbers that stand beside IDs are kept. */
enum result import_judge_cmnds(struct work *w, struct import *im) WARN_UNUSED;
enum result import_keep_cmnds(struct work *w, struct import *im) WARN_UNUSED;

#endif
