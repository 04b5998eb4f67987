#include "ledger/recon/cash_list.h"

#include <string.h>

#include "ledger/register/list.h"
#include "ledger/register/map.h"
#include "ledger/register/reading.h"

/* «đã trả», «chưa trả» and what else agents write. */
static bool read_outcome(struct arena *a, const char *cell, bool *paid)
{
	static const struct {
		const char *folded;
		bool paid;
	} words[] = {
		{"da tra", true},
		{"da chi", true},
		{"da nhan", true},
		{"da chi tra", true},
		{"chua tra", false},
		{"chua chi", false},
		{"chua nhan", false},
		{"chua chi tra", false},
		{"khong nhan", false},
	};
	const char *folded = reading_fold(a, cell);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(folded, words[i].folded) == 0) {
			*paid = words[i].paid;
			return true;
		}
	}
	return false;
}

static bool wrong(struct why *why, const struct list_row *r, const char *what)
{
	return why_set(why, "cash_row", "row %d: %s", (int)r->row, what);
}

static bool read_row(struct arena *a, const struct list_row *r, struct cash_row *out, struct why *why)
{
	struct cash_row c = {.row = r->row};
	bool known;
	if (*r->problem)
		return wrong(why, r, r->problem);
	if (!personal_id_parse(bytes_z(r->cells[CELL_ID]), &c.id, why))
		return why_prefix(why, "row %d", (int)r->row);
	const char *no = read_amount(r->cells[CELL_AMOUNT], vnd(READING_MOST_DONG), &c.amount, &known);
	if (no || vnd_is_zero(c.amount))
		return wrong(why, r, no ? no : "the amount is 0");
	if (!read_outcome(a, r->cells[CELL_OUTCOME], &c.paid))
		return wrong(why, r, "the outcome is neither paid nor not paid");
	if (c.paid && !read_day(r->cells[CELL_PAID_DAY], &c.day))
		return wrong(why, r, "it says paid and no day");
	*out = c;
	return true;
}

bool cash_rows_read(struct arena *a, char *text, size_t n, struct cash_rows *out, struct why *why)
{
	struct cash_rows rows = {0};
	size_t room = 0;
	char *rest = text;
	struct list_row r;
	struct map seen;
	map_begin(&seen, a);
	why_clear(why);
	while (list_row_read(LIST_AGENT_PAID, &rest, text + n, &r, why)) {
		struct cash_row c;
		bool is_new;
		if (r.head || r.total)
			continue;
		if (!read_row(a, &r, &c, why))
			return false;
		(void)map_put(&seen, bytes_z(c.id.digits), rows.n, &is_new);
		if (!is_new)
			return why_set(
				why, "cash_twice", "row %d: this person is on the list already", (int)r.row);
		if (rows.n == room) {
			size_t more = room ? 2 * room : 256;
			rows.at = arena_regrow(a, rows.at, rows.n, more, sizeof *rows.at);
			room = more;
		}
		rows.at[rows.n++] = c;
	}
	if (*why->code)
		return false;
	if (rows.n == 0)
		return why_set(why, "cash_empty", "nobody is on the list");
	*out = rows;
	return true;
}
