#include "ledger/register/list.h"

#include <string.h>

#include "ledger/base/name.h"
#include "ledger/base/text.h"

static const enum list_cell payment_cells[] = {CELL_ID, CELL_NAME, CELL_BIRTH, CELL_SEX, CELL_CATEGORY,
	CELL_INJURY, CELL_AMOUNT, CELL_MONTHS, CELL_TOTAL, CELL_FROM, CELL_TO, CELL_DECISION,
	CELL_OTHER_MONEY, CELL_METHOD, CELL_ACCOUNT, CELL_BANK, CELL_HOLDER, CELL_DELEGATE, CELL_AUTHORITY,
	CELL_AUTHORITY_UNTIL, CELL_PHONE, CELL_CHILDREN, CELL_CMND, CELL_AREA, CELL_VILLAGE};
static const enum list_cell account_cells[] = {CELL_ID, CELL_HOLDER, CELL_ACCOUNT, CELL_BANK, CELL_STATUS};
static const enum list_cell death_cells[] = {CELL_ID, CELL_NAME, CELL_DEATH_DAY};
static const enum list_cell agent_cells[] = {CELL_ID, CELL_NAME, CELL_AMOUNT, CELL_OUTCOME, CELL_PAID_DAY};
static const enum list_cell enrolment_cells[] = {CELL_ID, CELL_NAME, CELL_BIRTH, CELL_SEX, CELL_CATEGORY,
	CELL_INJURY, CELL_FROM, CELL_DECISION, CELL_METHOD, CELL_ACCOUNT, CELL_BANK, CELL_HOLDER,
	CELL_DELEGATE, CELL_AUTHORITY, CELL_AUTHORITY_UNTIL, CELL_PHONE, CELL_CHILDREN, CELL_CMND, CELL_AREA,
	CELL_VILLAGE};
static const enum list_cell decrease_cells[] = {CELL_ID, CELL_NAME, CELL_FROM, CELL_REASON, CELL_DECISION};
static const enum list_cell move_cells[] = {CELL_ID, CELL_NAME, CELL_MOVE_DAY, CELL_TO_AREA};
static const enum list_cell grant_cells[] = {CELL_ID, CELL_NAME, CELL_AMOUNT};
static const enum list_cell correction_cells[] = {
	CELL_ID, CELL_OLD_ID, CELL_NAME, CELL_BIRTH, CELL_SEX, CELL_DAY, CELL_CMND};

static const struct {
	const char *name;
	const enum list_cell *cells;
	size_t n;
} kinds[LIST_KINDS] = {
	[LIST_PAYMENT] = {"payment-list", payment_cells, COUNT_OF(payment_cells)},
	[LIST_ACCOUNTS] = {"account-list", account_cells, COUNT_OF(account_cells)},
	[LIST_DEATHS] = {"deaths", death_cells, COUNT_OF(death_cells)},
	[LIST_AGENT_PAID] = {"agent-list", agent_cells, COUNT_OF(agent_cells)},
	[LIST_ENROLMENT] = {"enrolment-list", enrolment_cells, COUNT_OF(enrolment_cells)},
	[LIST_INCREASE] = {"increase-list", enrolment_cells, COUNT_OF(enrolment_cells)},
	[LIST_DECREASE] = {"decrease-list", decrease_cells, COUNT_OF(decrease_cells)},
	[LIST_MOVES] = {"moves", move_cells, COUNT_OF(move_cells)},
	[LIST_CORRECTIONS] = {"corrections", correction_cells, COUNT_OF(correction_cells)},
	[LIST_GRANTS] = {"grant-list", grant_cells, COUNT_OF(grant_cells)},
};

static const char *const cell_names[CELLS] = {
	[CELL_ID] = "personal_id",
	[CELL_NAME] = "name",
	[CELL_BIRTH] = "birth",
	[CELL_SEX] = "sex",
	[CELL_CATEGORY] = "category",
	[CELL_INJURY] = "injury_pct",
	[CELL_AMOUNT] = "amount",
	[CELL_MONTHS] = "months",
	[CELL_TOTAL] = "total",
	[CELL_FROM] = "from_month",
	[CELL_TO] = "to_month",
	[CELL_DECISION] = "decision",
	[CELL_OTHER_MONEY] = "other_money",
	[CELL_METHOD] = "method",
	[CELL_ACCOUNT] = "account",
	[CELL_BANK] = "bank",
	[CELL_HOLDER] = "holder",
	[CELL_DELEGATE] = "delegate",
	[CELL_AUTHORITY] = "authority",
	[CELL_AUTHORITY_UNTIL] = "authority_until",
	[CELL_PHONE] = "phone",
	[CELL_STATUS] = "status",
	[CELL_DEATH_DAY] = "death_day",
	[CELL_OUTCOME] = "outcome",
	[CELL_PAID_DAY] = "paid_day",
	[CELL_REASON] = "reason",
	[CELL_MOVE_DAY] = "move_day",
	[CELL_TO_AREA] = "to_area",
	[CELL_OLD_ID] = "old_id",
	[CELL_DAY] = "day",
	[CELL_CHILDREN] = "children",
	[CELL_CMND] = "cmnd",
	[CELL_AREA] = "area",
	[CELL_VILLAGE] = "village",
};

const char *list_kind_name(enum list_kind kind)
{
	return kinds[kind].name;
}

bool list_kind_parse(const char *name, enum list_kind *kind)
{
	for (size_t i = 0; i < LIST_KINDS; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		*kind = (enum list_kind)i;
		return true;
	}
	return false;
}

bool list_is_of_ward(enum list_kind kind)
{
	return kind == LIST_PAYMENT || kind == LIST_ENROLMENT || kind == LIST_INCREASE;
}

const enum list_cell *list_cells(enum list_kind kind, size_t *n)
{
	*n = kinds[kind].n;
	return kinds[kind].cells;
}

const char *list_cell_name(enum list_cell c)
{
	return cell_names[c];
}

bool list_cell_parse(const char *name, enum list_cell *c)
{
	for (size_t i = 0; i < CELLS; i++) {
		if (strcmp(cell_names[i], name) != 0)
			continue;
		*c = (enum list_cell)i;
		return true;
	}
	return false;
}

bool list_heading_fold(struct arena *a, struct bytes cell, char out[static LIST_HEADING_MAX])
{
	const char *folded;
	size_t n = 0;
	if (cell.n == 0 || cell.n >= LIST_HEADING_MAX || !name_fold(a, cell, &folded, NULL))
		return false;
	for (const char *s = folded; *s && n < LIST_HEADING_MAX - 1; s++) {
		bool word = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
		if (word)
			out[n++] = *s;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n > 0;
}

const char *list_letters(int column, char out[static LIST_LETTERS_SIZE])
{
	char *at = out + LIST_LETTERS_SIZE - 1;
	*at = '\0';
	for (; column > 0 && at > out; column = (column - 1) / 26)
		*--at = (char)('A' + (column - 1) % 26);
	return memmove(out, at, strlen(at) + 1);
}

int list_column_of(const char *letters)
{
	int column = 0;
	size_t n = strlen(letters);
	for (size_t i = 0; i < n; i++) {
		if (letters[i] < 'A' || letters[i] > 'Z' || n >= LIST_LETTERS_SIZE)
			return 0;
		column = 26 * column + letters[i] - 'A' + 1;
	}
	return column;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* COPY text: backslash, tab, LF and CR are written as \\ \t \n \r. In place; false for any other escape. */
static bool unescape(char *s)
{
	char *to = strchr(s, '\\');
	if (!to)
		return true;
	for (const char *from = to; *from; from++) {
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		switch (*++from) {
		case '\\': *to++ = '\\'; break;
		case 't': *to++ = '\t'; break;
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		default: return false;
		}
	}
	*to = '\0';
	return true;
}

char *list_column_read(char **rest)
{
	char *at = *rest;
	if (!at)
		return NULL;
	char *tab = strchr(at, '\t');
	if (tab)
		*tab = '\0';
	*rest = tab ? tab + 1 : NULL;
	return unescape(at) ? at : NULL;
}

static bool row_number(const char *text, int32_t *out)
{
	uint64_t n;
	if (!text || !text_u64(bytes_z(text), INT32_MAX, &n) || n == 0)
		return false;
	*out = (int32_t)n;
	return true;
}

static bool read_line(enum list_kind kind, char *line, struct list_row *out)
{
	struct list_row row = {0};
	char *rest = line;
	if (!row_number(list_column_read(&rest), &row.row))
		return false;
	const char *what = list_column_read(&rest);
	if (!what)
		return false;
	row.total = strcmp(what, "total") == 0;
	row.head = strcmp(what, "head") == 0;
	row.title = strcmp(what, "title") == 0;
	if (strcmp(what, "row") != 0 && !row.total && !row.head && !(row.title && list_is_of_ward(kind)))
		return false;
	char *problem = list_column_read(&rest), *slash = problem ? strchr(problem, '/') : NULL;
	row.problem = problem;
	if (slash) {
		*slash = '\0';
		row.column = list_column_of(slash + 1);
	}
	for (size_t i = 0; i < CELLS; i++)
		row.cells[i] = "";
	for (size_t i = 0; i < kinds[kind].n; i++) {
		const char *text = list_column_read(&rest);
		if (!text || strlen(text) > LIST_CELL_MAX)
			return false;
		row.cells[kinds[kind].cells[i]] = text;
	}
	row.raw = list_column_read(&rest);
	if (!row.problem || !row.raw || rest || strlen(row.problem) > 40 || strlen(row.raw) > LIST_RAW_MAX)
		return false;
	*out = row;
	return true;
}

bool list_row_read(enum list_kind kind, char **rest, char *end, struct list_row *out, struct why *why)
{
	if (*rest == end)
		return false;
	size_t left = (size_t)(end - *rest);
	char *line = *rest, *lf = memchr(line, '\n', left);
	if (!lf)
		return false;
	size_t n = (size_t)(lf - line);
	*lf = '\0';
	*rest = lf + 1;
	if (memchr(line, '\0', n) || !utf8_valid(bytes_of(line, n)) || !read_line(kind, line, out))
		return why_set(why, "parser_line", "chitra-parse wrote a line that is none of its own");
	return true;
}

void list_head_read(enum list_kind kind, const struct list_row *head, struct list_head *out)
{
	*out = (struct list_head){.row = head->row, .sheet = head->raw, .encoding = head->problem};
	for (size_t i = 0; i < kinds[kind].n; i++)
		out->column[kinds[kind].cells[i]] = list_column_of(head->cells[kinds[kind].cells[i]]);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void list_column_write(struct buf *out, struct bytes text, bool first)
{
	size_t from = 0;
	if (!first)
		buf_u8(out, '\t');
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.at[i];
		const char *escape = c == '\\'   ? "\\\\"
				     : c == '\t' ? "\\t"
				     : c == '\n' ? "\\n"
				     : c == '\r' ? "\\r"
						 : NULL;
		if (!escape)
			continue;
		buf_add(out, text.at + from, i - from);
		buf_add_z(out, escape);
		from = i + 1;
	}
	buf_add(out, text.at + from, text.n - from);
}
