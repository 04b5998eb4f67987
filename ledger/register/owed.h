/* owed.h: what a pay period owes one person of one programme, from all that is known of him. Pure.
 *
 * Three ways lead to a claim:
 *	- he stands on the period's list: the period's month, and the next one too where two months were decided to go together;
 *	- an arrears list names months and the decision that grants them;
 *	- a rate rose after a month was claimed: the difference, once, in the month after the one in which the new rate came into force
 *	  (Circular 44/2022/TT-BTC art. 15), for every month that was claimed at the old one, by the categories and the province that its
 *	  claim knew: what a later list says of that month is no rise, and needs a decision.
 * A month that was claimed is never claimed again, whatever became of the money: a claim that was not paid stays open and is paid as it
 * is, so nothing is carried over here. What was claimed too much is said and never netted. A claim that two officers voided settles
 * its month: nothing is added to it. */
#ifndef LEDGER_REGISTER_OWED_H
#define LEDGER_REGISTER_OWED_H

#include "ledger/register/entitle.h"

/* Which of the rows of the register that are one person, and since when it is: 0: always. */
struct owed_row {
	int64_t id, joined_us;
};

/* A category from a month on; of regular ones those count that the last month that named any has. */
struct owed_enrolled {
	struct entitle_line line;
	struct month from, to; /* to: of arrears */
	bool arrears;
	int64_t recorded_us; /* when a list said so */
	struct owed_row row; /* and of whom */
};

struct owed_claim {
	struct month month, pay_period;
	bool arrears, voided;
	bool surplus; /* the second one for the same thing, of a person who was two: only its number is taken */
	int instalment;
	struct vnd amount;
	struct day known_on; /* it knew the rates of this day */
	int64_t made_us; /* and the lists that were recorded before, of whoever was the same person then */
	struct owed_row row;
	const char *province;
};

enum standing_kind { STANDING_RESUME, STANDING_SUSPEND, STANDING_TERMINATE };

/* A decision, from a month on; in the order in which they were decided. */
struct standing {
	enum standing_kind kind;
	struct month from;
};

struct owed_asked {
	struct entitle_asked
		of; /* province, today as known_on, death, birth, sandbox; lines and month are not read */
	struct month period;
	bool listed;   /* on the period's list for its month */
	bool arrears;  /* on an arrears list of the period: enrolled has its months */
	bool together; /* the next month goes with the period */
	bool rises;    /* look for rates that rose */
	const struct owed_enrolled *enrolled;
	size_t n_enrolled;
	const struct owed_claim *claims; /* of the programme, voided ones too */
	size_t n_claims;
	const struct standing *standings;
	size_t n_standings;
	const struct month *uncollected; /* months whose cash lies with the agent, ascending */
	size_t n_uncollected;
};

struct owed_item {
	struct month month;
	bool arrears;   /* else regular */
	int instalment; /* from 1 */
	struct vnd amount;
	size_t n;
	const struct entitle_part *parts;
};

/* A month that gives no claim, and why. */
struct owed_not {
	struct month month;
	enum entitle_answer answer;
	const char *missing; /* as in struct entitlement */
};

struct owed_over {
	struct month month;
	struct vnd amount; /* claimed beyond what is due by the rates of today */
};

#define OWED_MONTHS 40 /* two of the list, 36 of arrears */

struct owed {
	struct owed_item *items; /* in the arena */
	struct owed_not *nots;
	struct owed_over *overs;
	size_t n_items, n_nots, n_overs;
	bool whole; /* every month of the list or the arrears list gave a claim now */
};

void owed_in_period(
	struct arena *a, const struct rates *rates, const struct owed_asked *asked, struct owed *out);

/* Why a month is not paid although the rates say something: ENTITLED when nothing stands against it. */
enum entitle_answer owed_standing(const struct owed_asked *asked, struct month month);

/* A grant that was decided: of its rates the highest, so many times (Decree 20/2021/ND-CP art. 11: of several funerals one). */
struct owed_grant {
	const char *const *codes;
	size_t n_codes;
	int quantity;
	struct month month;
	const char *province;
	struct day known_on;
	bool sandbox;
};

/* False: a rate is missing or nobody has read it; why is in *reason. */
bool owed_grant(struct arena *a, const struct rates *rates, const struct owed_grant *g,
	struct entitle_part *out, struct owed_not *reason) WARN_UNUSED;

/* Rates count for rises in this period that were in force by this day. */
struct day owed_rises_known(struct month period, struct day today);

#endif
