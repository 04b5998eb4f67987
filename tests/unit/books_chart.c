/* What an event means, which accounts exist, and what each resolution of a break books. */
#include "ledger/books/leaf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "ledger/base/merkle.h"
#include "ledger/base/text.h"
#include "ledger/books/chart.h"
#include "ledger/books/event.h"
#include "tests/lib/tap.h"

static struct arena *arena;

static struct bytes golden(const char *name)
{
	struct bytes text;
	struct why why;

	if (!read_file(arena, arena_printf(arena, "tests/vectors/books/%s", name), 65536, &text, &why)) {
		fprintf(stderr, "# %s: %s\n", name, why.text);
		exit(1);
	}
	return text;
}

static struct hash named(const char *text)
{
	return sha256(bytes_z(text));
}

static struct day day(const char *text)
{
	struct day d;

	bug_if(!day_parse(bytes_z(text), &d));
	return d;
}

static struct told_by by(const char *actor, const char *effective, const struct hash *src)
{
	return (struct told_by){.actor = actor, .effective = day(effective), .src = src, .src_item = 7};
}

static const char *const two[2] = {"hoa", "minh"};

static void meaning(void)
{
	struct hash src = named("message");
	struct told_by scribe = by("duty:scribe", "2024-04-03", &src);
	struct told_by other = by("officer:hoa", "2024-04-03", NULL);
	struct told_by tomorrow = by("duty:scribe", "2024-04-04", &src);
	struct statement_fact fact = {.line = 1,
		.day = day("2024-04-03"),
		.funding_account = "pt-merit",
		.amount = vnd(5),
		.entry = "E",
		.rule = "R"};
	struct entry a = entry_fee(arena, &scribe, &fact);
	struct entry b = entry_fee(arena, &other, &fact);
	struct entry c = entry_fee(arena, &tomorrow, &fact);
	CLEANUP(buf_free) struct buf scratch = {.max = LEAF_MAX};
	struct hash mean = entry_meaning(&a, &scratch);
	struct hash same;

	b.late = true;
	b.refs = "line:1 again:2";
	same = entry_meaning(&b, &scratch);
	ok(hash_eq(&mean, &same),
		"who recorded it, where and on which evidence does not change what it means");
	same = entry_meaning(&c, &scratch);
	ok(!hash_eq(&mean, &same), "another effective day is another meaning");
	fact.amount = vnd(6);
	c = entry_fee(arena, &scribe, &fact);
	same = entry_meaning(&c, &scratch);
	ok(!hash_eq(&mean, &same), "another amount is another meaning");
	same = sha256(bytes_z(
		"chitra-ledger/v1\nkind fee\nidem lpt-merit.2024-04-03.a9f51566bd6705f7ea6ad54bb9deb449\neffective 2024-04-03\n"
		"funding-account pt-merit\namount 5 VND\nentry E\nrule R\n"
		"p expenses:fees:pt-merit +5 VND\np assets:bank:pt-merit -5 VND\n"));
	ok(hash_eq(&mean, &same), "the meaning is the leaf without seq, recorded, actor, ref, src and late");
}

static void chart(void)
{
	CLEANUP(buf_free) struct buf text;
	struct bytes want = golden("chart.txt");
	enum account family;

	buf_init(&text, 8192);
	chart_text(&text);
	is_mem(text.at, text.n, want.at, want.n, "the chart of accounts is its golden file");
	for (unsigned f = 0; f < ACCOUNTS; f++) {
		bool pair = strstr(buf_str(&text), "agency") != NULL && f != ACCOUNT_BANK &&
			    f != ACCOUNT_AGENT && f != ACCOUNT_SUSPENSE_DEBIT && f != ACCOUNT_ADVANCE &&
			    f != ACCOUNT_IN_FLIGHT && f != ACCOUNT_SUSPENSE_CREDIT &&
			    f != ACCOUNT_REFUNDABLE && f != ACCOUNT_FEES;
		const char *code = account_code(arena, (enum account)f, "a.b-c_9", pair ? "social" : NULL);

		ok(account_parse(bytes_z(code), &family) && family == (enum account)f,
			"%s is read as its family", code);
	}
	ok(!account_parse(bytes_z("assets:bank:"), &family) &&
			!account_parse(bytes_z("assets:bank"), &family) &&
			!account_parse(bytes_z("assets:bank:a:b"), &family) &&
			!account_parse(bytes_z("liabilities:payable:a"), &family) &&
			!account_parse(bytes_z("liabilities:payable:a:"), &family) &&
			!account_parse(bytes_z("liabilities:payable:a:b:c"), &family) &&
			!account_parse(bytes_z("assets:bank:A"), &family) &&
			!account_parse(bytes_z("assets:bank:a b"), &family) &&
			!account_parse(bytes_z("income:bank:a"), &family),
		"half an account, an account too long, and an account of no family are refused");
	ok(account_normal(ACCOUNT_BANK) == 1 && account_normal(ACCOUNT_PAYABLE) == -1 &&
			account_has_floor(ACCOUNT_IN_FLIGHT) && !account_has_floor(ACCOUNT_BENEFIT),
		"assets grow by debits, liabilities by credits; expenses have no floor");
}

/* Legs by event where the golden files show one case only. */
static void resolutions(void)
{
	static const struct {
		enum resolved_as as;
		const char *debit, *credit;
	} table[] = {
		{RESOLVED_FEE, "expenses:fees:f", "assets:suspense-debit:f"},
		{RESOLVED_PAID_AFTER_ALL, "liabilities:payable:a:p", "assets:suspense-debit:f"},
		{RESOLVED_RECOVERY, "assets:clawback:a:p", "assets:suspense-debit:f"},
		{RESOLVED_TAKEN_BACK, "assets:bank:f", "assets:suspense-debit:f"},
		{RESOLVED_FUNDING, "liabilities:suspense-credit:f", "liabilities:advance:f"},
		{RESOLVED_RETURN, "liabilities:suspense-credit:f", "liabilities:unclaimed:a:p"},
		{RESOLVED_REFUNDABLE, "liabilities:suspense-credit:f", "liabilities:refundable:f"},
		{RESOLVED_SENT_BACK, "liabilities:suspense-credit:f", "assets:bank:f"},
	};
	struct told_by hoa = by("officer:hoa", "2024-04-08", NULL);
	struct break_resolved e = {.break_id = 1,
		.kind = "unmatched_credit",
		.funding_account = "f",
		.amount = vnd(9),
		.agency = "a",
		.programme = "p",
		.officers = {two[0], two[1]}};
	struct entry entry;

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		e.as = table[i].as;
		entry = entry_break_resolved(arena, &hoa, &e);
		ok(entry.n_legs == 2 && strcmp(entry.legs[0].account, table[i].debit) == 0 &&
				vnd_dong(entry.legs[0].amount) == 9 &&
				strcmp(entry.legs[1].account, table[i].credit) == 0 &&
				vnd_dong(entry.legs[1].amount) == -9,
			"a break resolved so debits %s and credits %s", table[i].debit, table[i].credit);
	}
	e.as = RESOLVED_PAID_AFTER_ALL;
	e.unclaimed = true;
	is_str(entry_break_resolved(arena, &hoa, &e).legs[0].account, "liabilities:unclaimed:a:p",
		"what came back before and was paid after all is no longer unclaimed");
	e.as = RESOLVED_WITHOUT_ENTRY;
	is_i64((int64_t)entry_break_resolved(arena, &hoa, &e).n_legs, 0,
		"a break without money in suspense moves none");
}

/* What a bank debited too much: claimed, come back out of what was the treasury's, given up. */
static void clawbacks(void)
{
	static const struct {
		enum clawback_step step;
		const char *debit, *credit;
	} table[] = {
		{CLAWBACK_OPENED, "assets:clawback:a:p", "assets:suspense-debit:f"},
		{CLAWBACK_RECEIVED, "liabilities:refundable:f", "assets:clawback:a:p"},
		{CLAWBACK_GIVEN_UP, "expenses:loss:a:p", "assets:clawback:a:p"},
	};
	struct told_by hoa = by("officer:hoa", "2024-04-08", NULL);

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct entry entry = entry_clawback(arena, &hoa,
			&(struct clawback){.case_id = 1,
				.n = 1,
				.id = "4ZK7Q2M9XW0RB3T8HDN",
				.amount = vnd(9),
				.step = table[i].step,
				.agency = "a",
				.programme = "p",
				.funding_account = "f",
				.officers = {two[0], two[1]}});
		ok(entry.n_legs == 2 && strcmp(entry.legs[0].account, table[i].debit) == 0 &&
				vnd_dong(entry.legs[0].amount) == 9 &&
				strcmp(entry.legs[1].account, table[i].credit) == 0,
			"such a step of a claw-back debits %s and credits %s", table[i].debit,
			table[i].credit);
	}
}

/* The treasury gets back what it is owed, or what of its advance was not spent. */
static void refunds(void)
{
	struct told_by scribe = by("duty:scribe", "2024-04-08", NULL);
	struct statement_fact e = {
		.funding_account = "f", .amount = vnd(9), .entry = "E", .day = scribe.effective};

	is_str(entry_refund(arena, &scribe, &e).legs[0].account, "liabilities:refundable:f",
		"a refund is of what is owed to the treasury");
	e.unspent = true;
	is_str(entry_refund(arena, &scribe, &e).legs[0].account, "liabilities:advance:f",
		"or of what was not spent");
}

int main(void)
{
	arena = arena_new();
	meaning();
	chart();
	resolutions();
	clawbacks();
	refunds();
	arena_free(arena);
	return done_testing();
}
