/* teller_pause.c: pauses take effect within a second, also for what was claimed before.
 *
 * The rows of ops.pause are looked at five times a second, in a lane of their own, so that no work of the teller delays it, and for as long
 * as anything may leave: also while the process drains, when poll tasks have ended. A transfer leaves only on the word of a look that is
 * younger than FRESH_US: whatever happens
 * to the database or this process, none leaves later than that after a pause was committed. Nor does one while history is in doubt. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/db/db.h"
#include "ledger/payout/journal_store.h"

#define LOOK_MS  200
#define FRESH_US INT64_C(900000)

struct pauses {
	struct arena *arena; /* of the whole struct */
	const char **what;
	size_t n;
	int64_t looked_us; /* monotonic; before the look */
};

struct looking {
	struct job job;
	struct timer *timer;
	struct pauses *coming;
};

static struct pauses *pauses_new(void)
{
	struct arena *a = arena_new();
	struct pauses *p = arena_zalloc(a, sizeof *p);
	p->arena = a;
	p->looked_us = INT64_MIN / 2;
	return p;
}

static bool stands(const struct pauses *p, const char *kind, const char *name)
{
	size_t kind_n = strlen(kind);
	for (size_t i = 0; i < p->n; i++)
		if (strncmp(p->what[i], kind, kind_n) == 0 && strcmp(p->what[i] + kind_n, name) == 0)
			return true;
	return false;
}

bool pause_stops(const struct request *r)
{
	const struct pauses *p = r->bank->teller->pauses;
	return stands(p, "all", "") || stands(p, "bank:", r->bank->code) ||
	       stands(p, "programme:", r->parcel->programmes[r->first]);
}

bool pause_lets_leave(const struct request *r)
{
	struct why why;
	return monotonic_us() - r->bank->teller->pauses->looked_us < FRESH_US && !pause_stops(r) &&
	       !books_in_doubt(NULL, &why);
}

/* ---- looking -------------------------------------------------------------------------------------------------------- */

static enum result look(struct work *w, void *arg)
{
	struct pauses *p = pauses_new();
	((struct teller *)arg)->looking->coming = p;
	p->looked_us = monotonic_us();
	const char *doubt;
	struct rows r;
	enum result result = journal_doubt(w, &doubt);
	if (result == OK && doubt)
		books_doubt(doubt);
	if (result == OK)
		result = db_run(w, Q_PAUSES, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	p->n = rows_n(&r);
	p->what = arena_array(p->arena, p->n, const char *);
	for (size_t i = 0; i < p->n; i++)
		p->what[i] = arena_strdup(p->arena, row_text(&r, i, rows_col(&r, "what")));
	return OK;
}

static void tell(const char *event, const struct pauses *of, const struct pauses *beside)
{
	for (size_t i = 0; i < of->n; i++)
		if (!stands(beside, "", of->what[i]))
			log_event(LOG_NOTICE, event, K_STR("what", of->what[i]));
}

static void apply(struct teller *t, struct pauses *now)
{
	struct pauses *old = t->pauses;
	tell("paused", now, old);
	tell("resumed", old, now);
	t->pauses = now;
	arena_free(old->arena);
	for (size_t i = 0; i < t->banks_n; i++) {
		struct bank *b = &t->banks[i];
		for (size_t n = b->paused_transfers.n; n > 0; n--)
			bank_enqueue(b, requests_take(&b->paused_transfers));
		bank_pump(b);
	}
}

static void looked(struct job *job, enum result result)
{
	struct teller *t = job->arg;
	struct looking *l = t->looking;
	timer_set(l->timer, LOOK_MS);
	if (result == OK) {
		apply(t, l->coming);
	} else {
		log_event(LOG_WARN, "pauses_unknown", K_WHY(&job->why));
		if (l->coming)
			arena_free(l->coming->arena);
	}
	l->coming = NULL;
}

static void look_now(void *arg)
{
	struct teller *t = arg;
	bug_if(!lane_submit(
		duty_lane(t->duty, "pauses"), &t->looking->job)); /* nothing else is in that lane */
}

void pause_start(struct teller *t)
{
	t->pauses = pauses_new();
	t->looking = calloc(1, sizeof *t->looking);
	bug_if(!t->looking);
	t->looking->job = (struct job){.name = "pauses", .run = look, .done = looked, .arg = t};
	t->looking->timer = timer_new(t->duty->loop, look_now, t);
	timer_set(t->looking->timer, 0);
}

void pause_stop(struct teller *t)
{
	if (!t->looking)
		return;
	timer_free(t->looking->timer);
	if (t->looking->coming)
		arena_free(t->looking->coming->arena);
	free(t->looking);
	arena_free(t->pauses->arena);
}
