#include "ledger/payout/schedule.h"

#define MINUTE_US    INT64_C(60000000)
#define DAY_MIN      1440
#define WEEK         7
#define HORIZON_DAYS 400
#define LONGEST_DAYS 40 /* of an opening that never ends, so much is looked at */
#define NEAR_MONTHS  12 /* a period's days lie within a year of it */

/* ---- hours ------------------------------------------------------------------------------------------------------------ */

static bool take(struct bytes *s, char c)
{
	if (s->n == 0 || s->at[0] != (uint8_t)c)
		return false;
	*s = bytes_of(s->at + 1, s->n - 1);
	return true;
}

static bool take_digits(struct bytes *s, size_t n, int *out)
{
	int v = 0;
	for (size_t i = 0; i < n; i++) {
		if (i >= s->n || s->at[i] < '0' || s->at[i] > '9')
			return false;
		v = v * 10 + (s->at[i] - '0');
	}
	*s = bytes_of(s->at + n, s->n - n);
	*out = v;
	return true;
}

static bool take_time(struct bytes *s, int16_t *out)
{
	int hour, minute;
	if (!take_digits(s, 2, &hour) || !take(s, ':') || !take_digits(s, 2, &minute))
		return false;
	int of_day = hour * 60 + minute;
	*out = (int16_t)of_day;
	return minute < 60 && of_day <= DAY_MIN;
}

static bool take_span(struct bytes *s, struct span *out)
{
	int first, last;
	if (!take_digits(s, 1, &first))
		return false;
	last = first;
	if (take(s, '-') && !take_digits(s, 1, &last))
		return false;
	out->first = (int8_t)first;
	out->last = (int8_t)last;
	return first >= 1 && first <= last && last <= WEEK && take(s, ' ') && take_time(s, &out->opens) &&
	       take(s, '-') && take_time(s, &out->cut_off) && out->opens < out->cut_off;
}

static bool follows(const struct span *before, const struct span *s)
{
	bool share = before->first <= s->last && s->first <= before->last;
	return !share || before->cut_off <= s->opens;
}

bool hours_parse(struct bytes text, struct hours *out, struct why *why)
{
	struct hours h = *out;
	struct bytes rest = text;
	h.n = 0;
	do {
		if (h.n > 0)
			(void)take(&rest, ' ');
		if (h.n == HOURS_SPANS || !take_span(&rest, &h.at[h.n]))
			return why_set(why, "hours_wrong",
				"hours are written as \"1-5 08:00-11:30, 1-5 13:00-16:30, 6 08:00-11:30\", 1 is Monday");
		for (size_t i = 0; i < h.n; i++)
			if (!follows(&h.at[i], &h.at[h.n]))
				return why_set(why, "hours_wrong",
					"the hours of a day come in order and do not overlap");
		h.n++;
	} while (take(&rest, ','));
	if (rest.n != 0)
		return why_set(why, "hours_wrong", "something stands behind the hours");
	*out = h;
	return true;
}

/* ---- the calendar ------------------------------------------------------------------------------------------------------ */

static const struct special_day *special(const struct calendar *c, struct day d)
{
	size_t low = 0, high = c->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = day_cmp(c->at[middle].day, d);
		if (order == 0)
			return &c->at[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool calendar_works(const struct calendar *c, struct day d)
{
	const struct special_day *s = special(c, d);
	return s ? s->working : day_weekday(d) <= 5;
}

/* Whose hours a day has: a day that is made up for has Monday's; 0: it is a holiday. */
static int weekday_of(const struct calendar *c, struct day d)
{
	const struct special_day *s = special(c, d);
	return !s ? day_weekday(d) : s->working ? 1 : 0;
}

/* ---- windows ----------------------------------------------------------------------------------------------------------- */

static int32_t months_between(struct month a, struct month b)
{
	return (b.year - a.year) * 12 + (b.month - a.month);
}

/* The same day of the month so many months later, or that month's last one. */
static struct day moved(struct day d, int32_t months)
{
	struct month from = month_of_day(d), to = month_add(from, months);
	struct day same = day_add(month_first(to), d.n - month_first(from).n), last = month_last(to);
	return day_cmp(same, last) <= 0 ? same : last;
}

bool window_of(const struct windows *w, struct month period, struct window *out)
{
	const struct window *best = NULL;
	for (size_t i = 0; i < w->n; i++) {
		const struct window *x = &w->at[i];
		int order = month_cmp(x->period, period);
		if (x->every_month ? order > 0 : order != 0)
			continue;
		if (!x->every_month) {
			best = x;
			break;
		}
		if (!best || month_cmp(x->period, best->period) > 0)
			best = x;
	}
	if (!best)
		return false;
	int32_t by = months_between(best->period, period);
	*out = (struct window){.period = period,
		.every_month = best->every_month,
		.first = moved(best->first, by),
		.last = moved(best->last, by),
		.lists_before = moved(best->lists_before, by),
		.money_before = moved(best->money_before, by)};
	return true;
}

bool windows_upto(const struct windows *w, struct day today, struct month *period)
{
	struct window x;
	for (int32_t k = NEAR_MONTHS; k >= -NEAR_MONTHS; k--) {
		struct month p = month_add(month_of_day(today), k);
		if (!window_of(w, p, &x) || day_cmp(today, x.first) < 0 || day_cmp(today, x.last) > 0)
			continue;
		*period = p;
		return true;
	}
	return false;
}

/* ---- the next opening ---------------------------------------------------------------------------------------------------- */

struct stretch {
	int64_t opens_us, cut_off_us;
	int16_t margin_min;
};

struct stretches {
	size_t n;
	struct stretch at[HOURS_SPANS];
};

static bool pays_on(const struct plan *p, struct day d)
{
	struct month upto;
	return !p->windows || p->windows->n == 0 ||
	       (windows_upto(p->windows, d, &upto) && month_cmp(p->period, upto) <= 0);
}

static const struct hours *hours_on(const struct versions *v, struct day d)
{
	const struct hours *best = NULL;
	for (size_t i = 0; i < v->n; i++)
		if (day_cmp(v->at[i].from, d) <= 0 && (!best || day_cmp(v->at[i].from, best->from) > 0))
			best = &v->at[i];
	return best;
}

static struct stretches stretches_of(const struct plan *p, struct day d)
{
	struct stretches all = {0};
	int64_t midnight_us = instant_of_day_vn(d);
	const struct hours *h = hours_on(p->hours, d);
	int weekday = weekday_of(p->calendar, d);
	if (!pays_on(p, d))
		return all;
	if (!h) {
		all.at[all.n++] = (struct stretch){midnight_us, midnight_us + DAY_MIN * MINUTE_US, 0};
		return all;
	}
	if (weekday == 0 && h->on_holidays)
		weekday = day_weekday(d);
	for (size_t i = 0; i < h->n; i++)
		if (h->at[i].first <= weekday && weekday <= h->at[i].last)
			all.at[all.n++] = (struct stretch){midnight_us + h->at[i].opens * MINUTE_US,
				midnight_us + h->at[i].cut_off * MINUTE_US, h->margin_min};
	return all;
}

/* An opening goes on where another begins the minute it ends: behind a span, or behind midnight. */
static struct stretch whole(
	const struct plan *p, struct day d, const struct stretches *today, size_t i, int64_t from_us)
{
	struct stretches more = *today;
	struct stretch s = more.at[i];
	struct day first = d;
	for (i++;; i++) {
		if (i == more.n) {
			d = day_add(d, 1);
			if (s.cut_off_us < instant_of_day_vn(d) || d.n - first.n > LONGEST_DAYS)
				break;
			more = stretches_of(p, d);
			i = 0;
		}
		if (more.n == 0 || more.at[i].opens_us > s.cut_off_us)
			break;
		s.cut_off_us = more.at[i].cut_off_us;
		s.margin_min = more.at[i].margin_min;
	}
	if (s.opens_us < from_us)
		s.opens_us = from_us;
	return s;
}

bool schedule_next(const struct plan *p, int64_t from_us, struct opening *out)
{
	struct day first = day_of_instant_vn(from_us);
	for (int32_t k = 0; k <= HORIZON_DAYS; k++) {
		struct day d = day_add(first, k);
		struct stretches all = stretches_of(p, d);
		for (size_t i = 0; i < all.n; i++) {
			struct stretch s = whole(p, d, &all, i, from_us);
			struct window own;
			int64_t until_us = s.cut_off_us - s.margin_min * MINUTE_US;
			if (s.opens_us >= until_us)
				continue;
			*out = (struct opening){
				.from_us = s.opens_us, .until_us = until_us, .cut_off_us = s.cut_off_us};
			out->missed = p->windows && window_of(p->windows, p->period, &own) &&
				      day_cmp(day_of_instant_vn(s.opens_us), own.last) > 0;
			return true;
		}
	}
	return false;
}
