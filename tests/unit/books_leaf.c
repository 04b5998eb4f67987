/* Leaves: each kind's text, and what it books, is its golden file (tests/vectors/books/leaf, made without this code). */
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

static int64_t instant(const char *text)
{
	int64_t us;

	bug_if(!instant_parse(bytes_z(text), &us));
	return us;
}

#define MORNING "2024-04-03T01:00:00.000000Z"

static void is_golden(const char *name, int64_t seq, const char *recorded, struct entry entry)
{
	CLEANUP(buf_free) struct buf text;
	struct leaf leaf = {.seq = seq, .recorded_us = instant(recorded), .entry = entry};
	struct bytes want = golden(arena_printf(arena, "leaf/%s.leaf", name));
	struct why why = {.code = ""};

	buf_init(&text, LEAF_MAX);
	leaf_text(&leaf, &text);
	ok(entry_check(&entry, &why), "%s may become a leaf", name);
	if (why.code[0] != '\0')
		note("%s: %s", why.code, why.text);
	is_str(buf_str(&text), arena_strndup(arena, (const char *)want.at, want.n),
		"the text of %s is its golden file", name);
}

static struct told_by by(const char *actor, const char *effective, const struct hash *src)
{
	return (struct told_by){.actor = actor, .effective = day(effective), .src = src, .src_item = 7};
}

static const char *const two[2] = {"hoa", "minh"};
#define ID "4ZK7Q2M9XW0RB3T8HDN"

static void obligations(void)
{
	struct genesis_key keys[2] = {{.purpose = "log"}, {.purpose = "admin"}};
	struct told_by hoa = by("officer:hoa", "2024-04-03", NULL);
	struct told_by admin = by("officer:admin", "2024-04-03", NULL);
	struct told_by minh = by("officer:minh", "2024-04-03", NULL);
	struct told_by teller = by("duty:teller", "2024-04-03", NULL);
	struct dispatch_part parts[2] = {
		{"phan-thiet", "merit", {4600000}},
		{"phan-thiet", "rent", {800000}},
	};

	memset(keys[0].key.b, 0x0b, 32);
	memset(keys[1].key.b, 0xa1, 32);
	is_golden("genesis", 0, MORNING,
		entry_genesis(arena, &admin,
			&(struct genesis){.origin = "ledger.example.gov.vn/payout-2024",
				.sandbox = true,
				.id_key_version = 1,
				.n_keys = 2,
				.keys = keys}));
	is_golden("batch.approved", 1, MORNING,
		entry_batch_approved(arena, &hoa,
			&(struct batch_approved){.batch = 4,
				.version = 2,
				.root = named("root"),
				.lines = 3,
				.sum = vnd(5400000),
				.first = vnd(3600000),
				.unclaimed = vnd(1000000),
				.agency = "phan-thiet",
				.programme = "merit",
				.period = {2024, 4},
				.bundle = named("bundle")}));
	is_golden("approval", 2, MORNING,
		entry_approval(arena, &hoa,
			&(struct approval_given){.bundle = 9,
				.bundle_root = named("bundle"),
				.batches = 18,
				.lines = 609,
				.sum = vnd(1102311000),
				.agency = "phan-thiet",
				.officer = "hoa",
				.role = "approver",
				.certificate = named("cert"),
				.method = "ed25519",
				.text = named("text"),
				.proof = named("proof")}));
	is_golden("batch.released", 3, MORNING,
		entry_batch_released(arena, &minh,
			&(struct batch_released){.batch = 4,
				.version = 2,
				.root = named("root"),
				.lines = 3,
				.sum = vnd(5400000),
				.unfunded = vnd(3600000),
				.agency = "phan-thiet",
				.programme = "merit",
				.funding_account = "pt-merit",
				.officers = {two[0], two[1]}}));
	is_golden("dispatch.sent", 4, MORNING,
		entry_dispatch_sent(arena, &teller,
			&(struct dispatch_sent){.dispatch = 12,
				.epoch = 1,
				.channel = "demo-merit",
				.funding_account = "pt-merit",
				.count = 3,
				.sum = vnd(5400000),
				.root = named("root"),
				.n_parts = 2,
				.parts = parts}));
}

static void payouts(void)
{
	struct hash src = named("message");
	struct told_by demo = by("bank:demo", "2024-04-03", &src);
	struct told_by scribe3 = by("duty:scribe", "2024-04-03", &src);
	struct told_by scribe4 = by("duty:scribe", "2024-04-04", &src);
	struct told_by scribe5 = by("duty:scribe", "2024-04-05", &src);
	struct told_by minh = by("officer:minh", "2024-04-12", &src);
	struct payout_end end = {
		.payout = 41,
		.batch = 4,
		.id = ID,
		.line = named("line"),
		.amount = vnd(1800000),
		.channel = "demo-merit",
		.funding_account = "pt-merit",
		.agency = "phan-thiet",
		.programme = "merit",
		.reason = "account_closed",
	};

	is_golden("payout.rejected", 5, MORNING, entry_payout_rejected(arena, &demo, &end));
	end.payout = 42;
	end.reason = "absent";
	is_golden("payout.not_paid", 6, MORNING, entry_payout_not_paid(arena, &scribe5, &end));
	end.payout = 43;
	end.entry = "FT24094% A";
	is_golden("payout.settled", 7, "2024-04-03T10:15:02.000045Z",
		entry_payout_settled(arena, &scribe3, &end));
	end.entry = "FT24095001";
	end.reason = "account_closed";
	is_golden("payout.returned", 9, MORNING, entry_payout_returned(arena, &scribe4, &end));
	end.payout = 44;
	end.batch = 5;
	end.channel = "vnpost-merit";
	end.cash = true;
	end.entry = "list-3/17";
	is_golden("payout.settled.cash", 8, MORNING, entry_payout_settled(arena, &minh, &end));
}

static void claims(void)
{
	struct told_by hoa = by("officer:hoa", "2024-04-06", NULL);
	struct told_by year_end = by("officer:hoa", "2024-12-31", NULL);
	struct key32 salt;
	struct hash pii;

	memset(salt.b, 5, sizeof(salt.b));
	pii = leaf_commitment(&salt, bytes_z("claim 77"));
	is_golden("claim.voided", 10, MORNING,
		entry_claim_voided(arena, &hoa,
			&(struct claim_voided){.claim = 77,
				.programme = "merit",
				.month = {2024, 4},
				.kind = "regular",
				.instalment = 1,
				.amount = vnd(1800000),
				.agency = "phan-thiet",
				.funding_account = "pt-merit",
				.owed = VOID_UNCLAIMED,
				.funds = VOID_TO_REFUNDABLE,
				.reason = "death",
				.officers = {two[0], two[1]},
				.pii = &pii}));
	is_golden("unclaimed.cancelled", 22, MORNING,
		entry_unclaimed_cancelled(arena, &year_end,
			&(struct unclaimed_cancelled){.claim = 78,
				.programme = "merit",
				.month = {2024, 4},
				.kind = "arrears",
				.instalment = 2,
				.amount = vnd(1000),
				.agency = "phan-thiet",
				.funding_account = "pt-merit",
				.decision = named("decision"),
				.officers = {two[0], two[1]}}));
}

static void statements(void)
{
	struct hash src = named("message");
	struct told_by scribe = by("duty:scribe", "2024-04-03", &src);
	struct told_by late = scribe;
	struct told_by april12 = by("duty:scribe", "2024-04-12", &src);
	struct told_by january = by("duty:scribe", "2025-01-02", &src);
	struct statement_fact fact = {.line = 501,
		.funding_account = "pt-merit",
		.day = day("2024-04-03"),
		.channel = "vnpost-merit",
		.amount = vnd(6000000),
		.entry = "KB/24",
		.order = "QD-08/2024"};

	late.late = true;
	is_golden("statement.file", 11, MORNING,
		entry_statement_file(arena, &scribe,
			&(struct statement_file){.funding_account = "pt-merit",
				.day = day("2024-04-03"),
				.sequence = 94,
				.opening = vnd(-5),
				.closing = vnd(1200000),
				.lines = 4,
				.debits = vnd(5400000),
				.credits = vnd(6600005),
				.pages = 1,
				.root = named("root"),
				.source = "fetched",
				.complete = true}));
	is_golden("funding", 12, MORNING, entry_funding(arena, &scribe, &fact));
	fact.open_day = true;
	is_golden("funding.open_day", 12, MORNING, entry_funding(arena, &scribe, &fact));
	fact = (struct statement_fact){.line = 502,
		.funding_account = "pt-merit",
		.day = day("2024-04-03"),
		.amount = vnd(11000),
		.entry = "FEE0403",
		.rule = "PHI DICH VU"};
	is_golden("fee", 13, MORNING, entry_fee(arena, &scribe, &fact));
	fact = (struct statement_fact){.line = 503,
		.funding_account = "pt-merit",
		.day = day("2024-04-03"),
		.amount = vnd(45000),
		.entry = "INT0403",
		.break_id = 3};
	is_golden("suspense", 14, MORNING, entry_suspense(arena, &scribe, &fact));
	fact.line = 504;
	fact.part = 2;
	fact.entry = "X1";
	fact.break_id = 4;
	fact.debit = true;
	is_golden("suspense.debit", 15, MORNING, entry_suspense(arena, &late, &fact));
	fact = (struct statement_fact){.line = 505,
		.funding_account = "pt-merit",
		.day = day("2024-04-03"),
		.channel = "vnpost-merit",
		.amount = vnd(5400000),
		.entry = "FT1",
		.order = "TU-01"};
	is_golden("agent.advanced", 18, MORNING, entry_agent_advanced(arena, &scribe, &fact));
	fact.line = 506;
	fact.day = april12.effective;
	fact.amount = vnd(1800000);
	fact.entry = "FT2";
	fact.order = NULL;
	is_golden("agent.returned", 19, MORNING, entry_agent_returned(arena, &april12, &fact));
	fact.line = 507;
	fact.day = january.effective;
	fact.amount = vnd(1000);
	fact.entry = "FT3";
	is_golden("refund", 23, MORNING, entry_refund(arena, &january, &fact));
}

static void corrections(void)
{
	struct told_by scribe = by("duty:scribe", "2024-04-03", NULL);
	struct told_by april8 = by("officer:hoa", "2024-04-08", NULL);
	struct told_by april9 = by("officer:hoa", "2024-04-09", NULL);
	struct told_by april10 = by("officer:hoa", "2024-04-10", NULL);
	struct leg fee[2] = {{"expenses:fees:pt-merit", {11000}}, {"assets:bank:pt-merit", {-11000}}};

	is_golden("break.opened", 16, MORNING,
		entry_break_opened(arena, &scribe,
			&(struct break_opened){.break_id = 4,
				.kind = "rogue_debit",
				.funding_account = "pt-merit",
				.day = day("2024-04-03"),
				.amount = vnd(45000),
				.id = ID,
				.entry = "X1"}));
	is_golden("break.resolved", 17, MORNING,
		entry_break_resolved(arena, &april8,
			&(struct break_resolved){.break_id = 4,
				.kind = "rogue_debit",
				.funding_account = "pt-merit",
				.amount = vnd(45000),
				.as = RESOLVED_TAKEN_BACK,
				.agency = "phan-thiet",
				.programme = "merit",
				.officers = {two[0], two[1]}}));
	is_golden("reversal", 20, MORNING,
		entry_reversal(arena, &april9,
			&(struct reversal){.seq = 13,
				.n_legs = 2,
				.legs = fee,
				.reason = "wrong_fee",
				.officers = {two[0], two[1]}}));
	is_golden("clawback", 21, MORNING,
		entry_clawback(arena, &april10,
			&(struct clawback){.case_id = 2,
				.n = 1,
				.id = ID,
				.line = named("line"),
				.amount = vnd(45000),
				.step = CLAWBACK_OPENED,
				.agency = "phan-thiet",
				.programme = "merit",
				.funding_account = "pt-merit",
				.decision = named("decision"),
				.officers = {two[0], two[1]}}));
}

static void log_itself(void)
{
	struct told_by january3 = by("officer:admin", "2025-01-03", NULL);
	struct told_by january4 = by("officer:admin", "2025-01-04", NULL);
	struct told_by january5 = by("officer:hoa", "2025-01-05", NULL);
	struct leg legs[2] = {{"income:funding:phan-thiet:merit", {3600000}},
		{"expenses:benefit:phan-thiet:merit", {-3600000}}};
	struct key_changed change = {.purpose = "log"};
	struct verify_key old;
	struct signature proof;

	memset(old.b, 0x0b, sizeof(old.b));
	memset(change.new_key.b, 0x0c, sizeof(change.new_key.b));
	memset(proof.b, 0x5a, sizeof(proof.b));
	change.old = &old;
	change.proof = &proof;
	is_golden("recovered", 24, MORNING,
		entry_recovered(arena, &january3,
			&(struct recovered){.had = 11, .size = 24, .root = named("root"), .timeline = 2}));
	is_golden("key", 25, MORNING, entry_key_changed(arena, &january4, &change));
	is_golden("close", 26, MORNING,
		entry_close(arena, &january5,
			&(struct period_closed){.period = {2024, 4},
				.agency = "phan-thiet",
				.size = 26,
				.root = named("root"),
				.accounts = 15,
				.trial_balance = named("tb"),
				.debits = vnd(7000000),
				.credits = vnd(7000000),
				.n_legs = 2,
				.legs = legs}));
}

int main(void)
{
	arena = arena_new();
	obligations();
	payouts();
	claims();
	statements();
	corrections();
	log_itself();
	arena_free(arena);
	return done_testing();
}
