/* The decision core: what evidence proves, in every state. Expectations are written from the design's list of moves,
 * not from the table under test. */
#include "ledger/payout/step.h"

#include <stdio.h>
#include <string.h>

#include "ledger/base/result.h"
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

/* What each event does in each state, as law 1 and the moves of the design say it; one letter for a state, in the order of
 * their codes: ready held sent unknown accepted credited settled rejected not_paid returned cancelled.
 *
 *	.  nothing      A C S R N T  it is accepted, credited, settled, rejected, not paid, returned
 *	?  is asked     U            it is unknown, and is asked
 *	c  contradiction   r  rogue debit   d  double debit   m  another amount   a  another account
 *	b  return unknown  l  lost line     o  overdue        !  unknown, asked, a contradiction   %  the same, and stays */
static const struct {
	enum payout_event event;
	const char *cells;
	const char *cells_no_valid; /* where the bank does not honour valid-until; NULL: the same */
} grid[] = {
	{EVENT_SAID_NOTHING, "..U??......", NULL},
	{EVENT_SAID_MISFIT, "cc!%ccccccc", NULL},
	{EVENT_SAID_PENDING, "ccU??...c.c", NULL},
	{EVENT_SAID_ACCEPTED, "ccAA...cc.c", NULL},
	{EVENT_SAID_CREDITED, "ccCCC..cc.c", NULL},
	{EVENT_SAID_REJECTED, "ccRRRcc....", NULL},
	{EVENT_SAID_NOT_FOUND, "..U?U......", NULL},
	{EVENT_DEBITED, "rrSSSSdccdr", NULL},
	{EVENT_DEBITED_AMOUNT, "rrmmmmdccdr", NULL},
	{EVENT_DEBITED_ACCOUNT, "rraaaadccdr", NULL},
	{EVENT_RETURNED, "bbbbbbTbbbb", NULL},
	{EVENT_ABSENT, "..NNNl.....", "..oool....."},
	{EVENT_TAKEN_OVER, "..U??......", NULL},
	{EVENT_NOT_SENT, "...??......", NULL},
};

static char letter(enum payout_state from, const struct decision *d)
{
	static const char moved[] = "...UACSRNT.";
	static const char opened[] = {[BREAK_AMOUNT_DIFFERS] = 'm',
		[BREAK_ACCOUNT_DIFFERS] = 'a',
		[BREAK_ROGUE_DEBIT] = 'r',
		[BREAK_DOUBLE_DEBIT] = 'd',
		[BREAK_CONTRADICTION] = 'c',
		[BREAK_RETURN_UNKNOWN] = 'b',
		[BREAK_LOST_LINE] = 'l',
		[BREAK_OVERDUE] = 'o'};
	if (d->opens == BREAK_CONTRADICTION && d->ask)
		return d->to == from ? '%' : '!';
	if (d->opens)
		return d->ask || d->to != from ? '*' : opened[d->opens];
	if (d->to == from)
		return d->ask ? '?' : '.';
	return d->ask == (d->to == PAYOUT_UNKNOWN) ? moved[d->to - 1] : '*';
}

static void every_cell_is_decided(void)
{
	static const struct {
		const struct profile *profile;
		const char *what;
	} banks[] = {{&good, "that keeps its promises"}, {&no_dedup, "that does not deduplicate"},
		{&no_valid, "that does not honour valid-until"}};
	is_i64(COUNT_OF(grid), PAYOUT_EVENTS, "the grid has every event");
	for (size_t b = 0; b < COUNT_OF(banks); b++)
		for (size_t e = 0; e < COUNT_OF(grid); e++) {
			char got[PAYOUT_STATES + 1] = "";
			const char *want = banks[b].profile == &no_valid && grid[e].cells_no_valid
						   ? grid[e].cells_no_valid
						   : grid[e].cells;
			for (int f = 1; f <= PAYOUT_STATES; f++) {
				enum payout_state from = (enum payout_state)f;
				struct decision d = payout_step(from, grid[e].event, banks[b].profile);
				got[f - 1] = letter(from, &d);
			}
			is_str(got, want, "event %d in each state, at a bank %s", (int)grid[e].event,
				banks[b].what);
		}
}

/* ---- the definition ---------------------------------------------------------------------------------------------------- */

/* The file's lines after the heading, each as its cells. */
static FILE *definition(const char *name, char *line, size_t room)
{
	char path[128];
	snprintf(path, sizeof path, "sql/reference/%s.csv", name);
	FILE *in = fopen(path, "re");
	bug_if(!in || !fgets(line, (int)room, in));
	return in;
}

static void states_are_the_files(void)
{
	char line[256], name[32], ended[8], in_flight[8], unpaid[8];
	int code, rank, n = 0, wrong = 0;
	FILE *in = definition("payout_state", line, sizeof line);
	while (fgets(line, sizeof line, in)) {
		enum payout_state s = PAYOUT_READY;
		bug_if(sscanf(line, "%d,%31[^,],%d,%7[^,],%7[^,],%7[a-z]", &code, name, &rank, ended,
			       in_flight, unpaid) != 6);
		n++;
		wrong += !payout_state_parse(name, &s) || (int)s != code ||
			 strcmp(payout_state_name(s), name) != 0 ||
			 payout_state_ended(s) != (strcmp(ended, "true") == 0) ||
			 payout_state_in_flight(s) != (strcmp(in_flight, "true") == 0) ||
			 payout_proven_unpaid(s) != (strcmp(unpaid, "true") == 0);
	}
	fclose(in);
	ok(n == PAYOUT_STATES && wrong == 0, "each of %d states is what its row says", n);
	enum payout_state s;
	ok(!payout_state_parse("lost", &s) && !payout_state_parse("", &s), "another word is no state");
	ok(!payout_state_valid(0) && !payout_state_valid(PAYOUT_STATES + 1) && !payout_state_valid(-1) &&
			!payout_state_valid(INT64_MAX) && payout_state_valid(1) &&
			payout_state_valid(PAYOUT_STATES),
		"a number that the file does not have is no state");
}

static void moves_are_the_files(void)
{
	char line[256];
	int from, to_state, n = 0, legal_moves = 0, wrong = 0;
	FILE *in = definition("payout_legal_move", line, sizeof line);
	while (fgets(line, sizeof line, in)) {
		bug_if(sscanf(line, "%d,%d", &from, &to_state) != 2);
		n++;
		wrong += !payout_move_legal((enum payout_state)from, (enum payout_state)to_state);
	}
	fclose(in);
	for (int f = 0; f <= PAYOUT_STATES + 1; f++)
		for (int t = 0; t <= PAYOUT_STATES + 1; t++)
			legal_moves += payout_move_legal((enum payout_state)f, (enum payout_state)t);
	ok(wrong == 0 && legal_moves == n, "the legal moves are the file's %d, and none from or to nothing",
		n);
}

static void breaks_have_names(void)
{
	static const char *const names[] = {"", "amount_differs", "account_differs", "rogue_debit",
		"double_debit", "contradiction", "return_unknown", "lost_line", "overdue"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		is_str(payout_break_name((enum payout_break)i), names[i], "break %zu", i);
}

/* ---- */

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

/* Every state, last word, promise and time: the two ways of law 1 and no other. */
static void sending_again_has_two_ways(void)
{
	int wrong = 0;
	for (int s = 1; s <= PAYOUT_STATES; s++)
		for (int e = 0; e < PAYOUT_EVENTS; e++)
			for (int k = 0; k < 8; k++) {
				const bool remembers = k & 1, late = k & 2, past = k & 4;
				const struct profile *p = remembers ? &good : &no_dedup;
				bool never_left = s == PAYOUT_SENT && e == EVENT_NOT_SENT;
				bool forgotten = s == PAYOUT_UNKNOWN && e == EVENT_SAID_NOT_FOUND &&
						 remembers && !late;
				wrong += payout_may_send_again((enum payout_state)s, (enum payout_event)e, p,
						 late ? 7 : 6, past) != (!past && (never_left || forgotten));
			}
	is_i64(wrong, 0, "nothing else is sent again, whatever was learnt in whatever state");
}

int main(void)
{
	moves_are_the_designs();
	every_cell_is_decided();
	states_are_the_files();
	moves_are_the_files();
	breaks_have_names();
	unclear_is_not_failed();
	not_found_is_no_evidence();
	statement_is_the_truth();
	wrong_lines_move_nothing();
	ended_is_ended();
	absence_needs_the_profile();
	sending_again();
	sending_again_has_two_ways();
	return done_testing();
}
