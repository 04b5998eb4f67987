/* One row of a list, judged: every wrong row has its code, and only zeros that a spreadsheet lost are put back. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/register/advice.h"
#include "tests/unit/register_fixture.h"

static struct arena *arena;
static struct reference reference;
static struct import_terms terms;

/* A good row of each programme; tests change cells of it. */
static struct list_row good_row(void)
{
	struct list_row row = {.row = 9, .problem = "", .raw = "raw"};
	for (size_t i = 0; i < CELLS; i++)
		row.cells[i] = "";
	row.cells[CELL_ID] = "060143000123";
	row.cells[CELL_NAME] = "Nguyễn Thị Lan";
	row.cells[CELL_BIRTH] = "16/07/1943";
	row.cells[CELL_SEX] = "Nữ";
	row.cells[CELL_CATEGORY] = "Người cao tuổi từ đủ 80 tuổi";
	row.cells[CELL_AMOUNT] = "360.000";
	row.cells[CELL_METHOD] = "Tài khoản";
	row.cells[CELL_ACCOUNT] = "97042512214429";
	row.cells[CELL_BANK] = "DEMO";
	return row;
}

static struct entry judged(const struct list_row *row)
{
	struct entry e;
	entry_judge(arena, &reference, &terms, row, &e);
	return e;
}

static const char *verdict(const struct list_row *row)
{
	struct entry e = judged(row);
	return e.code ? e.code : "accepted";
}

static const char *with(enum list_cell cell, const char *text)
{
	struct list_row row = good_row();
	row.cells[cell] = text;
	return verdict(&row);
}

static const char *with2(enum list_cell one, const char *text, enum list_cell two, const char *text2)
{
	struct list_row row = good_row();
	row.cells[one] = text;
	row.cells[two] = text2;
	return verdict(&row);
}

static void one_cell(void)
{
	static const struct {
		enum list_cell cell;
		const char *text, *code, *title;
	} table[] = {
		{CELL_NAME, "Nguyễn Thị Lan", "accepted", "a row without fault is accepted"},
		{CELL_BIRTH, "1943", "accepted", "a year alone is a birth date"},
		{CELL_ID, "", "id_empty", "a row needs an ID"},
		{CELL_ID, "261234567", "cmnd_unseen",
			"nine digits are an old identity card, and wait for an officer"},
		{CELL_ID, "26123456", "id_length", "eight are nothing"},
		{CELL_ID, "06014300012A", "id_not_digits", "an ID is digits"},
		{CELL_ID, "1.09E+10", "id_scientific",
			"an ID that a spreadsheet made a number of is refused"},
		{CELL_ID, "12345678", "id_length", "eight digits are no ID"},
		{CELL_ID, "0601430001234", "id_length", "nor are thirteen"},
		{CELL_ID, "60143000123", "id_zeros_lost",
			"eleven digits are refused unless repairs are accepted"},
		{CELL_ID, "06014300123", "id_damaged", "an ID that lost a digit inside is not mended"},
		{CELL_ID, "099143000123", "accepted", "sample people are people in a sandbox"},
		{CELL_BIRTH, "16/07/1944", "birth_contradicts_id",
			"a birth date that contradicts the ID is refused"},
		{CELL_BIRTH, "1843", "birth_bad", "nobody was born in 1843"},
		{CELL_BIRTH, "31/02/1943", "birth_bad", "nor on 31 February"},
		{CELL_SEX, "Nam", "sex_contradicts_id", "a sex that contradicts the ID is refused"},
		{CELL_SEX, "", "sex_bad", "the sex is needed to check the ID"},
		{CELL_NAME, "", "name_empty", "a row needs a name"},
		{CELL_NAME, "Nguyễn 2", "name_bad", "a name has no digits"},
		{CELL_CATEGORY, "", "category_empty", "a row needs a category"},
		{CELL_CATEGORY, "Người cao tuổi", "category_unknown",
			"words that could mean two categories are none"},
		{CELL_CATEGORY, "Thân nhân liệt sĩ", "category_other_programme",
			"a category of another programme is refused"},
		{CELL_CATEGORY, "Người khuyết tật nặng; Người cao tuổi từ đủ 80 tuổi", "accepted",
			"several categories stand in one cell"},
		{CELL_CATEGORY, "Hộ nghèo; khuyết tật nặng", "accepted",
			"a semicolon may belong to one category's name"},
		{CELL_CATEGORY, "Người khuyết tật nặng; ông A", "category_unknown",
			"one unknown category of several is refused"},
		{CELL_AMOUNT, "", "amount_empty", "a row needs an amount"},
		{CELL_AMOUNT, "360000,50", "amount_decimal", "an amount with a decimal is refused"},
		{CELL_AMOUNT, "-360000", "amount_negative", "a negative amount is refused"},
		{CELL_AMOUNT, "99999999999999999999", "amount_overflow",
			"an amount that no number holds is refused"},
		{CELL_AMOUNT, "500.000.001", "amount_overflow", "so is one above a claim's limit"},
		{CELL_AMOUNT, "0", "amount_zero", "nobody is paid nothing"},
		{CELL_TOTAL, "370.000", "total_of_row_differs", "the row's total is its amount"},
		{CELL_OTHER_MONEY, "Truy lĩnh", "other_money",
			"money in a column that no rule knows is refused"},
		{CELL_MONTHS, "2", "months_bad", "a list is of one month"},
		{CELL_METHOD, "séc", "method_unknown", "a cheque is no way to pay"},
		{CELL_BANK, "", "bank_empty", "an account needs its bank"},
		{CELL_BANK, "Ngân hàng X", "bank_unknown", "an unknown bank is refused"},
		{CELL_BANK, "Ngân hàng", "bank_unknown", "a word that names two banks names none"},
		{CELL_BANK, "Vietcombank", "accepted", "a bank's short name is known"},
		{CELL_ACCOUNT, "97-04", "account_bad", "an account number is digits and letters"},
		{CELL_DELEGATE, "Phạm Văn Hậu", "authority_missing", "a delegate needs a document"},
		{CELL_PHONE, "12", "accepted", "a bad telephone number stops nobody's money"},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		is_str(with(table[i].cell, table[i].text), table[i].code, "%s", table[i].title);
}

static void whole_rows(void)
{
	struct list_row row = good_row();
	row.problem = "short_row";
	is_str(verdict(&row), "short_row", "a short row is refused");
	row.problem = "x'); drop table";
	is_str(verdict(&row), "row_unreadable",
		"the parser's word is not repeated unless it is one that we know");
	row = good_row();
	row.cells[CELL_PHONE] = "12";
	is_str(judged(&row).warnings[0], "phone_bad", "a bad telephone number is said");
	row = good_row();
	row.cells[CELL_ID] = "777143000123";
	is_str(verdict(&row), "accepted", "a prefix of no province may be a birth abroad");
	is_str(judged(&row).warnings[0], "id_prefix_unknown", "and is said");
	row = good_row();
	row.cells[CELL_NAME] = "Ðào Thị Lan";
	is_str(judged(&row).warnings[0], "name_eth", "a foreign Ð in a name is said");
	row.cells[CELL_ID] = "777143000123";
	row.cells[CELL_CMND] = "060143000123";
	row.cells[CELL_PHONE] = "12";
	struct entry e = judged(&row);
	is_i64((int64_t)e.n_warnings, 4, "a row that four things are said of says all of them");
	is_str(e.warnings[0], "cmnd_bad", "the first");
	is_str(e.warnings[3], "phone_bad", "and the last");
	row = good_row();
	row.cells[CELL_ID] = "60143000123";
	row.problem = "converted";
	e = judged(&row);
	ok(e.status == ENTRY_REJECTED && strcmp(e.code, "id_zeros_lost") == 0 && e.n_also == 1 &&
			strcmp(e.also[0], "text_converted_unseen") == 0,
		"a row that was repaired twice waits for both");
	terms.accept_repairs = true;
	e = judged(&row);
	ok(e.status == ENTRY_REPAIRED && strcmp(e.code, "id_zeros_put_back") == 0 && e.n_also == 1 &&
			strcmp(e.also[0], "text_converted") == 0,
		"and says both when it counts");
	terms.accept_repairs = false;
	is_str(with2(CELL_METHOD, "", CELL_ACCOUNT, ""), "accepted", "nobody needs an account");
	is_str(with2(CELL_DELEGATE, "Hậu", CELL_ACCOUNT, ""), "delegate_without_account",
		"a delegate without an account is refused");
	row = good_row();
	row.cells[CELL_DELEGATE] = "Phạm Văn Hậu";
	row.cells[CELL_AUTHORITY] = "15/GUQ-UBND";
	row.cells[CELL_AUTHORITY_UNTIL] = "31/12/2024";
	e = judged(&row);
	ok(!e.code && e.authority && e.authority_ends && strcmp(e.holder, "Phạm Văn Hậu") == 0,
		"a delegate with a document holds the account");
	row.cells[CELL_AUTHORITY_UNTIL] = "mãi mãi";
	is_str(verdict(&row), "authority_until_bad", "a document that ends on no day is refused");
}

/* Who corrects a row sees all of it at once. */
static void many_faults(void)
{
	struct list_row row = good_row();
	row.cells[CELL_SEX] = "Khác?";
	row.cells[CELL_CATEGORY] = "Không có";
	row.cells[CELL_AMOUNT] = "hai triệu";
	row.cells[CELL_ACCOUNT] = "97-04";
	struct entry e = judged(&row);
	ok(strcmp(e.code, "sex_bad") == 0 && e.n_also == 3 && strcmp(e.also[0], "category_unknown") == 0 &&
			strcmp(e.also[1], "amount_bad") == 0 && strcmp(e.also[2], "account_bad") == 0,
		"a row with four bad cells says all four");
	row.cells[CELL_ID] = "12345";
	row.cells[CELL_NAME] = "";
	row.cells[CELL_BIRTH] = "?";
	row.cells[CELL_METHOD] = "?";
	e = judged(&row);
	ok(strcmp(e.code, "id_length") == 0 && e.n_also == ENTRY_ALSO, "one with more says its first seven");
	row = good_row();
	row.cells[CELL_SEX] = "?";
	ok(judged(&row).n_also == 0, "one bad cell is one fault");
}

static void repairs(void)
{
	terms.accept_repairs = true;
	struct list_row row = good_row();
	row.cells[CELL_ID] = "60143000123";
	struct entry e = judged(&row);
	is_str(e.id.digits, "060143000123", "the zero is put back");
	ok(e.status == ENTRY_REPAIRED && strcmp(e.code, "id_zeros_put_back") == 0,
		"and the row is marked repaired");
	row.cells[CELL_ID] = "1143000123";
	e = judged(&row);
	ok(e.status == ENTRY_REPAIRED && strcmp(e.id.digits, "001143000123") == 0, "two zeros too");
	row.cells[CELL_ID] = "9143000123";
	is_str(verdict(&row), "id_damaged", "not where the prefix would be no province's");
	row.cells[CELL_ID] = "60143000123";
	row.cells[CELL_SEX] = "";
	is_str(verdict(&row), "id_damaged", "not where the sex cannot confirm it");
	row.cells[CELL_SEX] = "Nữ";
	row.cells[CELL_BIRTH] = "1944";
	is_str(verdict(&row), "id_damaged", "not where the birth year does not");
	row = good_row();
	row.cells[CELL_ID] = "261234567";
	e = judged(&row);
	ok(e.by_cmnd && e.status == ENTRY_REPAIRED && strcmp(e.id.digits, "261234567") == 0,
		"nine digits are never filled up");
	row.cells[CELL_ID] = "";
	row.cells[CELL_CMND] = "261234567";
	e = judged(&row);
	ok(e.by_cmnd && strcmp(e.id.digits, "261234567") == 0, "they may stand in their own column");
	row.cells[CELL_BIRTH] = "";
	is_str(verdict(&row), "birth_bad", "and need a birth date beside them");
	row = good_row();
	row.cells[CELL_CMND] = "261234567";
	e = judged(&row);
	ok(!e.by_cmnd && !e.code && e.has_cmnd && strcmp(e.cmnd.digits, "261234567") == 0,
		"beside an ID they are kept");
	row.cells[CELL_CMND] = "060143000123";
	e = judged(&row);
	ok(!e.code && !e.has_cmnd && strcmp(e.warnings[0], "cmnd_bad") == 0,
		"twelve digits there are no old card");
	terms.accept_repairs = false;
	reference.sandbox = false;
	is_str(with(CELL_ID, "099143000123"), "id_sample", "outside a sandbox sample people are nobody");
	is_str(with(CELL_ID, "99143000123"), "id_damaged", "nor can their IDs be mended");
	reference.sandbox = true;
}

static void merit_and_rent(void)
{
	struct list_row row = good_row();
	terms.programme = "merit";
	row.cells[CELL_CATEGORY] = "Thương binh";
	is_str(verdict(&row), "injury_missing", "a war invalid needs a percentage");
	row.cells[CELL_INJURY] = "39,5";
	is_str(verdict(&row), "injury_bad", "of whole per cent");
	row.cells[CELL_INJURY] = "39%";
	ok(!judged(&row).code && judged(&row).injury_pct == 39, "39%% is read");
	terms.programme = "rent";
	row = good_row();
	row.cells[CELL_CATEGORY] = "Đang làm việc trong doanh nghiệp";
	row.cells[CELL_AMOUNT] = "500.000";
	row.cells[CELL_FROM] = "04/2022";
	row.cells[CELL_TO] = "06/2022";
	row.cells[CELL_MONTHS] = "3";
	row.cells[CELL_TOTAL] = "1.500.000";
	is_str(verdict(&row), "decision_missing", "arrears need their decision");
	row.cells[CELL_DECISION] = "86/QĐ-UBND";
	struct entry e = judged(&row);
	ok(!e.code && e.arrears && vnd_dong(e.total) == 1500000, "arrears of three months are read");
	row.cells[CELL_TOTAL] = "1.000.000";
	is_str(verdict(&row), "total_of_row_differs", "their total is amount times months");
	row.cells[CELL_TOTAL] = "1.500.000";
	row.cells[CELL_AMOUNT] = "";
	ok(!judged(&row).code && vnd_dong(judged(&row).monthly) == 500000, "a total alone is divided");
	row.cells[CELL_MONTHS] = "2";
	is_str(verdict(&row), "months_bad", "three months are not two");
	row.cells[CELL_MONTHS] = "";
	row.cells[CELL_TO] = "04/2024";
	is_str(verdict(&row), "months_bad", "arrears lie before the period");
	row.cells[CELL_TO] = "03/2022";
	is_str(verdict(&row), "months_bad", "and do not run backwards");
	terms.programme = "social";
}

/* The rows in two slices: what a list adds up to does not ask how it came. */
static bool adds_up(const struct entry *at, const struct list_row *total, struct entries_sum *sum,
	bool *checked, struct why *why)
{
	*sum = (struct entries_sum){0};
	entries_sum_add(sum, at, 1);
	entries_sum_add(sum, at + 1, 2);
	entries_sum_total(sum, total);
	return entries_sum_check(sum, checked, why);
}

static void totals(void)
{
	struct list_row row = good_row(), total = good_row();
	struct entry at[3];
	struct why why = {0};
	struct entries_sum sum;
	bool checked;
	total.total = true;
	for (size_t i = 0; i < 3; i++)
		at[i] = judged(&row);
	row.cells[CELL_ID] = "x";
	at[1] = judged(&row);
	total.cells[CELL_AMOUNT] = "1.080.000";
	ok(adds_up(at, &total, &sum, &checked, &why) && checked && vnd_dong(sum.rows) == 1080000,
		"a totals row adds up rejected rows too");
	total.cells[CELL_AMOUNT] = "1.080.001";
	ok(!adds_up(at, &total, &sum, &checked, &why) && why_is(&why, "total_differs"),
		"one đồng of difference is seen");
	total.cells[CELL_AMOUNT] = "một triệu";
	ok(!adds_up(at, &total, &sum, &checked, &why) && why_is(&why, "total_unreadable"),
		"a total must be an amount");
	row = good_row();
	row.cells[CELL_AMOUNT] = "360.000,5";
	at[1] = judged(&row);
	total.cells[CELL_AMOUNT] = "1.080.000";
	ok(adds_up(at, &total, &sum, &checked, &why) && !checked,
		"an amount that cannot be read leaves the total unchecked");
	row.cells[CELL_AMOUNT] = "-360.000";
	at[1] = judged(&row);
	total.cells[CELL_AMOUNT] = "360.000";
	ok(adds_up(at, &total, &sum, &checked, &why) && checked,
		"a negative amount is added as the list added it");
	row = good_row();
	row.problem = "short_row";
	at[1] = judged(&row);
	total.cells[CELL_AMOUNT] = "1.080.000";
	ok(adds_up(at, &total, &sum, &checked, &why) && checked,
		"a short row that lost nothing of its amount is added");
	row.cells[CELL_AMOUNT] = "79";
	at[1] = judged(&row);
	ok(adds_up(at, &total, &sum, &checked, &why) && !checked,
		"one whose cells have moved is a wrong row, not a wrong file");
}

/* Whatever stands in the cells: a verdict, with advice for it. */
static void random_cells(void)
{
	static const char *const dirt[] = {"", "0", "-", "x", "99143000123", "060143000123", "1943", "Nữ",
		"Nam", "1.000.000", ";;", "Đ", "30/02/1943", "04/2022", "100%", "DEMO", "\xe2\x80\x8b",
		"Thương binh", "9999999999999999999999999", "Tiền mặt"};
	uint32_t seed = 7;
	int bad = 0;
	for (int i = 0; i < 20000; i++) {
		struct list_row row = good_row();
		for (int j = 0; j < 3; j++) {
			seed = seed * 1664525u + 1013904223u;
			row.cells[(seed >> 8) % CELLS] = dirt[(seed >> 16) % COUNT_OF(dirt)];
		}
		struct arena *a = arena_new();
		struct entry e;
		entry_judge(a, &reference, &terms, &row, &e);
		bool rejected = e.status == ENTRY_REJECTED;
		bad += rejected && (!e.code || advice_for(e.code) == e.code);
		bad += !rejected &&
		       (e.n_categories == 0 || vnd_is_zero(e.total) || strlen(e.id.digits) != 12);
		arena_free(a);
	}
	is_i64(bad, 0, "20,000 rows of random cells end accepted whole, or rejected with advice");
}

/* Decree 20/2021/ND-CP art. 5 (4): the poor single parent's amount is for each child. */
static int children_in(const char *category)
{
	struct list_row row = good_row();
	row.cells[CELL_CATEGORY] = category;
	struct entry e = judged(&row);
	return e.code ? -1 : e.children;
}

static void children(void)
{
	static const struct {
		const char *cell;
		int children;
		const char *title;
	} cells[] = {
		{"Người đơn thân nghèo đang nuôi 2 con", 2, "the number of children stands before «con»"},
		{"Người đơn thân nghèo đang nuôi con (3 con)", 3, "or behind it in brackets"},
		{"Người đơn thân nghèo đang nuôi con: 02 con", 2, "or behind a colon"},
		{"NGƯỜI ĐƠN THÂN NGHÈO ĐANG NUÔI 12 CON; Người khuyết tật nặng", 12,
			"beside another category too"},
		{"Người khuyết tật nặng; Người đơn thân nghèo đang nuôi 1 con", 1, "in either order"},
		{"Người khuyết tật nặng", 0, "nobody else has a number"},
		{"Người đơn thân nghèo đang nuôi 0 con", -1, "none is no number of children"},
		{"Người đơn thân nghèo đang nuôi 21 con", -1, "more than twenty are a mistake"},
		{"Người đơn thân nghèo đang nuôi 2 connit", -1, "it is a word"},
		{"Người khuyết tật nặng 2 con", -1,
			"a category that is not paid for each child takes no number"},
	};
	for (size_t i = 0; i < COUNT_OF(cells); i++)
		is_i64(children_in(cells[i].cell), cells[i].children, "%s", cells[i].title);
	is_str(with(CELL_CATEGORY, "Người đơn thân nghèo đang nuôi con"), "children_missing",
		"20/2021/ND-CP art. 5 (4): a single parent's row says how many children");
	is_str(with2(CELL_CATEGORY, "Người đơn thân nghèo đang nuôi con", CELL_CHILDREN, "2"), "accepted",
		"in a column of their own too");
	is_str(with2(CELL_CATEGORY, "Người đơn thân nghèo đang nuôi 2 con", CELL_CHILDREN, "2"), "accepted",
		"or in both, when they agree");
	is_str(with2(CELL_CATEGORY, "Người đơn thân nghèo đang nuôi 2 con", CELL_CHILDREN, "3"),
		"children_differ", "two numbers are a question");
	is_str(with2(CELL_CATEGORY, "Người đơn thân nghèo đang nuôi con", CELL_CHILDREN, "21"),
		"children_differ", "and twenty-one a mistake");
	is_str(with(CELL_CHILDREN, "4"), "accepted",
		"of whom nothing is paid for, the children are nobody's business");
}

int main(void)
{
	arena = arena_new();
	reference = reference_fixture(arena, true);
	terms = (struct import_terms){.programme = "social", .period = month_z("2024-04")};
	one_cell();
	children();
	whole_rows();
	many_faults();
	repairs();
	merit_and_rent();
	totals();
	random_cells();
	arena_free(arena);
	return done_testing();
}
