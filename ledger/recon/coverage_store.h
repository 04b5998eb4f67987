/* coverage_store.h: reads coverage.h from the database, as known on a day. Inside an officer's transaction. */
#ifndef CHITRA_RECON_COVERAGE_STORE_H
#define CHITRA_RECON_COVERAGE_STORE_H

#include "ledger/db/db.h"
#include "ledger/recon/coverage.h"

struct coverage_asked {
	struct month period;
	const struct day *as_of;      /* NULL: today */
	const char *programme, *area; /* NULL: all */
	const struct day
		*area_day; /* by the units of that day (register.ward_as_of); NULL: by those of the claims */
};

/* REFUSED no_mandate. */
enum result coverage_read(
	struct work *w, const struct coverage_asked *asked, struct coverage *out) WARN_UNUSED;

#endif
