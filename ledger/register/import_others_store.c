/* import_others_store.c: lists that are no payment lists: a bank's accounts, and deaths. */
#include "ledger/register/import_store.h"

#include <string.h>

#include <sys/random.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"
#include "ledger/register/account_hash.h"
#include "ledger/register/advice.h"
#include "ledger/register/people_found.h"

#define CHUNK ((size_t)20000) /* rows a statement */

/* ---- what both have in common ---------------------------------------------------------------------------------------- */

/* One row in the words that every kind of list shares. */
struct other_row {
	int32_t row;
	const char *code, *raw;
	int64_t person; /* 0: none */
};

struct other_list {
	const char *kind;
	struct import_file *file;
	int64_t id;
	size_t n;
	struct other_row *at;
};

static enum result begin_other(struct work *w, const char *kind, const struct import_file *file)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_LOCK, DB_NO_ARGS, &rows);
	if (r == OK)
		r = db_run(w, Q_IMPORT_MAY, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	if (!row_bool(&rows, 0, rows_col(&rows, "may"))) {
		why_set(&w->why, "no_mandate", "you have no mandate register");
		return REFUSED;
	}
	r = db_run(w, Q_IMPORT_FILES_KNOWN, DB_ARGS(db_hashes(&file->sha256, 1), db_text(kind)), &rows);
	if (r != OK || rows_n(&rows) == 0)
		return r;
	why_set(&w->why, "file_twice", "%s", row_text(&rows, 0, rows_col(&rows, "name")));
	return REFUSED;
}

static enum result find_people_of(struct work *w, struct people_found *people)
{
	struct hash16 *blinds = arena_array(w->arena, people->n, struct hash16);
	for (size_t i = 0; i < people->n; i++)
		blinds[i] = people->at[i].blind;
	for (size_t from = 0; from < people->n; from += CHUNK) {
		size_t most = people->n - from < CHUNK ? people->n - from : CHUNK;
		struct rows rows;
		enum result r = db_run(w, Q_IMPORT_PEOPLE, DB_ARGS(db_hash16s(blinds + from, most)), &rows);
		if (r != OK)
			return r;
		int n = rows_col(&rows, "n"), person = rows_col(&rows, "person"),
		    name = rows_col(&rows, "name"), wrapped = rows_col(&rows, "wrapped");
		for (size_t i = 0; i < rows_n(&rows); i++) {
			struct found_person *p = &people->at[from + (size_t)row_i64(&rows, i, n) - 1];
			p->id = row_i64(&rows, i, person);
			p->name = row_text(&rows, i, name);
			p->wrapped = row_bytes(&rows, i, wrapped);
		}
	}
	return OK;
}

static enum result write_file(
	struct work *w, const struct register_keys *keys, struct other_list *l, struct key32 *row_key)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_NEW_IDS, DB_ARGS(db_i64(0), db_i64(1)), &rows);
	if (r != OK)
		return r;
	l->id = row_i64(&rows, 0, rows_col(&rows, "id"));
	struct bytes wrapped = row_key_make(w->arena, keys, l->id, row_key);
	const char *none[1] = {NULL};
	const bool null[1] = {true};
	const struct day no_day[1] = {{0}};
	const int64_t zero[1] = {0}, accepted[1] = {(int64_t)l->file->accepted},
		      rejected[1] = {(int64_t)l->file->rejected};
	return db_run(w, Q_IMPORT_FILES_ADD,
		DB_ARGS(db_i64s(&l->id, 1), db_hashes(&l->file->sha256, 1), db_texts(&l->file->name, 1),
			db_text(l->kind), db_texts(none, 1), db_texts(none, 1),
			db_with_nulls(db_days(no_day, 1), null), db_null(), db_text(l->file->bank),
			db_byteas(&wrapped, 1), db_i64s(accepted, 1), db_i64s(rejected, 1), db_i64s(zero, 1),
			db_with_nulls(db_i64s(zero, 1), null)),
		NULL);
}

static enum result write_chunk(
	struct work *w, const struct other_list *l, size_t from, size_t n, const struct key32 *row_key)
{
	struct arena *a = w->arena;
	int64_t *files = arena_array(a, n, int64_t), *numbers = arena_array(a, n, int64_t),
		*persons = arena_array(a, n, int64_t);
	const char **statuses = arena_array(a, n, const char *), **codes = arena_array(a, n, const char *),
		   **notes = arena_array(a, n, const char *), **none = arena_array(a, n, const char *);
	struct bytes *sealed = arena_array(a, n, struct bytes);
	bool *no_person = arena_array(a, n, bool), *no_sealed = arena_array(a, n, bool),
	     *null = arena_array(a, n, bool);
	for (size_t i = 0; i < n; i++) {
		const struct other_row *o = &l->at[from + i];
		files[i] = l->id;
		numbers[i] = o->row;
		statuses[i] = o->code ? "rejected" : "accepted";
		codes[i] = o->code;
		notes[i] = o->code ? advice_for(o->code) : NULL;
		persons[i] = o->person;
		no_person[i] = o->code != NULL || o->person == 0;
		no_sealed[i] = !o->code;
		null[i] = true;
		if (o->code)
			sealed[i] = sealed_text(a, row_key, -l->id, "row", o->raw);
	}
	return db_run(w, Q_IMPORT_ROWS_ADD,
		DB_ARGS(db_i64s(files, n), db_i64s(numbers, n), db_texts(statuses, n),
			db_with_nulls(db_i64s(persons, n), no_person),
			db_with_nulls(db_i64s(persons, n), null), db_texts(codes, n), db_texts(notes, n),
			db_with_nulls(db_byteas(sealed, n), no_sealed), db_texts(none, n), db_null(),
			db_texts(none, n)),
		NULL);
}

static enum result write_other(
	struct work *w, const struct register_keys *keys, struct other_list *l, bool strict)
{
	struct key32 row_key;
	for (size_t i = 0; i < l->n; i++) {
		l->file->accepted += l->at[i].code == NULL;
		l->file->rejected += l->at[i].code != NULL;
		l->file->unknown += l->at[i].code == NULL && l->at[i].person == 0;
	}
	if (strict && l->file->rejected > 0) {
		why_set(&w->why, "strict", "%zu rows are rejected; with --strict nothing was imported",
			l->file->rejected);
		return REFUSED;
	}
	enum result r = write_file(w, keys, l, &row_key);
	for (size_t from = 0; from < l->n && r == OK; from += CHUNK)
		r = write_chunk(w, l, from, l->n - from < CHUNK ? l->n - from : CHUNK, &row_key);
	secret_wipe(&row_key, sizeof row_key);
	return r;
}

/* ---- a bank's accounts ------------------------------------------------------------------------------------------------ */

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
static void pick_rows(struct arena *a, const struct register_keys *keys, const struct people_found *people,
	const size_t *person_of, struct account_entry *at, size_t n, struct bank_rows *b)
{
	struct map seen;
	map_begin(&seen, a);
	for (size_t i = 0; i < n; i++) {
		if (at[i].status == ENTRY_REJECTED)
			continue;
		const struct found_person *p = &people->at[person_of[i]];
		struct hash16 blind = blind_index(keys->blind, BLIND_ACCOUNT, at[i].account.text);
		uint8_t key[32];
		bool is_new;
		memcpy(key, p->blind.b, 16);
		memcpy(key + 16, blind.b, 16);
		if (p->id == 0) {
			account_reject(&at[i], "person_unknown");
			continue;
		}
		map_put(&seen, bytes_of(key, sizeof key), i, &is_new);
		if (!is_new) {
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

static enum result find_accounts(struct work *w, struct bank_rows *b, size_t from, size_t n)
{
	struct rows rows;
	enum result r = db_run(w, Q_IMPORT_ACCOUNTS_KNOWN,
		DB_ARGS(db_i64s(b->persons + from, n), db_texts(b->banks + from, n),
			db_hash16s(b->blinds + from, n)),
		&rows);
	if (r != OK)
		return r;
	int at = rows_col(&rows, "n"), id = rows_col(&rows, "id");
	for (size_t i = 0; i < rows_n(&rows); i++)
		b->accounts[from + (size_t)row_i64(&rows, i, at) - 1] = row_i64(&rows, i, id);
	return OK;
}

static enum result add_accounts(struct work *w, const struct register_keys *keys,
	const struct people_found *people, struct bank_rows *b, size_t from, size_t most, int64_t file)
{
	struct arena *a = w->arena;
	size_t n = 0;
	int64_t *persons = arena_array(a, most, int64_t), *files = arena_array(a, most, int64_t);
	const char **kinds = arena_array(a, most, const char *), **banks = arena_array(a, most, const char *),
		   **holders = arena_array(a, most, const char *),
		   **folds = arena_array(a, most, const char *), **none = arena_array(a, most, const char *);
	struct hash16 *blinds = arena_array(a, most, struct hash16),
		      *salts = arena_array(a, most, struct hash16);
	struct hash *hashes = arena_array(a, most, struct hash);
	struct bytes *sealed = arena_array(a, most, struct bytes);
	struct day *untils = arena_array(a, most, struct day);
	bool *null = arena_array(a, most, bool);
	for (size_t i = from; i < from + most; i++) {
		const struct account_entry *e = b->entries[i];
		struct key32 key;
		if (b->accounts[i] != 0)
			continue;
		if (!people_open_key(&people->at[b->person[i]], keys, &key, &w->why))
			return REFUSED;
		persons[n] = b->persons[i];
		files[n] = file;
		kinds[n] = "self";
		banks[n] = e->bank;
		holders[n] = e->holder;
		folds[n] = reading_fold(a, e->holder);
		blinds[n] = b->blinds[i];
		null[n] = true;
		if (getentropy(salts[n].b, sizeof salts[n].b) != 0)
			bug("could not draw a salt");
		hashes[n] = account_hash(&salts[n], e->bank, e->account.text);
		sealed[n++] = sealed_text(a, &key, b->persons[i], "account", e->account.text);
		secret_wipe(&key, sizeof key);
	}
	if (n == 0)
		return OK;
	enum result r = db_run(w, Q_IMPORT_ACCOUNTS_ADD,
		DB_ARGS(db_i64s(persons, n), db_texts(kinds, n), db_texts(banks, n), db_hash16s(blinds, n),
			db_byteas(sealed, n), db_hash16s(salts, n), db_hashes(hashes, n),
			db_texts(holders, n), db_texts(folds, n), db_texts(none, n),
			db_with_nulls(db_days(untils, n), null), db_text("bank_list"), db_i64s(files, n)),
		NULL);
	return r == OK ? find_accounts(w, b, from, most) : r;
}

/* The bank ties the account to the ID, so a name that is the same after folding passes. */
static enum result add_checks(
	struct work *w, const struct people_found *people, const struct bank_rows *b, size_t from, size_t n)
{
	struct arena *a = w->arena;
	const char **statuses = arena_array(a, n, const char *), **grades = arena_array(a, n, const char *);
	bool *linked = arena_array(a, n, bool), *passes = arena_array(a, n, bool);
	for (size_t i = 0; i < n; i++) {
		const struct account_entry *e = b->entries[from + i];
		enum name_grade g = name_grade(
			bytes_z(people->at[b->person[from + i]].name), bytes_z(e->holder));
		statuses[i] = e->account_status;
		grades[i] = name_grade_text(g);
		linked[i] = true;
		passes[i] = strcmp(e->account_status, "open") == 0 && g <= NAME_FOLDED;
	}
	return db_run(w, Q_IMPORT_CHECKS_ADD,
		DB_ARGS(db_i64s(b->accounts + from, n), db_texts(statuses, n), db_texts(grades, n),
			db_bools(linked, n), db_bools(passes, n)),
		NULL);
}

enum result import_accounts(struct work *w, const struct register_keys *keys, struct import_file *file,
	struct account_entry *at, size_t n, bool strict)
{
	struct other_list l = {.kind = "account_list",
		.file = file,
		.n = n,
		.at = arena_array(w->arena, n, struct other_row)};
	struct people_found people;
	size_t *person_of = arena_array(w->arena, n, size_t);
	enum result r = begin_other(w, l.kind, file);
	if (r != OK)
		return r;
	people_begin(&people, w->arena);
	for (size_t i = 0; i < n; i++)
		if (at[i].status != ENTRY_REJECTED)
			person_of[i] = people_add(&people, keys, &at[i].id);
	r = find_people_of(w, &people);
	if (r != OK)
		return r;
	struct bank_rows b = bank_rows_of(w->arena, n);
	pick_rows(w->arena, keys, &people, person_of, at, n, &b);
	if (b.n == 0 && people.n > 0) {
		why_set(&w->why, "people_unknown",
			"nobody of this file is in the register; import the payment lists first");
		return REFUSED;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t person = at[i].code ? 0 : people.at[person_of[i]].id;
		l.at[i] = (struct other_row){
			.row = at[i].row, .code = at[i].code, .raw = at[i].raw, .person = person};
	}
	r = write_other(w, keys, &l, strict);
	for (size_t from = 0; from < b.n && r == OK; from += CHUNK) {
		size_t most = b.n - from < CHUNK ? b.n - from : CHUNK;
		r = find_accounts(w, &b, from, most);
		if (r == OK)
			r = add_accounts(w, keys, &people, &b, from, most, l.id);
		if (r == OK)
			r = add_checks(w, &people, &b, from, most);
	}
	return r;
}

/* ---- deaths -------------------------------------------------------------------------------------------------------------- */

static enum result add_deaths(struct work *w, const struct other_list *l, const struct death_entry *at,
	const struct people_found *people, const size_t *person_of)
{
	struct arena *a = w->arena;
	size_t n = 0;
	int64_t *persons = arena_array(a, l->n, int64_t), *files = arena_array(a, l->n, int64_t),
		*numbers = arena_array(a, l->n, int64_t);
	struct hash16 *blinds = arena_array(a, l->n, struct hash16);
	struct day *days = arena_array(a, l->n, struct day);
	for (size_t i = 0; i < l->n; i++) {
		if (at[i].code)
			continue;
		persons[n] = l->at[i].person;
		blinds[n] = people->at[person_of[i]].blind;
		days[n] = at[i].day;
		files[n] = l->id;
		numbers[n++] = at[i].row;
	}
	return db_run(w, Q_IMPORT_DEATHS_ADD,
		DB_ARGS(db_i64s(persons, n), db_hash16s(blinds, n), db_days(days, n), db_i64s(files, n),
			db_i64s(numbers, n)),
		NULL);
}

static void death_reject(struct death_entry *e)
{
	e->status = ENTRY_REJECTED;
	e->code = "id_other_name";
}

enum result import_deaths(struct work *w, const struct register_keys *keys, struct import_file *file,
	struct death_entry *at, size_t n, bool strict)
{
	struct other_list l = {
		.kind = "deaths", .file = file, .n = n, .at = arena_array(w->arena, n, struct other_row)};
	struct people_found people;
	size_t *person_of = arena_array(w->arena, n, size_t);
	enum result r = begin_other(w, l.kind, file);
	if (r != OK)
		return r;
	people_begin(&people, w->arena);
	for (size_t i = 0; i < n; i++)
		if (!at[i].code)
			person_of[i] = people_add(&people, keys, &at[i].id);
	r = find_people_of(w, &people);
	if (r != OK)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct found_person *p = &people.at[person_of[i]];
		/* Nobody is declared dead under another's name. */
		if (!at[i].code && p->id && name_grade(bytes_z(p->name), bytes_z(at[i].name)) > NAME_PARTIAL)
			death_reject(&at[i]);
		l.at[i] = (struct other_row){.row = at[i].row,
			.code = at[i].code,
			.raw = at[i].raw,
			.person = at[i].code ? 0 : p->id};
	}
	r = write_other(w, keys, &l, strict);
	return r == OK ? add_deaths(w, &l, at, &people, person_of) : r;
}
