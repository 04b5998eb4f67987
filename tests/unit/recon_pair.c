/* What a statement line is, case by case. Expected values are the rules of the header, written out by hand. */
#include <string.h>

#include "ledger/recon/pair.h"
#include "tests/lib/tap.h"

static const struct fee_rule rules[] = {
	{.bank = "DEMO", .pattern = "PHI DICH VU CHI HO"},
	{.bank = "DEMO", .pattern = "PHI DICH VU"},
	{.bank = "OTHER", .pattern = "FEE"},
};

/* clang-format off: a table is read by column */
#define DEBIT  .debit = true, .bank = "demo", .text = ""
#define CREDIT .bank = "demo", .text = ""
static const struct {
	const char *title;
	struct line_facts line;
	int64_t sum, order, booked;
	enum pair_kind kind;
	enum payout_event event;
	const char *because;
} cases[] = {
	{"our id, amount and account: a debit of the payout",
		{DEBIT, .has_id = true, .is_payout = true, .amount_fits = true, .account = FIT_YES}, 500, 0,
		0, PAIR_PAYOUT, EVENT_DEBITED, NULL},
	{"an account that is not told is not another one",
		{DEBIT, .has_id = true, .is_payout = true, .amount_fits = true, .account = FIT_UNTOLD}, 500,
		0, 0, PAIR_PAYOUT, EVENT_DEBITED, NULL},
	{"another amount", {DEBIT, .has_id = true, .is_payout = true, .account = FIT_YES}, 500, 0, 0,
		PAIR_PAYOUT, EVENT_DEBITED_AMOUNT, NULL},
	{"another account",
		{DEBIT, .has_id = true, .is_payout = true, .amount_fits = true, .account = FIT_NO}, 500, 0, 0,
		PAIR_PAYOUT, EVENT_DEBITED_ACCOUNT, NULL},
	{"both wrong: the amount is named", {DEBIT, .has_id = true, .is_payout = true, .account = FIT_NO},
		500, 0, 0, PAIR_PAYOUT, EVENT_DEBITED_AMOUNT, NULL},
	{"an id that is nobody's", {DEBIT, .has_id = true, .account = FIT_NO}, 500, 0, 0, PAIR_SUSPENSE, 0,
		"rogue_debit"},
	{"an id that is nobody's, although its text is a fee's",
		{.debit = true, .bank = "demo", .text = "PHI DICH VU", .has_id = true}, 500, 0, 0,
		PAIR_SUSPENSE, 0, "rogue_debit"},
	{"a debit to somebody's account", {DEBIT, .account = FIT_NO}, 500, 0, 0, PAIR_SUSPENSE, 0,
		"rogue_debit"},
	{"a debit to nobody", {DEBIT}, 500, 0, 0, PAIR_SUSPENSE, 0, "unmatched_debit"},
	{"a fee by its prefix", {.debit = true, .bank = "demo", .text = "PHI DICH VU T04"}, 500, 0, 0,
		PAIR_FEE, 0, NULL},
	{"a fee above the limit", {.debit = true, .bank = "demo", .text = "PHI DICH VU T04"}, 1001, 0, 0,
		PAIR_SUSPENSE, 0, "unmatched_debit"},
	{"a fee of another bank", {.debit = true, .bank = "demo", .text = "FEE"}, 5, 0, 0, PAIR_SUSPENSE, 0,
		"unmatched_debit"},
	{"a prefix in the middle is none", {.debit = true, .bank = "demo", .text = "THU PHI DICH VU"}, 5, 0,
		0, PAIR_SUSPENSE, 0, "unmatched_debit"},
	{"an advance to the agent", {DEBIT, .account = FIT_NO, .order = ORDER_AGENT_ADVANCE}, 700, 700, 0,
		PAIR_AGENT_ADVANCE, 0, NULL},
	{"an advance of another amount", {DEBIT, .account = FIT_NO, .order = ORDER_AGENT_ADVANCE}, 701, 700,
		0, PAIR_SUSPENSE, 0, "amount_differs"},
	{"an advance a second time", {DEBIT, .order = ORDER_AGENT_ADVANCE, .order_used = true}, 700, 700, 0,
		PAIR_SUSPENSE, 0, "unmatched_debit"},
	{"a treasury's reference on a debit", {DEBIT, .account = FIT_NO, .order = ORDER_TREASURY}, 700, 700,
		0, PAIR_SUSPENSE, 0, "rogue_debit"},
	{"money back to the treasury", {DEBIT, .account = FIT_NO, .order = ORDER_REFUND}, 700, 700, 0,
		PAIR_REFUND, 0, NULL},
	{"what of its advance was not spent", {DEBIT, .account = FIT_NO, .order = ORDER_UNSPENT}, 700, 700, 0,
		PAIR_REFUND, 0, NULL},
	{"more than the treasury was to get back", {DEBIT, .order = ORDER_REFUND}, 701, 700, 0, PAIR_SUSPENSE,
		0, "amount_differs"},
	{"a refund a second time", {DEBIT, .order = ORDER_UNSPENT, .order_used = true}, 700, 700, 0,
		PAIR_SUSPENSE, 0, "unmatched_debit"},
	{"a refund's reference on a credit", {CREDIT, .order = ORDER_REFUND}, 700, 700, 0, PAIR_SUSPENSE, 0,
		"unmatched_credit"},
	{"its parts explain it", {DEBIT, .has_details = true}, 500, 0, 0, PAIR_PARTS, 0, NULL},
	{"a whole return",
		{CREDIT, .has_id = true, .is_payout = true, .amount_fits = true, .account = FIT_YES,
			.says_returned = true},
		500, 0, 0, PAIR_PAYOUT, EVENT_RETURNED, NULL},
	{"part of a return",
		{CREDIT, .has_id = true, .is_payout = true, .account = FIT_YES, .says_returned = true}, 500,
		0, 0, PAIR_SUSPENSE, 0, "return_unknown"},
	{"a return from another account",
		{CREDIT, .has_id = true, .is_payout = true, .amount_fits = true, .account = FIT_NO}, 500, 0,
		0, PAIR_SUSPENSE, 0, "return_unknown"},
	{"a return of nobody's payment", {CREDIT, .has_id = true}, 500, 0, 0, PAIR_SUSPENSE, 0,
		"return_unknown"},
	{"a return without an id", {CREDIT, .says_returned = true}, 500, 0, 0, PAIR_SUSPENSE, 0,
		"return_unknown"},
	{"the treasury's money", {CREDIT, .order = ORDER_TREASURY}, 9000, 9000, 0, PAIR_FUNDING, 0, NULL},
	{"the treasury's money twice", {CREDIT, .order = ORDER_TREASURY, .order_used = true}, 9000, 9000, 0,
		PAIR_SUSPENSE, 0, "unmatched_credit"},
	{"one đồng less than ordered", {CREDIT, .order = ORDER_TREASURY}, 8999, 9000, 0, PAIR_SUSPENSE, 0,
		"amount_differs"},
	{"money that was booked on the day",
		{CREDIT, .order = ORDER_TREASURY, .order_used = true, .booked = true}, 9000, 9000, 9000,
		PAIR_BOOKED, 0, NULL},
	{"booked on the day as another amount",
		{CREDIT, .order = ORDER_TREASURY, .order_used = true, .booked = true}, 9000, 9000, 9001,
		PAIR_SUSPENSE, 0, "amount_differs"},
	{"what the agent brings back", {CREDIT, .order = ORDER_AGENT_RETURN}, 30, 30, 0, PAIR_AGENT_RETURN, 0,
		NULL},
	{"an advance's reference on a credit", {CREDIT, .order = ORDER_AGENT_ADVANCE}, 30, 30, 0,
		PAIR_SUSPENSE, 0, "unmatched_credit"},
	{"interest", {CREDIT}, 27431, 0, 0, PAIR_SUSPENSE, 0, "unmatched_credit"},
};
/* clang-format on */

int main(void)
{
	struct fee_rule with_limits[COUNT_OF(rules)];
	memcpy(with_limits, rules, sizeof rules);
	for (size_t i = 0; i < COUNT_OF(rules); i++)
		with_limits[i].max = vnd(1000);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct line_facts l = cases[i].line;
		l.amount = vnd(cases[i].sum);
		l.order_amount = vnd(cases[i].order);
		l.booked_amount = vnd(cases[i].booked);
		struct pairing p = pair_line(&l, with_limits, COUNT_OF(with_limits));
		bool as_wanted = p.kind == cases[i].kind &&
				 (p.kind != PAIR_PAYOUT || p.event == cases[i].event) &&
				 (p.because == NULL) == (cases[i].because == NULL) &&
				 (!p.because || strcmp(p.because, cases[i].because) == 0);
		ok(as_wanted, "%s", cases[i].title);
		if (p.because)
			ok(strlen(pair_note(p.because)) > 20, "… and its break says what to do");
	}
	struct line_facts two = {
		.debit = true, .bank = "DEMO", .text = "PHI DICH VU CHI HO T04", .amount = vnd(1)};
	is_str(pair_line(&two, with_limits, COUNT_OF(with_limits)).rule->pattern, "PHI DICH VU CHI HO",
		"of two fee rules the longer one counts");
	return done_testing();
}
