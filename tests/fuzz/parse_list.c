/* Any bytes as a list: they end in lines that the importer reads back and judges, or in a named problem. The first byte chooses the
 * kind of list, the second how the bytes arrive. */
#include <stdlib.h>
#include <string.h>

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
	struct buf lines;
	if (size < 2)
		return 0;
	enum list_kind kind = (enum list_kind)(data[0] % LIST_KINDS);
	size_t piece = (size_t)data[1] + 1;
	buf_init(&lines, (size_t)64 << 20);
	struct asked asked = {.kind = kind};
	struct csv_list *l = csv_list_new(&asked, take, &lines);
	bool good = true;
	for (size_t at = 2; at < size && good; at += piece)
		good = csv_list_feed(l, bytes_of(data + at, size - at < piece ? size - at : piece));
	good = good && csv_list_end(l);
	if (!good && !csv_list_problem(l)->code)
		abort();
	if (good)
		judge(kind, &lines);
	csv_list_free(l);
	buf_free(&lines);
	return 0;
}
