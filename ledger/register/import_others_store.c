/* import_others_store.c: lists that are no payment lists, slice by slice: a bank's accounts, and deaths. */
#include "ledger/register/import_slice_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sys/random.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"
#include "ledger/db/copy.h"
#include "ledger/register/account_hash.h"
#include "ledger/register/advice.h"
#include "ledger/register/entitle_store.h"
#include "ledger/register/match.h"
#include "ledger/register/rate_store.h"

/* ---- pairs ----------------------------------------------------------------------------------------------------------------- */

static uint64_t *pair_place(const struct pairs *p, uint64_t pair)
{
	for (size_t i = (size_t)pair & (p->size - 1);; i = (i + 1) & (p->size - 1))
		if (p->at[i] == 0 || p->at[i] == pair)
			return &p->at[i];
}

static void pairs_grow(struct pairs *p)
{
	struct pairs more = {.n = p->n, .size = p->size ? 2 * p->size : 4096};
	more.at = calloc(more.size, sizeof *more.at);
	bug_if(!more.at);
	for (size_t i = 0; i < p->size; i++)
		if (p->at[i] != 0)
			*pair_place(&more, p->at[i]) = p->at[i];
	free(p->at);
	*p = more;
}

/* False when it was there already. */
static bool pair_add(struct pairs *p, struct arena *a, int64_t person, const struct account_entry *e)
{
	struct hash sum = sha256(
		bytes_z(arena_printf(a, "%" PRId64 " %s %s", person, e->bank, e->account.text)));
	uint64_t pair;
	memcpy(&pair, sum.b, sizeof pair);
	pair += pair == 0; /* which is a free place */
	if (4 * (p->n + 1) > 3 * p->size)
		pairs_grow(p);
	uint64_t *at = pair_place(p, pair);
	if (*at != 0)
		return false;
	*at = pair;
	p->n++;
	return true;
}

/* ---- begin and end ----------------------------------------------------------------------------------------------------------- */

void import_other_free(struct import_other *o)
{
	if (!o)
		return;
	secret_wipe(&o->row_key, sizeof o->row_key);
	arena_free(o->slice);
	free(o->pairs.at);
	free(o);
}

static enum result may_import(
	struct work *w, const char *kind, const struct import_file *file, struct day *today)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_LOCK, DB_ARGS(db_bool(true)), &rows);
	if (r == OK)
		r = db_run(w, Q_IMPORT_MAY, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	if (!row_bool(&rows, 0, rows_col(&rows, "may"))) {
		why_set(&w->why, "no_mandate", "you have no mandate register");
		return REFUSED;
	}
	r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	*today = row_day(&rows, 0, rows_col(&rows, "today"));
	if (file->as_of && day_cmp(*file->as_of, *today) > 0) {
		why_set(&w->why, "as_of_future", "a list tells of no day to come");
		return REFUSED;
	}
	if (file->as_of)
		*today = *file->as_of;
	r = db_run(w, Q_IMPORT_FILES_KNOWN,
		DB_ARGS(db_hashes(&file->sha256, 1), db_text(kind), db_bool(file->repairs)), &rows);
	if (r != OK || rows_n(&rows) == 0)
		return r;
	why_set(&w->why, "file_twice", "%s", row_text(&rows, 0, rows_col(&rows, "name")));
	return REFUSED;
}

/* Both tie the account to the ID. */
static const char *source_of(const struct import_other *o)
{
	return strcmp(o->file->bank, BANK_VNEID) == 0 ? "vneid" : "bank_list";
}

/* By a rate of its programme; about whom, each row says. */
static enum result check_grant(struct import_other *o)
{
	const struct decision *d = o->file->grant;
	struct rows rows;
	if (!d)
		return OK;
	enum result r = db_run(o->w, Q_DECISION_ABOUT,
		DB_ARGS(db_text(d->programme), db_null(), db_texts(d->codes, d->n_codes)), &rows);
	if (r != OK)
		return r;
	bool known = rows_n(&rows) > 0;
	if (known && row_bool(&rows, 0, rows_col(&rows, "codes_known")))
		return rates_load(o->w, d->programme, &o->rates);
	why_set(&o->w->why, known ? "rate_unknown" : "programme_unknown", "%s", d->programme);
	return REFUSED;
}

static enum result write_file(struct import_other *o, const char *kind)
{
	struct work *w = o->w;
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_NEW_IDS, DB_ARGS(db_i64(0), db_i64(1)), &rows);
	if (r != OK)
		return r;
	o->id = row_i64(&rows, 0, rows_col(&rows, "id"));
	struct bytes wrapped = row_key_make(w->arena, o->keys, o->id, &o->row_key);
	const char *none[1] = {NULL};
	const bool null[1] = {true};
	const struct day no_day[1] = {{0}};
	r = db_run(w, Q_IMPORT_FILES_ADD,
		DB_ARGS(db_i64s(&o->id, 1), db_hashes(&o->file->sha256, 1), db_texts(&o->file->name, 1),
			db_text(kind), db_texts(none, 1), db_texts(none, 1),
			db_with_nulls(db_days(no_day, 1), null), db_null(), db_text(o->file->bank),
			db_byteas(&wrapped, 1), db_texts(none, 1), db_bool(o->file->repairs)),
		NULL);
	if (r != OK || !o->file->bank)
		return r;
	o->file->waits = o->id;
	return db_run(
		w, Q_ACCOUNT_FILE_ADD, DB_ARGS(db_i64(o->id), db_text(source_of(o)), db_day(o->today)), NULL);
}

enum result import_other_begin(struct work *w, const struct register_keys *keys, const char *kind,
	struct import_file *file, struct import_other **out)
{
	struct import_other *o = calloc(1, sizeof *o);
	bug_if(!o);
	*out = o;
	o->w = w;
	o->keys = keys;
	o->file = file;
	o->slice = arena_new();
	file->accepted = file->rejected = file->unknown = 0;
	enum result r = may_import(w, kind, file, &o->today);
	if (r == OK)
		r = check_grant(o);
	return r == OK ? write_file(o, kind) : r;
}

enum result import_other_end(struct import_other *o, bool strict)
{
	struct why *why = &o->w->why;
	if (o->file->bank && o->any_row && !o->anybody) {
		why_set(why, "people_unknown",
			"nobody of this file is in the register; import the payment lists first");
		return REFUSED;
	}
	if (!strict || o->file->rejected == 0)
		return OK;
	why_set(why, "strict", "%zu rows are rejected; with --strict nothing was imported",
		o->file->rejected);
	return REFUSED;
}

/* ---- what every slice does ------------------------------------------------------------------------------------------------- */

enum result slice_find_people(struct work *w, struct people_found *people)
{
	struct hash16 *blinds = arena_array(w->arena, people->n, struct hash16);
	struct rows rows;
	for (size_t i = 0; i < people->n; i++)
		blinds[i] = people->at[i].blind;
	enum result r = db_run(w, Q_IMPORT_PEOPLE, DB_ARGS(db_hash16s(blinds, people->n)), &rows);
	if (r != OK)
		return r;
	int n = rows_col(&rows, "n"), person = rows_col(&rows, "person"), name = rows_col(&rows, "name"),
	    wrapped = rows_col(&rows, "wrapped");
	for (size_t i = 0; i < rows_n(&rows); i++) {
		if (row_null(&rows, i, wrapped))
			continue; /* was erased, so is known to no list */
		struct found_person *p = &people->at[row_i64(&rows, i, n) - 1];
		p->id = row_i64(&rows, i, person);
		p->name = row_text(&rows, i, name);
		p->wrapped = row_bytes(&rows, i, wrapped);
	}
	return OK;
}

enum result slice_write_rows(struct import_other *o, const struct other_row *at, size_t n)
{
	struct arena *a = o->slice;
	int64_t *numbers = arena_array(a, n, int64_t), *persons = arena_array(a, n, int64_t);
	const char **statuses = arena_array(a, n, const char *), **codes = arena_array(a, n, const char *),
		   **notes = arena_array(a, n, const char *);
	struct bytes *sealed = arena_array(a, n, struct bytes);
	bool *no_person = arena_array(a, n, bool), *no_sealed = arena_array(a, n, bool);
	for (size_t i = 0; i < n; i++) {
		const char *code = at[i].code;
		numbers[i] = at[i].row;
		statuses[i] = code ? "rejected" : "accepted";
		codes[i] = code;
		notes[i] = code ? advice_for(code) : NULL;
		persons[i] = at[i].person;
		no_person[i] = code != NULL || at[i].person == 0;
		no_sealed[i] = !code;
		if (code)
			sealed[i] = sealed_text(a, &o->row_key, -o->id, "row", at[i].raw);
		o->file->accepted += !code;
		o->file->rejected += code != NULL;
		o->file->unknown += !code && at[i].person == 0;
	}
	return copy_columns(o->w, Q_IMPORT_ROWS_IN,
		DB_ARGS(db_i64(o->id), db_i64s(numbers, n), db_texts(statuses, n),
			db_with_nulls(db_i64s(persons, n), no_person), db_null(), db_texts(codes, n),
			db_texts(notes, n), db_with_nulls(db_byteas(sealed, n), no_sealed), db_null(),
			db_null(), db_null(), db_null(), db_null()));
}

/* ---- a bank's accounts ------------------------------------------------------------------------------------------------------- */

/* Rows that stand, column by column. */
struct bank_rows {
	size_t n;
	size_t *person;
	struct account_entry **entries;
	int64_t *persons, *accounts; /* account 0: not in the register yet */
	const char **banks;
	struct hash16 *blinds;
};

static struct bank_rows bank_rows_of(struct arena *a, size_t n)
{
	return (struct bank_rows){
		.person = arena_array(a, n, size_t),
		.entries = arena_array(a, n, struct account_entry *),
		.persons = arena_array(a, n, int64_t),
		.accounts = arena_array(a, n, int64_t),
		.banks = arena_array(a, n, const char *),
		.blinds = arena_array(a, n, struct hash16),
	};
}

static void account_reject(struct account_entry *e, const char *code)
{
	e->status = ENTRY_REJECTED;
	e->code = code;
}

/* Who stands in the register, once an account. */
static void pick_rows(struct import_other *o, const struct people_found *people, const size_t *person_of,
	struct account_entry *at, size_t n, struct bank_rows *b)
{
	for (size_t i = 0; i < n; i++) {
		if (at[i].status == ENTRY_REJECTED)
			continue;
		const struct found_person *p = &people->at[person_of[i]];
		struct hash16 blind = blind_index(o->keys->blind, BLIND_ACCOUNT, at[i].account.text);
		o->any_row = true;
		if (p->id == 0) {
			account_reject(&at[i], "person_unknown");
			continue;
		}
		o->anybody = true;
		if (!pair_add(&o->pairs, o->slice, p->id, &at[i])) {
			account_reject(&at[i], "duplicate");
			continue;
		}
		b->person[b->n] = person_of[i];
		b->entries[b->n] = &at[i];
		b->persons[b->n] = p->id;
		b->banks[b->n] = at[i].bank;
		b->blinds[b->n++] = blind;
	}
}

static enum result find_accounts(struct work *w, struct bank_rows *b)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_ACCOUNTS_KNOWN,
		DB_ARGS(db_i64s(b->persons, b->n), db_texts(b->banks, b->n), db_hash16s(b->blinds, b->n)),
		&rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n"), id = rows_col(&rows, "id");
	for (size_t i = 0; i < rows_n(&rows); i++)
		b->accounts[row_i64(&rows, i, at) - 1] = row_i64(&rows, i, id);
	return OK;
}

static enum result add_accounts(
	struct import_other *o, const struct people_found *people, struct bank_rows *b)
{
	struct arena *a = o->slice;
	size_t n = 0;
	int64_t *persons = arena_array(a, b->n, int64_t);
	const char **banks = arena_array(a, b->n, const char *),
		   **holders = arena_array(a, b->n, const char *),
		   **folds = arena_array(a, b->n, const char *);
	struct hash16 *blinds = arena_array(a, b->n, struct hash16),
		      *salts = arena_array(a, b->n, struct hash16);
	struct hash *hashes = arena_array(a, b->n, struct hash);
	struct bytes *sealed = arena_array(a, b->n, struct bytes);
	for (size_t i = 0; i < b->n; i++) {
		const struct account_entry *e = b->entries[i];
		struct key32 key;
		if (b->accounts[i] != 0)
			continue;
		if (!people_open_key(&people->at[b->person[i]], o->keys, &key, &o->w->why))
			return REFUSED;
		persons[n] = b->persons[i];
		banks[n] = e->bank;
		holders[n] = e->holder;
		folds[n] = reading_fold(a, e->holder);
		blinds[n] = b->blinds[i];
		if (getentropy(salts[n].b, sizeof salts[n].b) != 0)
			bug("could not draw a salt");
		hashes[n] = account_hash(&salts[n], e->bank, e->account.text);
		sealed[n++] = sealed_text(a, &key, b->persons[i], "account", e->account.text);
		secret_wipe(&key, sizeof key);
	}
	if (n == 0)
		return OK;
	enum result r = copy_columns(o->w, Q_IMPORT_ACCOUNTS_IN,
		DB_ARGS(db_i64s(persons, n), db_text("self"), db_texts(banks, n), db_hash16s(blinds, n),
			db_byteas(sealed, n), db_hash16s(salts, n), db_hashes(hashes, n),
			db_texts(holders, n), db_texts(folds, n), db_null(), db_null(), db_text(source_of(o)),
			db_i64(o->id), db_day(o->today)));
	return r == OK ? find_accounts(o->w, b) : r;
}

/* What the list says of each, graded. A name that is the same after folding passes, when a second officer says that whoever keeps the
 * accounts tied them to the IDs. */
struct said_account {
	enum name_grade grade;
	bool passes, shut;
};

/* What a bank closed stays closed until the bank says otherwise: who declared an account does not know. */
static enum result find_shut(struct import_other *o, const struct bank_rows *b, struct said_account *said)
{
	struct rows rows;
	if (strcmp(o->file->bank, BANK_VNEID) != 0)
		return OK;
	enum result r = db_run(o->w, Q_IMPORT_ACCOUNTS_SHUT, DB_ARGS(db_i64s(b->accounts, b->n)), &rows);
	if (r != OK)
		return r;
	for (size_t i = 0; i < rows_n(&rows); i++)
		said[row_i64(&rows, i, rows_col(&rows, "n")) - 1].shut = true;
	return OK;
}

/* The whole list waits for a second officer. */
static enum result add_lines(
	struct import_other *o, const struct bank_rows *b, const struct said_account *said)
{
	int64_t *numbers = arena_array(o->slice, b->n, int64_t);
	const char **statuses = arena_array(o->slice, b->n, const char *),
		   **grades = arena_array(o->slice, b->n, const char *);
	bool *passes = arena_array(o->slice, b->n, bool);
	for (size_t i = 0; i < b->n; i++) {
		numbers[i] = b->entries[i]->row;
		statuses[i] = b->entries[i]->account_status;
		grades[i] = name_grade_text(said[i].grade);
		passes[i] = said[i].passes;
	}
	return copy_columns(o->w, Q_ACCOUNT_FILE_ROWS_IN,
		DB_ARGS(db_i64(o->id), db_i64s(numbers, b->n), db_i64s(b->accounts, b->n),
			db_texts(statuses, b->n), db_texts(grades, b->n), db_bools(passes, b->n)));
}

/* What speaks against an account counts at once, on one officer's word; it ties nothing to an ID. */
static enum result add_checks(
	struct import_other *o, const struct bank_rows *b, const struct said_account *said)
{
	size_t n = 0;
	int64_t *accounts = arena_array(o->slice, b->n, int64_t);
	const char **statuses = arena_array(o->slice, b->n, const char *),
		   **grades = arena_array(o->slice, b->n, const char *);
	for (size_t i = 0; i < b->n; i++) {
		if (said[i].passes || said[i].shut)
			continue;
		accounts[n] = b->accounts[i];
		statuses[n] = b->entries[i]->account_status;
		grades[n++] = name_grade_text(said[i].grade);
	}
	return copy_columns(o->w, Q_IMPORT_CHECKS_IN,
		DB_ARGS(db_i64s(accounts, n), db_text(source_of(o)), db_texts(statuses, n),
			db_texts(grades, n), db_bool(false), db_bool(false), db_day(o->today)));
}

static enum result add_said(
	struct import_other *o, const struct people_found *people, const struct bank_rows *b)
{
	struct said_account *said = arena_array(o->slice, b->n, struct said_account);
	for (size_t i = 0; i < b->n; i++) {
		const struct account_entry *e = b->entries[i];
		said[i].grade = name_grade(bytes_z(people->at[b->person[i]].name), bytes_z(e->holder));
		said[i].passes = match_receives(e->account_status) && said[i].grade <= NAME_FOLDED;
	}
	enum result r = find_shut(o, b, said);
	if (r == OK)
		r = add_lines(o, b, said);
	return r == OK ? add_checks(o, b, said) : r;
}

static enum result accounts_slice(struct import_other *o, struct account_entry *at, size_t n)
{
	struct other_row *rows = arena_array(o->slice, n, struct other_row);
	size_t *person_of = arena_array(o->slice, n, size_t);
	struct bank_rows b = bank_rows_of(o->slice, n);
	struct people_found people;
	people_begin(&people, o->slice);
	for (size_t i = 0; i < n; i++)
		if (at[i].status != ENTRY_REJECTED)
			person_of[i] = people_add(&people, o->keys, &at[i].id);
	enum result r = slice_find_people(o->w, &people);
	if (r != OK)
		return r;
	pick_rows(o, &people, person_of, at, n, &b);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct other_row){.row = at[i].row,
			.code = at[i].code,
			.raw = at[i].raw,
			.person = at[i].code ? 0 : people.at[person_of[i]].id};
	r = slice_write_rows(o, rows, n);
	if (r == OK)
		r = find_accounts(o->w, &b);
	if (r == OK)
		r = add_accounts(o, &people, &b);
	return r == OK ? add_said(o, &people, &b) : r;
}

enum result import_accounts_slice(struct import_other *o, struct account_entry *at, size_t n)
{
	struct arena *whole = o->w->arena;
	o->w->arena = o->slice;
	enum result r = accounts_slice(o, at, n);
	o->w->arena = whole;
	arena_reset(o->slice);
	return r;
}

/* ---- deaths --------------------------------------------------------------------------------------------------------------------- */

static void death_reject(struct death_entry *e)
{
	e->status = ENTRY_REJECTED;
	e->code = "id_other_name";
}

static enum result add_deaths(struct import_other *o, const struct death_entry *at,
	const struct other_row *rows, size_t most, const struct people_found *people, const size_t *person_of)
{
	struct arena *a = o->slice;
	size_t n = 0;
	int64_t *persons = arena_array(a, most, int64_t), *files = arena_array(a, most, int64_t),
		*numbers = arena_array(a, most, int64_t);
	struct hash16 *blinds = arena_array(a, most, struct hash16);
	struct day *days = arena_array(a, most, struct day);
	for (size_t i = 0; i < most; i++) {
		if (at[i].code)
			continue;
		persons[n] = rows[i].person;
		blinds[n] = people->at[person_of[i]].blind;
		days[n] = at[i].day;
		files[n] = o->id;
		numbers[n++] = at[i].row;
	}
	enum result r = db_run(o->w, Q_IMPORT_DEATHS_ADD,
		DB_ARGS(db_i64s(persons, n), db_hash16s(blinds, n), db_days(days, n), db_i64s(files, n),
			db_i64s(numbers, n)),
		NULL);
	if (r == OK) /* what was claimed for later months waits from now on */
		r = entitle_not_due(o->w, NULL, persons, n, NULL);
	return r;
}

static enum result deaths_slice(struct import_other *o, struct death_entry *at, size_t n)
{
	struct other_row *rows = arena_array(o->slice, n, struct other_row);
	size_t *person_of = arena_array(o->slice, n, size_t);
	struct people_found people;
	people_begin(&people, o->slice);
	for (size_t i = 0; i < n; i++)
		if (!at[i].code)
			person_of[i] = people_add(&people, o->keys, &at[i].id);
	enum result r = slice_find_people(o->w, &people);
	if (r != OK)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct found_person *p = &people.at[person_of[i]];
		/* Nobody is declared dead under another's name. */
		if (!at[i].code && p->id && name_grade(bytes_z(p->name), bytes_z(at[i].name)) > NAME_PARTIAL)
			death_reject(&at[i]);
		rows[i] = (struct other_row){.row = at[i].row,
			.code = at[i].code,
			.raw = at[i].raw,
			.person = at[i].code ? 0 : p->id};
	}
	r = slice_write_rows(o, rows, n);
	return r == OK ? add_deaths(o, at, rows, n, &people, person_of) : r;
}

enum result import_deaths_slice(struct import_other *o, struct death_entry *at, size_t n)
{
	struct arena *whole = o->w->arena;
	o->w->arena = o->slice;
	enum result r = deaths_slice(o, at, n);
	o->w->arena = whole;
	arena_reset(o->slice);
	return r;
}
