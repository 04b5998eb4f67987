#include "ledger/register/title.h"

#include <string.h>

#include "ledger/register/reading.h"

/* ---- words --------------------------------------------------------------------------------------------------------------- */

/* Runs of letters, runs of digits, and whatever else, sign by sign; spaces, dots and colons say nothing here. */
struct words {
	size_t n;
	struct bytes *at;
};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void add_words(struct words *w, const char *s)
{
	for (size_t n; *s; s += n) {
		for (n = 1; is_letter(*s) && (is_letter(s[n]) || s[n] == '\'');)
			n++;
		for (; is_digit(*s) && is_digit(s[n]);)
			n++;
		if (*s != ' ' && *s != '.' && *s != ':')
			w->at[w->n++] = bytes_of(s, n);
	}
}

/* The cells, folded, with a tab between them. A text may be longer when it is folded: «¼» is 1/4. */
static struct words words_of(struct arena *a, const char *row)
{
	const char **folded = arena_array(a, strlen(row) + 1, const char *);
	size_t n = 0, room = 0;
	for (const char *cell = row, *end; cell; cell = *end ? end + 1 : NULL) {
		end = cell + strcspn(cell, "\t");
		folded[n] = reading_fold(a, arena_strndup(a, cell, (size_t)(end - cell)));
		room += strlen(folded[n++]) + 1;
	}
	struct words w = {.at = arena_array(a, room, struct bytes)};
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			w.at[w.n++] = bytes_z("\t");
		add_words(&w, folded[i]);
	}
	return w;
}

static bool is(const struct words *w, size_t i, const char *word)
{
	return i < w->n && bytes_eq_z(w->at[i], word);
}

static bool is_one_of(const struct words *w, size_t i, const char *const *list, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (is(w, i, list[k]))
			return true;
	return false;
}
#define IS_ONE_OF(words, i, list) is_one_of(words, i, list, COUNT_OF(list))

/* A number of so many digits, at most four; −1: it is none. */
static int number(const struct words *w, size_t i, size_t least, size_t most)
{
	int value = 0;
	bug_if(most > 4);
	if (i >= w->n || !is_digit((char)w->at[i].at[0]) || w->at[i].n < least || w->at[i].n > most)
		return -1;
	for (size_t k = 0; k < w->at[i].n; k++)
		value = 10 * value + w->at[i].at[k] - '0';
	return value;
}

/* The next word, in whichever cell. */
static size_t after(const struct words *w, size_t i)
{
	for (i++; is(w, i, "\t") || is(w, i, "(");)
		i++;
	return i;
}

/* ---- the month ----------------------------------------------------------------------------------------------------------- */

static void note_month(struct title *t, int month, int year, int32_t row)
{
	if (t->month == 0) {
		t->month = month;
		t->month_row = row;
	} else if (t->month != month || (t->year > 0 && year > 0 && t->year != year)) {
		t->several = true;
	}
	if (year > 0)
		t->year = year;
}

/* What stands behind «tháng»: a month, perhaps with its year, perhaps with other months. */
static void read_month_at(const struct words *w, size_t i, bool needs_year, int32_t row, struct title *t)
{
	static const char *const to_year[] = {"/", "-", ",", "nam"}, *const to_month[] = {"/", "-", ",", "+",
									     "&", ";", "va", "den"};
	int month = number(w, i, 1, 2);
	if (month < 1 || month > 12)
		return;
	size_t next = after(w, i), at = next;
	while (IS_ONE_OF(w, at, to_year))
		at = after(w, at);
	int year = number(w, at, 4, 4);
	if (needs_year && year < 0)
		return;
	if (IS_ONE_OF(w, next, to_month) && number(w, after(w, next), 1, 2) >= 0)
		t->several = true;
	note_month(t, month, year, row);
}

/* «ngày 20 tháng 5», «ngày … tháng 5», «3 tháng»: no month of the list. */
static bool is_of_a_day(const struct words *w, size_t i)
{
	while (i > 0 && (w->at[i - 1].at[0] == '_' || w->at[i - 1].at[0] >= 0x80))
		i--;
	return i > 0 && (is_digit((char)w->at[i - 1].at[0]) || is(w, i - 1, "ngay"));
}

static void read_months(const struct words *w, int32_t row, struct title *t)
{
	static const char *const range[] = {"tu", "den"}, *const quarters[] = {
								  "i", "ii", "iii", "iv", "1", "2", "3", "4"};
	for (size_t i = 0; i < w->n; i++) {
		if (is(w, i, "thang") && !is_of_a_day(w, i)) {
			bool ranges = i > 0 && IS_ONE_OF(w, i - 1, range) && number(w, after(w, i), 1, 2) > 0;
			t->several = t->several || ranges;
			read_month_at(w, after(w, i), false, row, t);
		} else if (is(w, i, "t")) {
			read_month_at(w, after(w, i), true, row, t);
		} else if (is(w, i, "ky")) {
			size_t at = after(w, i);
			while (is(w, at, "chi") || is(w, at, "tra"))
				at = after(w, at);
			read_month_at(w, at, true, row, t);
		} else if (is(w, i, "quy") && IS_ONE_OF(w, i + 1, quarters)) {
			t->several = true;
		}
	}
}

/* ---- the unit ------------------------------------------------------------------------------------------------------------ */

#define NAME_WORDS 6 /* «Văn Miếu - Quốc Tử Giám» */

/* What a name ends before: the names that stand longer are none that we know. */
static bool name_ends(const struct words *w, size_t i)
{
	static const char *const ends[] = {"\t", ",", ";", "(", ")", "/", "-", "thang", "nam", "quy", "ky",
		"dot", "t", "huyen", "quan", "thanh", "thi", "tp", "tx", "tinh", "h", "q", "ngay", "va",
		"cong", "doc"};
	return i >= w->n || IS_ONE_OF(w, i, ends);
}

/* The longest name behind the word of its kind at i, whose next word is at `at`. */
static void read_unit_at(struct arena *a, const struct area_scope *scope, const struct words *w,
	const char *kind, size_t at, int32_t row, struct title *t)
{
	const char *name[NAME_WORDS + 1] = {kind};
	size_t n = 0;
	for (; n < NAME_WORDS && at + n < w->n && !is(w, at + n, "\t"); n++)
		name[n + 1] = arena_printf(
			a, "%s %.*s", name[n], (int)w->at[at + n].n, (const char *)w->at[at + n].at);
	for (; n > 0; n--) {
		const struct area *other;
		enum area_said said = area_said(a, scope, name[n], &other);
		if (said == AREA_SAID_NONE)
			continue;
		t->own = t->own || said == AREA_SAID_OWN;
		if (said == AREA_SAID_OTHER && !t->other && name_ends(w, at + n)) {
			t->other = other;
			t->other_row = row;
		}
		return;
	}
}

/* «Hợp tác xã Tân Lập» and «thị xã La Gi» are none; nor is where an address lies. */
static void read_units(
	struct arena *a, const struct area_scope *scope, const struct words *w, int32_t row, struct title *t)
{
	for (size_t i = 0; i < w->n; i++) {
		bool inside = i > 0 && (is(w, i - 1, "thi") || is(w, i - 1, "tac"));
		if (is(w, i, "dia") && is(w, i + 1, "chi"))
			while (i + 1 < w->n && !is(w, i, "\t"))
				i++;
		if (is(w, i, "phuong") || (is(w, i, "xa") && !inside))
			read_unit_at(a, scope, w, is(w, i, "xa") ? "xa" : "phuong", after(w, i), row, t);
		else if (is(w, i, "tran") && inside)
			read_unit_at(a, scope, w, "thi tran", after(w, i), row, t);
		else if (is(w, i, "khu") && i > 0 && is(w, i - 1, "dac"))
			read_unit_at(a, scope, w, "dac khu", after(w, i), row, t);
	}
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------ */

void title_read(
	struct arena *a, const struct area_scope *scope, int32_t row, const char *text, struct title *title)
{
	struct words w = words_of(a, text);
	read_months(&w, row, title);
	if (scope->unit)
		read_units(a, scope, &w, row, title);
}

bool title_check(struct arena *a, const struct title *t, const struct area_scope *scope, struct month period,
	struct why *why)
{
	char asked[MONTH_TEXT_SIZE];
	const char *month = "", *unit = "";
	bool other_month = t->month > 0 && !t->several &&
			   (t->month != period.month || (t->year > 0 && t->year != period.year));
	bool other_unit = t->other && !t->own;
	if (!other_month && !other_unit)
		return true;
	if (other_month)
		month = arena_printf(a, "dòng %d ghi tháng %02d%s, đang nhập cho --period %s", t->month_row,
			t->month, t->year > 0 ? arena_printf(a, "/%04d", t->year) : "",
			month_format(period, asked));
	if (other_unit)
		unit = arena_printf(a, "dòng %d ghi %s, đang nhập cho %s", t->other_row,
			area_text(a, t->other), area_text(a, scope->unit));
	return why_set(why, "title_differs", "%s%s%s", month, *month && *unit ? "; " : "", unit);
}
