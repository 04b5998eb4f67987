/* What an approver is shown of an account: each flag alone, at its edge, and in which order they are said. */
#include <stdio.h>
#include <string.h>

#include "ledger/payout/flag.h"
#include "tests/lib/tap.h"

#define DAY_TODAY 20000

/* The person's own account, known, open: nothing to look at. */
static struct flag_facts plain(void)
{
	return (struct flag_facts){.people = 1,
		.own = true,
		.known = true,
		.sum = vnd(360000),
		.large = vnd(5000000),
		.status = "open",
		.passes = true,
		.stands = true,
		.today = {DAY_TODAY}};
}

static const char *said(struct flag_facts f)
{
	static char text[400];
	unsigned flags = flags_of(&f);
	text[0] = '\0';
	for (int i = 0; i < FLAGS; i++)
		if ((flags >> i) & 1)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " " : "",
				flag_name((enum flag)i));
	return text;
}

static struct flag_facts ending(int days)
{
	struct flag_facts f = plain();
	f.own = false;
	f.ends = true;
	f.until.n = DAY_TODAY + days;
	return f;
}

static void each_alone(void)
{
	struct flag_facts f = plain();
	is_str(said(f), "", "a known account of one's own, open, is nothing to look at");
	f.people = 2;
	is_str(said(f), "account_shared", "one account for two people");
	f = plain();
	f.elsewhere = true;
	is_str(said(f), "account_changed", "another account than the last month's");
	f = plain();
	f.from_cash = true;
	is_str(said(f), "account_from_cash", "an account after cash");
	f = plain();
	f.status = "dormant";
	is_str(said(f), "account_dormant", "a dormant account");
	f = plain();
	f.own = false;
	is_str(said(f), "", "a delegate who received before is nothing to look at");
	f.known = false;
	is_str(said(f), "account_new_payee", "one who never did is, whatever the sum");
}

static void sums(void)
{
	struct flag_facts f = plain();
	f.sum = vnd(5000000);
	is_str(said(f), "", "much money into a known account is usual");
	f.known = false;
	is_str(said(f), "account_new_large", "into one that never received it is not");
	f.sum = vnd(4999999);
	is_str(said(f), "", "a dong less is little");
}

static void shut(void)
{
	struct flag_facts f = plain();
	f.status = "closed";
	f.passes = false;
	is_str(said(f), "account_closed", "what the bank closed");
	f.status = "open";
	is_str(said(f), "account_closed", "what passes no more, open or not");
	f.status = NULL;
	is_str(said(f), "", "of which nobody said anything");
	f = plain();
	f.stands = false;
	is_str(said(f), "account_closed", "what officers ended");
}

static void authorities(void)
{
	is_str(said(ending(AUTHORITY_WARNING_DAYS + 1)), "", "an authority with 31 days left");
	is_str(said(ending(AUTHORITY_WARNING_DAYS)), "authority_ends", "with 30 it is warned of");
	is_str(said(ending(0)), "authority_ends", "on its last day too");
	is_str(said(ending(-1)), "authority_ends", "and after it");
}

int main(void)
{
	each_alone();
	sums();
	shut();
	authorities();
	struct flag_facts all = {.people = 3,
		.elsewhere = true,
		.from_cash = true,
		.sum = vnd(9000000),
		.large = vnd(5000000),
		.status = "dormant",
		.ends = true,
		.until = {DAY_TODAY},
		.today = {DAY_TODAY}};
	is_str(said(all),
		"account_closed account_changed account_from_cash account_new_payee account_new_large account_shared account_dormant authority_ends",
		"what is never paid is said first, then what a thief leaves behind");
	for (int i = 0; i < FLAGS; i++)
		ok(*flag_vi((enum flag)i) && strcmp(flag_vi((enum flag)i), flag_name((enum flag)i)) != 0,
			"%s is said in Vietnamese", flag_name((enum flag)i));
	return done_testing();
}
