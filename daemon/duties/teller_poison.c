/* teller_poison.c: a line that kills or stops whoever reads, judges or encodes it is found, and held for two officers.
 *
 * What dies cannot say of what. So the first claim that a process makes of a bank, and each claim of a dispatch that was begun once and never
 * ended, is counted before, in a transaction of its own; all others cost nothing more. One that was begun before goes alone, and its lines
 * one by one, each counted before; one that was begun for the third time is held. Lane journal. */
#include "daemon/duties/teller_claim.h"

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/payout/tries_store.h"

#define LINE_BY_LINE 2 /* tries of a dispatch */
#define LINE_TRIES \
	2 /* and of a line: whoever is killed from outside may be at any line once, hardly twice at the same */

static enum result hold(struct claim *c, int64_t payout)
{
	struct work *w = c->w;
	bool ready = false;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = payout_lock_ready(w, payout, &ready);
	if (r == OK && ready)
		r = dispatch_hold(w, &(struct held){payout, "poison"}, 1);
	if (r == OK)
		r = attempt_end(w, "line", &payout, 1);
	if (r == OK)
		r = tx_commit(w);
	if (r == OK && ready) {
		metric_add(c->bank->teller->refused, 1);
		log_event(LOG_ERROR, "poison_held", K_STR("bank", c->bank->code ? c->bank->code : "cash"),
			K_I64("payout", payout));
	}
	return r;
}

static enum result begin_line(struct work *w, int64_t payout, int32_t *tries)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = attempt_begin(w, "line", &payout, 1, tries);
	return r == OK ? tx_commit(w) : r;
}

static enum result end_line(struct work *w, int64_t payout, bool done)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = done ? attempt_end(w, "line", &payout, 1) : attempt_lived(w, "line", payout);
	return r == OK ? tx_commit(w) : r;
}

/* All that the claim will do with it, and nothing is kept. What is refused says the claim itself. */
static enum result try_line(struct claim *c, const struct dispatch *d, int64_t payout)
{
	struct work *w = c->w;
	struct payables one;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = dispatch_load_one(w, d->id, payout, &one);
	if (r != OK || one.n == 0)
		return r;
	struct claim trial = {.w = w, .bank = c->bank, .monotonic_us = c->monotonic_us};
	claim_share_out(&trial, d, 1, &one);
	r = dispatch_head(w, &trial.now);
	if (r == OK)
		r = claim_judge(&trial, true);
	claim_free(&trial);
	return r == REFUSED ? OK : r;
}

static enum result one_line(struct claim *c, const struct dispatch *d, int64_t payout)
{
	int64_t *begun = &c->bank->line_begun;
	int32_t tries = 0;
	*begun = payout;
	enum result r = begin_line(c->w, payout, &tries);
	if (r == OK)
		r = tries > LINE_TRIES ? hold(c, payout) : try_line(c, d, payout);
	if (r == OK)
		r = end_line(c->w, payout, true);
	if (r == OK)
		*begun = 0;
	return r;
}

static enum result line_by_line(struct claim *c, const struct dispatch *d)
{
	int64_t *payouts;
	size_t n = 0;
	log_event(LOG_WARN, "dispatch_line_by_line", K_I64("dispatch", d->id), K_I64("tries", d->tries));
	enum result r = dispatch_ready(c->w, d->id, &payouts, &n);
	for (size_t i = 0; i < n && r == OK; i++)
		r = one_line(c, d, payouts[i]);
	return r;
}

/* The oldest alone, if it was begun before; else all. */
static enum result count(struct claim *c, struct dispatch *suspect)
{
	struct work *w = c->w;
	struct dispatch *at;
	size_t n, first = 0;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = claim_pick(c, &at, &n);
	if (r != OK || n == 0)
		return r;
	for (first = 0; first < n && at[first].tries == 0;)
		first++;
	bool alone = first < n;
	if (alone)
		*suspect = at[first];
	else
		first = 0;
	size_t counted_n = alone ? 1 : n;
	int64_t *ids = arena_array(w->arena, counted_n, int64_t);
	int32_t *tries = arena_array(w->arena, counted_n, int32_t);
	for (size_t i = 0; i < counted_n; i++)
		ids[i] = at[first + i].id;
	r = attempt_begin(w, "dispatch", ids, counted_n, tries);
	if (r == OK)
		r = tx_commit(w);
	if (r != OK)
		return r;
	suspect->tries = alone ? tries[0] : 0;
	c->counted = ids;
	c->counted_n = counted_n;
	return OK;
}

enum result poison_count(struct claim *c)
{
	struct dispatch suspect = {0};
	int64_t *begun = &c->bank->line_begun;
	c->monotonic_us = monotonic_us();
	/* The database went away meanwhile. This process lives, so that line is not what kills. */
	enum result r = *begun ? end_line(c->w, *begun, false) : OK;
	if (r == OK) {
		*begun = 0;
		r = count(c, &suspect);
	}
	if (r == OK && suspect.tries >= LINE_BY_LINE)
		r = line_by_line(c, &suspect);
	return r;
}
