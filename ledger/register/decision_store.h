/* decision_store.h: what two officers decide about a benefit (register.decision says which kinds there are and what each needs).
 *
 * Inside the caller's officer transaction. Proposed by one, confirmed by another; entitlement acts on what is confirmed. */
#ifndef LEDGER_REGISTER_DECISION_STORE_H
#define LEDGER_REGISTER_DECISION_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/db/db.h"
#include "ledger/register/keys.h"

struct person_found_by_id {
	int64_t id;
	const char *name;
	int birth_year;
	bool dead;
	struct day death;
	const char *merged_name,
		*merged_number; /* who went into this person by an ID of his own; NULL: nobody did */
	struct day merged_on;
};

/* REFUSED person_unknown. */
enum result person_by_id(struct work *w, const struct register_keys *keys, const struct personal_id *id,
	struct person_found_by_id *out) WARN_UNUSED;

struct decision {
	const char *kind, *programme;
	int64_t person; /* 0: everybody, for "together" */
	struct month month;
	bool has_period;
	struct month period;
	const char *const *codes; /* of rates, for "grant" and "funeral" */
	size_t n_codes;
	int quantity;      /* times; 1 for "funeral" */
	struct vnd amount; /* for "recover" */
	const char *number, *reason;
};

/* *id is what the second officer confirms. The month of a funeral is that of the death. REFUSED programme_unknown, no_mandate,
 * person_not_enrolled, not_dead, rate_unknown. */
enum result decision_propose(struct work *w, struct decision d, int64_t *id) WARN_UNUSED;

/* All of them or none. REFUSED decision_unknown, same_person, no_mandate (why->text names the first), funeral_once. */
enum result decision_confirm(struct work *w, const int64_t *ids, size_t n) WARN_UNUSED;

/* Everything that waits under one number, of which there are `people`. REFUSED people_differ, and as decision_confirm. */
enum result decision_confirm_number(struct work *w, const char *number, int people) WARN_UNUSED;

struct decision_out {
	int64_t id;
	const char *kind, *programme, *person_name; /* NULL: everybody */
	struct day month;
	const char *rates; /* NULL: none */
	int quantity;      /* 0: none */
	bool has_amount, claimed;
	struct vnd amount;
	const char *number, *reason, *first, *second; /* second NULL: proposed */
};
struct decisions_out {
	size_t n;
	struct decision_out *at;
};
/* person 0: of everybody. */
enum result decision_list(struct work *w, bool open_only, int64_t person, const char *number,
	struct decisions_out *out) WARN_UNUSED;

#endif
