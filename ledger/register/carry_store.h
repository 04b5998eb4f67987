/* carry_store.h: what a pay period owes whom, and what earlier ones left unpaid: the payment list's two columns «tháng này / chưa lĩnh
 * tháng trước», with arrears and grants apart.
 *
 * A view of open claims: nothing is carried over, an unpaid claim is paid again as it is. Read-only, inside an officer's
 * transaction; an officer sees the wards of his mandates. */
#ifndef LEDGER_REGISTER_CARRY_STORE_H
#define LEDGER_REGISTER_CARRY_STORE_H

#include "ledger/base/day.h"
#include "ledger/base/money.h"
#include "ledger/db/db.h"

struct carry_row {
	const char *programme, *area, *area_name, *name;
	int birth_year;
	struct vnd this_month, arrears, grants, earlier, all;
	int64_t earlier_months; /* claims */
};

struct carry {
	size_t n;
	struct carry_row *rows; /* by programme, ward and name */
};

struct carry_wish {
	struct month period;
	const char *programme, *area; /* NULL: all */
	const struct day
		*area_day; /* by the units of that day (register.ward_as_of); NULL: by those of the claims */
};

/* REFUSED no_mandate. */
enum result carry_read(struct work *w, const struct carry_wish *wish, struct carry *out) WARN_UNUSED;

#endif
