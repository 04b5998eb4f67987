/* mandate.h: what an officer may do: a role, for an agency, in an area, up to an amount.
 *
 * A value. Certificates carry mandates (ledger/payout/certificate.h), rows repeat them so that the desk knows whom to ask. */
#ifndef CHITRA_REGISTER_MANDATE_H
#define CHITRA_REGISTER_MANDATE_H

#include "ledger/base/money.h"

#define MANDATES_MAX 64 /* of one certificate */

struct mandate {
	const char *role;   /* maker checker approver release register cash auditor operator */
	const char *agency; /* code, or "*" */
	const char *area;   /* code, or "*" */
	struct vnd limit;   /* the most that one batch may be */
};

#endif
