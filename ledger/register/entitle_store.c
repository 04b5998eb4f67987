#include "ledger/register/entitle_store.h"

#include <string.h>

#include "ledger/db/copy.h"
#include "ledger/register/advice.h"
#include "ledger/register/entitle_run_store.h"
#include "ledger/register/rate_store.h"

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
	run->today = run->known_on = row_day(&rows, 0, rows_col(&rows, "today"));
	run->sandbox = row_bool(&rows, 0, rows_col(&rows, "sandbox"));
	run->agency = row_i64(&rows, 0, rows_col(&rows, "agency"));
	return OK;
}

/* ---- one row of a list --------------------------------------------------------------------------------------------------- */

struct columns {
	struct enrolled_at of;
	int who, file, row, listed;
};

static struct columns columns_of(const struct rows *r)
{
	return (struct columns){
		.of = enrolled_at(r),
		.who = rows_col(r, "listed"),
		.file = rows_col(r, "file"),
		.row = rows_col(r, "row_no"),
		.listed = rows_col(r, "listed_dong"),
	};
}

/* What the list says that the person gets, against what he is owed: its own month, or all months of an arrears list. */
static void compare_listed(
	struct chunk *c, const struct about *about, const struct owed *owed, bool regular, struct vnd listed)
{
	struct vnd sum = vnd(0);
	size_t n = regular ? owed->n_items > 0 && month_cmp(owed->items[0].month, c->run->period) == 0
			   : owed->n_items;
	if (n == 0 || (!regular && !owed->whole))
		return;
	for (size_t i = 0; i < n; i++)
		if (!vnd_add(sum, owed->items[i].amount, &sum))
			bug("claims do not fit into 63 bits");
	if (vnd_cmp(listed, sum) == 0)
		return;
	char said[VND_TEXT_SIZE], due[VND_TEXT_SIZE];
	vnd_format_dots(listed, said);
	chunk_add_finding(c, about, "amount_differs",
		arena_printf(c->arena, "danh sách ghi %s, được hưởng %s", said, vnd_format_dots(sum, due)),
		true);
	c->run->counts->amount_differs++;
}

/* The rows [from, to) of one person and kind. */
static void claim_row(
	struct chunk *c, const struct rows *rows, const struct columns *at, size_t from, size_t to)
{
	bool regular = *row_text(rows, from, at->of.kind) == 'r';
	struct about about = {
		.person = row_i64(rows, from, at->of.person),
		.file = row_i64(rows, from, at->file),
		.row = row_i64(rows, from, at->row),
		.area = row_text(rows, from, at->of.area),
		.area_from = row_day(rows, from, at->of.area_from),
	};
	if (regular && run_moved_away(c->run, &about)) {
		chunk_add_finding(c, &about, "moved_away", "", false);
		c->run->counts->stopped++;
		return;
	}
	struct owed_asked asked = {.listed = regular, .arrears = !regular};
	struct owed owed;
	chunk_enrolled(c, rows, &at->of, from, to, &asked);
	chunk_history(c, row_i64(rows, from, at->who), about.person, &asked);
	owed_in_period(c->arena, &c->run->rates, &asked, &owed);
	for (size_t i = 0; i < owed.n_items; i++)
		chunk_add_claim(c, &about, &owed.items[i], regular ? "regular" : "arrears", 0);
	for (size_t i = 0; i < owed.n_nots; i++)
		chunk_add_not(c, &about, &owed.nots[i]);
	if (!row_null(rows, from, at->listed))
		compare_listed(c, &about, &owed, regular, row_vnd(rows, from, at->listed));
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

static enum result write_granted(struct work *w, const struct chunk *c, const int64_t *ids)
{
	size_t n = 0;
	int64_t *decisions = arena_array(c->arena, c->n_claims, int64_t),
		*claims = arena_array(c->arena, c->n_claims, int64_t);
	for (size_t i = 0; i < c->n_claims; i++) {
		if (c->claims[i].decision == 0)
			continue;
		decisions[n] = c->claims[i].decision;
		claims[n++] = ids[i];
	}
	return copy_columns(w, Q_ENTITLE_GRANTED_IN, DB_ARGS(db_i64s(decisions, n), db_i64s(claims, n)));
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
	int64_t *instalments = arena_array(c->arena, n, int64_t);
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		instalments[i] = c->claims[i].instalment;
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
				db_days(months, n), db_texts(kinds, n), db_i64s(instalments, n),
				db_vnds(amounts, n), db_i64(c->run->agency),
				db_day(month_first(c->run->period)), db_texts(areas, n),
				db_days(area_froms, n), db_day(c->run->known_on)));
	if (r == OK)
		r = write_parts(w, c, ids);
	return r == OK ? write_granted(w, c, ids) : r;
}

static enum result write_findings(struct work *w, const struct chunk *c)
{
	size_t n = c->n_findings;
	int64_t *persons = arena_array(c->arena, n, int64_t), *files = arena_array(c->arena, n, int64_t),
		*numbers = arena_array(c->arena, n, int64_t);
	const char **programmes = arena_array(c->arena, n, const char *),
		   **codes = arena_array(c->arena, n, const char *),
		   **advices = arena_array(c->arena, n, const char *),
		   **facts = arena_array(c->arena, n, const char *);
	bool *blocks = arena_array(c->arena, n, bool), *no_file = arena_array(c->arena, n, bool);
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++) {
		const struct finding_made *f = &c->findings[i];
		persons[i] = f->person;
		files[i] = f->file;
		numbers[i] = f->row;
		programmes[i] = c->run->programme;
		codes[i] = f->code;
		advices[i] = advice_for(f->code);
		facts[i] = f->facts;
		blocks[i] = f->blocks;
		no_file[i] = f->file == 0;
	}
	return db_run(w, Q_IMPORT_FINDINGS_ADD,
		DB_ARGS(db_texts(programmes, n), db_day(month_first(c->run->period)), db_i64s(persons, n),
			db_with_nulls(db_i64s(files, n), no_file),
			db_with_nulls(db_i64s(numbers, n), no_file), db_texts(codes, n), db_texts(advices, n),
			db_texts(facts, n), db_bools(blocks, n)),
		NULL);
}

enum result chunk_write(struct work *w, struct chunk *c)
{
	enum result r = write_claims(w, c);
	return r == OK ? write_findings(w, c) : r;
}

/* ---- a chunk, and all of them ------------------------------------------------------------------------------------------------ */

/* Claims matter for the period and after, for the months of arrears lists, and all where there is a most number of months. */
static enum result load_claimed(
	struct work *w, struct chunk *c, const struct rows *people, const struct columns *at)
{
	const struct categories *all = &c->run->reference->categories;
	struct day since = month_first(c->run->period);
	size_t n = 0;
	int64_t *persons = arena_array(c->arena, rows_n(people), int64_t);
	for (size_t i = 0; i < rows_n(people); i++) {
		struct day from = row_day(people, i, at->of.from);
		if (*row_text(people, i, at->of.kind) == 'a' && day_cmp(from, since) < 0)
			since = from;
		if (n == 0 || persons[n - 1] != row_i64(people, i, at->who))
			persons[n++] = row_i64(people, i, at->who);
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].months_most > 0 && strcmp(all->at[i].programme, c->run->programme) == 0)
			since = (struct day){0};
	return chunk_load_claimed(w, c, persons, n, since);
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
			db_text(*kind), db_i64(ENTITLE_CHUNK)),
		&rows);
	*more = r == OK && rows_n(&rows) > 0;
	if (!*more)
		return r;
	struct columns at = columns_of(&rows);
	r = load_claimed(w, &c, &rows, &at);
	if (r != OK)
		return r;
	for (size_t i = 0, end; i < rows_n(&rows); i = end) {
		*person = row_i64(&rows, i, at.who);
		*kind = *row_text(&rows, i, at.of.kind) == 'r' ? "regular" : "arrears";
		for (end = i + 1; end < rows_n(&rows) && row_i64(&rows, end, at.who) == *person &&
				  strcmp(row_text(&rows, end, at.of.kind), *kind) == 0;)
			end++;
		claim_row(&c, &rows, &at, i, end);
		run->counts->people++;
	}
	return chunk_write(w, &c);
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
	if (r == OK)
		r = history_rises(run, arena);
	if (r == OK)
		r = history_grants(run, arena);
	if (r == OK)
		r = history_not_due(run);
	if (r == OK)
		r = history_moves(run);
	if (r == OK)
		r = history_listed_twice(run);
	w->arena = whole;
	arena_free(arena);
	return r;
}

enum result entitle_not_due(
	struct work *w, const char *programme, const int64_t *persons, size_t n, int64_t *found)
{
	struct rows rows;
	enum result r = db_run(w, Q_ENTITLE_NOT_DUE,
		DB_ARGS(programme ? db_text(programme) : db_null(), persons ? db_i64s(persons, n) : db_null(),
			db_text(advice_for("after_death")), db_text(advice_for("stopped_since")),
			db_text(advice_for("recover"))),
		&rows);
	if (r == OK && found)
		*found = (int64_t)rows_n(&rows);
	return r;
}

enum result entitle_run(struct work *w, const struct reference *reference, const char *programme,
	struct month period, void (*seen)(void *context, int64_t people), void *context,
	struct entitle_counts *out)
{
	struct run run = {.w = w,
		.reference = reference,
		.programme = programme,
		.period = period,
		.counts = out,
		.arena = w->arena};
	*out = (struct entitle_counts){.sum = vnd(0)};
	enum result r = begin(&run);
	if (r == OK)
		r = rates_load(w, programme, &run.rates);
	if (r == OK)
		r = history_load(&run);
	if (r == OK)
		r = run_chunks(&run, seen, context);
	return r;
}

enum result entitle_preview(struct work *w, const struct reference *reference, const char *programme,
	struct month period, int64_t person, bool *listed, struct owed *out)
{
	struct run run = {.w = w,
		.reference = reference,
		.programme = programme,
		.period = period,
		.today = reference->today,
		.sandbox = reference->sandbox,
		.arena = w->arena};
	struct chunk c = {.run = &run, .arena = w->arena};
	struct rows rows;
	size_t n = 0;
	enum result r = db_run(w, Q_ENTITLE_LISTED_AS,
		DB_ARGS(db_text(programme), db_day(month_first(period)), db_i64(person)), &rows);
	if (r != OK)
		return r;
	*listed = rows_n(&rows) > 0;
	*out = (struct owed){.n_items = 0};
	if (!*listed)
		return OK;
	int64_t who = row_i64(&rows, 0, rows_col(&rows, "listed"));
	r = rates_load(w, programme, &run.rates);
	if (r == OK)
		r = history_load(&run);
	if (r == OK)
		r = db_run(w, Q_ENTITLE_PEOPLE,
			DB_ARGS(db_text(programme), db_day(month_first(period)), db_i64(who - 1),
				db_text("~"), db_i64(2)),
			&rows);
	if (r != OK)
		return r;
	struct columns at = columns_of(&rows);
	while (n < rows_n(&rows) && row_i64(&rows, n, at.who) == who &&
		*row_text(&rows, n, at.of.kind) == 'r')
		n++;
	bug_if(n == 0);
	struct owed_asked asked = {.listed = true};
	r = chunk_load_claimed(w, &c, &person, 1, (struct day){0});
	if (r != OK)
		return r;
	chunk_enrolled(&c, &rows, &at.of, 0, n, &asked);
	chunk_history(&c, person, person, &asked);
	owed_in_period(w->arena, &run.rates, &asked, out);
	return OK;
}
