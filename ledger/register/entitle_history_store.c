/* What a run of entitlement takes from the time before it: decisions about people, cash that nobody collected, rates that rose after
 * months were claimed, people who died since, grants. */
#include <string.h>

#include "ledger/register/advice.h"
#include "ledger/register/entitle_run_store.h"

/* ---- what was decided ------------------------------------------------------------------------------------------------------- */

static enum standing_kind standing_kind_of(const char *text)
{
	return *text == 's' ? STANDING_SUSPEND : *text == 't' ? STANDING_TERMINATE : STANDING_RESUME;
}

static void remember_first(struct map *first, int64_t person, size_t i)
{
	bool is_new;
	map_put(first, bytes_of(&person, sizeof person), i, &is_new);
}

static enum result load_decisions(struct run *run)
{
	struct rows rows;
	size_t n = 0;
	enum result r = db_run(run->w, Q_ENTITLE_DECISIONS,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period))), &rows);
	if (r != OK)
		return r;
	int kind = rows_col(&rows, "kind"), person = rows_col(&rows, "person"),
	    month = rows_col(&rows, "month");
	int64_t *people = arena_array(run->arena, rows_n(&rows), int64_t);
	struct standing *at = arena_array(run->arena, rows_n(&rows), struct standing);
	map_begin(&run->standings_of, run->arena);
	for (size_t i = 0; i < rows_n(&rows); i++) {
		if (strcmp(row_text(&rows, i, kind), "together") == 0) {
			run->together = true;
			continue;
		}
		people[n] = row_i64(&rows, i, person);
		at[n] = (struct standing){.kind = standing_kind_of(row_text(&rows, i, kind)),
			.from = month_of_day(row_day(&rows, i, month))};
		remember_first(&run->standings_of, people[n], n);
		n++;
	}
	run->standing_person = people;
	run->standings = at;
	run->n_standings = n;
	return OK;
}

static enum result load_uncollected(struct run *run)
{
	struct rows rows;
	enum result r = db_run(run->w, Q_ENTITLE_UNCOLLECTED,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period))), &rows);
	if (r != OK)
		return r;
	int person = rows_col(&rows, "person"), month = rows_col(&rows, "month");
	size_t n = rows_n(&rows);
	int64_t *people = arena_array(run->arena, n, int64_t);
	struct month *at = arena_array(run->arena, n, struct month);
	map_begin(&run->uncollected_of, run->arena);
	for (size_t i = 0; i < n; i++) {
		people[i] = row_i64(&rows, i, person);
		at[i] = month_of_day(row_day(&rows, i, month));
		remember_first(&run->uncollected_of, people[i], i);
	}
	run->uncollected_person = people;
	run->uncollected = at;
	run->n_uncollected = n;
	return OK;
}

static enum result load_moves(struct run *run)
{
	struct rows rows;
	enum result r = db_run(run->w, Q_ENTITLE_MOVES,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period))), &rows);
	if (r != OK)
		return r;
	int person = rows_col(&rows, "person"), from = rows_col(&rows, "from_area");
	run->moved_from = arena_array(run->arena, rows_n(&rows), const char *);
	map_begin(&run->moves_of, run->arena);
	for (size_t i = 0; i < rows_n(&rows); i++) {
		run->moved_from[i] = row_text(&rows, i, from);
		remember_first(&run->moves_of, row_i64(&rows, i, person), i);
	}
	return OK;
}

bool run_moved_away(const struct run *run, const struct about *about)
{
	const size_t *at = map_get(&run->moves_of, bytes_of(&about->person, sizeof about->person));
	return at && strcmp(run->moved_from[*at], about->area) == 0;
}

enum result history_load(struct run *run)
{
	enum result r = load_decisions(run);
	if (r == OK)
		r = load_uncollected(run);
	return r == OK ? load_moves(run) : r;
}

/* ---- rates that rose ---------------------------------------------------------------------------------------------------------- */

static void add_over(struct chunk *c, const struct about *about, const struct owed_over *over)
{
	char money[VND_TEXT_SIZE], month[MONTH_TEXT_SIZE];
	c->run->counts->overpaid++;
	chunk_add_finding(c, about, "overpaid",
		arena_printf(c->arena, "%s %s", month_format(over->month, month),
			vnd_format_dots(over->amount, money)),
		false);
}

static void claim_risen(struct chunk *c, const struct about *about, const struct owed *owed, bool dead)
{
	for (size_t i = 0; i < owed->n_items; i++)
		chunk_add_claim(c, about, &owed->items[i], "arrears", 0);
	for (size_t i = 0; i < owed->n_nots; i++)
		chunk_add_not(c, about, &owed->nots[i]);
	for (size_t i = 0; i < owed->n_overs; i++)
		add_over(c, about, &owed->overs[i]);
	if (dead && owed->n_items > 0)
		chunk_add_finding(c, about, "payee_dead", "", true);
	c->run->counts->risen += (int64_t)owed->n_items;
}

static enum result claim_rises(
	struct run *run, struct arena *arena, const int64_t *persons, size_t n, struct day since)
{
	struct chunk c = {.run = run, .arena = arena};
	struct rows rows;
	enum result r = db_run(run->w, Q_ENTITLE_HISTORIES,
		DB_ARGS(db_text(run->programme), db_i64s(persons, n), db_day(month_first(run->period))),
		&rows);
	if (r == OK)
		r = chunk_load_claimed(run->w, &c, persons, n, since);
	if (r != OK)
		return r;
	struct enrolled_at at = enrolled_at(&rows);
	at.row = rows_col(&rows, "row");
	at.joined = rows_col(&rows, "joined_at");
	for (size_t i = 0, end; i < rows_n(&rows); i = end) {
		struct about about = {
			.person = row_i64(&rows, i, at.person),
			.area = row_text(&rows, i, at.area),
			.area_from = row_day(&rows, i, at.area_from),
		};
		struct owed_asked asked = {.rises = true};
		struct owed owed;
		for (end = i + 1; end < rows_n(&rows) && row_i64(&rows, end, at.person) == about.person;)
			end++;
		chunk_enrolled(&c, &rows, &at, i, end, &asked);
		chunk_history(&c, about.person, about.person, &asked);
		owed_in_period(arena, &run->rates, &asked, &owed);
		claim_risen(&c, &about, &owed, asked.of.dead);
	}
	return chunk_write(run->w, &c);
}

enum result history_rises(struct run *run, struct arena *arena)
{
	struct work *w = run->w;
	struct rows rows;
	struct day known_on = owed_rises_known(run->period, run->today);
	w->arena = run->arena;
	enum result r = db_run(w, Q_ENTITLE_RISEN,
		DB_ARGS(db_text(run->programme), db_day(known_on), db_day(month_first(run->period))), &rows);
	w->arena = arena;
	if (r != OK || rows_n(&rows) == 0)
		return r;
	size_t n;
	const int64_t *persons = row_i64s(&rows, 0, rows_col(&rows, "persons"), &n);
	struct day since = row_day(&rows, 0, rows_col(&rows, "since"));
	/* A rate that came into force since is not in these differences: the next period owes it. */
	run->known_on = known_on;
	for (size_t i = 0; r == OK && i < n; i += ENTITLE_CHUNK) {
		r = claim_rises(
			run, arena, persons + i, n - i < ENTITLE_CHUNK ? n - i : ENTITLE_CHUNK, since);
		arena_reset(arena);
	}
	run->known_on = run->today;
	return r;
}

enum result history_not_due(struct run *run)
{
	return entitle_not_due(run->w, run->programme, NULL, 0, &run->counts->not_due);
}

enum result history_moves(struct run *run)
{
	return db_run(run->w, Q_ENTITLE_MOVED,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period)),
			db_text(advice_for("moved_unlisted"))),
		NULL);
}

enum result history_listed_twice(struct run *run)
{
	return db_run(run->w, Q_ENTITLE_LISTED_TWICE,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period)),
			db_text(advice_for("listed_twice"))),
		NULL);
}

/* ---- grants -------------------------------------------------------------------------------------------------------------------- */

static void claim_grant(struct chunk *c, const struct rows *rows, size_t i)
{
	struct owed_grant g = {
		.known_on = c->run->today,
		.sandbox = c->run->sandbox,
		.month = month_of_day(row_day(rows, i, rows_col(rows, "month"))),
		.province = row_text(rows, i, rows_col(rows, "province")),
		.quantity = row_i32(rows, i, rows_col(rows, "quantity")),
	};
	struct about about = {
		.person = row_i64(rows, i, rows_col(rows, "person")),
		.area = row_text(rows, i, rows_col(rows, "area_code")),
		.area_from = row_day(rows, i, rows_col(rows, "area_from")),
	};
	struct entitle_part part;
	struct owed_not reason;
	if (row_bool(rows, i, rows_col(rows, "twice"))) {
		chunk_add_finding(
			c, &about, "granted_twice", row_text(rows, i, rows_col(rows, "number")), false);
		return;
	}
	g.codes = row_texts(rows, i, rows_col(rows, "rate_codes"), &g.n_codes);
	if (!owed_grant(c->arena, &c->run->rates, &g, &part, &reason)) {
		chunk_add_not(c, &about, &reason);
		return;
	}
	struct owed_item item = {.month = g.month,
		.instalment = row_i32(rows, i, rows_col(rows, "instalment")),
		.amount = part.amount,
		.n = 1,
		.parts = &part};
	chunk_add_claim(c, &about, &item, row_text(rows, i, rows_col(rows, "kind")),
		row_i64(rows, i, rows_col(rows, "decision")));
	if (row_bool(rows, i, rows_col(rows, "dead")))
		chunk_add_finding(c, &about, "payee_dead", "", true);
	c->run->counts->grants++;
}

enum result history_grants(struct run *run, struct arena *arena)
{
	struct chunk c = {.run = run, .arena = arena};
	struct rows rows;
	enum result r = db_run(run->w, Q_ENTITLE_GRANTS,
		DB_ARGS(db_text(run->programme), db_day(month_first(run->period))), &rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++)
		claim_grant(&c, &rows, i);
	r = chunk_write(run->w, &c);
	arena_reset(arena);
	return r;
}
