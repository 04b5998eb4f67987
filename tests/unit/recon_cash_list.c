/* The agent's list is taken whole or not at all. */
#include <stdio.h>
#include <string.h>

#include "ledger/recon/cash_list.h"
#include "tests/lib/tap.h"

#define LAN  "099190000123"
#define MINH "099085000456"

static struct cash_rows rows;
static struct why why;

/* Lines as chitra-parse writes them: row, what, problem, ID, name, amount, outcome, day, raw. */
static bool reads(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);
	why = (struct why){0};
	rows = (struct cash_rows){0};
	return cash_rows_read(a, copy, strlen(copy), &rows, &why);
}

static void is_refused(
	struct arena *a, const char *text, const char *code, const char *words, const char *title)
{
	bool refused = !reads(a, text) && strcmp(why.code, code) == 0 && strstr(why.text, words) != NULL;
	ok(refused, "%s", title);
	if (!refused)
		note("%s: %s", why.code, why.text);
}

int main(void)
{
	struct arena *a = arena_new();
	ok(reads(a, "2\trow\t\t" LAN "\tNguyễn Thị Lan\t540.000\tĐã trả\t03/04/2024\tx\n"
		    "3\trow\t\t" MINH "\tTrần Văn Minh\t360000\tchưa trả\t\tx\n"),
		"a list of one who came and one who did not");
	ok(rows.n == 2 && rows.at[0].paid && !rows.at[1].paid, "says so");
	is_i64(vnd_dong(rows.at[0].amount), 540000, "amounts are read as lists write them");
	char day[DAY_TEXT_SIZE];
	is_str(day_format(rows.at[0].day, day), "2024-04-03", "and days");
	is_i64(rows.at[1].row, 3, "each keeps its row");

	is_refused(a,
		"2\trow\t\t" LAN "\tA\t540000\tĐã trả\t03/04/2024\tx\n3\trow\t\t" LAN
		"\tA\t540000\tĐã trả\t03/04/2024\tx\n",
		"cash_twice", "row 3", "nobody stands on it twice");
	is_refused(a, "2\trow\t\t12345\tA\t540000\tĐã trả\t03/04/2024\tx\n", "personal_id_length", "row 2",
		"an ID has 12 digits");
	is_refused(a, "2\trow\t\t" LAN "\tA\t5,4\tĐã trả\t03/04/2024\tx\n", "cash_row", "row 2",
		"an amount is whole");
	is_refused(a, "2\trow\t\t" LAN "\tA\t0\tĐã trả\t03/04/2024\tx\n", "cash_row", "row 2", "and not 0");
	is_refused(a, "2\trow\t\t" LAN "\tA\t540000\thôm sau\t03/04/2024\tx\n", "cash_row", "neither",
		"an outcome is one of two");
	is_refused(a, "2\trow\t\t" LAN "\tA\t540000\tĐã trả\t\tx\n", "cash_row", "no day",
		"who was paid was paid on a day");
	is_refused(a, "2\trow\tshort_row\t" LAN "\tA\t540000\tĐã trả\t03/04/2024\tx\n", "cash_row",
		"short_row", "a row that cannot be read is named");
	is_refused(a, "", "cash_empty", "nobody", "an empty list is none");
	is_refused(a, "nonsense\n", "parser_line", "", "only what chitra-parse writes is read");
	arena_free(a);
	return done_testing();
}
