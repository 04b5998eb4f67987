#include "ledger/payout/step.h"

#include <string.h>

#include "ledger/base/result.h"

struct state_facts {
	const char *name;
	bool ended;
	bool in_flight;
	bool proven_unpaid;
};

static const struct state_facts states[PAYOUT_STATES + 1] = {
#define STATE(code, text, is_ended, is_in_flight, is_unpaid) \
	[code] = {.name = text, .ended = is_ended, .in_flight = is_in_flight, .proven_unpaid = is_unpaid},
	PAYOUT_STATE_LIST(STATE)
#undef STATE
};

static const bool legal[PAYOUT_STATES + 1][PAYOUT_STATES + 1] = {
#define MOVE(from, to) [from][to] = true,
	PAYOUT_MOVE_LIST(MOVE)
#undef MOVE
};

static const struct state_facts *facts(enum payout_state s)
{
	bug_if(!payout_state_valid((int64_t)s));
	return &states[s];
}

bool payout_state_valid(int64_t code)
{
	return code >= 1 && code <= PAYOUT_STATES;
}

const char *payout_state_name(enum payout_state s)
{
	return facts(s)->name;
}

bool payout_state_parse(const char *name, enum payout_state *out)
{
	for (int i = 1; i <= PAYOUT_STATES; i++) {
		if (strcmp(states[i].name, name) == 0) {
			*out = (enum payout_state)i;
			return true;
		}
	}
	return false;
}

bool payout_state_ended(enum payout_state s)
{
	return facts(s)->ended;
}

bool payout_state_in_flight(enum payout_state s)
{
	return facts(s)->in_flight;
}

bool payout_proven_unpaid(enum payout_state s)
{
	return facts(s)->proven_unpaid;
}

bool payout_move_legal(enum payout_state from, enum payout_state to)
{
	return payout_state_valid((int64_t)from) && payout_state_valid((int64_t)to) && legal[from][to];
}

const char *payout_break_name(enum payout_break b)
{
	switch (b) {
	case BREAK_NONE: return "";
	case BREAK_AMOUNT_DIFFERS: return "amount_differs";
	case BREAK_ACCOUNT_DIFFERS: return "account_differs";
	case BREAK_ROGUE_DEBIT: return "rogue_debit";
	case BREAK_DOUBLE_DEBIT: return "double_debit";
	case BREAK_CONTRADICTION: return "contradiction";
	case BREAK_RETURN_UNKNOWN: return "return_unknown";
	case BREAK_LOST_LINE: return "lost_line";
	case BREAK_OVERDUE: return "overdue";
	}
	bug("there is no break %d", (int)b);
}

/* One cell: what an event proves in a state. A zero `to` is "stays". The table is complete: an event that means nothing
 * in a state stands there as STAYS, so that a missing cell cannot hide among them. */
struct cell {
	bool known;
	enum payout_state to;
	enum payout_break opens;
	bool ask;
};

#define STAYS                 \
	{                     \
		.known = true \
	}
#define ASKS                               \
	{                                  \
		.known = true, .ask = true \
	}
#define GOES(state)                                 \
	{                                           \
		.known = true, .to = PAYOUT_##state \
	}
#define DOUBT                                                    \
	{                                                        \
		.known = true, .to = PAYOUT_UNKNOWN, .ask = true \
	}
#define OPENS(kind)                                  \
	{                                            \
		.known = true, .opens = BREAK_##kind \
	}
#define IN(state) [PAYOUT_##state]

static const struct cell table[PAYOUT_EVENTS][PAYOUT_STATES + 1] = {
	[EVENT_SAID_NOTHING] = {IN(READY) = STAYS, IN(HELD) = STAYS, IN(SENT) = DOUBT, IN(UNKNOWN) = ASKS,
		IN(ACCEPTED) = ASKS, IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = STAYS,
		IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS, IN(CANCELLED) = STAYS},

	/* The bank talks about another payment under our id: never believed, always seen by a person. */
	[EVENT_SAID_MISFIT] = {IN(READY) = OPENS(CONTRADICTION), IN(HELD) = OPENS(CONTRADICTION),
		IN(SENT) = {.known = true, .to = PAYOUT_UNKNOWN, .opens = BREAK_CONTRADICTION, .ask = true},
		IN(UNKNOWN) = {.known = true, .opens = BREAK_CONTRADICTION, .ask = true},
		IN(ACCEPTED) = OPENS(CONTRADICTION), IN(CREDITED) = OPENS(CONTRADICTION),
		IN(SETTLED) = OPENS(CONTRADICTION), IN(REJECTED) = OPENS(CONTRADICTION),
		IN(NOT_PAID) = OPENS(CONTRADICTION), IN(RETURNED) = OPENS(CONTRADICTION),
		IN(CANCELLED) = OPENS(CONTRADICTION)},

	/* Received but undecided says nothing about what will be: as long as it lasts we do not know. */
	[EVENT_SAID_PENDING] = {IN(READY) = OPENS(CONTRADICTION), IN(HELD) = OPENS(CONTRADICTION),
		IN(SENT) = DOUBT, IN(UNKNOWN) = ASKS, IN(ACCEPTED) = ASKS, IN(CREDITED) = STAYS,
		IN(SETTLED) = STAYS, IN(REJECTED) = STAYS, IN(NOT_PAID) = OPENS(CONTRADICTION),
		IN(RETURNED) = STAYS, IN(CANCELLED) = OPENS(CONTRADICTION)},

	[EVENT_SAID_ACCEPTED] = {IN(READY) = OPENS(CONTRADICTION), IN(HELD) = OPENS(CONTRADICTION),
		IN(SENT) = GOES(ACCEPTED), IN(UNKNOWN) = GOES(ACCEPTED), IN(ACCEPTED) = STAYS,
		IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = OPENS(CONTRADICTION),
		IN(NOT_PAID) = OPENS(CONTRADICTION), IN(RETURNED) = STAYS,
		IN(CANCELLED) = OPENS(CONTRADICTION)},

	[EVENT_SAID_CREDITED] = {IN(READY) = OPENS(CONTRADICTION), IN(HELD) = OPENS(CONTRADICTION),
		IN(SENT) = GOES(CREDITED), IN(UNKNOWN) = GOES(CREDITED), IN(ACCEPTED) = GOES(CREDITED),
		IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = OPENS(CONTRADICTION),
		IN(NOT_PAID) = OPENS(CONTRADICTION), IN(RETURNED) = STAYS,
		IN(CANCELLED) = OPENS(CONTRADICTION)},

	/* After "credited", a refusal is a contradiction: the statement decides. */
	[EVENT_SAID_REJECTED] = {IN(READY) = OPENS(CONTRADICTION), IN(HELD) = OPENS(CONTRADICTION),
		IN(SENT) = GOES(REJECTED), IN(UNKNOWN) = GOES(REJECTED), IN(ACCEPTED) = GOES(REJECTED),
		IN(CREDITED) = OPENS(CONTRADICTION), IN(SETTLED) = OPENS(CONTRADICTION), IN(REJECTED) = STAYS,
		IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS, IN(CANCELLED) = STAYS},

	/* "Not found" is not evidence: the request may still be under way, or the replica that was asked may lag. */
	[EVENT_SAID_NOT_FOUND] = {IN(READY) = STAYS, IN(HELD) = STAYS, IN(SENT) = DOUBT, IN(UNKNOWN) = ASKS,
		IN(ACCEPTED) = DOUBT, IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = STAYS,
		IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS, IN(CANCELLED) = STAYS},

	[EVENT_DEBITED] = {IN(READY) = OPENS(ROGUE_DEBIT), IN(HELD) = OPENS(ROGUE_DEBIT),
		IN(SENT) = GOES(SETTLED), IN(UNKNOWN) = GOES(SETTLED), IN(ACCEPTED) = GOES(SETTLED),
		IN(CREDITED) = GOES(SETTLED), IN(SETTLED) = OPENS(DOUBLE_DEBIT),
		IN(REJECTED) = OPENS(CONTRADICTION), IN(NOT_PAID) = OPENS(CONTRADICTION),
		IN(RETURNED) = OPENS(DOUBLE_DEBIT), IN(CANCELLED) = OPENS(ROGUE_DEBIT)},

	[EVENT_DEBITED_AMOUNT] = {IN(READY) = OPENS(ROGUE_DEBIT), IN(HELD) = OPENS(ROGUE_DEBIT),
		IN(SENT) = OPENS(AMOUNT_DIFFERS), IN(UNKNOWN) = OPENS(AMOUNT_DIFFERS),
		IN(ACCEPTED) = OPENS(AMOUNT_DIFFERS), IN(CREDITED) = OPENS(AMOUNT_DIFFERS),
		IN(SETTLED) = OPENS(DOUBLE_DEBIT), IN(REJECTED) = OPENS(CONTRADICTION),
		IN(NOT_PAID) = OPENS(CONTRADICTION), IN(RETURNED) = OPENS(DOUBLE_DEBIT),
		IN(CANCELLED) = OPENS(ROGUE_DEBIT)},

	[EVENT_DEBITED_ACCOUNT] = {IN(READY) = OPENS(ROGUE_DEBIT), IN(HELD) = OPENS(ROGUE_DEBIT),
		IN(SENT) = OPENS(ACCOUNT_DIFFERS), IN(UNKNOWN) = OPENS(ACCOUNT_DIFFERS),
		IN(ACCEPTED) = OPENS(ACCOUNT_DIFFERS), IN(CREDITED) = OPENS(ACCOUNT_DIFFERS),
		IN(SETTLED) = OPENS(DOUBLE_DEBIT), IN(REJECTED) = OPENS(CONTRADICTION),
		IN(NOT_PAID) = OPENS(CONTRADICTION), IN(RETURNED) = OPENS(DOUBLE_DEBIT),
		IN(CANCELLED) = OPENS(ROGUE_DEBIT)},

	[EVENT_RETURNED] = {IN(READY) = OPENS(RETURN_UNKNOWN), IN(HELD) = OPENS(RETURN_UNKNOWN),
		IN(SENT) = OPENS(RETURN_UNKNOWN), IN(UNKNOWN) = OPENS(RETURN_UNKNOWN),
		IN(ACCEPTED) = OPENS(RETURN_UNKNOWN), IN(CREDITED) = OPENS(RETURN_UNKNOWN),
		IN(SETTLED) = GOES(RETURNED), IN(REJECTED) = OPENS(RETURN_UNKNOWN),
		IN(NOT_PAID) = OPENS(RETURN_UNKNOWN), IN(RETURNED) = OPENS(RETURN_UNKNOWN),
		IN(CANCELLED) = OPENS(RETURN_UNKNOWN)},

	/* Holds only where the bank honours valid-until; payout_step() sees to that. */
	[EVENT_ABSENT] = {IN(READY) = STAYS, IN(HELD) = STAYS, IN(SENT) = GOES(NOT_PAID),
		IN(UNKNOWN) = GOES(NOT_PAID), IN(ACCEPTED) = GOES(NOT_PAID), IN(CREDITED) = OPENS(LOST_LINE),
		IN(SETTLED) = STAYS, IN(REJECTED) = STAYS, IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS,
		IN(CANCELLED) = STAYS},

	[EVENT_TAKEN_OVER] = {IN(READY) = STAYS, IN(HELD) = STAYS, IN(SENT) = DOUBT, IN(UNKNOWN) = ASKS,
		IN(ACCEPTED) = ASKS, IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = STAYS,
		IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS, IN(CANCELLED) = STAYS},

	[EVENT_NOT_SENT] = {IN(READY) = STAYS, IN(HELD) = STAYS, IN(SENT) = STAYS, IN(UNKNOWN) = ASKS,
		IN(ACCEPTED) = ASKS, IN(CREDITED) = STAYS, IN(SETTLED) = STAYS, IN(REJECTED) = STAYS,
		IN(NOT_PAID) = STAYS, IN(RETURNED) = STAYS, IN(CANCELLED) = STAYS},
};

struct decision payout_step(enum payout_state from, enum payout_event event, const struct profile *profile)
{
	bug_if(!payout_state_valid((int64_t)from));
	bug_if((unsigned)event >= PAYOUT_EVENTS);
	const struct cell *c = &table[event][from];
	bug_if(!c->known);

	struct decision d = {.to = c->to ? c->to : from, .opens = c->opens, .ask = c->ask};
	if (event == EVENT_ABSENT && c->to == PAYOUT_NOT_PAID && !profile->honours_valid_until)
		d = (struct decision){.to = from, .opens = BREAK_OVERDUE};
	bug_if(d.to != from && !payout_move_legal(from, d.to));
	return d;
}

bool payout_may_send_again(enum payout_state state, enum payout_event last, const struct profile *profile,
	int since_first_sent_days, bool past_valid_until)
{
	if (past_valid_until)
		return false;
	if (last == EVENT_NOT_SENT)
		return state == PAYOUT_SENT; /* no second sending: the first one never left */
	return state == PAYOUT_UNKNOWN && last == EVENT_SAID_NOT_FOUND && profile->deduplicates &&
	       since_first_sent_days < profile->dedupe_days;
}
