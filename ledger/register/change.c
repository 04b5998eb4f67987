#include "ledger/register/change.h"

#include <string.h>

#include "ledger/base/name.h"

static const char *judge_decrease(const struct list_row *row, struct change_entry *e)
{
	if (!read_month(row->cells[CELL_FROM], &e->month))
		return "months_bad";
	e->reason = row->cells[CELL_REASON];
	e->decision = row->cells[CELL_DECISION];
	return strlen(e->reason) < 3 ? "reason_empty" : NULL;
}

static bool is_past_day(const struct reference *r, const char *cell, struct day *out)
{
	return read_day(cell, out) && day_cmp(*out, r->today) <= 0;
}

/* The old number: an ID, an old card's, or none where only particulars are corrected. */
static const char *judge_old(const struct reference *r, const struct list_row *row, struct change_entry *e)
{
	const char *old = row->cells[CELL_OLD_ID], *cmnd = row->cells[CELL_CMND];
	e->has_cmnd = personal_id_cmnd(bytes_z(cmnd), &e->cmnd);
	if (*cmnd && !e->has_cmnd)
		return "cmnd_bad";
	if (*old == '\0')
		return NULL;
	if (personal_id_cmnd(bytes_z(old), &e->cmnd)) {
		e->has_cmnd = true;
		return NULL;
	}
	e->has_old = true;
	return entry_whole_id(r, old, &e->old);
}

static const char *judge_correction(
	struct arena *a, const struct reference *r, const struct list_row *row, struct change_entry *e)
{
	const char *day = row->cells[CELL_DAY], *birth = row->cells[CELL_BIRTH], *sex = row->cells[CELL_SEX];
	const char *code = judge_old(r, row, e);
	if (code)
		return code;
	if (name_has_foreign_letter(bytes_z(e->name)) || strpbrk(e->name_fold, "0123456789"))
		return "name_bad";
	if (*birth && !read_birth(birth, &e->birth, &e->birth_year, &e->birth_whole))
		return "birth_bad";
	if (*sex && !read_sex(a, sex, &e->sex))
		return "sex_bad";
	e->day = r->today;
	return *day && !is_past_day(r, day, &e->day) ? "day_bad" : NULL;
}

static const char *judge_grant(const struct list_row *row, struct change_entry *e)
{
	bool known;
	e->has_amount = *row->cells[CELL_AMOUNT] != '\0';
	return e->has_amount
		       ? read_amount(row->cells[CELL_AMOUNT], vnd(READING_MOST_DONG), &e->amount, &known)
		       : NULL;
}

static const char *judge(struct arena *a, const struct reference *r, enum list_kind kind,
	const struct list_row *row, struct change_entry *e)
{
	const char *code = entry_row_problem(row, &e->column);
	if (code || (code = entry_whole_id(r, row->cells[CELL_ID], &e->id)))
		return code;
	if (!name_fold(a, bytes_z(e->name), &e->name_fold, NULL))
		return *e->name ? "name_bad" : "name_empty";
	if (kind == LIST_DECREASE)
		return judge_decrease(row, e);
	if (kind == LIST_GRANTS)
		return judge_grant(row, e);
	if (kind == LIST_CORRECTIONS)
		return judge_correction(a, r, row, e);
	return is_past_day(r, row->cells[CELL_MOVE_DAY], &e->day) ? NULL : "move_day_bad";
}

void change_judge(struct arena *a, const struct reference *r, enum list_kind kind, const struct list_row *row,
	struct change_entry *out)
{
	*out = (struct change_entry){.row = row->row,
		.raw = row->raw,
		.name = row->cells[CELL_NAME],
		.place = row->cells[CELL_TO_AREA],
		.reason = "",
		.decision = ""};
	out->code = judge(a, r, kind, row, out);
	out->status = out->code ? ENTRY_REJECTED : ENTRY_ACCEPTED;
}
