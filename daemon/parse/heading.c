#include "daemon/parse/heading.h"

#include <stdio.h>
#include <string.h>

#include "ledger/base/name.h"

#define HEADING_MAX 300 /* bytes; anything longer is a sentence, not a heading */

#define PAYMENT  (1u << LIST_PAYMENT)
#define ACCOUNTS (1u << LIST_ACCOUNTS)
#define DEATHS   (1u << LIST_DEATHS)
#define AGENT    (1u << LIST_AGENT_PAID)
#define ALL      (PAYMENT | ACCOUNTS | DEATHS | AGENT)

/* Folded, with letters and digits only. Lists that are met bring more of them. */
/* clang-format off: a table is read by row */
static const struct {
	unsigned kinds;
	enum list_cell cell;
	const char *words[14];
} table[] = {
	{ALL, CELL_ID,
		{"so cccd", "cccd", "so dinh danh", "so dinh danh ca nhan", "ma dinh danh", "so cccd cmnd",
			"so cccd so dinh danh", "so cccd ddcn", "so can cuoc", "so can cuoc cong dan",
			"can cuoc cong dan", "so cccd dinh danh"}},
	{PAYMENT | DEATHS | AGENT, CELL_NAME,
		{"ho va ten", "ho ten", "ho ten nguoi huong", "ho va ten nguoi huong", "ho ten doi tuong",
			"ho va ten doi tuong"}},
	{PAYMENT, CELL_BIRTH,
		{"ngay sinh", "nam sinh", "ngay thang nam sinh", "ngay thang nam sinh duong lich"}},
	{PAYMENT, CELL_SEX, {"gioi tinh", "gioi", "nam nu"}},
	{PAYMENT, CELL_CATEGORY,
		{"doi tuong", "loai doi tuong", "nhom doi tuong", "doi tuong huong", "dien huong"}},
	{PAYMENT, CELL_INJURY,
		{"ty le ttct", "ty le ton thuong co the", "ty le thuong tat", "ti le thuong tat",
			"ti le ttct", "ty le suy giam"}},
	{PAYMENT, CELL_AMOUNT,
		{"muc tro cap", "muc ho tro", "muc huong", "so tien tro cap", "tien tro cap thang nay",
			"so tien", "muc tro cap thang"}},
	{AGENT, CELL_AMOUNT, {"so tien", "so tien da tra", "so tien chi tra"}},
	{PAYMENT, CELL_MONTHS, {"so thang"}},
	{PAYMENT, CELL_TOTAL,
		{"thanh tien", "tong", "tong cong", "tong so tien", "tong so tien tro cap", "tong tien"}},
	{PAYMENT, CELL_FROM, {"tu thang"}},
	{PAYMENT, CELL_TO, {"den thang"}},
	{PAYMENT, CELL_DECISION, {"so quyet dinh", "quyet dinh", "so quyet dinh huong"}},
	{PAYMENT, CELL_OTHER_MONEY,
		{"truy linh", "mai tang phi", "chua tra thang truoc", "so tien chua tra", "truy thu",
			"khau tru", "tien tet", "qua tet"}},
	{PAYMENT, CELL_METHOD,
		{"hinh thuc chi tra", "hinh thuc nhan", "hinh thuc nhan tien", "hinh thuc",
			"phuong thuc chi tra"}},
	{PAYMENT | ACCOUNTS, CELL_ACCOUNT,
		{"so tai khoan", "tai khoan", "so tk", "stk", "so tai khoan nguoi nhan"}},
	{PAYMENT | ACCOUNTS, CELL_BANK,
		{"ngan hang", "ma ngan hang", "tai ngan hang", "ngan hang mo tai khoan"}},
	{PAYMENT, CELL_HOLDER,
		{"chu tai khoan", "ten chu tai khoan", "ho ten chu tai khoan", "ten tai khoan"}},
	{ACCOUNTS, CELL_HOLDER,
		{"ho ten chu tai khoan", "chu tai khoan", "ten chu tai khoan", "ho va ten", "ho ten",
			"ten tai khoan"}},
	{PAYMENT, CELL_DELEGATE,
		{"nguoi nhan thay", "uy quyen", "nguoi nhan thay uy quyen", "nguoi duoc uy quyen",
			"ho ten nguoi nhan thay"}},
	{PAYMENT, CELL_AUTHORITY, {"giay uy quyen", "so giay uy quyen", "van ban uy quyen"}},
	{PAYMENT, CELL_AUTHORITY_UNTIL, {"uy quyen den ngay", "thoi han uy quyen", "han uy quyen"}},
	{PAYMENT, CELL_PHONE, {"so dien thoai", "dien thoai", "sdt", "so dt"}},
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
	{ALL, CELL_ID, CELL_ID, "Số CCCD"},
	{PAYMENT | DEATHS | AGENT, CELL_NAME, CELL_NAME, "Họ và tên"},
	{PAYMENT, CELL_BIRTH, CELL_BIRTH, "Ngày sinh"},
	{PAYMENT, CELL_SEX, CELL_SEX, "Giới tính"},
	{PAYMENT, CELL_CATEGORY, CELL_CATEGORY, "Đối tượng"},
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

/* «Tỷ lệ TTCT (%)» gives "ty le ttct": letters, digits and single spaces. False when it cannot be a heading. */
static bool heading_fold(struct arena *a, struct bytes cell, char out[static HEADING_MAX])
{
	const char *folded;
	size_t n = 0;
	if (cell.n == 0 || cell.n >= HEADING_MAX || !name_fold(a, cell, &folded, NULL))
		return false;
	for (const char *s = folded; *s && n < HEADING_MAX - 1; s++) {
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

static int column_named(enum list_kind kind, const char *folded)
{
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (!(table[i].kinds & (1u << kind)))
			continue;
		for (size_t j = 0; j < COUNT_OF(table[i].words) && table[i].words[j]; j++)
			if (strcmp(table[i].words[j], folded) == 0)
				return (int)table[i].cell;
	}
	return COLUMN_IGNORED;
}

void headings_read(struct arena *a, enum list_kind kind, int32_t row, const struct bytes *cells, size_t n,
	struct headings *out)
{
	struct headings h = {.row = row, .n = n};
	bug_if(n > COLUMNS_MAX);
	for (size_t i = 0; i < n; i++) {
		char folded[HEADING_MAX];
		h.column[i] = heading_fold(a, cells[i], folded) ? column_named(kind, folded) : COLUMN_IGNORED;
		if (h.column[i] == COLUMN_IGNORED)
			continue;
		enum list_cell c = (enum list_cell)h.column[i];
		if (c == CELL_OTHER_MONEY)
			h.other[i] = arena_strndup(a, (const char *)cells[i].at, cells[i].n);
		else if (h.has[c]) {
			h.twice = c;
			h.is_twice = true;
		}
		h.has[c] = true;
		h.known++;
	}
	*out = h;
}

static bool is_there(const struct headings *h, size_t i)
{
	return h->has[required[i].cell] || h->has[required[i].or_cell];
}

bool headings_complete(enum list_kind kind, const struct headings *h)
{
	for (size_t i = 0; i < COUNT_OF(required); i++)
		if ((required[i].kinds & (1u << kind)) && !is_there(h, i))
			return false;
	return !h->is_twice;
}

static const char *required_vi(enum list_kind kind, enum list_cell c)
{
	for (size_t i = 0; i < COUNT_OF(required); i++)
		if ((required[i].kinds & (1u << kind)) && required[i].cell == c)
			return required[i].vi;
	return list_cell_name(c);
}

bool headings_refuse(enum list_kind kind, const struct headings *h, struct problem *p)
{
	char missing[200] = "";
	size_t n = 0;
	if (h->row == 0 || h->known < 2)
		return problem_set(p, "heading_none", 0, "");
	if (h->is_twice)
		return problem_set(p, "heading_twice", h->row, required_vi(kind, h->twice));
	for (size_t i = 0; i < COUNT_OF(required); i++) {
		if (!(required[i].kinds & (1u << kind)) || is_there(h, i) || n >= sizeof missing)
			continue;
		int wrote = snprintf(
			missing + n, sizeof missing - n, "%s«%s»", n > 0 ? ", " : "", required[i].vi);
		n += (size_t)wrote;
	}
	return problem_set(p, "heading_missing", h->row, missing);
}
