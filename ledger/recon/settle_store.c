#include "ledger/recon/settle_store.h"

#include <string.h>

#include "ledger/books/post.h"
#include "ledger/db/db.h"
#include "ledger/recon/inbox_store.h"
#include "ledger/recon/pair.h"
#include "ledger/recon/statement_store.h"

struct line {
	int64_t id, funding_id, payout, order, message, brk; /* brk: that came back from the archive for it */
	const char *funding, *entry_ref, *e2e, *reason;
	const char *booked_as; /* the kind under which recovered books know it already; NULL: they do not */
	struct day day;
	int32_t part, item;
	struct line_facts facts;
	struct pairing pairing;
	size_t told; /* index + 1 among what outcome is told; 0: nothing */
	bool waits;  /* its money goes to suspense */
	const struct funding_order *for_order;
};

/* The orders of the accounts that the lines are of: as many as lines at most, one or two in truth. */
struct known_orders {
	int64_t *funding;
	struct funding_orders *orders;
	size_t n;
};

struct settling {
	struct work *w;
	const char *actor;
	struct line *at;
	size_t n;
	struct fee_rule *rules;
	size_t rules_n;
	struct known_orders known;
	struct told *told;
	struct outcome *out;
	size_t told_n;
	struct entries entries;
	struct settle_counts counts;
};

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static enum result read_rules(struct settling *s)
{
	struct rows r;
	enum result result = db_run(s->w, Q_FEE_RULES, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	s->rules_n = rows_n(&r);
	s->rules = arena_array(s->w->arena, s->rules_n + 1, struct fee_rule);
	for (size_t i = 0; i < s->rules_n; i++)
		s->rules[i] = (struct fee_rule){
			.bank = row_text(&r, i, rows_col(&r, "bank")),
			.pattern = row_text(&r, i, rows_col(&r, "pattern")),
			.max = row_vnd(&r, i, rows_col(&r, "max_dong")),
		};
	return OK;
}

static enum result orders_of(struct settling *s, int64_t funding, struct funding_orders **out)
{
	struct known_orders *k = &s->known;
	for (size_t i = 0; i < k->n; i++) {
		if (k->funding[i] == funding) {
			*out = &k->orders[i];
			return OK;
		}
	}
	enum result result = funding_orders(s->w, funding, &k->orders[k->n]);
	if (result != OK)
		return result;
	k->funding[k->n] = funding;
	*out = &k->orders[k->n++];
	return OK;
}

static enum order_kind order_kind(const char *kind)
{
	static const char *const kinds[] = {[ORDER_TREASURY] = "treasury",
		[ORDER_AGENT_ADVANCE] = "agent_advance",
		[ORDER_AGENT_RETURN] = "agent_return",
		[ORDER_REFUND] = "refund",
		[ORDER_UNSPENT] = "unspent"};
	for (size_t k = ORDER_TREASURY; k < COUNT_OF(kinds); k++)
		if (strcmp(kinds[k], kind) == 0)
			return (enum order_kind)k;
	bug("an order of kind %s", kind);
}

struct line_columns {
	int id, day, part, funding, funding_code, bank, entry_ref, debit, amount, e2e, payout, amount_fits,
		account_fits, order, booked, has_details, reason, text, message, item;
};

static struct line_columns line_columns(const struct rows *r)
{
	return (struct line_columns){
		.id = rows_col(r, "id"),
		.day = rows_col(r, "day"),
		.part = rows_col(r, "detail"),
		.funding = rows_col(r, "funding"),
		.funding_code = rows_col(r, "funding_code"),
		.bank = rows_col(r, "bank"),
		.entry_ref = rows_col(r, "entry_ref"),
		.debit = rows_col(r, "debit"),
		.amount = rows_col(r, "amount_dong"),
		.e2e = rows_col(r, "end_to_end_id"),
		.payout = rows_col(r, "payout"),
		.amount_fits = rows_col(r, "amount_fits"),
		.account_fits = rows_col(r, "account_fits"),
		.order = rows_col(r, "funding_order"),
		.booked = rows_col(r, "booked_dong"),
		.has_details = rows_col(r, "has_details"),
		.reason = rows_col(r, "returned_reason"),
		.text = rows_col(r, "text"),
		.message = rows_col(r, "message"),
		.item = rows_col(r, "item"),
	};
}

static int64_t or_zero(const struct rows *r, size_t i, int col)
{
	return row_null(r, i, col) ? 0 : row_i64(r, i, col);
}

static struct line line_of(const struct rows *r, size_t i, const struct line_columns *c)
{
	struct line l = {
		.id = row_i64(r, i, c->id),
		.funding_id = row_i64(r, i, c->funding),
		.funding = row_text(r, i, c->funding_code),
		.payout = or_zero(r, i, c->payout),
		.order = or_zero(r, i, c->order),
		.message = row_i64(r, i, c->message),
		.item = row_i32(r, i, c->item),
		.entry_ref = row_text(r, i, c->entry_ref),
		.e2e = row_text(r, i, c->e2e),
		.reason = row_text(r, i, c->reason),
		.day = row_day(r, i, c->day),
		.part = row_i32(r, i, c->part),
	};
	l.facts = (struct line_facts){
		.debit = row_bool(r, i, c->debit),
		.amount = row_vnd(r, i, c->amount),
		.has_id = l.e2e != NULL,
		.is_payout = l.payout != 0,
		.amount_fits = l.payout != 0 && row_bool(r, i, c->amount_fits),
		.account = row_null(r, i, c->account_fits)   ? FIT_UNTOLD
			   : row_bool(r, i, c->account_fits) ? FIT_YES
							     : FIT_NO,
		.says_returned = l.reason != NULL,
		.has_details = row_bool(r, i, c->has_details),
		.bank = row_text(r, i, c->bank),
		.text = row_text(r, i, c->text),
		.booked = !row_null(r, i, c->booked),
	};
	if (l.facts.booked)
		l.facts.booked_amount = row_vnd(r, i, c->booked);
	return l;
}

/* What is booked of a line by itself: under which kind of the books and of recon.allocation, and as which entry. */
static const struct own_fact {
	const char *kind, *allocation;
	struct entry (*entry)(struct arena *a, const struct told_by *by, const struct statement_fact *e);
} own_facts[] = {
	[PAIR_FUNDING] = {"funding", "funding", entry_funding},
	[PAIR_FEE] = {"fee", "fee", entry_fee},
	[PAIR_AGENT_ADVANCE] = {"agent.advanced", "agent_advance", entry_agent_advanced},
	[PAIR_AGENT_RETURN] = {"agent.returned", "agent_return", entry_agent_returned},
	[PAIR_REFUND] = {"refund", "refund", entry_refund},
};

/* NULL: it is a payout's, its parts', or waits. */
static const struct own_fact *own_fact(enum pair_kind k)
{
	return (size_t)k < COUNT_OF(own_facts) && own_facts[k].kind ? &own_facts[k] : NULL;
}

/* What the books say that it is, it is. */
static struct pairing as_booked(const struct line *l)
{
	for (size_t i = 0; i < COUNT_OF(own_facts); i++)
		if (own_facts[i].kind && strcmp(own_facts[i].kind, l->booked_as) == 0)
			return (struct pairing){.kind = (enum pair_kind)i};
	if (l->pairing.kind == PAIR_SUSPENSE)
		return l->pairing;
	return (struct pairing){
		.kind = PAIR_SUSPENSE, .because = l->facts.debit ? "unmatched_debit" : "unmatched_credit"};
}

static enum result pair_one(struct settling *s, struct line *l)
{
	struct funding_order *order = NULL;
	if (l->order) {
		struct funding_orders *orders;
		enum result result = orders_of(s, l->funding_id, &orders);
		if (result != OK)
			return result;
		for (size_t i = 0; i < orders->n; i++)
			if (orders->at[i].id == l->order)
				order = &orders->at[i];
	}
	if (order) {
		l->facts.order = order_kind(order->kind);
		l->facts.order_used = order->used;
		l->facts.order_amount = order->amount;
		l->for_order = order;
	}
	l->pairing = pair_line(&l->facts, s->rules, s->rules_n);
	if (l->booked_as)
		l->pairing = as_booked(l);
	if (order && own_fact(l->pairing.kind) && l->pairing.kind != PAIR_FEE)
		order->used = true;
	return OK;
}

static struct statement_fact fact_of(const struct line *l)
{
	return (struct statement_fact){
		.line = l->id,
		.day = l->day,
		.part = l->part,
		.funding_account = l->funding,
		.amount = l->facts.amount,
		.entry = l->entry_ref,
		.debit = l->facts.debit,
	};
}

/* What waited under which break waits under it again. */
static enum result find_breaks(struct settling *s)
{
	struct arena *a = s->w->arena;
	int64_t *breaks = arena_array(a, s->n, int64_t), *lines = arena_array(a, s->n, int64_t);
	struct rows r;
	for (size_t i = 0; i < s->n; i++) {
		breaks[i] = s->at[i].brk;
		lines[i] = s->at[i].id;
		s->at[i].brk = 0;
	}
	enum result result = db_run(
		s->w, Q_SETTLE_FOUND, DB_ARGS(db_i64s(breaks, s->n), db_i64s(lines, s->n)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		int64_t n = row_i64(&r, i, rows_col(&r, "n"));
		s->at[n - 1].brk = breaks[n - 1];
	}
	return result;
}

/* After a restore, statements are fetched and settled again. What of their lines the recovered books know is not booked twice,
 * whatever rows of the database (rules, orders, credits of the open day) were lost with the dump. */
static enum result recognise(struct settling *s)
{
	struct arena *a = s->w->arena;
	struct rows r;
	enum result result = db_run(s->w, Q_SETTLE_RECOVERED, DB_NO_ARGS, &r);
	if (result != OK || !row_bool(&r, 0, rows_col(&r, "recovered")))
		return result;
	const char **idems = arena_array(a, 2 * s->n, const char *);
	for (size_t i = 0; i < s->n; i++) {
		struct statement_fact fact = fact_of(&s->at[i]);
		idems[i] = statement_fact_key(a, &fact);
		fact.open_day = true;
		idems[s->n + i] = statement_fact_key(a, &fact);
	}
	result = db_run(s->w, Q_SETTLE_BOOKED, DB_ARGS(db_texts(idems, 2 * s->n)), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		size_t n = (size_t)row_i64(&r, i, rows_col(&r, "n")) - 1;
		bug_if(n >= 2 * s->n);
		struct line *l = &s->at[n % s->n];
		if (n < s->n) {
			l->booked_as = row_text(&r, i, rows_col(&r, "kind"));
			l->brk = or_zero(&r, i, rows_col(&r, "break"));
		} else if (!l->facts.debit && !l->payout && l->part == 0) {
			l->facts.booked = true;
			l->facts.booked_amount = row_vnd(&r, i, rows_col(&r, "amount_dong"));
		}
	}
	return result == OK ? find_breaks(s) : result;
}

static enum result read_lines(struct settling *s, const struct rows *r)
{
	struct line_columns c = line_columns(r);
	s->n = rows_n(r);
	s->at = arena_array(s->w->arena, s->n, struct line);
	s->known.funding = arena_array(s->w->arena, s->n, int64_t);
	s->known.orders = arena_array(s->w->arena, s->n, struct funding_orders);
	for (size_t i = 0; i < s->n; i++)
		s->at[i] = line_of(r, i, &c);
	enum result result = recognise(s);
	for (size_t i = 0; i < s->n && result == OK; i++)
		result = pair_one(s, &s->at[i]);
	return result;
}

/* ---- payouts -------------------------------------------------------------------------------------------------------- */

static enum result move_payouts(struct settling *s)
{
	s->told = arena_array(s->w->arena, s->n + 1, struct told);
	for (size_t i = 0; i < s->n; i++) {
		struct line *l = &s->at[i];
		if (l->pairing.kind != PAIR_PAYOUT)
			continue;
		s->told[s->told_n++] = (struct told){
			.payout = l->payout,
			.event = l->pairing.event,
			.message = l->message,
			.item = l->item,
			.line = l->id,
			.amount = l->facts.amount,
			.entry = l->entry_ref,
			.reason = l->facts.debit ? NULL
				  : l->reason    ? l->reason
						 : "returned",
			.effective =
				l->day, /* of the statement: by it the account's balance moves, whatever the value date */
		};
		l->told = s->told_n;
	}
	if (s->told_n == 0)
		return OK;
	enum result result = outcome_decide(s->w, s->told, s->told_n, &s->out);
	if (result != OK)
		return result;
	return outcome_apply(
		s->w, CAUSE_STATEMENT, s->actor, s->told, s->out, s->told_n, &s->entries, &s->counts.done);
}

static bool is_rogue(const struct settling *s, const struct line *l)
{
	if (l->pairing.because)
		return strcmp(l->pairing.because, "rogue_debit") == 0;
	return l->told && s->out[l->told - 1].decision.opens == BREAK_ROGUE_DEBIT;
}

/* Which lines' money must wait: those that are nothing we know, and those that moved no payout. */
static void find_waiting(struct settling *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct line *l = &s->at[i];
		if (l->told) {
			const struct outcome *o = &s->out[l->told - 1];
			l->waits = o->nth == 0;
			if (!o->known)
				l->pairing.because =
					"rogue_debit"; /* a line of a batch that nobody approved */
		} else {
			l->waits = l->pairing.kind == PAIR_SUSPENSE;
		}
		if (l->waits && is_rogue(s, l))
			s->counts.rogue++;
	}
}

/* ---- breaks and suspense -------------------------------------------------------------------------------------------- */

/* What is in question: a difference where amounts differ, else all of it. */
static struct vnd amount_of_break(const struct line_facts *f, const char *because)
{
	struct vnd more, less;
	if (strcmp(because, "amount_differs") != 0)
		return f->amount;
	if (!vnd_sub(f->amount, f->booked ? f->booked_amount : f->order_amount, &more) ||
		!vnd_neg(more, &less))
		bug("the difference of two amounts is out of range");
	return vnd_is_negative(more) ? less : more;
}

static enum result open_breaks(struct settling *s, struct day today)
{
	struct break_found *found = arena_array(s->w->arena, s->n + 1, struct break_found);
	size_t found_n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->at[i];
		if (!l->waits || !l->pairing.because || l->brk)
			continue;
		found[found_n++] = (struct break_found){
			.kind = l->pairing.because,
			.funding_id = l->funding_id,
			.funding = l->funding,
			.line = l->id,
			.id = l->e2e,
			.entry = l->entry_ref,
			.amount = amount_of_break(&l->facts, l->pairing.because),
			.note = pair_note(l->pairing.because),
		};
	}
	struct told_by by = {.actor = s->actor, .effective = today};
	return breaks_open(s->w, &by, found, found_n, &s->entries);
}

struct waiting {
	int64_t *lines;
	struct line **of;
	size_t n;
};

static struct waiting waiting_lines(struct settling *s)
{
	struct waiting v = {
		.lines = arena_array(s->w->arena, s->n + 1, int64_t),
		.of = arena_array(s->w->arena, s->n + 1, struct line *),
	};
	for (size_t i = 0; i < s->n; i++) {
		if (!s->at[i].waits)
			continue;
		v.lines[v.n] = s->at[i].id;
		v.of[v.n++] = &s->at[i];
	}
	return v;
}

static enum result book_suspense(struct settling *s)
{
	struct waiting v = waiting_lines(s);
	if (v.n == 0)
		return OK;
	struct rows r;
	enum result result = db_run(s->w, Q_BREAKS_OF_LINES, DB_ARGS(db_i64s(v.lines, v.n)), &r);
	if (result != OK)
		return result;
	int line = rows_col(&r, "line"), id = rows_col(&r, "id");
	for (size_t i = 0; i < v.n; i++) {
		struct statement_fact fact = fact_of(v.of[i]);
		for (size_t j = 0; j < rows_n(&r) && fact.break_id == 0; j++)
			if (row_i64(&r, j, line) == v.lines[i])
				fact.break_id = row_i64(&r, j, id);
		if (fact.break_id == 0)
			bug("line %lld waits without a break", (long long)v.lines[i]);
		struct told_by by = {.actor = s->actor, .effective = v.of[i]->day, .src_item = v.of[i]->item};
		if (!v.of[i]->booked_as)
			entries_add(s->w->arena, &s->entries, entry_suspense(s->w->arena, &by, &fact));
		s->counts.suspense++;
	}
	return OK;
}

/* ---- everything else ------------------------------------------------------------------------------------------------ */

static void book_fact(struct settling *s, const struct line *l)
{
	struct arena *a = s->w->arena;
	const struct own_fact *own = own_fact(l->pairing.kind);
	struct statement_fact fact = fact_of(l);
	struct told_by by = {.actor = s->actor, .effective = l->day};
	s->counts.matched += l->pairing.kind == PAIR_PAYOUT && !l->waits && !l->booked_as;
	s->counts.funding += l->pairing.kind == PAIR_BOOKED && !l->booked_as;
	if (l->booked_as || !own)
		return;
	if (l->for_order) {
		fact.order = l->for_order->reference;
		fact.channel = l->for_order->channel;
		fact.unspent = l->facts.order == ORDER_UNSPENT;
	}
	if (l->pairing.kind == PAIR_FEE)
		fact.rule = l->pairing.rule->pattern;
	s->counts.funding += l->pairing.kind == PAIR_FUNDING;
	s->counts.fees += l->pairing.kind == PAIR_FEE;
	s->counts.agent += l->pairing.kind == PAIR_AGENT_ADVANCE || l->pairing.kind == PAIR_AGENT_RETURN;
	s->counts.refunds += l->pairing.kind == PAIR_REFUND;
	entries_add(a, &s->entries, own->entry(a, &by, &fact));
}

/* NULL: it needs no row; a payout's move says it, or its parts do. */
static const char *allocation_kind(const struct line *l)
{
	const struct own_fact *own = own_fact(l->pairing.kind);
	if (l->waits)
		return "suspense";
	if (l->pairing.kind == PAIR_BOOKED)
		return "funding";
	return own ? own->allocation : NULL;
}

static enum result allocate(struct settling *s)
{
	struct arena *a = s->w->arena;
	int64_t *lines = arena_array(a, s->n + 1, int64_t), *payouts = arena_array(a, s->n + 1, int64_t),
		*orders = arena_array(a, s->n + 1, int64_t);
	const char **kinds = arena_array(a, s->n + 1, const char *);
	bool *no_payout = arena_array(a, s->n + 1, bool), *no_order = arena_array(a, s->n + 1, bool);
	struct vnd *amounts = arena_array(a, s->n + 1, struct vnd);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->at[i];
		const char *kind = allocation_kind(l);
		if (!kind)
			continue;
		bool answers = l->for_order && !l->waits;
		lines[n] = l->id;
		kinds[n] = kind;
		payouts[n] = l->payout;
		no_payout[n] = l->payout == 0;
		orders[n] = answers ? l->for_order->id : 0;
		no_order[n] = !answers;
		amounts[n++] = l->facts.amount;
	}
	if (n == 0)
		return OK;
	return db_run(s->w, Q_ALLOCATE,
		DB_ARGS(db_i64s(lines, n), db_texts(kinds, n), db_with_nulls(db_i64s(payouts, n), no_payout),
			db_with_nulls(db_i64s(orders, n), no_order), db_vnds(amounts, n)),
		NULL);
}

/* ---- one transaction ------------------------------------------------------------------------------------------------ */

static enum result business_day(struct work *w, struct day *out)
{
	struct rows r;
	enum result result = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &r);
	if (result == OK)
		*out = row_day(&r, 0, rows_col(&r, "today"));
	return result;
}

static enum result settle_lines(struct settling *s, const struct rows *r)
{
	struct day today;
	enum result result = read_rules(s);
	if (result == OK)
		result = business_day(s->w, &today);
	if (result == OK)
		result = read_lines(s, r);
	if (result == OK)
		result = move_payouts(s);
	if (result != OK)
		return result;
	find_waiting(s);
	result = open_breaks(s, today);
	if (result == OK)
		result = book_suspense(s);
	if (result != OK)
		return result;
	for (size_t i = 0; i < s->n; i++)
		book_fact(s, &s->at[i]);
	s->counts.lines = s->n;
	return allocate(s);
}

/* Where the next n lines end; upto itself when there are none. */
static enum result next_end(struct work *w, int64_t upto, size_t n, int64_t *out)
{
	struct rows r;
	enum result result = db_run(w, Q_SETTLE_LAST, DB_ARGS(db_i64(upto), db_i64((int64_t)n)), &r);
	if (result != OK)
		return result;
	int id = rows_col(&r, "id");
	*out = row_null(&r, 0, id) ? upto : row_i64(&r, 0, id);
	return OK;
}

enum result settle_some(struct work *w, int settler, size_t n, const char *actor, struct settle_counts *out)
{
	struct settling s = {.w = w, .actor = actor};
	const char *name = arena_printf(w->arena, "settle.%d", settler);
	*out = (struct settle_counts){0};
	TX_GUARD(w);
	int64_t upto = 0, last = 0; /* gcc cannot see that without an end nothing is settled */
	bool mine = false;
	struct rows r;
	enum result result = tx_begin(w);
	if (result == OK)
		result = progress_take(w, name, &upto, &mine);
	if (result == OK && mine)
		result = next_end(w, upto, n, &last);
	if (result != OK || !mine || last == upto)
		return result;
	result = db_run(
		w, Q_SETTLE_NEXT, DB_ARGS(db_text(name), db_i64(upto), db_i64(last), db_i64((int64_t)n)), &r);
	if (result == OK && rows_n(&r) > 0)
		result = settle_lines(&s, &r);
	if (result == OK)
		result = progress_set(w, name, last);
	if (result == OK && s.entries.n > 0)
		result = books_post(w, s.entries.at, s.entries.n, FLOORS_RECORD, NULL);
	if (result == OK)
		result = tx_commit(w);
	if (result == OK) {
		*out = s.counts;
		out->seen = true;
	}
	return result;
}
