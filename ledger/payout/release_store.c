#include "ledger/payout/release_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/books/chart.h"
#include "ledger/books/post.h"
#include "ledger/payout/dispatch_rows_store.h"
#include "ledger/payout/manifest_file.h"
#include "ledger/payout/schedule_store.h"

const char *release_answer_name(enum release_answer a)
{
	switch (a) {
	case RELEASE_DONE: return "released";
	case RELEASE_AWAITS_SECOND: return "awaits_second";
	case RELEASE_NOT_FUNDED: return "not_funded";
	case RELEASE_EXPIRED: return "expired";
	case RELEASE_NO_OPENING: return "no_opening";
	case RELEASE_HURRIED: return "hurried";
	case RELEASE_BEFORE: return "released_before";
	}
	bug("release answer %d", (int)a);
}

enum result release_waiting(
	struct work *w, const struct officer *me, const struct batch_filter *filter, struct batches *out)
{
	struct batch_filter approved = *filter;
	struct batches all;
	approved.state = "approved";
	enum result r = batch_list(w, &approved, &all);
	if (r != OK)
		return r;
	bool *may = arena_array(w->arena, all.n, bool);
	r = officer_may(w, "release", batches_wanted(w->arena, &all), all.n, may);
	if (r != OK)
		return r;
	struct batches waiting = {.at = arena_array(w->arena, all.n, struct batch)};
	for (size_t i = 0; i < all.n; i++)
		if (may[i] && all.at[i].made_by != me->id)
			waiting.at[waiting.n++] = all.at[i];
	*out = waiting;
	return OK;
}

/* ---- recording -------------------------------------------------------------------------------------------------------- */

/* Approved; or released for its days, of which somebody now wants it earlier. */
static enum result may_be_released(struct work *w, const struct release_wish *wish, const struct batches *b)
{
	struct batches rest = {.at = arena_array(w->arena, b->n, struct batch)};
	for (size_t i = 0; i < b->n; i++)
		if (wish->planned || !b->at[i].planned || strcmp(b->at[i].state, "released") != 0)
			rest.at[rest.n++] = b->at[i];
	return batch_must_be(w, &rest, "approved");
}

/* The batches as they are after this officer's release was written beside the others'. */
static enum result record(struct work *w, const struct release_wish *wish, struct batches *out)
{
	struct batches b;
	struct rows added;
	enum result r = batch_lock(w, wish->ids, wish->n, &b);
	if (r == OK)
		r = may_be_released(w, wish, &b);
	if (r == OK)
		r = officer_must(w, "release", batches_wanted(w->arena, &b), b.n);
	if (r == OK)
		r = db_run(w, Q_RELEASE_ADD, DB_ARGS(db_i64s(wish->ids, wish->n), db_bool(wish->planned)),
			&added);
	struct batch_filter these = {.ids = wish->ids, .n_ids = wish->n};
	return r == OK ? batch_list(w, &these, out) : r;
}

/* ---- money ------------------------------------------------------------------------------------------------------------ */

/* What is still there of a funding account's advance, and not promised to the treasury. */
struct advance {
	const char *funding;
	struct vnd left;
};

struct advances {
	size_t n;
	struct advance *at;
};

static enum result advance_of(struct work *w, struct advances *all, const char *funding, struct advance **out)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->at[i].funding, funding) == 0) {
			*out = &all->at[i];
			return OK;
		}
	struct rows free;
	enum result r = db_run(w, Q_RELEASE_ADVANCE,
		DB_ARGS(db_text(account_code(w->arena, ACCOUNT_ADVANCE, funding, NULL))), &free);
	if (r != OK)
		return r;
	*out = &all->at[all->n++];
	**out = (struct advance){.funding = funding, .left = row_vnd(&free, 0, rows_col(&free, "free_dong"))};
	return OK;
}

/* In batch order, each that fits; smaller ones behind one that does not may still go. *fell: how many do not fit. */
static enum result cover(struct work *w, struct released *all, size_t *fell)
{
	struct advances advances = {.at = arena_array(w->arena, all->n, struct advance)};
	*fell = 0;
	for (size_t i = 0; i < all->n; i++) {
		struct release_of *x = &all->at[i];
		struct advance *money;
		if (x->answer != RELEASE_DONE || vnd_is_zero(x->unfunded))
			continue;
		enum result r = advance_of(w, &advances, x->batch->funding, &money);
		if (r != OK)
			return r;
		if (vnd_cmp(x->unfunded, money->left) > 0) {
			x->answer = RELEASE_NOT_FUNDED;
			++*fell;
			bug_if(!vnd_sub(x->unfunded, money->left, &x->missing));
		} else {
			bug_if(!vnd_sub(money->left, x->unfunded, &money->left));
		}
	}
	return OK;
}

/* How much money the batches that could go need. */
static enum result read_unfunded(struct work *w, struct released *all)
{
	int64_t *ids = arena_array(w->arena, all->n, int64_t);
	struct rows sums;
	size_t n = 0, at = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].answer == RELEASE_DONE)
			ids[n++] = all->at[i].batch->id;
	if (n == 0)
		return OK;
	enum result r = db_run(w, Q_RELEASE_UNFUNDED, DB_ARGS(db_i64s(ids, n)), &sums);
	if (r != OK)
		return r;
	bug_if(rows_n(&sums) != n); /* both by batch: an approved batch has lines */
	int batch = rows_col(&sums, "batch"), unfunded = rows_col(&sums, "unfunded_dong");
	for (size_t i = 0; i < all->n; i++) {
		struct release_of *x = &all->at[i];
		if (x->answer != RELEASE_DONE)
			continue;
		bug_if(row_i64(&sums, at, batch) != x->batch->id);
		x->unfunded = row_vnd(&sums, at++, unfunded);
	}
	return OK;
}

static struct release_of look_at(const struct timetable *t, const struct batch *b, int64_t now_us)
{
	struct release_of x = {.batch = b, .answer = RELEASE_DONE};
	bool opens = timetable_next(
		t, b->channel_id, b->planned ? b->programme : NULL, b->period, now_us, &x.opening);
	bool is_released = strcmp(b->state, "released") == 0;
	x.waits = opens && x.opening.from_us > now_us;
	if (b->n_releasers < 2 || (is_released && b->planned))
		x.answer = RELEASE_AWAITS_SECOND;
	else if (is_released)
		x.answer = RELEASE_HURRIED;
	else if (b->valid_until_us <= now_us)
		x.answer = RELEASE_EXPIRED;
	else if (!opens || x.opening.from_us >= b->valid_until_us)
		x.answer = RELEASE_NO_OPENING;
	return x;
}

/* What each batch still lacks, before anything is written. */
static enum result look(struct work *w, const struct batches *b, struct released *out)
{
	struct rows now;
	struct timetable times;
	enum result r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r == OK)
		r = timetable_load(w, row_day(&now, 0, rows_col(&now, "today")), &times);
	if (r != OK)
		return r;
	int64_t now_us = row_instant(&now, 0, rows_col(&now, "now"));
	*out = (struct released){.n = b->n, .at = arena_array(w->arena, b->n, struct release_of)};
	for (size_t i = 0; i < b->n; i++)
		out->at[i] = look_at(&times, &b->at[i], now_us);
	size_t fell;
	do { /* again without those that do not fit: another may have counted on their money */
		fell = 0;
		r = read_unfunded(w, out);
		if (r == OK)
			r = cover(w, out, &fell);
	} while (r == OK && fell > 0);
	return r;
}

/* ---- manifests -------------------------------------------------------------------------------------------------------- */

struct archiving {
	struct manifest_files *files;
	const struct batches *batches;
	const struct proofs *proofs;
};

static enum result archive_batch(
	struct work *w, void *context, const struct batch *b, const struct batch_line *lines, size_t n)
{
	const struct archiving *to = context;
	enum result r = batch_root_fits(w, b, lines, n);
	if (r != OK)
		return r;
	struct pay_line *texts = arena_array(w->arena, n, struct pay_line);
	for (size_t i = 0; i < n; i++)
		texts[i] = lines[i].line;
	const struct proofs *p = &to->proofs[batch_find(to->batches, b->id) - to->batches->at];
	struct manifest m = {.batch = {.batch = b->id,
				     .version = b->version,
				     .agency = b->agency,
				     .programme = b->programme,
				     .period = b->period,
				     .area = b->area,
				     .area_from = b->area_from,
				     .channel = b->channel,
				     .made_by = b->maker,
				     .released_by = {b->releasers[0], b->releasers[1]},
				     .lines = b->lines,
				     .sum = b->sum,
				     .root = b->root},
		.lines = texts,
		.n_approvals = p->n,
		.approvals = p->at};
	return manifest_files_put(to->files, &m, &w->why) ? OK : REFUSED;
}

static enum result archive_all(struct work *w, const struct release_wish *wish, const struct batches *b)
{
	CLEANUP(manifest_files_drop)
	struct manifest_files *files = manifest_files_open(wish->archive, &w->why);
	if (!files)
		return REFUSED;
	struct archiving to = {.files = files, .batches = b};
	struct proofs *proofs;
	enum result r = approve_proofs(w, b, &proofs);
	if (r == OK && wish->trust)
		r = approve_verify(w, wish->trust, b, proofs);
	to.proofs = proofs;
	if (r == OK)
		r = batch_each(w, b, archive_batch, &to);
	if (r == OK && !manifest_files_keep(files, &w->why))
		r = REFUSED;
	return r;
}

/* ---- going ------------------------------------------------------------------------------------------------------------ */

static struct batches going(struct arena *a, const struct released *all)
{
	struct batches b = {.at = arena_array(a, all->n, struct batch)};
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].answer == RELEASE_DONE)
			b.at[b.n++] = *all->at[i].batch;
	return b;
}

static enum result book(
	struct work *w, const struct officer *me, struct released *all, struct entries *entries)
{
	struct rows now;
	enum result r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r != OK)
		return r;
	struct told_by by = {.actor = arena_printf(w->arena, "officer:%s", me->login),
		.effective = row_day(&now, 0, rows_col(&now, "today"))};
	for (size_t i = 0; i < all->n; i++) {
		const struct release_of *x = &all->at[i];
		if (x->answer != RELEASE_DONE)
			continue;
		struct batch_released e = {.batch = x->batch->id,
			.version = x->batch->version,
			.root = x->batch->root,
			.lines = x->batch->lines,
			.sum = x->batch->sum,
			.unfunded = x->unfunded,
			.agency = x->batch->agency,
			.programme = x->batch->programme,
			.funding_account = x->batch->funding,
			.officers = {x->batch->releasers[0], x->batch->releasers[1]}};
		entries_add(w->arena, entries, entry_batch_released(w->arena, &by, &e));
		all->done++;
		all->lines += x->batch->lines;
		bug_if(!vnd_add(all->sum, x->batch->sum, &all->sum));
	}
	return OK;
}

static enum result let_go(struct work *w, const struct release_wish *wish, const struct batches *b,
	struct released *all, struct entries *entries)
{
	int64_t *ids = arena_array(w->arena, b->n, int64_t);
	struct rows marked;
	for (size_t i = 0; i < b->n; i++)
		ids[i] = b->at[i].id;
	enum result r = archive_all(w, wish, b);
	if (r == OK)
		r = db_run(w, Q_RELEASE_MARK, DB_ARGS(db_i64s(ids, b->n)), &marked);
	if (r != OK)
		return r;
	bug_if(rows_n(&marked) != b->n);
	r = dispatches_make(w, ids, b->n, &all->dispatches);
	return r == OK ? book(w, wish->me, all, entries) : r;
}

enum result release_batches(
	struct work *w, const struct release_wish *wish, struct entries *entries, struct released *out)
{
	struct batches b;
	struct released all;
	enum result r = record(w, wish, &b);
	if (r == OK)
		r = look(w, &b, &all);
	if (r != OK)
		return r;
	struct batches go = going(w->arena, &all);
	if (go.n > 0)
		r = let_go(w, wish, &go, &all, entries);
	if (r == OK)
		*out = all;
	return r;
}
