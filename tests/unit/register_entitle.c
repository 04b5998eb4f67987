/* Who is owed what: amounts as the decrees have them, and which rate was known on a day. */
#include "tests/unit/register_fixture.h"

static struct arena *arena;
static struct rates rates;

static void add(struct rate r)
{
	rates.at = arena_regrow(arena, rates.at, rates.n, rates.n + 1, sizeof r);
	rates.at[rates.n++] = r;
}

static struct rate rate_of(
	const char *code, int64_t dong, const char *from, const char *to, const char *force)
{
	struct rate r = {.code = code,
		.basis = RATE_TABLE,
		.amount = vnd(dong),
		.effective_from = day_z(from),
		.ends = to != NULL,
		.in_force_from = day_z(force),
		.decree = "55/2023/ND-CP"};
	if (to)
		r.effective_to = day_z(to);
	return r;
}

static void add_social(const char *code, int hundredths, int64_t dong)
{
	struct rate r = rate_of(code, dong, "2021-07-01", "2024-06-30", "2021-07-01");
	r.basis = RATE_COEFFICIENT;
	r.standard_code = "SA_STD";
	r.coefficient_hundredths = hundredths;
	add(r);
	r.amount = vnd(500000 * hundredths / 100);
	r.effective_from = day_z("2024-07-01");
	r.ends = false;
	r.in_force_from = day_z("2024-07-01");
	add(r);
}

static void fill(void)
{
	rates.arena = arena;
	add(rate_of("MERIT_MARTYR_1", 1624000, "2021-07-01", "2023-06-30", "2021-09-15"));
	add(rate_of("MERIT_MARTYR_1", 2055000, "2023-07-01", "2024-06-30", "2023-09-05"));
	add(rate_of("MERIT_MARTYR_1", 2789000, "2024-07-01", "2026-06-30", "2024-07-01"));
	struct rate guessed = rate_of("MERIT_MARTYR_1", 3012000, "2026-07-01", NULL, "2026-10-01");
	guessed.unread = true;
	add(guessed);
	add(rate_of("MERIT_MOTHER", 6165000, "2023-07-01", "2024-06-30", "2023-09-05"));
	add(rate_of("MERIT_MOTHER_ALLOW", 1722000, "2023-07-01", "2024-06-30", "2023-09-05"));
	add(rate_of("RENT_WORKING", 500000, "2022-02-01", "2022-06-30", "2022-03-28"));
	struct rate injury = rate_of("MERIT_INVALID_A", 2571000, "2023-07-01", "2024-06-30", "2023-09-05");
	injury.basis = RATE_INJURY_TABLE;
	injury.injury_pct = 39;
	add(injury);
	add_social("SA_ELDER_C", 100, 360000);
	add_social("SA_DISAB_SEVERE", 150, 540000);
	add_social("SA_ORPHAN_LT4", 250, 900000);
	add_social("SA_SINGLE_PARENT", 100, 360000);
	struct rate standard = rate_of("SA_STD", 360000, "2021-07-01", "2024-06-30", "2021-07-01");
	standard.basis = RATE_STANDARD;
	add(standard);
	standard.amount = vnd(500000);
	standard.effective_from = standard.in_force_from = day_z("2024-07-01");
	standard.ends = false;
	add(standard);
	standard.province =
		"79"; /* a province that sets its standard higher, as Decree 20/2021 art. 4 (3) allows */
	standard.amount = vnd(650000);
	add(standard);
	rates_index(&rates);
}

/* ---- which rate ---------------------------------------------------------------------------------------------------------- */

static int64_t known(const char *code, const char *month, const char *day)
{
	struct rate_asked asked = {.code = code, .month = month_z(month), .known_on = day_z(day)};
	const struct rate *r = rate_known(&rates, &asked);
	return r ? vnd_dong(r->amount) : 0;
}

static void two_axes(void)
{
	is_i64(known("MERIT_MARTYR_1", "2024-04", "2024-04-03"), 2055000,
		"April 2024 is paid by the decree of 2023");
	is_i64(known("MERIT_MARTYR_1", "2023-07", "2023-08-01"), 1624000,
		"before the decree was in force, the old rate was the known one");
	is_i64(known("MERIT_MARTYR_1", "2023-07", "2023-09-05"), 2055000,
		"on the day that it is in force, the new one counts back");
	is_i64(known("MERIT_MARTYR_1", "2026-08", "2026-08-15"), 2789000,
		"an end counts only when what follows was in force");
	is_i64(known("MERIT_MARTYR_1", "2026-08", "2026-10-01"), 3012000, "and then the new rate counts");
	is_i64(known("MERIT_MARTYR_1", "2024-04", "2021-01-01"), 0, "a rate of no decree yet is not known");
	is_i64(known("MERIT_MARTYR_1", "2021-06", "2024-04-03"), 0, "nor one for a month before the first");
	is_i64(known("RENT_WORKING", "2022-04", "2024-04-03"), 500000,
		"a month of 2022 is paid in 2024 by the rate of 2022");
	is_i64(known("RENT_WORKING", "2022-07", "2024-04-03"), 0, "an end that nothing follows counts");
	is_i64(known("RENT_WORKING", "2024-04", "2024-04-03"), 0, "so no rent is due for April 2024");
	is_i64(known("NOTHING", "2024-04", "2024-04-03"), 0, "a code that is no rate has none");
}

/* ---- what it comes to ------------------------------------------------------------------------------------------------------ */

struct owed {
	struct entitlement e;
	struct entitle_asked asked;
};

static struct entitlement owed(const char *const *categories, size_t n, int pct, struct entitle_asked asked)
{
	struct entitle_line lines[CATEGORIES_OF_ONE];
	struct entitlement e;
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct entitle_line){
			.category = fixture_category(categories[i]), .injury_pct = pct, .children = 1};
	asked.lines = lines;
	asked.n = n;
	entitle(arena, &rates, &asked, &e);
	return e;
}

static struct entitle_asked april(void)
{
	return (struct entitle_asked){.month = month_z("2024-04"), .known_on = day_z("2024-04-03")};
}

#define OWED(pct, asked, ...)                    \
	owed((const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), pct, asked)

static int64_t dong(struct entitlement e)
{
	return e.answer == ENTITLED ? vnd_dong(e.amount) : -(int64_t)e.answer;
}

static void amounts(void)
{
	struct entitlement e = OWED(0, april(), "MERIT_MOTHER");
	is_i64(dong(e), 7887000, "a heroic mother gets allowance and supplement");
	is_i64((int64_t)e.n, 2, "as two parts of one claim");
	e = OWED(39, april(), "MERIT_INVALID_A");
	is_i64(dong(e), 2571000, "a war invalid of 39 %% gets what the table says");
	is_str(e.parts[0].working, "55/2023/ND-CP, tỷ lệ 39 %: 2.571.000", "and the working says so");
	is_i64(dong(OWED(39, april(), "MERIT_INVALID_A", "MERIT_MARTYR_1")), 4626000,
		"two lines of merit are both paid");
	is_i64(dong(OWED(0, april(), "SA_ELDER_C")), 360000, "the elderly get the standard");
	e = OWED(0, april(), "SA_ELDER_C", "SA_DISAB_SEVERE");
	is_i64(dong(e), 540000, "of several social categories the highest is paid");
	is_str(e.parts[0].working, "55/2023/ND-CP: 360.000 × 1,5 = 540.000; cao hơn SA_ELDER_C 360.000",
		"and the working names the others");
	is_i64(dong(OWED(0, april(), "SA_SINGLE_PARENT")), 360000, "a single parent alone gets that");
	is_i64(dong(OWED(0, april(), "SA_SINGLE_PARENT", "SA_DISAB_SEVERE")), 900000,
		"beside a disability it is added");
	is_i64(dong(OWED(0, april(), "SA_SINGLE_PARENT", "SA_ORPHAN_LT4")), 900000,
		"beside an orphan's only the highest is paid");
	is_i64(dong(OWED(0, april(), "SA_ORPHAN_LT4", "SA_DISAB_SEVERE", "SA_SINGLE_PARENT")), 900000,
		"of all that may be combined the best is paid, once");
}

static void provinces(void)
{
	struct entitle_asked july = {
		.month = month_z("2024-07"), .known_on = day_z("2024-07-10"), .province = "79"};
	struct entitlement e = OWED(0, july, "SA_DISAB_SEVERE");
	is_i64(dong(e), 975000, "a province's higher standard is multiplied");
	july.province = "60";
	is_i64(dong(OWED(0, july, "SA_DISAB_SEVERE")), 750000, "in another province the country's counts");
}

static void no_claim(void)
{
	struct entitle_asked asked = april();
	struct entitlement e = OWED(0, asked, "MERIT_AO_81");
	is_i64(e.answer, ENTITLED_NO_RATE, "without a rate there is no claim");
	is_str(e.missing, "MERIT_AO_81", "and the rate is named");
	is_i64(OWED(0, asked, "MERIT_MARTYR_1", "MERIT_AO_81").answer, ENTITLED_NO_RATE,
		"not even of what has one");
	is_i64(OWED(12, asked, "MERIT_INVALID_A").answer, ENTITLED_NO_RATE,
		"a percentage that the table lacks has no rate");
	asked.dead = true;
	asked.death = day_z("2024-03-31");
	is_i64(OWED(0, asked, "SA_ELDER_C").answer, ENTITLED_ENDED, "the month after death is not due");
	asked.death = day_z("2024-04-01");
	is_i64(OWED(0, asked, "SA_ELDER_C").answer, ENTITLED, "the month of death is");
	asked = (struct entitle_asked){.month = month_z("2026-10"), .known_on = day_z("2026-10-10")};
	is_i64(OWED(0, asked, "MERIT_MARTYR_1").answer, ENTITLED_RATE_UNREAD,
		"a rate that nobody has read pays nobody");
	asked.sandbox = true;
	is_i64(dong(OWED(0, asked, "MERIT_MARTYR_1")), 3012000, "but in a sandbox");
}

int main(void)
{
	arena = arena_new();
	for (size_t i = 0; i < COUNT_OF(fixture_categories); i++)
		category_decree(&fixture_categories[i]);
	fill();
	two_axes();
	amounts();
	provinces();
	no_claim();
	arena_free(arena);
	return done_testing();
}
