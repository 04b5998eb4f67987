#include "ledger/register/match_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/register/advice.h"
#include "ledger/register/match.h"

#define CHUNK 10000 /* answers a statement */

/* ---- answers -------------------------------------------------------------------------------------------------------------- */

static struct match_asked asked_of(const struct rows *r, size_t i, struct day today)
{
	int until = rows_col(r, "authority_until"), match = rows_col(r, "id_match");
	struct match_asked a = {
		.own = strcmp(row_text(r, i, rows_col(r, "kind")), "self") == 0,
		.status = row_text(r, i, rows_col(r, "status")),
		.person = row_text(r, i, rows_col(r, "person_name")),
		.holder = row_text(r, i, rows_col(r, "holder")),
		.bank_holder = row_text(r, i, rows_col(r, "bank_holder")),
		.id_match = !row_null(r, i, match) && row_bool(r, i, match),
		.authority = !row_null(r, i, rows_col(r, "authority")),
		.authority_ends = !row_null(r, i, until),
		.pay_day = today,
	};
	if (a.authority_ends)
		a.authority_until = row_day(r, i, until);
	return a;
}

static enum result grade_chunk(
	struct work *w, struct day today, int64_t *after, bool *more, struct match_counts *counts)
{
	struct rows rows;
	enum result r = db_run(w, Q_MATCH_ANSWERS, DB_ARGS(db_i64(*after), db_i64(CHUNK)), &rows);
	size_t n = r == OK ? rows_n(&rows) : 0;
	*more = n > 0;
	if (n == 0)
		return r;
	int account = rows_col(&rows, "account"), inquiry = rows_col(&rows, "inquiry"),
	    message = rows_col(&rows, "message");
	int64_t *accounts = arena_array(w->arena, n, int64_t), *inquiries = arena_array(w->arena, n, int64_t),
		*messages = arena_array(w->arena, n, int64_t);
	const char **statuses = arena_array(w->arena, n, const char *),
		   **grades = arena_array(w->arena, n, const char *);
	bool *linked = arena_array(w->arena, n, bool), *passes = arena_array(w->arena, n, bool),
	     *none = arena_array(w->arena, n, bool);
	for (size_t i = 0; i < n; i++) {
		struct match_asked asked = asked_of(&rows, i, today);
		struct match_verdict v = match_judge(&asked);
		accounts[i] = row_i64(&rows, i, account);
		inquiries[i] = *after = row_i64(&rows, i, inquiry);
		none[i] = row_null(&rows, i, message);
		messages[i] = none[i] ? 0 : row_i64(&rows, i, message);
		statuses[i] = asked.status;
		grades[i] = name_grade_text(v.grade);
		linked[i] = v.linked;
		passes[i] = v.passes;
		counts->passed += v.passes;
	}
	counts->answers += (int64_t)n;
	return db_run(w, Q_MATCH_CHECKS_ADD,
		DB_ARGS(db_i64s(accounts, n), db_texts(statuses, n), db_texts(grades, n), db_bools(linked, n),
			db_bools(passes, n), db_with_nulls(db_i64s(messages, n), none),
			db_i64s(inquiries, n)),
		NULL);
}

/* ---- findings ------------------------------------------------------------------------------------------------------------- */

struct findings {
	size_t n;
	int64_t *persons, *files, *numbers;
	const char **programmes, **codes, **advices, **facts;
	bool *blocks;
};

static struct findings findings_for(struct arena *a, size_t n)
{
	return (struct findings){
		.persons = arena_array(a, n, int64_t),
		.files = arena_array(a, n, int64_t),
		.numbers = arena_array(a, n, int64_t),
		.programmes = arena_array(a, n, const char *),
		.codes = arena_array(a, n, const char *),
		.advices = arena_array(a, n, const char *),
		.facts = arena_array(a, n, const char *),
		.blocks = arena_array(a, n, bool),
	};
}

static void add_finding(
	struct findings *f, const struct rows *r, size_t i, const char *code, const char *facts, bool blocks)
{
	size_t n = f->n++;
	f->programmes[n] = row_text(r, i, rows_col(r, "programme"));
	f->persons[n] = row_i64(r, i, rows_col(r, "person"));
	f->files[n] = row_i64(r, i, rows_col(r, "file"));
	f->numbers[n] = row_i64(r, i, rows_col(r, "row_no"));
	f->codes[n] = code;
	f->advices[n] = advice_for(code);
	f->facts[n] = facts;
	f->blocks[n] = blocks;
}

static enum result write_findings(
	struct work *w, struct month period, const struct findings *f, int64_t *written)
{
	if (f->n == 0)
		return OK;
	enum result r = db_run(w, Q_IMPORT_FINDINGS_ADD,
		DB_ARGS(db_texts(f->programmes, f->n), db_day(month_first(period)), db_i64s(f->persons, f->n),
			db_i64s(f->files, f->n), db_i64s(f->numbers, f->n), db_texts(f->codes, f->n),
			db_texts(f->advices, f->n), db_texts(f->facts, f->n), db_bools(f->blocks, f->n)),
		NULL);
	if (r == OK)
		*written += db_affected(w);
	return r;
}

/* The newest account's trouble is the person's. */
static enum result find_failed(struct work *w, struct month period, const struct rows *rows, int64_t *written)
{
	struct findings f = findings_for(w->arena, rows_n(rows));
	int person = rows_col(rows, "person"), programme = rows_col(rows, "programme"),
	    kind = rows_col(rows, "kind"), status = rows_col(rows, "status"), grade = rows_col(rows, "grade"),
	    authority = rows_col(rows, "authority"), account = rows_col(rows, "account");
	for (size_t i = 0; i < rows_n(rows); i++) {
		if (row_null(rows, i, person))
			continue;
		bool last = i + 1 == rows_n(rows) ||
			    row_i64(rows, i + 1, person) != row_i64(rows, i, person) ||
			    strcmp(row_text(rows, i + 1, programme), row_text(rows, i, programme)) != 0;
		if (last)
			add_finding(&f, rows, i,
				match_problem(strcmp(row_text(rows, i, kind), "self") == 0,
					row_text(rows, i, status), row_text(rows, i, grade),
					row_bool(rows, i, authority)),
				arena_printf(w->arena, "tài khoản số %" PRId64, row_i64(rows, i, account)),
				true);
	}
	return write_findings(w, period, &f, written);
}

static enum result find_shared(struct work *w, struct month period, int64_t *written)
{
	struct rows rows;
	enum result r = db_run(w, Q_MATCH_SHARED, DB_ARGS(db_day(month_first(period))), &rows);
	if (r != OK)
		return r;
	struct findings f = findings_for(w->arena, rows_n(&rows));
	for (size_t i = 0; i < rows_n(&rows); i++)
		add_finding(&f, &rows, i, "account_shared", "", false);
	return write_findings(w, period, &f, written);
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------- */

static enum result look(
	struct work *w, struct month period, bool asking, struct rows *rows, struct match_counts *out)
{
	enum result r = db_run(w, Q_MATCH_LOOK, DB_ARGS(db_day(month_first(period)), db_bool(asking)), rows);
	if (r != OK)
		return r;
	out->asked = row_i64(rows, 0, rows_col(rows, "asked"));
	out->people = row_i64(rows, 0, rows_col(rows, "people"));
	out->cash_wish = row_i64(rows, 0, rows_col(rows, "cash_wish"));
	out->confirmed = row_i64(rows, 0, rows_col(rows, "confirmed"));
	out->waiting = row_i64(rows, 0, rows_col(rows, "waiting"));
	out->failed = row_i64(rows, 0, rows_col(rows, "failed"));
	out->no_account = row_i64(rows, 0, rows_col(rows, "no_account"));
	return OK;
}

enum result match_status(struct work *w, struct month period, struct match_counts *out)
{
	struct rows rows;
	return look(w, period, false, &rows, out);
}

static enum result begin(struct work *w, struct day *today)
{
	struct rows rows;
	enum result r = db_run(w, Q_MATCH_BEGIN, DB_NO_ARGS, &rows);
	if (r != OK)
		return r;
	*today = row_day(&rows, 0, rows_col(&rows, "today"));
	if (row_bool(&rows, 0, rows_col(&rows, "may")))
		return OK;
	why_set(&w->why, "no_mandate", "you have no mandate register or maker");
	return REFUSED;
}

enum result match_run(struct work *w, struct month period, struct match_counts *out)
{
	struct match_counts counts = {0};
	struct rows rows;
	struct day today;
	int64_t after = 0;
	bool more = true;
	enum result r = begin(w, &today);
	while (r == OK && more)
		r = grade_chunk(w, today, &after, &more, &counts);
	if (r == OK)
		r = look(w, period, true, &rows, &counts);
	if (r == OK)
		r = find_failed(w, period, &rows, &counts.findings);
	if (r == OK)
		r = find_shared(w, period, &counts.findings);
	if (r == OK)
		*out = counts;
	return r;
}
