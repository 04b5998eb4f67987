/* teller_again.c: the same ids again, where law 1 allows it; and dispatches that leave as a list for a cash agent. Lane journal. */
#include "daemon/duties/teller_claim.h"

#include <stdlib.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"

/* ---- cash agents ---------------------------------------------------------------------------------------------------- */

/* After the journal: the list is what leaves. Then the dispatch is done with. */
static enum result hand_over(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch_ref *refs = arena_array(w->arena, c->n, struct dispatch_ref);
	int64_t *asks = arena_array(w->arena, c->n, int64_t);
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct drawn *d = &c->drawn[i];
		if (!d->parcel)
			continue;
		asks[n] = DISPATCH_NO_ASK;
		refs[n++] = d->parcel->dispatch;
		enum result r = cash_write(w, c->bank->teller, d->dispatch, d->at, d->judged, d->n);
		if (r != OK)
			return r;
	}
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = dispatch_told(w, refs, asks, n);
	return r == OK ? tx_commit(w) : r;
}

/* What may not be handed over stays sent, for a person to ask the agent about. It is judged again later, not at once; never, when its
 * validity is over or everything in it has ended. */
static enum result put_off(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch_ref *refused = arena_array(w->arena, c->n, struct dispatch_ref);
	int64_t *asks = arena_array(w->arena, c->n, int64_t);
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct drawn *d = &c->drawn[i];
		if (d->parcel)
			continue;
		bool over = d->n == 0 || attempt_is_over(d->at[0].line.valid_until_us, c->now.now_us);
		asks[n] = over ? DISPATCH_NO_ASK : ASK_AGAIN_REFUSED_MS;
		refused[n++] = (struct dispatch_ref){d->dispatch->id, d->dispatch->epoch};
	}
	return dispatch_told(w, refused, asks, n);
}

/* Its list may not have been written, or not be complete: written anew it is the same. One at a time: they are few, and what the
 * database refuses is then known. */
static enum result draw_left(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch *dispatches;
	size_t n;
	size_t asides_n;
	const int64_t *asides = aside_now(w, c->bank, c->monotonic_us, &asides_n);
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = dispatch_cash_left(w, asides, asides_n, 1, &dispatches, &n);
	if (r != OK || n == 0)
		return r;
	if (!journal_is_ready(c->bank->teller, w))
		return RETRY;
	r = dispatch_head(w, &c->now);
	if (r != OK)
		return r;
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		ids[i] = dispatches[i].id;
	c->picked = ids;
	c->picked_n = n;
	struct payables all;
	r = dispatch_load(w, ids, n, (const enum payout_state[]){PAYOUT_SENT}, 1, &all);
	if (r != OK)
		return r;
	claim_share_out(c, dispatches, n, &all);
	r = claim_judge(c, false);
	for (size_t i = 0; r == OK && i < n; i++)
		if (c->drawn[i].parcel)
			c->drawn[i].parcel->dispatch = (struct dispatch_ref){
				dispatches[i].id, dispatches[i].epoch};
	if (r == OK)
		r = put_off(c);
	return r == OK ? tx_commit(w) : r;
}

static enum result commit_left(struct claim *c)
{
	enum result r = draw_left(c);
	if (r != REFUSED || c->picked_n == 0)
		return r;
	aside_refused(c->bank, c->picked, c->picked_n, c->monotonic_us, &c->w->why);
	claim_free(c);
	c->n = 0;
	c->again = true;
	return OK;
}

static enum result cash_run(struct work *w, void *arg, size_t *found)
{
	struct bank *b = arg;
	struct claim c = {.w = w, .bank = b};
	enum result r = journal_ready(b->teller, w);
	if (r == OK)
		r = claim_commit(&c);
	if (r == OK && c.n == 0 && !c.again)
		r = commit_left(&c);
	if (r == OK && c.n > 0)
		r = claim_journal(&c);
	if (r == OK && c.n > 0)
		r = hand_over(&c);
	claim_free(&c);
	*found = c.n + c.again;
	return r;
}

void cash_start(struct bank *b)
{
	b->claim = duty_poll(b->teller->duty, &(struct poll_plan){
						      .name = "cash.claim",
						      .lane = b->teller->lane_journal,
						      .run = cash_run,
						      .arg = b,
						      .full = 1,
						      .wakes = WAKE_SCRIBE_SEAL,
						      .woken_by = WAKE_TELLER_DISPATCH,
						      .idle_max_ms = 1000,
					      });
}

/* ---- the same ids again (law 1) -------------------------------------------------------------------------------------- */

struct again {
	struct job job;
	struct arena *arena;
	struct bank *bank;
	struct dispatch_ref *dispatches;
	size_t dispatches_n;
	int64_t *payouts; /* ascending */
	size_t payouts_n;
	struct parcel *made;
};

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void keep_asked(struct payables *all, const struct again *g)
{
	size_t k = 0;
	for (size_t i = 0; i < all->n; i++)
		if (bsearch(&all->at[i].payout, g->payouts, g->payouts_n, sizeof *g->payouts, by_value))
			all->at[k++] = all->at[i];
	all->n = k;
}

static int64_t known_until(const struct claim *c, const struct dispatch *d, const char *id)
{
	const struct bank *b = c->bank;
	struct day day;
	bool journalled = journal_first_day(b->teller->journal, id, &day);
	return attempt_known_again(
		d->known_until_us, journalled ? &day : NULL, b->dedupe_days, c->now.now_us, wall_us());
}

/* Leaves away what the bank may have forgotten; the others of its dispatch leave while it knows them all. */
static void keep_known(const struct claim *c, struct dispatch *d, struct payables *all)
{
	int64_t first = d->known_until_us;
	size_t k = 0, forgotten = 0;
	for (size_t i = 0; i < all->n; i++) {
		int64_t until = all->at[i].dispatch == d->id ? known_until(c, d, all->at[i].line.id)
							     : INT64_MAX;
		if (attempt_is_over(until, c->now.now_us)) {
			forgotten++;
			continue;
		}
		first = until < first ? until : first;
		all->at[k++] = all->at[i];
	}
	all->n = k;
	d->known_until_us = first;
	if (forgotten > 0)
		log_event(LOG_WARN, "not_sent_again", K_STR("bank", c->bank->code), K_I64("dispatch", d->id),
			K_I64("payouts", (int64_t)forgotten),
			K_STR("why", "the bank may not know them any more; the statement decides"));
}

static enum result draw_again(struct claim *c, const struct again *g)
{
	struct work *w = c->w;
	struct dispatch *dispatches;
	size_t n;
	struct sender by = c->bank->teller->sender;
	by.dedupe_days = c->bank->dedupe_days;
	struct open_now open;
	enum result r = times_open(c, c->now.now_us, &open);
	if (r == OK)
		r = dispatch_again(w, &by, &open, g->dispatches, g->dispatches_n, &dispatches, &n);
	if (r != OK || n == 0)
		return r;
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		ids[i] = dispatches[i].id;
	struct payables all;
	r = dispatch_load(w, ids, n, (const enum payout_state[]){PAYOUT_UNKNOWN}, 1, &all);
	if (r != OK)
		return r;
	keep_asked(&all, g);
	for (size_t i = 0; i < n; i++)
		keep_known(c, &dispatches[i], &all);
	claim_share_out(c, dispatches, n, &all);
	return OK;
}

/* What may not leave again stays in doubt, and its dispatch is let go of. */
static enum result settle_again(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch_ref *idle = arena_array(w->arena, c->n, struct dispatch_ref);
	int64_t *asks = arena_array(w->arena, c->n, int64_t);
	size_t idle_n = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct drawn *d = &c->drawn[i];
		struct dispatch_ref ref = {d->dispatch->id, d->dispatch->epoch};
		if (!d->parcel) {
			asks[idle_n] = ASK_AGAIN_REFUSED_MS;
			idle[idle_n++] = ref;
			continue;
		}
		d->parcel->dispatch = ref;
		d->parcel->is_part = true;
		d->parcel->asked = d->dispatch->asked;
		struct hash *leaves = arena_array(w->arena, d->n, struct hash);
		size_t k = 0;
		for (size_t j = 0; j < d->n; j++)
			if (!d->judged[j].refused)
				leaves[k++] = d->at[j].line_hash;
		d->parcel->root = merkle_root(leaves, k);
	}
	return dispatch_told(w, idle, asks, idle_n);
}

static enum result commit_again(struct claim *c, const struct again *g)
{
	struct work *w = c->w;
	TX_GUARD(w);
	c->monotonic_us = monotonic_us();
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = dispatch_head(w, &c->now);
	if (r != OK)
		return r;
	r = draw_again(c, g);
	if (r != OK || c->n == 0)
		return r;
	if (!journal_is_ready(c->bank->teller, w))
		return RETRY;
	r = claim_judge(c, false);
	if (r != OK)
		return r;
	r = settle_again(c);
	return r == OK ? tx_commit(w) : r;
}

static enum result again_run(struct work *w, void *arg)
{
	struct again *g = arg;
	struct claim c = {.w = w, .bank = g->bank};
	enum result r = journal_ready(g->bank->teller, w);
	if (r == OK)
		r = commit_again(&c, g);
	if (r != OK) {
		claim_free(&c);
		return r;
	}
	r = claim_journal(&c);
	g->made = claim_collect(&c);
	return r;
}

static void again_done(struct job *job, enum result result)
{
	struct again *g = job->arg;
	if (result != OK)
		log_event(LOG_WARN, "not_sent_again", K_STR("bank", g->bank->code), K_WHY(&job->why));
	for (struct parcel *p = g->made; p; p = p->next)
		metric_add(g->bank->teller->repeated, (int64_t)p->n);
	claim_take(g->bank, g->made);
	arena_free(g->arena);
}

static void want(struct again *g, const struct parcel *p, size_t item)
{
	g->payouts[g->payouts_n++] = p->payouts[item];
	struct dispatch_ref ref = p->dispatches[item];
	for (size_t k = 0; k < g->dispatches_n; k++)
		if (g->dispatches[k].id == ref.id)
			return;
	g->dispatches[g->dispatches_n++] = ref;
}

/* A request of ours about this dispatch still waits to leave, or for its end: it was taken over meanwhile. Two attempts under way at
 * once could not be told apart in the journal. */
static bool is_under_way(const struct teller *t, int64_t dispatch)
{
	for (const struct parcel *p = t->parcels; p; p = p->next)
		if (p->call == CALL_TRANSFER && p->dispatch.id == dispatch)
			return true;
	return false;
}

void claim_again(const struct parcel *enquiry)
{
	const struct teller *t = enquiry->bank->teller;
	if (enquiry->bank->payouts >= enquiry->bank->payouts_max)
		return; /* enough of them wait; the next enquiry finds these again */
	struct arena *a = arena_new();
	struct again *g = arena_zalloc(a, sizeof *g);
	g->arena = a;
	g->bank = enquiry->bank;
	g->payouts = arena_array(a, enquiry->n, int64_t);
	g->dispatches = arena_array(a, enquiry->n, struct dispatch_ref);
	for (size_t i = 0; i < enquiry->requests_n; i++) {
		const struct request *r = &enquiry->requests[i];
		for (size_t k = 0; k < r->n; k++)
			if (r->again[k] && !is_under_way(t, enquiry->dispatches[r->first + k].id))
				want(g, enquiry, r->first + k);
	}
	if (g->payouts_n == 0) {
		arena_free(a);
		return;
	}
	qsort(g->payouts, g->payouts_n, sizeof *g->payouts, by_value);
	g->job = (struct job){.name = "again", .run = again_run, .done = again_done, .arg = g};
	if (!lane_submit(g->bank->teller->lane_journal, &g->job))
		arena_free(a); /* the next enquiry finds it again */
}
