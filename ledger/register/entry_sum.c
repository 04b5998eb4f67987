/* The totals row: whether all rows came, by what the list itself says that they add up to. */
#include "ledger/register/entry.h"

#include <string.h>

/* A row with a cell too few or too many: what stands under the amount may be another cell. */
static bool is_misaligned(const struct entry *e)
{
	return e->code && (strcmp(e->code, "short_row") == 0 || strcmp(e->code, "long_row") == 0);
}

void entries_sum_add(struct entries_sum *s, const struct entry *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		s->moved = s->moved || is_misaligned(&at[i]);
		if (!at[i].listed_known)
			s->unreadable = true;
		else if (!s->too_large)
			s->too_large = !vnd_add(s->rows, at[i].listed, &s->rows);
	}
}

void entries_sum_total(struct entries_sum *s, const struct list_row *row)
{
	const char *text = *row->cells[CELL_TOTAL] ? row->cells[CELL_TOTAL] : row->cells[CELL_AMOUNT];
	bool known;
	s->has_total = true;
	s->total_row = row->row;
	s->total_readable = read_amount(text, vnd(INT64_MAX), &s->total, &known) == NULL;
}

bool entries_sum_check(const struct entries_sum *s, bool *checked, struct why *why)
{
	char have[VND_TEXT_SIZE], want[VND_TEXT_SIZE];
	if (!s->has_total)
		return why_set(why, "total_missing", "%s", "");
	if (s->too_large)
		return why_set(why, "total_differs", "các dòng cộng lại quá lớn");
	if (!s->total_readable)
		return why_set(why, "total_unreadable", "dòng %d", s->total_row);
	bool differs = vnd_cmp(s->rows, s->total) != 0;
	bool readable = !s->unreadable && !(s->moved && differs);
	if (readable && differs)
		return why_set(why, "total_differs", "dòng %d ghi %s, các dòng cộng lại được %s",
			s->total_row, vnd_format_dots(s->total, want), vnd_format_dots(s->rows, have));
	*checked = readable;
	return true;
}
