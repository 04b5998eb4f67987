#include "ledger/payout/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/db/db.h"

void entries_add(struct arena *a, struct entries *list, struct entry entry)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct entry *at = arena_array(a, room, struct entry);
		if (list->n > 0)
			memcpy(at, list->at, list->n * sizeof *at);
		list->at = at;
		list->room = room;
	}
	list->at[list->n++] = entry;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

/* What the payouts of a batch have in common. */
struct terms {
	int64_t batch, funding_id;
	const char *agency, *programme, *channel, *funding;
	bool cash, honours_valid_until;
	struct day today;
};

struct locked {
	const struct rows *rows;
	int payout, state, batch, amount, id, line_hash;
	struct terms *terms; /* in batch order */
	size_t terms_n;
};

static int by_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static enum result terms_read(struct work *w, struct locked *l)
{
	size_t n = 0;
	int64_t *batches = arena_array(w->arena, rows_n(l->rows) + 1, int64_t);
	for (size_t i = 0; i < rows_n(l->rows); i++) {
		int64_t batch = row_i64(l->rows, i, l->batch);
		if (n == 0 || batches[n - 1] != batch)
			batches[n++] = batch;
	}
	struct rows r;
	enum result result = db_run(w, Q_OUTCOME_BATCHES, DB_ARGS(db_i64s(batches, n)), &r);
	if (result != OK)
		return result;
	l->terms_n = rows_n(&r);
	l->terms = arena_array(w->arena, l->terms_n + 1, struct terms);
	for (size_t i = 0; i < l->terms_n; i++)
		l->terms[i] = (struct terms){
			.batch = row_i64(&r, i, rows_col(&r, "batch")),
			.funding_id = row_i64(&r, i, rows_col(&r, "funding_id")),
			.agency = row_text(&r, i, rows_col(&r, "agency")),
			.programme = row_text(&r, i, rows_col(&r, "programme")),
			.channel = row_text(&r, i, rows_col(&r, "channel")),
			.funding = row_text(&r, i, rows_col(&r, "funding")),
			.cash = row_bool(&r, i, rows_col(&r, "cash")),
			.honours_valid_until = row_bool(&r, i, rows_col(&r, "honours_valid_until")),
			.today = row_day(&r, i, rows_col(&r, "today")),
		};
	return OK;
}

static enum result lock_all(
	struct work *w, const struct told *told, size_t n, struct rows *r, struct locked *l)
{
	int64_t *ids = arena_array(w->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		ids[i] = told[i].payout;
	enum result result = db_run(w, Q_OUTCOME_LOCK, DB_ARGS(db_i64s(ids, n)), r);
	if (result != OK)
		return result;
	*l = (struct locked){
		.rows = r,
		.payout = rows_col(r, "payout"),
		.state = rows_col(r, "state"),
		.batch = rows_col(r, "batch"),
		.amount = rows_col(r, "amount_dong"),
		.id = rows_col(r, "end_to_end_id"),
		.line_hash = rows_col(r, "line_hash"),
	};
	return terms_read(w, l);
}

/* Rows are in payout order. */
static bool locked_find(const struct locked *l, int64_t payout, size_t *at)
{
	size_t lo = 0, hi = rows_n(l->rows);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int64_t here = row_i64(l->rows, mid, l->payout);
		if (here == payout) {
			*at = mid;
			return true;
		}
		if (here < payout)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static const struct terms *terms_of(const struct locked *l, int64_t batch)
{
	const struct terms *t = bsearch(&batch, l->terms, l->terms_n, sizeof *l->terms, by_i64);
	if (!t)
		bug("batch %lld of a locked payout is not there", (long long)batch);
	return t;
}

static struct outcome outcome_of(const struct locked *l, size_t i)
{
	int64_t batch = row_i64(l->rows, i, l->batch);
	const struct terms *t = terms_of(l, batch);
	return (struct outcome){
		.known = true,
		.payout = row_i64(l->rows, i, l->payout),
		.batch = batch,
		.funding_id = t->funding_id,
		.amount = row_vnd(l->rows, i, l->amount),
		.id = row_text(l->rows, i, l->id),
		.line_hash = row_hash(l->rows, i, l->line_hash),
		.agency = t->agency,
		.programme = t->programme,
		.channel = t->channel,
		.funding = t->funding,
		.cash = t->cash,
		.honours_valid_until = t->honours_valid_until,
		.today = t->today,
	};
}

enum result outcome_decide(struct work *w, const struct told *told, size_t n, struct outcome **out)
{
	struct outcome *decided = arena_array(w->arena, n, struct outcome);
	struct rows found;
	struct locked l;
	enum result r = lock_all(w, told, n, &found, &l);
	if (r != OK)
		return r;

	size_t locked_n = rows_n(&found);
	enum payout_state *now = arena_array(w->arena, locked_n + 1, enum payout_state);
	int *nth = arena_array(w->arena, locked_n + 1, int);
	for (size_t i = 0; i < locked_n; i++) {
		int32_t code = row_i32(&found, i, l.state);
		if (!payout_state_valid(code)) {
			why_set(&w->why, "state_unknown",
				"a payout is in state %d, which this program does not know", code);
			return REFUSED;
		}
		now[i] = (enum payout_state)code;
		nth[i] = 0;
	}

	for (size_t i = 0; i < n; i++) {
		size_t at;
		if (!locked_find(&l, told[i].payout, &at)) {
			decided[i] = (struct outcome){.payout = told[i].payout};
			continue;
		}
		decided[i] = outcome_of(&l, at);
		/* A cash agent promises nothing; its confirmed list is complete, so who is not paid on it is not paid. */
		struct profile profile = {
			.honours_valid_until = decided[i].honours_valid_until || decided[i].cash};
		decided[i].from = now[at];
		decided[i].decision = payout_step(now[at], told[i].event, &profile);
		if (decided[i].decision.to != now[at])
			decided[i].nth = ++nth[at];
		now[at] = decided[i].decision.to;
	}
	*out = decided;
	return OK;
}

/* ---- moving ------------------------------------------------------------------------------------------------------- */

struct wave {
	int64_t *payouts, *from, *to, *messages, *items;
	bool *no_message;
	size_t n;
};

static struct wave wave_new(struct arena *a, size_t n)
{
	return (struct wave){
		.payouts = arena_array(a, n, int64_t),
		.from = arena_array(a, n, int64_t),
		.to = arena_array(a, n, int64_t),
		.messages = arena_array(a, n, int64_t),
		.items = arena_array(a, n, int64_t),
		.no_message = arena_array(a, n, bool),
	};
}

static void wave_add(struct wave *v, const struct told *t, const struct outcome *o)
{
	v->payouts[v->n] = o->payout;
	v->from[v->n] = (int64_t)o->from;
	v->to[v->n] = (int64_t)o->decision.to;
	v->messages[v->n] = t->message;
	v->items[v->n] = t->item;
	v->no_message[v->n] = t->message == 0;
	v->n++;
}

static enum result wave_move(struct work *w, enum payout_cause cause, const struct wave *v)
{
	struct rows moved;
	enum result r = db_run(w, Q_OUTCOME_MOVE,
		DB_ARGS(db_i64s(v->payouts, v->n), db_i64s(v->from, v->n), db_i64s(v->to, v->n),
			db_i64((int64_t)cause), db_with_nulls(db_i64s(v->messages, v->n), v->no_message),
			db_with_nulls(db_i64s(v->items, v->n), v->no_message), db_null()),
		&moved);
	if (r != OK)
		return r;
	if (rows_n(&moved) != v->n)
		bug("%zu locked payouts were to move and %zu did", v->n, rows_n(&moved));
	return OK;
}

/* One statement moves a payout once; a debit and its return on one statement are two moves, one after the other. */
static enum result move_all(struct work *w, enum payout_cause cause, const struct told *told,
	const struct outcome *out, size_t n, struct outcome_counts *counts)
{
	struct wave v = wave_new(w->arena, n);
	for (int nth = 1;; nth++) {
		v.n = 0;
		for (size_t i = 0; i < n; i++)
			if (out[i].nth == nth)
				wave_add(&v, &told[i], &out[i]);
		if (v.n == 0)
			return OK;
		enum result r = wave_move(w, cause, &v);
		if (r != OK)
			return r;
		counts->moved += v.n;
	}
}

/* ---- breaks ------------------------------------------------------------------------------------------------------- */

struct break_columns {
	const char **kinds, **notes;
	int64_t *fundings, *lines, *payouts;
	struct vnd *amounts;
	bool *no_line, *no_payout;
};

static struct break_columns break_columns(struct arena *a, const struct break_found *at, size_t n)
{
	struct break_columns c = {
		.kinds = arena_array(a, n, const char *),
		.notes = arena_array(a, n, const char *),
		.fundings = arena_array(a, n, int64_t),
		.lines = arena_array(a, n, int64_t),
		.payouts = arena_array(a, n, int64_t),
		.amounts = arena_array(a, n, struct vnd),
		.no_line = arena_array(a, n, bool),
		.no_payout = arena_array(a, n, bool),
	};
	for (size_t i = 0; i < n; i++) {
		c.kinds[i] = at[i].kind;
		c.notes[i] = at[i].note;
		c.fundings[i] = at[i].funding_id;
		c.lines[i] = at[i].line;
		c.payouts[i] = at[i].payout;
		c.amounts[i] = at[i].amount;
		c.no_line[i] = at[i].line == 0;
		c.no_payout[i] = at[i].payout == 0;
	}
	return c;
}

static int64_t or_zero(const struct rows *r, size_t i, int col)
{
	return row_null(r, i, col) ? 0 : row_i64(r, i, col);
}

/* The break that a returned row is about; breaks are few. */
static struct break_found *break_of(
	struct break_found *at, size_t n, const char *kind, int64_t funding, int64_t line, int64_t payout)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].line == line && at[i].payout == payout && at[i].funding_id == funding &&
			strcmp(at[i].kind, kind) == 0)
			return &at[i];
	bug("a break was opened that nobody asked for");
}

enum result breaks_open(
	struct work *w, const struct told_by *by, struct break_found *at, size_t n, struct entries *entries)
{
	if (n == 0)
		return OK;
	struct break_columns c = break_columns(w->arena, at, n);
	struct rows opened;
	enum result r = db_run(w, Q_BREAK_OPEN,
		DB_ARGS(db_texts(c.kinds, n), db_i64s(c.fundings, n), db_day(by->effective),
			db_with_nulls(db_i64s(c.lines, n), c.no_line),
			db_with_nulls(db_i64s(c.payouts, n), c.no_payout), db_vnds(c.amounts, n),
			db_texts(c.notes, n)),
		&opened);
	if (r != OK)
		return r;

	int id = rows_col(&opened, "id"), kind = rows_col(&opened, "kind"), line = rows_col(&opened, "line");
	int payout = rows_col(&opened, "payout"), funding = rows_col(&opened, "funding");
	for (size_t i = 0; i < rows_n(&opened); i++) {
		struct break_found *b = break_of(at, n, row_text(&opened, i, kind),
			row_i64(&opened, i, funding), or_zero(&opened, i, line), or_zero(&opened, i, payout));
		b->break_id = row_i64(&opened, i, id);
		entries_add(w->arena, entries,
			entry_break_opened(w->arena, by,
				&(struct break_opened){
					.break_id = b->break_id,
					.kind = b->kind,
					.funding_account = b->funding,
					.day = by->effective,
					.amount = b->amount,
					.id = b->id,
					.entry = b->entry,
				}));
	}
	return OK;
}

static const char *break_note(enum payout_break b)
{
	switch (b) {
	case BREAK_NONE: bug("no break has no note");
	case BREAK_AMOUNT_DIFFERS:
		return "the bank booked another amount than was signed: ask the bank for a correction";
	case BREAK_ACCOUNT_DIFFERS:
		return "the bank paid another account than was signed: demand the money back";
	case BREAK_ROGUE_DEBIT:
		return "money left the account for a payment that was never sent: stop the bank credential and call the bank";
	case BREAK_DOUBLE_DEBIT:
		return "the bank booked the same payment twice: demand the second amount back";
	case BREAK_CONTRADICTION:
		return "the bank's word contradicts how the payment ended; it is not paid again meanwhile: ask the bank which word is its last, "
		       "wait for the statement of its last valid day, then two officers resolve this";
	case BREAK_RETURN_UNKNOWN:
		return "money came back for a payment that is not known to be paid, or has come back before: ask the bank what it belongs to";
	case BREAK_LOST_LINE:
		return "the bank says that it was credited, its complete statement has no debit: ask for the missing line";
	case BREAK_OVERDUE:
		return "no end past its validity, and silence proves nothing at this bank: ask the bank for its signed word";
	}
	bug("there is no break %d", (int)b);
}

/* What is in question: a difference where amounts differ, else the amount that the bank booked, else the payout's. */
static struct vnd amount_of_break(const struct told *t, const struct outcome *o)
{
	struct vnd more, less;
	if (t->line == 0)
		return o->amount;
	if (o->decision.opens != BREAK_AMOUNT_DIFFERS)
		return t->amount;
	if (!vnd_sub(t->amount, o->amount, &more) || !vnd_neg(more, &less))
		bug("the difference of two amounts is out of range");
	return vnd_is_negative(more) ? less : more;
}

static enum result break_all(struct work *w, const char *actor, const struct told *told,
	const struct outcome *out, size_t n, struct entries *entries, struct outcome_counts *counts)
{
	struct break_found *found = arena_array(w->arena, n, struct break_found);
	size_t found_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!out[i].known || out[i].decision.opens == BREAK_NONE)
			continue;
		found[found_n++] = (struct break_found){
			.kind = payout_break_name(out[i].decision.opens),
			.funding_id = out[i].funding_id,
			.funding = out[i].funding,
			.line = told[i].line,
			.payout = out[i].payout,
			.id = out[i].id,
			.entry = told[i].entry,
			.amount = amount_of_break(&told[i], &out[i]),
			.note = break_note(out[i].decision.opens),
		};
	}
	if (found_n == 0)
		return OK;
	struct told_by by = {.actor = actor, .effective = out[0].today};
	for (size_t i = 0; i < n; i++)
		if (out[i].known)
			by.effective = out[i].today;
	counts->breaks += found_n;
	return breaks_open(w, &by, found, found_n, entries);
}

/* ---- what it books ------------------------------------------------------------------------------------------------- */

/* "AC04" as a code of the books: lower case, beginning with a letter. */
static const char *reason_code(struct arena *a, const char *reason)
{
	if (!reason || !*reason)
		return "unstated";
	char *code = arena_strdup(a, reason);
	for (char *c = code; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return code[0] >= 'a' && code[0] <= 'z' ? code : arena_printf(a, "r%s", code);
}

static void book_end(struct work *w, const char *actor, const struct told *t, const struct outcome *o,
	struct entries *entries, struct outcome_counts *counts)
{
	struct payout_end end = {
		.payout = o->payout,
		.batch = o->batch,
		.id = o->id,
		.line = o->line_hash,
		.amount = o->amount,
		.channel = o->channel,
		.funding_account = o->funding,
		.agency = o->agency,
		.programme = o->programme,
		.cash = o->cash,
		.entry = t->entry,
		.reason = reason_code(w->arena, t->reason),
	};
	struct told_by by = {.actor = actor, .effective = t->effective.n != 0 ? t->effective : o->today};

	switch (o->decision.to) {
	case PAYOUT_SETTLED:
		counts->settled++;
		entries_add(w->arena, entries, entry_payout_settled(w->arena, &by, &end));
		break;
	case PAYOUT_RETURNED:
		counts->returned++;
		entries_add(w->arena, entries, entry_payout_returned(w->arena, &by, &end));
		break;
	case PAYOUT_REJECTED:
		counts->rejected++;
		entries_add(w->arena, entries, entry_payout_rejected(w->arena, &by, &end));
		break;
	case PAYOUT_NOT_PAID:
		counts->not_paid++;
		entries_add(w->arena, entries, entry_payout_not_paid(w->arena, &by, &end));
		break;
	case PAYOUT_UNKNOWN: counts->unknown++; break;
	case PAYOUT_READY:
	case PAYOUT_HELD:
	case PAYOUT_SENT:
	case PAYOUT_ACCEPTED:
	case PAYOUT_CREDITED:
	case PAYOUT_CANCELLED: break;
	}
}

enum result outcome_apply(struct work *w, enum payout_cause cause, const char *actor, const struct told *told,
	const struct outcome *out, size_t n, struct entries *entries, struct outcome_counts *counts)
{
	enum result r = move_all(w, cause, told, out, n, counts);
	if (r != OK)
		return r;
	for (size_t i = 0; i < n; i++)
		if (out[i].nth > 0)
			book_end(w, actor, &told[i], &out[i], entries, counts);
	return break_all(w, actor, told, out, n, entries, counts);
}
