#include "ledger/verify/rules.h"

#include <stdio.h>
#include <string.h>

#define PARTS "{agency}:{programme}"
#define PAIRS 8

/* One row is one way to post a fact; of several rows of a kind, one must fit. {x} is the value of line x, <x> any part, the same
 * wherever it stands. An amount is a line's; 0 posts nothing, and what meets in one account is one posting. */
#define VOID_PAYABLE "liabilities:payable:<a>:{programme} +amount,expenses:benefit:<a>:{programme} -amount,"
#define VOID_UNCLAIMED \
	"liabilities:unclaimed:<a>:{programme} +amount,expenses:benefit:<a>:{programme} -amount,"
#define VOID_ADVANCE    "income:funding:<a>:{programme} +amount,liabilities:advance:<f> -amount,"
#define VOID_REFUNDABLE "income:funding:<a>:{programme} +amount,liabilities:refundable:<f> -amount,"
static const struct {
	const char *kind;
	const char *line, *says; /* only where this line says this; NULL: always */
	const char *legs;
} rows[] = {
	{"batch.approved", NULL, NULL,
		"expenses:benefit:" PARTS " +first,liabilities:payable:" PARTS
		" -first,liabilities:unclaimed:" PARTS " +unclaimed,liabilities:payable:" PARTS
		" -unclaimed,"},
	{"batch.released", NULL, NULL,
		"liabilities:advance:{funding-account} +unfunded,income:funding:" PARTS " -unfunded,"},
	{"payout.rejected", NULL, NULL,
		"liabilities:in-flight:<f> +amount,liabilities:payable:<a>:<p> -amount,"},
	{"payout.not_paid", NULL, NULL,
		"liabilities:in-flight:<f> +amount,liabilities:payable:<a>:<p> -amount,"},
	{"payout.settled", NULL, NULL, "liabilities:in-flight:<f> +amount,assets:bank:<f> -amount,"},
	{"payout.settled", NULL, NULL, "liabilities:in-flight:<f> +amount,assets:agent:{channel} -amount,"},
	{"payout.returned", NULL, NULL, "assets:bank:<f> +amount,liabilities:unclaimed:<a>:<p> -amount,"},
	{"claim.voided", NULL, NULL, ""},
	{"claim.voided", NULL, NULL, VOID_PAYABLE},
	{"claim.voided", NULL, NULL, VOID_UNCLAIMED},
	{"claim.voided", NULL, NULL, VOID_ADVANCE},
	{"claim.voided", NULL, NULL, VOID_REFUNDABLE},
	{"claim.voided", NULL, NULL, VOID_PAYABLE VOID_ADVANCE},
	{"claim.voided", NULL, NULL, VOID_PAYABLE VOID_REFUNDABLE},
	{"claim.voided", NULL, NULL, VOID_UNCLAIMED VOID_ADVANCE},
	{"claim.voided", NULL, NULL, VOID_UNCLAIMED VOID_REFUNDABLE},
	{"unclaimed.cancelled", NULL, NULL, VOID_UNCLAIMED VOID_REFUNDABLE},
	{"funding", NULL, NULL,
		"assets:bank:{funding-account} +amount,liabilities:advance:{funding-account} -amount,"},
	{"fee", NULL, NULL, "expenses:fees:{funding-account} +amount,assets:bank:{funding-account} -amount,"},
	{"refund", NULL, NULL,
		"liabilities:refundable:{funding-account} +amount,assets:bank:{funding-account} -amount,"},
	{"refund", NULL, NULL,
		"liabilities:advance:{funding-account} +amount,assets:bank:{funding-account} -amount,"},
	{"suspense", "side", "debit",
		"assets:suspense-debit:{funding-account} +amount,assets:bank:{funding-account} -amount,"},
	{"suspense", "side", "credit",
		"assets:bank:{funding-account} +amount,liabilities:suspense-credit:{funding-account} -amount,"},
	{"agent.advanced", NULL, NULL,
		"assets:agent:{channel} +amount,assets:bank:{funding-account} -amount,"},
	{"agent.returned", NULL, NULL,
		"assets:bank:{funding-account} +amount,assets:agent:{channel} -amount,"},
	{"clawback", "step", "opened", "assets:clawback:<a>:<p> +amount,assets:suspense-debit:<f> -amount,"},
	{"clawback", "step", "received",
		"liabilities:refundable:<f> +amount,assets:clawback:<a>:<p> -amount,"},
	{"clawback", "step", "given_up", "expenses:loss:<a>:<p> +amount,assets:clawback:<a>:<p> -amount,"},
	{"break.resolved", "outcome", "without_entry", ""},
	{"break.resolved", "outcome", "fee",
		"expenses:fees:{funding-account} +amount,assets:suspense-debit:{funding-account} -amount,"},
	{"break.resolved", "outcome", "paid_after_all",
		"liabilities:payable:<a>:<p> +amount,assets:suspense-debit:{funding-account} -amount,"},
	{"break.resolved", "outcome", "paid_after_all",
		"liabilities:unclaimed:<a>:<p> +amount,assets:suspense-debit:{funding-account} -amount,"},
	{"break.resolved", "outcome", "recovery",
		"assets:clawback:<a>:<p> +amount,assets:suspense-debit:{funding-account} -amount,"},
	{"break.resolved", "outcome", "taken_back",
		"assets:bank:{funding-account} +amount,assets:suspense-debit:{funding-account} -amount,"},
	{"break.resolved", "outcome", "funding",
		"liabilities:suspense-credit:{funding-account} +amount,liabilities:advance:{funding-account} -amount,"},
	{"break.resolved", "outcome", "return",
		"liabilities:suspense-credit:{funding-account} +amount,liabilities:unclaimed:<a>:<p> -amount,"},
	{"break.resolved", "outcome", "refundable",
		"liabilities:suspense-credit:{funding-account} +amount,liabilities:refundable:{funding-account} -amount,"},
	{"break.resolved", "outcome", "sent_back",
		"liabilities:suspense-credit:{funding-account} +amount,assets:bank:{funding-account} -amount,"},
};

/* What <x> stands for, as far as it is known. */
struct bound {
	size_t n;
	struct text names[4], values[4];
};

static struct text *bound_to(struct bound *b, struct text name)
{
	for (size_t i = 0; i < b->n; i++)
		if (text_same(b->names[i], name))
			return &b->values[i];
	b->names[b->n] = name;
	b->values[b->n] = text_z("");
	return &b->values[b->n++];
}

/* Whether this part of a posting's account is what the row wants there; binds what it names for the first time. */
static bool part_fits(const struct leaf *l, struct text want, struct text part, struct bound *b)
{
	struct text inner = {.at = want.at + 1, .n = want.n - 2};
	char name[32] = {0};
	struct text *value;

	if (want.at[0] == '<') {
		value = bound_to(b, inner);
		if (value->n == 0)
			*value = part;
		return text_same(*value, part);
	}
	memcpy(name, inner.at, inner.n);
	return text_same(part, leaf_value(l, name));
}

/* The posting of the account that the row names; NULL: there is none. */
static const struct leg *leg_of(const struct leaf *l, struct text account, struct bound *b)
{
	for (size_t i = 0; i < l->n_legs; i++) {
		const struct leg *g = &l->legs[i];
		struct text rest = account, want;
		struct bound tried = *b;
		bool fits = rest.n > g->family.n && memcmp(rest.at, g->family.at, g->family.n) == 0 &&
			    rest.at[g->family.n] == ':';

		if (!fits)
			continue;
		rest.at += g->family.n + 1;
		rest.n -= g->family.n + 1;
		for (int p = 0; fits && rest.n > 0; p++) {
			if (!text_until(&rest, ':', &want)) {
				want = rest;
				rest.n = 0;
			}
			fits = part_fits(l, want, g->parts[p], &tried);
		}
		if (fits) {
			*b = tried;
			return g;
		}
	}
	return NULL;
}

/* Every posting that the row wants is there with its amount, and no other. */
static bool row_fits(const struct leaf *l, const char *legs)
{
	struct text rest = text_z(legs), item, account;
	const struct leg *found[PAIRS];
	int64_t sums[PAIRS];
	size_t n = 0, some = 0;
	struct bound b = {.n = 0};

	while (text_until(&rest, ',', &item)) {
		char name[20] = {0};
		const struct leg *g;
		int64_t amount;
		size_t i;

		(void)text_until(&item, ' ', &account);
		memcpy(name, item.at + 1, item.n - 1);
		amount = leaf_amount(l, name);
		if (amount == 0)
			continue;
		g = leg_of(l, account, &b);
		if (g == NULL)
			return false;
		for (i = 0; i < n && found[i] != g; i++)
			;
		if (i == n) {
			found[n] = g;
			sums[n++] = 0;
		}
		if (__builtin_add_overflow(sums[i], item.at[0] == '-' ? -amount : amount, &sums[i]))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (found[i]->amount != sums[i])
			return false;
		some++;
	}
	return some == l->n_legs;
}

/* Payable of any number of programmes goes in flight at one funding account. */
static bool dispatch_fits(const struct leaf *l)
{
	int64_t sum = leaf_amount(l, "sum"), payable = 0;
	size_t in_flight = 0;

	for (size_t i = 0; i < l->n_legs; i++) {
		const struct leg *g = &l->legs[i];

		if (text_is(g->family, "liabilities:in-flight") && g->amount == -sum &&
			text_same(g->parts[0], leaf_value(l, "funding-account")))
			in_flight++;
		else if (!text_is(g->family, "liabilities:payable") || g->amount <= 0 ||
			 __builtin_add_overflow(payable, g->amount, &payable))
			return false;
	}
	return in_flight == 1 && payable == sum;
}

/* What an agency earned and spent in the period becomes its result. */
static bool close_fits(const struct leaf *l)
{
	for (size_t i = 0; i < l->n_legs; i++) {
		const struct leg *g = &l->legs[i];

		if (!(text_is(g->family, "income:funding") || text_is(g->family, "expenses:benefit") ||
			    text_is(g->family, "expenses:loss") || text_is(g->family, "equity:closed")) ||
			!text_same(g->parts[0], leaf_value(l, "agency")))
			return false;
	}
	return true;
}

bool rules_fit(const struct leaf *l)
{
	const char *kind = leaf_kind_name(l);
	bool known = false;

	for (size_t i = 0; i < l->n_legs; i++) /* an account is named once */
		for (size_t k = 0; k < i; k++)
			if (text_same(l->legs[i].account, l->legs[k].account))
				return false;
	if (strcmp(kind, "dispatch.sent") == 0)
		return dispatch_fits(l);
	if (strcmp(kind, "close") == 0)
		return close_fits(l);
	if (strcmp(kind, "reversal") == 0)
		return l->n_legs >= 2;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].kind, kind) != 0)
			continue;
		known = true;
		if ((rows[i].line == NULL || text_is(leaf_value(l, rows[i].line), rows[i].says)) &&
			row_fits(l, rows[i].legs))
			return true;
	}
	return !known && l->n_legs == 0;
}

/* What two officers found, and nothing but the books rests on: never what a bank said, what was signed, paid or closed. */
static bool may_be_taken_back(const struct leaf *l)
{
	struct text outcome = leaf_value(l, "outcome");

	return strcmp(leaf_kind_name(l), "clawback") == 0 || text_is(outcome, "fee") ||
	       text_is(outcome, "funding") || text_is(outcome, "refundable");
}

bool rules_reverse(const struct leaf *reversal, const struct leaf *taken_back)
{
	if (reversal->n_legs != taken_back->n_legs || !may_be_taken_back(taken_back))
		return false;
	for (size_t i = 0; i < reversal->n_legs; i++) {
		size_t k = 0;

		while (k < taken_back->n_legs &&
			!(text_same(reversal->legs[i].account, taken_back->legs[k].account) &&
				reversal->legs[i].amount == -taken_back->legs[k].amount))
			k++;
		if (k == taken_back->n_legs)
			return false;
	}
	return true;
}
