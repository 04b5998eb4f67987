#include "ledger/books/period_store.h"

#include <inttypes.h>

#include "ledger/books/head_store.h"
#include "ledger/books/post.h"

/* ---- what forbids it -------------------------------------------------------------------------------------------------- */

static struct day day_or_none(const struct rows *r, size_t i, const char *column)
{
	int at = rows_col(r, column);

	return row_null(r, i, at) ? (struct day){.n = 0} : row_day(r, i, at);
}

enum result period_faults(struct work *w, const char *agency, struct month m, struct period_faults *out)
{
	struct period_fault *at;
	struct rows r;
	enum result result = db_run(w, Q_PERIOD_FAULTS, DB_ARGS(db_text(agency), db_day(month_first(m))), &r);

	if (result != OK)
		return result;
	at = arena_array(w->arena, rows_n(&r), struct period_fault);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct period_fault){
			.code = row_text(&r, i, rows_col(&r, "code")),
			.place = row_text(&r, i, rows_col(&r, "place")),
			.day = day_or_none(&r, i, "day"),
			.until = day_or_none(&r, i, "until"),
			.n = row_i64(&r, i, rows_col(&r, "n")),
			.amount = row_vnd(&r, i, rows_col(&r, "dong")),
		};
	*out = (struct period_faults){.n = rows_n(&r), .at = at};
	return OK;
}

/* The first of them as a refusal. */
static enum result refuse_faults(struct work *w, const char *agency, struct month m)
{
	struct period_faults f;
	char from[DAY_TEXT_SIZE] = "", until[DAY_TEXT_SIZE] = "";
	enum result result = books_in_doubt(w->db, &w->why) ? RETRY : period_faults(w, agency, m, &f);

	if (result != OK || f.n == 0)
		return result;
	if (f.at[0].day.n != 0)
		day_format(f.at[0].day, from);
	if (f.at[0].until.n != 0)
		day_format(f.at[0].until, until);
	why_set(&w->why, f.at[0].code, "%s %s %s %s", agency, f.at[0].place != NULL ? f.at[0].place : "",
		from, until);
	return REFUSED;
}

/* ---- where it stands ---------------------------------------------------------------------------------------------------- */

static struct period_row row_of(const struct rows *r, size_t i)
{
	struct period_row row = {
		.agency = row_text(r, i, rows_col(r, "agency")),
		.month = month_of_day(row_day(r, i, rows_col(r, "period"))),
		.first = row_text(r, i, rows_col(r, "first_login")),
		.second = row_text(r, i, rows_col(r, "second_login")),
	};

	if (!row_null(r, i, rows_col(r, "first_officer"))) {
		row.state = PERIOD_PROPOSED;
		row.first_id = row_i64(r, i, rows_col(r, "first_officer"));
		row.proposed = row_hash(r, i, rows_col(r, "sha256"));
	}
	if (!row_null(r, i, rows_col(r, "leaf"))) {
		row.state = PERIOD_CLOSED;
		row.leaf = row_i64(r, i, rows_col(r, "leaf"));
		row.size = row_i64(r, i, rows_col(r, "size"));
	}
	return row;
}

static enum result read_rows(
	struct work *w, const char *agency, struct db_arg period, struct period_rows *out)
{
	struct period_row *at;
	struct rows r;
	enum result result = db_run(
		w, Q_PERIOD_ROWS, DB_ARGS(agency != NULL ? db_text(agency) : db_null(), period), &r);

	if (result != OK)
		return result;
	at = arena_array(w->arena, rows_n(&r), struct period_row);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = row_of(&r, i);
	*out = (struct period_rows){.n = rows_n(&r), .at = at};
	return OK;
}

enum result period_list(struct work *w, const char *agency, struct period_rows *out)
{
	return read_rows(w, agency, db_null(), out);
}

enum result period_find(struct work *w, const char *agency, struct month m, struct period_row *out)
{
	struct period_rows found;
	enum result result = read_rows(w, agency, db_day(month_first(m)), &found);

	if (result != OK)
		return result;
	if (found.n == 0) {
		why_set(&w->why, "agency_unknown", "there is no agency %s", agency);
		return REFUSED;
	}
	*out = found.at[0];
	return OK;
}

enum result period_show(struct work *w, const struct period_row *row, struct period *out, struct bytes *text)
{
	struct rows r;
	struct bytes it;
	enum result result = db_run(
		w, Q_PERIOD_TEXT, DB_ARGS(db_text(row->agency), db_day(month_first(row->month))), &r);

	if (result != OK)
		return result;
	it = bytes_z(row_text(&r, 0, rows_col(&r, "text")));
	if (text != NULL)
		*text = it;
	return period_read(w->arena, it, out, &w->why) ? OK : REFUSED;
}

/* ---- two officers --------------------------------------------------------------------------------------------------------- */

enum result period_propose(struct work *w, const char *agency, struct month m, struct period_row *out)
{
	struct period p;
	enum result result = period_find(w, agency, m, out);

	if (result != OK || out->state == PERIOD_CLOSED)
		return result;
	result = refuse_faults(w, agency, m);
	if (result == OK)
		result = period_show(w, out, &p, NULL);
	if (result == OK)
		result = db_run(w, Q_PERIOD_PROPOSE,
			DB_ARGS(db_text(agency), db_day(month_first(m)), db_hash(&p.sha256)), NULL);
	return result == OK ? period_find(w, agency, m, out) : result;
}

static enum result post_close(
	struct work *w, const char *login, const struct period *p, int64_t size, const struct hash *root)
{
	struct period_closed closed = {
		.period = p->month,
		.agency = p->agency,
		.size = size,
		.root = *root,
		.accounts = (int64_t)p->n_accounts,
		.trial_balance = p->sha256,
		.debits = p->debits,
		.credits = p->credits,
	};
	struct told_by by = {
		.actor = arena_printf(w->arena, "officer:%s", login), .effective = month_last(p->month)};
	struct entry entry;

	period_legs(w->arena, p, &closed);
	entry = entry_close(w->arena, &by, &closed);
	return books_post(w, &entry, 1, FLOORS_RECORD, NULL);
}

enum result period_confirm(
	struct work *w, const char *login, const char *agency, struct month m, struct period_row *out)
{
	struct rows r;
	struct period p;
	struct hash root;
	enum result result = period_find(w, agency, m, out);

	if (result != OK || out->state == PERIOD_CLOSED)
		return result;
	if (out->state == PERIOD_OPEN) {
		why_set(&w->why, "not_proposed", "nobody proposed to close this period");
		return REFUSED;
	}
	result = refuse_faults(w, agency, m);
	if (result == OK)
		result = db_run(w, Q_PERIOD_CONFIRM,
			DB_ARGS(db_text(agency), db_day(month_first(m)), db_i64(out->first_id)), &r);
	if (result != OK)
		return result;
	if (!period_read(w->arena, bytes_z(row_text(&r, 0, rows_col(&r, "text"))), &p, &w->why))
		return REFUSED;
	root = row_hash(&r, 0, rows_col(&r, "root"));
	result = post_close(w, login, &p, row_i64(&r, 0, rows_col(&r, "size")), &root);
	return result == OK ? period_find(w, agency, m, out) : result;
}

/* ---- after a restore ------------------------------------------------------------------------------------------------------- */

enum result period_texts_again(struct work *w, struct period_texts *out)
{
	struct period_row *lost;
	struct rows r;
	enum result result = db_run(w, Q_RECOVER_PERIOD_TEXTS, DB_NO_ARGS, &r);

	if (result != OK)
		return result;
	lost = arena_array(w->arena, rows_n(&r), struct period_row);
	*out = (struct period_texts){.lost.at = lost};
	for (size_t i = 0; i < rows_n(&r); i++) {
		if (row_bool(&r, i, rows_col(&r, "made")))
			out->made++;
		else
			lost[out->lost.n++] = (struct period_row){
				.agency = row_text(&r, i, rows_col(&r, "agency")),
				.month = month_of_day(row_day(&r, i, rows_col(&r, "period"))),
				.state = PERIOD_CLOSED,
			};
	}
	return OK;
}
