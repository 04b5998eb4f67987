#include "ledger/register/match_store.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/db/copy.h"
#include "ledger/register/advice.h"
#include "ledger/register/match.h"

#define CHUNK 20000 /* answers that are graded and written at a time */

/* ---- answers -------------------------------------------------------------------------------------------------------------- */

struct answer_columns {
	int inquiry, account, person, kind, holder, authority, until, status, bank_holder, id_match, vouched,
		message;
};

static struct answer_columns answer_columns_of(const struct rows *r)
{
	return (struct answer_columns){
		.inquiry = rows_col(r, "inquiry"),
		.account = rows_col(r, "account"),
		.person = rows_col(r, "person_name"),
		.kind = rows_col(r, "kind"),
		.holder = rows_col(r, "holder"),
		.authority = rows_col(r, "authority"),
		.until = rows_col(r, "authority_until"),
		.status = rows_col(r, "status"),
		.bank_holder = rows_col(r, "bank_holder"),
		.id_match = rows_col(r, "id_match"),
		.vouched = rows_col(r, "vouched"),
		.message = rows_col(r, "message"),
	};
}

static struct match_asked asked_of(
	const struct rows *r, const struct answer_columns *c, size_t i, struct day today)
{
	struct match_asked a = {
		.own = strcmp(row_text(r, i, c->kind), "self") == 0,
		.status = row_text(r, i, c->status),
		.person = row_text(r, i, c->person),
		.holder = row_text(r, i, c->holder),
		.bank_holder = row_text(r, i, c->bank_holder),
		.id_match = !row_null(r, i, c->id_match) && row_bool(r, i, c->id_match),
		.id_denied = !row_null(r, i, c->id_match) && !row_bool(r, i, c->id_match),
		.vouched = row_bool(r, i, c->vouched),
		.authority = !row_null(r, i, c->authority),
		.authority_ends = !row_null(r, i, c->until),
		.pay_day = today,
	};
	if (a.authority_ends)
		a.authority_until = row_day(r, i, c->until);
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
	const struct answer_columns at = answer_columns_of(&rows);
	struct copy *c = copy_begin(w, Q_MATCH_CHECKS_IN);
	for (size_t i = 0; i < n; i++) { /* PostgreSQL stores the last ones while the next are judged */
		struct match_asked asked = asked_of(&rows, &at, i, today);
		struct match_verdict v = match_judge(&asked);
		copy_row_begin(c);
		copy_i64(c, row_i64(&rows, i, at.account));
		copy_text(c, v.by_officers ? "officer" : "bank_inquiry");
		copy_text(c, asked.status);
		copy_text(c, name_grade_text(v.grade));
		copy_bool(c, v.linked);
		copy_bool(c, v.passes);
		if (row_null(&rows, i, at.message))
			copy_null(c);
		else
			copy_i64(c, row_i64(&rows, i, at.message));
		copy_i64(c, row_i64(&rows, i, at.inquiry));
		copy_day(c, today);
		counts->passed += v.passes;
	}
	*after = row_i64(&rows, n - 1, at.inquiry);
	counts->answers += (int64_t)n;
	return copy_end(c, NULL);
}

/* A slice lives as long as the slice. */
static enum result grade_answers(struct work *w, struct day today, struct match_counts *counts)
{
	struct arena *whole = w->arena;
	enum result r = OK;
	int64_t after = 0;
	w->arena = arena_new();
	for (bool more = true; r == OK && more; arena_reset(w->arena))
		r = grade_chunk(w, today, &after, &more, counts);
	arena_free(w->arena);
	w->arena = whole;
	return r;
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
	int person = rows_col(rows, "person"), kind = rows_col(rows, "kind"),
	    status = rows_col(rows, "status"), grade = rows_col(rows, "grade"),
	    authority = rows_col(rows, "authority"), account = rows_col(rows, "account");
	for (size_t i = 0; i < rows_n(rows); i++) {
		if (row_null(rows, i, person))
			continue;
		bool last = i + 1 == rows_n(rows) || row_i64(rows, i + 1, person) != row_i64(rows, i, person);
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

static enum result find_expiring(struct work *w, struct month period, int64_t *written)
{
	enum result r = db_run(w, Q_MATCH_EXPIRING,
		DB_ARGS(db_day(month_first(period)), db_text(advice_for("authority_ends"))), NULL);
	if (r == OK)
		*written += db_affected(w);
	return r;
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------- */

/* Who is on this programme's lists; with `findings` banks are asked and what fails is written down. */
static enum result look(
	struct work *w, struct month period, const char *programme, bool findings, struct match_counts *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_MATCH_LOOK,
		DB_ARGS(db_day(month_first(period)), db_text(programme), db_bool(findings)), &rows);
	if (r != OK)
		return r;
	out->asked += row_i64(&rows, 0, rows_col(&rows, "asked"));
	out->people += row_i64(&rows, 0, rows_col(&rows, "people"));
	out->cash_wish += row_i64(&rows, 0, rows_col(&rows, "cash_wish"));
	out->confirmed += row_i64(&rows, 0, rows_col(&rows, "confirmed"));
	out->waiting += row_i64(&rows, 0, rows_col(&rows, "waiting"));
	out->failed += row_i64(&rows, 0, rows_col(&rows, "failed"));
	out->no_account += row_i64(&rows, 0, rows_col(&rows, "no_account"));
	return findings ? find_failed(w, period, &rows, &out->findings) : OK;
}

static enum result look_at_all(struct work *w, struct month period, bool findings, struct match_counts *out)
{
	struct rows rows;
	enum result r = db_run(w, Q_MATCH_PROGRAMMES, DB_ARGS(db_day(month_first(period))), &rows);
	for (size_t i = 0; r == OK && i < rows_n(&rows); i++)
		r = look(w, period, row_text(&rows, i, rows_col(&rows, "programme")), findings, out);
	return r;
}

enum result match_status(struct work *w, struct month period, struct match_counts *out)
{
	*out = (struct match_counts){0};
	return look_at_all(w, period, false, out);
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
	struct day today;
	enum result r = begin(w, &today);
	if (r == OK)
		r = grade_answers(w, today, &counts);
	if (r == OK)
		r = look_at_all(w, period, true, &counts);
	if (r == OK)
		r = find_shared(w, period, &counts.findings);
	if (r == OK)
		r = find_expiring(w, period, &counts.findings);
	if (r == OK)
		*out = counts;
	return r;
}
