/* lists: how long a workbook takes to be read and judged, beside the time that libxlsxwriter needs to write it.
 *
 *	lists [ROWS [ROUNDS]]      100,000 and 3
 *
 * No database: build/bin/chitra-parse reads the file in its cage, and this program judges each row as the importer does. Both work at once,
 * as in an import. Then five times as many rows, as a workbook and as CSV, for the parser's peak of memory, which must not grow with them.
 * Prints one JSON object with medians; never fails on time, but with 1 when a row was not accepted. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "ledger/base/clock.h"
#include "ledger/register/entry.h"

#define COLUMNS    11
#define ROUNDS_MAX 25
#define MORE       5u
#define PIECE      ((size_t)1 << 20)

static const char *const heads[COLUMNS] = {"STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD",
	"Đối tượng", "Mức trợ cấp", "Hình thức chi trả", "Số tài khoản", "Ngân hàng", "Số điện thoại"};

static double seconds_since(int64_t start_us)
{
	return (double)(monotonic_us() - start_us) / 1e6;
}

static void write_row(lxw_worksheet *s, lxw_row_t at, unsigned i)
{
	char text[64];
	worksheet_write_number(s, at, 0, i, NULL);
	snprintf(text, sizeof text, "Nguyễn Thị Lan %c%c", 'A' + (char)(i % 26), 'a' + (char)(i / 26 % 26));
	worksheet_write_string(s, at, 1, text, NULL);
	worksheet_write_string(s, at, 2, "12/03/1943", NULL);
	worksheet_write_string(s, at, 3, "Nữ", NULL);
	snprintf(text, sizeof text, "099143%06u", i % 1000000);
	worksheet_write_string(s, at, 4, text, NULL);
	worksheet_write_string(s, at, 5, "Người cao tuổi từ đủ 80 tuổi", NULL);
	worksheet_write_number(s, at, 6, 360000, NULL);
	worksheet_write_string(s, at, 7, "Tài khoản", NULL);
	snprintf(text, sizeof text, "9704%010u", i);
	worksheet_write_string(s, at, 8, text, NULL);
	worksheet_write_string(s, at, 9, "DEMO", NULL);
	worksheet_write_string(s, at, 10, "0912345678", NULL);
}

static double write_book(const char *path, unsigned rows)
{
	int64_t start = monotonic_us();
	lxw_workbook_options how = {.constant_memory = LXW_TRUE};
	lxw_workbook *b = workbook_new_opt(path, &how);
	lxw_worksheet *s = workbook_add_worksheet(b, NULL);
	for (lxw_col_t c = 0; c < COLUMNS; c++)
		worksheet_write_string(s, 0, c, heads[c], NULL);
	for (unsigned i = 0; i < rows; i++)
		write_row(s, i + 1, i);
	worksheet_write_string(s, rows + 1, 0, "Tổng cộng", NULL);
	worksheet_write_number(s, rows + 1, 6, 360000.0 * rows, NULL);
	if (workbook_close(b) != LXW_NO_ERROR)
		exit(1);
	return seconds_since(start);
}

static void write_csv(const char *path, unsigned rows)
{
	FILE *f = fopen(path, "w");
	if (!f)
		exit(1);
	for (size_t c = 0; c < COLUMNS; c++)
		fprintf(f, "%s%s", c > 0 ? "," : "", heads[c]);
	for (unsigned i = 0; i < rows; i++)
		fprintf(f,
			"\n%u,Nguyễn Thị Lan %c%c,12/03/1943,Nữ,099143%06u,Người cao tuổi từ đủ 80 tuổi,360000,Tài khoản,9704%010u,DEMO,0912345678",
			i, 'A' + (char)(i % 26), 'a' + (char)(i / 26 % 26), i % 1000000, i);
	fprintf(f, "\nTổng cộng,,,,,,%.0f,,,,\n", 360000.0 * rows);
	if (fclose(f) != 0)
		exit(1);
}

/* ---- the other way ---------------------------------------------------------------------------------------------------------- */

static struct category elder[] = {{.code = "SA_ELDER_C", .programme = "social", .rate_code = "SA_ELDER_C"}};

static struct reference reference_of(struct arena *a)
{
	static const char *codes[] = {"DEMO"};
	struct reference r = {
		.arena = a, .sandbox = true, .bank_codes = codes, .categories = {.n = 1, .at = elder}};
	bool is_new;
	map_begin(&r.banks, a);
	map_begin(&r.categories.aliases, a);
	*map_put(&r.banks, bytes_z("demo"), 0, &is_new) = 0;
	category_alias_add(&r.categories, "Người cao tuổi từ đủ 80 tuổi", 0);
	if (!day_of_ymd(2024, 4, 3, &r.today))
		exit(1);
	return r;
}

static size_t judge(struct arena *a, const struct reference *reference, char *text, char *end)
{
	const struct import_terms terms = {.programme = "social", .period = {.year = 2024, .month = 4}};
	struct list_row row;
	struct why why = {0};
	size_t accepted = 0;
	while (list_row_read(LIST_PAYMENT, &text, end, &row, &why)) {
		struct entry e;
		if (row.title || row.head || row.total)
			continue;
		entry_judge(a, reference, &terms, &row, &e);
		accepted += e.status == ENTRY_ACCEPTED;
	}
	return accepted;
}

static pid_t start_parser(const char *path, int *rows)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		exit(1);
	fcntl(ends[1], F_SETPIPE_SZ, PIECE);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(open(path, O_RDONLY), 0);
		dup2(ends[1], 1);
		execl("build/bin/chitra-parse", "chitra-parse", "payment-list", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*rows = ends[0];
	return pid;
}

static double read_book(const char *path, size_t *accepted, long *peak_kb)
{
	static char text[2 * PIECE];
	int64_t start = monotonic_us();
	struct arena *whole = arena_new(), *a = arena_new();
	struct reference reference = reference_of(whole);
	struct rusage used;
	size_t n = 0;
	int fd, status;
	pid_t pid = start_parser(path, &fd);
	*accepted = 0;
	for (ssize_t got; (got = read(fd, text + n, PIECE)) > 0;) {
		n += (size_t)got;
		char *lf = memrchr(text, '\n', n);
		if (!lf)
			continue;
		*accepted += judge(a, &reference, text, lf + 1);
		n -= (size_t)(lf + 1 - text);
		memmove(text, lf + 1, n);
		arena_reset(a);
	}
	close(fd);
	if (wait4(pid, &status, 0, &used) != pid || status != 0)
		*accepted = 0;
	*peak_kb = used.ru_maxrss;
	arena_free(a);
	arena_free(whole);
	return seconds_since(start);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *of, size_t n)
{
	qsort(of, n, sizeof *of, by_size);
	return of[n / 2];
}

int main(int argc, char **argv)
{
	unsigned rows = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100000;
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 3, accepted = 0;
	double wrote[ROUNDS_MAX], took[ROUNDS_MAX], ratio[ROUNDS_MAX];
	char path[] = "/tmp/chitra-bench-XXXXXX";
	long peak = 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || close(mkstemp(path)) != 0)
		return 64;
	for (size_t i = 0; i < rounds; i++) {
		wrote[i] = write_book(path, rows);
		took[i] = read_book(path, &accepted, &peak);
		ratio[i] = took[i] / wrote[i];
		if (accepted != rows)
			break;
	}
	size_t more = 0, as_text = 0;
	long peak_more = 0, peak_text = 0;
	write_book(path, MORE * rows);
	read_book(path, &more, &peak_more);
	write_csv(path, MORE * rows);
	read_book(path, &as_text, &peak_text);
	unlink(path);
	bool all = accepted == rows && more == MORE * rows && as_text == MORE * rows;
	printf("{\"bench\": \"lists\", \"rows\": %u, \"accepted\": %zu, \"write_s\": %.3f, \"read_and_judge_s\": %.3f, \"ratio\": %.2f, "
	       "\"parser_peak_kb\": %ld, \"more_rows\": %u, \"more_accepted\": %zu, \"more_peak_kb\": %ld, \"csv_accepted\": %zu, "
	       "\"csv_peak_kb\": %ld}\n",
		rows, accepted, median(wrote, rounds), median(took, rounds), median(ratio, rounds), peak,
		MORE * rows, more, peak_more, as_text, peak_text);
	return all ? 0 : 1;
}
