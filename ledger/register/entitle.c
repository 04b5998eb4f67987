#include "ledger/register/entitle.h"

#include <string.h>

struct working {
	struct arena *arena;
	const struct rates *rates;
	const struct entitle_asked *asked;
	struct entitlement *out;
};

static const char *coefficient_text(struct arena *a, int hundredths)
{
	int whole = hundredths / 100, part = hundredths % 100;
	if (part == 0)
		return arena_printf(a, "%d", whole);
	return part % 10 == 0 ? arena_printf(a, "%d,%d", whole, part / 10)
			      : arena_printf(a, "%d,%02d", whole, part);
}

static const char *working_text(struct arena *a, const struct rate *r, struct vnd amount,
	const struct rate *standard, const char *times)
{
	char money[VND_TEXT_SIZE], base[VND_TEXT_SIZE];
	vnd_format_dots(amount, money);
	switch (r->basis) {
	case RATE_TABLE: return arena_printf(a, "%s, bảng: %s", r->decree, money);
	case RATE_INJURY_TABLE:
		return arena_printf(a, "%s, tỷ lệ %d %%: %s", r->decree, r->injury_pct, money);
	case RATE_COEFFICIENT:
		if (!standard)
			return arena_printf(a, "%s, hệ số %s%s: %s", r->decree,
				coefficient_text(a, r->coefficient_hundredths), times, money);
		return arena_printf(a, "%s: %s × %s%s = %s", r->decree,
			vnd_format_dots(standard->amount, base),
			coefficient_text(a, r->coefficient_hundredths), times, money);
	case RATE_STANDARD:
	case RATE_FIXED: return arena_printf(a, "%s: %s", r->decree, money);
	}
	bug("rate basis %d", (int)r->basis);
}

static bool no_claim(struct working *w, enum entitle_answer answer, const char *rate_code)
{
	w->out->answer = answer;
	w->out->missing = rate_code;
	return false;
}

static int pct_of(const struct entitle_line *l)
{
	return l->category->needs_injury_pct ? l->injury_pct : 0;
}

/* 0: the category is not paid for each child. */
static int children_of(const struct entitle_line *l)
{
	return l->category->per_child ? l->children : 0;
}

/* The part that one rate gives, once or for each child; false: there is no claim. */
static bool part_of(
	struct working *w, const char *rate_code, int injury_pct, int children, struct entitle_part *out)
{
	const struct entitle_asked *asked = w->asked;
	struct rate_asked about = {.code = rate_code,
		.injury_pct = injury_pct,
		.province = asked->province,
		.month = asked->month,
		.known_on = asked->known_on};
	const struct rate *rate = rate_known(w->rates, &about), *standard;
	const char *times = "";
	if (!rate)
		return no_claim(w, ENTITLED_NO_RATE, rate_code);
	if (!rate_amount(w->rates, rate, &about, &out->amount, &standard))
		return no_claim(w, ENTITLED_NO_RATE, rate_code);
	if (!asked->sandbox && (rate->unread || (standard && standard->unread)))
		return no_claim(w, ENTITLED_RATE_UNREAD, rate_code);
	if (children > 0) {
		times = arena_printf(w->arena, " × %d con", children);
		if (!vnd_times(out->amount, children, 1, &out->amount))
			return no_claim(w, ENTITLED_NO_RATE, rate_code);
	}
	out->rate_code = rate_code;
	out->working = working_text(w->arena, rate, out->amount, standard, times);
	return true;
}

/* A rate is paid once, whichever categories lead to it. */
static bool add_part(struct working *w, struct entitle_part part)
{
	struct entitlement *e = w->out;
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->parts[i].rate_code, part.rate_code) == 0)
			return true;
	bug_if(e->n == ENTITLE_PARTS);
	e->parts[e->n++] = part;
	return vnd_add(e->amount, part.amount, &e->amount) || no_claim(w, ENTITLED_NO_RATE, part.rate_code);
}

static bool add_table_lines(struct working *w)
{
	for (size_t i = 0; i < w->asked->n; i++) {
		const struct entitle_line *l = &w->asked->lines[i];
		struct entitle_part part;
		if (l->category->rule != CATEGORY_TABLE)
			continue;
		if (!part_of(w, l->category->rate_code, pct_of(l), 0, &part) || !add_part(w, part))
			return false;
		if (l->category->also_rate_code &&
			(!part_of(w, l->category->also_rate_code, 0, 0, &part) || !add_part(w, part)))
			return false;
	}
	return true;
}

/* The categories of which one is paid, and the single parent's amount. */
struct several {
	size_t n;
	struct entitle_part parts[CATEGORIES_OF_ONE];
	bool with_parent[CATEGORIES_OF_ONE];
	bool has_parent;
	struct entitle_part parent;
};

static bool read_several(struct working *w, struct several *s)
{
	for (size_t i = 0; i < w->asked->n; i++) {
		const struct entitle_line *l = &w->asked->lines[i];
		struct entitle_part part;
		if (l->category->rule == CATEGORY_TABLE)
			continue;
		if (!part_of(w, l->category->rate_code, pct_of(l), children_of(l), &part))
			return false;
		if (l->category->rule == CATEGORY_ADDS) {
			s->has_parent = true;
			s->parent = part;
			continue;
		}
		s->with_parent[s->n] = l->category->parent_adds;
		s->parts[s->n++] = part;
	}
	return true;
}

static struct vnd worth(const struct several *s, size_t i)
{
	struct vnd sum = s->parts[i].amount;
	if (s->has_parent && s->with_parent[i] && !vnd_add(sum, s->parent.amount, &sum))
		bug("two monthly amounts do not fit into 63 bits");
	return sum;
}

static const char *chosen_text(struct working *w, const struct several *s, size_t best)
{
	const char *text = s->parts[best].working;
	char money[VND_TEXT_SIZE];
	for (size_t i = 0; i < s->n; i++)
		if (i != best)
			text = arena_printf(w->arena, "%s; cao hơn %s %s", text, s->parts[i].rate_code,
				vnd_format_dots(s->parts[i].amount, money));
	return text;
}

static bool add_highest(struct working *w)
{
	struct several s = {0};
	size_t best = 0;
	if (!read_several(w, &s))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (vnd_cmp(worth(&s, i), worth(&s, best)) > 0)
			best = i;
	bool parent_alone = s.has_parent && (s.n == 0 || vnd_cmp(s.parent.amount, worth(&s, best)) > 0);
	if (parent_alone)
		return add_part(w, s.parent);
	if (s.n == 0)
		return true;
	s.parts[best].working = chosen_text(w, &s, best);
	if (!add_part(w, s.parts[best]))
		return false;
	return !(s.has_parent && s.with_parent[best]) || add_part(w, s.parent);
}

/* ---- age ------------------------------------------------------------------------------------------------------------------ */

/* Whether he has turned so many years by a day. Of whom only the year is known: if he may have (born on 1 January), or only if he must
 * (on 31 December). */
static bool turned(const struct entitle_asked *asked, int years, struct day by, bool must)
{
	int year, month, day, by_year, by_month, by_day;
	day_to_ymd(asked->birth_whole || !must ? by : day_add(by, 1), &by_year, &by_month, &by_day);
	if (!asked->birth_whole)
		return asked->birth_year + years < by_year + !must;
	day_to_ymd(asked->birth, &year, &month, &day);
	if (year + years != by_year)
		return year + years < by_year;
	return month != by_month ? month < by_month : day <= by_day;
}

static bool age_fits(const struct entitle_asked *asked, const struct category *c)
{
	struct day first = month_first(asked->month), before = day_add(first, -1),
		   last = month_last(asked->month);
	if (asked->birth_year == 0)
		return true;
	if (c->child_or_elder)
		return !turned(asked, 16, before, true) || turned(asked, 60, last, false);
	return (c->age_from == 0 || turned(asked, c->age_from, last, false)) &&
	       (c->age_below == 0 || !turned(asked, c->age_below, before, true));
}

static bool lines_fit(struct working *w)
{
	for (size_t i = 0; i < w->asked->n; i++) {
		const struct entitle_line *l = &w->asked->lines[i];
		if (!age_fits(w->asked, l->category))
			return no_claim(w, ENTITLED_AGE, l->category->code);
		if (l->category->per_child && l->children < 1)
			return no_claim(w, ENTITLED_CHILDREN, l->category->code);
	}
	return true;
}

void entitle(struct arena *a, const struct rates *rates, const struct entitle_asked *asked,
	struct entitlement *out)
{
	struct working w = {.arena = a, .rates = rates, .asked = asked, .out = out};
	*out = (struct entitlement){.answer = ENTITLED, .amount = vnd(0)};
	bug_if(asked->n == 0 || asked->n > CATEGORIES_OF_ONE);
	if (asked->dead && month_cmp(month_of_day(asked->death), asked->month) < 0) {
		out->answer = ENTITLED_ENDED;
		return;
	}
	if (lines_fit(&w) && add_table_lines(&w) && add_highest(&w))
		bug_if(vnd_cmp(out->amount, vnd(0)) <= 0);
	else
		out->n = 0;
}
