/* import_cmnd_store.c: old identity cards (CMND) of nine digits. Beside an ID such a number is kept; alone it finds whoever is registered
 * with it. */
#include "ledger/register/import_write_store.h"

#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"

static void reject(struct entry *e, const char *code)
{
	e->status = ENTRY_REJECTED;
	e->code = code;
}

/* A whole date against a whole date, else the years. */
static bool birth_fits(const struct entry *e, const struct rows *r, size_t i)
{
	int date = rows_col(r, "birth_date");
	if (e->birth_whole && !row_null(r, i, date))
		return day_cmp(e->birth, row_day(r, i, date)) == 0;
	return e->birth_year == row_i32(r, i, rows_col(r, "birth_year"));
}

/* An old number was given twice here and there, so it is worth no more than what stands beside it. */
static bool is_the_same(const struct entry *e, const struct rows *r, size_t i)
{
	return name_grade(bytes_z(row_text(r, i, rows_col(r, "name"))), bytes_z(e->name)) <= NAME_FOLDED &&
	       birth_fits(e, r, i) && *row_text(r, i, rows_col(r, "sex")) == e->sex;
}

enum result import_judge_cmnds(struct work *w, struct import *im)
{
	size_t n = 0, *which = arena_array(im->arena, im->n_rows, size_t);
	int64_t *persons = arena_array(im->arena, im->n_rows, int64_t);
	struct rows rows;
	for (size_t i = 0; i < im->n_rows; i++) {
		struct standing *s = &im->rows[i];
		if (!s->entry->by_cmnd)
			continue;
		if (im->people.at[s->person].id == 0) {
			reject(s->entry, "id_cmnd");
			continue;
		}
		persons[n] = im->people.at[s->person].id;
		which[n++] = i;
	}
	if (n == 0)
		return OK;
	enum result r = db_run(w, Q_IDENTITY_PARTICULARS, DB_ARGS(db_i64s(persons, n)), &rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++) {
		struct entry *e = im->rows[which[row_i64(&rows, i, rows_col(&rows, "n")) - 1]].entry;
		if (!is_the_same(e, &rows, i))
			reject(e, "cmnd_of_other");
		else if (strcmp(e->code, "cmnd_unseen") == 0)
			reject(e, "cmnd_unseen");
	}
	return OK;
}

enum result import_keep_cmnds(struct work *w, struct import *im)
{
	struct arena *a = w->arena;
	size_t n = 0, *which = arena_array(a, im->n_rows, size_t);
	int64_t *persons = arena_array(a, im->n_rows, int64_t);
	struct hash16 *blinds = arena_array(a, im->n_rows, struct hash16);
	struct bytes *sealed = arena_array(a, im->n_rows, struct bytes);
	struct rows rows;
	for (size_t i = 0; i < im->n_rows; i++) {
		struct standing *s = &im->rows[i];
		const struct found_person *p = &im->people.at[s->person];
		struct key32 key;
		if (!entry_stands(s->entry) || !s->entry->has_cmnd)
			continue;
		if (!people_open_key(p, im->keys, &key, &w->why))
			return REFUSED;
		persons[n] = p->id;
		blinds[n] = blind_index(im->keys->blind, BLIND_ID, s->entry->cmnd.digits);
		sealed[n] = sealed_text(a, &key, p->id, "id", s->entry->cmnd.digits);
		which[n++] = i;
		secret_wipe(&key, sizeof key);
	}
	if (n == 0)
		return OK;
	enum result r = db_run(w, Q_IDENTITY_CMNDS_ADD,
		DB_ARGS(db_i64s(persons, n), db_hash16s(blinds, n), db_byteas(sealed, n)), &rows);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++)
		im->rows[which[row_i64(&rows, i, rows_col(&rows, "n")) - 1]].cmnd_taken = true;
	return r;
}
