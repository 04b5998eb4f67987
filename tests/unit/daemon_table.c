/* Tables on a terminal that is narrower than they are: nothing is lost, no figure is broken, rows stay together. */
#include "daemon/cli/cli.h"
#include "tests/lib/tap.h"

#include <stdlib.h>
#include <string.h>

static const char *const headings[] = {">số", "họ và tên", ">đã chi (đồng)", "trạng thái"};
static const char *const two[] = {
	"1", "Nguyễn Thị Lan", "1.500.000", "đã nhận", "12", "H'Blang", "900.000", "chờ ngân hàng"};
static const char *const one_long[] = {"1", "Lan", "1.500.000", "đã nhận", "2", "Mai", "1.500.000", "đã nhận",
	"3", "Bế Văn Đàn", "1.500.000", "chờ ngân hàng", "4", "Sen", "1.500.000", "đã nhận"};

static const char *const all_long[] = {"1", "Nguyễn Thị Lan", "1.500.000", "chờ ngân hàng", "2",
	"Trần Văn Hùng", "1.500.000", "chờ ngân hàng"};

static void is_table(struct arena *a, const char *const *cells, size_t n, size_t terminal,
	const char *expected, const char *title)
{
	struct table t = table_new(a, headings, COUNT_OF(headings));
	char *text = NULL;
	size_t bytes = 0;
	for (size_t i = 0; i < n; i++)
		table_add(&t, cells[i]);
	FILE *to = open_memstream(&text, &bytes);
	bug_if(!to);
	table_print_in(&t, to, terminal);
	bug_if(fclose(to) != 0);
	is_str(text, expected, "%s", title);
	free(text);
}

#define IS_TWO(...) is_table(a, two, COUNT_OF(two), __VA_ARGS__)
#define WHOLE                                                           \
	"số  họ và tên       đã chi (đồng)  trạng thái\n" \
	" 1  Nguyễn Thị Lan      1.500.000  đã nhận\n"          \
	"12  H'Blang               900.000  chờ ngân hàng\n"

int main(void)
{
	struct arena *a = arena_new();
	IS_TWO(SIZE_MAX, WHOLE, "what no terminal reads is as wide as it is");
	IS_TWO(48, WHOLE, "what fits exactly stays as it is");
	IS_TWO(44,
		"số  họ và tên          đã chi  trạng thái\n"
		"                       (đồng)\n"
		"────────────────────────────────────────────\n"
		" 1  Nguyễn Thị Lan  1.500.000  đã nhận\n"
		"12  H'Blang           900.000  chờ ngân hàng\n",
		"where it does not fit, headings are broken at spaces first, and what is said of a row is not");
	is_table(a, all_long, COUNT_OF(all_long), 32,
		"số  họ và tên             đã chi\n"
		"                          (đồng)\n"
		"    trạng thái\n"
		"────────────────────────────────\n"
		" 1  Nguyễn Thị Lan     1.500.000\n"
		"    chờ ngân hàng\n"
		" 2  Trần Văn Hùng      1.500.000\n"
		"    chờ ngân hàng\n",
		"narrower still, a row goes on in a second line, further in, and so do the headings");
	is_table(a, one_long, COUNT_OF(one_long), 36,
		"số  họ và tên     đã chi  trạng thái\n"
		"                  (đồng)\n"
		"────────────────────────────────────\n"
		" 1  Lan        1.500.000  đã nhận\n"
		" 2  Mai        1.500.000  đã nhận\n"
		" 3  Bế Văn     1.500.000  chờ ngân\n"
		"    Đàn                   hàng\n"
		" 4  Sen        1.500.000  đã nhận\n",
		"or a text is broken at its spaces, where that makes the table shorter; figures never are");
	is_table(a, two, 0, 5,
		"số\n"
		"    họ\n"
		"    và\n"
		"    tên\n"
		"    đã chi\n"
		"    (đồng)\n"
		"    trạng\n"
		"    thái\n"
		"─────\n"
		"(không có)\n",
		"where nothing fits nothing is lost, and a table without rows says so");
	arena_free(a);
	return done_testing();
}
