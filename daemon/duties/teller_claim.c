/* teller_claim.c: what is ready is verified, made into messages and committed as sent; then the sent journal says so, and only then
 * may a byte leave (law 2). In the lane `journal`, whose one thread is the only one that knows the journal. */
#include "daemon/duties/teller_claim.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/log.h"
#include "ledger/books/head_store.h"
#include "ledger/books/post.h"
#include "ledger/payout/tries_store.h"

#define PAYOUTS_ONCE 1024 /* in one transaction, or one dispatch if that is more */

/* ---- parcels from rows ---------------------------------------------------------------------------------------------- */

/* As the item before has it, or a copy. */
static const char *shared(struct arena *a, const char *const *names, size_t k, const char *name)
{
	return k > 0 && strcmp(names[k - 1], name) == 0 ? names[k - 1] : arena_strdup(a, name);
}

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
	p->debtors[k] = shared(a, p->debtors, k, from->line.funding_number);
	p->programmes[k] = shared(a, p->programmes, k, from->line.programme);
}

static size_t may_leave(const struct drawn *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->judged[i].refused == NULL;
	return n;
}

/* A first attempt leaves within the days that the bank knows ids for, counted from its claim, or from when it may have heard of them
 * first: whoever took the dispatch over meanwhile may have sent them again, and later the bank would take it for new. */
static struct parcel *parcel_of(const struct claim *c, const struct drawn *d)
{
	struct parcel *p = parcel_new(c->bank, CALL_TRANSFER, may_leave(d));
	p->channel = arena_strdup(p->arena, d->dispatch->channel_code);
	p->channel_id = d->dispatch->channel;
	p->revocations = c->now.revocations;
	p->cash = d->dispatch->cash;
	p->known_until_us = d->dispatch->known_until_us
				    ? d->dispatch->known_until_us
				    : attempt_known_until(d->dispatch->heard, d->dispatch->dedupe_days,
					      c->bank->dedupe_days);
	p->cut_off_us = d->dispatch->cut_off_us;
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

void claim_free(struct claim *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->drawn[i].parcel)
			parcel_free(c->drawn[i].parcel);
		c->drawn[i].parcel = NULL;
	}
}

void claim_share_out(struct claim *c, const struct dispatch *dispatches, size_t n, const struct payables *all)
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

/* Which bank is spoken to for a channel, the database says; which accounts that bank holds, it does not (law 7). */
static void judge_debtor(const struct bank *b, struct drawn *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (d->judged[i].refused || bank_may_debit(b, d->at[i].line.funding_number))
			continue;
		d->judged[i].refused = "account_of_another_bank";
		n++;
	}
	if (n > 0)
		log_event(LOG_ERROR, "law7_account_of_another_bank", K_STR("bank", b->code),
			K_I64("dispatch", d->dispatch->id), K_I64("payouts", (int64_t)n));
}

/* Between its approval and now, a statement may have shown that an earlier issue was paid after all. */
static void judge_earlier(struct drawn *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!d->judged[i].refused && d->at[i].in_question)
			d->judged[i].refused = "earlier_in_question";
		else if (!d->judged[i].refused)
			d->judged[i].refused = d->at[i].stopped;
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
	if (d->dispatch->cash)
		r = cash_judge(c->w, t, d->at, d->judged, d->n);
	else
		judge_debtor(c->bank, d);
	if (r != OK)
		return r;
	judge_earlier(d);
	if (first_time)
		judge_journal(t, d);
	make_parcel(c, d);
	return OK;
}

enum result claim_judge(struct claim *c, bool first_time)
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

/* How many lines of the journal it comes to: each dispatch has a first and a last one. */
static size_t journal_lines(const struct claim *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += may_leave(&c->drawn[i]) + 2;
	return n;
}

enum result claim_pick(struct claim *c, struct dispatch **out, size_t *n)
{
	int64_t now_us;
	*n = 0;
	enum result r = dispatch_any(c->w, &now_us);
	if (r != OK || now_us == 0)
		return r;
	struct open_now open;
	r = times_open(c, now_us, &open);
	if (r != OK)
		return r;
	struct dispatch_wish wish = {.open = &open,
		.n = c->bank->singly ? 1 : PICK_MAX,
		.only = c->counted,
		.only_n = c->counted_n,
		.dedupe_days = c->bank->dedupe_days};
	wish.asides = aside_now(c->w, c->bank, c->monotonic_us, &wish.asides_n);
	return dispatch_pick(c->w, &wish, out, n);
}

static enum result draw(struct claim *c)
{
	struct work *w = c->w;
	struct dispatch *dispatches;
	size_t n;
	enum result r = claim_pick(c, &dispatches, &n);
	if (r != OK || n == 0)
		return r;
	for (size_t i = 0; i < n && c->counted_n == 0; i++) {
		if (dispatches[i].tries == 0)
			continue;
		c->bank->survived =
			false; /* somebody's claim of it was never heard of again: it is counted first */
		c->again = true;
		return OK;
	}
	int64_t width = 0;
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++) {
		width += dispatches[i].width;
		if (i > 0 && width > PAYOUTS_ONCE)
			n = i;
		else
			ids[i] = dispatches[i].id;
	}
	c->picked = ids;
	c->picked_n = n;
	struct payables all;
	r = dispatch_load(w, ids, n, (const enum payout_state[]){PAYOUT_READY}, 1, &all);
	if (r == OK)
		claim_share_out(c, dispatches, n, &all);
	return r;
}

static enum result commit(struct claim *c)
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
	if (!journal_is_ready(c->bank->teller, w))
		return RETRY;
	r = dispatch_head(w, &c->now);
	if (r != OK)
		return r;
	r = claim_judge(c, true);
	if (r != OK)
		return r;
	if (!journal_has_room(c->bank->teller->journal, journal_lines(c), &w->why))
		return RETRY;
	r = hold_refused(c);
	if (r != OK)
		return r;
	r = send(c);
	if (r == OK && c->counted_n > 0)
		r = attempt_end(w, "dispatch", c->counted, c->counted_n);
	return r == OK ? tx_commit(w) : r;
}

/* Whatever came of it, this process lived on. */
static void survived(struct claim *c)
{
	struct work *w = c->w;
	struct why why = w->why;
	tx_rollback(w);
	TX_GUARD(w);
	if (tx_begin(w) != OK || attempt_end(w, "dispatch", c->counted, c->counted_n) != OK ||
		tx_commit(w) != OK)
		log_event(LOG_WARN, "attempt_not_ended", K_WHY(&w->why));
	w->why = why;
}

enum result claim_commit(struct claim *c)
{
	struct bank *b = c->bank;
	enum result r = b->survived ? OK : poison_count(c);
	if (r != OK || (!b->survived && c->counted_n == 0))
		return r;
	b->survived = true;
	r = commit(c);
	if (r != OK && r != UNSURE && c->counted_n > 0)
		survived(c);
	if (r == REFUSED && c->picked_n > 0) {
		aside_refused(b, c->picked, c->picked_n, c->monotonic_us, &c->w->why);
		claim_free(c);
		c->n = 0;
		c->again = true;
		return OK;
	}
	if (r == OK)
		aside_claimed(b, c->picked, c->picked_n);
	return r;
}

/* ---- the journal ---------------------------------------------------------------------------------------------------- */

enum result claim_journal(struct claim *c)
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

struct parcel *claim_collect(struct claim *c)
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

static enum result claim_run(struct work *w, void *arg, size_t *found)
{
	struct bank *b = arg;
	struct claim c = {.w = w, .bank = b};
	b->claimed = NULL;
	enum result r = journal_ready(b->teller, w);
	if (r == OK)
		r = claim_commit(&c);
	if (r != OK) {
		claim_free(&c); /* UNSURE: its lease runs out, and it is asked about */
		return r;
	}
	*found = c.n + c.again;
	if (c.n == 0)
		return OK;
	r = claim_journal(&c);
	b->claimed = claim_collect(&c);
	return r;
}

/* ---- on the loop ---------------------------------------------------------------------------------------------------- */

void claim_take(struct bank *b, struct parcel *p)
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
	claim_take(b, p);
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
						      .name = "intent",
						      .lane = b->teller->lane_journal,
						      .run = claim_run,
						      .after = claimed,
						      .arg = b,
						      .full = 1,
						      .wakes = WAKE_SCRIBE_SEAL,
						      .woken_by = WAKE_TELLER_DISPATCH,
					      });
}
