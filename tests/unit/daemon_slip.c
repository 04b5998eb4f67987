/* A citizen's slip: the same page for the same payment, and none that lacks a letter or whose code holds no receipt. */
#include <stdlib.h>
#include <string.h>

#include "ledger/base/file.h"
#include "daemon/cli/slip_page.h"
#include "tests/lib/tap.h"

static struct slip lan(size_t code)
{
	static char text[8000];
	struct slip s = {
		.id = "7K3M9QAB2CDEFGHJKMN",
		.agency = "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI TỈNH BÌNH THUẬN",
		.programme = "Người có công với cách mạng",
		.name = "Nguyễn Thị Phượng Hoàng Ánh Tuyết",
		.ward = "Phường Phú Thủy",
		.month = {.year = 2024, .month = 4},
		.kind = "regular",
		.amount = vnd(4414000),
		.place = "Agribank",
		.holder = "NGUYEN THI PHUONG HOANG ANH TUYET",
		.account_kind = "self",
		.account = "••••6699",
		.leaf = 185,
		.recorded_us = 1712106000000000,
		.checkpoint = {.origin = "so-chi-tra.binhthuan.gov.vn/tro-cap", .size = 1234567},
	};

	bug_if(code >= sizeof text || !day_parse(bytes_z("2024-04-03"), &s.paid));
	memset(text, 'A', code);
	s.code = bytes_of(text, code);
	return s;
}

/* So many bytes of syllables. */
static const char *words(size_t n)
{
	static char text[2][4096];
	static size_t turn;
	char *to = text[turn++ % 2];

	bug_if(n >= sizeof *text);
	for (size_t i = 0; i < n; i++)
		to[i] = "NGUYEN PHUONG "[i % 14];
	to[n] = '\0';
	return to;
}

int main(void)
{
	CLEANUP(arena_drop) struct arena *a = arena_new();
	CLEANUP(buf_free)
	struct buf one = BUF(SLIP_PAGE_MAX), two = BUF(SLIP_PAGE_MAX), longest = BUF(SLIP_PAGE_MAX),
		   none = BUF(SLIP_PAGE_MAX);
	struct why why = {.code = ""};
	struct slip s = lan(2300);
	const char *to = getenv("SLIP_TO");

	ok(slip_page(a, &s, &one, &why), "a slip with a receipt of 20 hashes and two witnesses is a page");
	ok(slip_page(a, &s, &two, &why) && bytes_eq(buf_bytes(&one), buf_bytes(&two)),
		"the same slip is the same page byte for byte");
	if (to)
		ok(write_file_durable(to, buf_bytes(&one), 0600, &why), "written to %s", to);
	s = lan(2300);
	s.name = words(200);
	s.holder = words(200);
	ok(slip_page(a, &s, &longest, &why), "names of 200 letters are on a page too");
	if (to)
		ok(write_file_durable(arena_printf(a, "%s.long", to), buf_bytes(&longest), 0600, &why),
			"written to %s.long", to);
	s.agency = words(4000);
	ok(!slip_page(a, &s, &none, &why), "what fits on no page is no slip");
	is_str(why.code, "slip_large", "for that reason");
	s = lan(7000);
	ok(!slip_page(a, &s, &none, &why), "what no code holds is no slip");
	is_str(why.code, "slip_large", "for that reason");
	s = lan(2300);
	s.name = "Nguyễn \U00010380";
	ok(!slip_page(a, &s, &none, &why), "a letter that no font here has is not left blank");
	is_str(why.code, "slip_font", "for that reason");
	return done_testing();
}
