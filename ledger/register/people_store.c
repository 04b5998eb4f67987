#include "ledger/register/people_store.h"

#include <string.h>

#define PAGE 5000

struct page {
	struct work *w;
	const struct opening *opening;
	struct month period;
	const struct day *area_day;
	bool everywhere;
	size_t n_areas, n_programmes;
	const char *const *areas, *const *programmes;
	const char *programme;
	int64_t person; /* the last one seen of it */
	void (*take)(void *, const struct person_out *);
	void *context;
};

/* ---- claims of a page ------------------------------------------------------------------------------------------------------ */

struct claim_rows {
	struct rows rows;
	size_t next; /* rows come in the order of the people */
	int n, month, kind, amount, state, cash, delegate;
};

static enum result load_claims(struct page *g, const struct rows *people, struct claim_rows *out)
{
	size_t n = rows_n(people);
	int64_t *persons = arena_array(g->w->arena, n, int64_t);
	const char **programmes = arena_array(g->w->arena, n, const char *);
	int person = rows_col(people, "person"), programme = rows_col(people, "programme");
	for (size_t i = 0; i < n; i++) {
		persons[i] = row_i64(people, i, person);
		programmes[i] = row_text(people, i, programme);
	}
	struct claim_rows c = {0};
	enum result r = db_run(g->w, Q_PEOPLE_CLAIMS,
		DB_ARGS(db_day(month_first(g->period)), db_i64s(persons, n), db_texts(programmes, n)),
		&c.rows);
	if (r != OK)
		return r;
	c.n = rows_col(&c.rows, "n");
	c.month = rows_col(&c.rows, "month");
	c.kind = rows_col(&c.rows, "kind");
	c.amount = rows_col(&c.rows, "amount_dong");
	c.state = rows_col(&c.rows, "state");
	c.cash = rows_col(&c.rows, "paid_in_cash");
	c.delegate = rows_col(&c.rows, "delegate");
	*out = c;
	return OK;
}

/* What was or will be the way of the money. */
struct way {
	bool known, cash, delegate;
};

static size_t claims_of(struct page *g, struct claim_rows *c, size_t person, bool blocked,
	const struct person_claim **out, struct way *way)
{
	size_t first = c->next, n;
	while (c->next < rows_n(&c->rows) && row_i64(&c->rows, c->next, c->n) == (int64_t)person + 1)
		c->next++;
	n = c->next - first;
	struct person_claim *at = arena_array(g->w->arena, n, struct person_claim);
	for (size_t i = 0; i < n; i++) {
		const char *state = row_text(&c->rows, first + i, c->state);
		bool waits = strcmp(state, "open") == 0;
		at[i] = (struct person_claim){
			.month = row_day(&c->rows, first + i, c->month),
			.kind = row_text(&c->rows, first + i, c->kind),
			.amount = row_vnd(&c->rows, first + i, c->amount),
			.state = waits && blocked ? "exception" : state,
		};
		if (waits || strcmp(state, "voided") == 0)
			continue;
		way->known = true;
		way->cash = row_bool(&c->rows, first + i, c->cash);
		way->delegate = row_bool(&c->rows, first + i, c->delegate);
	}
	*out = at;
	return n;
}

/* ---- one person -------------------------------------------------------------------------------------------------------------- */

static const char *method_of(const struct rows *r, size_t i, const struct way *way)
{
	bool wish = strcmp(row_text(r, i, rows_col(r, "wish")), "cash") == 0;
	const char *kind = row_text(r, i, rows_col(r, "account_kind"));
	if (way->known && way->cash)
		return wish ? "cash_wish" : "cash_want";
	if (way->known)
		return way->delegate ? "delegate" : "account";
	if (wish)
		return "cash_wish";
	if (kind)
		return strcmp(kind, "self") == 0 ? "account" : "delegate";
	return row_bool(r, i, rows_col(r, "any_account")) ? "account" : "cash_want";
}

/* Of several claims the one that most wants to be seen. */
static const char *state_of(const struct person_claim *at, size_t n, bool dead, bool blocked)
{
	static const char *const order[] = {"exception", "unknown", "rejected", "not_paid", "returned",
		"held", "cancelled", "open", "in_batch", "ready", "sent", "accepted", "credited", "voided",
		"settled"};
	size_t best = COUNT_OF(order);
	if (n == 0)
		return dead ? "ended" : blocked ? "exception" : "no_claim";
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < best; j++)
			if (strcmp(order[j], at[i].state) == 0)
				best = j;
	return best < COUNT_OF(order) ? order[best] : at[0].state;
}

static enum result one_page(struct page *g, bool *more)
{
	struct rows rows;
	struct claim_rows claims;
	enum result r = db_run(g->w, Q_PEOPLE_PAGE,
		DB_ARGS(db_day(month_first(g->period)), db_text(g->programme), db_i64(g->person),
			db_i64(PAGE), db_bool(g->everywhere), db_texts(g->areas, g->n_areas),
			g->area_day ? db_day(*g->area_day) : db_null()),
		&rows);
	*more = r == OK && rows_n(&rows) > 0;
	if (!*more)
		return r;
	r = load_claims(g, &rows, &claims);
	for (size_t i = 0; i < rows_n(&rows) && r == OK; i++) {
		bool blocked = row_bool(&rows, i, rows_col(&rows, "blocked")),
		     dead = row_bool(&rows, i, rows_col(&rows, "dead"));
		struct way way = {0};
		struct person_out p = {
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.ward = row_text(&rows, i, rows_col(&rows, "ward")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
		};
		if (!opening_id(g->w, g->opening, &rows, i, &p.id))
			return REFUSED;
		p.n_claims = claims_of(g, &claims, i, blocked, &p.claims, &way);
		p.method = method_of(&rows, i, &way);
		p.state = state_of(p.claims, p.n_claims, dead, blocked);
		g->take(g->context, &p);
		g->person = row_i64(&rows, i, rows_col(&rows, "listed"));
	}
	return r;
}

/* ---- everybody ----------------------------------------------------------------------------------------------------------------- */

static enum result begin(struct page *g)
{
	struct rows rows;
	enum result r = db_run(g->w, Q_PEOPLE_BEGIN, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	g->everywhere = row_bool(&rows, 0, rows_col(&rows, "everywhere"));
	g->areas = row_texts(&rows, 0, rows_col(&rows, "areas"), &g->n_areas);
	g->programmes = row_texts(&rows, 0, rows_col(&rows, "programmes"), &g->n_programmes);
	if (!g->everywhere && g->n_areas == 0) {
		why_set(&g->w->why, "no_mandate", "you have no mandate for any ward");
		return REFUSED;
	}
	return OK;
}

static enum result all_pages(struct page *g)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	struct arena *whole = g->w->arena;
	enum result r = OK;
	g->w->arena = a;
	g->person = 0;
	for (bool more = true; r == OK && more;) {
		r = one_page(g, &more);
		arena_reset(a);
	}
	g->w->arena = whole;
	return r;
}

enum result people_each(struct work *w, const struct opening *opening, const struct people_wish *wish,
	void (*take)(void *context, const struct person_out *p), void *context)
{
	struct page g = {.w = w,
		.opening = opening,
		.period = wish->period,
		.area_day = wish->area_day,
		.take = take,
		.context = context};
	enum result r = begin(&g);
	for (size_t i = 0; r == OK && i < g.n_programmes; i++) {
		g.programme = g.programmes[i];
		r = all_pages(&g);
	}
	return r;
}

/* ---- findings ------------------------------------------------------------------------------------------------------------------ */

enum result finding_list(struct work *w, const struct opening *opening, struct month period, bool open_only,
	struct findings_out *out)
{
	struct rows rows;
	enum result r = db_run(
		w, Q_FINDING_LIST, DB_ARGS(db_day(month_first(period)), db_bool(open_only)), &rows);
	if (r != OK)
		return r;
	int row = rows_col(&rows, "row_no"), birth_year = rows_col(&rows, "birth_year");
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct finding_out);
	for (size_t i = 0; i < out->n; i++) {
		out->at[i] = (struct finding_out){
			.id = row_i64(&rows, i, rows_col(&rows, "id")),
			.programme = row_text(&rows, i, rows_col(&rows, "programme")),
			.code = row_text(&rows, i, rows_col(&rows, "code")),
			.note = row_text(&rows, i, rows_col(&rows, "note")),
			.file = row_text(&rows, i, rows_col(&rows, "file")),
			.area = row_text(&rows, i, rows_col(&rows, "area")),
			.row = row_null(&rows, i, row) ? 0 : row_i32(&rows, i, row),
			.blocks = row_bool(&rows, i, rows_col(&rows, "blocks")),
			.verdict = row_text(&rows, i, rows_col(&rows, "verdict")),
			.name = row_text(&rows, i, rows_col(&rows, "name")),
			.birth_year = row_null(&rows, i, birth_year) ? 0 : row_i32(&rows, i, birth_year),
			.proposed = row_text(&rows, i, rows_col(&rows, "proposed")),
			.proposed_by = row_text(&rows, i, rows_col(&rows, "proposed_by")),
			.reason = row_text(&rows, i, rows_col(&rows, "reason")),
		};
		if (!opening_id_masked(w, opening, &rows, i, &out->at[i].masked_id))
			return REFUSED;
	}
	return OK;
}

enum result finding_decide(
	struct work *w, int64_t finding, const char *verdict, const char *reason, bool *decided)
{
	static const struct {
		const char *outcome, *code, *text;
	} refusals[] = {
		{"no_mandate", "no_mandate", "you have no mandate to decide findings"},
		{"unknown", "finding_unknown", "there is no such open finding"},
		{"same_officer", "same_person", "you proposed this; another officer must decide it"},
	};
	struct rows rows;
	enum result r = db_run(
		w, Q_FINDING_PROPOSE, DB_ARGS(db_i64(finding), db_text(verdict), db_text(reason)), &rows);
	if (r != OK)
		return r;
	const char *outcome = row_text(&rows, 0, rows_col(&rows, "outcome"));
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		if (strcmp(refusals[i].outcome, outcome) != 0)
			continue;
		why_set(&w->why, refusals[i].code, "%s", refusals[i].text);
		return REFUSED;
	}
	*decided = strcmp(outcome, "decided") == 0;
	return OK;
}
