#include "ledger/register/import_write_store.h"

#include <string.h>

#include <sys/random.h>

#include "ledger/base/secret.h"
#include "ledger/db/copy.h"
#include "ledger/register/account_hash.h"
#include "ledger/register/advice.h"

/* Columns of an unnest, filled row by row. */
#define COLUMN(a, n, type) arena_array((a), (n), type)

static bool stands(const struct standing *s)
{
	return entry_stands(s->entry);
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

static enum result draw_file_ids(struct work *w, struct import *im)
{
	struct rows rows;
	size_t file = 0, n_files = 0;
	for (size_t i = 0; i < im->n_lists; i++)
		n_files += !im->lists[i].refused;
	enum result r = db_run(w, Q_IMPORT_NEW_IDS, DB_ARGS(db_i64(0), db_i64((int64_t)n_files)), &rows);
	if (r != OK)
		return r;
	int id = rows_col(&rows, "id");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		while (im->lists[file].refused)
			file++;
		im->files[file++].id = row_i64(&rows, i, id);
	}
	return OK;
}

enum result import_write_files(struct import *im)
{
	struct work *w = im->w;
	struct arena *a = w->arena;
	size_t n = 0, most = im->n_lists;
	enum result r = draw_file_ids(w, im);
	if (r != OK)
		return r;
	int64_t *ids = COLUMN(a, most, int64_t);
	struct hash *sums = COLUMN(a, most, struct hash);
	const char **names = COLUMN(a, most, const char *), **programmes = COLUMN(a, most, const char *),
		   **areas = COLUMN(a, most, const char *), **said = COLUMN(a, most, const char *);
	struct day *area_froms = COLUMN(a, most, struct day);
	struct bytes *wrapped = COLUMN(a, most, struct bytes);
	for (size_t i = 0; i < most; i++) {
		const struct import_list *l = &im->lists[i];
		struct import_file_more *f = &im->files[i];
		if (l->refused)
			continue;
		ids[n] = f->id;
		sums[n] = l->sha256;
		names[n] = l->name;
		programmes[n] = l->programme;
		areas[n] = f->area->code;
		area_froms[n] = f->area->from;
		said[n] = f->area == l->scope.unit ? NULL : l->area;
		wrapped[n++] = row_key_make(a, im->keys, f->id, &f->row_key);
	}
	return db_run(w, Q_IMPORT_FILES_ADD,
		DB_ARGS(db_i64s(ids, n), db_hashes(sums, n), db_texts(names, n),
			db_text(import_kind_name(im->kind)), db_texts(programmes, n), db_texts(areas, n),
			db_days(area_froms, n), db_day(im->period), db_text(NULL), db_byteas(wrapped, n),
			db_texts(said, n), db_bool(im->repairs)),
		NULL);
}

/* ---- ids and people -------------------------------------------------------------------------------------------------- */

/* Only people with a row that stands are made. */
static size_t mark_new_people(struct import *im)
{
	size_t n = 0;
	im->nobody_again = true;
	for (size_t i = 0; i < im->n_rows; i++) {
		struct found_person *p = &im->people.at[im->rows[i].person];
		if (stands(&im->rows[i]) && (p->id != 0 || p->first))
			im->nobody_again = false;
		if (!stands(&im->rows[i]) || p->id != 0 || p->first)
			continue;
		p->first = im->rows[i].entry;
		p->is_new = true;
		im->lists[im->rows[i].list].new_people++;
		n++;
	}
	return n;
}

static enum result draw_person_ids(struct work *w, struct import *im, size_t n_people)
{
	struct rows rows;
	size_t person = 0;
	enum result r = db_run(w, Q_IMPORT_NEW_IDS, DB_ARGS(db_i64((int64_t)n_people), db_i64(0)), &rows);
	if (r != OK)
		return r;
	int id = rows_col(&rows, "id");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		while (!im->people.at[person].is_new)
			person++;
		im->people.at[person++].id = row_i64(&rows, i, id);
	}
	return OK;
}

static enum result write_people(struct work *w, struct import *im, size_t n_people)
{
	struct arena *a = w->arena;
	int64_t *ids = COLUMN(a, n_people, int64_t), *years = COLUMN(a, n_people, int64_t);
	struct hash16 *anchors = COLUMN(a, n_people, struct hash16),
		      *blinds = COLUMN(a, n_people, struct hash16);
	const char **names = COLUMN(a, n_people, const char *), **folds = COLUMN(a, n_people, const char *),
		   **sexes = COLUMN(a, n_people, const char *);
	struct day *births = COLUMN(a, n_people, struct day);
	bool *no_birth = COLUMN(a, n_people, bool);
	struct bytes *wrapped = COLUMN(a, n_people, struct bytes),
		     *sealed = COLUMN(a, n_people, struct bytes);
	size_t n = 0;
	for (size_t i = 0; i < im->people.n; i++) {
		struct found_person *p = &im->people.at[i];
		const struct entry *e = p->first;
		struct key32 key;
		if (!p->is_new)
			continue;
		people_make_key(&im->people, i, im->keys, &key);
		ids[n] = p->id;
		anchors[n] = person_anchor(im->keys->blind, &e->id);
		names[n] = e->name;
		folds[n] = e->name_fold;
		years[n] = e->birth_year;
		births[n] = e->birth;
		no_birth[n] = !e->birth_whole;
		sexes[n] = e->sex == 'F' ? "F" : "M";
		blinds[n] = p->blind;
		wrapped[n] = p->wrapped;
		sealed[n++] = sealed_text(a, &key, p->id, "id", e->id.digits);
		secret_wipe(&key, sizeof key);
	}
	if (n == 0)
		return OK;
	enum result r = copy_columns(w, Q_IMPORT_PEOPLE_IN,
		DB_ARGS(db_i64s(ids, n), db_hash16s(anchors, n), db_texts(names, n), db_texts(folds, n),
			db_i64s(years, n), db_with_nulls(db_days(births, n), no_birth), db_texts(sexes, n)));
	if (r == OK)
		r = copy_columns(w, Q_IMPORT_PERSON_KEYS_IN, DB_ARGS(db_i64s(ids, n), db_byteas(wrapped, n)));
	if (r == OK)
		r = copy_columns(w, Q_IMPORT_IDS_IN,
			DB_ARGS(db_i64s(ids, n), db_text("cccd"), db_hash16s(blinds, n),
				db_byteas(sealed, n)));
	if (r == OK)
		r = db_run(w, Q_IMPORT_DEATHS_NOTICED, DB_ARGS(db_i64s(ids, n), db_hash16s(blinds, n)), NULL);
	return r;
}

/* ---- what each row brings -------------------------------------------------------------------------------------------- */

static enum result write_rows(struct work *w, struct import *im)
{
	struct arena *a = w->arena;
	size_t most = 0, n = 0, standing = 0;
	bool pays = im->kind == LIST_PAYMENT; /* only such a row puts its person on the lists of the period */
	for (size_t i = 0; i < im->n_lists; i++)
		most += im->lists[i].n;
	int64_t *files = COLUMN(a, most, int64_t), *rows = COLUMN(a, most, int64_t),
		*persons = COLUMN(a, most, int64_t), *listed = COLUMN(a, most, int64_t);
	const char **statuses = COLUMN(a, most, const char *), **codes = COLUMN(a, most, const char *),
		   **notes = COLUMN(a, most, const char *), **programmes = COLUMN(a, most, const char *),
		   **kinds = COLUMN(a, most, const char *), **areas = COLUMN(a, most, const char *);
	struct day *area_froms = COLUMN(a, most, struct day);
	struct bytes *sealed = COLUMN(a, most, struct bytes);
	bool *no_person = COLUMN(a, most, bool), *no_listed = COLUMN(a, most, bool),
	     *no_sealed = COLUMN(a, most, bool), *no_area = COLUMN(a, most, bool);
	for (size_t i = 0; i < im->n_lists; i++) {
		for (size_t j = 0; j < im->lists[i].n && !im->lists[i].refused; j++) {
			const struct entry *e = &im->lists[i].at[j];
			bool is_known = standing < im->n_rows && im->rows[standing].entry == e;
			bool is_here = is_known && entry_stands(e);
			bug_if(!is_known && entry_stands(e));
			size_t person = is_known ? im->rows[standing++].person : 0;
			files[n] = im->files[i].id;
			rows[n] = e->row;
			statuses[n] = entry_status_name(e->status);
			no_person[n] = !is_here;
			persons[n] = is_here ? im->people.at[person].id : 0;
			no_listed[n] = !e->listed_known;
			listed[n] = e->listed_known ? vnd_dong(e->listed) : 0;
			codes[n] = e->code;
			notes[n] = e->note ? e->note : e->code ? advice_for(e->code) : NULL;
			no_area[n] = !is_here || !e->area;
			if (!no_area[n]) {
				areas[n] = e->area->code;
				area_froms[n] = e->area->from;
			}
			programmes[n] = im->lists[i].programme;
			kinds[n] = entry_kind(e);
			no_sealed[n] = !e->code;
			if (e->code)
				sealed[n] = sealed_text(
					a, &im->files[i].row_key, -im->files[i].id, "row", e->raw);
			n++;
		}
	}
	return copy_columns(w, Q_IMPORT_ROWS_IN,
		DB_ARGS(db_i64s(files, n), db_i64s(rows, n), db_texts(statuses, n),
			db_with_nulls(db_i64s(persons, n), no_person),
			db_with_nulls(db_i64s(listed, n), no_listed), db_texts(codes, n), db_texts(notes, n),
			db_with_nulls(db_byteas(sealed, n), no_sealed),
			pays ? db_texts(programmes, n) : db_null(), pays ? db_day(im->period) : db_null(),
			pays ? db_texts(kinds, n) : db_null(), db_texts(areas, n),
			db_with_nulls(db_days(area_froms, n), no_area)));
}

/* What somebody may have said before is passed over; where everybody is new nothing can be. */
static enum result write_again(struct work *w, const struct import *im, enum query in, enum query again,
	const struct db_arg *columns, size_t n)
{
	return im->nobody_again ? copy_columns(w, in, columns, n) : db_run(w, again, columns, n, NULL);
}

/* Rows of people who were registered before, by their place in `rows`: what is known of them decides whether anything is new. */
struct old_rows {
	size_t n, *which;
	const char **programmes;
	int64_t *persons;
	struct day *
		months; /* up to which enrolments are what the row can repeat: who joins may do so after the period */
};

static struct old_rows old_rows_of(struct import *im)
{
	struct old_rows o = {
		.which = COLUMN(im->arena, im->n_rows, size_t),
		.programmes = COLUMN(im->arena, im->n_rows, const char *),
		.persons = COLUMN(im->arena, im->n_rows, int64_t),
		.months = COLUMN(im->arena, im->n_rows, struct day),
	};
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct found_person *p = &im->people.at[im->rows[i].person];
		if (!stands(&im->rows[i]) || p->id == 0)
			continue;
		o.which[o.n] = i;
		o.programmes[o.n] = im->lists[im->rows[i].list].programme;
		o.months[o.n] = im->period;
		if (im->kind != LIST_PAYMENT && day_cmp(month_first(im->rows[i].entry->from), im->period) > 0)
			o.months[o.n] = month_first(im->rows[i].entry->from);
		o.persons[o.n++] = p->id;
	}
	return o;
}

static int pct_of(const struct import *im, const struct entry *e, size_t category)
{
	return im->reference->categories.at[e->categories[category]].needs_injury_pct ? e->injury_pct : 0;
}

static int children_of(const struct import *im, const struct entry *e, size_t category)
{
	return im->reference->categories.at[e->categories[category]].per_child ? e->children : 0;
}

static int number_or_0(const struct rows *rows, size_t i, int col)
{
	return row_null(rows, i, col) ? 0 : row_i32(rows, i, col);
}

/* *kept[i]: the row says the same as the register does, so nothing is written. */
static enum result find_kept_enrolments(
	struct work *w, struct import *im, const struct old_rows *o, bool *kept)
{
	struct rows rows;
	if (o->n == 0)
		return OK;
	enum result r = db_run(w, Q_IMPORT_ENROLLED,
		DB_ARGS(db_texts(o->programmes, o->n), db_i64s(o->persons, o->n), db_days(o->months, o->n)),
		&rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n"), category = rows_col(&rows, "category"),
	    pct = rows_col(&rows, "injury_pct"), children = rows_col(&rows, "children"),
	    area = rows_col(&rows, "area_code"), area_from = rows_col(&rows, "area_from");
	for (size_t i = 0; i < rows_n(&rows);) {
		int64_t n = row_i64(&rows, i, at);
		const struct standing *s = &im->rows[o->which[n - 1]];
		const struct area *here = import_area_of(im, s);
		size_t named = 0, same = 0;
		for (; i < rows_n(&rows) && row_i64(&rows, i, at) == n; i++, named++) {
			for (size_t c = 0; c < s->entry->n_categories; c++) {
				same += strcmp(im->reference->categories.at[s->entry->categories[c]].code,
						row_text(&rows, i, category)) == 0 &&
					number_or_0(&rows, i, pct) == pct_of(im, s->entry, c) &&
					number_or_0(&rows, i, children) == children_of(im, s->entry, c) &&
					strcmp(here->code, row_text(&rows, i, area)) == 0 &&
					day_cmp(here->from, row_day(&rows, i, area_from)) == 0;
			}
		}
		kept[o->which[n - 1]] = !s->entry->arrears && named == s->entry->n_categories &&
					same == named;
	}
	return OK;
}

static enum result write_enrolments(struct work *w, struct import *im, const bool *kept)
{
	struct arena *a = w->arena;
	size_t most = im->n_rows * CATEGORIES_OF_ONE, n = 0;
	int64_t *persons = COLUMN(a, most, int64_t), *pcts = COLUMN(a, most, int64_t),
		*children = COLUMN(a, most, int64_t), *files = COLUMN(a, most, int64_t),
		*numbers = COLUMN(a, most, int64_t);
	const char **programmes = COLUMN(a, most, const char *), **categories = COLUMN(a, most, const char *),
		   **areas = COLUMN(a, most, const char *), **kinds = COLUMN(a, most, const char *),
		   **decisions = COLUMN(a, most, const char *);
	struct day *area_froms = COLUMN(a, most, struct day), *froms = COLUMN(a, most, struct day),
		   *tos = COLUMN(a, most, struct day), *periods = COLUMN(a, most, struct day);
	bool *no_pct = COLUMN(a, most, bool), *no_children = COLUMN(a, most, bool),
	     *regular = COLUMN(a, most, bool);
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		const struct entry *e = s->entry;
		for (size_t c = 0; stands(s) && !kept[i] && c < e->n_categories; c++, n++) {
			persons[n] = im->people.at[s->person].id;
			programmes[n] = im->lists[s->list].programme;
			categories[n] = im->reference->categories.at[e->categories[c]].code;
			pcts[n] = pct_of(im, e, c);
			no_pct[n] = pcts[n] == 0;
			children[n] = children_of(im, e, c);
			no_children[n] = children[n] == 0;
			areas[n] = import_area_of(im, s)->code;
			area_froms[n] = import_area_of(im, s)->from;
			froms[n] = month_first(e->from);
			tos[n] = month_first(e->to);
			regular[n] = !e->arrears;
			kinds[n] = entry_kind(e);
			periods[n] = im->period;
			decisions[n] = e->decision;
			files[n] = im->files[s->list].id;
			numbers[n] = e->row;
		}
	}
	return copy_columns(w, Q_IMPORT_ENROLMENTS_IN,
		DB_ARGS(db_i64s(persons, n), db_texts(programmes, n), db_texts(categories, n),
			db_with_nulls(db_i64s(pcts, n), no_pct),
			db_with_nulls(db_i64s(children, n), no_children), db_texts(areas, n),
			db_days(area_froms, n), db_days(froms, n), db_with_nulls(db_days(tos, n), regular),
			db_texts(kinds, n), db_with_nulls(db_days(periods, n), regular),
			db_texts(decisions, n), db_i64s(files, n), db_i64s(numbers, n)));
}

static const char *method_name(enum pay_method m)
{
	return m == METHOD_CASH ? "cash" : "account";
}

static enum result find_kept_preferences(
	struct work *w, struct import *im, const struct old_rows *o, bool *kept)
{
	struct rows rows;
	if (o->n == 0)
		return OK;
	enum result r = db_run(w, Q_IMPORT_PREFERENCES,
		DB_ARGS(db_texts(o->programmes, o->n), db_i64s(o->persons, o->n)), &rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n"), method = rows_col(&rows, "method");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		size_t which = o->which[row_i64(&rows, i, at) - 1];
		kept[which] = strcmp(method_name(im->rows[which].entry->method),
				      row_text(&rows, i, method)) == 0;
	}
	return OK;
}

static enum result write_preferences(struct work *w, struct import *im, const bool *kept)
{
	struct arena *a = w->arena;
	/* A wish on next month's list holds from today. */
	struct day since = day_cmp(im->reference->today, im->period) < 0 ? im->reference->today : im->period;
	size_t n = 0;
	int64_t *persons = COLUMN(a, im->n_rows, int64_t), *files = COLUMN(a, im->n_rows, int64_t);
	const char **programmes = COLUMN(a, im->n_rows, const char *),
		   **methods = COLUMN(a, im->n_rows, const char *);
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		if (!stands(s) || kept[i] || s->entry->method == METHOD_NONE)
			continue;
		persons[n] = im->people.at[s->person].id;
		programmes[n] = im->lists[s->list].programme;
		methods[n] = method_name(s->entry->method);
		files[n++] = im->files[s->list].id;
	}
	if (n == 0)
		return OK;
	return write_again(w, im, Q_IMPORT_PREFERENCES_IN, Q_IMPORT_PREFERENCES_AGAIN,
		DB_ARGS(db_i64s(persons, n), db_texts(programmes, n), db_texts(methods, n), db_day(since),
			db_i64s(files, n)));
}

/* ---- accounts and telephones ------------------------------------------------------------------------------------------ */

struct account_columns {
	size_t n, n_phones;
	int64_t *persons, *files, *phone_persons;
	const char **kinds, **banks, **holders, **folds, **authorities;
	struct hash16 *blinds, *salts, *phone_blinds;
	struct hash *hashes;
	struct bytes *sealed, *phones;
	struct day *untils;
	bool *no_until;
};

static struct account_columns account_columns_of(struct arena *a, size_t n)
{
	return (struct account_columns){
		.persons = COLUMN(a, n, int64_t),
		.files = COLUMN(a, n, int64_t),
		.phone_persons = COLUMN(a, n, int64_t),
		.kinds = COLUMN(a, n, const char *),
		.banks = COLUMN(a, n, const char *),
		.holders = COLUMN(a, n, const char *),
		.folds = COLUMN(a, n, const char *),
		.authorities = COLUMN(a, n, const char *),
		.blinds = COLUMN(a, n, struct hash16),
		.salts = COLUMN(a, n, struct hash16),
		.phone_blinds = COLUMN(a, n, struct hash16),
		.hashes = COLUMN(a, n, struct hash),
		.sealed = COLUMN(a, n, struct bytes),
		.phones = COLUMN(a, n, struct bytes),
		.untils = COLUMN(a, n, struct day),
		.no_until = COLUMN(a, n, bool),
	};
}

static void add_account(
	struct import *im, struct account_columns *c, const struct standing *s, const struct key32 *key)
{
	const struct entry *e = s->entry;
	const char *number = e->account.text;
	int64_t person = im->people.at[s->person].id;
	size_t n = c->n++;
	c->persons[n] = person;
	c->files[n] = im->files[s->list].id;
	c->kinds[n] = e->authority ? "delegate" : "self";
	c->banks[n] = e->bank;
	c->holders[n] = e->holder;
	c->folds[n] = reading_fold(im->arena, e->holder);
	c->authorities[n] = e->authority;
	c->untils[n] = e->authority_until;
	c->no_until[n] = !e->authority_ends;
	c->blinds[n] = blind_index(im->keys->blind, BLIND_ACCOUNT, number);
	if (getentropy(c->salts[n].b, sizeof c->salts[n].b) != 0)
		bug("could not draw a salt");
	c->hashes[n] = account_hash(&c->salts[n], e->bank, number);
	c->sealed[n] = sealed_text(im->arena, key, person, "account", number);
}

static void add_phone(
	struct import *im, struct account_columns *c, const struct standing *s, const struct key32 *key)
{
	int64_t person = im->people.at[s->person].id;
	size_t n = c->n_phones++;
	c->phone_persons[n] = person;
	c->phone_blinds[n] = blind_index(im->keys->blind, BLIND_PHONE, s->entry->phone.digits);
	c->phones[n] = sealed_text(im->arena, key, person, "phone", s->entry->phone.digits);
}

/* Another authority for an account that is known awaits a second officer. */
static enum result renew_authorities(struct work *w, const struct account_columns *c)
{
	size_t n = 0;
	int64_t *persons = COLUMN(w->arena, c->n, int64_t), *files = COLUMN(w->arena, c->n, int64_t);
	const char **banks = COLUMN(w->arena, c->n, const char *),
		   **documents = COLUMN(w->arena, c->n, const char *);
	struct hash16 *blinds = COLUMN(w->arena, c->n, struct hash16);
	struct day *untils = COLUMN(w->arena, c->n, struct day);
	for (size_t i = 0; i < c->n; i++) {
		if (c->no_until[i] || strlen(c->authorities[i]) < 3)
			continue;
		persons[n] = c->persons[i];
		banks[n] = c->banks[i];
		blinds[n] = c->blinds[i];
		documents[n] = c->authorities[i];
		untils[n] = c->untils[i];
		files[n++] = c->files[i];
	}
	return db_run(w, Q_ACCOUNTS_RENEW,
		DB_ARGS(db_i64s(persons, n), db_texts(banks, n), db_hash16s(blinds, n),
			db_texts(documents, n), db_days(untils, n), db_i64s(files, n)),
		NULL);
}

static enum result write_accounts(struct work *w, struct import *im)
{
	struct account_columns c = account_columns_of(w->arena, im->n_rows);
	enum result r = OK;
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		struct key32 key;
		if (!stands(s) || (!s->entry->has_account && !s->entry->has_phone))
			continue;
		if (!people_open_key(&im->people.at[s->person], im->keys, &key, &w->why))
			return REFUSED;
		if (s->entry->has_account)
			add_account(im, &c, s, &key);
		if (s->entry->has_phone)
			add_phone(im, &c, s, &key);
		secret_wipe(&key, sizeof key);
	}
	if (c.n > 0)
		r = write_again(w, im, Q_IMPORT_ACCOUNTS_IN, Q_IMPORT_ACCOUNTS_AGAIN,
			DB_ARGS(db_i64s(c.persons, c.n), db_texts(c.kinds, c.n), db_texts(c.banks, c.n),
				db_hash16s(c.blinds, c.n), db_byteas(c.sealed, c.n), db_hash16s(c.salts, c.n),
				db_hashes(c.hashes, c.n), db_texts(c.holders, c.n), db_texts(c.folds, c.n),
				db_texts(c.authorities, c.n),
				db_with_nulls(db_days(c.untils, c.n), c.no_until), db_text("list"),
				db_i64s(c.files, c.n), db_day(im->reference->today)));
	if (r == OK && !im->nobody_again)
		r = renew_authorities(w, &c);
	if (r == OK && c.n_phones > 0)
		r = write_again(w, im, Q_IMPORT_PHONES_IN, Q_IMPORT_PHONES_AGAIN,
			DB_ARGS(db_i64s(c.phone_persons, c.n_phones), db_hash16s(c.phone_blinds, c.n_phones),
				db_byteas(c.phones, c.n_phones)));
	return r;
}

#define FINDINGS_OF_A_ROW (3 + ENTRY_WARNINGS)

/* ---- what a person should know ----------------------------------------------------------------------------------------- */

static enum result write_findings(struct work *w, struct import *im)
{
	struct arena *a = w->arena;
	size_t most = FINDINGS_OF_A_ROW * im->n_rows, n = 0;
	int64_t *persons = COLUMN(a, most, int64_t), *files = COLUMN(a, most, int64_t),
		*numbers = COLUMN(a, most, int64_t);
	const char **programmes = COLUMN(a, most, const char *), **codes = COLUMN(a, most, const char *),
		   **advices = COLUMN(a, most, const char *), **facts = COLUMN(a, most, const char *);
	bool *blocks = COLUMN(a, most, bool);
	for (size_t i = 0; i < im->n_rows; i++) {
		const struct standing *s = &im->rows[i];
		const char *all[FINDINGS_OF_A_ROW] = {s->name_differs ? "name_differs" : NULL,
			im->people.at[s->person].replaced ? "id_replaced" : NULL,
			s->cmnd_taken ? "cmnd_taken" : NULL};
		memcpy(&all[FINDINGS_OF_A_ROW - ENTRY_WARNINGS], s->entry->warnings,
			sizeof s->entry->warnings);
		for (size_t j = 0; j < COUNT_OF(all) && stands(s); j++) {
			if (!all[j])
				continue;
			persons[n] = im->people.at[s->person].id;
			files[n] = im->files[s->list].id;
			numbers[n] = s->entry->row;
			programmes[n] = im->lists[s->list].programme;
			codes[n] = all[j];
			advices[n] = advice_for(all[j]);
			facts[n] = "";
			blocks[n++] = j == 0;
		}
	}
	if (n == 0)
		return OK;
	return db_run(w, Q_IMPORT_FINDINGS_ADD,
		DB_ARGS(db_texts(programmes, n), db_day(im->period), db_i64s(persons, n), db_i64s(files, n),
			db_i64s(numbers, n), db_texts(codes, n), db_texts(advices, n), db_texts(facts, n),
			db_bools(blocks, n)),
		NULL);
}

enum result import_write(struct work *w, struct import *im)
{
	struct old_rows old = old_rows_of(im);
	bool *kept_enrolment = COLUMN(w->arena, im->n_rows, bool),
	     *kept_preference = COLUMN(w->arena, im->n_rows, bool);
	size_t n_people = mark_new_people(im);
	enum result r = draw_person_ids(w, im, n_people);
	if (r == OK)
		r = write_people(w, im, n_people);
	if (r == OK)
		r = write_rows(w, im);
	if (r == OK)
		r = find_kept_enrolments(w, im, &old, kept_enrolment);
	if (r == OK)
		r = write_enrolments(w, im, kept_enrolment);
	if (r == OK)
		r = find_kept_preferences(w, im, &old, kept_preference);
	if (r == OK)
		r = write_preferences(w, im, kept_preference);
	if (r == OK)
		r = write_accounts(w, im);
	if (r == OK)
		r = import_keep_cmnds(w, im);
	if (r == OK)
		r = write_findings(w, im);
	return r;
}
