#include "ledger/register/forget_store.h"

#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/register/forgotten_file.h"
#include "ledger/register/people_found.h"

/* Before the commit, so that no dump brings back whom the archive does not know. */
static enum result keep(
	struct work *w, const struct decided_archive *archive, const struct rows *r, bool back)
{
	for (size_t i = 0; i < rows_n(r); i++) {
		const struct forgotten f = {.anchor = row_hash16(r, i, rows_col(r, "anchor")),
			.at_us = row_instant(r, i, rows_col(r, "at")),
			.back = back,
			.number = row_text(r, i, rows_col(r, "number")),
			.officers = {
				row_text(r, i, rows_col(r, "first")), row_text(r, i, rows_col(r, "second"))}};
		if (!forgotten_keep(archive, &f, &w->why))
			return REFUSED;
	}
	return OK;
}

enum result person_erase(struct work *w, const struct decided_archive *archive, int64_t person,
	const char *number, const char *reason, bool *erased)
{
	struct rows r, done;
	*erased = false;
	enum result result = db_run(w, Q_ERASE_OPEN, DB_ARGS(db_i64(person)), &r);
	if (result != OK)
		return result;
	bool same = rows_n(&r) == 1 && strcmp(row_text(&r, 0, rows_col(&r, "number")), number) == 0;
	if (!same) /* another number is another proposal */
		return db_run(
			w, Q_ERASE_PROPOSE, DB_ARGS(db_i64(person), db_text(number), db_text(reason)), NULL);
	if (row_bool(&r, 0, rows_col(&r, "is_mine"))) {
		why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
		return REFUSED;
	}
	result = db_run(w, Q_ERASE_CONFIRM, DB_ARGS(db_i64(row_i64(&r, 0, rows_col(&r, "id")))), &done);
	if (result == OK)
		result = keep(w, archive, &done, false);
	*erased = result == OK;
	return result;
}

/* ---- the way back ----------------------------------------------------------------------------------------------------- */

static enum result readmit_confirm(
	struct work *w, const struct register_keys *keys, const struct readmit_wish *wish, int64_t proposal)
{
	struct rows done;
	struct key32 key;
	struct hash16 blind = blind_index(keys->blind, BLIND_ID, wish->id.digits);
	uint8_t wrapped[SEAL_WRAPPED_SIZE];
	seal_new_key(&key);
	seal_wrap(&keys->keks[0], wish->person, &key, wrapped);
	struct bytes sealed = sealed_text(w->arena, &key, wish->person, "id", wish->id.digits);
	secret_wipe(&key, sizeof key);
	enum result result = db_run(w, Q_READMIT_CONFIRM,
		DB_ARGS(db_i64(proposal), db_hash16(&blind), db_bytes(bytes_of(wrapped, sizeof wrapped)),
			db_bytes(sealed)),
		&done);
	return result == OK ? keep(w, wish->archive, &done, true) : result;
}

enum result person_readmit(
	struct work *w, const struct register_keys *keys, const struct readmit_wish *wish, bool *readmitted)
{
	struct rows r;
	const char *name, *fold;
	*readmitted = false;
	if (!utf8_nfc(w->arena, bytes_z(wish->name), &name, &w->why) ||
		!name_fold(w->arena, bytes_z(name), &fold, &w->why))
		return REFUSED;
	enum result result = db_run(
		w, Q_READMIT_OPEN, DB_ARGS(db_i64(wish->person), db_text(wish->number), db_text(name)), &r);
	if (result == OK && rows_n(&r) == 0)
		return db_run(w, Q_READMIT_PROPOSE,
			DB_ARGS(db_i64(wish->person), db_text(name), db_text(fold), db_text(wish->number),
				db_text(wish->reason)),
			NULL);
	if (result != OK)
		return result;
	if (row_bool(&r, 0, rows_col(&r, "is_mine"))) {
		why_set(&w->why, "same_officer", "you proposed this; another officer must confirm it");
		return REFUSED;
	}
	result = readmit_confirm(w, keys, wish, row_i64(&r, 0, rows_col(&r, "id")));
	*readmitted = result == OK;
	return result;
}

/* ---- what is kept no longer --------------------------------------------------------------------------------------------- */

enum result kept_expire(struct work *w, int64_t *files, int64_t *messages)
{
	struct rows r;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_EXPIRE, DB_NO_ARGS, &r);
	if (result == OK) {
		*files = row_i64(&r, 0, rows_col(&r, "files"));
		*messages = row_i64(&r, 0, rows_col(&r, "keys"));
		result = tx_commit(w);
	}
	return result;
}

/* ---- what is held ----------------------------------------------------------------------------------------------------- */

static bool open_one(
	struct work *w, const struct opening *o, const struct rows *r, size_t i, const char **out)
{
	CLEANUP(buf_free) struct buf text = BUF(SEAL_FIELD_MAX);
	const struct sealed_field f = {.person = row_i64(r, i, rows_col(r, "person")),
		.wrapped = row_bytes(r, i, rows_col(r, "wrapped")),
		.sealed = row_bytes(r, i, rows_col(r, "sealed")),
		.field = row_text(r, i, rows_col(r, "what"))};
	bool opened = opening_field(w, o, &f, &text);
	if (opened)
		*out = arena_strndup(w->arena, (const char *)text.at, text.n);
	if (text.at)
		secret_wipe(text.at, text.size);
	return opened;
}

static enum result load_sealed(struct work *w, int64_t person, struct rows *r)
{
	struct rows may;
	enum result result = db_run(w, Q_EXPORT_MAY, DB_ARGS(db_i64(person)), &may);
	if (result == OK && !row_bool(&may, 0, rows_col(&may, "may"))) {
		why_set(&w->why, "no_mandate", "you have no mandate register for a ward of this person");
		return REFUSED;
	}
	return result == OK ? db_run(w, Q_EXPORT_SEALED, DB_ARGS(db_i64(person)), r) : result;
}

static void add_lines(const struct rows *r, struct held_values *all)
{
	int section = rows_col(r, "section"), item = rows_col(r, "item"), key = rows_col(r, "key"),
	    value = rows_col(r, "value");
	for (size_t i = 0; i < rows_n(r); i++)
		all->at[all->n++] = (struct held_value){row_text(r, i, section), row_text(r, i, key),
			row_text(r, i, value), row_i64(r, i, item)};
}

enum result person_held(
	struct work *w, const struct opening *opening, int64_t person, struct held_values *out)
{
	struct rows sealed, lines[2];
	enum result r = load_sealed(w, person, &sealed);
	if (r == OK)
		r = db_run(w, Q_EXPORT_LINES, DB_ARGS(db_i64(person)), &lines[0]);
	if (r == OK)
		r = db_run(w, Q_EXPORT_PAID, DB_ARGS(db_i64(person)), &lines[1]);
	if (r != OK)
		return r;
	struct held_values all = {
		.at = arena_array(w->arena, 2 * rows_n(&sealed) + rows_n(&lines[0]) + rows_n(&lines[1]),
			struct held_value)};
	for (size_t i = 0; i < rows_n(&sealed); i++) {
		const char *value, *what = row_text(&sealed, i, rows_col(&sealed, "what")),
				   *note = row_text(&sealed, i, rows_col(&sealed, "note"));
		if (!open_one(w, opening, &sealed, i, &value))
			return REFUSED;
		all.at[all.n++] = (struct held_value){"number", what, value, (int64_t)i};
		if (*note)
			all.at[all.n++] = (struct held_value){"number", "of", note, (int64_t)i};
	}
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		add_lines(&lines[i], &all);
	*out = all;
	return OK;
}
