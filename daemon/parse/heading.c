#include "daemon/parse/heading.h"

#include <stdio.h>
#include <string.h>

#include "daemon/parse/tidy.h"

#define BIT(kind)   (1u << LIST_##kind)
#define PAYMENT     BIT(PAYMENT)
#define ACCOUNTS    BIT(ACCOUNTS)
#define DEATHS      BIT(DEATHS)
#define AGENT       BIT(AGENT_PAID)
#define INCREASE    BIT(INCREASE)
#define JOINS       (BIT(ENROLMENT) | INCREASE)
#define DECREASE    BIT(DECREASE)
#define MOVES       BIT(MOVES)
#define CORRECTIONS BIT(CORRECTIONS)
#define GRANTS      BIT(GRANTS)
#define ALL         (~0u)

/* clang-format off */
/* Folded, with letters and digits only. Lists that are met bring more of them. */
static const struct {
	unsigned kinds;
	enum list_cell cell;
	const char *words[16];
} table[] = {
	{ALL, CELL_ID,
		{"so cccd", "cccd", "so dinh danh", "so dinh danh ca nhan", "ma dinh danh", "so cccd cmnd",
			"so cccd moi", "so cccd so dinh danh", "so cccd ddcn", "so can cuoc", "so can cuoc cong dan",
			"can cuoc cong dan", "so cccd dinh danh"}},
	{ALL & ~ACCOUNTS, CELL_NAME,
		{"ho va ten", "ho ten", "ho ten nguoi huong", "ho va ten nguoi huong", "ho ten doi tuong",
			"ho va ten doi tuong", "ten nguoi huong"}},
	{PAYMENT | JOINS | CORRECTIONS, CELL_BIRTH,
		{"ngay sinh", "nam sinh", "ngay thang nam sinh", "ngay thang nam sinh duong lich",
			"sinh ngay", "ns"}},
	{PAYMENT | JOINS | CORRECTIONS, CELL_SEX, {"gioi tinh", "gioi", "nam nu", "phai"}},
	{PAYMENT | JOINS, CELL_CATEGORY,
		{"doi tuong", "loai doi tuong", "nhom doi tuong", "doi tuong huong", "dien huong"}},
	{PAYMENT | JOINS, CELL_INJURY,
		{"ty le ttct", "ty le ton thuong co the", "ty le thuong tat", "ti le thuong tat",
			"ti le ttct", "ty le suy giam"}},
	{PAYMENT | JOINS, CELL_CHILDREN,
		{"so con", "so con dang nuoi", "so con nuoi duong", "so tre em", "so con duoi 16 tuoi"}},
	{PAYMENT, CELL_AMOUNT,
		{"muc tro cap", "muc ho tro", "muc huong", "so tien tro cap", "tien tro cap thang nay",
			"so tien", "muc tro cap thang"}},
	{AGENT, CELL_AMOUNT, {"so tien", "so tien da tra", "so tien chi tra"}},
	{GRANTS, CELL_AMOUNT,
		{"so tien", "muc ho tro", "so tien ho tro", "muc tro cap", "so tien tro cap", "muc qua", "tien qua", "so tien qua",
			"tien tet", "qua tet", "so tien qua tet", "muc huong", "thanh tien"}},
	{PAYMENT, CELL_MONTHS, {"so thang"}},
	{PAYMENT, CELL_TOTAL,
		{"thanh tien", "tong", "tong cong", "tong so tien", "tong so tien tro cap", "tong tien"}},
	{PAYMENT, CELL_FROM, {"tu thang"}},
	{JOINS, CELL_FROM, {"tu thang", "thang huong", "huong tu thang", "thoi diem huong", "tang tu thang"}},
	{DECREASE, CELL_FROM,
		{"tu thang", "giam tu thang", "thoi diem giam", "thang giam", "thoi huong tu thang", "dung tu thang"}},
	{DECREASE, CELL_REASON, {"ly do", "ly do giam", "ly do thoi huong", "nguyen nhan"}},
	{MOVES, CELL_MOVE_DAY, {"ngay chuyen di", "ngay chuyen", "ngay di", "ngay chuyen den"}},
	{MOVES, CELL_TO_AREA, {"noi den", "noi chuyen den", "noi chuyen di", "ma xa phuong noi den", "dia ban den"}},
	{CORRECTIONS, CELL_OLD_ID,
		{"so cccd cu", "cccd cu", "so dinh danh cu", "so cu", "so cmnd cccd cu", "so giay to cu"}},
	{PAYMENT | JOINS | CORRECTIONS, CELL_CMND,
		{"so cmnd", "cmnd", "so cmnd cu", "cmnd cu", "so cmnd 9 so", "cmnd 9 so", "so cmt", "cmt", "so chung minh nhan dan",
			"chung minh nhan dan"}},
	{CORRECTIONS, CELL_DAY, {"ngay dieu chinh", "ngay dinh chinh", "ngay thay doi", "ngay cap nhat"}},
	{PAYMENT, CELL_TO, {"den thang"}},
	{PAYMENT | JOINS | DECREASE, CELL_DECISION, {"so quyet dinh", "quyet dinh", "so quyet dinh huong"}},
	{PAYMENT, CELL_OTHER_MONEY,
		{"truy linh", "mai tang phi", "chua tra thang truoc", "so tien chua tra", "truy thu",
			"khau tru", "tien tet", "qua tet"}},
	{PAYMENT | JOINS, CELL_METHOD,
		{"hinh thuc chi tra", "hinh thuc nhan", "hinh thuc nhan tien", "hinh thuc",
			"phuong thuc chi tra"}},
	{PAYMENT | JOINS | ACCOUNTS, CELL_ACCOUNT,
		{"so tai khoan", "tai khoan", "so tk", "stk", "so tai khoan nguoi nhan"}},
	{PAYMENT | JOINS | ACCOUNTS, CELL_BANK,
		{"ngan hang", "ma ngan hang", "tai ngan hang", "ngan hang mo tai khoan"}},
	{PAYMENT | JOINS, CELL_HOLDER,
		{"chu tai khoan", "ten chu tai khoan", "ho ten chu tai khoan", "ten tai khoan"}},
	{ACCOUNTS, CELL_HOLDER,
		{"ho ten chu tai khoan", "chu tai khoan", "ten chu tai khoan", "ho va ten", "ho ten",
			"ten tai khoan"}},
	{PAYMENT | JOINS, CELL_DELEGATE,
		{"nguoi nhan thay", "uy quyen", "nguoi nhan thay uy quyen", "nguoi duoc uy quyen",
			"ho ten nguoi nhan thay"}},
	{PAYMENT | JOINS, CELL_AUTHORITY, {"giay uy quyen", "so giay uy quyen", "van ban uy quyen"}},
	{PAYMENT | JOINS, CELL_AUTHORITY_UNTIL, {"uy quyen den ngay", "thoi han uy quyen", "han uy quyen"}},
	{PAYMENT | JOINS, CELL_PHONE, {"so dien thoai", "dien thoai", "sdt", "so dt"}},
	{PAYMENT | JOINS, CELL_AREA,
		{"xa phuong", "phuong xa", "xa", "phuong", "xa phuong thi tran", "xa phuong dac khu", "ma xa", "ma xa phuong",
			"ten xa", "ten xa phuong", "ma phuong xa", "ten phuong xa", "ma don vi hanh chinh"}},
	{PAYMENT | JOINS, CELL_VILLAGE,
		{"thon", "thon ban", "thon xom", "thon to", "to dan pho", "thon to dan pho", "khu pho", "thon khu pho", "ap", "xom"}},
	{ACCOUNTS, CELL_STATUS, {"trang thai", "tinh trang", "trang thai tai khoan"}},
	{DEATHS, CELL_DEATH_DAY, {"ngay mat", "ngay chet", "ngay tu tran", "ngay qua doi"}},
	{AGENT, CELL_OUTCOME, {"ket qua", "trang thai", "tinh trang"}},
	{AGENT, CELL_PAID_DAY, {"ngay tra", "ngay chi tra"}},
};

/* What a list cannot do without, and what an officer calls it. */
static const struct {
	unsigned kinds;
	enum list_cell cell, or_cell;
	const char *vi;
} required[] = {
	{ALL & ~(PAYMENT | JOINS), CELL_ID, CELL_ID, "Số CCCD"},
	{PAYMENT | JOINS, CELL_ID, CELL_CMND, "Số CCCD"},
	{ALL & ~ACCOUNTS, CELL_NAME, CELL_NAME, "Họ và tên"},
	{PAYMENT | JOINS, CELL_BIRTH, CELL_BIRTH, "Ngày sinh"},
	{PAYMENT | JOINS, CELL_SEX, CELL_SEX, "Giới tính"},
	{PAYMENT | JOINS, CELL_CATEGORY, CELL_CATEGORY, "Đối tượng"},
	{INCREASE | DECREASE, CELL_FROM, CELL_FROM, "Từ tháng"},
	{INCREASE, CELL_DECISION, CELL_DECISION, "Số quyết định"},
	{DECREASE, CELL_REASON, CELL_REASON, "Lý do giảm"},
	{MOVES, CELL_MOVE_DAY, CELL_MOVE_DAY, "Ngày chuyển đi"},
	{PAYMENT, CELL_AMOUNT, CELL_TOTAL, "Mức trợ cấp"},
	{PAYMENT, CELL_METHOD, CELL_METHOD, "Hình thức chi trả"},
	{ACCOUNTS, CELL_ACCOUNT, CELL_ACCOUNT, "Số tài khoản"},
	{ACCOUNTS, CELL_HOLDER, CELL_HOLDER, "Họ tên chủ tài khoản"},
	{ACCOUNTS, CELL_STATUS, CELL_STATUS, "Trạng thái"},
	{DEATHS, CELL_DEATH_DAY, CELL_DEATH_DAY, "Ngày mất"},
	{AGENT, CELL_AMOUNT, CELL_AMOUNT, "Số tiền"},
	{AGENT, CELL_OUTCOME, CELL_OUTCOME, "Kết quả"},
};
/* clang-format on */

/* What a heading says after the words that matter: its unit. */
static const char *const units[] = {
	" dong", " vnd", " d", " dong thang", " vnd thang", " neu co", " ngay thang nam"};

/* What stands before a currency, folded, and how it is written in full. */
static const struct {
	const char *word, *vi;
} larger_units[] = {
	{"nghin", "nghìn đồng"},
	{"ngan", "nghìn đồng"},
	{"1 000 000", "triệu đồng"},
	{"1000000", "triệu đồng"},
	{"1 000", "1.000 đồng"},
	{"1000", "1.000 đồng"},
	{"trieu", "triệu đồng"},
	{"ty", "tỷ đồng"},
};

/* Whether a text of n bytes ends in the word, alone or behind a space; then *n is the length of what stands before. */
static bool ends_in(const char *text, size_t *n, const char *word)
{
	size_t w = strlen(word);
	if (*n < w || memcmp(text + *n - w, word, w) != 0 || (*n > w && text[*n - w - 1] != ' '))
		return false;
	*n -= w + (*n > w);
	return true;
}

/* «… (nghìn đồng/tháng)», «… 1.000đ»: the unit, and the length of what stands before it; NULL for đồng. */
static const char *larger_unit(const char *folded, size_t *before)
{
	size_t n = strlen(folded);
	ends_in(folded, &n, "thang");
	if (!ends_in(folded, &n, "dong") && !ends_in(folded, &n, "vnd") && !ends_in(folded, &n, "d") &&
		n > 1 && folded[n - 1] == 'd' && folded[n - 2] >= '0' && folded[n - 2] <= '9')
		n--;
	for (size_t i = 0; i < COUNT_OF(larger_units); i++)
		if (ends_in(folded, &n, larger_units[i].word)) {
			*before = n;
			return larger_units[i].vi;
		}
	return NULL;
}

static int column_exactly(const struct asked *asked, const char *folded)
{
	for (size_t i = 0; i < asked->n_saved; i++)
		if (strcmp(asked->saved[i].heading, folded) == 0)
			return asked->saved[i].column;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (!(table[i].kinds & (1u << asked->kind)))
			continue;
		for (size_t j = 0; j < COUNT_OF(table[i].words) && table[i].words[j]; j++)
			if (table[i].words[j][0] == folded[0] && strcmp(table[i].words[j], folded) == 0)
				return (int)table[i].cell;
	}
	return COLUMN_IGNORED;
}

static bool is_money(int column)
{
	return column == CELL_AMOUNT || column == CELL_TOTAL || column == CELL_OTHER_MONEY;
}

/* A folded heading as it stands, or without its unit. */
static int column_named(const struct asked *asked, const char *folded)
{
	char text[LIST_HEADING_MAX];
	size_t n = folded ? strlen(folded) : 0, before;
	if (n == 0 || n >= sizeof text)
		return COLUMN_IGNORED;
	memcpy(text, folded, n + 1);
	int column = column_exactly(asked, text);
	if (column == COLUMN_IGNORED && larger_unit(text, &before)) {
		text[before] = '\0';
		column = column_exactly(asked, text);
		return is_money(column) ? column : COLUMN_IGNORED;
	}
	for (size_t i = 0; i < COUNT_OF(units) && column == COLUMN_IGNORED; i++) {
		size_t unit = strlen(units[i]);
		if (n <= unit || strcmp(text + n - unit, units[i]) != 0)
			continue;
		text[n - unit] = '\0';
		column = column_exactly(asked, text);
		text[n - unit] = ' ';
	}
	return column;
}

/* ---- one row or two ------------------------------------------------------------------------------------------------- */

static struct heading heading_of(const struct asked *asked, struct arena *a, struct bytes text)
{
	struct heading h = {.text = text};
	char folded[LIST_HEADING_MAX];
	if (list_heading_fold(a, text, folded))
		h.folded = arena_strdup(a, folded);
	h.column = column_named(asked, h.folded);
	return h;
}

/* Both texts as one. Halves that are headings need no folding again. */
static struct heading joined(
	const struct asked *asked, struct arena *a, const struct heading *group, const struct heading *own)
{
	size_t n = group->text.n + 1 + own->text.n;
	char *text = arena_alloc(a, n);
	memcpy(text, group->text.at, group->text.n);
	text[group->text.n] = ' ';
	memcpy(text + group->text.n + 1, own->text.at, own->text.n);
	if (!group->folded || !own->folded || n >= LIST_HEADING_MAX)
		return heading_of(asked, a, bytes_of(text, n));
	struct heading h = {.text = bytes_of(text, n)};
	h.folded = arena_printf(a, "%s %s", group->folded, own->folded);
	h.column = column_named(asked, h.folded);
	return h;
}

/* Who signs for the money may be anybody. */
static bool is_for_signatures(const struct heading *group)
{
	return group->folded &&
	       (strncmp(group->folded, "nguoi nhan", 10) == 0 || strncmp(group->folded, "ky nhan", 7) == 0);
}

/* A column of a group: by both texts, else by its own; but whatever a group of other money holds is no part of the benefit. */
static int column_in_group(const struct heading *whole, const struct heading *group, int column)
{
	if (whole->column != COLUMN_IGNORED || is_for_signatures(group))
		return whole->column;
	if (group->column != CELL_OTHER_MONEY)
		return column;
	return column == CELL_AMOUNT || column == CELL_TOTAL ? CELL_OTHER_MONEY : COLUMN_IGNORED;
}

static void note_column(
	struct arena *a, struct headings *h, size_t i, int column, const struct heading *heading)
{
	h->column[i] = column;
	if (column == COLUMN_IGNORED)
		return;
	enum list_cell c = (enum list_cell)column;
	size_t before;
	if (is_money(column) && heading->folded && larger_unit(heading->folded, &before))
		h->unit = larger_unit(heading->folded, &before);
	if (c == CELL_OTHER_MONEY) {
		h->other[i] = arena_strndup(a, (const char *)heading->text.at, heading->text.n);
	} else if (h->has[c]) {
		h->twice = c;
		h->is_twice = true;
		h->twice_at[1] = i;
		for (h->twice_at[0] = 0; h->column[h->twice_at[0]] != column;)
			h->twice_at[0]++;
	}
	h->has[c] = true;
	h->known++;
}

static const struct heading none = {.column = COLUMN_IGNORED};

static const struct heading *at(const struct heading_line *line, size_t i)
{
	return i < line->n ? &line->at[i] : &none;
}

/* One row of headings, or (low->n > 0) an upper row of groups and a lower one of their columns. *lower: the lower one names something. */
static struct headings headings_of(const struct asked *asked, struct arena *a, const struct heading_line *up,
	const struct heading_line *low, bool *lower)
{
	struct headings h = {.n = up->n > low->n ? up->n : low->n};
	const struct heading *group = &none;
	*lower = false;
	for (size_t i = 0; i < h.n; i++) {
		const struct heading *own = at(up, i), *below = at(low, i);
		if (own->text.n > 0)
			group = below->text.n > 0 ? own : &none;
		if (below->text.n == 0) {
			note_column(a, &h, i, own->column, own);
		} else if (group == &none) {
			note_column(a, &h, i, below->column, below);
		} else {
			struct heading whole = joined(asked, a, group, below);
			note_column(a, &h, i, column_in_group(&whole, group, below->column), &whole);
			*lower = *lower || whole.column != COLUMN_IGNORED;
		}
		*lower = *lower || below->column != COLUMN_IGNORED;
	}
	return h;
}

static bool is_there(const struct headings *h, size_t i)
{
	return h->has[required[i].cell] || h->has[required[i].or_cell];
}

static bool headings_complete(enum list_kind kind, const struct headings *h)
{
	for (size_t i = 0; i < COUNT_OF(required); i++)
		if ((required[i].kinds & (1u << kind)) && !is_there(h, i))
			return false;
	return !h->is_twice;
}

/* ---- the search ---------------------------------------------------------------------------------------------------- */

void heading_search_begin(struct heading_search *s, struct arena *a, const struct asked *asked)
{
	*s = (struct heading_search){.arena = a, .asked = asked};
}

/* Rows of people hold long numbers, and their amounts and days; rows of columns hold none. */
static bool has_long_number(const struct heading_line *line)
{
	for (size_t i = 0; i < line->n; i++) {
		struct bytes text = line->at[i].text;
		size_t digits = 0;
		for (size_t j = 0; j < text.n; j++)
			digits += text.at[j] >= '0' && text.at[j] <= '9';
		if (digits >= 4)
			return true;
	}
	return false;
}

static bool consider(struct heading_search *s, enum legacy l, int32_t row, const struct headings *h)
{
	s->complete = headings_complete(s->asked->kind, h);
	if (s->complete || h->known > s->found.known) {
		s->found = *h;
		s->found.row = row;
		s->legacy = l;
	}
	return s->complete;
}

/* The row in this encoding; empty when it says nothing in it, or nothing else than in Unicode. */
static struct heading_line decoded(struct heading_search *s, enum legacy l, const struct bytes *in, size_t n)
{
	struct bytes text[COLUMNS_MAX];
	bool any = l == LEGACY_NONE;
	for (size_t i = 0; i < n; i++) {
		bool changed;
		if (!legacy_decode(l, s->arena, in[i], &text[i], &changed))
			return (struct heading_line){0};
		if (changed)
			text[i] = tidy_cell(s->arena, text[i]);
		any = any || changed;
	}
	if (!any)
		return (struct heading_line){0};
	struct heading_line line = {n, arena_array(s->arena, n, struct heading)};
	for (size_t i = 0; i < n; i++)
		line.at[i] = heading_of(s->asked, s->arena, text[i]);
	return line;
}

/* «Đơn vị tính: nghìn đồng», mostly alone in a cell above the headings. */
static void note_unit(struct heading_search *s, const struct heading_line *line)
{
	static const char *const says[] = {"don vi tinh", "don vi", "dvt"};
	for (size_t i = 0; i < line->n && !s->unit; i++) {
		const char *folded = line->at[i].folded;
		size_t before;
		const char *unit = folded ? larger_unit(folded, &before) : NULL;
		for (size_t j = 0; j < COUNT_OF(says) && unit && !s->unit; j++)
			if (ends_in(folded, &before, says[j])) {
				s->unit = unit;
				s->unit_row = s->row_before;
			}
	}
}

/* The row before, alone or with this one below it. */
static bool look(struct heading_search *s, int32_t row, const struct heading_line now[LEGACIES])
{
	bool two = now[LEGACY_NONE].n > 0 && row == s->row_before + 1, lower;
	for (int l = LEGACY_NONE; l < LEGACIES && !s->complete; l++) {
		if (s->before[l].n == 0 && !(two && now[l].n > 0))
			continue;
		struct heading_line up = s->before[s->before[l].n > 0 ? l : LEGACY_NONE];
		struct heading_line low = now[now[l].n > 0 ? l : LEGACY_NONE], alone = {0};
		note_unit(s, &up);
		if (two && !has_long_number(&low)) {
			struct headings h = headings_of(s->asked, s->arena, &up, &low, &lower);
			if (lower && consider(s, (enum legacy)l, row, &h)) {
				s->lines[0] = up;
				s->lines[1] = low;
				break;
			}
		}
		struct headings h = headings_of(s->asked, s->arena, &up, &alone, &lower);
		if (consider(s, (enum legacy)l, s->row_before, &h))
			s->lines[0] = up;
	}
	return s->complete;
}

#define SEARCH_MAX ((size_t)8 << 20) /* bytes: a hundred times of what the first rows of a list need */

/* A copy; of what is too long for a heading only so much that it stays too long: small files can hold many such cells. */
static struct bytes kept_of(struct arena *a, struct bytes cell)
{
	size_t n = cell.n;
	if (n > LIST_HEADING_MAX)
		for (n = LIST_HEADING_MAX; n < cell.n && (cell.at[n] & 0xc0) == 0x80;)
			n++;
	return bytes_of(arena_copy(a, cell.at, n), n);
}

bool heading_search_row(struct heading_search *s, int32_t row, const struct bytes *cells, size_t n)
{
	struct heading_line now[LEGACIES];
	struct bytes kept[COLUMNS_MAX];
	for (size_t i = 0; i < n; i++)
		kept[i] = kept_of(s->arena, cells[i]);
	for (int l = LEGACY_NONE; l < LEGACIES; l++)
		now[l] = decoded(s, (enum legacy)l, kept, n);
	if (s->before[LEGACY_NONE].n > 0 && look(s, row, now))
		return true;
	memcpy(s->before, now, sizeof now);
	s->row_before = row;
	s->rows = arena_used(s->arena) > SEARCH_MAX ? INT32_MAX : s->rows + 1;
	return false;
}

bool heading_search_end(struct heading_search *s)
{
	static const struct heading_line nothing[LEGACIES];
	return s->complete || (s->before[LEGACY_NONE].n > 0 && look(s, 0, nothing));
}

/* ---- what is wrong --------------------------------------------------------------------------------------------------- */

static const char *required_vi(enum list_kind kind, enum list_cell c)
{
	for (size_t i = 0; i < COUNT_OF(required); i++)
		if ((required[i].kinds & (1u << kind)) && required[i].cell == c)
			return required[i].vi;
	return list_cell_name(c);
}

bool headings_refuse(const struct asked *asked, const struct headings *h, struct problem *p)
{
	char missing[200] = "";
	size_t n = 0;
	if (h->row == 0 || h->known < 2)
		return problem_set(p, "heading_none", 0, "");
	if (h->is_twice) {
		char letters[2][LIST_LETTERS_SIZE];
		snprintf(missing, sizeof missing, "%s%d, %s%d «%s»",
			list_letters((int)h->twice_at[0] + 1, letters[0]), h->row,
			list_letters((int)h->twice_at[1] + 1, letters[1]), h->row,
			required_vi(asked->kind, h->twice));
		return problem_set(p, "heading_twice", h->row, missing);
	}
	for (size_t i = 0; i < COUNT_OF(required); i++) {
		if (!(required[i].kinds & (1u << asked->kind)) || is_there(h, i) || n >= sizeof missing)
			continue;
		int wrote = snprintf(
			missing + n, sizeof missing - n, "%s«%s»", n > 0 ? ", " : "", required[i].vi);
		n += (size_t)wrote;
	}
	return problem_set(p, "heading_missing", h->row, missing);
}

bool headings_unit_check(const struct heading_search *s, struct problem *p)
{
	const struct headings *h = &s->found;
	if (h->unit)
		return problem_set(p, "amount_unit", h->row, h->unit);
	bool money = h->has[CELL_AMOUNT] || h->has[CELL_TOTAL] || h->has[CELL_OTHER_MONEY];
	return !money || !s->unit || problem_set(p, "amount_unit", s->unit_row, s->unit);
}

static bool is_line(const struct heading_line *line, const struct bytes *cells, size_t n)
{
	bool same = line->n > 0;
	for (size_t i = 0; i < COLUMNS_MAX && same; i++)
		same = bytes_eq(i < n ? cells[i] : none.text, at(line, i)->text);
	return same;
}

enum repeat headings_repeated(
	const struct heading_search *s, struct arena *a, const struct bytes *cells, size_t n)
{
	const struct headings *h = &s->found;
	size_t same = 0, other = 0;
	if (is_line(&s->lines[0], cells, n) || is_line(&s->lines[1], cells, n))
		return REPEAT_SAME;
	for (size_t i = 0; i < n; i++) {
		int column = heading_of(s->asked, a, cells[i]).column;
		bool here = i < h->n && h->column[i] != COLUMN_IGNORED;
		same += here && column == h->column[i];
		other += column != COLUMN_IGNORED && (!here || column != h->column[i]);
	}
	if (same + other < 3)
		return REPEAT_NONE;
	return other == 0 ? REPEAT_SAME : REPEAT_OTHER;
}

/* ---- what is asked ---------------------------------------------------------------------------------------------------- */

static bool read_saved(char *heading, struct asked *out)
{
	char *tab = strchr(heading, '\t');
	enum list_cell c = CELL_ID;
	if (!tab || out->n_saved == LIST_SAVED_MAX)
		return false;
	*tab = '\0';
	bool ignored = strcmp(tab + 1, "ignored") == 0;
	if (!ignored && !list_cell_parse(tab + 1, &c))
		return false;
	out->saved[out->n_saved++] = (struct saved_heading){heading, ignored ? COLUMN_IGNORED : (int)c};
	return true;
}

bool asked_read(char *text, struct asked *out)
{
	for (char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return false;
		*end = '\0';
		if (strncmp(line, "sheet\t", 6) == 0) {
			out->sheet = line + 6;
			continue;
		}
		if (strncmp(line, "cells\t", 6) == 0) {
			out->cells = true;
			out->legacy = legacy_named(line + 6);
			continue;
		}
		if (strncmp(line, "heading\t", 8) != 0 || !read_saved(line + 8, out))
			return false;
	}
	return true;
}
