#include "ledger/payout/recover_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/leaf.h"

#define GROW(f, list, size)                                                                          \
	do {                                                                                         \
		if ((f)->list##_n == (f)->list##_room) {                                             \
			size_t room_ = (f)->list##_room ? 2 * (f)->list##_room : 256;                \
			(f)->list = arena_regrow((f)->arena, (f)->list, (f)->list##_n, room_, size); \
			(f)->list##_room = room_;                                                    \
		}                                                                                    \
	} while (0)

/* ---- leaves ----------------------------------------------------------------------------------------------------------- */

static int64_t number(const struct leaf *l, const char *key)
{
	struct bytes value;
	uint64_t n;
	if (!leaf_line_get(l->entry.lines, key, &value) || !text_u64(value, INT64_MAX, &n))
		bug("leaf %" PRId64 " lacks %s", l->seq, key); /* leaf_parse has looked */
	return (int64_t)n;
}

/* The number behind the letter of a key: "p123.settled". */
static int64_t key_number(const struct leaf *l)
{
	return strtoll(l->entry.idem + 1, NULL, 10);
}

static void at_least(int64_t *to, int64_t n)
{
	if (*to < n)
		*to = n;
}

static void add_dispatch(struct facts *f, struct fact_dispatch d)
{
	GROW(f, dispatches, sizeof *f->dispatches);
	f->dispatches[f->dispatches_n++] = d;
	at_least(&f->numbers.dispatch, d.dispatch);
}

static void add_end(struct facts *f, const struct leaf *l, enum payout_state end)
{
	struct bytes id;
	GROW(f, payouts, sizeof *f->payouts);
	struct fact_payout *p = &f->payouts[f->payouts_n++];
	*p = (struct fact_payout){0};
	*(end == PAYOUT_REJECTED || end == PAYOUT_NOT_PAID ? &p->unpaid : &p->paid) = end;
	bug_if(!leaf_line_get(l->entry.lines, "id", &id) || id.n != E2E_ID_SIZE - 1);
	memcpy(p->id, id.at, id.n);
	at_least(&f->numbers.payout, key_number(l));
}

static const char *word(struct facts *f, const struct leaf *l, const char *key)
{
	struct bytes value;
	if (!leaf_line_get(l->entry.lines, key, &value))
		bug("leaf %" PRId64 " lacks %s", l->seq, key); /* leaf_parse has looked */
	return arena_strndup(f->arena, (const char *)value.at, value.n);
}

/* "1800000 VND" */
static struct vnd amount(const struct leaf *l)
{
	static const char unit[] = " VND";
	struct bytes value;
	struct vnd v;
	struct why why;
	if (!leaf_line_get(l->entry.lines, "amount", &value) || value.n <= strlen(unit) ||
		!vnd_parse((const char *)value.at, value.n - strlen(unit), &v, &why))
		bug("leaf %" PRId64 " lacks amount", l->seq); /* leaf_parse has looked */
	return v;
}

/* Two lines "officer <login>". */
static void officers(struct facts *f, const struct leaf *l, const char *out[2])
{
	static const char key[] = "officer ";
	struct bytes rest = l->entry.lines, line;
	bool ended;
	size_t n = 0;
	while (n < 2 && bytes_line(&rest, &line, &ended))
		if (bytes_starts(line, key))
			out[n++] = arena_strndup(
				f->arena, (const char *)line.at + strlen(key), line.n - strlen(key));
	bug_if(n != 2); /* leaf_parse has looked */
}

static struct hash root_of(const struct leaf *l, const char *key)
{
	struct bytes value;
	struct hash root;
	if (!leaf_line_get(l->entry.lines, key, &value) || !hash_from_hex(value, &root))
		bug("leaf %" PRId64 " lacks %s", l->seq, key); /* leaf_parse has looked */
	return root;
}

static void add_batch(struct facts *f, const struct leaf *l, bool released)
{
	GROW(f, batches, sizeof *f->batches);
	struct fact_batch *b = &f->batches[f->batches_n++];
	*b = (struct fact_batch){.batch = number(l, "batch"),
		.version = (int32_t)number(l, "version"),
		.released = released,
		.root = root_of(l, "root"),
		.at_us = l->recorded_us};
	if (released)
		officers(f, l, b->officers);
	at_least(&f->numbers.batch, b->batch);
}

static void add_approval(struct facts *f, const struct leaf *l)
{
	GROW(f, approvals, sizeof *f->approvals);
	f->approvals[f->approvals_n++] = (struct fact_approval){
		.bundle = key_number(l), .root = root_of(l, "bundle"), .officer = word(f, l, "officer")};
	at_least(&f->numbers.bundle, key_number(l));
}

static void add_void(struct facts *f, const struct leaf *l)
{
	GROW(f, voids, sizeof *f->voids);
	struct fact_void *v = &f->voids[f->voids_n++];
	struct bytes decision;
	bool cancelled = l->entry.kind == LEAF_UNCLAIMED_CANCELLED;
	*v = (struct fact_void){.claim = number(l, "claim"),
		.instalment = number(l, "instalment"),
		.programme = word(f, l, "programme"),
		.month = word(f, l, "month"),
		.kind = word(f, l, "kind"),
		.reason = cancelled ? "unclaimed" : word(f, l, "reason"),
		.cancelled = cancelled,
		.amount = amount(l),
		.at_us = l->recorded_us};
	if (cancelled)
		bug_if(!leaf_line_get(l->entry.lines, "decision", &decision) ||
			!hash_from_hex(decision, &v->decision));
	officers(f, l, v->officers);
	at_least(&f->numbers.claim, v->claim);
}

/* As word(), of a line that may be missing and has escapes; "": it is. */
static const char *text_if(struct facts *f, const struct leaf *l, const char *key)
{
	CLEANUP(buf_free) struct buf text = {.max = LEAF_MAX};
	struct bytes value;
	if (!leaf_line_get(l->entry.lines, key, &value))
		return "";
	bug_if(!percent_unescape(value, &text)); /* leaf_parse has looked */
	return arena_strndup(f->arena, (const char *)text.at, text.n);
}

static void add_break(struct facts *f, const struct leaf *l)
{
	struct bytes day;
	GROW(f, breaks, sizeof *f->breaks);
	struct fact_break *b = &f->breaks[f->breaks_n++];
	*b = (struct fact_break){.brk = number(l, "break"),
		.kind = word(f, l, "kind"),
		.funding = word(f, l, "funding-account"),
		.id = text_if(f, l, "id"),
		.entry = text_if(f, l, "entry"),
		.amount = amount(l),
		.at_us = l->recorded_us};
	bug_if(!leaf_line_get(l->entry.lines, "day", &day) || !day_parse(day, &b->day));
}

/* What was taken back and what was sent back are resolved together: two leaves in a row, of one transaction. */
static bool is_other_half(const struct fact_resolution *a, const struct fact_resolution *b)
{
	return a->seq + 1 == b->seq && a->at_us == b->at_us && vnd_cmp(a->amount, b->amount) == 0 &&
	       strcmp(a->funding, b->funding) == 0 && a->pair == 0 &&
	       ((strcmp(a->outcome, "taken_back") == 0 && strcmp(b->outcome, "sent_back") == 0) ||
		       (strcmp(a->outcome, "sent_back") == 0 && strcmp(b->outcome, "taken_back") == 0));
}

static void add_resolution(struct facts *f, const struct leaf *l)
{
	GROW(f, resolutions, sizeof *f->resolutions);
	struct fact_resolution *r = &f->resolutions[f->resolutions_n++];
	*r = (struct fact_resolution){.brk = number(l, "break"),
		.seq = l->seq,
		.kind = word(f, l, "kind"),
		.funding = word(f, l, "funding-account"),
		.outcome = word(f, l, "outcome"),
		.amount = amount(l),
		.day = l->entry.effective,
		.at_us = l->recorded_us};
	struct bytes id;
	if (leaf_line_get(l->entry.lines, "id", &id))
		r->id = word(f, l, "id");
	officers(f, l, r->officers);
	if (f->resolutions_n > 1 && is_other_half(r - 1, r)) {
		r->pair = r[-1].brk;
		r[-1].pair = r->brk;
	}
}

static void take_leaf(struct facts *f, const struct leaf *l)
{
	/* What other kinds say stands in their postings; nobody needs a row for it. */
	if (l->entry.kind == LEAF_BATCH_APPROVED || l->entry.kind == LEAF_BATCH_RELEASED)
		add_batch(f, l, l->entry.kind == LEAF_BATCH_RELEASED);
	else if (l->entry.kind == LEAF_DISPATCH_SENT)
		add_dispatch(f, (struct fact_dispatch){.dispatch = number(l, "dispatch"),
					.epoch = (int32_t)number(l, "epoch"),
					.at_us = l->recorded_us,
					.booked = true,
					.count = number(l, "count"),
					.whole = true,
					.channel = word(f, l, "channel"),
					.root = root_of(l, "root")});
	else if (l->entry.kind == LEAF_PAYOUT_REJECTED)
		add_end(f, l, PAYOUT_REJECTED);
	else if (l->entry.kind == LEAF_PAYOUT_NOT_PAID)
		add_end(f, l, PAYOUT_NOT_PAID);
	else if (l->entry.kind == LEAF_PAYOUT_SETTLED)
		add_end(f, l, PAYOUT_SETTLED);
	else if (l->entry.kind == LEAF_PAYOUT_RETURNED)
		add_end(f, l, PAYOUT_RETURNED);
	else if (l->entry.kind == LEAF_APPROVAL)
		add_approval(f, l);
	else if (l->entry.kind == LEAF_CLAIM_VOIDED || l->entry.kind == LEAF_UNCLAIMED_CANCELLED)
		add_void(f, l);
	else if (l->entry.kind == LEAF_BREAK_OPENED)
		add_break(f, l);
	else if (l->entry.kind == LEAF_BREAK_RESOLVED)
		add_resolution(f, l);
	if (*l->entry.idem == 'k' && l->entry.idem[1] >= '0' && l->entry.idem[1] <= '9')
		at_least(&f->numbers.brk, key_number(l));
}

static bool read_leaves(struct facts *f, const struct archive *archive, struct why *why)
{
	CLEANUP(arena_drop) struct arena *some = arena_new();
	struct archived newest;
	if (!archive_newest(archive, f->arena, &newest, why))
		return false;
	uint64_t size = newest.checkpoint.size;
	if (size == 0)
		return why_set(why, "archive_empty", "the archive has no checkpoint to recover from");
	for (uint64_t at = 0; at < size;) {
		struct archived_leaves leaves;
		arena_reset(some);
		if (!archive_read(archive, some, at, &leaves, why))
			return false;
		if (leaves.n == 0)
			return why_set(
				why, "archive_gap", "the archive lacks ledger transaction %" PRIu64, at);
		for (size_t i = 0; i < leaves.n && at < size; i++, at++) {
			struct leaf l;
			if (!leaf_parse(some, leaves.at[i], &l, why))
				return false;
			take_leaf(f, &l);
		}
	}
	f->leaves = size;
	return true;
}

/* ---- together ---------------------------------------------------------------------------------------------------------- */

static int by_dispatch(const void *a, const void *b)
{
	const struct fact_dispatch *x = a, *y = b;
	return (x->dispatch > y->dispatch) - (x->dispatch < y->dispatch);
}

static int by_id(const void *a, const void *b)
{
	const struct fact_payout *x = a, *y = b;
	return memcmp(x->id, y->id, sizeof x->id);
}

static void merge_dispatches(struct facts *f)
{
	size_t k = 0;
	if (f->dispatches_n > 1)
		qsort(f->dispatches, f->dispatches_n, sizeof *f->dispatches, by_dispatch);
	for (size_t i = 0; i < f->dispatches_n; i++) {
		const struct fact_dispatch *d = &f->dispatches[i];
		struct fact_dispatch *last = k > 0 ? &f->dispatches[k - 1] : NULL;
		if (!last || last->dispatch != d->dispatch) {
			f->dispatches[k++] = *d;
			continue;
		}
		if (d->epoch > last->epoch)
			last->epoch = d->epoch;
		if (d->at_us < last->at_us)
			last->at_us = d->at_us;
		if (d->booked) {
			last->whole = !last->booked;
			last->booked = true;
			last->count += d->count;
			last->channel = d->channel;
			last->root = d->root;
		}
	}
	f->dispatches_n = k;
}

/* Returned comes after settled. What ended unpaid before, and two officers found to be paid after all, is remembered beside it: from there
 * their word leads on. */
static void merge_payouts(struct facts *f)
{
	size_t k = 0;
	if (f->payouts_n > 1)
		qsort(f->payouts, f->payouts_n, sizeof *f->payouts, by_id);
	for (size_t i = 0; i < f->payouts_n; i++) {
		const struct fact_payout *p = &f->payouts[i];
		struct fact_payout *last = k > 0 ? &f->payouts[k - 1] : NULL;
		if (!last || by_id(last, p) != 0) {
			f->payouts[k++] = *p;
			continue;
		}
		/* Of two hosts that sent it, whoever did so last; the bank may know it since the first of them did. */
		int64_t first_us = last->journalled && (!p->journalled || last->sent.at_us < p->sent.at_us)
					   ? last->sent.at_us
					   : p->sent.at_us;
		if (p->journalled && (!last->journalled || p->sent.epoch >= last->sent.epoch)) {
			last->journalled = true;
			last->sent = p->sent;
		}
		last->sent.at_us = first_us;
		if (p->unpaid)
			last->unpaid = p->unpaid;
		if (p->paid > last->paid)
			last->paid = p->paid;
	}
	f->payouts_n = k;
}

/* Since when the bank may know the ids of a dispatch: also those that another dispatch was the first to send. */
static void date_dispatches(struct facts *f)
{
	for (size_t i = 0; i < f->payouts_n; i++) {
		const struct fact_payout *p = &f->payouts[i];
		struct fact_dispatch key = {.dispatch = p->sent.dispatch}, *d;
		if (!p->journalled)
			continue;
		d = bsearch(&key, f->dispatches, f->dispatches_n, sizeof key, by_dispatch);
		if (d->at_us > p->sent.at_us)
			d->at_us = p->sent.at_us;
	}
}

static void add_sent(struct facts *f, const struct journal_sent *sent)
{
	GROW(f, payouts, sizeof *f->payouts);
	struct fact_payout *p = &f->payouts[f->payouts_n++];
	*p = (struct fact_payout){.journalled = true, .sent = *sent};
	memcpy(p->id, sent->item.id, sizeof p->id);
	at_least(&f->numbers.payout, sent->item.payout);
}

void facts_add_sent(struct facts *f, const struct journal_sent *sent, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_sent(f, &sent[i]);
	merge_payouts(f);
	date_dispatches(f);
}

static bool read_journal(struct facts *f, const char *path, struct why *why)
{
	struct journal_sent *sent;
	size_t n;
	if (!journal_read(f->arena, path, &sent, &n, why))
		return false;
	for (size_t i = 0; i < n; i++) {
		add_sent(f, &sent[i]);
		add_dispatch(f, (struct fact_dispatch){.dispatch = sent[i].dispatch,
					.epoch = sent[i].epoch,
					.at_us = sent[i].at_us});
	}
	return true;
}

bool facts_gather(const struct archive *archive, const char *const *journals, size_t n, struct arena *a,
	struct facts *out, struct why *why)
{
	*out = (struct facts){.arena = a};
	if (!read_leaves(out, archive, why))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!read_journal(out, journals[i], why))
			return false;
	merge_dispatches(out);
	merge_payouts(out);
	date_dispatches(out);
	return true;
}

const struct fact_dispatch *facts_dispatch(const struct facts *f, int64_t dispatch)
{
	struct fact_dispatch key = {.dispatch = dispatch};
	return f->dispatches_n ? bsearch(&key, f->dispatches, f->dispatches_n, sizeof key, by_dispatch)
			       : NULL;
}

const struct fact_payout *facts_payout(const struct facts *f, const char *id)
{
	struct fact_payout key;
	bug_if(strlen(id) != sizeof key.id - 1);
	memcpy(key.id, id, sizeof key.id);
	return f->payouts_n ? bsearch(&key, f->payouts, f->payouts_n, sizeof key, by_id) : NULL;
}
