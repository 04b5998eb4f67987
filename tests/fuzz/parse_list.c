/* Any bytes as a list: they end in lines that the importer reads back and judges, or in a named problem. The input says what is asked
 * (asked.h), and in pieces of which size the file arrives. */
#include "tests/fuzz/asked.h"
#include "daemon/parse/csv_list.h"
#include "ledger/register/change.h"

static bool take(void *context, struct bytes lines)
{
	return buf_add_bytes(context, lines);
}

static void judge(enum list_kind kind, struct buf *lines)
{
	struct arena *a = arena_new();
	struct reference reference = {.arena = a, .sandbox = true};
	struct import_terms terms = {
		.programme = "social", .period = {.year = 2024, .month = 4}, .accept_repairs = true};
	struct list_row row;
	struct why why = {0};
	map_begin(&reference.banks, a);
	map_begin(&reference.categories.aliases, a);
	char *copy = arena_strndup(a, lines->at ? (const char *)lines->at : "", lines->n), *rest = copy;
	while (list_row_read(kind, &rest, copy + lines->n, &row, &why)) {
		struct entry e;
		struct account_entry account;
		struct death_entry death;
		entry_judge(a, &reference, &terms, &row, &e);
		account_entry_judge(a, &reference, "DEMO", &row, &account);
		death_entry_judge(a, &reference, &row, &death);
		struct change_entry change;
		change_judge(a, &reference, LIST_DECREASE, &row, &change);
		change_judge(a, &reference, LIST_MOVES, &row, &change);
		change_judge(a, &reference, LIST_CORRECTIONS, &row, &change);
	}
	if (*why.code || rest != copy + lines->n)
		abort();
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_free) struct buf lines = BUF((size_t)64 << 20);
	struct bytes in = bytes_of(data, size);
	struct asked asked;
	char *copy;
	if (asked_take(&in, &asked, &copy) && in.n > 0) {
		size_t piece = (size_t)in.at[0] + 1;
		struct csv_list *l = csv_list_new(&asked, take, &lines);
		bool good = true;
		for (size_t at = 1; at < in.n && good; at += piece)
			good = csv_list_feed(l, bytes_of(in.at + at, in.n - at < piece ? in.n - at : piece));
		good = good && csv_list_end(l);
		if (good == (csv_list_problem(l)->code != NULL))
			abort();
		if (good && !asked.cells)
			judge(asked.kind, &lines);
		csv_list_free(l);
	}
	free(copy);
	return 0;
}
