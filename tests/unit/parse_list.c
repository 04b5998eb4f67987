/* What chitra-parse makes of files: the shapes that lists come in, what makes a file unreadable, and that no bytes break it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/parse/csv_list.h"
#include "ledger/base/text.h"
#include "tests/lib/tap.h"

static struct buf lines;
static struct problem problem;

static bool take(void *context, struct bytes piece)
{
	(void)context;
	return buf_add_bytes(&lines, piece);
}

/* Parses in pieces of `size` bytes; whether the file was good. */
static bool parse(enum list_kind kind, struct bytes file, size_t size)
{
	const struct asked asked = {.kind = kind};
	struct csv_list *l = csv_list_new(&asked, take, NULL);
	bool good = true;
	buf_reset(&lines);
	for (size_t at = 0; at < file.n && good; at += size)
		good = csv_list_feed(l, bytes_of(file.at + at, file.n - at < size ? file.n - at : size));
	good = good && csv_list_end(l);
	problem = *csv_list_problem(l);
	csv_list_free(l);
	return good;
}

#define HEAD "STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả\n"
#define LAN  "1,Nguyễn Thị Lan,1943,Nữ,099143000123,Người cao tuổi từ đủ 80 tuổi,360.000,Tiền mặt\n"
#define SUM  "Tổng cộng,,,,,,360.000,\n"

static const char *refused(const char *file)
{
	return parse(LIST_PAYMENT, bytes_z(file), 4096) ? "accepted" : problem.code;
}

/* The cell of the first row; the row number in *row. */
static const char *first_cell(const char *file, enum list_cell cell, int *row)
{
	static char copy[1 << 16];
	struct list_row r;
	struct why why = {0};
	*row = 0;
	if (!parse(LIST_PAYMENT, bytes_z(file), 7))
		return problem.code;
	snprintf(copy, sizeof copy, "%s", buf_str(&lines));
	char *rest = copy;
	bool more = true;
	while (more && (rest == copy || r.title))
		more = list_row_read(LIST_PAYMENT, &rest, copy + strlen(copy), &r, &why);
	if (!more || !r.head || !list_row_read(LIST_PAYMENT, &rest, copy + strlen(copy), &r, &why))
		return "no row";
	*row = r.row;
	return r.cells[cell];
}

static void shapes(void)
{
	int row;
	is_str(first_cell(HEAD LAN SUM, CELL_ID, &row), "099143000123", "a list in commas is read");
	is_i64(row, 2, "rows are counted as a spreadsheet counts them");
	is_str(first_cell("\xef\xbb\xbf" HEAD LAN SUM, CELL_ID, &row), "099143000123",
		"a byte order mark is no part of a heading");
	is_str(first_cell("UBND PHƯỜNG\n\n\"DANH SÁCH\nCHI TRẢ\"\n" HEAD LAN SUM, CELL_NAME, &row),
		"Nguyễn Thị Lan", "titles above the headings are passed over");
	is_i64(row, 5, "a blank row and a cell of two lines are one row each");
	is_str(first_cell(
		       "STT;Mức trợ cấp;HÌNH THỨC CHI TRẢ;Họ và tên;Ngày sinh;Giới tính;số cccd;Đối tượng\r\n"
		       "1;360.000;Tiền mặt;Nguyễn Thị Lan;1943;Nữ;099143000123;x\r\n;;;Tổng cộng;;;;\r\n",
		       CELL_AMOUNT, &row),
		"360.000", "semicolons, another order, capitals and CR LF are the same list");
	is_i64(row, 2, "CR LF is one end of a row");
	is_str(first_cell(
		       "Họ và tên\tNgày sinh\tGiới tính\tSố CCCD\tĐối tượng\tMức trợ cấp\tHình thức chi trả\n"
		       "Lan\t1943\tNữ\t099143000123\tx\t1\t\nTổng cộng\t\t\t\t\t1\t\n",
		       CELL_NAME, &row),
		"Lan", "tabs separate too");
	is_str(first_cell(
		       "Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả\n"
		       "Nguye\xcc\x82\xcc\x83n  Thi\xcc\xa3\xc2\xa0Lan,1943,Nữ,099143000123,x,1,\nTổng cộng,,,,,1,\n",
		       CELL_NAME, &row),
		"Nguyễn Thị Lan", "decomposed letters and no-break spaces become what everybody else writes");
	is_str(first_cell(HEAD "A,B,C,D,1,2,3,4\n" LAN SUM, CELL_NAME, &row), "Nguyễn Thị Lan",
		"a row that numbers the columns is no person");
	is_str(first_cell(
		       HEAD "1,Công Tằng Tôn Nữ,1943,Nữ,099143000123,x,1,\nCộng,,,,,,1,\n", CELL_NAME, &row),
		"Công Tằng Tôn Nữ", "a person whose name begins with Công is no totals row");
	is_str(first_cell(
		       "STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Truy lĩnh,Hình thức chi trả\n"
		       "1,Lan,1943,Nữ,099143000123,x,1,250000,\nTổng cộng,,,,,,1,,\n",
		       CELL_OTHER_MONEY, &row),
		"Truy lĩnh", "money under a heading that no rule knows is named, not overlooked");
}

/* What stands above the headings, as "row text;" with | between cells. */
static const char *titles_of(enum list_kind kind, struct bytes file)
{
	static char out[4096];
	struct list_row r;
	struct why why = {0};
	size_t n = 0;
	out[0] = '\0';
	if (!parse(kind, file, 11))
		return problem.code;
	char *rest = (char *)(uintptr_t)buf_str(&lines), *end = rest + lines.n;
	while (list_row_read(kind, &rest, end, &r, &why))
		if (r.title)
			n += (size_t)snprintf(out + n, sizeof out - n, "%d %s;", r.row, r.raw);
	for (char *c = out; *c; c++)
		*c = *c == '\t' ? '|' : *c;
	return *why.code ? "wrong lines" : out;
}

static void titles(void)
{
	char long_row[9000] = "", *at = long_row;
	is_str(titles_of(LIST_PAYMENT, bytes_z("UBND  PHƯỜNG,,CỘNG HÒA\n\nTháng 5 năm 2024,\n" HEAD LAN SUM)),
		"1 UBND PHƯỜNG|CỘNG HÒA;3 Tháng 5 năm 2024;",
		"the rows above the headings are handed over, without blank rows and cells");
	is_str(titles_of(LIST_PAYMENT, bytes_z(HEAD LAN SUM)), "", "headings are no title");
	is_str(titles_of(LIST_PAYMENT, bytes_z("Phường\nTháng 5,\n" HEAD LAN SUM)), "1 Phường;2 Tháng 5;",
		"also the one right above them");
	is_str(titles_of(LIST_PAYMENT,
		       bytes_z("Tháng 5,\nSTT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Trợ cấp,Hình thức chi trả\n"
			       ",,,,,,Mức trợ cấp,\n" LAN SUM)),
		"1 Tháng 5;2 STT|Họ và tên|Ngày sinh|Giới tính|Số CCCD|Đối tượng|Trợ cấp|Hình thức chi trả;",
		"which the upper of two rows of headings might be");
	is_str(titles_of(LIST_DEATHS,
		       bytes_z("Tháng 5,\nSố CCCD,Họ và tên,Ngày mất\n099143000123,Lan,1/2/2024\n")),
		"", "a list of no ward has none");
	for (int i = 0; i < 1000; i++)
		at += snprintf(at, sizeof long_row - (size_t)(at - long_row), "%s", i % 100 ? "ữữ" : ",");
	snprintf(at, sizeof long_row - (size_t)(at - long_row), "\n%s", HEAD LAN SUM);
	const char *cut = titles_of(LIST_PAYMENT, bytes_z(long_row));
	ok(strlen(cut) > LIST_RAW_MAX - 8 && strlen(cut) <= LIST_RAW_MAX + 3,
		"an endless title is cut between two letters");
}

static const char *row_problem(const char *row)
{
	static char file[8192], copy[1 << 16];
	struct list_row r;
	struct why why = {0};
	snprintf(file, sizeof file, HEAD "%sTổng cộng,,,,,,1,\n", row);
	if (!parse(LIST_PAYMENT, bytes_z(file), 4096))
		return problem.code;
	snprintf(copy, sizeof copy, "%s", buf_str(&lines));
	char *rest = copy;
	bool head = list_row_read(LIST_PAYMENT, &rest, copy + strlen(copy), &r, &why) && r.head;
	if (!head || !list_row_read(LIST_PAYMENT, &rest, copy + strlen(copy), &r, &why))
		return "no row";
	return *r.problem ? r.problem : "good";
}

static void bad_rows(void)
{
	is_str(row_problem("1,Lan,1943,Nữ,099143000123,x,1,\n"), "good",
		"a row as long as the headings is good");
	is_str(row_problem("1,Lan,1943,Nữ,099143000123,x\n"), "short_row",
		"a short row is a bad row, not a bad file");
	is_str(row_problem("1,Lan,1943,Nữ,099143000123,x,1,,tràn\n"), "long_row",
		"so is one with a cell too many");
	is_str(row_problem("1,Lan,1943,Nữ,099143000123,x,1,,,\n"), "good",
		"empty cells at the end do no harm");
	is_str(row_problem("1,L\x01n,1943,Nữ,099143000123,x,1,\n"), "control_character",
		"so is one with a control character");
}

static void bad_files(void)
{
	is_str(refused(""), "file_empty", "an empty file is refused");
	is_str(refused("một,hai\nba,bốn\n"), "heading_none", "a file without headings is refused");
	is_str(refused("STT,Họ và tên,Ngày sinh,Giới tính,Đối tượng,Mức trợ cấp,Hình thức chi trả\n1,2,3,4,5,6,7\n"),
		"heading_missing", "a list without the column of the ID is refused");
	is_str(problem.detail, "«Số CCCD»", "and the missing heading is named");
	is_str(refused("Số CCCD," HEAD LAN SUM), "heading_twice", "two columns for one thing are refused");
	is_str(refused(HEAD LAN), "total_missing",
		"a list without a totals row may be cut off, and is refused");
	is_str(refused(HEAD LAN SUM LAN), "rows_after_total", "people below the totals row are refused");
	is_i64(problem.row, 4, "with their row");
	is_str(refused(HEAD SUM), "no_rows", "a list of nobody is refused");
	is_str(refused(HEAD LAN SUM ",,,,,,,\n,Người lập biểu,,Kế toán,,,,\n"), "accepted",
		"signatures below are passed over");
	char commas[301], wide[sizeof HEAD + sizeof commas + sizeof LAN + sizeof SUM];
	memset(commas, ',', 300);
	commas[300] = '\0';
	snprintf(wide, sizeof wide, "%s%s\n%s", HEAD, commas, LAN SUM);
	is_str(refused(wide), "too_many_columns",
		"a row of 300 columns right below the headings is not dropped");
	is_i64(problem.row, 2, "but named");
	is_str(refused(HEAD "1,\"Lan,1943,Nữ\n" LAN SUM), "quote_unclosed",
		"a quote that nothing closes is refused");
	is_str(parse(LIST_PAYMENT, bytes_of(HEAD "a\0b" LAN, sizeof HEAD + 20), 64) ? "accepted"
										    : problem.code,
		"file_nul", "a NUL byte is refused");
	is_i64(problem.row, 2, "with its row");
	is_str(refused("STT,H\xf7 v\xe0 t\xean\n"), "file_encoding",
		"an encoding that is not read is refused");
	is_str(problem.detail, "VISCII", "by its name");
	is_str(refused("STT,So CCCD,Ho ten,Ngay sinh,Gioi tinh,Doi tuong,So tien,Hinh thuc\n"
		       "1,099143000123,Nguy\xd4n,1943,N\xf7,x,1,\nTong cong,,,,,,1,\n"),
		"file_encoding", "headings that say nothing of the encoding leave letters unread");
	is_i64(problem.row, 2, "and the row is named");
	is_str(refused(HEAD LAN "2,L\xc3n,1943\n" SUM), "file_encoding",
		"one letter of another encoding is refused");
	is_i64(problem.row, 3, "with its row");
	is_str(problem.detail, "không rõ, ô B3", "with the cell where that begins");
	is_str(refused(HEAD LAN "1,L\xc3"), "file_encoding", "a file that ends inside a letter is refused");
}

static void large_file(void)
{
	size_t piece = 1 << 20, total = 0;
	uint8_t *row = malloc(piece);
	const struct asked payment = {.kind = LIST_PAYMENT};
	struct csv_list *l = csv_list_new(&payment, take, NULL);
	bool good = csv_list_feed(l, bytes_z(HEAD));
	memset(row, ',', piece);
	for (size_t i = 999; i < piece; i += 1000)
		row[i] = '\n';
	for (; good && total < (size_t)200 << 20; total += piece)
		good = csv_list_feed(l, bytes_of(row, piece));
	is_str(good ? "accepted" : csv_list_problem(l)->code, "too_many_columns",
		"a row of a thousand columns is refused");
	csv_list_free(l);
	l = csv_list_new(&payment, take, NULL);
	good = csv_list_feed(l, bytes_z(HEAD));
	memset(row, '\n', piece);
	for (total = 0; good && total <= LIST_FILE_MAX; total += piece)
		good = csv_list_feed(l, bytes_of(row, piece));
	is_str(good ? "accepted" : csv_list_problem(l)->code, "file_too_large",
		"a file beyond the limit is refused");
	csv_list_free(l);
	free(row);
}

/* Whatever the pieces, the lines are the same. */
static void pieces(void)
{
	static const char file[] = "\xef\xbb\xbfTiêu đề\n" HEAD LAN
				   "2,\"Lê \"\"Tí\"\", em\",1950,Nam,099050000001,x,1,\r\n" SUM;
	char whole[8192];
	bool same = parse(LIST_PAYMENT, bytes_z(file), sizeof file);
	snprintf(whole, sizeof whole, "%s", buf_str(&lines));
	for (size_t size = 1; size < sizeof file && same; size++)
		same = parse(LIST_PAYMENT, bytes_z(file), size) && strcmp(whole, buf_str(&lines)) == 0;
	ok(same, "the rows do not depend on how the bytes arrive");
}

static void other_kinds(void)
{
	ok(parse(LIST_ACCOUNTS,
		   bytes_z("STT,Số CCCD,Họ tên chủ tài khoản,Số tài khoản,Trạng thái\n1,099143000123,LAN,1234,Đang hoạt động\n"),
		   64),
		"a bank's list of accounts is read");
	ok(parse(LIST_DEATHS, bytes_z("Số CCCD,Họ và tên,Ngày mất\n099143000123,Lan,27/02/2024\n"), 64),
		"so is a list of deaths");
	ok(parse(LIST_AGENT_PAID,
		   bytes_z("Số CCCD,Họ và tên,Số tiền,Kết quả,Ngày trả\n099143000123,Lan,360000,đã trả,03/04/2024\n"),
		   64),
		"so is a cash agent's list");
}

/* Random damage to a good file: it ends in lines that read back, or in a problem with a code; never otherwise. */
static uint32_t seed = 20240403;
static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static bool reads_back(enum list_kind kind)
{
	char *copy = malloc(lines.n + 1);
	struct list_row row;
	struct why why = {0};
	memcpy(copy, lines.at ? (const void *)lines.at : "", lines.n);
	char *rest = copy, *end = copy + lines.n;
	while (list_row_read(kind, &rest, end, &row, &why))
		continue;
	bool good = *why.code == '\0' && rest == end;
	free(copy);
	return good;
}

static void random_dirt(void)
{
	static const char good[] = "Danh sách\n" HEAD LAN LAN
				   "2,\"Lê, Tí\",1950,Nam,99050000001,x;y,1.000.000,\n" SUM "\nKý tên,,\n";
	static const char dirt[] = ",;\"\n\r\t\\\0\x80\xcc\xff"
				   "0A ";
	int bad = 0, accepted = 0;
	for (int i = 0; i < 20000; i++) {
		uint8_t file[sizeof good];
		memcpy(file, good, sizeof good);
		size_t n = sizeof good - 1 - (draw(4) == 0 ? draw(sizeof good - 1) : 0);
		for (uint32_t j = draw(6); j > 0; j--)
			file[draw((uint32_t)n + 1)] = (uint8_t)dirt[draw(sizeof dirt - 1)];
		enum list_kind kind = (enum list_kind)draw(LIST_KINDS);
		bool fine = parse(kind, bytes_of(file, n), 1 + draw(80));
		accepted += fine;
		bad += fine ? !reads_back(kind) : problem.code == NULL;
	}
	is_i64(bad, 0, "20,000 damaged files end in rows that read back or in a named problem");
	ok(accepted > 100, "some of them are still lists");
}

int main(void)
{
	buf_init(&lines, (size_t)1 << 26);
	shapes();
	titles();
	bad_rows();
	bad_files();
	pieces();
	other_kinds();
	random_dirt();
	large_file();
	buf_free(&lines);
	return done_testing();
}
