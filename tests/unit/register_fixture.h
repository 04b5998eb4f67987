/* register_fixture.h: reference tables by hand, for tests of the register's pure parts. Rates are read from the decrees. */
#pragma once

#include <string.h>

#include "ledger/register/entitle.h"
#include "ledger/register/entry.h"
#include "tests/lib/tap.h"

static inline struct day day_z(const char *text)
{
	struct day d;
	if (!day_parse(bytes_z(text), &d))
		bug("fixture: %s", text);
	return d;
}

static inline struct month month_z(const char *text)
{
	struct month m;
	if (!month_parse(bytes_z(text), &m))
		bug("fixture: %s", text);
	return m;
}

static struct category fixture_categories[] = {
	{.code = "MERIT_INVALID_A",
		.programme = "merit",
		.rate_code = "MERIT_INVALID_A",
		.needs_injury_pct = true},
	{.code = "MERIT_MARTYR_1", .programme = "merit", .rate_code = "MERIT_MARTYR_1"},
	{.code = "MERIT_MOTHER",
		.programme = "merit",
		.rate_code = "MERIT_MOTHER",
		.also_rate_code = "MERIT_MOTHER_ALLOW"},
	{.code = "SA_ELDER_C", .programme = "social", .rate_code = "SA_ELDER_C", .rule = CATEGORY_HIGHEST},
	{.code = "SA_DISAB_SEVERE",
		.programme = "social",
		.rate_code = "SA_DISAB_SEVERE",
		.rule = CATEGORY_HIGHEST},
	{.code = "SA_ORPHAN_LT4",
		.programme = "social",
		.rate_code = "SA_ORPHAN_LT4",
		.rule = CATEGORY_HIGHEST},
	{.code = "SA_SINGLE_PARENT",
		.programme = "social",
		.rate_code = "SA_SINGLE_PARENT",
		.rule = CATEGORY_ADDS},
	{.code = "RENT_WORKING", .programme = "rent", .rate_code = "RENT_WORKING"},
	{.code = "MERIT_AO_81", .programme = "merit", .rate_code = "MERIT_AO_81"},
};

static inline struct category *fixture_category(const char *code)
{
	for (size_t i = 0; i < COUNT_OF(fixture_categories); i++)
		if (strcmp(fixture_categories[i].code, code) == 0)
			return &fixture_categories[i];
	bug("fixture: %s", code);
}

static inline struct reference reference_fixture(struct arena *a, bool sandbox)
{
	static const char *banks[] = {"DEMO", "VCB"};
	static const struct {
		const char *alias, *code;
	} aliases[] = {
		{"Thương binh", "MERIT_INVALID_A"},
		{"Thân nhân liệt sĩ", "MERIT_MARTYR_1"},
		{"Bà mẹ Việt Nam anh hùng", "MERIT_MOTHER"},
		{"Người cao tuổi từ đủ 80 tuổi", "SA_ELDER_C"},
		{"Người khuyết tật nặng", "SA_DISAB_SEVERE"},
		{"Hộ nghèo; khuyết tật nặng", "SA_DISAB_SEVERE"},
		{"Người đơn thân nghèo đang nuôi con", "SA_SINGLE_PARENT"},
		{"Đang làm việc trong doanh nghiệp", "RENT_WORKING"},
	};
	struct reference r = {
		.arena = a, .bank_codes = banks, .sandbox = sandbox, .today = day_z("2024-04-03")};
	bool is_new;
	map_begin(&r.banks, a);
	map_begin(&r.categories.aliases, a);
	map_begin(&r.categories.codes, a);
	r.prefix[1] = r.prefix[60] = true; /* Hà Nội, Bình Thuận */
	map_put(&r.banks, bytes_z("demo"), 0, &is_new);
	map_put(&r.banks, bytes_z("vietcombank"), 1, &is_new);
	map_put(&r.banks, bytes_z("ngan hang"), BANK_AMBIGUOUS, &is_new);
	r.categories.at = fixture_categories;
	r.categories.n = COUNT_OF(fixture_categories);
	for (size_t i = 0; i < r.categories.n; i++)
		category_decree(&fixture_categories[i]);
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		category_alias_add(&r.categories, aliases[i].alias,
			(size_t)(fixture_category(aliases[i].code) - fixture_categories));
	return r;
}
