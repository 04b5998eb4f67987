/* tabulate.c: the decision core as Promela. Prints, for payout.pml, the states, the legal moves, what each event does in each state and
 * when the same id may be sent again: all asked of step.c itself, so the model cannot say anything else than the code.
 *
 * Linked with ledger/payout/step.c alone. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/result.h"
#include "ledger/payout/step.h"

void bug(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	abort();
}

static const struct profile honest = {.deduplicates = true, .dedupe_days = 1, .honours_valid_until = true};
static const struct profile deaf = {.deduplicates = true, .dedupe_days = 1};

static const struct event {
	const char *name;
	enum payout_event event;
	const struct profile *profile;
} events[] = {
	{"NOTHING", EVENT_SAID_NOTHING, &honest},
	{"ACCEPTED", EVENT_SAID_ACCEPTED, &honest},
	{"CREDITED", EVENT_SAID_CREDITED, &honest},
	{"REJECTED", EVENT_SAID_REJECTED, &honest},
	{"NOT_FOUND", EVENT_SAID_NOT_FOUND, &honest},
	{"DEBITED", EVENT_DEBITED, &honest},
	{"RETURNED", EVENT_RETURNED, &honest},
	{"ABSENT", EVENT_ABSENT, &honest},
	{"SILENT", EVENT_ABSENT, &deaf}, /* the same at a bank that does not honour valid-until */
	{"TAKEN_OVER", EVENT_TAKEN_OVER, &honest},
	{"NOT_SENT", EVENT_NOT_SENT, &honest},
};

static const char *upper(enum payout_state s)
{
	static char text[2][32];
	static int turn;
	char *at = text[turn ^= 1];
	const char *name = payout_state_name(s);
	size_t n = strlen(name);
	for (size_t i = 0; i <= n; i++)
		at[i] = (char)toupper((unsigned char)name[i]);
	return at;
}

/* The states for which a question is answered with yes, as one condition. */
static void condition(const char *name, bool (*yes)(enum payout_state s))
{
	printf("#define %s(s) (0", name);
	for (int s = 1; s <= PAYOUT_STATES; s++)
		if (yes((enum payout_state)s))
			printf(" || (s) == %s", upper((enum payout_state)s));
	puts(")");
}

static void moves(void)
{
	printf("#define LEGAL(f, t) (0");
	for (int f = 1; f <= PAYOUT_STATES; f++)
		for (int t = 1; t <= PAYOUT_STATES; t++)
			if (payout_move_legal((enum payout_state)f, (enum payout_state)t))
				printf(" || ((f) == %s && (t) == %s)", upper((enum payout_state)f),
					upper((enum payout_state)t));
	puts(")");
}

/* A break of these kinds keeps nobody from being paid again (payout.in_question); each other one does, until two officers resolve it. */
static bool only_told(enum payout_break b)
{
	return b == BREAK_LOST_LINE || b == BREAK_OVERDUE;
}

static void event_moves(const struct event *e)
{
	printf("#define TO_%s(s) (", e->name);
	int n = 0;
	for (int s = 1; s <= PAYOUT_STATES; s++) {
		struct decision d = payout_step((enum payout_state)s, e->event, e->profile);
		if (d.to == (enum payout_state)s)
			continue;
		printf("(s) == %s -> %s : (", upper((enum payout_state)s), upper(d.to));
		n++;
	}
	printf("(s)");
	while (n-- > 0)
		printf(")");
	puts(")");
}

static void event_breaks(const struct event *e, bool told)
{
	printf("#define %s_%s(s) (0", told ? "TELLS" : "QUESTIONS", e->name);
	for (int s = 1; s <= PAYOUT_STATES; s++) {
		enum payout_break b = payout_step((enum payout_state)s, e->event, e->profile).opens;
		if (b != BREAK_NONE && only_told(b) == told)
			printf(" || (s) == %s", upper((enum payout_state)s));
	}
	puts(")");
}

/* `last` was learnt in state s: the same id again? within: the bank still knows its ids; valid: valid-until is to come. */
static void again(const char *name, enum payout_event last)
{
	printf("#define AGAIN_AFTER_%s(s, deduplicates, within, valid) (0", name);
	for (int s = 1; s <= PAYOUT_STATES; s++)
		for (int k = 0; k < 8; k++) {
			struct profile p = {.deduplicates = k & 1, .dedupe_days = 1};
			if (payout_may_send_again((enum payout_state)s, last, &p, k & 2 ? 0 : 1, !(k & 4)))
				printf(" || ((s) == %s && (deduplicates) == %d && (within) == %d && (valid) == %d)",
					upper((enum payout_state)s), k & 1, k >> 1 & 1, k >> 2);
		}
	puts(")");
}

int main(void)
{
	puts("/* Made by tests/model/tabulate.c from ledger/payout/step.c. */");
	puts("#define NONE 0");
	for (int s = 1; s <= PAYOUT_STATES; s++)
		printf("#define %s %d\n", upper((enum payout_state)s), s);
	condition("ENDED", payout_state_ended);
	condition("IN_FLIGHT", payout_state_in_flight);
	condition("PROVEN_UNPAID", payout_proven_unpaid);
	moves();
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		event_moves(&events[i]);
		event_breaks(&events[i], false);
		event_breaks(&events[i], true);
	}
	again("NOT_FOUND", EVENT_SAID_NOT_FOUND);
	return 0;
}
