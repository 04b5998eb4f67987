#include "ledger/payout/dispatch_store.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/db/db.h"

/* ---- what is there ------------------------------------------------------------------------------------------------ */

enum result dispatch_head(struct work *w, struct dispatch_head *out)
{
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_HEAD, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	*out = (struct dispatch_head){
		.now_us = row_instant(&r, 0, rows_col(&r, "now")),
		.today = row_day(&r, 0, rows_col(&r, "today")),
		.sandbox = row_bool(&r, 0, rows_col(&r, "sandbox")),
		.revocations = row_i64(&r, 0, rows_col(&r, "revocations")),
	};
	return OK;
}

enum result dispatch_any(struct work *w, int64_t *now_us)
{
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_ANY, DB_NO_ARGS, &r);
	if (result == OK)
		*now_us = rows_n(&r) ? row_instant(&r, 0, rows_col(&r, "now")) : 0;
	return result;
}

enum result dispatch_pick(
	struct work *w, const struct dispatch_wish *wish, struct dispatch **out, size_t *out_n)
{
	struct rows r;
	*out_n = 0;
	if (wish->open->n_channels == 0)
		return OK;
	struct db_arg only = wish->only_n ? db_i64s(wish->only, wish->only_n) : db_null();
	enum result result = db_run(w, Q_DISPATCH_PICK,
		DB_ARGS(db_i64s(wish->open->channels, wish->open->n_channels), db_i64((int64_t)wish->n),
			db_i64s(wish->asides, wish->asides_n),
			db_texts(wish->open->programmes, wish->open->n_programmes),
			db_days(wish->open->periods, wish->open->n_programmes), only,
			db_i64(wish->dedupe_days)),
		&r);
	if (result != OK)
		return result;

	int id = rows_col(&r, "id"), epoch = rows_col(&r, "epoch"), width = rows_col(&r, "width");
	int channel = rows_col(&r, "channel"), code = rows_col(&r, "channel_code");
	int cash = rows_col(&r, "cash"), driver = rows_col(&r, "driver");
	int items = rows_col(&r, "items_per_message"), days = rows_col(&r, "dedupe_days");
	struct dispatch *at = arena_array(w->arena, rows_n(&r), struct dispatch);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct dispatch){
			.id = row_i64(&r, i, id),
			.epoch = row_i32(&r, i, epoch),
			.width = row_i64(&r, i, width),
			.channel = row_i64(&r, i, channel),
			.channel_code = row_text(&r, i, code),
			.bank = row_text(&r, i, rows_col(&r, "bank")),
			.cash = row_bool(&r, i, cash),
			.driver = row_text(&r, i, driver),
			.items_per_message = row_i32(&r, i, items),
			.dedupe_days = row_i32(&r, i, days),
			.heard = row_day(&r, i, rows_col(&r, "heard")),
			.tries = row_i32(&r, i, rows_col(&r, "tries")),
			.cut_off_us = open_cut_off(wish->open, row_i64(&r, i, channel)),
		};
	*out = at;
	*out_n = rows_n(&r);
	return OK;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The terms of all batches in this column, ascending. */
static enum result load_terms(struct work *w, const struct rows *payouts, struct batch_terms **out, size_t *n)
{
	int batch = rows_col(payouts, "batch");
	int64_t *ids = arena_array(w->arena, rows_n(payouts), int64_t);
	size_t ids_n = 0;
	for (size_t i = 0; i < rows_n(payouts); i++) {
		int64_t id = row_i64(payouts, i, batch);
		if (ids_n == 0 || ids[ids_n - 1] != id)
			ids[ids_n++] = id;
	}
	struct rows r;
	enum result result = db_run(w, Q_BATCH_TERMS, DB_ARGS(db_i64s(ids, ids_n)), &r);
	if (result != OK)
		return result;

	struct batch_terms *at = arena_array(w->arena, rows_n(&r), struct batch_terms);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct batch_terms){
			.batch = row_i64(&r, i, rows_col(&r, "batch")),
			.version = row_i32(&r, i, rows_col(&r, "version")),
			.state = row_text(&r, i, rows_col(&r, "state")),
			.agency = row_text(&r, i, rows_col(&r, "agency")),
			.programme = row_text(&r, i, rows_col(&r, "programme")),
			.channel = row_i64(&r, i, rows_col(&r, "channel")),
			.channel_code = row_text(&r, i, rows_col(&r, "channel_code")),
			.funding_code = row_text(&r, i, rows_col(&r, "funding_code")),
			.funding_bank = row_text(&r, i, rows_col(&r, "funding_bank")),
			.funding_number = row_text(&r, i, rows_col(&r, "funding_number")),
			.not_before = row_day(&r, i, rows_col(&r, "not_before")),
			.valid_until_us = row_instant(&r, i, rows_col(&r, "valid_until")),
		};
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i].area_words = row_texts(&r, i, rows_col(&r, "area_words"), &at[i].n_area_words);
	if (rows_n(&r) > 1)
		qsort(at, rows_n(&r), sizeof *at, by_value); /* the batch's id stands first */
	*out = at;
	*n = rows_n(&r);
	return OK;
}
_Static_assert(offsetof(struct batch_terms, batch) == 0, "by_value compares it");

/* The columns that a line is made of; the same in both queries. */
struct line_columns {
	int line, id, programme, month, kind, anchor, instalment, issue, amount, account;
};

static struct line_columns line_columns(const struct rows *r)
{
	return (struct line_columns){
		.line = rows_col(r, "line"),
		.id = rows_col(r, "end_to_end_id"),
		.programme = rows_col(r, "programme"),
		.month = rows_col(r, "month"),
		.kind = rows_col(r, "kind"),
		.anchor = rows_col(r, "anchor"),
		.instalment = rows_col(r, "instalment"),
		.issue = rows_col(r, "issue"),
		.amount = rows_col(r, "amount_dong"),
		.account = rows_col(r, "account_hash"),
	};
}

static struct pay_line line_of(
	const struct rows *r, size_t i, const struct line_columns *c, const struct batch_terms *terms)
{
	struct pay_line line = {
		.batch = terms->batch,
		.version = terms->version,
		.line = row_i32(r, i, c->line),
		.programme = row_text(r, i, c->programme),
		.month = month_of_day(row_day(r, i, c->month)),
		.kind = row_text(r, i, c->kind),
		.anchor = row_hash16(r, i, c->anchor),
		.instalment = row_i32(r, i, c->instalment),
		.issue = row_i32(r, i, c->issue),
		.amount = row_vnd(r, i, c->amount),
		.channel = terms->channel_code,
		.funding_bank = terms->funding_bank,
		.funding_number = terms->funding_number,
		.account = row_hash(r, i, c->account),
		.not_before = terms->not_before,
		.valid_until_us = terms->valid_until_us,
	};
	struct bytes id = bytes_z(row_text(r, i, c->id));
	bug_if(!e2e_id_valid(id)); /* a CHECK of the table */
	memcpy(line.id, id.at, sizeof line.id);
	return line;
}

static const struct batch_terms *terms_of(const struct batch_terms *at, size_t n, int64_t batch)
{
	const struct batch_terms *found = bsearch(&batch, at, n, sizeof *at, by_value);
	bug_if(!found); /* a foreign key */
	return found;
}

static enum result load(struct work *w, const int64_t *dispatches, size_t n, const enum payout_state *states,
	size_t n_states, struct db_arg only, struct payables *out)
{
	int64_t *codes = arena_array(w->arena, n_states, int64_t);
	for (size_t i = 0; i < n_states; i++)
		codes[i] = (int64_t)states[i];
	struct rows r;
	enum result result = db_run(
		w, Q_DISPATCH_PAYOUTS, DB_ARGS(db_i64s(dispatches, n), db_i64s(codes, n_states), only), &r);
	if (result != OK)
		return result;
	struct batch_terms *terms;
	size_t terms_n;
	result = load_terms(w, &r, &terms, &terms_n);
	if (result != OK)
		return result;

	struct line_columns lc = line_columns(&r);
	int payout = rows_col(&r, "payout"), dispatch = rows_col(&r, "dispatch"),
	    state = rows_col(&r, "state");
	int batch = rows_col(&r, "batch"), line_hash = rows_col(&r, "line_hash"), name = rows_col(&r, "name");
	int person = rows_col(&r, "person"), bank = rows_col(&r, "bank"), salt = rows_col(&r, "salt");
	int sealed = rows_col(&r, "sealed"), holder = rows_col(&r, "holder_name");
	int owner = rows_col(&r, "account_person"), wrapped = rows_col(&r, "wrapped");
	int in_question = rows_col(&r, "in_question"), stopped = rows_col(&r, "stopped");
	struct payable *at = arena_array(w->arena, rows_n(&r), struct payable);
	size_t k = 0;
	for (size_t i = 0; i < rows_n(&r); i++) {
		if (k > 0 && at[k - 1].payout == row_i64(&r, i, payout))
			continue; /* two dispatches reach for it: the first has it */
		int32_t code = row_i32(&r, i, state);
		bug_if(!payout_state_valid(code)); /* it is one of those that were asked for */
		struct payable *p = &at[k++];
		*p = (struct payable){
			.payout = row_i64(&r, i, payout),
			.dispatch = row_i64(&r, i, dispatch),
			.state = (enum payout_state)code,
			.terms = terms_of(terms, terms_n, row_i64(&r, i, batch)),
			.line_hash = row_hash(&r, i, line_hash),
			.name = row_text(&r, i, name),
			.person = row_i64(&r, i, person),
			.bank = row_text(&r, i, bank),
			.in_question = row_bool(&r, i, in_question),
			.stopped = row_text(&r, i, stopped),
		};
		p->line = line_of(&r, i, &lc, p->terms);
		if (!row_null(&r, i, wrapped))
			p->wrapped = row_bytes(&r, i, wrapped);
		if (!p->bank)
			continue;
		p->salt = row_hash16(&r, i, salt);
		p->sealed = row_bytes(&r, i, sealed);
		p->holder = row_text(&r, i, holder);
		p->account_person = row_i64(&r, i, owner);
	}
	*out = (struct payables){.at = at, .n = k};
	return OK;
}

enum result dispatch_load(struct work *w, const int64_t *dispatches, size_t n,
	const enum payout_state *states, size_t n_states, struct payables *out)
{
	return load(w, dispatches, n, states, n_states, db_null(), out);
}

enum result dispatch_load_one(struct work *w, int64_t dispatch, int64_t payout, struct payables *out)
{
	return load(w, &dispatch, 1, (const enum payout_state[]){PAYOUT_READY}, 1, db_i64(payout), out);
}

/* ---- what proves a batch ------------------------------------------------------------------------------------------ */

enum result batch_lines(struct work *w, const struct batch_terms *const *terms, size_t n_terms,
	struct pay_line **out, size_t *n)
{
	int64_t *ids = arena_array(w->arena, n_terms, int64_t);
	for (size_t i = 0; i < n_terms; i++)
		ids[i] = terms[i]->batch;
	struct rows r;
	enum result result = db_run(w, Q_BATCH_LINES, DB_ARGS(db_i64s(ids, n_terms)), &r);
	if (result != OK)
		return result;
	struct line_columns c = line_columns(&r);
	int batch = rows_col(&r, "batch");
	struct pay_line *at = arena_array(w->arena, rows_n(&r), struct pay_line);
	size_t k = 0;
	for (size_t i = 0; i < rows_n(&r); i++) {
		while (k < n_terms && ids[k] != row_i64(&r, i, batch))
			k++;
		bug_if(k == n_terms);
		at[i] = line_of(&r, i, &c, terms[k]);
	}
	*out = at;
	*n = rows_n(&r);
	return OK;
}

/* ---- the intent --------------------------------------------------------------------------------------------------- */

static void moved_all(const struct rows *moved, size_t n)
{
	if (rows_n(moved) != n)
		bug("%zu locked payouts were to move and %zu did", n, rows_n(moved));
}

enum result dispatch_hold(struct work *w, const struct held *held, size_t n)
{
	if (n == 0)
		return OK;
	int64_t *ids = arena_array(w->arena, n, int64_t), *from = arena_array(w->arena, n, int64_t);
	int64_t *to = arena_array(w->arena, n, int64_t), *none = arena_array(w->arena, n, int64_t);
	bool *nulls = arena_array(w->arena, n, bool);
	const char **reasons = arena_array(w->arena, n, const char *);
	for (size_t i = 0; i < n; i++) {
		ids[i] = held[i].payout;
		from[i] = PAYOUT_READY;
		to[i] = PAYOUT_HELD;
		nulls[i] = true;
		reasons[i] = held[i].reason;
	}
	struct rows moved;
	enum result r = db_run(w, Q_OUTCOME_MOVE,
		DB_ARGS(db_i64s(ids, n), db_i64s(from, n), db_i64s(to, n), db_i64(CAUSE_RULE),
			db_with_nulls(db_i64s(none, n), nulls), db_with_nulls(db_i64s(none, n), nulls),
			db_null()),
		&moved);
	if (r != OK)
		return r;
	moved_all(&moved, n);
	return db_run(w, Q_PAYOUT_HOLD, DB_ARGS(db_i64s(ids, n), db_texts(reasons, n)), NULL);
}

static enum result move_to_sent(struct work *w, const struct sent_dispatch *at, size_t n)
{
	size_t total = 0, k = 0;
	for (size_t i = 0; i < n; i++)
		total += at[i].n;
	if (total == 0)
		return OK;
	int64_t *payouts = arena_array(w->arena, total, int64_t);
	int64_t *dispatches = arena_array(w->arena, total, int64_t);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < at[i].n; j++, k++) {
			payouts[k] = at[i].items[j]->payout;
			dispatches[k] = at[i].dispatch->id;
		}
	}
	struct rows moved;
	enum result r = db_run(
		w, Q_DISPATCH_MOVE, DB_ARGS(db_i64s(payouts, total), db_i64s(dispatches, total)), &moved);
	if (r == OK)
		moved_all(&moved, total);
	return r;
}

static void sum_up(struct work *w, struct sent_dispatch *s)
{
	struct hash *hashes = arena_array(w->arena, s->n, struct hash);
	int64_t sum = 0;
	for (size_t i = 0; i < s->n; i++) {
		hashes[i] = s->items[i]->line_hash;
		bug_if(__builtin_add_overflow(sum, vnd_dong(s->items[i]->line.amount), &sum));
	}
	s->root = merkle_root(hashes, s->n);
	s->sum = vnd(sum);
}

static enum result write_sent(struct work *w, const struct sender *by, struct sent_dispatch *at, size_t n)
{
	int64_t *ids = arena_array(w->arena, n, int64_t), *counts = arena_array(w->arena, n, int64_t);
	struct vnd *sums = arena_array(w->arena, n, struct vnd);
	struct hash *roots = arena_array(w->arena, n, struct hash);
	bool *empty = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++) {
		sum_up(w, &at[i]);
		ids[i] = at[i].dispatch->id;
		counts[i] = (int64_t)at[i].n;
		sums[i] = at[i].sum;
		roots[i] = at[i].root;
		empty[i] = at[i].n == 0;
	}
	struct rows r;
	enum result result = db_run(w, Q_DISPATCH_SEND,
		DB_ARGS(db_i64s(ids, n), db_i64s(counts, n), db_vnds(sums, n),
			db_with_nulls(db_hashes(roots, n), empty), db_text(by->owner), db_i64(by->lease_ms),
			db_i64(by->ask_ms)),
		&r);
	if (result != OK)
		return result;
	if (rows_n(&r) != n)
		bug("%zu locked dispatches were to be sent and %zu were", n, rows_n(&r));
	int id = rows_col(&r, "id"), epoch = rows_col(&r, "epoch");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (at[i].dispatch->id == row_i64(&r, j, id))
				at[i].epoch = row_i32(&r, j, epoch);
	return OK;
}

/* Per agency and programme: a dispatch has few of them. */
static void book_sent(
	struct work *w, const struct sent_dispatch *s, struct day today, struct entries *entries)
{
	struct dispatch_part *parts = arena_array(w->arena, s->n, struct dispatch_part);
	size_t n_parts = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct payable *p = s->items[i];
		size_t k = 0;
		while (k < n_parts && (strcmp(parts[k].agency, p->terms->agency) != 0 ||
					      strcmp(parts[k].programme, p->terms->programme) != 0))
			k++;
		if (k == n_parts)
			parts[n_parts++] = (struct dispatch_part){
				.agency = p->terms->agency, .programme = p->terms->programme};
		bug_if(!vnd_add(parts[k].sum, p->line.amount, &parts[k].sum));
	}
	entries_add(w->arena, entries,
		entry_dispatch_sent(w->arena, &(struct told_by){.actor = "duty:teller", .effective = today},
			&(struct dispatch_sent){
				.dispatch = s->dispatch->id,
				.epoch = s->epoch,
				.channel = s->dispatch->channel_code,
				.funding_account = s->items[0]->terms->funding_code,
				.count = (int64_t)s->n,
				.sum = s->sum,
				.root = s->root,
				.n_parts = n_parts,
				.parts = parts,
			}));
}

enum result dispatch_send(struct work *w, const struct sender *by, struct day today, struct sent_dispatch *at,
	size_t n, struct entries *entries)
{
	enum result r = move_to_sent(w, at, n);
	if (r != OK)
		return r;
	r = write_sent(w, by, at, n);
	if (r != OK)
		return r;
	for (size_t i = 0; i < n; i++)
		if (at[i].n > 0)
			book_sent(w, &at[i], today, entries);
	return OK;
}
