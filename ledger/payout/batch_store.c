#include "ledger/payout/batch_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SLICE_LINES 20000

/* ---- reading ------------------------------------------------------------------------------------------------------ */

struct batch_columns {
	int id, agency_id, agency, programme, period, area, area_from, area_name, channel_id, channel, cash,
		funding_id, funding, version, state, made_by, maker, lines, sum, root, not_before,
		valid_until, checker, approver, releasers, planned, area_words;
};

static struct batch_columns columns_of(const struct rows *r)
{
	return (struct batch_columns){
		.id = rows_col(r, "id"),
		.agency_id = rows_col(r, "agency_id"),
		.agency = rows_col(r, "agency"),
		.programme = rows_col(r, "programme"),
		.period = rows_col(r, "period"),
		.area = rows_col(r, "area"),
		.area_from = rows_col(r, "area_from"),
		.area_name = rows_col(r, "area_name"),
		.channel_id = rows_col(r, "channel_id"),
		.channel = rows_col(r, "channel"),
		.cash = rows_col(r, "cash"),
		.funding_id = rows_col(r, "funding_id"),
		.funding = rows_col(r, "funding"),
		.version = rows_col(r, "version"),
		.state = rows_col(r, "state"),
		.made_by = rows_col(r, "made_by"),
		.maker = rows_col(r, "maker"),
		.lines = rows_col(r, "lines"),
		.sum = rows_col(r, "sum_dong"),
		.root = rows_col(r, "root"),
		.not_before = rows_col(r, "not_before"),
		.valid_until = rows_col(r, "valid_until"),
		.checker = rows_col(r, "checker"),
		.approver = rows_col(r, "approver"),
		.releasers = rows_col(r, "releasers"),
		.planned = rows_col(r, "planned"),
		.area_words = rows_col(r, "area_words"),
	};
}

static struct batch batch_of(const struct rows *r, size_t i, const struct batch_columns *c)
{
	struct batch b = {
		.id = row_i64(r, i, c->id),
		.agency_id = row_i64(r, i, c->agency_id),
		.agency = row_text(r, i, c->agency),
		.programme = row_text(r, i, c->programme),
		.period = month_of_day(row_day(r, i, c->period)),
		.area = row_text(r, i, c->area),
		.area_from = row_day(r, i, c->area_from),
		.area_name = row_text(r, i, c->area_name),
		.channel_id = row_i64(r, i, c->channel_id),
		.channel = row_text(r, i, c->channel),
		.cash = row_bool(r, i, c->cash),
		.funding_id = row_i64(r, i, c->funding_id),
		.funding = row_text(r, i, c->funding),
		.version = row_i32(r, i, c->version),
		.state = row_text(r, i, c->state),
		.made_by = row_i64(r, i, c->made_by),
		.maker = row_text(r, i, c->maker),
		.lines = row_i64(r, i, c->lines),
		.sum = row_vnd(r, i, c->sum),
		.frozen_once = !row_null(r, i, c->root),
		.not_before = row_day(r, i, c->not_before),
		.valid_until_us = row_instant(r, i, c->valid_until),
		.checker = row_text(r, i, c->checker),
		.approver = row_text(r, i, c->approver),
	};
	if (b.frozen_once)
		b.root = row_hash(r, i, c->root);
	b.releasers = row_texts(r, i, c->releasers, &b.n_releasers);
	b.planned = row_bool(r, i, c->planned);
	b.area_words = row_texts(r, i, c->area_words, &b.n_area_words);
	return b;
}

enum result batch_list(struct work *w, const struct batch_filter *f, struct batches *out)
{
	struct rows found;
	struct db_arg ids = f->ids ? db_i64s(f->ids, f->n_ids) : db_null();
	struct db_arg period = f->period ? db_day(month_first(*f->period)) : db_null();
	enum result r = db_run(
		w, Q_BATCH_LIST, DB_ARGS(ids, period, db_text(f->programme), db_text(f->state)), &found);
	if (r != OK)
		return r;
	struct batch_columns c = columns_of(&found);
	struct batches all = {.n = rows_n(&found), .at = arena_array(w->arena, rows_n(&found), struct batch)};
	for (size_t i = 0; i < all.n; i++)
		all.at[i] = batch_of(&found, i, &c);
	*out = all;
	return OK;
}

const struct batch *batch_find(const struct batches *b, int64_t id)
{
	size_t lo = 0, hi = b->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (b->at[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < b->n && b->at[lo].id == id ? &b->at[lo] : NULL;
}

enum result batch_known(struct work *w, const int64_t *ids, size_t n, struct batches *out)
{
	struct batch_filter these = {.ids = ids, .n_ids = n};
	enum result r = batch_list(w, &these, out);
	if (r != OK || out->n == n)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!batch_find(out, ids[i])) {
			why_set(&w->why, "batch_unknown", "there is no batch %" PRId64, ids[i]);
			return REFUSED;
		}
	return OK; /* some id was given twice */
}

enum result batch_lock(struct work *w, const int64_t *ids, size_t n, struct batches *out)
{
	struct rows locked;
	enum result r = db_run(w, Q_BATCH_LOCK, DB_ARGS(db_i64s(ids, n)), &locked);
	return r == OK ? batch_known(w, ids, n, out) : r;
}

enum result batch_must_be(struct work *w, const struct batches *b, const char *state)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->at[i].state, state) != 0) {
			why_set(&w->why, "batch_state", "batch %" PRId64 " is %s, not %s", b->at[i].id,
				b->at[i].state, state);
			return REFUSED;
		}
	return OK;
}

/* ---- lines -------------------------------------------------------------------------------------------------------- */

struct line_columns {
	int batch, version, line, payout, id, programme, month, kind, anchor, instalment, issue, amount,
		channel, bank, number, account, not_before, valid_until, hash;
};

static struct line_columns line_columns_of(const struct rows *r)
{
	return (struct line_columns){
		.batch = rows_col(r, "batch"),
		.version = rows_col(r, "version"),
		.line = rows_col(r, "line"),
		.payout = rows_col(r, "payout"),
		.id = rows_col(r, "id"),
		.programme = rows_col(r, "programme"),
		.month = rows_col(r, "month"),
		.kind = rows_col(r, "kind"),
		.anchor = rows_col(r, "anchor"),
		.instalment = rows_col(r, "instalment"),
		.issue = rows_col(r, "issue"),
		.amount = rows_col(r, "amount_dong"),
		.channel = rows_col(r, "channel"),
		.bank = rows_col(r, "funding_bank"),
		.number = rows_col(r, "funding_number"),
		.account = rows_col(r, "account_hash"),
		.not_before = rows_col(r, "not_before"),
		.valid_until = rows_col(r, "valid_until"),
		.hash = rows_col(r, "line_hash"),
	};
}

static struct batch_line line_of(const struct rows *r, size_t i, const struct line_columns *c)
{
	struct batch_line l = {
		.line = {.batch = row_i64(r, i, c->batch),
			.version = row_i32(r, i, c->version),
			.line = row_i32(r, i, c->line),
			.programme = row_text(r, i, c->programme),
			.month = month_of_day(row_day(r, i, c->month)),
			.kind = row_text(r, i, c->kind),
			.anchor = row_hash16(r, i, c->anchor),
			.instalment = row_i32(r, i, c->instalment),
			.issue = row_i32(r, i, c->issue),
			.amount = row_vnd(r, i, c->amount),
			.channel = row_text(r, i, c->channel),
			.funding_bank = row_text(r, i, c->bank),
			.funding_number = row_text(r, i, c->number),
			.account = row_hash(r, i, c->account),
			.not_before = row_day(r, i, c->not_before),
			.valid_until_us = row_instant(r, i, c->valid_until)},
		.payout = row_i64(r, i, c->payout),
		.stored = row_hash(r, i, c->hash),
	};
	snprintf(l.line.id, sizeof l.line.id, "%s", row_text(r, i, c->id));
	return l;
}

static enum result altered(struct work *w, int64_t batch, const char *what)
{
	why_set(&w->why, "batch_altered", "batch %" PRId64 ": %s is not what it was made with", batch, what);
	return REFUSED;
}

/* Gives each batch of the slice, also an empty one, with its lines. */
static enum result hand_over(struct work *w, const struct batches *slice, const struct batch_line *lines,
	size_t n, take_batch *take, void *context)
{
	size_t at = 0;
	for (size_t i = 0; i < slice->n; i++) {
		size_t first = at;
		while (at < n && lines[at].line.batch == slice->at[i].id)
			at++;
		enum result r = take(w, context, &slice->at[i], lines + first, at - first);
		if (r != OK)
			return r;
	}
	bug_if(at != n);
	return OK;
}

static enum result each_slice(struct work *w, const struct batches *slice, take_batch *take, void *context)
{
	int64_t *ids = arena_array(w->arena, slice->n, int64_t);
	struct rows found;
	for (size_t i = 0; i < slice->n; i++)
		ids[i] = slice->at[i].id;
	enum result r = db_run(w, Q_BATCH_READ_LINES, DB_ARGS(db_i64s(ids, slice->n)), &found);
	if (r != OK)
		return r;
	size_t n = rows_n(&found);
	struct line_columns c = line_columns_of(&found);
	struct batch_line *lines = arena_array(w->arena, n, struct batch_line);
	for (size_t i = 0; i < n; i++) {
		lines[i] = line_of(&found, i, &c);
		struct hash leaf = pay_line_leaf(&lines[i].line);
		if (!hash_eq(&leaf, &lines[i].stored))
			return altered(w, lines[i].line.batch, "a line");
	}
	return hand_over(w, slice, lines, n, take, context);
}

/* Slices of about SLICE_LINES lines, each with a memory of its own. */
typedef enum result do_slice(struct work *w, const struct batches *slice, void *context);

static enum result by_slices(struct work *w, const struct batches *batches, do_slice *run, void *context)
{
	struct arena *kept = w->arena;
	enum result r = OK;
	for (size_t i = 0; i < batches->n && r == OK;) {
		struct batches slice = {.at = batches->at + i};
		for (int64_t lines = 0; i < batches->n && (slice.n == 0 || lines < SLICE_LINES); i++) {
			lines += batches->at[i].lines;
			slice.n++;
		}
		struct arena *own = arena_new();
		w->arena = own;
		r = run(w, &slice, context);
		w->arena = kept;
		arena_free(own);
	}
	return r;
}

struct taking {
	take_batch *take;
	void *context;
};

static enum result take_slice(struct work *w, const struct batches *slice, void *context)
{
	const struct taking *t = context;
	return each_slice(w, slice, t->take, t->context);
}

enum result batch_each(struct work *w, const struct batches *batches, take_batch *take, void *context)
{
	struct taking t = {.take = take, .context = context};
	return by_slices(w, batches, take_slice, &t);
}

enum result batch_root_fits(
	struct work *w, const struct batch *batch, const struct batch_line *lines, size_t n)
{
	struct compact tree = {0};
	struct vnd sum = vnd(0);
	for (size_t i = 0; i < n; i++) {
		if (lines[i].line.line != (int32_t)i + 1 || !vnd_add(sum, lines[i].line.amount, &sum))
			return altered(w, batch->id, "its numbering or sum");
		compact_append(&tree, &lines[i].stored);
	}
	struct hash root = compact_root(&tree);
	if ((int64_t)n != batch->lines || vnd_cmp(sum, batch->sum) != 0)
		return altered(w, batch->id, "its count or sum");
	if (!batch->frozen_once || !hash_eq(&root, &batch->root))
		return altered(w, batch->id, "its root");
	return OK;
}

static enum result take_and_check(
	struct work *w, void *context, const struct batch *batch, const struct batch_line *lines, size_t n)
{
	(void)context;
	return batch_root_fits(w, batch, lines, n);
}

enum result batch_check(struct work *w, const struct batches *batches)
{
	return batch_each(w, batches, take_and_check, NULL);
}

/* ---- freezing ------------------------------------------------------------------------------------------------------ */

struct freezing {
	size_t n;
	int64_t *ids, *lines;
	struct vnd *sums;
	struct hash *roots;
};

/* One batch's leaves begin at row `at`; returns where the next batch's begin. */
static enum result freeze_one(
	struct work *w, const struct batch *b, const struct rows *leaves, size_t *at, struct freezing *f)
{
	int batch = rows_col(leaves, "batch"), line = rows_col(leaves, "line"),
	    amount = rows_col(leaves, "amount_dong"), hash = rows_col(leaves, "line_hash");
	struct compact tree = {0};
	struct vnd sum = vnd(0);
	int64_t n = 0;
	for (; *at < rows_n(leaves) && row_i64(leaves, *at, batch) == b->id; ++*at) {
		struct hash leaf = row_hash(leaves, *at, hash);
		if (row_i64(leaves, *at, line) != ++n || !vnd_add(sum, row_vnd(leaves, *at, amount), &sum))
			return altered(w, b->id, "its numbering or sum");
		compact_append(&tree, &leaf);
	}
	if (n == 0) {
		why_set(&w->why, "batch_empty", "batch %" PRId64 " has no line", b->id);
		return REFUSED;
	}
	f->ids[f->n] = b->id;
	f->lines[f->n] = n;
	f->sums[f->n] = sum;
	f->roots[f->n++] = compact_root(&tree);
	return OK;
}

static enum result freeze_slice(struct work *w, const struct batches *slice, void *context)
{
	struct freezing *f = context;
	int64_t *ids = arena_array(w->arena, slice->n, int64_t);
	struct rows leaves;
	size_t at = 0;
	for (size_t i = 0; i < slice->n; i++)
		ids[i] = slice->at[i].id;
	enum result r = db_run(w, Q_BATCH_LEAVES, DB_ARGS(db_i64s(ids, slice->n)), &leaves);
	for (size_t i = 0; i < slice->n && r == OK; i++)
		r = freeze_one(w, &slice->at[i], &leaves, &at, f);
	return r;
}

static enum result may_submit(struct work *w, int64_t officer, const struct batches *b)
{
	enum result r = batch_must_be(w, b, "open");
	struct rows now;
	if (r == OK)
		r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r != OK)
		return r;
	int64_t now_us = row_instant(&now, 0, rows_col(&now, "now"));
	for (size_t i = 0; i < b->n; i++) {
		if (b->at[i].made_by != officer) {
			why_set(&w->why, "not_yours", "batch %" PRId64 " was made by %s, who submits it",
				b->at[i].id, b->at[i].maker);
			return REFUSED;
		}
		if (b->at[i].valid_until_us <= now_us) {
			why_set(&w->why, "batch_expired",
				"the lines of batch %" PRId64 " are valid no longer", b->at[i].id);
			return REFUSED;
		}
	}
	return OK;
}

struct wanted *batches_wanted(struct arena *a, const struct batches *b)
{
	struct wanted *wanted = arena_array(a, b->n, struct wanted);
	for (size_t i = 0; i < b->n; i++)
		wanted[i] = (struct wanted){.agency = b->at[i].agency,
			.area = b->at[i].area,
			.area_from = b->at[i].area_from,
			.amount = b->at[i].sum};
	return wanted;
}

enum result batch_submit(struct work *w, int64_t officer, const int64_t *ids, size_t n, struct batches *out)
{
	struct batches b;
	enum result r = batch_lock(w, ids, n, &b);
	if (r == OK)
		r = may_submit(w, officer, &b);
	if (r != OK)
		return r;
	struct freezing f = {.ids = arena_array(w->arena, b.n, int64_t),
		.lines = arena_array(w->arena, b.n, int64_t),
		.sums = arena_array(w->arena, b.n, struct vnd),
		.roots = arena_array(w->arena, b.n, struct hash)};
	r = by_slices(w, &b, freeze_slice, &f);
	struct rows frozen;
	if (r == OK)
		r = db_run(w, Q_BATCH_FREEZE,
			DB_ARGS(db_i64s(f.ids, f.n), db_i64s(f.lines, f.n), db_vnds(f.sums, f.n),
				db_hashes(f.roots, f.n)),
			&frozen);
	if (r != OK)
		return r;
	bug_if(rows_n(&frozen) != b.n);
	r = db_run(w, Q_BATCH_KEEP_VERSION, DB_ARGS(db_i64s(f.ids, f.n)), NULL);
	struct batch_filter these = {.ids = f.ids, .n_ids = f.n};
	return r == OK ? batch_list(w, &these, out) : r;
}

/* ---- withdrawing ----------------------------------------------------------------------------------------------------- */

enum result batch_withdraw(struct work *w, const int64_t *ids, size_t n)
{
	struct batches b;
	struct rows withdrawn, reopened;
	enum result r = batch_lock(w, ids, n, &b);
	if (r == OK) /* lines go only while a batch is open */
		r = db_run(w, Q_BATCH_REOPEN, DB_ARGS(db_i64s(ids, n)), &reopened);
	for (size_t i = 0; r == OK && i < b.n; i++)
		if (strcmp(b.at[i].state, "open") != 0 && strcmp(b.at[i].state, "frozen") != 0) {
			why_set(&w->why, "batch_state", "batch %" PRId64 " is %s and cannot be withdrawn",
				b.at[i].id, b.at[i].state);
			return REFUSED;
		}
	if (r == OK)
		r = db_run(w, Q_BATCH_EMPTY, DB_ARGS(db_i64s(ids, n)), NULL);
	if (r == OK)
		r = db_run(w, Q_BATCH_WITHDRAW, DB_ARGS(db_i64s(ids, n)), &withdrawn);
	if (r == OK)
		bug_if(rows_n(&withdrawn) != b.n);
	return r;
}
