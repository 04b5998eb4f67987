/* What a list's title says: the month and the unit; and what only looks as if it said them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/name.h"
#include "ledger/register/title.h"
#include "tests/unit/register_fixture.h"

static struct arena *arena;
static struct areas areas;

static struct area *unit(enum area_level level, const char *code, const char *name, const char *from,
	const char *to, const char *parent)
{
	struct area a = {.level = level, .code = code, .name = name, .from = day_z(from), .from_known = true};
	a.ends = to != NULL;
	a.to = day_z(to ? to : "9999-12-31");
	struct area *made = areas_add(&areas, &a);
	if (parent)
		areas_link_parent(
			&areas, made, parent, day_z(level == AREA_PROVINCE ? "2025-07-01" : "2004-01-01"));
	return made;
}

/* Phan Thiết before July 2025 and after: Phú Hài and Phú Thủy became Phường Phú Thuỷ. */
static void units(void)
{
	areas_begin(&areas, arena, 22);
	unit(AREA_PROVINCE, "60", "Tỉnh Bình Thuận", "2004-01-01", NULL, NULL);
	unit(AREA_PROVINCE, "68", "Tỉnh Lâm Đồng", "2025-07-01", NULL, NULL);
	areas_link_later(&areas, "60", day_z("2004-01-01"), "68", day_z("2025-07-01"));
	unit(AREA_PROVINCE, "79", "Thành phố Hồ Chí Minh", "2004-01-01", NULL, NULL);
	unit(AREA_DISTRICT, "593", "Thành phố Phan Thiết", "2004-01-01", NULL, "60");
	unit(AREA_COMMUNE, "22915", "Phường Mũi Né", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22916", "Xã Mũi Né", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22921", "Phường Phú Hài", "2004-01-01", "2025-06-30", "593");
	unit(AREA_COMMUNE, "22924", "Phường Phú Thủy", "2004-01-01", "2025-06-30", "593");
	unit(AREA_COMMUNE, "22960", "Xã Phong Nẫm", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22963", "Xã Tiến Lợi", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22966", "Xã Tiến Lợi Đông", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22970", "Xã La Gi", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22971", "Phường 4", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "22972", "Phường Xuân Hương - Đà Lạt", "2004-01-01", NULL, "593");
	unit(AREA_COMMUNE, "26734", "Phường Bến Nghé", "2004-01-01", NULL, "79");
	unit(AREA_COMMUNE, "22925", "Phường Phú Thuỷ", "2025-07-01", NULL, "60");
	areas_link_later(&areas, "22921", day_z("2004-01-01"), "22925", day_z("2025-07-01"));
	areas_link_later(&areas, "22924", day_z("2004-01-01"), "22925", day_z("2025-07-01"));
}

/* "" when the title agrees; else what differs. Rows are parted by line feeds. */
static const char *differs_in(const char *area, const char *period, const char *rows)
{
	static struct why why;
	struct month m = month_z(period);
	struct area_scope scope = area_scope(arena, &areas, area, month_first(m), NULL);
	struct title t = {0};
	int32_t row = 1;
	char *copy = arena_strdup(arena, rows);
	for (char *line = copy, *end; line; line = end, row++) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		title_read(arena, &scope, row, line, &t);
	}
	why_clear(&why);
	bool good = title_check(arena, &t, &scope, m, &why);
	return good ? "" : why.text;
}

static const char *one_line(const char *rows)
{
	char *s = arena_strdup(arena, rows);
	for (char *c = s; *c; c++)
		*c = *c == '\n' || *c == '\t' ? '|' : *c;
	return s;
}

static const char *month_in(const char *rows)
{
	const char *said = differs_in("22915", "2024-06", rows);
	static char month[16];
	month[0] = '\0';
	if (strstr(said, "ghi tháng "))
		snprintf(month, sizeof month, "%.*s", (int)strcspn(strstr(said, "ghi tháng ") + 11, ","),
			strstr(said, "ghi tháng ") + 11);
	return month;
}

static void months(void)
{
	static const char *const other[][2] = {
		{"Tháng 05 năm 2024", "05/2024"},
		{"DANH SÁCH CHI TRẢ THÁNG 5/2024", "05/2024"},
		{"tháng 5-2024", "05/2024"},
		{"tháng 5 - 2024", "05/2024"},
		{"tháng 5.2024", "05/2024"},
		{"Tháng: 5, năm: 2024", "05/2024"},
		{"THÁNG 5 (NĂM 2024)", "05/2024"},
		{"Tháng\t05\tNăm\t2024", "05/2024"},
		{"Tha\u0301ng 05 na\u0306m 2024", "05/2024"},
		{"Danh sách T5/2024", "05/2024"},
		{"DS T.05/2024", "05/2024"},
		{"Kỳ chi trả: 05/2024", "05/2024"},
		{"Kỳ 5/2024", "05/2024"},
		{"Danh sách tháng 5", "05"},
		{"Tháng 6 năm 2023", "06/2023"},
		{"Tháng 5\nKỳ 5/2024", "05/2024"},
		{"Mẫu số 02 - Tháng 5 năm 2024", "05/2024"},
		{"¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼¼ DS Tháng 5/2024", "05/2024"},
		{"Mẫu 02\tTháng 5 năm 2024", "05/2024"},
	};
	static const char *const none[] = {"Tháng 06 năm 2024", "tháng 6", "T6/2024", "Kỳ chi trả 06/2024",
		"Phan Thiết, ngày 20 tháng 5 năm 2024", "Phan Thiết, ngày … tháng 5 năm 2024",
		"ngày ___ tháng 5 năm 2024", "ngày .... tháng 5 năm 2024", "Công văn số 12 tháng 3 năm 2024",
		"Quyết định 08/2022/QĐ-TTg ngày 28/3/2022", "Quý II/2024", "Quý 2 năm 2024, tháng 5",
		"Từ tháng 4 đến tháng 5 năm 2024", "từ tháng 5/2024", "tháng 4, 5 năm 2024",
		"tháng 4, 5, 6 năm 2024", "tháng 4 và 5/2024", "tháng 4+5/2024", "tháng 4-5/2024",
		"Tháng 5 năm 2024 và truy lĩnh tháng 4", "Tháng 5 năm 2024\nTháng 5 năm 2023",
		"3 tháng đầu năm 2024", "trẻ em dưới 36 tháng 5 người", "hằng tháng", "tháng 13", "tháng này",
		"Năm 2024", "88888888888888888888 tháng 5", "T 5", "kỳ 5", "T/M UBND", ""};
	for (size_t i = 0; i < COUNT_OF(other); i++)
		is_str(month_in(other[i][0]), other[i][1], "%s", one_line(other[i][0]));
	for (size_t i = 0; i < COUNT_OF(none); i++)
		is_str(differs_in("22915", "2024-06", none[i]), "", "nothing: %s", one_line(none[i]));
	is_str(differs_in("22915", "2024-06", "\nTháng 5 năm 2024"),
		"dòng 2 ghi tháng 05/2024, đang nhập cho --period 2024-06",
		"the row and both months are told");
}

static const char *unit_in(const char *area, const char *rows)
{
	const char *said = differs_in(
		area, strcmp(area, "22925") == 0 || strcmp(area, "68") == 0 ? "2025-08" : "2024-06", rows);
	static char name[80];
	const char *at = strstr(said, " ghi ");
	snprintf(name, sizeof name, "%.*s", at ? (int)strcspn(at + 5, "(,") : 0, at ? at + 5 : "");
	return name;
}

static void wards(void)
{
	static const char *const other[][2] = {
		{"UBND PHƯỜNG PHÚ HÀI", "Phường Phú Hài "},
		{"UBND phường Phú Hài\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Phường Phú Hài "},
		{"ỦY BAN NHÂN DÂN XÃ PHONG NẪM THÀNH PHỐ PHAN THIẾT", "Xã Phong Nẫm "},
		{"Danh sách xã Tiến Lợi tháng 6 năm 2024", "Xã Tiến Lợi "},
		{"Danh sách xã Tiến Lợi Đông", "Xã Tiến Lợi Đông "},
		{"Xã, phường:\tPhú Hài", "Phường Phú Hài "},
		{"Phường:\tPhú Hài", "Phường Phú Hài "},
		{"xã/phường Phú Hài", "Phường Phú Hài "},
		{"UBND Phường 04", "Phường 4 "},
		{"Phường Xuân Hương - Đà Lạt", "Phường Xuân Hương - Đà Lạt "},
	};
	static const char *const none[] = {"UBND PHƯỜNG MŨI NÉ", "UBND XÃ MŨI NÉ",
		"UBND phường Mũi Né\nChi qua bưu cục phường Phú Hài", "Phường Phú Hài và phường Mũi Né",
		"SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI TỈNH BÌNH THUẬN", "UBND TỈNH BÌNH THUẬN",
		"UBND THÀNH PHỐ PHAN THIẾT", "PHÒNG LĐ-TB&XH HUYỆN PHÚ HÀI", "Thị xã La Gi",
		"Hợp tác xã Tiến Lợi", "Phường Bến Nghé", "Phường Phú", "Xã Phú Hài", "phường Phú Hài Tây",
		"Xã Tiến Lợi Tây", "Danh sách xã, phường", "Địa chỉ: 12 Trần Phú, phường Phú Hài",
		"P. Phú Hài", ""};
	for (size_t i = 0; i < COUNT_OF(other); i++)
		is_str(unit_in("22915", other[i][0]), other[i][1], "%s", one_line(other[i][0]));
	for (size_t i = 0; i < COUNT_OF(none); i++)
		is_str(unit_in("22915", none[i]), "", "nothing: %s", one_line(none[i]));
	is_str(unit_in("60", "UBND phường Phú Hài"), "",
		"a unit in the province that was asked for is no other");
	is_str(unit_in("68", "UBND phường Phú Hài"), "", "nor is one of a province that went into it");
	is_str(unit_in("22925", "UBND phường Phú Hài"), "", "nor is what the unit was made of");
	is_str(unit_in("22924", "UBND phường Phú Thuỷ"), "", "nor what it became");
	is_str(unit_in("22925", "UBND phường Mũi Né"), "Phường Mũi Né ", "but a neighbour is");
	is_str(differs_in("22915", "2024-06", "UBND phường Phú Hài\nTháng 5 năm 2024"),
		"dòng 2 ghi tháng 05/2024, đang nhập cho --period 2024-06; dòng 1 ghi Phường Phú Hài (22921), đang nhập cho Phường Mũi Né (22915)",
		"month and unit are told together");
	is_str(differs_in("99999", "2024-06", "UBND phường Phú Hài"), "",
		"an unknown unit is told elsewhere");
}

int main(void)
{
	arena = arena_new();
	units();
	months();
	wards();
	arena_free(arena);
	return done_testing();
}
