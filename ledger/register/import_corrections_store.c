/* import_corrections_store.c: lists of IDs that were re-issued and particulars that were wrong. What a row says of a person differently
 * than the register does is proposed (register.identity), and counts once a second officer has confirmed it: an ID decides whose account
 * is found, so one officer's list points nobody at another one's. A new ID that somebody else has proposes that the two are one. */
#include "ledger/register/import_slice_store.h"

#include <string.h>

#include "ledger/base/secret.h"

#define NOBODY SIZE_MAX

struct corrections {
	struct import_other *o;
	struct change_entry *at;
	size_t n;
	struct people_found people;
	size_t *by_id, *by_old, *by_cmnd; /* in people; NOBODY: the row has no such number */
};

static void reject(struct change_entry *e, const char *code)
{
	e->status = ENTRY_REJECTED;
	e->code = code;
}

static enum result find_people(struct corrections *c)
{
	struct arena *a = c->o->slice;
	people_begin(&c->people, a);
	c->by_id = arena_array(a, c->n, size_t);
	c->by_old = arena_array(a, c->n, size_t);
	c->by_cmnd = arena_array(a, c->n, size_t);
	for (size_t i = 0; i < c->n; i++) {
		const struct change_entry *e = &c->at[i];
		c->by_id[i] = c->by_old[i] = c->by_cmnd[i] = NOBODY;
		if (e->code)
			continue;
		c->by_id[i] = people_add(&c->people, c->o->keys, &e->id);
		if (e->has_old)
			c->by_old[i] = people_add(&c->people, c->o->keys, &e->old);
		if (e->has_cmnd)
			c->by_cmnd[i] = people_add(&c->people, c->o->keys, &e->cmnd);
	}
	return slice_find_people(c->o->w, &c->people);
}

static bool is_known(const struct corrections *c, size_t person)
{
	return person != NOBODY && c->people.at[person].id != 0;
}

/* Whose the row is: by the old ID; without one by the old card, or by the ID itself. */
static size_t whose(const struct corrections *c, size_t i)
{
	if (c->at[i].has_old)
		return c->by_old[i];
	return is_known(c, c->by_id[i]) || !is_known(c, c->by_cmnd[i]) ? c->by_id[i] : c->by_cmnd[i];
}

/* ---- what is proposed --------------------------------------------------------------------------------------------------------- */

struct proposals {
	size_t n, *which;
	int64_t *persons, *others, *rows, *years;
	struct day *days, *births;
	struct hash16 *blinds;
	struct bytes *sealed;
	const char **names, **folds, **sexes;
	bool *no_other, *no_id, *no_year, *no_birth;
};

static struct proposals proposals_of(struct arena *a, size_t n)
{
	return (struct proposals){
		.which = arena_array(a, n, size_t),
		.persons = arena_array(a, n, int64_t),
		.others = arena_array(a, n, int64_t),
		.rows = arena_array(a, n, int64_t),
		.years = arena_array(a, n, int64_t),
		.days = arena_array(a, n, struct day),
		.births = arena_array(a, n, struct day),
		.blinds = arena_array(a, n, struct hash16),
		.sealed = arena_array(a, n, struct bytes),
		.names = arena_array(a, n, const char *),
		.folds = arena_array(a, n, const char *),
		.sexes = arena_array(a, n, const char *),
		.no_other = arena_array(a, n, bool),
		.no_id = arena_array(a, n, bool),
		.no_year = arena_array(a, n, bool),
		.no_birth = arena_array(a, n, bool),
	};
}

/* As it is registered. */
struct particulars {
	const char *name, *sex;
	int birth_year;
	bool birth_whole;
	struct day birth;
	bool has_id;
	struct hash16 id;
};

static struct particulars particulars_of(const struct rows *r, size_t i)
{
	int date = rows_col(r, "birth_date"), id = rows_col(r, "cccd");
	struct particulars p = {
		.name = row_text(r, i, rows_col(r, "name")),
		.sex = row_text(r, i, rows_col(r, "sex")),
		.birth_year = row_i32(r, i, rows_col(r, "birth_year")),
		.birth_whole = !row_null(r, i, date),
		.has_id = !row_null(r, i, id),
	};
	if (p.birth_whole)
		p.birth = row_day(r, i, date);
	if (p.has_id)
		p.id = row_hash16(r, i, id);
	return p;
}

/* A year alone is no news where the whole date of that year is known. */
static bool birth_differs(const struct change_entry *e, const struct particulars *p)
{
	if (e->birth_year == 0)
		return false;
	if (e->birth_whole && p->birth_whole)
		return day_cmp(e->birth, p->birth) != 0;
	return e->birth_year != p->birth_year || (e->birth_whole && !p->birth_whole);
}

/* The ID says sex and year of birth (Decree 137/2015/ND-CP art. 13): with what the row corrects, or else with what is registered. */
static const char *id_contradicts(const struct change_entry *e, const struct particulars *p)
{
	int year = e->birth_year ? e->birth_year : p->birth_year;
	char sex = e->sex ? e->sex : *p->sex;
	if (year != personal_id_birth_year(&e->id))
		return "birth_contradicts_id";
	return (sex == 'F') != personal_id_is_female(&e->id) ? "sex_contradicts_id" : NULL;
}

static bool seal_new_id(
	struct corrections *c, const struct found_person *p, const struct change_entry *e, struct bytes *out)
{
	struct key32 key;
	if (!people_open_key(p, c->o->keys, &key, &c->o->w->why))
		return false;
	*out = sealed_text(c->o->slice, &key, p->id, "id", e->id.digits);
	secret_wipe(&key, sizeof key);
	return true;
}

/* One row against its person; false: the key did not open. */
static bool propose(struct corrections *c, size_t i, const struct particulars *p, struct proposals *out)
{
	struct change_entry *e = &c->at[i];
	const struct found_person *person = &c->people.at[whose(c, i)], *owner = &c->people.at[c->by_id[i]];
	bool merges = owner->id != 0 && owner->id != person->id;
	bool new_id = !merges && !(p->has_id && memcmp(&p->id, &owner->blind, sizeof p->id) == 0);
	bool new_name = strcmp(e->name, p->name) != 0, new_birth = birth_differs(e, p),
	     new_sex = e->sex && e->sex != *p->sex;
	const char *code = id_contradicts(e, p);
	size_t n = out->n;
	if (code) {
		reject(e, code);
		return true;
	}
	if (!merges && !new_id && !new_name && !new_birth && !new_sex)
		return true;
	/* Who is left is whoever has the ID that counts. */
	out->persons[n] = merges ? owner->id : person->id;
	out->others[n] = person->id;
	out->no_other[n] = !merges;
	out->rows[n] = e->row;
	out->days[n] = e->day;
	out->no_id[n] = merges || !new_id;
	if (!out->no_id[n] && !seal_new_id(c, person, e, &out->sealed[n]))
		return false;
	out->blinds[n] = owner->blind;
	out->names[n] = merges || !new_name ? NULL : e->name;
	out->folds[n] = out->names[n] ? e->name_fold : NULL;
	out->no_year[n] = merges || !new_birth;
	out->years[n] = e->birth_year;
	out->no_birth[n] = out->no_year[n] || !e->birth_whole;
	out->births[n] = e->birth;
	out->sexes[n] = merges || !new_sex ? NULL : e->sex == 'F' ? "F" : "M";
	out->which[n] = i;
	out->n++;
	return true;
}

static enum result judge_and_propose(struct corrections *c, struct proposals *out)
{
	struct arena *a = c->o->slice;
	int64_t *persons = arena_array(a, c->n, int64_t);
	size_t n = 0, *which = arena_array(a, c->n, size_t);
	struct rows rows;
	for (size_t i = 0; i < c->n; i++) {
		if (c->at[i].code)
			continue;
		if (!is_known(c, whose(c, i))) {
			reject(&c->at[i], "person_unknown");
			continue;
		}
		if (is_known(c, c->by_cmnd[i]) &&
			c->people.at[c->by_cmnd[i]].id != c->people.at[whose(c, i)].id) {
			reject(&c->at[i], "cmnd_of_other");
			continue;
		}
		persons[n] = c->people.at[whose(c, i)].id;
		which[n++] = i;
	}
	enum result r = db_run(c->o->w, Q_IDENTITY_PARTICULARS, DB_ARGS(db_i64s(persons, n)), &rows);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++) {
		struct particulars p = particulars_of(&rows, i);
		if (!propose(c, which[row_i64(&rows, i, rows_col(&rows, "n")) - 1], &p, out))
			r = REFUSED;
	}
	return r;
}

static enum result write_proposals(struct corrections *c, const struct proposals *p)
{
	struct rows rows;
	size_t n = p->n;
	if (n == 0)
		return OK;
	enum result r = db_run(c->o->w, Q_IDENTITY_CORRECTIONS_ADD,
		DB_ARGS(db_i64(c->o->id), db_i64s(p->persons, n),
			db_with_nulls(db_i64s(p->others, n), p->no_other), db_i64s(p->rows, n),
			db_days(p->days, n), db_with_nulls(db_hash16s(p->blinds, n), p->no_id),
			db_with_nulls(db_byteas(p->sealed, n), p->no_id), db_texts(p->names, n),
			db_texts(p->folds, n), db_with_nulls(db_i64s(p->years, n), p->no_year),
			db_with_nulls(db_days(p->births, n), p->no_birth), db_texts(p->sexes, n),
			db_text(c->o->file->name), db_text("danh sách điều chỉnh")),
		&rows);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++)
		reject(&c->at[p->which[row_i64(&rows, i, rows_col(&rows, "n")) - 1]],
			row_text(&rows, i, rows_col(&rows, "code")));
	return r;
}

/* ---- old cards -------------------------------------------------------------------------------------------------------------------- */

static enum result keep_cmnds(struct corrections *c)
{
	struct arena *a = c->o->slice;
	int64_t *persons = arena_array(a, c->n, int64_t);
	struct hash16 *blinds = arena_array(a, c->n, struct hash16);
	struct bytes *sealed = arena_array(a, c->n, struct bytes);
	struct rows rows;
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct key32 key;
		if (c->at[i].code || !c->at[i].has_cmnd || is_known(c, c->by_cmnd[i]))
			continue;
		const struct found_person *p = &c->people.at[whose(c, i)];
		if (!people_open_key(p, c->o->keys, &key, &c->o->w->why))
			return REFUSED;
		persons[n] = p->id;
		blinds[n] = c->people.at[c->by_cmnd[i]].blind;
		sealed[n++] = sealed_text(a, &key, p->id, "id", c->at[i].cmnd.digits);
		secret_wipe(&key, sizeof key);
	}
	return n == 0 ? OK
		      : db_run(c->o->w, Q_IDENTITY_CMNDS_ADD,
				DB_ARGS(db_i64s(persons, n), db_hash16s(blinds, n), db_byteas(sealed, n)),
				&rows);
}

enum result corrections_slice(struct import_other *o, struct change_entry *at, size_t n)
{
	struct corrections c = {.o = o, .at = at, .n = n};
	struct other_row *rows = arena_array(o->slice, n, struct other_row);
	struct proposals p = proposals_of(o->slice, n);
	enum result r = find_people(&c);
	if (r == OK)
		r = judge_and_propose(&c, &p);
	if (r == OK)
		r = write_proposals(&c, &p);
	if (r == OK)
		r = keep_cmnds(&c);
	for (size_t i = 0; r == OK && i < n; i++)
		rows[i] = (struct other_row){.row = at[i].row,
			.code = at[i].code,
			.raw = at[i].raw,
			.person = at[i].code ? 0 : c.people.at[whose(&c, i)].id};
	return r == OK ? slice_write_rows(o, rows, n) : r;
}
