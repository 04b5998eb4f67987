/* import_store.h: judged lists into the register, many files and thousands of rows in one transaction.
 *
 * The caller has opened an officer's transaction and commits it; rows come judged from entry.h. Here is what a row alone cannot
 * say: whether the file was imported before, whether the unit and programme exist and the officer may enter them, whether the person
 * stands on another list of this programme and period, or is registered under another name. People are found by blind index; new ones
 * get an anchor, a data key and their ID sealed with it before any row is written. A file is in whole or not at all. */
#ifndef LEDGER_REGISTER_IMPORT_STORE_H
#define LEDGER_REGISTER_IMPORT_STORE_H

#include "ledger/db/db.h"
#include "ledger/register/entry.h"
#include "ledger/register/keys.h"

/* One file. */
struct import_list {
	const char *name; /* as the officer knows it: without directories */
	struct hash sha256;
	const char *programme; /* payment lists */
	const char *area;      /* code; payment lists */
	size_t n;
	struct entry *at; /* verdicts may change from accepted to rejected, never back */
	struct vnd total;

	bool refused; /* out: nothing of it was imported, and why says the file's code */
	struct why why;
	size_t accepted, rejected, repaired; /* out; accepted counts those that stand as they are */
	size_t new_people;
};

/* Payment lists, in the order that decides which of two rows of a person counts. Also refuses files: file_twice, area_unknown,
 * programme_unknown (per file), no_mandate (REFUSED as a whole). With `strict` one rejected row refuses everything: REFUSED strict,
 * and the verdicts say which rows. */
enum result import_lists(struct work *w, const struct register_keys *keys, const struct reference *reference,
	struct month period, bool strict, struct import_list *lists, size_t n) WARN_UNUSED;

struct import_file {
	const char *name;
	struct hash sha256;
	const char *bank;                   /* account lists */
	size_t accepted, rejected, unknown; /* out; unknown: accepted deaths of people on no list */
};

/* A bank's list of accounts: the person ↔ account link that a bank vouches for. Grades holder against person and writes the check.
 * REFUSED file_twice, people_unknown (nobody of the file is registered: lists come first). */
enum result import_accounts(struct work *w, const struct register_keys *keys, struct import_file *file,
	struct account_entry *at, size_t n, bool strict) WARN_UNUSED;

/* Who died and when; people of no list are remembered (register.death_notice). */
enum result import_deaths(struct work *w, const struct register_keys *keys, struct import_file *file,
	struct death_entry *at, size_t n, bool strict) WARN_UNUSED;

/* What every row of a period's lists came to. */
struct import_rows {
	size_t n;
	struct import_row_out {
		const char *file, *outcome, *code, *note, *area;
		int32_t row;
	} * at;
};
enum result import_rows_of(struct work *w, struct month period, struct import_rows *out) WARN_UNUSED;

#endif
