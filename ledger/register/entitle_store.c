#include "ledger/register/entitle_store.h"

#include <string.h>

#include "ledger/db/copy.h"
#include "ledger/register/advice.h"
#include "ledger/register/entitle.h"

#define CHUNK 10000 /* rows of lists */

struct run {
	struct work *w;
	const struct reference *reference;
	struct rates rates;
	const char *programme;
	struct month period;
	struct day today;
	bool sandbox;
	int64_t agency;
	struct entitle_counts *counts;
};

/* ---- what is loaded once ---------------------------------------------------------------------------------------------- */

static enum result begin(struct run *run)
{
	struct work *w = run->w;
	struct rows rows;
	enum result r = db_run(w, Q_ENTITLE_BEGIN, DB_ARGS(db_text(run->programme)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0) {
		why_set(&w->why, "programme_unknown", "%s", run->programme);
		return REFUSED;
	}
	if (row_null(&rows, 0, rows_col(&rows, "agency"))) {
		why_set(&w->why, "agency_missing", "no agency pays the programme %s yet", run->programme);
		return REFUSED;
	}
	if (!row_bool(&rows, 0, rows_col(&rows, "may"))) {
		why_set(&w->why, "no_mandate", "you have no mandate register or maker for agency %s",
			row_text(&rows, 0, rows_col(&rows, "agency_code")));
		return REFUSED;
	}
	run->today = row_day(&rows, 0, rows_col(&rows, "today"));
	run->sandbox = row_bool(&rows, 0, rows_col(&rows, "sandbox"));
	run->agency = row_i64(&rows, 0, rows_col(&rows, "agency"));
	return OK;
}

static enum result load_rates(struct run *run)
{
	struct rates *rates = &run->rates;
	struct rows rows;
	enum result r = db_run(run->w, Q_ENTITLE_RATES, DB_ARGS(db_text(run->programme)), &rows);
	if (r != OK)
		return r;
	int code = rows_col(&rows, "rate_code"), basis = rows_col(&rows, "basis"),
	    standard = rows_col(&rows, "standard_code"), coefficient = rows_col(&rows, "coefficient"),
	    pct = rows_col(&rows, "injury_pct"), amount = rows_col(&rows, "amount_dong"),
	    province = rows_col(&rows, "province_code"), from = rows_col(&rows, "effective_from"),
	    to = rows_col(&rows, "effective_to"), force = rows_col(&rows, "in_force_from"),
	    decree = rows_col(&rows, "decree"), unread = rows_col(&rows, "unread");
	rates->arena = run->w->arena;
	rates->n = rows_n(&rows);
	rates->at = arena_array(rates->arena, rates->n, struct rate);
	for (size_t i = 0; i < rates->n; i++) {
		struct rate *at = &rates->at[i];
		*at = (struct rate){
			.code = row_text(&rows, i, code),
			.standard_code = row_text(&rows, i, standard),
			.coefficient_hundredths = row_null(&rows, i, coefficient)
							  ? 0
							  : row_i32(&rows, i, coefficient),
			.injury_pct = row_null(&rows, i, pct) ? 0 : row_i32(&rows, i, pct),
			.amount = row_vnd(&rows, i, amount),
			.province = row_text(&rows, i, province),
			.effective_from = row_day(&rows, i, from),
			.ends = !row_null(&rows, i, to),
			.in_force_from = row_day(&rows, i, force),
			.decree = row_text(&rows, i, decree),
			.unread = row_bool(&rows, i, unread),
		};
		if (at->ends)
			at->effective_to = row_day(&rows, i, to);
		if (!rate_basis_parse(row_text(&rows, i, basis), &at->basis))
			bug("rules.rate has a basis that is not known");
	}
	rates_index(rates);
	return OK;
}

/* ---- what a chunk makes ------------------------------------------------------------------------------------------------- */

struct claim_made {
	int64_t person;
	struct day month;
	const char *kind, *area;
	struct day area_from;
	struct vnd amount;
	size_t n_parts; /* the next so many of the parts */
};

struct finding_made {
	int64_t person, file, row;
	const char *code, *note;
};

/* A claim of the same kind and pay period is this list's own, made by an earlier run. */
enum claimed { CLAIMED_REGULAR, CLAIMED_ARREARS, CLAIMED_ELSEWHERE };

struct chunk {
	struct run *run;
	struct arena *arena;
	struct claim_made *claims;
	struct entitle_part *parts;
	struct finding_made *findings;
	size_t n_claims, n_parts, n_findings, room_claims, room_parts, room_findings;
	struct map claimed; /* person and month that have a claim, to enum claimed */
};

#define ADD(c, list, value)                                                                                 \
	do {                                                                                                \
		if ((c)->n_##list == (c)->room_##list) {                                                    \
			(c)->room_##list = (c)->room_##list ? 2 * (c)->room_##list : 1024;                  \
			(c)->list = arena_regrow(                                                           \
				(c)->arena, (c)->list, (c)->n_##list, (c)->room_##list, sizeof *(c)->list); \
		}                                                                                           \
		(c)->list[(c)->n_##list++] = (value);                                                       \
	} while (0)

/* ---- one row of a list --------------------------------------------------------------------------------------------------- */

struct columns {
	int person, kind, file, row, listed, area, area_from, province, category, pct, from, to, decision,
		death;
};

static struct columns columns_of(const struct rows *r)
{
	return (struct columns){
		.person = rows_col(r, "person"),
		.kind = rows_col(r, "kind"),
		.file = rows_col(r, "file"),
		.row = rows_col(r, "row_no"),
		.listed = rows_col(r, "listed_dong"),
		.area = rows_col(r, "area_code"),
		.area_from = rows_col(r, "area_from"),
		.province = rows_col(r, "province"),
		.category = rows_col(r, "category"),
		.pct = rows_col(r, "injury_pct"),
		.from = rows_col(r, "from_month"),
		.to = rows_col(r, "to_month"),
		.decision = rows_col(r, "decision"),
		.death = rows_col(r, "death"),
	};
}

/* The rows [from, to) of one person and kind. */
struct listed {
	const struct rows *rows;
	const struct columns *at;
	size_t from, to;
	int64_t person;
	const char *kind;
	bool regular;
};

static void add_finding(struct chunk *c, const struct listed *l, const char *code, const char *note)
{
	struct finding_made f = {
		.person = l->person,
		.file = row_i64(l->rows, l->from, l->at->file),
		.row = row_i64(l->rows, l->from, l->at->row),
		.code = code,
		.note = note,
	};
	ADD(c, findings, f);
}

static void find_no_claim(
	struct chunk *c, const struct listed *l, const struct entitlement *e, struct day month)
{
	char day[DAY_TEXT_SIZE];
	const char *code = e->answer == ENTITLED_NO_RATE ? "no_rate" : "rate_unread";
	const char *what = e->answer == ENTITLED_NO_RATE ? "no rate for" : "nobody has read the rate for";
	add_finding(c, l, code,
		arena_printf(c->arena, "%s: %s %s on %s", advice_for(code), what, e->missing,
			day_format(month, day)));
	c->run->counts->no_rate++;
}

static bool is_claimed(struct chunk *c, const struct listed *l, struct day month, bool *by_this_list)
{
	struct {
		int64_t person;
		int32_t month;
		int32_t none;
	} key = {.person = l->person, .month = month.n};
	const size_t *found = map_get(&c->claimed, bytes_of(&key, sizeof key));
	if (!found)
		return false;
	*by_this_list = *found == (l->regular ? CLAIMED_REGULAR : CLAIMED_ARREARS);
	return true;
}

/* One month of one row. False: it gives no claim, and so the row's sum says nothing. */
static bool claim_month(
	struct chunk *c, const struct listed *l, const struct entitle_asked *asked, struct vnd *sum)
{
	struct run *run = c->run;
	struct entitlement e;
	bool by_this_list;
	struct day month = month_first(asked->month);
	if (is_claimed(c, l, month, &by_this_list)) {
		if (!by_this_list) {
			add_finding(c, l, "already_claimed", advice_for("already_claimed"));
			run->counts->already_claimed++;
		}
		return false;
	}
	entitle(c->arena, &run->rates, asked, &e);
	if (e.answer == ENTITLED_ENDED) {
		run->counts->ended++;
		return false;
	}
	if (e.answer != ENTITLED) {
		find_no_claim(c, l, &e, month);
		return false;
	}
	struct claim_made made = {
		.person = l->person,
		.month = month,
		.kind = l->kind,
		.area = row_text(l->rows, l->from, l->at->area),
		.area_from = row_day(l->rows, l->from, l->at->area_from),
		.amount = e.amount,
		.n_parts = e.n,
	};
	ADD(c, claims, made);
	for (size_t i = 0; i < e.n; i++)
		ADD(c, parts, e.parts[i]);
	run->counts->claims++;
	if (!vnd_add(*sum, e.amount, sum) || !vnd_add(run->counts->sum, e.amount, &run->counts->sum))
		bug("claims do not fit into 63 bits");
	return true;
}

/* The categories of the rows [from, to) that begin in the month of row `from`. */
static size_t read_lines(struct chunk *c, const struct listed *l, size_t from,
	struct entitle_line lines[static CATEGORIES_OF_ONE])
{
	const struct categories *all = &c->run->reference->categories;
	size_t n = 0;
	for (size_t i = from; i < l->to; i++) {
		if (day_cmp(row_day(l->rows, i, l->at->from), row_day(l->rows, from, l->at->from)) != 0 &&
			!l->regular)
			break;
		const size_t *category = map_get(&all->codes, bytes_z(row_text(l->rows, i, l->at->category)));
		bug_if(!category);
		if (n < CATEGORIES_OF_ONE)
			lines[n++] = (struct entitle_line){
				.category = &all->at[*category],
				.injury_pct = row_null(l->rows, i, l->at->pct)
						      ? 0
						      : row_i32(l->rows, i, l->at->pct),
			};
	}
	return n;
}

/* Of a regular row: where the last month that named categories begins. */
static size_t last_month_begins(const struct listed *l)
{
	size_t at = l->from;
	for (size_t i = l->from + 1; i < l->to; i++)
		if (day_cmp(row_day(l->rows, i, l->at->from), row_day(l->rows, at, l->at->from)) > 0)
			at = i;
	return at;
}

static void claim_row(struct chunk *c, const struct listed *l)
{
	struct entitle_line lines[CATEGORIES_OF_ONE];
	size_t from = l->regular ? last_month_begins(l) : l->from;
	struct month first = l->regular ? c->run->period : month_of_day(row_day(l->rows, from, l->at->from));
	struct month last = l->regular ? first : month_of_day(row_day(l->rows, from, l->at->to));
	struct entitle_asked asked = {
		.lines = lines,
		.n = read_lines(c, l, from, lines),
		.province = row_text(l->rows, l->from, l->at->province),
		.known_on = c->run->today,
		.dead = !row_null(l->rows, l->from, l->at->death),
		.sandbox = c->run->sandbox,
	};
	struct vnd sum = vnd(0);
	bool all = true;
	if (asked.dead)
		asked.death = row_day(l->rows, l->from, l->at->death);
	for (asked.month = first; month_cmp(asked.month, last) <= 0; asked.month = month_add(asked.month, 1))
		all = claim_month(c, l, &asked, &sum) && all;
	if (!all || row_null(l->rows, l->from, l->at->listed) ||
		vnd_cmp(row_vnd(l->rows, l->from, l->at->listed), sum) == 0)
		return;
	char said[VND_TEXT_SIZE], due[VND_TEXT_SIZE];
	vnd_format_dots(row_vnd(l->rows, l->from, l->at->listed), said);
	add_finding(c, l, "amount_differs",
		arena_printf(c->arena, "%s: danh sách ghi %s, được hưởng %s", advice_for("amount_differs"),
			said, vnd_format_dots(sum, due)));
	c->run->counts->amount_differs++;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

static enum result draw_ids(struct work *w, size_t n, int64_t *ids)
{
	struct rows rows;
	enum result r = db_run(w, Q_ENTITLE_CLAIM_IDS, DB_ARGS(db_i64((int64_t)n)), &rows);
	if (r != OK)
		return r;
	int id = rows_col(&rows, "id");
	for (size_t i = 0; i < n; i++)
		ids[i] = row_i64(&rows, i, id);
	return OK;
}

static enum result write_parts(struct work *w, const struct chunk *c, const int64_t *ids)
{
	size_t n = 0;
	int64_t *claims = arena_array(c->arena, c->n_parts, int64_t),
		*numbers = arena_array(c->arena, c->n_parts, int64_t);
	const char **codes = arena_array(c->arena, c->n_parts, const char *),
		   **workings = arena_array(c->arena, c->n_parts, const char *);
	struct vnd *amounts = arena_array(c->arena, c->n_parts, struct vnd);
	for (size_t i = 0; i < c->n_claims; i++) {
		for (size_t j = 0; j < c->claims[i].n_parts; j++, n++) {
			claims[n] = ids[i];
			numbers[n] = (int64_t)j + 1;
			codes[n] = c->parts[n].rate_code;
			amounts[n] = c->parts[n].amount;
			workings[n] = c->parts[n].working;
		}
	}
	return copy_columns(w, Q_ENTITLE_PARTS_IN,
		DB_ARGS(db_i64s(claims, n), db_i64s(numbers, n), db_texts(codes, n), db_vnds(amounts, n),
			db_texts(workings, n)));
}

static enum result write_claims(struct work *w, const struct chunk *c)
{
	size_t n = c->n_claims;
	int64_t *ids = arena_array(c->arena, n, int64_t), *persons = arena_array(c->arena, n, int64_t);
	struct day *months = arena_array(c->arena, n, struct day),
		   *area_froms = arena_array(c->arena, n, struct day);
	const char **kinds = arena_array(c->arena, n, const char *),
		   **areas = arena_array(c->arena, n, const char *);
	struct vnd *amounts = arena_array(c->arena, n, struct vnd);
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		persons[i] = c->claims[i].person;
		months[i] = c->claims[i].month;
		kinds[i] = c->claims[i].kind;
		amounts[i] = c->claims[i].amount;
		areas[i] = c->claims[i].area;
		area_froms[i] = c->claims[i].area_from;
	}
	enum result r = draw_ids(w, n, ids);
	if (r == OK)
		r = copy_columns(w, Q_ENTITLE_CLAIMS_IN,
			DB_ARGS(db_i64s(ids, n), db_i64s(persons, n), db_text(c->run->programme),
				db_days(months, n), db_texts(kinds, n), db_vnds(amounts, n),
				db_i64(c->run->agency), db_day(month_first(c->run->period)),
				db_texts(areas, n), db_days(area_froms, n)));
	return r == OK ? write_parts(w, c, ids) : r;
}

static enum result write_findings(struct work *w, const struct chunk *c)
{
	size_t n = c->n_findings;
	int64_t *persons = arena_array(c->arena, n, int64_t), *files = arena_array(c->arena, n, int64_t),
		*numbers = arena_array(c->arena, n, int64_t);
	const char **programmes = arena_array(c->arena, n, const char *),
		   **codes = arena_array(c->arena, n, const char *),
		   **notes = arena_array(c->arena, n, const char *);
	bool *blocks = arena_array(c->arena, n, bool);
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		const struct finding_made *f = &c->findings[i];
		persons[i] = f->person;
		files[i] = f->file;
		numbers[i] = f->row;
		programmes[i] = c->run->programme;
		codes[i] = f->code;
		notes[i] = f->note;
		blocks[i] = true;
	}
	return db_run(w, Q_IMPORT_FINDINGS_ADD,
		DB_ARGS(db_texts(programmes, n), db_day(month_first(c->run->period)), db_i64s(persons, n),
			db_i64s(files, n), db_i64s(numbers, n), db_texts(codes, n), db_texts(notes, n),
			db_bools(blocks, n)),
		NULL);
}

/* ---- a chunk, and all of them ------------------------------------------------------------------------------------------------ */

static enum result load_claimed(struct work *w, struct chunk *c, const struct rows *people, int person)
{
	size_t n = 0;
	int64_t *persons = arena_array(c->arena, rows_n(people), int64_t);
	struct rows rows;
	for (size_t i = 0; i < rows_n(people); i++)
		if (n == 0 || persons[n - 1] != row_i64(people, i, person))
			persons[n++] = row_i64(people, i, person);
	map_begin(&c->claimed, c->arena);
	enum result r = db_run(
		w, Q_ENTITLE_CLAIMED, DB_ARGS(db_text(c->run->programme), db_i64s(persons, n)), &rows);
	if (r != OK)
		return r;
	int who = rows_col(&rows, "person"), month = rows_col(&rows, "month"), kind = rows_col(&rows, "kind"),
	    period = rows_col(&rows, "pay_period");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		struct {
			int64_t person;
			int32_t month;
			int32_t none;
		} key = {.person = row_i64(&rows, i, who), .month = row_day(&rows, i, month).n};
		bool is_new;
		bool elsewhere = day_cmp(row_day(&rows, i, period), month_first(c->run->period)) != 0;
		enum claimed what = *row_text(&rows, i, kind) == 'r' ? CLAIMED_REGULAR : CLAIMED_ARREARS;
		size_t *at = map_put(&c->claimed, bytes_of(&key, sizeof key), what, &is_new);
		if (elsewhere || (!is_new && *at != what))
			*at = CLAIMED_ELSEWHERE;
	}
	return OK;
}

/* The next people after *person and *kind; *more is false when nobody is left. */
static enum result run_chunk(
	struct run *run, struct arena *arena, int64_t *person, const char **kind, bool *more)
{
	struct work *w = run->w;
	struct chunk c = {.run = run, .arena = arena};
	struct rows rows;
	enum result r = db_run(w, Q_ENTITLE_PEOPLE,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period)), db_i64(*person),
			db_text(*kind), db_i64(CHUNK)),
		&rows);
	*more = r == OK && rows_n(&rows) > 0;
	if (!*more)
		return r;
	struct columns at = columns_of(&rows);
	r = load_claimed(w, &c, &rows, at.person);
	if (r != OK)
		return r;
	for (size_t i = 0, end; i < rows_n(&rows); i = end) {
		struct listed l = {.rows = &rows,
			.at = &at,
			.from = i,
			.person = row_i64(&rows, i, at.person),
			.kind = row_text(&rows, i, at.kind)};
		for (end = i + 1; end < rows_n(&rows) && row_i64(&rows, end, at.person) == l.person &&
				  strcmp(row_text(&rows, end, at.kind), l.kind) == 0;)
			end++;
		l.to = end;
		l.regular = *l.kind == 'r';
		claim_row(&c, &l);
		run->counts->people++;
		*person = l.person;
		*kind = l.regular ? "regular" : "arrears";
	}
	r = write_claims(w, &c);
	return r == OK ? write_findings(w, &c) : r;
}

static enum result run_chunks(struct run *run, void (*seen)(void *, int64_t), void *context)
{
	struct work *w = run->w;
	struct arena *whole = w->arena, *arena = arena_new();
	int64_t person = 0;
	const char *kind = "";
	bool more = true;
	enum result r = OK;
	w->arena = arena;
	while (r == OK && more) {
		r = run_chunk(run, arena, &person, &kind, &more);
		arena_reset(arena);
		if (seen)
			seen(context, run->counts->people);
	}
	w->arena = whole;
	arena_free(arena);
	return r;
}

enum result entitle_run(struct work *w, const struct reference *reference, const char *programme,
	struct month period, void (*seen)(void *context, int64_t people), void *context,
	struct entitle_counts *out)
{
	struct run run = {
		.w = w, .reference = reference, .programme = programme, .period = period, .counts = out};
	*out = (struct entitle_counts){.sum = vnd(0)};
	enum result r = begin(&run);
	if (r == OK)
		r = load_rates(&run);
	if (r == OK)
		r = run_chunks(&run, seen, context);
	return r;
}
