/* What a period owes a person. Given the word "histories" it is no test of its own: it reads rates, categories and histories on its
 * standard input and says what each period owes, for tests/rules (the protocol stands in tests/rules/driver.py). */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/register/owed.h"
#include "tests/unit/register_fixture.h"

#define MOST 400 /* of anything in one history */

static struct arena *kept, *scratch;
static struct rates rates;
static struct category categories[100];
static size_t n_categories;
static int64_t clock_us; /* each line of a history comes after the one before */

struct history {
	struct owed_asked asked;
	struct owed_enrolled enrolled[MOST];
	struct owed_claim claims[MOST];
	struct standing standings[MOST];
	struct month uncollected[MOST];
};

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

#define FIELDS 16
static size_t cut(char *line, char *at[static FIELDS])
{
	size_t n = 0;
	for (char *rest = line; rest && n < FIELDS; n++)
		at[n] = strsep(&rest, "\t");
	return n;
}

static const char *or_null(char *text)
{
	return *text ? arena_strdup(kept, text) : NULL;
}

static int number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

static void read_rate(char **f)
{
	struct rate r = {.code = or_null(f[1]),
		.standard_code = or_null(f[3]),
		.coefficient_hundredths = number(f[4]),
		.injury_pct = number(f[5]),
		.amount = vnd(number(f[6])),
		.province = or_null(f[7]),
		.effective_from = day_z(f[8]),
		.ends = *f[9] != '\0',
		.in_force_from = day_z(f[10]),
		.decree = or_null(f[11]),
		.unread = *f[12] == '1'};
	if (*f[13])
		r.recorded = day_z(f[13]);
	if (r.ends)
		r.effective_to = day_z(f[9]);
	if (!rate_basis_parse(f[2], &r.basis))
		bug("basis %s", f[2]);
	if (rates.n % 1024 == 0)
		rates.at = arena_regrow(kept, rates.at, rates.n, rates.n + 1024, sizeof r);
	rates.at[rates.n++] = r;
}

static void read_category(char **f)
{
	struct category *c = &categories[n_categories++];
	*c = (struct category){.code = or_null(f[1]),
		.programme = or_null(f[2]),
		.rate_code = or_null(f[3]),
		.also_rate_code = or_null(f[4]),
		.needs_injury_pct = *f[5] == '1'};
	if (n_categories == COUNT_OF(categories) || !category_rule_parse(f[6], &c->rule))
		bug("category %s", f[1]);
	category_decree(c);
}

static const struct category *category_z(const char *code)
{
	for (size_t i = 0; i < n_categories; i++)
		if (strcmp(categories[i].code, code) == 0)
			return &categories[i];
	bug("category %s", code);
}

static void read_person(struct history *h, char **f)
{
	*h = (struct history){.asked = {.of = {.province = *f[1] ? arena_strdup(scratch, f[1]) : NULL,
						.birth_year = number(f[2]),
						.birth_whole = *f[3] != '\0',
						.dead = *f[4] != '\0',
						.sandbox = *f[5] == '1'}}};
	h->asked.enrolled = h->enrolled;
	h->asked.claims = h->claims;
	h->asked.standings = h->standings;
	h->asked.uncollected = h->uncollected;
	if (*f[3])
		h->asked.of.birth = day_z(f[3]);
	if (*f[4])
		h->asked.of.death = day_z(f[4]);
}

static void read_enrolled(struct history *h, char **f)
{
	struct owed_enrolled *at = &h->enrolled[h->asked.n_enrolled++];
	*at = (struct owed_enrolled){.arrears = *f[1] == 'a',
		.line = {.category = category_z(f[2]), .injury_pct = number(f[3]), .children = number(f[4])},
		.from = month_z(f[5]),
		.recorded_us = clock_us};
	if (at->arrears)
		at->to = month_z(f[6]);
}

/* ---- a period ------------------------------------------------------------------------------------------------------------ */

static const char *answer_name(enum entitle_answer a)
{
	static const char *const names[] = {"entitled", "ended", "no_rate", "rate_unread", "age", "children",
		"suspended", "terminated", "uncollected", "months_spent", "elsewhere"};
	return names[a];
}

/* P period today flags: prints what it owes, which then is claimed. */
static void run_period(struct history *h, char **f)
{
	struct owed owed;
	char month[MONTH_TEXT_SIZE];
	h->asked.period = month_z(f[1]);
	h->asked.of.known_on = day_z(f[2]);
	h->asked.listed = strchr(f[3], 'l') != NULL;
	h->asked.arrears = strchr(f[3], 'a') != NULL;
	h->asked.together = strchr(f[3], 't') != NULL;
	h->asked.rises = strchr(f[3], 'r') != NULL;
	owed_in_period(scratch, &rates, &h->asked, &owed);
	for (size_t i = 0; i < owed.n_items; i++) {
		const struct owed_item *item = &owed.items[i];
		struct vnd sum = vnd(0);
		printf("claim\t%s\t%s\t%d\t%lld", month_format(item->month, month),
			item->arrears ? "arrears" : "regular", item->instalment,
			(long long)vnd_dong(item->amount));
		for (size_t p = 0; p < item->n; p++) {
			printf("\t%s", item->parts[p].working);
			bug_if(!vnd_add(sum, item->parts[p].amount, &sum));
		}
		putchar('\n');
		bug_if(vnd_cmp(sum, item->amount) != 0 || h->asked.n_claims == MOST);
		h->claims[h->asked.n_claims++] = (struct owed_claim){.month = item->month,
			.pay_period = h->asked.period,
			.arrears = item->arrears,
			.instalment = item->instalment,
			.amount = item->amount,
			.known_on = h->asked.of.known_on,
			.made_us = clock_us,
			.province = h->asked.of.province};
	}
	for (size_t i = 0; i < owed.n_nots; i++)
		printf("not\t%s\t%s\t%s\n", month_format(owed.nots[i].month, month),
			answer_name(owed.nots[i].answer), owed.nots[i].missing ? owed.nots[i].missing : "");
	for (size_t i = 0; i < owed.n_overs; i++)
		printf("over\t%s\t%lld\n", month_format(owed.overs[i].month, month),
			(long long)vnd_dong(owed.overs[i].amount));
	puts("end");
}

static void void_month(struct history *h, const char *text)
{
	for (size_t i = 0; i < h->asked.n_claims; i++)
		if (month_cmp(h->claims[i].month, month_z(text)) == 0)
			h->claims[i].voided = true;
}

static void run_grant(struct history *h, char **f, size_t n)
{
	struct owed_grant g = {.month = month_z(f[1]),
		.known_on = day_z(f[2]),
		.quantity = number(f[3]),
		.codes = (const char *const *)f + 4,
		.n_codes = n - 4,
		.province = h->asked.of.province,
		.sandbox = h->asked.of.sandbox};
	struct entitle_part part;
	struct owed_not reason;
	if (owed_grant(scratch, &rates, &g, &part, &reason))
		printf("grant\t%s\t%lld\t%s\nend\n", part.rate_code, (long long)vnd_dong(part.amount),
			part.working);
	else
		printf("not\t%s\t%s\t%s\nend\n", f[1], answer_name(reason.answer), reason.missing);
}

static void take(struct history *h, char **f, size_t n)
{
	switch (*f[0]) {
	case 'R': read_rate(f); break;
	case 'C': read_category(f); break;
	case 'I': rates_index(&rates); break;
	case 'H': read_person(h, f); break;
	case 'E': read_enrolled(h, f); break;
	case 'S':
		h->standings[h->asked.n_standings++] = (struct standing){
			.kind = *f[1] == 's'   ? STANDING_SUSPEND
				: *f[1] == 't' ? STANDING_TERMINATE
					       : STANDING_RESUME,
			.from = month_z(f[2])};
		break;
	case 'U':
		h->asked.n_uncollected = n - 1;
		for (size_t i = 1; i < n; i++)
			h->uncollected[i - 1] = month_z(f[i]);
		break;
	case 'D':
		h->asked.of.dead = true;
		h->asked.of.death = day_z(f[1]);
		break;
	case 'M': h->asked.of.province = *f[1] ? arena_strdup(scratch, f[1]) : NULL; break;
	case 'V': void_month(h, f[1]); break;
	case 'P': run_period(h, f); break;
	case 'G': run_grant(h, f, n); break;
	default: bug("line %s", f[0]);
	}
}

static int histories(void)
{
	static struct history h;
	char *line = NULL, *f[FIELDS];
	size_t room = 0;
	rates.arena = kept;
	for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
		line[n - 1] = '\0';
		clock_us++;
		if (*line == 'H')
			arena_reset(scratch);
		size_t fields = cut(line, f);
		take(&h, f, fields);
	}
	free(line);
	return 0;
}

/* ---- small rules that need no rates -------------------------------------------------------------------------------------- */

static const char *standing_of(const struct owed_asked *asked, const char *month)
{
	return answer_name(owed_standing(asked, month_z(month)));
}

static void standings(void)
{
	struct month empty[] = {month_z("2026-01"), month_z("2026-02"), month_z("2026-04"),
		month_z("2026-05"), month_z("2026-06")};
	struct owed_asked asked = {.uncollected = empty, .n_uncollected = 4};
	is_str(standing_of(&asked, "2026-06"), "entitled", "two months in a row and two more suspend nobody");
	asked.n_uncollected = 5;
	is_str(standing_of(&asked, "2026-06"), "entitled", "the third month itself was still due");
	is_str(standing_of(&asked, "2026-07"), "uncollected",
		"after three months in a row nothing more is paid");
	struct standing decided[] = {{STANDING_RESUME, month_z("2026-06")},
		{STANDING_SUSPEND, month_z("2026-08")}, {STANDING_TERMINATE, month_z("2026-08")}};
	asked.standings = decided;
	asked.n_standings = 1;
	is_str(standing_of(&asked, "2026-07"), "entitled", "a decision to resume begins the count anew");
	asked.n_standings = 2;
	is_str(standing_of(&asked, "2026-07"), "entitled", "a suspension counts from its month");
	is_str(standing_of(&asked, "2026-09"), "suspended", "and on");
	asked.n_standings = 3;
	is_str(standing_of(&asked, "2026-09"), "terminated",
		"of two decisions for one month the later one counts");
}

static void known(void)
{
	char day[DAY_TEXT_SIZE];
	is_str(day_format(owed_rises_known(month_z("2026-10"), day_z("2026-10-06")), day), "2026-09-30",
		"the month in which a rate came into force pays no difference yet");
	is_str(day_format(owed_rises_known(month_z("2026-11"), day_z("2026-10-20")), day), "2026-10-20",
		"the list of the month after does, as soon as it is made");
}

int main(int argc, char **argv)
{
	kept = arena_new();
	scratch = arena_new();
	if (argc == 2 && strcmp(argv[1], "histories") == 0)
		return histories();
	standings();
	known();
	arena_free(scratch);
	arena_free(kept);
	return done_testing();
}
