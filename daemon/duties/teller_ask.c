/* teller_ask.c: what is in doubt is asked about; what a dead teller left is in doubt.
 *
 * Enquiries are bulk and one parcel at a time per bank; each dispatch waits twice as long before it is asked about again. Not found
 * is no evidence (law 1), but where the bank deduplicates it allows the same id again: claim_again. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/post.h"

#define DUE_MAX          8
#define TAKEN_MAX        16
#define TAKEOVER_IDLE_MS 1000
#define ASK_IDLE_MS      500

/* ---- enquiries ------------------------------------------------------------------------------------------------------ */

struct asking {
	struct work *w;
	struct bank *bank;
	struct dispatch_head now;
	struct dispatch_due *due;
	size_t due_n;
	struct payables all;
	bool *wanted; /* by payable */
	size_t wanted_n;
};

static size_t due_of(const struct asking *a, int64_t dispatch)
{
	for (size_t i = 0; i < a->due_n; i++)
		if (a->due[i].id == dispatch)
			return i;
	bug("a payout of dispatch %lld was not asked for", (long long)dispatch);
}

/* Nothing in doubt: it has ended. Accepted at worst: the bank is at work, so the next time is far off. */
static enum result put_off(struct asking *a, const size_t *any, const size_t *worse)
{
	int64_t *over = arena_array(a->w->arena, a->due_n, int64_t);
	int64_t *asks = arena_array(a->w->arena, a->due_n, int64_t);
	struct dispatch_ref *at_work = arena_array(a->w->arena, a->due_n, struct dispatch_ref);
	size_t over_n = 0, n = 0;
	for (size_t i = 0; i < a->due_n; i++) {
		const struct dispatch_due *d = &a->due[i];
		if (any[i] == 0) {
			over[over_n++] = d->id;
		} else if (worse[i] == 0) {
			asks[n] = enquiry_wait_taken_ms(d->asked);
			at_work[n++] = (struct dispatch_ref){d->id, d->epoch};
		}
	}
	enum result r = dispatch_end(a->w, over, over_n);
	return r == OK ? dispatch_told(a->w, at_work, asks, n) : r;
}

static enum result choose(struct asking *a)
{
	size_t *worse = arena_array(a->w->arena, a->due_n, size_t);
	size_t *any = arena_array(a->w->arena, a->due_n, size_t);
	for (size_t i = 0; i < a->all.n; i++) {
		size_t d = due_of(a, a->all.at[i].dispatch);
		any[d]++;
		worse[d] += a->all.at[i].state != PAYOUT_ACCEPTED;
	}
	a->wanted = arena_array(a->w->arena, a->all.n, bool);
	for (size_t i = 0; i < a->all.n; i++) {
		size_t d = due_of(a, a->all.at[i].dispatch);
		a->wanted[i] = enquiry_wants(a->all.at[i].state, worse[d] > 0, a->due[d].asked);
		a->wanted_n += a->wanted[i];
	}
	return put_off(a, any, worse);
}

static enum result find_due(struct asking *a)
{
	struct work *w = a->w;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = dispatch_due(w, a->bank->code, DUE_MAX, &a->due, &a->due_n);
	if (r != OK || a->due_n == 0)
		return r;
	r = dispatch_head(w, &a->now);
	if (r != OK)
		return r;
	int64_t *ids = arena_array(w->arena, a->due_n, int64_t);
	for (size_t i = 0; i < a->due_n; i++)
		ids[i] = a->due[i].id;
	r = dispatch_load(w, ids, a->due_n,
		(const enum payout_state[]){PAYOUT_SENT, PAYOUT_UNKNOWN, PAYOUT_ACCEPTED}, 3, &a->all);
	if (r != OK)
		return r;
	r = choose(a);
	return r == OK ? tx_commit(w) : r;
}

static enum result fill(struct parcel *p, size_t k, const struct asking *a, const struct payable *from)
{
	const struct dispatch_due *due = &a->due[due_of(a, from->dispatch)];
	const struct attempt_facts facts = {
		.believed = attempt_believed(&due->profile, a->bank->dedupe_days),
		.asked = due->asked,
		.first_sent = due->sent_day,
		.today = a->now.today,
		.valid_until_us = from->line.valid_until_us,
		.now_us = a->now.now_us,
	};
	p->payouts[k] = from->payout;
	p->payments[k].amount = from->line.amount;
	memcpy(p->payments[k].e2e, from->line.id, sizeof p->payments[k].e2e);
	p->debtors[k] = arena_strdup(p->arena, from->line.funding_number);
	p->dispatches[k] = (struct dispatch_ref){due->id, due->epoch};
	p->may_again[k] = attempt_may_again(&facts);
	enum result r = account_open(a->w, &a->bank->teller->keks, from, &p->payments[k].account);
	if (r == REFUSED)
		log_event(LOG_ERROR, "account_unreadable", K_I64("payout", from->payout));
	return r == RETRY ? RETRY : OK;
}

static enum result enquiry_for(const struct asking *a, struct parcel **out)
{
	struct parcel *p = parcel_new(a->bank, CALL_ENQUIRY, a->wanted_n);
	enum result r = OK;
	size_t k = 0;
	for (size_t i = 0; i < a->all.n && r == OK; i++)
		if (a->wanted[i])
			r = fill(p, k++, a, &a->all.at[i]);
	if (r != OK) {
		parcel_free(p);
		return r;
	}
	p->driver = driver_named(a->due[0].driver);
	parcel_cut(p, MESSAGE_ITEMS_MAX, 0, 0);
	*out = p;
	return OK;
}

static enum result ask_run(struct work *w, void *arg, size_t *found)
{
	struct bank *b = arg;
	struct asking a = {.w = w, .bank = b};
	b->asked = NULL;
	enum result r = find_due(&a);
	if (r != OK || a.wanted_n == 0) {
		*found = r == OK ? a.due_n : 0;
		return r;
	}
	struct parcel *p;
	r = enquiry_for(&a, &p);
	if (r != OK)
		return r;
	for (size_t i = 0; i < p->requests_n; i++) {
		p->requests[i].ended = record_add;
		if (!request_prepare(&p->requests[i], &w->why)) {
			parcel_free(p);
			return REFUSED;
		}
	}
	b->asked = p;
	*found = a.due_n;
	return OK;
}

static void asked(void *arg, enum result result, size_t found)
{
	(void)result;
	(void)found;
	struct bank *b = arg;
	struct parcel *p = b->asked;
	b->asked = NULL;
	if (!p)
		return;
	poll_task_pause(b->ask);
	parcel_add(b->teller, p);
	for (size_t i = 0; i < p->requests_n; i++)
		bank_enqueue(b, &p->requests[i]);
	bank_pump(b);
}

void ask_recorded(struct parcel *enquiry)
{
	poll_task_resume(enquiry->bank->ask);
}

void ask_start(struct bank *b)
{
	b->ask = duty_poll(b->teller->duty, &(struct poll_plan){
						    .name = "enquiry",
						    .lane = b->teller->lane_dispatch,
						    .run = ask_run,
						    .after = asked,
						    .arg = b,
						    .full = DUE_MAX,
						    .woken_by = WAKE_TELLER_TASK,
					    });
}

/* ---- takeover ------------------------------------------------------------------------------------------------------- */

static enum result into_doubt(struct work *w, const int64_t *dispatches, size_t n, size_t *payouts)
{
	*payouts = 0;
	if (n == 0)
		return OK;
	struct payables all;
	enum result r = dispatch_load(w, dispatches, n, (const enum payout_state[]){PAYOUT_SENT}, 1, &all);
	if (r != OK || all.n == 0)
		return r;
	struct told *told = arena_array(w->arena, all.n, struct told);
	for (size_t i = 0; i < all.n; i++)
		told[i] = (struct told){.payout = all.at[i].payout, .event = EVENT_TAKEN_OVER};
	struct outcome *out;
	r = outcome_decide(w, told, all.n, &out);
	if (r != OK)
		return r;
	struct entries entries = {0};
	struct outcome_counts counts = {0};
	r = outcome_apply(w, CAUSE_TAKEOVER, "duty:teller", told, out, all.n, &entries, &counts);
	*payouts = counts.unknown;
	return r == OK && entries.n ? books_post(w, entries.at, entries.n, FLOORS_RECORD, NULL) : r;
}

static enum result takeover_run(struct work *w, void *arg, size_t *found)
{
	struct teller *t = arg;
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	struct dispatch *taken;
	size_t n, payouts;
	r = dispatch_take_over(
		w, t->sender.owner, t->has_number ? t->duty->owner_prefix : NULL, TAKEN_MAX, &taken, &n);
	if (r != OK || n == 0)
		return r;
	int64_t *ids = arena_array(w->arena, n, int64_t);
	size_t ids_n = 0;
	for (size_t i = 0; i < n; i++)
		if (!taken[i].cash)
			ids[ids_n++] = taken[i].id;
	r = into_doubt(w, ids, ids_n, &payouts);
	if (r != OK)
		return r;
	r = tx_commit(w);
	if (r != OK)
		return r;
	log_event(LOG_NOTICE, "taken_over", K_I64("dispatches", (int64_t)n),
		K_I64("unknown", (int64_t)payouts));
	*found = n;
	return OK;
}

void takeover_start(struct teller *t)
{
	t->takeover = duty_poll(t->duty, &(struct poll_plan){
						 .name = "takeover",
						 .lane = t->lane_dispatch,
						 .run = takeover_run,
						 .arg = t,
						 .full = TAKEN_MAX,
						 .idle_max_ms = TAKEOVER_IDLE_MS,
					 });
}

/* ---- leases --------------------------------------------------------------------------------------------------------- */

struct renewal {
	struct job job;
	struct arena *arena;
	struct teller *teller;
	int64_t *ids;
	size_t n, kept;
};

static enum result lease_run(struct work *w, void *arg)
{
	struct renewal *l = arg;
	return dispatch_renew(w, &l->teller->sender, l->ids, l->n, &l->kept);
}

static void lease_done(struct job *job, enum result result)
{
	struct renewal *l = job->arg;
	if (result != OK || l->kept < l->n)
		log_event(LOG_WARN, "leases", K_STR("result", result_name(result)),
			K_I64("held", (int64_t)l->n), K_I64("kept", (int64_t)l->kept), K_WHY(&job->why));
	l->teller->lease_running = false;
	arena_free(l->arena);
}

static void lease_now(void *arg)
{
	struct teller *t = arg;
	timer_set(t->lease_timer, t->sender.lease_ms / 3);
	size_t n = 0;
	for (const struct parcel *p = t->parcels; p; p = p->next)
		n += p->call == CALL_TRANSFER;
	if (n == 0 || t->lease_running)
		return;
	struct arena *a = arena_new();
	struct renewal *l = arena_zalloc(a, sizeof *l);
	l->arena = a;
	l->teller = t;
	l->ids = arena_array(a, n, int64_t);
	for (const struct parcel *p = t->parcels; p; p = p->next)
		if (p->call == CALL_TRANSFER)
			l->ids[l->n++] = p->dispatch.id;
	l->job = (struct job){.name = "lease", .run = lease_run, .done = lease_done, .arg = l};
	t->lease_running = lane_submit(t->lane_dispatch, &l->job);
	if (!t->lease_running)
		arena_free(a);
}

void lease_start(struct teller *t)
{
	t->lease_timer = timer_new(t->duty->loop, lease_now, t);
	timer_set(t->lease_timer, t->sender.lease_ms / 3);
}

void lease_stop(struct teller *t)
{
	timer_free(t->lease_timer);
}
