#include "ledger/recon/coverage.h"

#include <inttypes.h>

struct coverage_total coverage_total(const struct coverage *c)
{
	struct coverage_total t = {.units = (int64_t)c->n};
	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_unit *u = &c->units[i];
		t.all.entitled += u->entitled;
		t.all.with_account += u->with_account;
		t.all.wishing += u->wishing;
		t.all.paid += u->paid;
		t.cashless += u->paid > 0;
	}
	return t;
}

bool coverage_units_met(const struct coverage_total *t)
{
	return t->units > 0 && 2 * t->cashless >= t->units;
}

bool coverage_wishes_met(const struct coverage_total *t)
{
	return t->all.wishing > 0 && t->all.paid >= t->all.wishing;
}

const char *coverage_share(struct arena *a, int64_t part, int64_t whole)
{
	if (whole == 0)
		return "–";
	int64_t tenths = part * 1000 / whole;
	return arena_printf(a, "%" PRId64 ",%" PRId64 " %%", tenths / 10, tenths % 10);
}
