#include "ledger/register/account_file_store.h"

#include <inttypes.h>

static struct account_file file_of(const struct rows *r, size_t i, int64_t file)
{
	return (struct account_file){.file = file,
		.name = row_text(r, i, rows_col(r, "name")),
		.bank = row_text(r, i, rows_col(r, "bank")),
		.by = row_text(r, i, rows_col(r, "first")),
		.known_on = row_day(r, i, rows_col(r, "known_on"))};
}

enum result account_files_waiting(struct work *w, struct account_files *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_FILES_WAITING, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	out->n = rows_n(&rows);
	out->at = arena_array(w->arena, out->n, struct account_file);
	for (size_t i = 0; i < out->n; i++) {
		out->at[i] = file_of(&rows, i, row_i64(&rows, i, rows_col(&rows, "file")));
		out->at[i].rows = row_i64(&rows, i, rows_col(&rows, "n"));
	}
	return OK;
}

static enum result unknown(struct work *w, int64_t file)
{
	why_set(&w->why, "list_unknown", "no list %" PRId64 " waits", file);
	return REFUSED;
}

enum result account_file_allowed(struct work *w, int64_t file, bool dropping)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_FILE_FIND, DB_ARGS(db_i64(file), db_bool(dropping)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return unknown(w, file);
	const char *problem = row_text(&rows, 0, rows_col(&rows, "problem")),
		   *lacks = row_text(&rows, 0, rows_col(&rows, "lacks"));
	if (!problem)
		return OK;
	why_set(&w->why, problem, "list %" PRId64 "%s%s", file, lacks ? " takes the " : "",
		lacks ? lacks : "");
	return REFUSED;
}

enum result account_file_show(struct work *w, const struct opening *opening, int64_t file, int32_t most,
	struct account_file_effect *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_ACCOUNT_FILE_SHOW, DB_ARGS(db_i64(file), db_i32(most)), &rows);
	if (r != OK)
		return r;
	if (rows_n(&rows) == 0)
		return unknown(w, file);
	*out = (struct account_file_effect){.list = file_of(&rows, 0, file),
		.opens = row_i64(&rows, 0, rows_col(&rows, "opens")),
		.changes = row_i64(&rows, 0, rows_col(&rows, "changes")),
		.shares = row_i64(&rows, 0, rows_col(&rows, "shares")),
		.dormant = row_i64(&rows, 0, rows_col(&rows, "dormant")),
		.differs = row_i64(&rows, 0, rows_col(&rows, "differs")),
		.shut = row_i64(&rows, 0, rows_col(&rows, "shut")),
		.left_out = row_i64(&rows, 0, rows_col(&rows, "left_out")),
		.at = arena_array(w->arena, rows_n(&rows), struct account_file_row)};
	out->list.rows = row_i64(&rows, 0, rows_col(&rows, "rows"));
	for (size_t i = 0; i < rows_n(&rows) && out->list.rows > 0; i++) {
		struct account_file_row *row = &out->at[out->n++];
		*row = (struct account_file_row){.row = row_i32(&rows, i, rows_col(&rows, "row_no")),
			.person_name = row_text(&rows, i, rows_col(&rows, "person_name")),
			.bank = row_text(&rows, i, rows_col(&rows, "account_bank")),
			.holder = row_text(&rows, i, rows_col(&rows, "holder")),
			.status = row_text(&rows, i, rows_col(&rows, "status")),
			.grade = row_text(&rows, i, rows_col(&rows, "grade")),
			.opens = row_bool(&rows, i, rows_col(&rows, "opens_it")),
			.changes = row_bool(&rows, i, rows_col(&rows, "changes_it")),
			.shares = row_bool(&rows, i, rows_col(&rows, "shares_it"))};
		account_number_masked(w, opening, &rows, i, row->number);
	}
	return OK;
}

static enum result decide(struct work *w, enum query query, int64_t file)
{
	struct rows rows;
	enum result r = db_run(w, query, DB_ARGS(db_i64(file)), &rows);
	return r != OK || rows_n(&rows) == 1 ? r : unknown(w, file);
}

enum result account_file_confirm(struct work *w, int64_t file)
{
	return decide(w, Q_ACCOUNT_FILE_CONFIRM, file);
}

enum result account_file_drop(struct work *w, int64_t file)
{
	return decide(w, Q_ACCOUNT_FILE_DROP, file);
}
