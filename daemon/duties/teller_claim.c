/* teller_claim.c: what is ready is verified, made into messages and committed as sent; then the sent journal says so, and only then
 * may a byte leave (law 2). In the lane `journal`, whose one thread is the only one that knows the journal. */
#include "daemon/duties/teller.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/post.h"

#define PICK_MAX     8
#define PAYOUTS_ONCE 1024 /* in one transaction, or one dispatch if that is more */

/* ---- parcels from rows ---------------------------------------------------------------------------------------------- */

/* One dispatch on its way through a claim. */
struct drawn {
	const struct dispatch *dispatch; /* epoch is the new one once it is known */
	struct payable *at;
	struct judged *judged;
	size_t n;
	struct parcel *parcel; /* NULL: nothing of it may leave */
	struct sent_dispatch sent;
};

struct claim {
	struct work *w;
	struct bank *bank;
	struct dispatch_head now;
	int64_t monotonic_us; /* taken before now */
	struct drawn *drawn;
	size_t n;
};

static void fill(struct parcel *p, size_t k, const struct payable *from, const struct judged *j)
{
	struct arena *a = p->arena;
	p->payouts[k] = from->payout;
	p->payments[k] = j->payment;
	p->payees[k] = j->payee;
	p->payees[k].name = arena_strdup(a, j->payee.name);
	p->payees[k].remittance = arena_strdup(a, j->payee.remittance);
	p->accounts[k] = from->line.account;
	p->valid_until_us[k] = from->line.valid_until_us;
	p->debtors[k] = k > 0 && strcmp(p->debtors[k - 1], from->line.funding_number) == 0
				? p->debtors[k - 1]
				: arena_strdup(a, from->line.funding_number);
}

static size_t may_leave(const struct drawn *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->judged[i].refused == NULL;
	return n;
}

static struct parcel *parcel_of(const struct claim *c, const struct drawn *d)
{
	struct parcel *p = parcel_new(c->bank, CALL_TRANSFER, may_leave(d));
	p->channel = arena_strdup(p->arena, d->dispatch->channel_code);
	p->cash = d->dispatch->cash;
	p->driver = p->cash ? NULL : driver_named(d->dispatch->driver);
	size_t k = 0;
	for (size_t i = 0; i < d->n; i++)
		if (!d->judged[i].refused)
			fill(p, k++, &d->at[i], &d->judged[i]);
	if (!p->cash)
		parcel_cut(p, (size_t)d->dispatch->items_per_message, c->now.now_us, c->monotonic_us);
	return p;
}

/* Marks the items that the driver refuses; all, when it refuses none of them alone. */
static void find_refused(
	const struct claim *c, struct drawn *d, const struct request *r, const struct why *why)
{
	CLEANUP(buf_free) struct buf scratch = BUF((size_t)1 << 16);
	size_t k = 0, found = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (d->judged[i].refused)
			continue;
		bool in_request = k >= r->first && k < r->first + r->n;
		k++;
		if (!in_request)
			continue;
		struct transfer one = transfer_of(r);
		one.payments = &d->judged[i].payment;
		one.payees = &d->judged[i].payee;
		one.n = 1;
		buf_reset(&scratch);
		if (r->parcel->driver->encode_transfer(&one, &scratch, NULL))
			continue;
		d->judged[i].refused = "cannot_encode";
		found++;
	}
	k = 0;
	for (size_t i = 0; found == 0 && i < d->n; i++)
		if (!d->judged[i].refused && k++ >= r->first && k <= r->first + r->n)
			d->judged[i].refused = "cannot_encode";
	log_event(LOG_ERROR, "driver_refuses", K_STR("bank", c->bank->code),
		K_I64("dispatch", d->dispatch->id), K_WHY(why));
}

static const struct request *prepare_all(struct parcel *p, struct why *why)
{
	for (size_t i = 0; i < p->requests_n; i++) {
		p->requests[i].ended = record_add;
		if (!request_prepare(&p->requests[i], why))
			return &p->requests[i];
	}
	return NULL;
}

static void make_parcel(const struct claim *c, struct drawn *d)
{
	while (may_leave(d) > 0) {
		struct why why = {0};
		struct parcel *p = parcel_of(c, d);
		const struct request *refused = prepare_all(p, &why);
		if (!refused) {
			d->parcel = p;
			return;
		}
		find_refused(c, d, refused, &why);
		parcel_free(p);
	}
}

static void free_parcels(struct claim *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->drawn[i].parcel)
			parcel_free(c->drawn[i].parcel);
		c->drawn[i].parcel = NULL;
	}
}

/* Payables come by payout id; each dispatch gets its own. */
static void share_out(
	struct claim *c, const struct dispatch *dispatches, size_t n, const struct payables *all)
{
	c->drawn = arena_array(c->w->arena, n, struct drawn);
	c->n = n;
	for (size_t i = 0; i < n; i++) {
		struct drawn *d = &c->drawn[i];
		*d = (struct drawn){
			.dispatch = &dispatches[i], .at = arena_array(c->w->arena, all->n, struct payable)};
		for (size_t j = 0; j < all->n; j++)
			if (all->at[j].dispatch == dispatches[i].id)
				d->at[d->n++] = all->at[j];
		d->judged = arena_array(c->w->arena, d->n, struct judged);
	}
}

/* ---- judging -------------------------------------------------------------------------------------------------------- */

static void judge_journal(const struct teller *t, struct drawn *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->judged[i].refused || !journal_has(t->journal, d->at[i].line.id))
			continue;
		d->judged[i].refused = "sent_before";
		log_event(LOG_ERROR, "law7_sent_before", K_I64("payout", d->at[i].payout),
			K_STR("id", d->at[i].line.id));
	}
}

static enum result judge(struct claim *c, struct drawn *d, bool first_time)
{
	struct teller *t = c->bank->teller;
	if (!d->dispatch->cash && !driver_named(d->dispatch->driver)) {
		why_set(&c->w->why, "driver_unknown", "there is no driver %s", d->dispatch->driver);
		return REFUSED;
	}
	enum result r = law7_judge(t->law7, c->w, &c->now, d->dispatch->bank, d->dispatch->channel,
		d->dispatch->cash, d->at, d->n, d->judged);
	if (r != OK)
		return r;
	if (first_time)
		judge_journal(t, d);
	make_parcel(c, d);
	return OK;
}

static enum result judge_all(struct claim *c, bool first_time)
{
	for (size_t i = 0; i < c->n; i++) {
		enum result r = judge(c, &c->drawn[i], first_time);
		if (r != OK)
			return r;
	}
	return OK;
}

/* ---- the intent ----------------------------------------------------------------------------------------------------- */

static enum result hold_refused(struct claim *c)
{
	size_t n = 0, k = 0;
	for (size_t i = 0; i < c->n; i++)
		n += c->drawn[i].n - may_leave(&c->drawn[i]);
	struct held *held = arena_array(c->w->arena, n, struct held);
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->drawn[i].n; j++)
			if (c->drawn[i].judged[j].refused)
				held[k++] = (struct held){
					c->drawn[i].at[j].payout, c->drawn[i].judged[j].refused};
	metric_add(c->bank->teller->refused, (int64_t)n);
	return dispatch_hold(c->w, held, n);
}

static enum result send(struct claim *c)
{
	struct work *w = c->w;
	struct sent_dispatch *sent = arena_array(w->arena, c->n, struct sent_dispatch);
	for (size_t i = 0; i < c->n; i++) {
		struct drawn *d = &c->drawn[i];
		const struct payable **items = arena_array(w->arena, d->n, const struct payable *);
		size_t k = 0;
		for (size_t j = 0; j < d->n; j++)
			if (!d->judged[j].refused)
				items[k++] = &d->at[j];
		sent[i] = (struct sent_dispatch){.dispatch = d->dispatch, .items = items, .n = k};
	}
	struct entries entries = {0};
	enum result r = dispatch_send(w, &c->bank->teller->sender, c->now.today, sent, c->n, &entries);
	if (r != OK)
		return r;
	for (size_t i = 0; i < c->n; i++) {
		struct parcel *p = c->drawn[i].parcel;
		if (!p)
			continue;
		p->dispatch = (struct dispatch_ref){sent[i].dispatch->id, sent[i].epoch};
		p->root = sent[i].root;
	}
	return entries.n ? books_post(w, entries.at, entries.n, FLOORS_REFUSE, NULL) : OK;
}

static enum result draw(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch *dispatches;
	size_t n;
	enum result r = dispatch_pick(w, c->bank->code, PICK_MAX, &dispatches, &n);
	if (r != OK || n == 0)
		return r;
	int64_t width = 0;
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++) {
		width += dispatches[i].width;
		if (i > 0 && width > PAYOUTS_ONCE)
			n = i;
		else
			ids[i] = dispatches[i].id;
	}
	struct payables all;
	r = dispatch_load(w, ids, n, (const enum payout_state[]){PAYOUT_READY}, 1, &all);
	if (r == OK)
		share_out(c, dispatches, n, &all);
	return r;
}

static enum result commit_intent(struct claim *c)
{
	struct work *w = c->w;
	TX_GUARD(w);
	c->monotonic_us = monotonic_us();
	enum result r = tx_begin(w);
	if (r != OK)
		return r;
	r = draw(c);
	if (r != OK || c->n == 0)
		return r;
	r = dispatch_head(w, &c->now);
	if (r != OK)
		return r;
	r = judge_all(c, true);
	if (r != OK)
		return r;
	r = hold_refused(c);
	if (r != OK)
		return r;
	r = send(c);
	if (r != OK)
		return r;
	return tx_commit(w);
}

/* ---- the journal ---------------------------------------------------------------------------------------------------- */

/* What could not be journalled does not leave: its lease runs out, and it is asked about. */
static enum result journal_all(struct claim *c)
{
	enum result r = OK;
	for (size_t i = 0; i < c->n; i++) {
		struct parcel *p = c->drawn[i].parcel;
		if (!p)
			continue;
		if (r == OK && journal_items(c->bank->teller->journal, p, 0, p->n, &c->w->why))
			continue;
		r = RETRY;
		log_event(LOG_ERROR, "journal_failed", K_I64("dispatch", p->dispatch.id), K_WHY(&c->w->why));
		parcel_free(p);
		c->drawn[i].parcel = NULL;
	}
	return r;
}

static struct parcel *collect(struct claim *c)
{
	struct parcel *first = NULL;
	for (size_t i = c->n; i-- > 0;) {
		if (!c->drawn[i].parcel)
			continue;
		c->drawn[i].parcel->next = first;
		first = c->drawn[i].parcel;
	}
	return first;
}

static enum result nothing_leaves(struct work *w)
{
	why_set(&w->why, "history_in_doubt",
		"the database is not the one that it was: nothing is sent until \"chitra recover\" has run");
	return RETRY;
}

static enum result claim_run(struct work *w, void *arg, size_t *found)
{
	struct bank *b = arg;
	struct claim c = {.w = w, .bank = b};
	b->claimed = NULL;
	if (db_history_in_doubt(w->db))
		return nothing_leaves(w);
	if (!journal_ready(b->teller, &w->why))
		return RETRY;
	enum result r = commit_intent(&c);
	if (r != OK) {
		free_parcels(&c); /* UNSURE: its lease runs out, and it is asked about */
		return r;
	}
	if (c.n == 0)
		return OK;
	r = journal_all(&c);
	b->claimed = collect(&c);
	*found = c.n;
	return r;
}

/* ---- on the loop ---------------------------------------------------------------------------------------------------- */

static void take_parcels(struct bank *b, struct parcel *p)
{
	for (struct parcel *next; p; p = next) {
		next = p->next;
		parcel_add(b->teller, p);
		b->payouts += p->n;
		for (size_t i = 0; i < p->requests_n; i++)
			bank_enqueue(b, &p->requests[i]);
	}
	bank_pump(b);
}

static void claimed(void *arg, enum result result, size_t found)
{
	(void)result;
	(void)found;
	struct bank *b = arg;
	struct parcel *p = b->claimed;
	b->claimed = NULL;
	take_parcels(b, p);
	if (b->payouts >= b->payouts_max && !b->paused) {
		b->paused = true;
		poll_task_pause(b->claim);
	}
}

void claim_release(struct bank *b, size_t payouts)
{
	b->payouts -= payouts;
	if (b->paused && b->payouts < b->payouts_max / 2) {
		b->paused = false;
		poll_task_resume(b->claim);
	}
}

void claim_start(struct bank *b)
{
	b->claim = duty_poll(b->teller->duty, &(struct poll_plan){
						      .name = "dispatch.claim",
						      .lane = b->teller->lane_journal,
						      .run = claim_run,
						      .after = claimed,
						      .arg = b,
						      .full = 1,
						      .wakes = WAKE_SCRIBE_SEAL,
						      .woken_by = WAKE_TELLER_DISPATCH,
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

static enum result draw_again(struct claim *c, const struct again *g)
{
	struct work *w = c->w;
	struct dispatch *dispatches;
	size_t n;
	enum result r = dispatch_again(
		w, &c->bank->teller->sender, g->dispatches, g->dispatches_n, &dispatches, &n);
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
	share_out(c, dispatches, n, &all);
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
	r = judge_all(c, false);
	if (r != OK)
		return r;
	r = settle_again(c);
	return r == OK ? tx_commit(w) : r;
}

static enum result again_run(struct work *w, void *arg)
{
	struct again *g = arg;
	struct claim c = {.w = w, .bank = g->bank};
	if (db_history_in_doubt(w->db))
		return nothing_leaves(w);
	if (!journal_ready(g->bank->teller, &w->why))
		return RETRY;
	enum result r = commit_again(&c, g);
	if (r != OK) {
		free_parcels(&c);
		return r;
	}
	r = journal_all(&c);
	g->made = collect(&c);
	return r;
}

static void again_done(struct job *job, enum result result)
{
	struct again *g = job->arg;
	if (result != OK)
		log_event(LOG_WARN, "not_sent_again", K_STR("bank", g->bank->code), K_WHY(&job->why));
	for (struct parcel *p = g->made; p; p = p->next)
		metric_add(g->bank->teller->repeated, (int64_t)p->n);
	take_parcels(g->bank, g->made);
	arena_free(g->arena);
}

void claim_again(struct request *enquiry)
{
	const struct parcel *p = enquiry->parcel;
	struct arena *a = arena_new();
	struct again *g = arena_zalloc(a, sizeof *g);
	g->arena = a;
	g->bank = enquiry->bank;
	g->payouts = arena_array(a, enquiry->n, int64_t);
	g->dispatches = arena_array(a, enquiry->n, struct dispatch_ref);
	for (size_t i = 0; i < enquiry->n; i++) {
		if (!enquiry->again[i])
			continue;
		g->payouts[g->payouts_n++] = p->payouts[enquiry->first + i];
		struct dispatch_ref ref = p->dispatches[enquiry->first + i];
		size_t k = 0;
		while (k < g->dispatches_n && g->dispatches[k].id != ref.id)
			k++;
		if (k == g->dispatches_n)
			g->dispatches[g->dispatches_n++] = ref;
	}
	qsort(g->payouts, g->payouts_n, sizeof *g->payouts, by_value);
	g->job = (struct job){.name = "dispatch.again", .run = again_run, .done = again_done, .arg = g};
	if (!lane_submit(g->bank->teller->lane_journal, &g->job))
		arena_free(a); /* the next enquiry finds it again */
}
