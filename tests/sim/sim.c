/* sim.c: seeds, one after the other: who does the next thing, when time passes, what the whole run met.
 *
 *	sim [SEEDS=N] [SEED=FIRST] [VERBOSE=1] */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHAOS_STEPS = 2400, CALM_DAYS = 45, SURE_SEEDS = 10000 };

const char *const fault_names[FAULTS_N] = {
#define X(name, text) text,
	FAULTS(X)
#undef X
};
struct met met;
static uint64_t seed_now;

/* ---- chance ---------------------------------------------------------------------------------------------------------------------- */

void met_fault(struct world *w, enum fault f)
{
	met.faults[f]++;
	tell(w, NOBODY, "FAULT %s", fault_names[f]);
}

bool fault(struct world *w, enum fault f, uint32_t n)
{
	if (w->calm || !w->allowed[f] || !one_in(w, n))
		return false;
	met_fault(w, f);
	return true;
}

/* ---- history ---------------------------------------------------------------------------------------------------------------------- */

int32_t today(const struct world *w)
{
	return day_of_instant_vn(w->now).n;
}

int64_t amount_of(int payout)
{
	return 100000 + 1000 * (payout / ISSUES);
}

const char *e2e(int payout)
{
	static char ids[PAYOUTS][E2E_ID_SIZE];
	if (!ids[0][0])
		for (int i = 0; i < PAYOUTS; i++)
			snprintf(ids[i], sizeof ids[i], "%07uSXMP%08u", (unsigned)(i * 7919 + 13) % 10000000u,
				(unsigned)i % 100000000u);
	return ids[payout];
}

static void PRINTF_LIKE(3, 0) tell_in(const struct world *w, int payout, const char *fmt, va_list args)
{
	if (!w->verbose || (w->story != NOBODY && payout != NOBODY && payout / ISSUES != w->story))
		return;
	char at[INSTANT_TEXT_SIZE];
	instant_format(w->now + 7 * HOUR, at);
	printf("# %.23s ", at);
	if (payout != NOBODY)
		printf("claim %d payout %d: ", payout / ISSUES, payout % ISSUES + 1);
	vprintf(fmt, args);
	putchar('\n');
}

void tell(struct world *w, int payout, const char *fmt, ...)
{
	if (!w->verbose)
		return;
	va_list args;
	va_start(args, fmt);
	tell_in(w, payout, fmt, args);
	va_end(args);
}

void broken(struct world *w, int payout, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(w->why, sizeof w->why, fmt, args);
	va_end(args);
	w->failed_payout = payout;
	longjmp(w->end, 1);
}

/* ---- one seed ---------------------------------------------------------------------------------------------------------------------- */

static void set_up(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	w->seed = w->random = seed;
	w->random = draw(w);
	w->story = NOBODY;
	w->now = instant_of_day_vn((struct day){.n = 19816}) + 8 * HOUR;
	w->first_day = today(w);
	w->banks = 1 + (int)below(w, BANKS);
	w->tellers = 1 + (int)below(w, TELLERS);
	w->claims = 1 + (int)below(w, CLAIMS);
	w->pin = (int)below(w, (uint32_t)w->tellers);
	bool honest = below(w, 4) > 0;
	for (int f = 0; f < FAULTS_N; f++)
		w->allowed[f] = one_in(w, 2) && !(honest && f >= F_TWICE && f <= F_SAYS_CREDITED);
	w->allowed[F_RETURNED_TWICE] &= !honest;
	w->allowed[F_LATE_EXECUTION] = true;
	for (int b = 0; b < w->banks; b++) {
		struct bank *k = &w->bank[b];
		k->profile = (struct profile){.deduplicates = one_in(w, 2),
			.dedupe_days = 1 + (int)below(w, one_in(w, 2) ? 1 : 3),
			.honours_valid_until = !one_in(w, 4),
			.posting_lag_days = (int)below(w, 2),
			.items_per_message = 1 + (int)below(w, 3)};
		w->our_days[b] = k->profile.deduplicates ? 1 + (int)below(w, 4) : (int)below(w, 2);
		w->rows.next_day[b] = today(w);
	}
	for (int i = 0; i < PAYOUTS; i++)
		w->channel[i] = (uint8_t)below(w, (uint32_t)w->banks);
	w->history = 1;
	for (int t = 0; t < w->tellers; t++) {
		w->rows.history[t] = w->history;
		w->rows.looked[t] = w->now;
		teller_start(w, t);
	}
	for (int i = 0; i < PAYOUTS; i++)
		w->rows.payout[i].dispatch = NOBODY;
}

static void time_passes(struct world *w)
{
	uint32_t how = below(w, 100);
	w->now += how < 50   ? 100000 + (int64_t)below(w, 2000000)
		  : how < 75 ? SECOND * (5 + below(w, 40))
		  : how < 87 ? SECOND * (60 + below(w, 300))
		  : how < 94 ? HOUR * (1 + below(w, 6))
			     : HOUR * (12 + below(w, 20));
}

static bool step(struct world *w)
{
	uint32_t who = below(w, 100);
	if (who < 45)
		return teller_step(w, (int)below(w, (uint32_t)w->tellers));
	if (who < 66)
		return wire_step(w);
	if (who < 76)
		return bank_step(w, (int)below(w, (uint32_t)w->banks));
	if (who < 88)
		return scribe_step(w);
	if (who < 97)
		return officer_step(w);
	return disaster_step(w);
}

static void chaos(struct world *w)
{
	int steps = CHAOS_STEPS / 4 + (int)below(w, CHAOS_STEPS);
	for (int i = 0; i < steps; i++) {
		if (one_in(w, 14))
			time_passes(w);
		int tries = 4;
		while (tries-- > 0 && !step(w))
			;
		w->events += tries >= 0;
	}
}

static bool everybody(struct world *w)
{
	uint64_t before = w->events;
	w->events += disaster_step(w);
	for (int t = 0; t < w->tellers; t++)
		for (int i = 0; i < 4; i++)
			w->events += teller_step(w, t);
	for (int i = 0; i < 4; i++)
		w->events += wire_step(w);
	for (int b = 0; b < w->banks; b++)
		w->events += bank_step(w, b);
	for (int i = 0; i < 6; i++)
		w->events += scribe_step(w);
	for (int i = 0; i < 4; i++)
		w->events += officer_step(w);
	return w->events > before;
}

/* Faults are over: within so many days all must have come to rest. */
static void calm(struct world *w)
{
	w->calm = true;
	tell(w, NOBODY, "calm");
	for (int t = 0; t < w->tellers; t++)
		w->teller[t].frozen_until = w->teller[t].wall_skew = 0;
	int64_t end = w->now + CALM_DAYS * DAY;
	while (!oracle_at_rest(w)) {
		for (int i = 0; i < 40 && everybody(w); i++)
			;
		if (w->now > end)
			break;
		static const int64_t jumps[] = {SECOND, 31 * SECOND, 300 * SECOND, 2 * HOUR, 12 * HOUR};
		w->now += jumps[below(w, COUNT_OF(jumps))];
	}
	oracle_end(w);
}

static void clear(struct world *w)
{
	for (int t = 0; t < w->tellers; t++)
		journal_ids_free(w->teller[t].ids);
}

/* 0: fine; 1: a law is broken; 2: it has become too large for the rows here; 3: no dump is new enough to go on. */
static int run(struct world *w, uint64_t seed, bool verbose, int story)
{
	set_up(w, seed);
	w->verbose = verbose;
	w->story = story;
	int64_t began = w->now;
	int how = setjmp(w->end);
	if (how == 0) {
		chaos(w);
		calm(w);
	}
	clear(w);
	met.events += w->events;
	met.days += (uint64_t)((w->now - began) / DAY);
	met.cut += how == 2;
	met.halted += how == 3;
	met.seeds++;
	return how;
}

/* ---- the run -------------------------------------------------------------------------------------------------------------------------- */

/* bug() of the product's code aborts. */
static void died(int signal_number)
{
	char text[80];
	int n = snprintf(text, sizeof text, "SEED=%" PRIu64 " aborted\n", seed_now);
	if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0)
		_exit(2);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/* Only chitra recover can, of a payout that was not paid in a history that was lost: too seldom to be asked for. */
static bool is_seldom(int from, int to)
{
	return from == PAYOUT_CREDITED && to == PAYOUT_NOT_PAID;
}

static int report(bool sure)
{
	int missing = 0;
	printf("# faults that landed:\n");
	for (int f = 0; f < FAULTS_N; f++) {
		printf("#   %10" PRIu64 "  %s\n", met.faults[f], fault_names[f]);
		missing += met.faults[f] == 0;
	}
	printf("# moves:\n");
	for (int f = 1; f <= PAYOUT_STATES; f++)
		for (int t = 1; t <= PAYOUT_STATES; t++)
			if (payout_move_legal((enum payout_state)f, (enum payout_state)t)) {
				printf("#   %10" PRIu64 "  %s -> %s\n", met.moves[f][t],
					payout_state_name((enum payout_state)f),
					payout_state_name((enum payout_state)t));
				missing += met.moves[f][t] == 0 && !is_seldom(f, t);
			}
	printf("# breaks:\n");
	for (int b = 1; b <= BREAK_OVERDUE; b++) {
		printf("#   %10" PRIu64 "  %s\n", met.breaks[b], payout_break_name((enum payout_break)b));
		missing += met.breaks[b] == 0;
	}
	uint64_t cells = 0;
	for (int e = 0; e < PAYOUT_EVENTS; e++)
		for (int s = 1; s <= PAYOUT_STATES; s++)
			cells += met.cells[e][s] > 0;
	printf("# ends:");
	for (int s = 1; s <= PAYOUT_STATES; s++)
		printf(" %s %" PRIu64, payout_state_name((enum payout_state)s), met.ends[s]);
	printf("\n# sent again %" PRIu64 ", taken over %" PRIu64 ", held because the journal had it %" PRIu64
	       ", let go %" PRIu64 ", paid after all %" PRIu64 ", to be recovered %" PRIu64
	       ", contradictions resolved %" PRIu64 ", paid twice by the bank or the network %" PRIu64 "\n",
		met.again, met.takeovers, met.held_sent_before, met.let_go, met.paid_after_all, met.recovery,
		met.noted, met.excused);
	printf("# cells of step.c: %" PRIu64 " of %d; seeds that grew too large: %" PRIu64
	       ", that wait for a newer dump: %" PRIu64 "; losses that a journal noticed: %" PRIu64 "\n",
		cells, PAYOUT_EVENTS * PAYOUT_STATES, met.cut, met.halted, met.noticed);
	if (sure && missing)
		printf("# %d kinds of faults, moves or breaks were never met\n", missing);
	return sure ? missing : 0;
}

static uint64_t setting(int argc, char **argv, const char *name, uint64_t otherwise)
{
	size_t n = strlen(name);
	const char *value = getenv(name);
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
			value = argv[i] + n + 1;
	return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

/* Of the processor: others may be at work here. */
static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct world w;
	uint64_t first = setting(argc, argv, "SEED", 1), n = setting(argc, argv, "SEEDS", 1000), failed = 0;
	uint64_t most = setting(argc, argv, "FAILURES", 1);
	bool verbose = setting(argc, argv, "VERBOSE", 0);
	signal(SIGABRT, died);
	setvbuf(stdout, NULL, _IOLBF, 0); /* what failed is told at once */
	printf("# SEED=%" PRIu64 " SEEDS=%" PRIu64 "\n", first, n);
	double began = seconds();
	for (uint64_t i = 0; i < n && failed < most; i++) {
		seed_now = first + i;
		if (run(&w, seed_now, verbose, NOBODY) != 1)
			continue;
		failed++;
		int story = w.failed_payout == NOBODY ? NOBODY : w.failed_payout / ISSUES;
		printf("# SEED=%" PRIu64 ": %s\n", seed_now, w.why);
		if (!verbose && most == 1)
			(void)run(&w, seed_now, true, story);
		printf("# SEED=%" PRIu64 ": %s (payout %d of claim %d); again: make sim SEED=%" PRIu64
		       " SEEDS=1 VERBOSE=1\n",
			seed_now, w.why, w.failed_payout % ISSUES + 1, story, seed_now);
	}
	double took = seconds() - began;
	int missing = report(n >= SURE_SEEDS && !failed);
	printf("# %" PRIu64 " seeds, %" PRIu64 " events, %" PRIu64
	       " days, %.1f CPU seconds: %.0f seeds a second, %.0f events a second\n",
		met.seeds, met.events, met.days, took, (double)met.seeds / took, (double)met.events / took);
	printf("# SEED=%" PRIu64 "..%" PRIu64 "\n", first, seed_now);
	printf("%s - nobody is paid twice, nobody is lost, nothing is unexplained\n",
		failed || missing ? "not ok" : "ok");
	return failed || missing ? 1 : 0;
}
