/* forget_store.h: what one person may ask for: everything that is held about him, and that it be forgotten when the law lets it.
 *
 * Inside the caller's officer transaction. What forbids to forget, and what forgetting destroys, is in PostgreSQL (0008_sealed.sql). */
#ifndef LEDGER_REGISTER_FORGET_STORE_H
#define LEDGER_REGISTER_FORGET_STORE_H

#include "ledger/register/decided_file.h"
#include "ledger/register/opening_store.h"

/* The first officer proposes, another one with the same number erases; *erased says which it was. The archive
 * learns of it before the commit, so that no older dump brings the person back (forgotten_file.h). REFUSED erased_already, erase_owed,
 * erase_doubt, erase_hold, no_mandate, same_officer, proposal_differs. */
enum result person_erase(struct work *w, const struct decided_archive *archive, int64_t person,
	const char *number, const char *reason, bool *erased) WARN_UNUSED;

/* The way back of somebody who was erased and is entitled again: the first officer proposes, another one with the same number and name
 * confirms, and the ID, the person's again, is sealed by a new key. REFUSED not_erased, person_unknown, no_mandate, same_officer, name_*. */
struct readmit_wish {
	int64_t person;
	struct personal_id id;
	const char *name, *number, *reason;
	const struct decided_archive *archive;
};
enum result person_readmit(struct work *w, const struct register_keys *keys, const struct readmit_wish *wish,
	bool *readmitted) WARN_UNUSED;

/* Raw rows and banks' messages whose time (rules.retention) is over become unreadable; a transaction of its own. */
enum result kept_expire(struct work *w, int64_t *files, int64_t *messages) WARN_UNUSED;

/* One value of one thing: section and item say of which; texts live in the work's arena. */
struct held_value {
	const char *section, *key, *value;
	int64_t item;
};
struct held_values {
	size_t n;
	struct held_value *at;
};
/* Everything, with the numbers opened. REFUSED no_mandate, seal_*. */
enum result person_held(
	struct work *w, const struct opening *opening, int64_t person, struct held_values *out) WARN_UNUSED;

#endif
