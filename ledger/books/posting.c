/* The posting table. dr_cr(debit, credit, amount): the first account is debited, the second credited; 0 is nothing. Money
 * that a bank holds for us is a debit of assets:bank, so a payment debits what it ends and credits the bank. */
#include "ledger/books/posting.h"

#include <string.h>

#include "ledger/books/chart.h"

struct legs {
	struct arena *arena;
	struct entry *to;
	struct leg *at;
	size_t room;
};

static struct legs legs_begin(struct arena *a, struct entry *to, size_t pairs)
{
	struct legs l = {.arena = a, .to = to, .room = pairs * 2};

	l.at = arena_array(a, l.room, struct leg);
	to->legs = l.at;
	to->n_legs = 0;
	return l;
}

static void leg_add(struct legs *l, const char *account, struct vnd amount)
{
	for (size_t i = 0; i < l->to->n_legs; i++) {
		if (strcmp(l->at[i].account, account) == 0) {
			bug_if(!vnd_add(l->at[i].amount, amount, &l->at[i].amount));
			return;
		}
	}
	bug_if(l->to->n_legs == l->room);
	l->at[l->to->n_legs++] = (struct leg){.account = account, .amount = amount};
}

static void dr_cr(struct legs *l, const char *debit, const char *credit, struct vnd amount)
{
	struct vnd minus;

	bug_if(vnd_is_negative(amount));
	if (vnd_is_zero(amount))
		return;
	bug_if(!vnd_neg(amount, &minus));
	leg_add(l, debit, amount);
	leg_add(l, credit, minus);
}

/* ---- obligation ---- */

/* The last approval: an issue 1 is new cost; a later issue after `returned` takes what was unclaimed; a later issue after
 * `rejected`, `not_paid` or `cancelled` is in payable already. */
void post_batch_approved(struct arena *a, const struct batch_approved *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 2);
	const char *payable = account_code(a, ACCOUNT_PAYABLE, e->agency, e->programme);

	dr_cr(&l, account_code(a, ACCOUNT_BENEFIT, e->agency, e->programme), payable, e->first);
	dr_cr(&l, account_code(a, ACCOUNT_UNCLAIMED, e->agency, e->programme), payable, e->unclaimed);
}

void post_batch_released(struct arena *a, const struct batch_released *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_ADVANCE, e->funding_account, NULL),
		account_code(a, ACCOUNT_FUNDING, e->agency, e->programme), e->unfunded);
}

/* ---- payouts ---- */

void post_dispatch_sent(struct arena *a, const struct dispatch_sent *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, e->n_parts);
	const char *in_flight = account_code(a, ACCOUNT_IN_FLIGHT, e->funding_account, NULL);

	for (size_t i = 0; i < e->n_parts; i++)
		dr_cr(&l, account_code(a, ACCOUNT_PAYABLE, e->parts[i].agency, e->parts[i].programme),
			in_flight, e->parts[i].sum);
}

/* rejected, not_paid */
void post_payout_unpaid(struct arena *a, const struct payout_end *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_IN_FLIGHT, e->funding_account, NULL),
		account_code(a, ACCOUNT_PAYABLE, e->agency, e->programme), e->amount);
}

/* By the bank's statement, or by the cash agent's signed list from what the agent holds for us. */
void post_payout_settled(struct arena *a, const struct payout_end *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_IN_FLIGHT, e->funding_account, NULL),
		e->cash ? account_code(a, ACCOUNT_AGENT, e->channel, NULL)
			: account_code(a, ACCOUNT_BANK, e->funding_account, NULL),
		e->amount);
}

void post_payout_returned(struct arena *a, const struct payout_end *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_BANK, e->funding_account, NULL),
		account_code(a, ACCOUNT_UNCLAIMED, e->agency, e->programme), e->amount);
}

/* ---- claims ---- */

/* The cost is taken back; and, where the money was released, what was earned with it. */
void post_claim_voided(struct arena *a, const struct claim_voided *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 2);
	const char *earned = account_code(a, ACCOUNT_FUNDING, e->agency, e->programme);

	if (e->owed != VOID_NOT_BOOKED)
		dr_cr(&l,
			account_code(a, e->owed == VOID_PAYABLE ? ACCOUNT_PAYABLE : ACCOUNT_UNCLAIMED,
				e->agency, e->programme),
			account_code(a, ACCOUNT_BENEFIT, e->agency, e->programme), e->amount);
	if (e->funds != VOID_NOT_FUNDED)
		dr_cr(&l, earned,
			account_code(a, e->funds == VOID_TO_ADVANCE ? ACCOUNT_ADVANCE : ACCOUNT_REFUNDABLE,
				e->funding_account, NULL),
			e->amount);
}

void post_unclaimed_cancelled(struct arena *a, const struct unclaimed_cancelled *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 2);

	dr_cr(&l, account_code(a, ACCOUNT_UNCLAIMED, e->agency, e->programme),
		account_code(a, ACCOUNT_BENEFIT, e->agency, e->programme), e->amount);
	dr_cr(&l, account_code(a, ACCOUNT_FUNDING, e->agency, e->programme),
		account_code(a, ACCOUNT_REFUNDABLE, e->funding_account, NULL), e->amount);
}

/* ---- what a statement says ---- */

/* Two accounts of the same funding account. */
static void dr_cr_place(struct arena *a, struct entry *to, enum account debit, enum account credit,
	const struct statement_fact *e)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, debit, e->funding_account, NULL),
		account_code(a, credit, e->funding_account, NULL), e->amount);
}

void post_funding(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	dr_cr_place(a, to, ACCOUNT_BANK, ACCOUNT_ADVANCE, e);
}

void post_fee(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	dr_cr_place(a, to, ACCOUNT_FEES, ACCOUNT_BANK, e);
}

void post_suspense(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	if (e->debit)
		dr_cr_place(a, to, ACCOUNT_SUSPENSE_DEBIT, ACCOUNT_BANK, e);
	else
		dr_cr_place(a, to, ACCOUNT_BANK, ACCOUNT_SUSPENSE_CREDIT, e);
}

/* To the treasury: what is owed to it, or what of its advance was not spent. */
void post_refund(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	dr_cr_place(a, to, e->unspent ? ACCOUNT_ADVANCE : ACCOUNT_REFUNDABLE, ACCOUNT_BANK, e);
}

/* Money goes from the bank to the agent, */
void post_agent_advanced(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_AGENT, e->channel, NULL),
		account_code(a, ACCOUNT_BANK, e->funding_account, NULL), e->amount);
}

/* and what nobody collected comes back. */
void post_agent_returned(struct arena *a, const struct statement_fact *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);

	dr_cr(&l, account_code(a, ACCOUNT_BANK, e->funding_account, NULL),
		account_code(a, ACCOUNT_AGENT, e->channel, NULL), e->amount);
}

/* What was in suspense goes where two officers found that it belongs. */
void post_break_resolved(struct arena *a, const struct break_resolved *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);
	const char *from_debit = account_code(a, ACCOUNT_SUSPENSE_DEBIT, e->funding_account, NULL);
	const char *from_credit = account_code(a, ACCOUNT_SUSPENSE_CREDIT, e->funding_account, NULL);
	const char *bank = account_code(a, ACCOUNT_BANK, e->funding_account, NULL);

	switch (e->as) {
	case RESOLVED_WITHOUT_ENTRY: return;
	case RESOLVED_FEE:
		dr_cr(&l, account_code(a, ACCOUNT_FEES, e->funding_account, NULL), from_debit, e->amount);
		return;
	case RESOLVED_PAID_AFTER_ALL: /* when it ended unpaid, the obligation went back to where it is taken from now */
		dr_cr(&l,
			account_code(a, e->unclaimed ? ACCOUNT_UNCLAIMED : ACCOUNT_PAYABLE, e->agency,
				e->programme),
			from_debit, e->amount);
		return;
	case RESOLVED_RECOVERY:
		dr_cr(&l, account_code(a, ACCOUNT_CLAWBACK, e->agency, e->programme), from_debit, e->amount);
		return;
	case RESOLVED_TAKEN_BACK: dr_cr(&l, bank, from_debit, e->amount); return;
	case RESOLVED_FUNDING:
		dr_cr(&l, from_credit, account_code(a, ACCOUNT_ADVANCE, e->funding_account, NULL), e->amount);
		return;
	case RESOLVED_RETURN:
		dr_cr(&l, from_credit, account_code(a, ACCOUNT_UNCLAIMED, e->agency, e->programme),
			e->amount);
		return;
	case RESOLVED_REFUNDABLE:
		dr_cr(&l, from_credit, account_code(a, ACCOUNT_REFUNDABLE, e->funding_account, NULL),
			e->amount);
		return;
	case RESOLVED_SENT_BACK: dr_cr(&l, from_credit, bank, e->amount); return;
	}
	bug("no such resolution: %d", (int)e->as);
}

/* ---- corrections ---- */

void post_reversal(struct arena *a, const struct reversal *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, e->n_legs);
	struct vnd turned;

	for (size_t i = 0; i < e->n_legs; i++) {
		bug_if(!vnd_neg(e->legs[i].amount, &turned));
		leg_add(&l, e->legs[i].account, turned);
	}
}

/* A payment that a bank made twice, or to the wrong person, is claimed back, comes back, or is given up by a decision. The bank's account
 * moves by a statement's line alone: what comes back is suspense, then the treasury's, and of that the claim's. */
void post_clawback(struct arena *a, const struct clawback *e, struct entry *to)
{
	struct legs l = legs_begin(a, to, 1);
	const char *claimed = account_code(a, ACCOUNT_CLAWBACK, e->agency, e->programme);

	switch (e->step) {
	case CLAWBACK_OPENED:
		dr_cr(&l, claimed, account_code(a, ACCOUNT_SUSPENSE_DEBIT, e->funding_account, NULL),
			e->amount);
		return;
	case CLAWBACK_RECEIVED:
		dr_cr(&l, account_code(a, ACCOUNT_REFUNDABLE, e->funding_account, NULL), claimed, e->amount);
		return;
	case CLAWBACK_GIVEN_UP:
		dr_cr(&l, account_code(a, ACCOUNT_LOSS, e->agency, e->programme), claimed, e->amount);
		return;
	}
	bug("no such step of a clawback: %d", (int)e->step);
}
