/* rate.h: which rate was known on a day for a month.
 *
 * Two axes (sql/reference/README.md): a rate counts for months from effective_from, and nobody knew it before its decree was in
 * force and it came here. An end counts only when the row that follows was in force on that day, or when none follows: in August 2026 the amounts
 * of 2024 were still the known ones although their row ends in June. Pure; loaded once for a run. */
#ifndef LEDGER_REGISTER_RATE_H
#define LEDGER_REGISTER_RATE_H

#include "ledger/base/day.h"
#include "ledger/base/money.h"
#include "ledger/register/map.h"

enum rate_basis { RATE_TABLE, RATE_STANDARD, RATE_COEFFICIENT, RATE_INJURY_TABLE, RATE_FIXED };

struct rate {
	const char *code;
	enum rate_basis basis;
	const char *standard_code; /* RATE_COEFFICIENT */
	int coefficient_hundredths;
	int injury_pct; /* 0: none */
	struct vnd amount;
	const char *province; /* NULL: the whole country */
	struct day effective_from, effective_to;
	bool ends;                          /* effective_to is set */
	struct day in_force_from, recorded; /* nobody here knew it before the later one */
	const char *decree;
	bool unread; /* assumed or inferred: nobody has read it */
};

struct rates {
	struct arena *arena;
	struct map by_key; /* code and percentage to the index of its first row */
	struct rate *at;   /* sorted by code, percentage, province, effective_from */
	size_t n;
};

bool rate_basis_parse(const char *text, enum rate_basis *out) WARN_UNUSED;

/* Sorts and indexes r->at, which the caller has filled. */
void rates_index(struct rates *r);

struct rate_asked {
	const char *code;
	int injury_pct;       /* 0: none */
	const char *province; /* NULL: unknown, so the country's */
	struct month month;
	struct day known_on;
};

/* The rate, or NULL: nobody knew one on that day for that month. A province may only set more (Decree 20/2021/ND-CP art. 4 (3)): of
 * its row and the country's the higher one counts. */
const struct rate *rate_known(const struct rates *r, const struct rate_asked *asked);

/* What it comes to: its amount, or, where the province has a higher standard of its own, that standard times the coefficient.
 * *standard is the standard that was multiplied, or NULL. False when that is no whole đồng. */
bool rate_amount(const struct rates *r, const struct rate *rate, const struct rate_asked *asked,
	struct vnd *out, const struct rate **standard) WARN_UNUSED;

#endif
