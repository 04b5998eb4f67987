/* import_changes_store.c: lists of who leaves, moved or is granted something, slice by slice. */
#include "ledger/register/import_slice_store.h"

#include <string.h>

#include "ledger/base/name.h"
#include "ledger/register/change.h"
#include "ledger/register/owed.h"

struct changes {
	struct import_other *o;
	struct change_entry *at;
	size_t n;
	struct people_found people;
	size_t *person_of;
};

static void reject(struct change_entry *e, const char *code)
{
	e->status = ENTRY_REJECTED;
	e->code = code;
}

static enum result find_people(struct changes *c)
{
	people_begin(&c->people, c->o->slice);
	c->person_of = arena_array(c->o->slice, c->n, size_t);
	for (size_t i = 0; i < c->n; i++)
		if (!c->at[i].code)
			c->person_of[i] = people_add(&c->people, c->o->keys, &c->at[i].id);
	return slice_find_people(c->o->w, &c->people);
}

static void judge_people(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct found_person *p = &c->people.at[c->person_of[i]];
		if (c->at[i].code)
			continue;
		if (p->id == 0)
			reject(&c->at[i], "person_unknown");
		else if (name_grade(bytes_z(p->name), bytes_z(c->at[i].name)) > NAME_PARTIAL)
			reject(&c->at[i], "id_other_name");
	}
}

static int64_t person(const struct changes *c, size_t i)
{
	return c->at[i].code ? 0 : c->people.at[c->person_of[i]].id;
}

/* Whoever is not enrolled, or is ended already, has nothing to end. */
static enum result propose_ends(struct changes *c, const char *programme)
{
	struct arena *a = c->o->slice;
	int64_t *persons = arena_array(a, c->n, int64_t);
	struct day *months = arena_array(a, c->n, struct day);
	const char **numbers = arena_array(a, c->n, const char *),
		   **reasons = arena_array(a, c->n, const char *);
	size_t *which = arena_array(a, c->n, size_t), n = 0;
	struct rows rows;
	for (size_t i = 0; i < c->n; i++) {
		if (c->at[i].code)
			continue;
		persons[n] = person(c, i);
		months[n] = month_first(c->at[i].month);
		numbers[n] = *c->at[i].decision ? c->at[i].decision : c->o->file->name;
		reasons[n] = c->at[i].reason;
		which[n++] = i;
	}
	enum result r = db_run(c->o->w, Q_IMPORT_ENDS_PROPOSE,
		DB_ARGS(db_text(programme), db_i64s(persons, n), db_days(months, n), db_texts(numbers, n),
			db_texts(reasons, n)),
		&rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++)
		if (!row_null(&rows, i, rows_col(&rows, "code")))
			reject(&c->at[which[row_i64(&rows, i, rows_col(&rows, "n")) - 1]],
				arena_strdup(a, row_text(&rows, i, rows_col(&rows, "code"))));
	return OK;
}

static const char *grant_problem(
	struct arena *a, const struct import_other *o, const struct change_entry *e, const char *province)
{
	const struct decision *d = o->file->grant;
	struct owed_grant g = {.codes = d->codes,
		.n_codes = d->n_codes,
		.quantity = d->quantity,
		.month = d->month,
		.province = province,
		.known_on = o->today,
		.sandbox = o->file->sandbox};
	struct entitle_part part;
	struct owed_not not ;
	if (!owed_grant(a, &o->rates, &g, &part, &not ))
		return not .answer == ENTITLED_RATE_UNREAD ? "rate_unread" : "no_rate";
	return e->has_amount && vnd_cmp(e->amount, part.amount) != 0 ? "grant_differs" : NULL;
}

/* What the list says each gets is what the rate says, or he is not granted it. */
static enum result propose_grants(struct changes *c)
{
	struct arena *a = c->o->slice;
	const struct decision *d = c->o->file->grant;
	int64_t *persons = arena_array(a, c->n, int64_t);
	size_t *which = arena_array(a, c->n, size_t), n = 0, stand = 0;
	struct rows rows;
	for (size_t i = 0; i < c->n; i++) {
		if (c->at[i].code)
			continue;
		persons[n] = person(c, i);
		which[n++] = i;
	}
	enum result r = db_run(c->o->w, Q_IMPORT_GRANTS_ABOUT,
		DB_ARGS(db_text(d->programme), db_i64s(persons, n), db_day(month_first(d->month)),
			db_texts(d->codes, d->n_codes), db_text(d->number)),
		&rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++) {
		size_t at = (size_t)row_i64(&rows, i, rows_col(&rows, "n")) - 1;
		struct change_entry *e = &c->at[which[at]];
		const char *code = row_text(&rows, i, rows_col(&rows, "code"));
		if (!code)
			code = grant_problem(a, c->o, e, row_text(&rows, i, rows_col(&rows, "province")));
		if (code)
			reject(e, arena_strdup(a, code));
	}
	for (size_t i = 0; i < n; i++)
		if (!c->at[which[i]].code)
			persons[stand++] = persons[i];
	return db_run(c->o->w, Q_DECISION_GRANTS_ADD,
		DB_ARGS(db_text(d->programme), db_i64s(persons, stand), db_day(month_first(d->month)),
			db_day(month_first(d->period)), db_texts(d->codes, d->n_codes), db_i64(d->quantity),
			db_text(d->number), db_text(d->reason)),
		NULL);
}

/* The move is written down, and of each programme that the old ward pays a decision is proposed. */
static enum result add_moves(struct changes *c)
{
	struct arena *a = c->o->slice;
	int64_t *persons = arena_array(a, c->n, int64_t);
	struct day *days = arena_array(a, c->n, struct day);
	const char **places = arena_array(a, c->n, const char *);
	size_t *which = arena_array(a, c->n, size_t), n = 0;
	struct rows rows;
	for (size_t i = 0; i < c->n; i++) {
		if (c->at[i].code)
			continue;
		persons[n] = person(c, i);
		days[n] = c->at[i].day;
		places[n] = c->at[i].place;
		which[n++] = i;
	}
	enum result r = db_run(c->o->w, Q_IMPORT_MOVES_PROPOSE,
		DB_ARGS(db_i64s(persons, n), db_days(days, n), db_texts(places, n),
			db_text(c->o->file->name)),
		&rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++)
		reject(&c->at[which[row_i64(&rows, i, rows_col(&rows, "n")) - 1]],
			arena_strdup(a, row_text(&rows, i, rows_col(&rows, "code"))));
	size_t stand = 0;
	for (size_t i = 0; i < n; i++) {
		if (c->at[which[i]].code)
			continue;
		persons[stand] = persons[i];
		days[stand++] = days[i];
	}
	return db_run(c->o->w, Q_IMPORT_EVENTS_ADD,
		DB_ARGS(db_text("move"), db_i64s(persons, stand), db_days(days, stand), db_i64(c->o->id)),
		NULL);
}

static enum result changes_slice(struct changes *c, enum list_kind kind, const char *programme)
{
	struct other_row *rows = arena_array(c->o->slice, c->n, struct other_row);
	enum result r = find_people(c);
	if (r != OK)
		return r;
	judge_people(c);
	r = kind == LIST_DECREASE ? propose_ends(c, programme)
	    : kind == LIST_GRANTS ? propose_grants(c)
				  : add_moves(c);
	if (r != OK)
		return r;
	for (size_t i = 0; i < c->n; i++)
		rows[i] = (struct other_row){.row = c->at[i].row,
			.code = c->at[i].code,
			.raw = c->at[i].raw,
			.person = person(c, i)};
	return slice_write_rows(c->o, rows, c->n);
}

enum result import_changes_slice(
	struct import_other *o, enum list_kind kind, const char *programme, struct change_entry *at, size_t n)
{
	struct changes c = {.o = o, .at = at, .n = n};
	struct arena *whole = o->w->arena;
	arena_reset(o->slice); /* codes that we gave out live until here */
	o->w->arena = o->slice;
	enum result r = kind == LIST_CORRECTIONS ? corrections_slice(o, at, n)
						 : changes_slice(&c, kind, programme);
	o->w->arena = whole;
	return r;
}
