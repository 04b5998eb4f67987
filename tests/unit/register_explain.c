/* What an officer reads out: workings become sentences, and every answer and state has its words. */
#include "ledger/register/explain.h"
#include "tests/unit/register_fixture.h"

static struct arena *arena;
static const char *const codes[] = {"SA_ELDER_C", "SA_DISAB_SEVERE"};
static const char *const said[] = {"Người cao tuổi từ đủ 80 tuổi", "Người khuyết tật nặng"};
static const struct explain_names names = {.n = 2, .codes = codes, .names = said};

static void reads(const char *working, const char *words, const char *title)
{
	is_str(explain_working(arena, &names, working), words, "%s", title);
}

static void workings(void)
{
	reads("335/2026/ND-CP: 540.000 × 1,5 = 810.000",
		"mức chuẩn 540.000 đồng nhân hệ số 1,5 bằng 810.000 đồng, theo Nghị định 335/2026/NĐ-CP",
		"a standard and its coefficient");
	reads("20/2021/ND-CP: 500.000 × 1 × 2 con = 1.000.000",
		"mức chuẩn 500.000 đồng nhân hệ số 1, nhân 2 con, bằng 1.000.000 đồng, theo Nghị định 20/2021/NĐ-CP",
		"the number of children");
	reads("77/2024/ND-CP, bảng: 2.789.000",
		"mức trong bảng là 2.789.000 đồng, theo Nghị định 77/2024/NĐ-CP",
		"an amount of the decree's table");
	reads("77/2024/ND-CP, tỷ lệ 45 %: 4.022.000",
		"tỷ lệ 45 % thì được 4.022.000 đồng, theo Nghị định 77/2024/NĐ-CP",
		"an amount by percentage");
	reads("08/2022/QD-TTg: 500.000", "mức hưởng là 500.000 đồng, theo Quyết định 08/2022/QĐ-TTg",
		"a fixed amount");
	reads("75/2021/ND-CP: 1.400.000 × 2 lần = 2.800.000",
		"1.400.000 đồng nhân 2 lần bằng 2.800.000 đồng, theo Nghị định 75/2021/NĐ-CP",
		"a grant, so many times");
	reads("55/2023/ND-CP: 360.000 × 1,5 = 540.000; cao hơn SA_ELDER_C 360.000",
		"mức chuẩn 360.000 đồng nhân hệ số 1,5 bằng 540.000 đồng, theo Nghị định 55/2023/NĐ-CP; mức này cao hơn mức của "
		"«Người cao tuổi từ đủ 80 tuổi» (360.000 đồng) nên chỉ hưởng mức này",
		"what the highest was compared with, by its name");
	reads("335/2026/ND-CP: 540.000 × 1 = 540.000; 540.000 − đã tính 500.000 = 40.000",
		"mức chuẩn 540.000 đồng nhân hệ số 1 bằng 540.000 đồng, theo Nghị định 335/2026/NĐ-CP; mức mới 540.000 đồng, trừ "
		"phần đã tính theo mức cũ 500.000 đồng, còn được truy lĩnh 40.000 đồng",
		"what a rise still owes");
	reads("theo hồ sơ cũ", "theo hồ sơ cũ", "a working of another form is read out as it stands");
}

static void answers(void)
{
	for (int a = ENTITLED; a <= ENTITLED_ELSEWHERE; a++)
		if (*explain_answer((enum entitle_answer)a) == '\0')
			bug("answer %d has no words", a);
	is_str(explain_answer(ENTITLED_SUSPENDED), "đang tạm dừng theo quyết định",
		"every answer has its words");
	is_str(explain_state("settled"), "đã chi", "so has every state of a payout");
	is_str(explain_month(arena, month_z("2026-07")), "tháng 7/2026", "a month is said without a zero");
	is_str(explain_name(&names, "SA_OTHER"), "SA_OTHER", "a rate without a name keeps its code");
}

int main(void)
{
	arena = arena_new();
	workings();
	answers();
	arena_free(arena);
	return done_testing();
}
