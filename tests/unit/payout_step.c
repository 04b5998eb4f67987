/* The decision core: what evidence proves, in every state. Expectations are written from the design's list of moves,
 * not from the table under test. */
#include "ledger/payout/step.h"

#include <string.h>

#include "tests/lib/tap.h"

static const struct profile good = {.deduplicates = true,
	.dedupe_days = 7,
	.honours_valid_until = true,
	.posting_lag_days = 1,
	.items_per_message = 500};
static const struct profile no_dedup = {
	.honours_valid_until = true, .posting_lag_days = 1, .items_per_message = 500};
static const struct profile no_valid = {
	.deduplicates = true, .dedupe_days = 7, .posting_lag_days = 1, .items_per_message = 500};

static enum payout_state to(enum payout_state from, enum payout_event e)
{
	return payout_step(from, e, &good).to;
}

/* "sent, accepted, unknown → any of accepted, unknown, credited, rejected, settled, not_paid, never back in rank except
 * accepted → unknown; ready → sent, held, cancelled; held → ready, cancelled; credited → settled, not_paid; settled →
 * returned; and by two officers' word on a late debit: rejected, not_paid, cancelled → settled" */
static const char *const legal[] = {"ready sent", "ready held", "ready cancelled", "held ready",
	"held cancelled", "sent accepted", "sent unknown", "sent credited", "sent rejected", "sent settled",
	"sent not_paid", "accepted unknown", "accepted credited", "accepted rejected", "accepted settled",
	"accepted not_paid", "unknown accepted", "unknown credited", "unknown rejected", "unknown settled",
	"unknown not_paid", "credited settled", "credited not_paid", "settled returned", "rejected settled",
	"not_paid settled", "cancelled settled"};

static bool is_listed(enum payout_state from, enum payout_state dest)
{
	for (size_t i = 0; i < sizeof legal / sizeof *legal; i++) {
		size_t n = strlen(payout_state_name(from));
		if (strncmp(legal[i], payout_state_name(from), n) == 0 && legal[i][n] == ' ' &&
			strcmp(legal[i] + n + 1, payout_state_name(dest)) == 0)
			return true;
	}
	return false;
}

static void moves_are_the_designs(void)
{
	int wrong = 0;
	for (int f = 1; f <= PAYOUT_STATES; f++)
		for (int t = 1; t <= PAYOUT_STATES; t++)
			wrong += payout_move_legal((enum payout_state)f, (enum payout_state)t) !=
				 is_listed((enum payout_state)f, (enum payout_state)t);
	is_i64(wrong, 0, "the legal moves are exactly the design's");
}

static void every_cell_is_decided(void)
{
	int n = 0;
	for (int f = 1; f <= PAYOUT_STATES; f++)
		for (int e = 0; e < PAYOUT_EVENTS; e++) {
			struct decision d = payout_step((enum payout_state)f, (enum payout_event)e, &good);
			n += payout_state_valid((int64_t)d.to);
		}
	is_i64(n, PAYOUT_STATES * PAYOUT_EVENTS,
		"every event is decided in every state, and only along legal moves");
}

static void unclear_is_not_failed(void)
{
	static const enum payout_event nothing[] = {EVENT_SAID_NOTHING, EVENT_SAID_MISFIT, EVENT_SAID_PENDING,
		EVENT_SAID_NOT_FOUND, EVENT_TAKEN_OVER};
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		is_str(payout_state_name(to(PAYOUT_SENT, nothing[i])), "unknown",
			"event %d makes a sent payout unknown, never failed", (int)nothing[i]);
		is_str(payout_state_name(to(PAYOUT_UNKNOWN, nothing[i])), "unknown",
			"event %d leaves an unknown payout unknown", (int)nothing[i]);
	}
}

static void not_found_is_no_evidence(void)
{
	int opened = 0;
	for (int s = 1; s <= PAYOUT_STATES; s++)
		opened += payout_step((enum payout_state)s, EVENT_SAID_NOT_FOUND, &good).opens != BREAK_NONE;
	is_i64(opened, 0,
		"\"not found\" contradicts nothing, in no state: a replica that lags says it of what was paid");
}

static void statement_is_the_truth(void)
{
	static const enum payout_event said[] = {EVENT_SAID_NOTHING, EVENT_SAID_MISFIT, EVENT_SAID_PENDING,
		EVENT_SAID_ACCEPTED, EVENT_SAID_CREDITED, EVENT_SAID_REJECTED, EVENT_SAID_NOT_FOUND};
	int settled = 0;
	for (int f = 1; f <= PAYOUT_STATES; f++)
		for (size_t i = 0; i < sizeof said / sizeof *said; i++)
			settled += f != PAYOUT_SETTLED && to((enum payout_state)f, said[i]) == PAYOUT_SETTLED;
	is_i64(settled, 0, "nothing that a bank says makes a payout settled");
	static const enum payout_state open[] = {
		PAYOUT_SENT, PAYOUT_UNKNOWN, PAYOUT_ACCEPTED, PAYOUT_CREDITED};
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		is_str(payout_state_name(to(open[i], EVENT_DEBITED)), "settled",
			"a statement line settles a payout that is %s", payout_state_name(open[i]));
}

static void wrong_lines_move_nothing(void)
{
	int moved = 0;
	for (int f = 1; f <= PAYOUT_STATES; f++) {
		moved += (int)to((enum payout_state)f, EVENT_DEBITED_AMOUNT) != f;
		moved += (int)to((enum payout_state)f, EVENT_DEBITED_ACCOUNT) != f;
	}
	is_i64(moved, 0, "a debit with another amount or account moves nothing");
	is_str(payout_break_name(payout_step(PAYOUT_CREDITED, EVENT_DEBITED_AMOUNT, &good).opens),
		"amount_differs", "a debit of another amount is a break of that name");
	is_str(payout_break_name(payout_step(PAYOUT_READY, EVENT_DEBITED, &good).opens), "rogue_debit",
		"a debit for what was never sent is a rogue debit");
	is_str(payout_break_name(payout_step(PAYOUT_SETTLED, EVENT_DEBITED, &good).opens), "double_debit",
		"a second debit is a double debit");
	is_str(payout_break_name(payout_step(PAYOUT_CREDITED, EVENT_ABSENT, &good).opens), "lost_line",
		"credited by the bank's word and absent from its statement is a lost line");
}

static void ended_is_ended(void)
{
	for (int f = 1; f <= PAYOUT_STATES; f++) {
		enum payout_state s = (enum payout_state)f;
		if (!payout_state_ended(s) || s == PAYOUT_SETTLED)
			continue;
		int moved = 0;
		for (int e = 0; e < PAYOUT_EVENTS; e++)
			moved += to(s, (enum payout_event)e) != s;
		is_i64(moved, 0, "no evidence moves a payout that is %s", payout_state_name(s));
	}
	is_str(payout_break_name(payout_step(PAYOUT_REJECTED, EVENT_SAID_CREDITED, &good).opens),
		"contradiction", "credited after rejected is a contradiction for a person");
	is_str(payout_break_name(payout_step(PAYOUT_REJECTED, EVENT_SAID_ACCEPTED, &good).opens),
		"contradiction",
		"so is accepted: money may have left after all, and nobody can tell an old word from a new one");
}

static void absence_needs_the_profile(void)
{
	is_str(payout_state_name(payout_step(PAYOUT_UNKNOWN, EVENT_ABSENT, &good).to), "not_paid",
		"absence proves non-payment where the bank honours valid-until");
	is_str(payout_state_name(payout_step(PAYOUT_UNKNOWN, EVENT_ABSENT, &no_valid).to), "unknown",
		"absence proves nothing where it does not");
	is_str(payout_break_name(payout_step(PAYOUT_UNKNOWN, EVENT_ABSENT, &no_valid).opens), "overdue",
		"and is then a break with an age");
}

static void sending_again(void)
{
	ok(payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND, &good, 0, false),
		"the same id may go again to a bank that deduplicates and does not know it");
	ok(!payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND, &no_dedup, 0, false),
		"never to a bank that does not deduplicate");
	ok(!payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND, &good, 7, false),
		"nor after its deduplication has ended");
	ok(!payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOT_FOUND, &good, 0, true),
		"nor past valid-until");
	ok(!payout_may_send_again(PAYOUT_UNKNOWN, EVENT_SAID_NOTHING, &good, 0, false),
		"silence alone repeats nothing");
	ok(payout_may_send_again(PAYOUT_SENT, EVENT_NOT_SENT, &no_dedup, 0, false),
		"what certainly never left may be sent, by whoever saw that");
	ok(!payout_may_send_again(PAYOUT_UNKNOWN, EVENT_NOT_SENT, &no_dedup, 0, false),
		"but not once it is unknown");
}

int main(void)
{
	moves_are_the_designs();
	every_cell_is_decided();
	unclear_is_not_failed();
	not_found_is_no_evidence();
	statement_is_the_truth();
	wrong_lines_move_nothing();
	ended_is_ended();
	absence_needs_the_profile();
	sending_again();
	return done_testing();
}
