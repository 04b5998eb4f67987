/* What a chunk of people makes of claims and findings, and what is known of each of them. */
#include "ledger/register/advice.h"
#include "ledger/register/entitle_run_store.h"

/* ---- what a chunk makes ------------------------------------------------------------------------------------------------- */

#define ADD(c, list, value)                                                                                 \
	do {                                                                                                \
		if ((c)->n_##list == (c)->room_##list) {                                                    \
			(c)->room_##list = (c)->room_##list ? 2 * (c)->room_##list : 1024;                  \
			(c)->list = arena_regrow(                                                           \
				(c)->arena, (c)->list, (c)->n_##list, (c)->room_##list, sizeof *(c)->list); \
		}                                                                                           \
		(c)->list[(c)->n_##list++] = (value);                                                       \
	} while (0)

void chunk_add_claim(struct chunk *c, const struct about *about, const struct owed_item *item,
	const char *kind, int64_t decision)
{
	struct entitle_counts *counts = c->run->counts;
	struct claim_made made = {
		.person = about->person,
		.month = month_first(item->month),
		.kind = kind,
		.area = about->area,
		.area_from = about->area_from,
		.instalment = item->instalment,
		.amount = item->amount,
		.n_parts = item->n,
		.decision = decision,
	};
	ADD(c, claims, made);
	for (size_t i = 0; i < item->n; i++)
		ADD(c, parts, item->parts[i]);
	counts->claims++;
	if (!vnd_add(counts->sum, item->amount, &counts->sum))
		bug("claims do not fit into 63 bits");
}

void chunk_add_finding(
	struct chunk *c, const struct about *about, const char *code, const char *facts, bool blocks)
{
	struct finding_made f = {.person = about->person,
		.file = about->file,
		.row = about->row,
		.code = code,
		.facts = facts,
		.blocks = blocks};
	ADD(c, findings, f);
}

static const char *code_of(enum entitle_answer answer)
{
	switch (answer) {
	case ENTITLED_NO_RATE: return "no_rate";
	case ENTITLED_RATE_UNREAD: return "rate_unread";
	case ENTITLED_AGE: return "age_outside";
	case ENTITLED_CHILDREN: return "children_missing";
	case ENTITLED_SUSPENDED: return "suspended";
	case ENTITLED_TERMINATED: return "terminated";
	case ENTITLED_UNCOLLECTED: return "uncollected";
	case ENTITLED_MONTHS_SPENT: return "months_spent";
	case ENTITLED_ELSEWHERE: return "already_claimed";
	case ENTITLED:
	case ENTITLED_ENDED: break;
	}
	bug("no finding for answer %d", (int)answer);
}

void chunk_add_not(struct chunk *c, const struct about *about, const struct owed_not *n)
{
	struct entitle_counts *counts = c->run->counts;
	char month[MONTH_TEXT_SIZE];
	if (n->answer == ENTITLED_ENDED) {
		counts->ended++;
		return;
	}
	const char *facts = month_format(n->month, month);
	bool blocks = true;
	if (n->answer == ENTITLED_ELSEWHERE) {
		counts->already_claimed++;
	} else if (n->answer == ENTITLED_NO_RATE || n->answer == ENTITLED_RATE_UNREAD) {
		counts->no_rate++;
	} else {
		counts->stopped++;
		blocks =
			false; /* there is nothing to hold back, and what two officers decide about the person mends it */
	}
	facts = n->missing ? arena_printf(c->arena, "%s %s", n->missing, facts)
			   : arena_strdup(c->arena, facts);
	chunk_add_finding(c, about, code_of(n->answer), facts, blocks);
}

/* ---- what is known of a person --------------------------------------------------------------------------------------------- */

struct enrolled_at enrolled_at(const struct rows *r)
{
	return (struct enrolled_at){
		.person = rows_col(r, "person"),
		.kind = rows_col(r, "kind"),
		.category = rows_col(r, "category"),
		.pct = rows_col(r, "injury_pct"),
		.children = rows_col(r, "children"),
		.from = rows_col(r, "from_month"),
		.to = rows_col(r, "to_month"),
		.death = rows_col(r, "death"),
		.year = rows_col(r, "birth_year"),
		.birth = rows_col(r, "birth_date"),
		.area = rows_col(r, "area_code"),
		.area_from = rows_col(r, "area_from"),
		.recorded = rows_col(r, "recorded_at"),
		.row = -1,
		.joined = -1,
	};
}

static int number_or_0(const struct rows *rows, size_t i, int col)
{
	return row_null(rows, i, col) ? 0 : row_i32(rows, i, col);
}

static struct owed_row owed_row(const struct rows *rows, size_t i, int row, int joined)
{
	return (struct owed_row){.id = row_i64(rows, i, row),
		.joined_us = row_null(rows, i, joined) ? 0 : row_instant(rows, i, joined)};
}

static const struct category *category_of(const struct chunk *c, const char *code)
{
	const struct categories *all = &c->run->reference->categories;
	const size_t *at = map_get(&all->codes, bytes_z(code));
	bug_if(!at);
	return &all->at[*at];
}

void chunk_enrolled(struct chunk *c, const struct rows *rows, const struct enrolled_at *at, size_t from,
	size_t to, struct owed_asked *asked)
{
	struct owed_enrolled *enrolled = arena_alloc(c->arena, (to - from) * sizeof *enrolled);
	for (size_t i = from; i < to; i++) {
		bool arrears = *row_text(rows, i, at->kind) == 'a';
		struct owed_enrolled one = {
			.line = {.category = category_of(c, row_text(rows, i, at->category)),
				.injury_pct = number_or_0(rows, i, at->pct),
				.children = number_or_0(rows, i, at->children)},
			.from = month_of_day(row_day(rows, i, at->from)),
			.arrears = arrears,
			.recorded_us = row_instant(rows, i, at->recorded),
		};
		if (at->row >= 0)
			one.row = owed_row(rows, i, at->row, at->joined);
		if (arrears)
			one.to = month_of_day(row_day(rows, i, at->to));
		enrolled[i - from] = one;
	}
	asked->enrolled = enrolled;
	asked->n_enrolled = to - from;
	asked->period = c->run->period;
	asked->together = c->run->together;
	asked->of = (struct entitle_asked){
		.known_on = c->run->today,
		.sandbox = c->run->sandbox,
		.province = areas_province(&c->run->reference->areas, row_text(rows, from, at->area),
			row_day(rows, from, at->area_from)),
		.dead = !row_null(rows, from, at->death),
		.birth_year = row_i32(rows, from, at->year),
		.birth_whole = !row_null(rows, from, at->birth),
	};
	if (asked->of.dead)
		asked->of.death = row_day(rows, from, at->death);
	if (asked->of.birth_whole)
		asked->of.birth = row_day(rows, from, at->birth);
}

enum result chunk_load_claimed(
	struct work *w, struct chunk *c, const int64_t *persons, size_t n, struct day since)
{
	struct rows *rows = &c->claimed;
	enum result r = db_run(w, Q_ENTITLE_CLAIMED,
		DB_ARGS(db_text(c->run->programme), db_i64s(persons, n), db_day(since)), rows);
	c->claimed_next = 0;
	if (r == OK)
		c->claimed_at = (struct claimed_at){
			.person = rows_col(rows, "person"),
			.month = rows_col(rows, "month"),
			.kind = rows_col(rows, "kind"),
			.instalment = rows_col(rows, "instalment"),
			.amount = rows_col(rows, "amount_dong"),
			.period = rows_col(rows, "pay_period"),
			.known = rows_col(rows, "known_on"),
			.voided = rows_col(rows, "voided"),
			.made = rows_col(rows, "made_at"),
			.area = rows_col(rows, "area_code"),
			.area_from = rows_col(rows, "area_from"),
			.surplus = rows_col(rows, "surplus"),
			.row = rows_col(rows, "row"),
			.joined = rows_col(rows, "joined_at"),
		};
	return r;
}

static void read_claims(struct chunk *c, int64_t person, struct owed_asked *asked)
{
	const struct rows *rows = &c->claimed;
	const struct claimed_at *at = &c->claimed_at;
	while (c->claimed_next < rows_n(rows) && row_i64(rows, c->claimed_next, at->person) < person)
		c->claimed_next++;
	size_t from = c->claimed_next, to = from;
	while (to < rows_n(rows) && row_i64(rows, to, at->person) == person)
		to++;
	struct owed_claim *claims = arena_alloc(c->arena, (to - from) * sizeof *claims);
	for (size_t i = from; i < to; i++)
		claims[i - from] = (struct owed_claim){
			.month = month_of_day(row_day(rows, i, at->month)),
			.pay_period = month_of_day(row_day(rows, i, at->period)),
			.arrears = *row_text(rows, i, at->kind) == 'a',
			.voided = row_bool(rows, i, at->voided),
			.surplus = row_bool(rows, i, at->surplus),
			.row = owed_row(rows, i, at->row, at->joined),
			.instalment = row_i32(rows, i, at->instalment),
			.amount = row_vnd(rows, i, at->amount),
			.known_on = row_day(rows, i, at->known),
			.made_us = row_instant(rows, i, at->made),
			.province = areas_province(&c->run->reference->areas, row_text(rows, i, at->area),
				row_day(rows, i, at->area_from)),
		};
	asked->claims = claims;
	asked->n_claims = to - from;
}

static size_t count_of(const struct map *first, const int64_t *people, size_t n, int64_t person, size_t *from)
{
	const size_t *at = n > 0 ? map_get(first, bytes_of(&person, sizeof person)) : NULL;
	size_t to = at ? *at : 0;
	*from = to;
	while (at && to < n && people[to] == person)
		to++;
	return to - *from;
}

void chunk_history(struct chunk *c, int64_t listed, int64_t person, struct owed_asked *asked)
{
	const struct run *run = c->run;
	size_t from;
	read_claims(c, listed, asked);
	asked->n_standings = count_of(
		&run->standings_of, run->standing_person, run->n_standings, person, &from);
	asked->standings = run->standings + from;
	asked->n_uncollected = count_of(
		&run->uncollected_of, run->uncollected_person, run->n_uncollected, person, &from);
	asked->uncollected = run->uncollected + from;
}
