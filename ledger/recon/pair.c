#include "ledger/recon/pair.h"

#include <string.h>
#include <strings.h>

static struct pairing suspense(const char *because)
{
	return (struct pairing){.kind = PAIR_SUSPENSE, .because = because};
}

static struct pairing payout(enum payout_event event)
{
	return (struct pairing){.kind = PAIR_PAYOUT, .event = event};
}

static const struct fee_rule *fee_of(const struct line_facts *l, const struct fee_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(rules[i].bank, l->bank) == 0 &&
			strncmp(l->text, rules[i].pattern, strlen(rules[i].pattern)) == 0 &&
			vnd_cmp(l->amount, rules[i].max) <= 0)
			return &rules[i];
	return NULL;
}

/* An order's reference and exactly its amount, once. */
static struct pairing of_order(const struct line_facts *l, enum pair_kind kind, const char *otherwise)
{
	if (l->order_used)
		return suspense(otherwise);
	if (vnd_cmp(l->amount, l->order_amount) != 0)
		return suspense("amount_differs");
	return (struct pairing){.kind = kind};
}

static struct pairing pair_debit(const struct line_facts *l, const struct fee_rule *rules, size_t n)
{
	if (l->is_payout) {
		if (!l->amount_fits)
			return payout(EVENT_DEBITED_AMOUNT);
		return payout(l->account == FIT_NO ? EVENT_DEBITED_ACCOUNT : EVENT_DEBITED);
	}
	if (l->has_id)
		return suspense("rogue_debit");
	if (l->order == ORDER_AGENT_ADVANCE)
		return of_order(l, PAIR_AGENT_ADVANCE, "unmatched_debit");
	if (l->order == ORDER_REFUND || l->order == ORDER_UNSPENT)
		return of_order(l, PAIR_REFUND, "unmatched_debit");
	const struct fee_rule *rule = fee_of(l, rules, n);
	if (rule)
		return (struct pairing){.kind = PAIR_FEE, .rule = rule};
	/* To somebody's account, and nobody here sent it: the credential may be in other hands. */
	return suspense(l->account == FIT_UNTOLD ? "unmatched_debit" : "rogue_debit");
}

static struct pairing pair_credit(const struct line_facts *l)
{
	if (l->is_payout)
		return l->amount_fits && l->account != FIT_NO ? payout(EVENT_RETURNED)
							      : suspense("return_unknown");
	if (l->has_id || l->says_returned)
		return suspense("return_unknown");
	if (l->booked && vnd_cmp(l->amount, l->booked_amount) != 0)
		return suspense("amount_differs");
	if (l->booked)
		return (struct pairing){.kind = PAIR_BOOKED};
	if (l->order == ORDER_TREASURY)
		return of_order(l, PAIR_FUNDING, "unmatched_credit");
	if (l->order == ORDER_AGENT_RETURN)
		return of_order(l, PAIR_AGENT_RETURN, "unmatched_credit");
	return suspense("unmatched_credit");
}

struct pairing pair_line(const struct line_facts *l, const struct fee_rule *rules, size_t rules_n)
{
	if (l->has_details)
		return (struct pairing){.kind = PAIR_PARTS};
	return l->debit ? pair_debit(l, rules, rules_n) : pair_credit(l);
}

const char *pair_note(const char *because)
{
	static const struct {
		const char *kind, *note;
	} notes[] = {
		{"rogue_debit",
			"money left the account and nobody here sent it: stop the bank credential and call the bank"},
		{"unmatched_debit",
			"a debit that no payout, fee rule or order explains: ask the bank what it is"},
		{"unmatched_credit",
			"a credit that no order explains: find out whose it is, or send it back"},
		{"amount_differs", "the reference is an order's and the amount is not: ask whoever sent it"},
		{"return_unknown", "the bank calls it a return and it fits no payout: ask the bank"},
	};
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		if (strcmp(notes[i].kind, because) == 0)
			return notes[i].note;
	bug("a line cannot wait as %s", because);
}
