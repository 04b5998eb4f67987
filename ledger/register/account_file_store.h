/* account_file_store.h: lists of accounts that officers bring, and the second officer who lets them count.
 *
 * A bank's or VNeID's list comes by hand, so whoever brings it may have typed it: what it says for an account passes nothing before a
 * second officer, who keeps the register wherever the list reaches, has confirmed it whole. PostgreSQL holds that (register.account_file)
 * and takes the list's word in the breath of the confirmation. import_store.h brings lists in. Inside the caller's officer transaction. */
#ifndef LEDGER_REGISTER_ACCOUNT_FILE_STORE_H
#define LEDGER_REGISTER_ACCOUNT_FILE_STORE_H

#include "ledger/register/account_store.h"

struct account_files {
	size_t n;
	struct account_file {
		int64_t file, rows;
		const char *name, *bank, *by;
		struct day known_on; /* of which it tells */
	} * at;
};
/* What waits for a second officer; nothing for who keeps no register. */
enum result account_files_waiting(struct work *w, struct account_files *out) WARN_UNUSED;

/* Whether this officer may confirm the list, or drop it: whoever brought it may drop it too. REFUSED list_unknown, same_officer, no_mandate,
 * first_mandate. */
enum result account_file_allowed(struct work *w, int64_t file, bool dropping) WARN_UNUSED;

/* What confirming it would do today. */
struct account_file_effect {
	struct account_file list;
	int64_t opens;   /* rows by which an account passes that does not pass today */
	int64_t changes; /* of these: another account of the person passes today */
	int64_t shares;  /* rows with a number that others have too */
	int64_t dormant; /* by the list */
	int64_t differs; /* holders whose name does not fit; known at once */
	int64_t shut;    /* closed or blocked; known at once */
	int64_t left_out; /* would pass, but something newer is known, or the person's name or ID changed since */
	size_t n;         /* some rows, first those that do the most */
	struct account_file_row {
		int32_t row;
		const char *person_name, *bank, *holder, *status, *grade;
		char number[MASKED_SIZE];
		bool opens, changes, shares;
	} * at;
};
enum result account_file_show(struct work *w, const struct opening *opening, int64_t file, int32_t most,
	struct account_file_effect *out) WARN_UNUSED;

/* After account_file_allowed. REFUSED list_unknown: somebody was quicker. */
enum result account_file_confirm(struct work *w, int64_t file) WARN_UNUSED;
enum result account_file_drop(struct work *w, int64_t file) WARN_UNUSED;

#endif
