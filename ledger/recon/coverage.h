/* coverage.h: how many of those who are to be paid are paid without cash, by unit, and the two targets. Pure.
 *
 * A unit is whatever pays: a commune, or an island that has none. One does without cash when anybody in it was paid through an account. */
#ifndef CHITRA_RECON_COVERAGE_H
#define CHITRA_RECON_COVERAGE_H

#include "ledger/base/arena.h"
#include "ledger/base/day.h"

struct coverage_unit {
	const char *area, *name;
	struct day from; /* code and first day name a unit; 0: nobody knows which of several it is */
	int64_t entitled, with_account, wishing, paid;
};

struct coverage {
	struct month period;
	struct day as_of;
	struct coverage_unit *units;
	size_t n;
};

struct coverage_total {
	struct coverage_unit all;
	int64_t units, cashless; /* in how many somebody was paid through an account */
};
struct coverage_total coverage_total(const struct coverage *c);

bool coverage_units_met(const struct coverage_total *t);  /* at least half of the units */
bool coverage_wishes_met(const struct coverage_total *t); /* everybody who has an account and wishes it */

/* "96,6 %", never rounded up; "–" of nothing. */
const char *coverage_share(struct arena *a, int64_t part, int64_t whole);

#endif
