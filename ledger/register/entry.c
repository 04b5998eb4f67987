#include "ledger/register/entry.h"

#include <string.h>

#include "ledger/base/name.h"

#define ARREARS_MONTHS_MAX 36
#define NAME_LONGEST       ((size_t)200)

const char *entry_status_name(enum entry_status s)
{
	switch (s) {
	case ENTRY_ACCEPTED: return "accepted";
	case ENTRY_REJECTED: return "rejected";
	case ENTRY_REPAIRED: return "repaired";
	case ENTRY_KNOWN: return "known";
	}
	bug("entry status %d", (int)s);
}

bool entry_stands(const struct entry *e)
{
	return e->status == ENTRY_ACCEPTED || e->status == ENTRY_REPAIRED;
}

const char *entry_kind(const struct entry *e)
{
	return e->arrears ? "arrears" : "regular";
}

const char *reference_bank(struct arena *a, const struct reference *r, const char *cell)
{
	const size_t *i = map_get(&r->banks, bytes_z(reading_fold(a, cell)));
	return i && *i != BANK_AMBIGUOUS ? r->bank_codes[*i] : NULL;
}

/* One row while it is judged. */
struct judge {
	struct arena *arena;
	const struct reference *reference;
	const struct import_terms *terms;
	const struct list_row *row;
	struct entry *e;
};

static const char *cell(const struct judge *j, enum list_cell c)
{
	return j->row->cells[c];
}

static bool has(const struct judge *j, enum list_cell c)
{
	return *cell(j, c) != '\0';
}

static void also(struct judge *j, const char *code)
{
	struct entry *e = j->e;
	if (e->n_also < ENTRY_ALSO)
		e->also[e->n_also++] = code;
}

/* One more that is wrong with the row; NULL is nothing. The first is the row's code, so that who corrects it sees all of them at once. */
static void blame(struct judge *j, const char *code)
{
	struct entry *e = j->e;
	if (!code)
		return;
	if (!e->code || e->status == ENTRY_REPAIRED) {
		e->code = code;
		e->status = ENTRY_REJECTED;
	} else if (strcmp(e->code, code) != 0) {
		also(j, code);
	}
}

static void warn(struct judge *j, const char *code)
{
	struct entry *e = j->e;
	bug_if(e->n_warnings == ENTRY_WARNINGS);
	e->warnings[e->n_warnings++] = code;
}

/* What was decoded counts when an officer says so, as what else was repaired does. */
static void judge_converted(struct judge *j)
{
	struct entry *e = j->e;
	bool seen = j->terms->accept_repairs;
	const char *code = seen ? "text_converted" : "text_converted_unseen";
	if (seen && e->status == ENTRY_REJECTED)
		return;
	if (e->code)
		also(j, code);
	else
		e->code = code;
	e->status = seen ? ENTRY_REPAIRED : ENTRY_REJECTED;
}

/* ---- who ----------------------------------------------------------------------------------------------------------- */

static bool prefix_is_sample(const struct personal_id *id)
{
	return strncmp(id->digits, SAMPLE_PREFIX, 3) == 0;
}

static bool prefix_known(const struct reference *r, const struct personal_id *id)
{
	int prefix = (id->digits[0] - '0') * 100 + (id->digits[1] - '0') * 10 + (id->digits[2] - '0');
	return r->prefix[prefix] || (r->sandbox && prefix_is_sample(id));
}

/* «1.09E+10»: a spreadsheet showed a number so, and what it showed is all that is left. So is a number that ends in five zeros. */
static bool is_rounded(const char *text)
{
	size_t n = strlen(text), digits = strspn(text, "0123456789");
	bool scientific = digits > 0 && strpbrk(text, "eE") && strspn(text, "0123456789.,eE+") == n;
	bool zeros = digits == n && (n == 10 || n == 11) && strcmp(text + n - 5, "00000") == 0;
	return scientific || zeros;
}

/* The ID as it stands. *lost: zeros are missing in front, and *out has them back. NULL, or the code. */
static const char *read_id(const char *text, struct personal_id *out, bool *lost)
{
	struct why why = {0};
	*lost = false;
	if (is_rounded(text))
		return "id_scientific";
	if (personal_id_parse(bytes_z(text), out, &why))
		return NULL;
	if (why_is(&why, "personal_id_zeros_lost")) {
		*lost = personal_id_with_zeros(bytes_z(text), out);
		return *lost ? NULL : "id_length";
	}
	if (why_is(&why, "personal_id_empty"))
		return "id_empty";
	if (why_is(&why, "personal_id_cmnd"))
		return "id_cmnd";
	return why_is(&why, "personal_id_length") ? "id_length" : "id_not_digits";
}

static const char *judge_name(struct judge *j)
{
	struct entry *e = j->e;
	const char *folded;
	e->name = cell(j, CELL_NAME);
	e->name_fold = "";
	if (*e->name == '\0')
		return "name_empty";
	if (strlen(e->name) > NAME_LONGEST || !name_fold(j->arena, bytes_z(e->name), &folded, NULL) ||
		strpbrk(folded, "0123456789"))
		return "name_bad";
	e->name_fold = folded;
	if (name_has_foreign_letter(bytes_z(e->name)))
		return "name_foreign_letter";
	if (name_has_eth(bytes_z(e->name)))
		warn(j, "name_eth");
	return NULL;
}

/* Nothing but an old card's number: whom it names, the register says, and whether name and birth agree. */
static void judge_cmnd_person(struct judge *j)
{
	struct entry *e = j->e;
	blame(j, judge_name(j));
	if (!read_birth(cell(j, CELL_BIRTH), &e->birth, &e->birth_year, &e->birth_whole))
		blame(j, "birth_bad");
	if (!read_sex(j->arena, cell(j, CELL_SEX), &e->sex))
		blame(j, "sex_bad");
	if (e->code)
		return;
	e->by_cmnd = true;
	e->status = ENTRY_REPAIRED;
	e->code = j->terms->accept_repairs ? "cmnd_found" : "cmnd_unseen";
}

/* The ID's own digits say sex and year of birth. With zeros put back both must agree, or the guess was wrong. */
static void judge_birth_and_sex(struct judge *j, bool id_read, bool lost)
{
	struct entry *e = j->e;
	bool born = read_birth(cell(j, CELL_BIRTH), &e->birth, &e->birth_year, &e->birth_whole);
	bool sexed = read_sex(j->arena, cell(j, CELL_SEX), &e->sex);
	bool year_fits = id_read && born && e->birth_year == personal_id_birth_year(&e->id);
	bool sex_fits = id_read && sexed && (e->sex == 'F') == personal_id_is_female(&e->id);
	bool damaged = id_read && lost && !(year_fits && sex_fits && prefix_known(j->reference, &e->id));
	blame(j, damaged ? "id_damaged" : NULL);
	blame(j, !born ? "birth_bad" : id_read && !damaged && !year_fits ? "birth_contradicts_id" : NULL);
	blame(j, !sexed ? "sex_bad" : id_read && !damaged && !sex_fits ? "sex_contradicts_id" : NULL);
	if (!id_read || damaged)
		return;
	if (prefix_is_sample(&e->id) && !j->reference->sandbox)
		blame(j, "id_sample");
	else if (!prefix_known(j->reference, &e->id))
		warn(j, "id_prefix_unknown"); /* births registered abroad: Circular 07/2016/TT-BCA annex 2 */
	if (!lost || e->code)
		return;
	e->status = j->terms->accept_repairs ? ENTRY_REPAIRED : ENTRY_REJECTED;
	e->code = j->terms->accept_repairs ? "id_zeros_put_back" : "id_zeros_lost";
}

static void judge_person(struct judge *j)
{
	struct entry *e = j->e;
	bool lost;
	const char *code = read_id(cell(j, CELL_ID), &e->id, &lost);
	e->has_cmnd = personal_id_cmnd(bytes_z(cell(j, CELL_CMND)), &e->cmnd);
	bool only_cmnd = code &&
			 (strcmp(code, "id_cmnd") == 0 ? personal_id_cmnd(bytes_z(cell(j, CELL_ID)), &e->id)
						       : strcmp(code, "id_empty") == 0 && e->has_cmnd);
	if (only_cmnd) {
		if (strcmp(code, "id_empty") == 0)
			e->id = e->cmnd;
		e->has_cmnd = false;
		judge_cmnd_person(j);
		return;
	}
	if (has(j, CELL_CMND) && !e->has_cmnd)
		warn(j, "cmnd_bad");
	blame(j, code);
	blame(j, judge_name(j));
	judge_birth_and_sex(j, code == NULL, lost);
}

/* ---- for what ------------------------------------------------------------------------------------------------------ */

/* The cell of the category says how many, or a column of their own; where both do, the same. */
static const char *judge_children(struct judge *j)
{
	struct entry *e = j->e;
	int said;
	if (!has(j, CELL_CHILDREN))
		return e->children > 0 ? NULL : "children_missing";
	if (!read_count(cell(j, CELL_CHILDREN), &said) || said > CHILDREN_MOST ||
		(e->children > 0 && e->children != said))
		return "children_differ";
	e->children = said;
	return NULL;
}

static const char *judge_category(struct judge *j)
{
	struct entry *e = j->e;
	const struct categories *all = &j->reference->categories;
	bool needs = false, per_child = false;
	if (!has(j, CELL_CATEGORY))
		return "category_empty";
	if (!category_read(
		    j->arena, all, cell(j, CELL_CATEGORY), e->categories, &e->n_categories, &e->children))
		return "category_unknown";
	for (size_t i = 0; i < e->n_categories; i++) {
		const struct category *c = &all->at[e->categories[i]];
		if (strcmp(c->programme, j->terms->programme) != 0)
			return "category_other_programme";
		needs = needs || c->needs_injury_pct;
		per_child = per_child || c->per_child;
	}
	const char *code = per_child ? judge_children(j) : NULL;
	if (code)
		return code;
	if (has(j, CELL_INJURY) && !read_percent(cell(j, CELL_INJURY), &e->injury_pct))
		return "injury_bad";
	return needs && e->injury_pct == 0 ? "injury_missing" : NULL;
}

static int months_between(struct month from, struct month to)
{
	return (to.year - from.year) * 12 + (to.month - from.month) + 1;
}

/* Who joins is owed from a month on; a list of increases says by which decision (form C62-HD). */
static const char *judge_joining(struct judge *j)
{
	struct entry *e = j->e;
	bool increase = j->terms->list == LIST_INCREASE;
	e->from = e->to = j->terms->period;
	if ((increase || has(j, CELL_FROM)) && !read_month(cell(j, CELL_FROM), &e->from))
		return "months_bad";
	if (increase && !has(j, CELL_DECISION))
		return "decision_missing";
	if (has(j, CELL_DECISION))
		e->decision = cell(j, CELL_DECISION);
	return NULL;
}

/* Arrears name their months and the decision that grants them (Circular 44/2022/TT-BTC art. 15); all else is the list's month. */
static const char *judge_months(struct judge *j, int *months)
{
	struct entry *e = j->e;
	int said;
	e->arrears = has(j, CELL_FROM) || has(j, CELL_TO);
	e->from = e->to = j->terms->period;
	*months = 1;
	if (e->arrears) {
		if (!read_month(cell(j, CELL_FROM), &e->from) || !read_month(cell(j, CELL_TO), &e->to))
			return "months_bad";
		*months = months_between(e->from, e->to);
		if (*months < 1 || *months > ARREARS_MONTHS_MAX || month_cmp(e->to, j->terms->period) >= 0)
			return "months_bad";
		if (!has(j, CELL_DECISION))
			return "decision_missing";
		e->decision = cell(j, CELL_DECISION);
	}
	if (has(j, CELL_MONTHS) && (!read_count(cell(j, CELL_MONTHS), &said) || said != *months))
		return "months_bad";
	return NULL;
}

/* What the list says that this row costs, for the totals row: even where the row is wrong. */
static void note_listed(struct judge *j)
{
	struct entry *e = j->e;
	enum list_cell summed = has(j, CELL_TOTAL) ? CELL_TOTAL : CELL_AMOUNT;
	struct vnd amount;
	read_amount(cell(j, summed), vnd(INT64_MAX), &amount, &e->listed_known);
	if (e->listed_known)
		e->listed = amount;
}

static const char *read_amounts(struct judge *j)
{
	struct entry *e = j->e;
	struct vnd most = vnd(READING_MOST_DONG);
	bool known;
	const char *code = NULL;
	if (has(j, CELL_AMOUNT) && (code = read_amount(cell(j, CELL_AMOUNT), most, &e->monthly, &known)))
		return code;
	if (has(j, CELL_TOTAL))
		return read_amount(cell(j, CELL_TOTAL), most, &e->total, &known);
	return has(j, CELL_AMOUNT) ? NULL : "amount_empty";
}

static const char *judge_amount(struct judge *j, int months)
{
	struct entry *e = j->e;
	struct vnd total;
	const char *code = read_amounts(j);
	if (code)
		return code;
	if (!has(j, CELL_AMOUNT) && !vnd_times(e->total, 1, months, &e->monthly))
		return "total_of_row_differs";
	if (!vnd_times(e->monthly, months, 1, &total))
		return "amount_overflow";
	if (has(j, CELL_TOTAL) && vnd_cmp(total, e->total) != 0)
		return "total_of_row_differs";
	e->total = total;
	if (vnd_is_zero(total))
		return "amount_zero";
	return has(j, CELL_OTHER_MONEY) ? "other_money" : NULL;
}

/* ---- to where ------------------------------------------------------------------------------------------------------ */

static const char *judge_authority(struct judge *j)
{
	struct entry *e = j->e;
	if (!has(j, CELL_DELEGATE))
		return NULL;
	if (!has(j, CELL_AUTHORITY))
		return "authority_missing";
	e->authority = cell(j, CELL_AUTHORITY);
	e->holder = cell(j, CELL_DELEGATE);
	if (!has(j, CELL_AUTHORITY_UNTIL))
		return NULL;
	e->authority_ends = read_day(cell(j, CELL_AUTHORITY_UNTIL), &e->authority_until);
	return e->authority_ends ? NULL : "authority_until_bad";
}

static const char *judge_account(struct judge *j)
{
	struct entry *e = j->e;
	struct why why = {0};
	if (!has(j, CELL_ACCOUNT))
		return has(j, CELL_DELEGATE) ? "delegate_without_account" : NULL;
	if (!account_no_parse(bytes_z(cell(j, CELL_ACCOUNT)), &e->account, &why))
		return "account_bad";
	if (!has(j, CELL_BANK))
		return "bank_empty";
	e->bank = reference_bank(j->arena, j->reference, cell(j, CELL_BANK));
	if (!e->bank)
		return "bank_unknown";
	e->has_account = true;
	e->holder = has(j, CELL_HOLDER) ? cell(j, CELL_HOLDER) : e->name;
	return judge_authority(j);
}

static void judge_payment(struct judge *j)
{
	struct entry *e = j->e;
	if (!read_method(j->arena, cell(j, CELL_METHOD), &e->method))
		blame(j, "method_unknown");
	blame(j, judge_account(j));
	if (e->has_account && e->method == METHOD_NONE)
		e->method = METHOD_ACCOUNT;
	if (has(j, CELL_PHONE)) {
		e->has_phone = phone_no_parse(bytes_z(cell(j, CELL_PHONE)), &e->phone, NULL);
		if (!e->has_phone)
			warn(j, "phone_bad");
	}
}

/* ---- where ---------------------------------------------------------------------------------------------------------- */

static const char *judge_area(struct judge *j)
{
	struct entry *e = j->e;
	if (!j->terms->scope || !j->terms->scope->unit)
		return NULL;
	struct area_found f = area_find(j->arena, j->terms->scope, cell(j, CELL_AREA), cell(j, CELL_VILLAGE));
	e->note = f.note;
	if (!f.area)
		return f.code;
	if (f.area != j->terms->scope->whole)
		e->area = f.area;
	e->area_by_old_word = f.by_old_word;
	e->area_doubtful = f.doubtful;
	if (f.was)
		e->note = arena_printf(j->arena, "Đã chuyển từ %s sang %s", area_text(j->arena, f.was),
			area_text(j->arena, f.area));
	return NULL;
}

static void doubt(struct entry *e)
{
	e->status = ENTRY_REJECTED;
	e->code = "area_ambiguous";
	e->note = NULL;
	e->alone = true;
}

bool entries_areas_check(struct entry *at, size_t n, struct area_words *words)
{
	bool old = words->old;
	for (size_t i = 0; i < n; i++)
		old = old || at[i].area_by_old_word;
	bool too_late = old && words->passed;
	for (size_t i = 0; i < n; i++) {
		if (!at[i].area_doubtful || !entry_stands(&at[i]))
			continue;
		if (old)
			doubt(&at[i]);
		else
			words->passed = true;
	}
	words->old = old;
	return !too_late;
}

static bool is_converted(const struct list_row *row)
{
	return strcmp(row->problem, "converted") == 0;
}

/* Everything that is wrong with it, so that it comes back once. */
static void judge_row(struct judge *j)
{
	int months;
	judge_person(j);
	blame(j, judge_category(j));
	if (j->terms->list != LIST_PAYMENT) {
		blame(j, judge_joining(j));
	} else {
		const char *code = judge_months(j, &months);
		blame(j, code);
		blame(j, code ? read_amounts(j) : judge_amount(j, months));
	}
	judge_payment(j);
	bool others = j->e->status == ENTRY_REJECTED;
	blame(j, judge_area(j));
	if (others) /* it is about the unit, and the row's first trouble is another */
		j->e->note = NULL;
}

/* The parser's word is not trusted for what it is: only codes that advice.h knows get in. */
static const char *row_problem(const char *problem)
{
	static const char *const known[] = {"short_row", "long_row", "hidden_row", "control_character",
		"row_too_long", "formula", "cell_error"};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strcmp(known[i], problem) == 0)
			return known[i];
	return "row_unreadable";
}

void entry_judge(struct arena *a, const struct reference *r, const struct import_terms *terms,
	const struct list_row *row, struct entry *out)
{
	*out = (struct entry){.row = row->row, .raw = row->raw, .name = "", .name_fold = ""};
	struct judge j = {.arena = a, .reference = r, .terms = terms, .row = row, .e = out};
	note_listed(&j);
	if (*row->problem && !is_converted(row)) {
		out->status = ENTRY_REJECTED;
		out->code = row_problem(row->problem);
		out->column = row->column;
	} else {
		judge_row(&j);
	}
	if (is_converted(row))
		judge_converted(&j);
	out->alone = out->status == ENTRY_REJECTED;
}

/* ---- other lists --------------------------------------------------------------------------------------------------- */

/* Zeros are put back only where birth and sex can confirm it, so here not. */
const char *entry_whole_id(const struct reference *r, const char *text, struct personal_id *out)
{
	bool lost;
	const char *code = read_id(text, out, &lost);
	if (code)
		return code;
	if (lost)
		return "id_zeros_lost";
	return prefix_is_sample(out) && !r->sandbox ? "id_sample" : NULL;
}

/* Who takes these lists says beforehand that what was decoded is right. */
const char *entry_row_problem(const struct list_row *row, int *column)
{
	*column = row->column;
	if (is_converted(row))
		return "text_converted_unseen";
	return *row->problem ? row_problem(row->problem) : NULL;
}

static const char *judge_bank_row(struct arena *a, const struct reference *r, const char *bank,
	const struct list_row *row, struct account_entry *e)
{
	struct why why = {0};
	const char *const *cells = row->cells;
	const char *code = entry_row_problem(row, &e->column);
	if (!code)
		code = entry_whole_id(r, cells[CELL_ID], &e->id);
	if (code)
		return code;
	if (!account_no_parse(bytes_z(cells[CELL_ACCOUNT]), &e->account, &why))
		return "account_bad";
	if (*cells[CELL_HOLDER] == '\0')
		return "holder_empty";
	e->account_status = bank || *cells[CELL_STATUS] ? read_account_status(a, cells[CELL_STATUS]) : "open";
	if (!e->account_status)
		return "account_status_unknown";
	if (*cells[CELL_BANK])
		e->bank = reference_bank(a, r, cells[CELL_BANK]);
	else if (!bank)
		return "bank_empty";
	if (!e->bank)
		return bank ? "bank_other" : "bank_unknown";
	return bank && e->bank != bank ? "bank_other" : NULL;
}

void account_entry_judge(struct arena *a, const struct reference *r, const char *bank,
	const struct list_row *row, struct account_entry *out)
{
	*out = (struct account_entry){
		.row = row->row, .raw = row->raw, .bank = bank, .holder = row->cells[CELL_HOLDER]};
	out->code = judge_bank_row(a, r, bank, row, out);
	out->status = out->code ? ENTRY_REJECTED : ENTRY_ACCEPTED;
}

static const char *judge_death_row(
	struct arena *a, const struct reference *r, const struct list_row *row, struct death_entry *e)
{
	const char *folded;
	const char *code = entry_row_problem(row, &e->column);
	if (!code)
		code = entry_whole_id(r, row->cells[CELL_ID], &e->id);
	if (code)
		return code;
	if (!name_fold(a, bytes_z(e->name), &folded, NULL))
		return *e->name ? "name_bad" : "name_empty";
	if (!read_day(row->cells[CELL_DEATH_DAY], &e->day))
		return "death_day_bad";
	return day_cmp(e->day, r->today) > 0 ? "death_day_bad" : NULL;
}

void death_entry_judge(
	struct arena *a, const struct reference *r, const struct list_row *row, struct death_entry *out)
{
	*out = (struct death_entry){.row = row->row, .raw = row->raw, .name = row->cells[CELL_NAME]};
	out->code = judge_death_row(a, r, row, out);
	out->status = out->code ? ENTRY_REJECTED : ENTRY_ACCEPTED;
}
