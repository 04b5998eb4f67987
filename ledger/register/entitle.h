/* entitle.h: what a person is owed for one month. Pure: the same input gives the same claim, with its working.
 *
 * Merit: an amount of the decree's table for each category, by percentage for war invalids. Social assistance: standard ×
 * coefficient, of several categories the highest (Decree 20/2021/ND-CP art. 6), the poor single parent's amount beside it where
 * the decree says so, for each child. A category counts from the month in which its age is reached to the month in which the next one
 * is. The month of death is due, the months after it are not (art. 8 (2)). Never 0 đồng: without a rate there is no claim but a
 * finding that says which rate is missing. What else a person's history says about a month is in owed.h. */
#ifndef LEDGER_REGISTER_ENTITLE_H
#define LEDGER_REGISTER_ENTITLE_H

#include "ledger/register/category.h"
#include "ledger/register/rate.h"

#define ENTITLE_PARTS ((size_t)2 * CATEGORIES_OF_ONE)

struct entitle_line {
	const struct category *category;
	int injury_pct; /* 0: none; read only where the category needs it */
	int children;   /* read only where the category is paid for each child */
};

struct entitle_asked {
	const struct entitle_line *lines;
	size_t n;
	const char *province; /* of the ward; NULL: unknown */
	struct month month;
	struct day known_on;
	bool dead, birth_whole;
	struct day death, birth; /* birth: when birth_whole */
	int birth_year; /* 0: unknown, and then any age fits. Of a year alone each bound gets the better day */
	bool sandbox;   /* rates that nobody has read are refused outside one */
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
	ENTITLED_AGE,      /* `missing` is the category whose age it is not */
	ENTITLED_CHILDREN, /* `missing` is the category that is paid for each child, and nobody said how many */
	/* from owed.h: */
	ENTITLED_SUSPENDED,
	ENTITLED_TERMINATED,
	ENTITLED_UNCOLLECTED,  /* three months in a row that nobody collected from the cash agent */
	ENTITLED_MONTHS_SPENT, /* as many months as the programme pays */
	ENTITLED_ELSEWHERE,    /* the month was claimed for another list */
};

struct entitlement {
	enum entitle_answer answer;
	struct vnd amount;
	size_t n;
	struct entitle_part parts[ENTITLE_PARTS];
	const char
		*missing; /* the rate code, for ENTITLED_NO_RATE and ENTITLED_RATE_UNREAD; or the category */
};

/* Texts in the arena. */
void entitle(struct arena *a, const struct rates *rates, const struct entitle_asked *asked,
	struct entitlement *out);

#endif
