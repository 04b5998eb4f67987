/* identity_store.h: what two officers decide about who somebody is: another ID, name, birth or sex; two rows that are one person.
 *
 * Inside the caller's officer transaction. Lists propose too (import_corrections_store.c). PostgreSQL holds that the two are two people, that no
 * payout of the merged is under way, and does what was confirmed in the same breath (0009_identity.sql). Anchors, claims and books stay. */
#ifndef LEDGER_REGISTER_IDENTITY_STORE_H
#define LEDGER_REGISTER_IDENTITY_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/db/db.h"
#include "ledger/register/keys.h"
#include "ledger/register/opening_store.h"

/* That `gone` is the same person as `kept`, whose name and ID stay. *id is what the second officer confirms. REFUSED person_unknown,
 * same_already, already_proposed. */
enum result merge_propose(struct work *w, const struct register_keys *keys, const struct personal_id *kept,
	const struct personal_id *gone, const char *number, const char *reason, int64_t *id) WARN_UNUSED;

/* That a merge is undone. REFUSED identity_unknown. */
enum result part_propose(
	struct work *w, int64_t merge, const char *number, const char *reason, int64_t *id) WARN_UNUSED;

/* All of them or none; n 0: nothing waits. REFUSED identity_unknown, same_person, no_mandate, still_live, id_of_other, identity_stale, merge_used.
 * Accounts are graded by the new name: what the bank is not known to have said is asked again. */
enum result identity_confirm(struct work *w, const int64_t *ids, size_t n) WARN_UNUSED;
enum result identity_refuse(struct work *w, const int64_t *ids, size_t n) WARN_UNUSED;

/* What waits of one file or document and did not come from this officer. */
enum result identity_of_number(
	struct work *w, const char *number, const int64_t **ids, size_t *n) WARN_UNUSED;

struct identity_out {
	int64_t id;
	const char *kind, *name, *other; /* other NULL: a correction */
	int birth_year, other_birth_year;
	struct day day;
	const char *masked_id, *new_name, *new_birth, *new_sex, *was; /* NULL: as it is */
	const char *number, *reason, *first, *second;                 /* second NULL: proposed */
	bool refused;
};
/* A second claim for the same thing, since two people are one. */
struct surplus_out {
	int64_t claim, merge, decision; /* decision 0: none, it is voided */
	int64_t keeps_back; /* the claim that stays and is not paid because this one was; 0: none */
	const char *programme, *kind, *name;
	struct month month;
	struct vnd amount;
	bool paid, settled;
};
struct identities_out {
	size_t n, n_surplus;
	struct identity_out *at;
	struct surplus_out *surplus;
};
enum result identity_list(struct work *w, const struct opening *opening, bool open_only,
	struct identities_out *out) WARN_UNUSED;

#endif
