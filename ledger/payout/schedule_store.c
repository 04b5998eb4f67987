#include "ledger/payout/schedule_store.h"

#include <string.h>

#include "ledger/base/log.h"
#include "ledger/db/db.h"
#include "ledger/payout/dispatch_store.h"

#define BEFORE_DAYS 60
#define AFTER_DAYS  420
#define FAR_YEAR    9000

/* Of a programme that names no days: each is one. */
static const struct month any_period = {FAR_YEAR, 1};

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

static enum result load_calendar(struct work *w, struct day today, struct calendar *out)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_CALENDAR,
		DB_ARGS(db_day(day_add(today, -BEFORE_DAYS)), db_day(day_add(today, AFTER_DAYS))), &r);
	if (result != OK)
		return result;
	struct special_day *at = arena_array(w->arena, rows_n(&r), struct special_day);
	for (size_t i = 0; i < rows_n(&r); i++)
		at[i] = (struct special_day){
			row_day(&r, i, rows_col(&r, "day")), row_bool(&r, i, rows_col(&r, "working"))};
	*out = (struct calendar){rows_n(&r), at};
	return OK;
}

/* A text that nothing can read keeps its channel closed. */
static struct hours hours_of(struct work *w, const struct rows *r, size_t i)
{
	struct hours h = {.from = row_day(r, i, rows_col(r, "from_day")),
		.on_holidays = row_bool(r, i, rows_col(r, "on_holidays")),
		.margin_min = (int16_t)row_i32(r, i, rows_col(r, "margin_minutes"))};
	if (!hours_parse(bytes_z(row_text(r, i, rows_col(r, "hours"))), &h, &w->why))
		log_event(LOG_ERROR, "channel_closed", K_STR("channel", row_text(r, i, rows_col(r, "code"))),
			K_WHY(&w->why));
	return h;
}

static enum result load_channels(struct work *w, struct timetable *t)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_HOURS, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	struct hours *hours = arena_array(w->arena, rows_n(&r), struct hours);
	t->channels = arena_array(w->arena, rows_n(&r), struct channel_times);
	int text = rows_col(&r, "hours");
	for (size_t i = 0; i < rows_n(&r); i++) {
		int64_t id = row_i64(&r, i, rows_col(&r, "channel"));
		if (t->n_channels == 0 || t->channels[t->n_channels - 1].id != id)
			t->channels[t->n_channels++] = (struct channel_times){.id = id,
				.code = row_text(&r, i, rows_col(&r, "code")),
				.bank = row_text(&r, i, rows_col(&r, "bank")),
				.cash = row_bool(&r, i, rows_col(&r, "cash")),
				.hours = {.at = &hours[i]},
				.hours_text = row_text(&r, i, text)};
		if (row_null(&r, i, text))
			continue;
		hours[i] = hours_of(w, &r, i);
		t->channels[t->n_channels - 1].hours.n++;
	}
	return OK;
}

static enum result load_programmes(struct work *w, struct timetable *t)
{
	struct rows r;
	enum result result = db_run(w, Q_SCHEDULE_WINDOWS, DB_NO_ARGS, &r);
	if (result != OK)
		return result;
	struct window *windows = arena_array(w->arena, rows_n(&r), struct window);
	t->programmes = arena_array(w->arena, rows_n(&r), struct programme_days);
	for (size_t i = 0; i < rows_n(&r); i++) {
		const char *code = row_text(&r, i, rows_col(&r, "programme"));
		struct programme_days *p = t->n_programmes ? &t->programmes[t->n_programmes - 1] : NULL;
		if (!p || strcmp(p->code, code) != 0) {
			p = &t->programmes[t->n_programmes++];
			*p = (struct programme_days){.code = code, .windows = {.at = &windows[i]}};
		}
		if (row_null(&r, i, rows_col(&r, "period")))
			continue;
		windows[i] = (struct window){
			.period = month_of_day(row_day(&r, i, rows_col(&r, "period"))),
			.every_month = row_bool(&r, i, rows_col(&r, "every_month")),
			.first = row_day(&r, i, rows_col(&r, "first_day")),
			.last = row_day(&r, i, rows_col(&r, "last_day")),
			.lists_before = row_day(&r, i, rows_col(&r, "lists_before")),
			.money_before = row_day(&r, i, rows_col(&r, "money_before")),
		};
		p->windows.n++;
	}
	return OK;
}

enum result timetable_load(struct work *w, struct day today, struct timetable *out)
{
	struct timetable t = {0};
	enum result r = load_calendar(w, today, &t.calendar);
	if (r == OK)
		r = load_channels(w, &t);
	if (r == OK)
		r = load_programmes(w, &t);
	if (r == OK)
		*out = t;
	return r;
}

/* ---- asking ------------------------------------------------------------------------------------------------------------- */

const struct windows *timetable_windows(const struct timetable *t, const char *programme)
{
	static const struct windows none;
	for (size_t i = 0; i < t->n_programmes; i++)
		if (strcmp(t->programmes[i].code, programme) == 0)
			return &t->programmes[i].windows;
	return &none;
}

const struct channel_times *timetable_channel(const struct timetable *t, int64_t channel)
{
	for (size_t i = 0; i < t->n_channels; i++)
		if (t->channels[i].id == channel)
			return &t->channels[i];
	bug("channel %lld was not there when the hours were read", (long long)channel);
}

bool timetable_next(const struct timetable *t, int64_t channel, const char *programme, struct month period,
	int64_t from_us, struct opening *out)
{
	struct plan p = {.calendar = &t->calendar,
		.hours = &timetable_channel(t, channel)->hours,
		.windows = programme ? timetable_windows(t, programme) : NULL,
		.period = period};
	return schedule_next(&p, from_us, out);
}

static bool is_of(const struct channel_times *c, const char *bank)
{
	return bank ? !c->cash && strcmp(c->bank, bank) == 0 : c->cash;
}

struct open_now timetable_open(const struct timetable *t, struct arena *a, const char *bank, int64_t now_us)
{
	struct open_now open = {.channels = arena_array(a, t->n_channels, int64_t),
		.cut_offs_us = arena_array(a, t->n_channels, int64_t),
		.programmes = arena_array(a, t->n_programmes, const char *),
		.periods = arena_array(a, t->n_programmes, struct day)};
	struct day today = day_of_instant_vn(now_us);
	for (size_t i = 0; i < t->n_channels; i++) {
		const struct channel_times *c = &t->channels[i];
		const struct plan p = {.calendar = &t->calendar, .hours = &c->hours};
		struct opening next;
		if (!is_of(c, bank) || !schedule_next(&p, now_us, &next) || next.from_us > now_us)
			continue;
		open.channels[open.n_channels] = c->id;
		open.cut_offs_us[open.n_channels++] = next.cut_off_us;
	}
	for (size_t i = 0; i < t->n_programmes; i++) {
		const struct programme_days *p = &t->programmes[i];
		struct month upto = any_period;
		if (p->windows.n > 0 && !windows_upto(&p->windows, today, &upto))
			continue;
		open.programmes[open.n_programmes] = p->code;
		open.periods[open.n_programmes++] = month_first(upto);
	}
	return open;
}

int64_t open_cut_off(const struct open_now *open, int64_t channel)
{
	for (size_t i = 0; i < open->n_channels; i++)
		if (open->channels[i] == channel)
			return open->cut_offs_us[i];
	bug("a dispatch came back for a channel that is not open");
}

/* ---- what can go no more --------------------------------------------------------------------------------------------------- */

static bool can_go(const struct timetable *t, const struct rows *r, size_t i, int64_t now_us)
{
	struct opening next;
	bool planned = row_bool(r, i, rows_col(r, "planned"));
	return timetable_next(t, row_i64(r, i, rows_col(r, "channel")),
		       planned ? row_text(r, i, rows_col(r, "programme")) : NULL,
		       month_of_day(row_day(r, i, rows_col(r, "period"))), now_us, &next) &&
	       next.from_us < row_instant(r, i, rows_col(r, "valid_until"));
}

static enum result find_late(struct work *w, size_t n, struct rows *out)
{
	struct rows now, waiting;
	struct timetable t;
	enum result r = db_run(w, Q_SCHEDULE_WAITING, DB_NO_ARGS, &waiting);
	*out = (struct rows){0};
	if (r != OK || rows_n(&waiting) == 0)
		return r;
	r = db_run(w, Q_BUSINESS_DAY_NOW, DB_NO_ARGS, &now);
	if (r == OK)
		r = timetable_load(w, row_day(&now, 0, rows_col(&now, "today")), &t);
	if (r != OK)
		return r;
	int64_t now_us = row_instant(&now, 0, rows_col(&now, "now"));
	int64_t *late = arena_array(w->arena, rows_n(&waiting), int64_t);
	size_t k = 0;
	for (size_t i = 0; i < rows_n(&waiting); i++)
		if (!can_go(&t, &waiting, i, now_us))
			late[k++] = row_i64(&waiting, i, rows_col(&waiting, "batch"));
	return k ? db_run(w, Q_SCHEDULE_TOO_LATE, DB_ARGS(db_i64s(late, k), db_i64((int64_t)n)), out) : OK;
}

enum result schedule_hold_late(struct work *w, size_t n, size_t *held)
{
	TX_GUARD(w);
	struct rows late;
	enum result r = tx_begin(w);
	if (r == OK)
		r = find_late(w, n, &late);
	if (r != OK)
		return r;
	size_t found = late.n;
	struct held *at = arena_array(w->arena, found, struct held);
	for (size_t i = 0; i < found; i++)
		at[i] = (struct held){row_i64(&late, i, rows_col(&late, "payout")),
			row_text(&late, i, rows_col(&late, "reason"))};
	r = dispatch_hold(w, at, found);
	if (r == OK)
		r = tx_commit(w);
	if (r == OK)
		*held = found;
	return r;
}

/* ---- saying ---------------------------------------------------------------------------------------------------------------- */

static enum result decided_of(enum result r, const struct rows *said, bool *decided)
{
	if (r == OK)
		*decided = row_bool(said, 0, rows_col(said, "decided"));
	return r;
}

enum result window_say(
	struct work *w, const char *programme, const struct window *x, const char *source, bool *decided)
{
	struct rows said;
	enum result r = db_run(w, Q_WINDOW_SAY,
		DB_ARGS(db_text(programme), db_day(month_first(x->period)), db_bool(x->every_month),
			db_day(x->first), db_day(x->last), db_day(x->lists_before), db_day(x->money_before),
			db_text(source)),
		&said);
	return decided_of(r, &said, decided);
}

enum result hours_say(struct work *w, const char *channel, const char *text, const struct hours *hours,
	const char *source, bool *decided)
{
	struct rows said;
	enum result r = db_run(w, Q_HOURS_SAY,
		DB_ARGS(db_text(channel), db_day(hours->from), db_text(text), db_bool(hours->on_holidays),
			db_i64(hours->margin_min), db_text(source)),
		&said);
	if (r == OK && !row_bool(&said, 0, rows_col(&said, "known"))) {
		why_set(&w->why, "channel_unknown", "there is no channel %s", channel);
		return REFUSED;
	}
	return decided_of(r, &said, decided);
}

enum result day_say(
	struct work *w, struct day day, const char *kind, const char *name, const char *source, bool *decided)
{
	struct rows said;
	enum result r = db_run(
		w, Q_DAY_SAY, DB_ARGS(db_day(day), db_text(kind), db_text(name), db_text(source)), &said);
	return decided_of(r, &said, decided);
}
