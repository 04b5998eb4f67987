/* people_store.h: the people of a period's lists, with their IDs opened and the state of each claim, page by page. And findings.
 *
 * Inside the caller's officer transaction, with an opening that was begun before it. An officer sees the wards of his mandates. */
#ifndef LEDGER_REGISTER_PEOPLE_STORE_H
#define LEDGER_REGISTER_PEOPLE_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/ids.h"
#include "ledger/base/money.h"
#include "ledger/db/db.h"
#include "ledger/register/opening_store.h"

struct person_claim {
	struct day month;
	const char *kind; /* regular, arrears, grant, funeral */
	struct vnd amount;
	const char *state; /* of its payout; exception, voided, in_batch, open */
};

struct person_out {
	struct personal_id id;
	const char *programme, *ward, *name;
	const char *method; /* account, delegate, cash_wish, cash_want */
	const char *state;  /* of all claims together; ended: dead, and nothing is due; no_claim */
	size_t n_claims;
	const struct person_claim *claims;
};

struct people_wish {
	struct month period;
	const struct day
		*area_day; /* by the units of that day (register.ward_as_of); NULL: by those of the lists */
};

/* Calls `take` for everybody, in the order of registration. Texts live until the call returns. REFUSED no_mandate, seal_*. */
enum result people_each(struct work *w, const struct opening *opening, const struct people_wish *wish,
	void (*take)(void *context, const struct person_out *p), void *context) WARN_UNUSED;

struct finding_out {
	int64_t id;
	const char *programme, *code, *note, *file, *area;
	int32_t row; /* 0: of no row */
	bool blocks;
	const char *verdict;          /* NULL: open */
	const char *name, *masked_id; /* of whom it is about; NULL: of nobody */
	int32_t birth_year;
	const char *proposed, *proposed_by, *reason; /* what the first officer says; NULL: nobody has */
};
struct findings_out {
	size_t n;
	struct finding_out *at;
};
/* Of the wards of the officer's mandates. open_only: those that block claims and nobody has decided. */
enum result finding_list(struct work *w, const struct opening *opening, struct month period, bool open_only,
	struct findings_out *out) WARN_UNUSED;

/* verdict: pay_entitled or do_not_pay. The first officer proposes, the second decides; *decided says which it was. REFUSED
 * finding_unknown, same_person, no_mandate. Another verdict than the proposed one is a new proposal. */
enum result finding_decide(
	struct work *w, int64_t finding, const char *verdict, const char *reason, bool *decided) WARN_UNUSED;

#endif
