#include "ledger/payout/plan_store.h"

#include <string.h>

#include "ledger/db/db.h"

const char *plan_step_name(enum plan_step s)
{
	static const char *const names[] = {"open", "frozen", "approved", "waiting", "held", "gone"};
	return names[s];
}

static enum result read_programmes(struct work *w, struct month_plan *p)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_CLAIMS, DB_ARGS(db_day(month_first(p->period))), &r);
	if (result != OK)
		return result;
	p->at = arena_array(w->arena, rows_n(&r), struct plan_programme);
	for (size_t i = 0; i < rows_n(&r); i++) {
		struct plan_programme x = {.code = row_text(&r, i, rows_col(&r, "programme")),
			.claims = row_i64(&r, i, rows_col(&r, "claims")),
			.owed = row_vnd(&r, i, rows_col(&r, "dong")),
			.wards = row_i64(&r, i, rows_col(&r, "wards")),
			.wards_missing = row_i64(&r, i, rows_col(&r, "wards_missing")),
			.unbatched = row_i64(&r, i, rows_col(&r, "unbatched")),
			.unbatched_sum = row_vnd(&r, i, rows_col(&r, "unbatched_dong"))};
		x.has_window = window_of(timetable_windows(&p->times, x.code), p->period, &x.window);
		p->at[p->n++] = x;
	}
	return OK;
}

static struct plan_programme *find(struct month_plan *p, const char *code)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->at[i].code, code) == 0)
			return &p->at[i];
	bug("programme %s came between two queries", code);
}

static enum result read_money(struct work *w, struct month_plan *p)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_MONEY, DB_ARGS(db_day(month_first(p->period))), &r);
	for (size_t i = 0; result == OK && i < rows_n(&r); i++) {
		struct plan_programme *x = find(p, row_text(&r, i, rows_col(&r, "programme")));
		x->funding = row_text(&r, i, rows_col(&r, "funding"));
		x->free = row_vnd(&r, i, rows_col(&r, "free_dong"));
		x->needed = row_vnd(&r, i, rows_col(&r, "needed_dong"));
	}
	return result;
}

static void add(struct month_plan *p, struct plan_programme *to, struct plan_row row)
{
	if (row.lines == 0)
		return;
	if (row.step != PLAN_GONE && row.step != PLAN_HELD)
		row.goes = timetable_next(&p->times, row.channel->id,
				   row.planned || row.step < PLAN_WAITING ? to->code : NULL, p->period,
				   p->now_us, &row.opening) &&
			   row.opening.from_us < row.valid_until_us;
	for (size_t i = 0; i < to->n;
		i++) { /* what differs in validity alone is one row: the earliest comes first */
		struct plan_row *x = &to->rows[i];
		if (x->channel != row.channel || x->step != row.step || x->goes != row.goes ||
			x->planned != row.planned)
			continue;
		x->batches += row.batches;
		x->lines += row.lines;
		bug_if(!vnd_add(x->sum, row.sum, &x->sum));
		return;
	}
	to->rows[to->n++] = row;
}

static struct vnd without(struct vnd all, struct vnd a, struct vnd b)
{
	bug_if(!vnd_sub(all, a, &all) || !vnd_sub(all, b, &all));
	return all;
}

static void add_batches(struct month_plan *p, const struct rows *r, size_t i)
{
	static const char *const states[] = {"open", "frozen", "approved"};
	struct plan_programme *to = find(p, row_text(r, i, rows_col(r, "programme")));
	const char *state = row_text(r, i, rows_col(r, "state"));
	struct plan_row row = {.channel = timetable_channel(&p->times, row_i64(r, i, rows_col(r, "channel"))),
		.step = PLAN_GONE,
		.planned = row_bool(r, i, rows_col(r, "planned")),
		.batches = row_i64(r, i, rows_col(r, "batches")),
		.lines = row_i64(r, i, rows_col(r, "lines")),
		.sum = row_vnd(r, i, rows_col(r, "dong")),
		.valid_until_us = row_instant(r, i, rows_col(r, "valid_until"))};
	for (size_t k = 0; k < COUNT_OF(states); k++)
		if (strcmp(state, states[k]) == 0)
			row.step = (enum plan_step)k;
	if (row.step != PLAN_GONE) {
		add(p, to, row);
		return;
	}
	struct plan_row waits = row, held = row;
	waits.step = PLAN_WAITING;
	waits.lines = row_i64(r, i, rows_col(r, "ready"));
	waits.sum = row_vnd(r, i, rows_col(r, "ready_dong"));
	held.step = PLAN_HELD;
	held.lines = row_i64(r, i, rows_col(r, "held"));
	held.sum = row_vnd(r, i, rows_col(r, "held_dong"));
	row.lines -= waits.lines + held.lines;
	row.sum = without(row.sum, waits.sum, held.sum);
	add(p, to, waits);
	add(p, to, held);
	add(p, to, row);
}

static enum result read_batches(struct work *w, struct month_plan *p)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_BATCHES, DB_ARGS(db_day(month_first(p->period))), &r);
	if (result != OK)
		return result;
	for (size_t i = 0; i < p->n; i++)
		p->at[i].rows = arena_array(w->arena, 3 * rows_n(&r), struct plan_row);
	for (size_t i = 0; i < rows_n(&r); i++)
		add_batches(p, &r, i);
	return OK;
}

enum result plan_read(struct work *w, struct month period, struct month_plan *out)
{
	struct rows now;
	struct month_plan p = {.period = period};
	enum result r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r == OK)
		r = timetable_load(w, row_day(&now, 0, rows_col(&now, "today")), &p.times);
	if (r != OK)
		return r;
	p.now_us = row_instant(&now, 0, rows_col(&now, "now"));
	r = read_programmes(w, &p);
	if (r == OK)
		r = read_money(w, &p);
	if (r == OK)
		r = read_batches(w, &p);
	if (r != OK)
		return r;
	size_t n = 0;
	for (size_t i = 0; i < p.n; i++)
		if (p.at[i].claims > 0 || p.at[i].n > 0 || p.at[i].has_window)
			p.at[n++] = p.at[i];
	p.n = n;
	*out = p;
	return OK;
}
