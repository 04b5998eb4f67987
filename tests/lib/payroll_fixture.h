/* payroll_fixture.h: a payroll that may really be paid: people, sealed accounts, claims, batches, signatures, release.
 *
 * Uses the project's own stores from the batches on, so what it makes is what officers make. For tests of the teller, the scribe and
 * the whole, and for benchmarks. The database has the schema and is a sandbox. Connects by libpq's environment. */
#pragma once

#include <stdint.h>

#include "ledger/base/sign.h"
#include "ledger/db/db.h"

struct payroll {
	const char *
		dir; /* keys and configuration go there: kek blind id evidence.pub evidence.key admin-keys payer.key payer.pub */
	int64_t people;
	int64_t wards;      /* batches; default 1 for each 100 people */
	int64_t ward_first; /* which wards: so many in the order of their codes are left out */
	int64_t first;      /* number of the first person; default 1 */
	const char *bank;   /* default "demo": channel demo-merit, funding account demo-funding */
	const char *number; /* of the funding account; default 110000000001 */
	const char *deduplicates, *honours; /* "true" (default), "false" */
	int items;                          /* per message; default 500 */
	int special_every;                  /* every n-th account is … */
	int special_suffix; /* … one that fakebank treats by this suffix; -1: by each in turn */
	int cash_every;     /* every n-th person wants cash */
	int valid_hours;    /* default 24 */
	int lag;            /* posting lag of the channel, in days */
	int planned;        /* released for the programme's days, not now */
	bool no_release;
	bool lose_release;      /* its manifests are written, its commit is lost */
	bool no_fund;           /* the money came otherwise */
	bool no_analyze;        /* a large database is not read through for each payroll */
	int64_t lines, sum;     /* out */
	const int64_t *batches; /* out: those that were made; in the arena of the work */
	size_t batches_n;
};

/* The payer, channels, officers lan (maker), minh (checker), hoa (approver) with certificates by two of three admins; keys. Once per
 * database; dies with a message. */
void payroll_setup(struct work *w, struct payroll *p);

/* People with claims for 2024-04, batched, signed, funded and released; with them whatever is owed again in their wards. No people: only
 * that. Any number of times in a database, for one bank after the other. */
void payroll_pay(struct work *w, struct payroll *p);

/* The account number of person i under these settings: 12 digits. */
const char *payroll_account(const struct payroll *p, int64_t i, char out[static 13]);
