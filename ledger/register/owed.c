#include "ledger/register/owed.h"

#define UNCOLLECTED_MOST 3 /* months in a row: Decree 20/2021/ND-CP art. 8 (2) */

/* ---- what stands against a month ------------------------------------------------------------------------------------------ */

static int months_from(struct month a, struct month b)
{
	return (b.year - a.year) * 12 + b.month - a.month;
}

/* Three months in a row before this one, since he was last resumed. */
static bool is_uncollected(const struct owed_asked *asked, struct month month, const struct standing *resumed)
{
	size_t run = 0;
	for (size_t i = 0; i < asked->n_uncollected; i++) {
		struct month at = asked->uncollected[i];
		if (month_cmp(at, month) >= 0)
			break;
		if (resumed && month_cmp(at, resumed->from) < 0)
			continue;
		run = run > 0 && months_from(asked->uncollected[i - 1], at) == 1 ? run + 1 : 1;
		if (run == UNCOLLECTED_MOST)
			return true;
	}
	return false;
}

static const struct standing *standing_in(const struct owed_asked *asked, struct month month)
{
	const struct standing *last = NULL;
	for (size_t i = 0; i < asked->n_standings; i++) {
		const struct standing *at = &asked->standings[i];
		if (month_cmp(at->from, month) <= 0 && (!last || month_cmp(at->from, last->from) >= 0))
			last = at;
	}
	return last;
}

static enum entitle_answer decided(const struct owed_asked *asked, struct month month)
{
	const struct standing *last = standing_in(asked, month);
	if (last && last->kind == STANDING_TERMINATE)
		return ENTITLED_TERMINATED;
	return last && last->kind == STANDING_SUSPEND ? ENTITLED_SUSPENDED : ENTITLED;
}

enum entitle_answer owed_standing(const struct owed_asked *asked, struct month month)
{
	enum entitle_answer answer = decided(asked, month);
	if (answer == ENTITLED && is_uncollected(asked, month, standing_in(asked, month)))
		return ENTITLED_UNCOLLECTED;
	return answer;
}

/* Whether a claim knew what a list said: it came before, and of whoever was the same person then. NULL: a claim that is being made. */
static bool knew(const struct owed_claim *c, const struct owed_enrolled *e)
{
	return !c || (e->recorded_us <= c->made_us &&
			     (e->row.id == c->row.id ||
				     (e->row.joined_us <= c->made_us && c->row.joined_us <= c->made_us)));
}

static bool has_line(const struct entitle_line *lines, size_t n, const struct category *category)
{
	for (size_t i = 0; i < n; i++)
		if (lines[i].category == category)
			return true;
	return false;
}

/* Those that count for a month by what a claim knew; each category once, whoever was listed with it by two IDs. */
static size_t lines_of(const struct owed_asked *asked, struct month month, bool arrears,
	const struct owed_claim *claim, struct entitle_line lines[static CATEGORIES_OF_ONE])
{
	const struct owed_enrolled *last = NULL;
	size_t n = 0;
	for (size_t i = 0; i < asked->n_enrolled; i++) {
		const struct owed_enrolled *at = &asked->enrolled[i];
		bool counts = at->arrears == arrears && month_cmp(at->from, month) <= 0 &&
			      (!arrears || month_cmp(month, at->to) <= 0) && knew(claim, at);
		if (counts && (!last || month_cmp(at->from, last->from) > 0))
			last = at;
	}
	for (size_t i = 0; last && i < asked->n_enrolled && n < CATEGORIES_OF_ONE; i++) {
		const struct owed_enrolled *at = &asked->enrolled[i];
		if (at->arrears == arrears && month_cmp(at->from, last->from) == 0 && knew(claim, at) &&
			!has_line(lines, n, at->line.category))
			lines[n++] = at->line;
	}
	return n;
}

/* ---- what was claimed ------------------------------------------------------------------------------------------------------- */

/* All claims of one month together. */
struct claimed {
	bool any, regular, voided;
	bool of_period; /* all of this pay period and of one kind */
	bool arrears;
	int instalments; /* of arrears */
	struct vnd sum;
	struct day known_on;            /* the latest */
	const struct owed_claim *first; /* that the lines of a list made */
};

static struct claimed claimed_for(const struct owed_asked *asked, struct month month)
{
	struct claimed c = {.of_period = true, .sum = vnd(0)};
	for (size_t i = 0; i < asked->n_claims; i++) {
		const struct owed_claim *at = &asked->claims[i];
		if (month_cmp(at->month, month) != 0)
			continue;
		if (at->arrears && at->instalment > c.instalments)
			c.instalments = at->instalment;
		if (at->surplus)
			continue;
		c.of_period = c.of_period && month_cmp(at->pay_period, asked->period) == 0 &&
			      (!c.any || c.arrears == at->arrears);
		if (!c.any || day_cmp(at->known_on, c.known_on) > 0)
			c.known_on = at->known_on;
		if (!c.first || (c.first->arrears && !at->arrears) ||
			(c.first->arrears == at->arrears && at->made_us < c.first->made_us))
			c.first = at;
		c.any = true;
		c.regular = c.regular || !at->arrears;
		c.voided = c.voided || at->voided;
		c.arrears = at->arrears;
		if (!vnd_add(c.sum, at->amount, &c.sum))
			bug("the claims of a month do not fit into 63 bits");
	}
	return c;
}

/* How many months of the programme have a claim that stands, with those that are being made. */
static int months_claimed(const struct owed_asked *asked, const struct owed *out)
{
	int n = (int)out->n_items;
	for (size_t i = 0; i < asked->n_claims; i++) {
		bool first = !asked->claims[i].voided && !asked->claims[i].surplus;
		for (size_t j = 0; j < i; j++)
			first = first &&
				(asked->claims[j].voided || asked->claims[j].surplus ||
					month_cmp(asked->claims[j].month, asked->claims[i].month) != 0);
		n += first;
	}
	return n;
}

static int months_most(const struct entitle_line *lines, size_t n)
{
	int most = 0;
	for (size_t i = 0; i < n; i++)
		if (lines[i].category->months_most > most)
			most = lines[i].category->months_most;
	return most;
}

/* ---- what is due ------------------------------------------------------------------------------------------------------------ */

struct making {
	struct arena *arena;
	const struct rates *rates;
	const struct owed_asked *asked;
	struct owed *out;
};

static void add_not(struct making *m, struct month month, enum entitle_answer answer, const char *missing)
{
	m->out->nots[m->out->n_nots++] = (struct owed_not){
		.month = month, .answer = answer, .missing = missing};
	m->out->whole = false;
}

static const struct entitle_part *parts_kept(struct making *m, const struct entitlement *e)
{
	return arena_copy(m->arena, e->parts, e->n * sizeof *e->parts);
}

/* What the categories of a month come to by the rates known on a day; of a month that was claimed, those that the claim knew. e->answer is given: what stands against the month. False:
 * nothing, and why is in *e. */
static bool worth(struct making *m, struct month month, const struct owed_claim *before, bool arrears,
	struct day known_on, struct entitlement *e)
{
	struct entitle_line lines[CATEGORIES_OF_ONE];
	struct entitle_asked of = m->asked->of;
	of.lines = lines;
	of.n = lines_of(m->asked, month, arrears, before, lines);
	if (before)
		of.province = before->province;
	of.month = month;
	of.known_on = known_on;
	if (e->answer == ENTITLED && of.n > 0)
		entitle(m->arena, m->rates, &of, e);
	return e->answer == ENTITLED && of.n > 0;
}

/* A month of a list. */
static void claim_month(struct making *m, struct month month, bool arrears)
{
	const struct owed_asked *asked = m->asked;
	struct claimed before = claimed_for(asked, month);
	struct entitle_line lines[CATEGORIES_OF_ONE];
	struct entitlement e = {.answer = owed_standing(asked, month)};
	if (before.any) {
		/* Its own from an earlier run, or paid ahead together with an earlier month: as it should be. */
		bool own = (before.of_period && before.arrears == arrears) || (!arrears && before.regular);
		if (!own)
			add_not(m, month, ENTITLED_ELSEWHERE, NULL);
		m->out->whole = false;
		return;
	}
	size_t n = lines_of(asked, month, arrears, NULL, lines);
	int most = months_most(lines, n);
	bug_if(n == 0);
	if (most > 0 && months_claimed(asked, m->out) >= most) {
		add_not(m, month, ENTITLED_MONTHS_SPENT, NULL);
		return;
	}
	if (!worth(m, month, NULL, arrears, asked->of.known_on, &e)) {
		add_not(m, month, e.answer, e.missing);
		return;
	}
	m->out->items[m->out->n_items++] = (struct owed_item){.month = month,
		.arrears = arrears,
		.instalment = 1,
		.amount = e.amount,
		.n = e.n,
		.parts = parts_kept(m, &e)};
}

static void claim_arrears_list(struct making *m)
{
	const struct owed_enrolled *first = NULL;
	for (size_t i = 0; i < m->asked->n_enrolled && !first; i++)
		if (m->asked->enrolled[i].arrears)
			first = &m->asked->enrolled[i];
	bug_if(!first || months_from(first->from, first->to) >= OWED_MONTHS - 2);
	for (struct month at = first->from; month_cmp(at, first->to) <= 0; at = month_add(at, 1))
		claim_month(m, at, true);
}

/* ---- rates that rose --------------------------------------------------------------------------------------------------------- */

struct day owed_rises_known(struct month period, struct day today)
{
	struct day before = day_add(month_first(period), -1);
	return day_cmp(today, before) < 0 ? today : before;
}

static const struct entitle_part *difference(
	struct making *m, const struct entitlement *e, struct vnd had, struct vnd amount)
{
	char now[VND_TEXT_SIZE], before[VND_TEXT_SIZE], more[VND_TEXT_SIZE];
	struct entitle_part *part = arena_alloc(m->arena, sizeof *part);
	*part = (struct entitle_part){
		.rate_code = e->parts[0].rate_code,
		.amount = amount,
		.working = arena_printf(m->arena, "%s − đã tính %s = %s", vnd_format_dots(e->amount, now),
			vnd_format_dots(had, before), vnd_format_dots(amount, more)),
	};
	for (size_t i = e->n; i-- > 0;)
		part->working = arena_printf(m->arena, "%s; %s", e->parts[i].working, part->working);
	return part;
}

static void look_for_rise(struct making *m, struct month month, const struct claimed *before)
{
	struct entitlement e = {
		.answer = decided(m->asked, month)}; /* what lies uncollected was claimed all the same */
	struct vnd more;
	struct day known_on = owed_rises_known(m->asked->period, m->asked->of.known_on);
	if (before->voided || day_cmp(known_on, before->known_on) <= 0)
		return;
	if (!worth(m, month, before->first, !before->regular, known_on, &e)) {
		if (e.answer == ENTITLED_NO_RATE || e.answer == ENTITLED_RATE_UNREAD)
			add_not(m, month, e.answer, e.missing);
		return;
	}
	if (!vnd_sub(e.amount, before->sum, &more))
		bug("a difference does not fit into 63 bits");
	if (vnd_is_negative(more)) {
		if (!vnd_neg(more, &more))
			bug("a difference does not fit into 63 bits");
		m->out->overs[m->out->n_overs++] = (struct owed_over){.month = month, .amount = more};
	} else if (!vnd_is_zero(more)) {
		m->out->items[m->out->n_items++] = (struct owed_item){.month = month,
			.arrears = true,
			.instalment = before->instalments + 1,
			.amount = more,
			.n = 1,
			.parts = difference(m, &e, before->sum, more)};
	}
}

/* Every month before the period that was claimed, in the order of the claims. */
static void look_for_rises(struct making *m)
{
	const struct owed_asked *asked = m->asked;
	for (size_t i = 0; i < asked->n_claims; i++) {
		struct month month = asked->claims[i].month;
		bool first = month_cmp(month, asked->period) < 0;
		for (size_t j = 0; j < i; j++)
			first = first && month_cmp(asked->claims[j].month, month) != 0;
		if (!first)
			continue;
		struct claimed before = claimed_for(asked, month);
		look_for_rise(m, month, &before);
	}
}

void owed_in_period(
	struct arena *a, const struct rates *rates, const struct owed_asked *asked, struct owed *out)
{
	size_t room = asked->n_claims + (asked->arrears ? OWED_MONTHS : 2);
	*out = (struct owed){
		.items = arena_alloc(a, room * sizeof *out->items),
		.nots = arena_alloc(a, room * sizeof *out->nots),
		.overs = arena_alloc(a, (asked->rises ? room : 1) * sizeof *out->overs),
		.whole = true,
	};
	struct making m = {.arena = a, .rates = rates, .asked = asked, .out = out};
	if (asked->listed) {
		claim_month(&m, asked->period, false);
		if (asked->together)
			claim_month(&m, month_add(asked->period, 1), false);
	}
	if (asked->arrears)
		claim_arrears_list(&m);
	if (asked->rises)
		look_for_rises(&m);
}

/* ---- grants --------------------------------------------------------------------------------------------------------------------- */

static bool grant_part(struct arena *a, const struct rates *rates, const struct owed_grant *g,
	const char *code, struct entitle_part *part, struct owed_not *reason)
{
	char one[VND_TEXT_SIZE], all[VND_TEXT_SIZE];
	struct rate_asked about = {
		.code = code, .province = g->province, .month = g->month, .known_on = g->known_on};
	const struct rate *rate = rate_known(rates, &about), *standard = NULL;
	struct vnd amount;
	*reason = (struct owed_not){.month = g->month, .answer = ENTITLED_NO_RATE, .missing = code};
	if (!rate || !rate_amount(rates, rate, &about, &amount, &standard) ||
		!vnd_times(amount, g->quantity, 1, &part->amount))
		return false;
	reason->answer = ENTITLED_RATE_UNREAD;
	if (!g->sandbox && (rate->unread || (standard && standard->unread)))
		return false;
	part->rate_code = code;
	part->working = arena_printf(a, "%s: %s × %d lần = %s", rate->decree, vnd_format_dots(amount, one),
		g->quantity, vnd_format_dots(part->amount, all));
	return true;
}

bool owed_grant(struct arena *a, const struct rates *rates, const struct owed_grant *g,
	struct entitle_part *out, struct owed_not *reason)
{
	for (size_t i = 0; i < g->n_codes; i++) {
		struct entitle_part part;
		if (!grant_part(a, rates, g, g->codes[i], &part, reason))
			return false;
		if (i == 0 || vnd_cmp(part.amount, out->amount) > 0)
			*out = part;
	}
	return g->n_codes > 0;
}
