#include "ledger/recon/statement_store.h"

#include <string.h>

#include "ledger/db/copy.h"
#include "ledger/recon/line_text.h"
#include "ledger/recon/signed_account.h"

static bool told(const char *text)
{
	return text && *text;
}

enum result funding_find(struct work *w, const char *code, struct funding *out)
{
	struct rows r;
	enum result result = db_run(w, Q_FUNDING_BY_CODE, DB_ARGS(db_text(code)), &r);
	if (result != OK)
		return result;
	if (rows_n(&r) != 1) {
		why_set(&w->why, "funding_unknown", "there is no funding account %s", code);
		return REFUSED;
	}
	*out = (struct funding){
		.id = row_i64(&r, 0, rows_col(&r, "id")),
		.code = arena_strdup(w->arena, code),
		.bank = row_text(&r, 0, rows_col(&r, "bank")),
		.number = row_text(&r, 0, rows_col(&r, "number")),
		.agency = row_text(&r, 0, rows_col(&r, "agency")),
	};
	return OK;
}

enum result funding_orders(struct work *w, int64_t funding, struct funding_orders *out)
{
	struct rows r;
	enum result result = db_run(w, Q_FUNDING_ORDERS, DB_ARGS(db_i64(funding)), &r);
	if (result != OK)
		return result;
	*out = (struct funding_orders){.n = rows_n(&r)};
	out->at = arena_array(w->arena, out->n + 1, struct funding_order);
	for (size_t i = 0; i < out->n; i++)
		out->at[i] = (struct funding_order){
			.id = row_i64(&r, i, rows_col(&r, "id")),
			.kind = row_text(&r, i, rows_col(&r, "kind")),
			.reference = row_text(&r, i, rows_col(&r, "reference")),
			.channel = row_text(&r, i, rows_col(&r, "channel")),
			.amount = row_vnd(&r, i, rows_col(&r, "amount_dong")),
			.used = row_bool(&r, i, rows_col(&r, "used")),
		};
	return OK;
}

/* The order whose reference the line has; the longest, should one be part of another. */
static const struct funding_order *order_of(const struct funding_orders *orders, const struct booked_line *l)
{
	const struct funding_order *found = NULL;
	for (size_t i = 0; i < orders->n; i++) {
		const struct funding_order *o = &orders->at[i];
		if ((line_refers(l->remittance, o->reference) || line_refers(l->kind_text, o->reference)) &&
			(!found || strlen(o->reference) > strlen(found->reference)))
			found = o;
	}
	return found;
}

/* ---- what the ids on a page are ------------------------------------------------------------------------------------ */

struct named {
	const char *id, *account;
	struct vnd amount;
	int64_t payout; /* 0: nobody's */
	bool amount_fits, account_fits;
	bool guessed; /* the id was read from the free text */
};

static void named_add(struct named *at, size_t *n, const char *id, const char *account, struct vnd amount)
{
	at[(*n)++] = (struct named){.id = id, .account = account, .amount = amount};
}

/* One for each line, and one for each part after its line. */
static struct named *names_of(struct work *w, const struct booked_line *at, size_t n, size_t *out_n)
{
	size_t room = n;
	for (size_t i = 0; i < n; i++)
		room += at[i].parts_n;
	struct named *named = arena_array(w->arena, room + 1, struct named);
	*out_n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct booked_line *l = &at[i];
		char id[E2E_ID_SIZE];
		named_add(named, out_n, told(l->id) ? l->id : NULL, l->account, l->amount);
		if (!told(l->id) && l->parts_n == 0 && line_leading_id(l->remittance, id)) {
			named[*out_n - 1].id = arena_strdup(w->arena, id);
			named[*out_n - 1].guessed = true;
		}
		for (size_t p = 0; p < l->parts_n; p++)
			named_add(named, out_n, l->parts[p].id, l->parts[p].account, l->parts[p].amount);
	}
	return named;
}

static enum result find_payouts(struct work *w, int64_t funding, struct named *at, size_t n)
{
	const char **ids = arena_array(w->arena, n + 1, const char *);
	size_t *of = arena_array(w->arena, n + 1, size_t);
	size_t ids_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!at[i].id)
			continue;
		of[ids_n] = i;
		ids[ids_n++] = at[i].id;
	}
	if (ids_n == 0)
		return OK;
	struct rows r;
	enum result result = db_run(
		w, Q_STATEMENT_PAYOUTS, DB_ARGS(db_i64(funding), db_texts(ids, ids_n)), &r);
	if (result != OK)
		return result;
	int nth = rows_col(&r, "n"), payout = rows_col(&r, "payout"), amount = rows_col(&r, "amount_dong");
	int hash = rows_col(&r, "account_hash"), bank = rows_col(&r, "bank"), salt = rows_col(&r, "salt");
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct named *x = &at[of[row_i64(&r, i, nth) - 1]];
		struct hash signed_hash = row_hash(&r, i, hash);
		struct hash16 s = {0};
		if (!row_null(&r, i, salt))
			s = row_hash16(&r, i, salt);
		x->payout = row_i64(&r, i, payout);
		x->amount_fits = vnd_cmp(row_vnd(&r, i, amount), x->amount) == 0;
		x->account_fits = told(x->account) &&
				  signed_account_fits(&signed_hash, row_text(&r, i, bank), &s, x->account);
	}
	for (size_t i = 0; i < n; i++)
		if (at[i].guessed && at[i].payout == 0)
			at[i].id = NULL; /* nineteen letters of somebody's text */
	return OK;
}

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

struct line_out {
	struct copy *copy;
	const struct statement_draft *draft;
	struct arena *arena;
	int64_t message;
};

static void put_named(struct copy *c, const struct named *x)
{
	copy_text(c, x->id);
	if (x->payout) {
		copy_i64(c, x->payout);
		copy_bool(c, x->amount_fits);
	} else {
		copy_null(c);
		copy_null(c);
	}
	if (told(x->account))
		copy_bool(c, x->account_fits);
	else
		copy_null(c);
}

static void put_head(struct line_out *o, const struct booked_line *l, int32_t detail, struct vnd amount)
{
	copy_row_begin(o->copy);
	copy_i64(o->copy, o->draft->id);
	copy_i64(o->copy, l->line);
	copy_i64(o->copy, detail);
	copy_text(o->copy, l->entry_ref);
	copy_text(o->copy, l->debit ? "debit" : "credit");
	copy_vnd(o->copy, amount);
	copy_day(o->copy, l->value_date);
}

static void put_line(struct line_out *o, const struct booked_line *l, const struct named *x, int32_t item)
{
	const struct funding_order *order = x->payout ? NULL : order_of(&o->draft->orders, l);
	struct copy *c = o->copy;
	put_head(o, l, 0, l->amount);
	put_named(c, x);
	if (order)
		copy_i64(c, order->id);
	else
		copy_null(c);
	copy_bool(c, l->parts_n > 0);
	copy_text(c, told(l->returned_reason) ? l->returned_reason : NULL);
	/* A payout needs no words of the bank's. */
	copy_text(c, x->payout ? "" : line_text(o->arena, l->kind_text, l->remittance));
	copy_i64(c, o->message);
	copy_i64(c, item);
	for (size_t p = 0; p < l->parts_n; p++) {
		put_head(o, l, (int32_t)p + 1, l->parts[p].amount);
		put_named(c, x + 1 + p);
		copy_null(c);
		copy_bool(c, false);
		copy_null(c);
		copy_text(c, "");
		copy_i64(c, o->message);
		copy_i64(c, item);
	}
}

static enum result put_lines(struct work *w, const struct statement_draft *d, const struct booked_line *at,
	size_t n, const struct named *named, int64_t message)
{
	struct line_out o = {.draft = d, .arena = w->arena, .message = message};
	o.copy = copy_begin(w, Q_STATEMENT_LINES_IN);
	for (size_t i = 0; i < n; i++) {
		put_line(&o, &at[i], named, (int32_t)i);
		named += 1 + at[i].parts_n;
	}
	enum result result = copy_end(o.copy, NULL);
	if (result == REFUSED && why_is(&w->why, "constraint"))
		why_set(&w->why, "statement_entries", "an entry of %s stands on the statement twice",
			d->funding.code);
	return result;
}

/* ---- a statement ------------------------------------------------------------------------------------------------------ */

enum result statement_fetched(struct work *w, const struct funding *f, struct day day, bool *out)
{
	struct rows r;
	enum result result = db_run(w, Q_STATEMENT_THERE, DB_ARGS(db_i64(f->id), db_day(day)), &r);
	*out = result == OK && rows_n(&r) > 0 &&
	       strcmp(row_text(&r, 0, rows_col(&r, "source")), "fetched") == 0;
	return result;
}

static enum result refuse_if_there(struct work *w, const struct funding *f, struct day day)
{
	struct rows r;
	enum result result = db_run(w, Q_STATEMENT_THERE, DB_ARGS(db_i64(f->id), db_day(day)), &r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	char text[DAY_TEXT_SIZE];
	why_set(&w->why, "statement_known", "the statement of %s for %s is stored already", f->code,
		day_format(day, text));
	return REFUSED;
}

enum result statement_begin(struct work *w, const struct funding *f, struct day day, const char *source,
	struct statement_draft *out)
{
	struct statement_draft d = {.funding = *f, .day = day, .source = source};
	struct rows last, id;
	enum result result = refuse_if_there(w, f, day);
	if (result == OK)
		result = funding_orders(w, f->id, &d.orders);
	if (result == OK)
		result = db_run(w, Q_STATEMENT_LAST, DB_ARGS(db_i64(f->id)), &last);
	if (result == OK)
		result = db_run(w, Q_STATEMENT_ID_NEW, DB_NO_ARGS, &id);
	if (result != OK)
		return result;
	d.id = row_i64(&id, 0, rows_col(&id, "id"));
	d.first = rows_n(&last) == 0;
	if (!d.first) {
		d.last_sequence = row_i64(&last, 0, rows_col(&last, "sequence"));
		d.last_closing = row_vnd(&last, 0, rows_col(&last, "closing_dong"));
	}
	*out = d;
	return OK;
}

enum result statement_page(struct work *w, struct statement_draft *d, const struct statement_head *head,
	const struct booked_line *at, size_t n, int64_t message, const struct hash *page)
{
	if (!d->first && head->sequence > d->last_sequence + 1) {
		why_set(&w->why, "statement_early", "statement %lld of %s is here, %lld is still missing",
			(long long)head->sequence, d->funding.code, (long long)d->last_sequence + 1);
		return REFUSED;
	}
	if (!statement_take(&d->sums, head, at, n, page, &w->why))
		return REFUSED;
	size_t named_n;
	struct named *named = names_of(w, at, n, &named_n);
	enum result result = find_payouts(w, d->funding.id, named, named_n);
	return result == OK && n > 0 ? put_lines(w, d, at, n, named, message) : result;
}

enum result statement_break_open(
	struct work *w, const struct statement_break *b, const char *actor, struct entries *entries)
{
	struct vnd size = b->amount;
	if (vnd_is_negative(size) && !vnd_neg(size, &size))
		bug("the difference of a statement is out of range");
	struct rows r;
	enum result result = db_run(w, Q_STATEMENT_BREAK_OPEN,
		DB_ARGS(db_text(b->kind), db_i64(b->funding->id), db_day(b->day), db_i64(b->statement),
			db_vnd(size), db_text(b->note)),
		&r);
	if (result != OK || rows_n(&r) == 0)
		return result;
	struct told_by by = {.actor = actor, .effective = b->day};
	entries_add(w->arena, entries,
		entry_break_opened(w->arena, &by,
			&(struct break_opened){
				.break_id = row_i64(&r, 0, rows_col(&r, "id")),
				.kind = b->kind,
				.funding_account = b->funding->code,
				.day = b->day,
				.amount = size,
			}));
	return OK;
}

static enum result draft_break(struct work *w, const struct statement_draft *d, const char *kind,
	struct vnd amount, const char *note, const char *actor, struct entries *entries)
{
	struct statement_break b = {.funding = &d->funding,
		.statement = d->id,
		.day = d->day,
		.kind = kind,
		.note = note,
		.amount = amount};
	return statement_break_open(w, &b, actor, entries);
}

static struct entry file_entry(
	struct work *w, const struct statement_draft *d, const char *actor, const struct statement_closed *c)
{
	const struct statement_sums *s = &d->sums;
	struct told_by by = {.actor = actor, .effective = d->day};
	return entry_statement_file(w->arena, &by,
		&(struct statement_file){
			.funding_account = d->funding.code,
			.day = d->day,
			.sequence = s->head.sequence,
			.opening = s->head.opening,
			.closing = s->head.closing,
			.lines = s->lines,
			.debits = s->debits,
			.credits = s->credits,
			.pages = s->pages,
			.root = compact_root(&s->root),
			.source = d->source,
			.complete = c->complete,
			.chained = c->chained,
		});
}

static enum result insert_statement(
	struct work *w, const struct statement_draft *d, const struct statement_closed *c)
{
	const struct statement_sums *s = &d->sums;
	return db_run(w, Q_STATEMENT_CLOSE,
		DB_ARGS(db_i64(d->id), db_i64(d->funding.id), db_day(d->day), db_vnd(s->head.opening),
			db_vnd(s->head.closing), db_i64(s->lines), db_i64(s->pages), db_i64(s->head.sequence),
			db_text(d->source), db_bool(c->complete), db_bool(c->chained)),
		NULL);
}

enum result statement_close(struct work *w, struct statement_draft *d, const char *actor,
	struct entries *entries, struct statement_closed *out)
{
	struct vnd gap, jump;
	if (!statement_whole(&d->sums) || !statement_gap(&d->sums, &gap) ||
		!vnd_sub(d->sums.head.opening, d->last_closing, &jump)) {
		why_set(&w->why, "statement_pages", "%d of %d pages, %lld of %lld lines are here",
			(int)d->sums.pages, (int)d->sums.head.pages, (long long)d->sums.lines,
			(long long)d->sums.head.line_count);
		return REFUSED;
	}
	/* An account's first statement begins with nothing, as the books do, and is its number 1: what stood on an earlier one nobody
	 * here knows. last_sequence is 0 then. */
	struct statement_closed c = {.complete = vnd_is_zero(gap),
		.chained = vnd_is_zero(jump) && d->sums.head.sequence == d->last_sequence + 1};
	enum result result = insert_statement(w, d, &c);
	if (result != OK)
		return result;
	entries_add(w->arena, entries, file_entry(w, d, actor, &c));
	if (!c.complete) {
		c.breaks++;
		result = draft_break(w, d, "balance_gap", gap,
			"the lines do not add up to the closing balance: ask the bank for a new statement",
			actor, entries);
	}
	if (result == OK && !c.chained) {
		c.breaks++;
		result = draft_break(w, d, "chain_gap", jump,
			d->first
				? "it is not the account's first, and those before it are not here: ask the bank"
				: "it does not begin where the statement before it ended: ask the bank",
			actor, entries);
	}
	*out = c;
	return result;
}

/* ---- credits of the open day ----------------------------------------------------------------------------------------- */

struct credit_columns {
	const char **entries;
	struct vnd *amounts;
	struct day *days;
	int64_t *orders, *items;
	const struct funding_order **order_of;
	size_t n;
};

/* Each order once, and only by a credit of exactly its amount; everything else waits for the statement. */
static struct credit_columns credits_that_answer(
	struct work *w, struct funding_orders *orders, const struct booked_line *at, size_t n)
{
	struct credit_columns c = {
		.entries = arena_array(w->arena, n + 1, const char *),
		.amounts = arena_array(w->arena, n + 1, struct vnd),
		.days = arena_array(w->arena, n + 1, struct day),
		.orders = arena_array(w->arena, n + 1, int64_t),
		.items = arena_array(w->arena, n + 1, int64_t),
		.order_of = arena_array(w->arena, n + 1, const struct funding_order *),
	};
	for (size_t i = 0; i < n; i++) {
		const struct funding_order *o = at[i].debit ? NULL : order_of(orders, &at[i]);
		if (!o || o->used || strcmp(o->kind, "treasury") != 0 ||
			vnd_cmp(o->amount, at[i].amount) != 0)
			continue;
		orders->at[o - orders->at].used = true;
		c.entries[c.n] = at[i].entry_ref;
		c.amounts[c.n] = at[i].amount;
		c.days[c.n] = at[i].value_date;
		c.orders[c.n] = o->id;
		c.order_of[c.n] = o;
		c.items[c.n++] = (int64_t)i;
	}
	return c;
}

enum result intraday_apply(struct work *w, const struct funding *f, const struct booked_line *at, size_t n,
	int64_t message, const struct hash *src, const char *actor, struct entries *entries, size_t *booked)
{
	struct funding_orders orders;
	enum result result = funding_orders(w, f->id, &orders);
	if (result != OK)
		return result;
	struct credit_columns c = credits_that_answer(w, &orders, at, n);
	*booked = 0;
	if (c.n == 0)
		return OK;
	struct rows r;
	result = db_run(w, Q_INTRADAY_ADD,
		DB_ARGS(db_i64(f->id), db_texts(c.entries, c.n), db_vnds(c.amounts, c.n),
			db_days(c.days, c.n), db_i64s(c.orders, c.n), db_i64(message), db_i64s(c.items, c.n)),
		&r);
	if (result != OK)
		return result;
	for (size_t i = 0; i < rows_n(&r); i++) {
		size_t k = (size_t)row_i64(&r, i, rows_col(&r, "n")) - 1;
		struct told_by by = {
			.actor = actor, .effective = c.days[k], .src = src, .src_item = c.items[k]};
		entries_add(w->arena, entries,
			entry_funding(w->arena, &by,
				&(struct statement_fact){
					.line = row_i64(&r, i, rows_col(&r, "id")),
					.open_day = true,
					.funding_account = f->code,
					.amount = c.amounts[k],
					.entry = c.entries[k],
					.order = c.order_of[k]->reference,
				}));
	}
	*booked = rows_n(&r);
	return OK;
}
