#include "ledger/payout/make_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/db/copy.h"
#include "ledger/payout/field.h"
#include "ledger/payout/schedule_store.h"
#include "ledger/register/account_hash.h"
#include "ledger/register/officer_store.h"

#define HOUR_US INT64_C(3600000000)

/* ---- channels ------------------------------------------------------------------------------------------------------ */

struct channel {
	int64_t id;
	const char *code;
	bool cash;
	const char *bank;           /* a cash channel's agent */
	int64_t valid_us, until_us; /* how long its payments are valid, and so until when */
	int64_t agency;
	const char *agency_code, *funding_bank, *funding_number;
};

struct channels {
	struct channel *bank, *cash; /* NULL: none, or not wished for */
};

static struct channel channel_of(const struct rows *r, size_t i)
{
	return (struct channel){
		.id = row_i64(r, i, rows_col(r, "id")),
		.code = row_text(r, i, rows_col(r, "code")),
		.cash = row_bool(r, i, rows_col(r, "cash")),
		.bank = row_text(r, i, rows_col(r, "bank")),
		.valid_us = row_i64(r, i, rows_col(r, "valid_hours")) * HOUR_US,
		.agency = row_i64(r, i, rows_col(r, "agency")),
		.agency_code = row_text(r, i, rows_col(r, "agency_code")),
		.funding_bank = row_text(r, i, rows_col(r, "funding_bank")),
		.funding_number = row_text(r, i, rows_col(r, "funding_number")),
	};
}

/* The first of each kind, or the one that was asked for. */
static enum result find_channels(
	struct work *w, const char *programme, const char *wanted, struct channels *out)
{
	struct rows found;
	struct channels c = {0};
	enum result r = db_run(w, Q_BATCH_CHANNELS, DB_ARGS(db_text(programme)), &found);
	if (r != OK)
		return r;
	struct channel *at = arena_array(w->arena, rows_n(&found), struct channel);
	for (size_t i = 0; i < rows_n(&found); i++) {
		at[i] = channel_of(&found, i);
		struct channel **slot = at[i].cash ? &c.cash : &c.bank;
		if (!*slot && (!wanted || strcmp(wanted, at[i].code) == 0))
			*slot = &at[i];
	}
	if (!c.bank && !c.cash) {
		why_set(&w->why, "channel_unknown", "programme %s has no channel %s", programme,
			wanted ? wanted : "at all");
		return REFUSED;
	}
	*out = c;
	return OK;
}

/* ---- what is due ----------------------------------------------------------------------------------------------------- */

struct due {
	int64_t claim;
	struct pay_line line; /* all but batch, version and number */
	int64_t agency;
	const char *area;
	struct day area_from;
	int64_t account;    /* 0: cash */
	const char *reason; /* of cash */
	const struct channel *channel;
};

struct dues {
	size_t n;
	struct due *at; /* by agency, ward, claim */
};

struct clock {
	struct day today;
	int64_t now_us;
};

static enum result read_clock(struct work *w, struct clock *out)
{
	struct rows now;
	enum result r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r != OK)
		return r;
	out->today = row_day(&now, 0, rows_col(&now, "today"));
	out->now_us = row_instant(&now, 0, rows_col(&now, "now"));
	return OK;
}

/* What is made for days that lie ahead is valid from their first opening, what is made on them or too late for them from now: then two
 * officers let it go at once. In a bank's closed hours likewise. */
static enum result set_validity(
	struct work *w, const struct batch_wish *wish, const struct clock *clock, struct channels *c)
{
	struct timetable t;
	struct channel *of[] = {c->bank, c->cash};
	enum result r = timetable_load(w, clock->today, &t);
	for (size_t i = 0; r == OK && i < COUNT_OF(of); i++) {
		struct opening planned, now;
		int64_t from_us = clock->now_us;
		if (!of[i])
			continue;
		if (timetable_next(&t, of[i]->id, wish->programme, wish->period, clock->now_us, &planned) &&
			!planned.missed)
			from_us = planned.from_us;
		else if (timetable_next(&t, of[i]->id, NULL, wish->period, clock->now_us, &now))
			from_us = now.from_us;
		of[i]->until_us = second_floor(from_us + of[i]->valid_us);
	}
	return r;
}

/* Which channel pays it, and the counts for the officer; NULL: it waits. */
static const struct channel *way_of(
	const char *way, int64_t agency, const struct channels *c, struct batch_made *made)
{
	int64_t *count;
	const struct channel *channel;
	if (strcmp(way, "finding") == 0) {
		made->finding++;
		return NULL;
	}
	if (strcmp(way, "unconfirmed") == 0) {
		made->unconfirmed++;
		return NULL;
	}
	if (strcmp(way, "account") == 0) {
		channel = c->bank;
		count = &made->account;
	} else {
		channel = c->cash;
		count = strcmp(way, "cash_wish") == 0 ? &made->cash_wish : &made->cash_want;
	}
	if (!channel || channel->agency != agency) { /* the programme has moved to another agency */
		made->no_channel++;
		return NULL;
	}
	++*count;
	return channel;
}

struct due_columns {
	int claim, month, kind, instalment, amount, agency, area, area_from, anchor, issue, way, account,
		hash;
};

static struct due_columns due_columns_of(const struct rows *r)
{
	return (struct due_columns){
		.claim = rows_col(r, "claim"),
		.month = rows_col(r, "month"),
		.kind = rows_col(r, "kind"),
		.instalment = rows_col(r, "instalment"),
		.amount = rows_col(r, "amount_dong"),
		.agency = rows_col(r, "agency"),
		.area = rows_col(r, "area"),
		.area_from = rows_col(r, "area_from"),
		.anchor = rows_col(r, "anchor"),
		.issue = rows_col(r, "issue"),
		.way = rows_col(r, "way"),
		.account = rows_col(r, "account"),
		.hash = rows_col(r, "account_hash"),
	};
}

static struct due due_of(const struct rows *r, size_t i, const struct due_columns *c,
	const struct batch_wish *wish, const struct channel *channel, const struct clock *clock)
{
	struct due d = {
		.claim = row_i64(r, i, c->claim),
		.agency = row_i64(r, i, c->agency),
		.area = row_text(r, i, c->area),
		.area_from = row_day(r, i, c->area_from),
		.channel = channel,
		.line = {.programme = wish->programme,
			.month = month_of_day(row_day(r, i, c->month)),
			.kind = row_text(r, i, c->kind),
			.anchor = row_hash16(r, i, c->anchor),
			.instalment = row_i32(r, i, c->instalment),
			.issue = row_i32(r, i, c->issue),
			.amount = row_vnd(r, i, c->amount),
			.channel = channel->code,
			.funding_bank = channel->funding_bank,
			.funding_number = channel->funding_number,
			.not_before = clock->today,
			.valid_until_us = channel->until_us},
	};
	if (!channel->cash) {
		d.account = row_i64(r, i, c->account);
		d.line.account = row_hash(r, i, c->hash);
	} else {
		d.reason = strcmp(row_text(r, i, c->way), "cash_wish") == 0 ? "wish" : "no_account";
	}
	struct e2e_of of = {.programme = wish->programme,
		.month = d.line.month,
		.kind = d.line.kind,
		.anchor = d.line.anchor,
		.instalment = d.line.instalment,
		.issue = d.line.issue};
	e2e_id(wish->keys.id_key, &of, d.line.id);
	return d;
}

/* Bound to the person's data key; a row of somebody else does not open it. */
static bool set_cash_account(
	const struct batch_keys *keys, const struct rows *r, size_t i, struct due *d, struct why *why)
{
	struct key32 key;
	int64_t person = row_i64(r, i, rows_col(r, "person"));
	if (!seal_unwrap(
		    keys->keks, keys->n_keks, person, row_bytes(r, i, rows_col(r, "wrapped")), &key, why))
		return false;
	d->line.account = account_hash_cash(d->channel->bank, &d->line.anchor, &key);
	secret_wipe(&key, sizeof key);
	return true;
}

/* Until when the bank may pay what is made now: an authority must last as long. */
static struct day last_day(const struct channels *c, const struct clock *clock)
{
	return c->bank ? day_of_instant_vn(c->bank->until_us) : clock->today;
}

static enum result read_due(struct work *w, const struct batch_wish *wish, const struct batch_area *areas,
	size_t n, const struct channels *channels, const struct clock *clock, struct dues *out,
	struct batch_made *made)
{
	const char **codes = arena_array(w->arena, n, const char *);
	struct day *from = arena_array(w->arena, n, struct day),
		   *periods = arena_array(w->arena, n, struct day);
	struct rows found;
	for (size_t i = 0; i < n; i++) {
		codes[i] = areas[i].code;
		from[i] = areas[i].from;
		periods[i] = month_first(areas[i].period);
	}
	enum result r = db_run(w, Q_BATCH_DUE,
		DB_ARGS(db_text(wish->programme), db_texts(codes, n), db_days(from, n), db_days(periods, n),
			db_day(last_day(channels, clock))),
		&found);
	if (r != OK)
		return r;
	struct due_columns c = due_columns_of(&found);
	struct dues d = {.at = arena_array(w->arena, rows_n(&found), struct due)};
	for (size_t i = 0; i < rows_n(&found); i++) {
		const struct channel *channel = way_of(
			row_text(&found, i, c.way), row_i64(&found, i, c.agency), channels, made);
		if (!channel)
			continue;
		struct due *due = &d.at[d.n++];
		*due = due_of(&found, i, &c, wish, channel, clock);
		if (channel->cash && !set_cash_account(&wish->keys, &found, i, due, &w->why))
			return REFUSED;
	}
	*out = d;
	return OK;
}

/* ---- batches of it --------------------------------------------------------------------------------------------------- */

/* What one batch is for. */
struct group {
	int64_t agency;
	const char *area;
	struct day area_from;
	const struct channel *channel;
	int64_t lines;
	struct vnd sum;
	int64_t batch;
};

struct groups {
	size_t n;
	struct group *at;
	size_t *of; /* of[i]: the group of due i */
};

static bool same_group(const struct group *g, const struct due *d)
{
	return g->agency == d->agency && g->channel == d->channel &&
	       day_cmp(g->area_from, d->area_from) == 0 && strcmp(g->area, d->area) == 0;
}

/* Dues come sorted by agency and ward, so a group is among the last few. */
static struct groups group_dues(struct arena *a, const struct dues *d)
{
	struct groups g = {.at = arena_array(a, d->n, struct group), .of = arena_array(a, d->n, size_t)};
	for (size_t i = 0; i < d->n; i++) {
		size_t k = g.n;
		while (k > 0 && g.n - k < 2 && !same_group(&g.at[k - 1], &d->at[i]))
			k--;
		bool found = k > 0 && same_group(&g.at[k - 1], &d->at[i]);
		if (!found) {
			g.at[g.n++] = (struct group){.agency = d->at[i].agency,
				.area = d->at[i].area,
				.area_from = d->at[i].area_from,
				.channel = d->at[i].channel};
			k = g.n;
		}
		struct group *to = &g.at[k - 1];
		g.of[i] = k - 1;
		to->lines++;
		bug_if(!vnd_add(to->sum, d->at[i].line.amount, &to->sum));
	}
	return g;
}

/* Whether the officer may make each of them: role maker, agency, ward, sum. */
static enum result may_make(struct work *w, const struct groups *g)
{
	struct wanted *wanted = arena_array(w->arena, g->n, struct wanted);
	for (size_t i = 0; i < g->n; i++)
		wanted[i] = (struct wanted){.agency = g->at[i].channel->agency_code,
			.area = g->at[i].area,
			.area_from = g->at[i].area_from,
			.amount = g->at[i].sum};
	return officer_must(w, "maker", wanted, g->n);
}

static struct group *group_for(struct groups *g, const struct rows *r, size_t i)
{
	int64_t agency = row_i64(r, i, rows_col(r, "agency")),
		channel = row_i64(r, i, rows_col(r, "channel"));
	const char *area = row_text(r, i, rows_col(r, "area"));
	struct day from = row_day(r, i, rows_col(r, "area_from"));
	for (size_t k = 0; k < g->n; k++)
		if (g->at[k].agency == agency && g->at[k].channel->id == channel &&
			day_cmp(g->at[k].area_from, from) == 0 && strcmp(g->at[k].area, area) == 0)
			return &g->at[k];
	bug("a batch came back for a ward that was not asked for");
}

static enum result add_batches(
	struct work *w, const struct batch_wish *wish, const struct clock *clock, struct groups *g)
{
	int64_t *agencies = arena_array(w->arena, g->n, int64_t),
		*channels = arena_array(w->arena, g->n, int64_t),
		*lines = arena_array(w->arena, g->n, int64_t), *until = arena_array(w->arena, g->n, int64_t);
	const char **areas = arena_array(w->arena, g->n, const char *);
	struct day *from = arena_array(w->arena, g->n, struct day);
	struct vnd *sums = arena_array(w->arena, g->n, struct vnd);
	struct rows made;
	for (size_t i = 0; i < g->n; i++) {
		const struct group *x = &g->at[i];
		agencies[i] = x->agency;
		areas[i] = x->area;
		from[i] = x->area_from;
		channels[i] = x->channel->id;
		lines[i] = x->lines;
		sums[i] = x->sum;
		until[i] = x->channel->until_us;
	}
	enum result r = db_run(w, Q_BATCHES_ADD,
		DB_ARGS(db_text(wish->programme), db_day(month_first(wish->period)), db_day(clock->today),
			db_i64s(agencies, g->n), db_texts(areas, g->n), db_days(from, g->n),
			db_i64s(channels, g->n), db_i64s(lines, g->n), db_vnds(sums, g->n),
			db_instants(until, g->n)),
		&made);
	if (r != OK)
		return r;
	bug_if(rows_n(&made) != g->n);
	for (size_t i = 0; i < g->n; i++)
		group_for(g, &made, i)->batch = row_i64(&made, i, rows_col(&made, "id"));
	return OK;
}

/* Batch after batch, so that a batch's payouts have neighbouring ids: a dispatch is then one range of them. */
static enum result add_lines(struct work *w, struct dues *d, const struct groups *g, int32_t version)
{
	struct copy *c = copy_begin(w, Q_PAYOUTS_IN);
	for (size_t k = 0; k < g->n; k++) {
		int32_t number = 0;
		/* A group's dues lie between the first and the last of its ward. */
		for (size_t i = 0; i < d->n && number < g->at[k].lines; i++) {
			if (g->of[i] != k)
				continue;
			struct due *x = &d->at[i];
			x->line.batch = g->at[k].batch;
			x->line.version = version;
			x->line.line = ++number;
			struct hash leaf = pay_line_leaf(&x->line);
			copy_row_begin(c);
			copy_i64(c, x->claim);
			copy_i64(c, x->line.issue);
			copy_i64(c, x->line.batch);
			copy_i64(c, x->line.line);
			if (x->account)
				copy_i64(c, x->account);
			else
				copy_null(c);
			if (x->reason)
				copy_text(c, x->reason);
			else
				copy_null(c);
			copy_hash(c, &x->line.account);
			copy_vnd(c, x->line.amount);
			copy_hash(c, &leaf);
			copy_text(c, x->line.id);
		}
	}
	int64_t stored;
	enum result r = copy_end(c, &stored);
	if (r == OK)
		bug_if(stored != (int64_t)d->n);
	return r;
}

static void add_up(struct batch_made *made, const struct groups *g)
{
	made->batches += g->n;
	for (size_t i = 0; i < g->n; i++) {
		made->lines += g->at[i].lines;
		bug_if(!vnd_add(made->sum, g->at[i].sum, &made->sum));
	}
}

enum result batch_areas(struct work *w, const struct batch_wish *wish, struct batch_areas *out)
{
	struct rows found;
	struct db_arg areas = wish->n_areas > 0 ? db_texts(wish->areas, wish->n_areas) : db_null();
	enum result r = db_run(w, Q_BATCH_AREAS,
		DB_ARGS(db_text(wish->programme), db_day(month_first(wish->period)), areas), &found);
	if (r != OK)
		return r;
	struct batch_areas all = {
		.n = rows_n(&found), .at = arena_array(w->arena, rows_n(&found), struct batch_area)};
	for (size_t i = 0; i < all.n; i++)
		all.at[i] = (struct batch_area){.code = row_text(&found, i, rows_col(&found, "code")),
			.from = row_day(&found, i, rows_col(&found, "since")),
			.period = month_of_day(row_day(&found, i, rows_col(&found, "pay_period"))),
			.claims = row_i64(&found, i, rows_col(&found, "claims"))};
	*out = all;
	return OK;
}

static enum result lock_areas(struct work *w, const char *programme, const struct batch_area *areas, size_t n)
{
	const char **codes = arena_array(w->arena, n, const char *);
	for (size_t i = 0; i < n; i++)
		codes[i] = areas[i].code;
	return db_run(w, Q_BATCH_MAKE_LOCK, DB_ARGS(db_text(programme), db_texts(codes, n)), NULL);
}

enum result batch_make(struct work *w, const struct batch_wish *wish, const struct batch_area *areas,
	size_t n, struct batch_made *made)
{
	struct channels channels;
	struct clock clock;
	struct dues dues;
	struct batch_made more = *made;
	enum result r = lock_areas(w, wish->programme, areas, n);
	if (r == OK)
		r = find_channels(w, wish->programme, wish->channel, &channels);
	if (r == OK)
		r = read_clock(w, &clock);
	if (r == OK)
		r = set_validity(w, wish, &clock, &channels);
	if (r == OK)
		r = read_due(w, wish, areas, n, &channels, &clock, &dues, &more);
	if (r != OK)
		return r;
	if (dues.n > 0) {
		struct groups groups = group_dues(w->arena, &dues);
		r = may_make(w, &groups);
		if (r == OK)
			r = add_batches(w, wish, &clock, &groups);
		if (r == OK)
			r = add_lines(w, &dues, &groups, 1);
		if (r != OK)
			return r;
		add_up(&more, &groups);
	}
	*made = more;
	return OK;
}

/* ---- anew ------------------------------------------------------------------------------------------------------------- */

static enum result reopen(struct work *w, struct batch *b)
{
	struct rows done;
	if (strcmp(b->state, "frozen") != 0 && strcmp(b->state, "open") != 0) {
		why_set(&w->why, "batch_state", "batch %" PRId64 " is %s; its lines are final", b->id,
			b->state);
		return REFUSED;
	}
	enum result r = db_run(w, Q_BATCH_REOPEN, DB_ARGS(db_i64s(&b->id, 1)), &done);
	if (r == OK && rows_n(&done) == 1)
		b->version++;
	if (r == OK)
		r = db_run(w, Q_BATCH_EMPTY, DB_ARGS(db_i64s(&b->id, 1)), NULL);
	return r;
}

/* The ward as the batch knows it: a unit of the same code from another day is another ward. */
static enum result areas_of(
	struct work *w, const struct batch_wish *wish, struct day from, struct batch_areas *out)
{
	struct batch_areas all, same = {0};
	enum result r = batch_areas(w, wish, &all);
	if (r != OK)
		return r;
	same.at = arena_array(w->arena, all.n, struct batch_area);
	for (size_t i = 0; i < all.n; i++)
		if (day_cmp(all.at[i].from, from) == 0)
			same.at[same.n++] = all.at[i];
	*out = same;
	return OK;
}

static enum result refill(struct work *w, const struct batch *b, struct dues *dues, const struct clock *clock,
	struct batch_made *made)
{
	struct groups g = group_dues(w->arena, dues);
	bug_if(g.n != 1);
	g.at[0].batch = b->id;
	enum result r = db_run(w, Q_BATCH_REFILLED,
		DB_ARGS(db_i64(b->id), db_i64(g.at[0].lines), db_vnd(g.at[0].sum), db_day(clock->today),
			db_instant(g.at[0].channel->until_us)),
		NULL);
	if (r == OK)
		r = add_lines(w, dues, &g, b->version);
	if (r == OK)
		add_up(made, &g);
	return r;
}

enum result batch_remake(struct work *w, int64_t id, const struct batch_keys *keys, struct batch_made *made)
{
	struct batches one;
	struct channels channels;
	struct clock clock;
	struct dues dues;
	struct batch_made fresh = {0};
	enum result r = batch_lock(w, &id, 1, &one);
	if (r != OK)
		return r;
	struct batch *b = &one.at[0];
	struct batch_wish wish = {.programme = b->programme,
		.period = b->period,
		.areas = &b->area,
		.n_areas = 1,
		.channel = b->channel,
		.keys = *keys};
	struct batch_areas areas;
	r = lock_areas(w, wish.programme, &(struct batch_area){.code = b->area}, 1);
	if (r == OK)
		r = reopen(w, b);
	if (r == OK)
		r = find_channels(w, wish.programme, wish.channel, &channels);
	if (r == OK)
		r = read_clock(w, &clock);
	if (r == OK)
		r = set_validity(w, &wish, &clock, &channels);
	if (r == OK)
		r = areas_of(w, &wish, b->area_from, &areas);
	if (r == OK)
		r = read_due(w, &wish, areas.at, areas.n, &channels, &clock, &dues, &fresh);
	if (r == OK && dues.n > 0)
		r = refill(w, b, &dues, &clock, &fresh);
	else if (r == OK)
		r = batch_withdraw(w, &id, 1);
	if (r == OK)
		*made = fresh;
	return r;
}
