/* entitle.h: what a person is owed for one month. Pure: the same input gives the same claim, with its working.
 *
 * Merit: an amount of the decree's table for each category, by percentage for war invalids. Social assistance: standard ×
 * coefficient, of several categories the highest (Decree 20/2021/ND-CP art. 6), the poor single parent's amount beside it where
 * the decree says so. The month of death is due, the months after it are not (art. 8 (2)). Never 0 đồng: without a rate there is no
 * claim but a finding that says which rate is missing. */
#ifndef LEDGER_REGISTER_ENTITLE_H
#define LEDGER_REGISTER_ENTITLE_H

#include "ledger/register/category.h"
#include "ledger/register/rate.h"

#define ENTITLE_PARTS ((size_t)2 * CATEGORIES_OF_ONE)

struct entitle_line {
	const struct category *category;
	int injury_pct; /* 0: none; read only where the category needs it */
};

struct entitle_asked {
	const struct entitle_line *lines;
	size_t n;
	const char *province; /* of the ward; NULL: unknown */
	struct month month;
	struct day known_on;
	bool dead;
	struct day death;
	bool sandbox; /* rates that nobody has read are refused outside one */
};

struct entitle_part {
	const char *rate_code;
	struct vnd amount;
	const char *working;
};

enum entitle_answer {
	ENTITLED,
	ENTITLED_ENDED, /* dead before the month */
	ENTITLED_NO_RATE,
	ENTITLED_RATE_UNREAD,
};

struct entitlement {
	enum entitle_answer answer;
	struct vnd amount;
	size_t n;
	struct entitle_part parts[ENTITLE_PARTS];
	const char *missing; /* the rate code, for ENTITLED_NO_RATE and ENTITLED_RATE_UNREAD */
};

/* Texts in the arena. */
void entitle(struct arena *a, const struct rates *rates, const struct entitle_asked *asked,
	struct entitlement *out);

#endif
