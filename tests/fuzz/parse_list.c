/* Any bytes as a list: they end in lines that the importer reads back and judges, or in a named problem. The input says what is asked
 * (asked.h), and in pieces of which size the file arrives. */
#include "tests/fuzz/asked.h"
#include "daemon/parse/csv_list.h"
#include "ledger/register/change.h"
#include "ledger/register/title.h"

static bool take(void *context, struct bytes lines)
{
	return buf_add_bytes(context, lines);
}

/* Two wards of one province, for titles to name. */
static struct area_scope two_wards(struct arena *a, struct areas *areas, struct day day)
{
	static const struct area wards[] = {{.level = AREA_COMMUNE, .code = "22915", .name = "Phường Mũi Né"},
		{.level = AREA_COMMUNE, .code = "22960", .name = "Xã Phong Nẫm"}};
	areas_begin(areas, a, COUNT_OF(wards) + 1);
	struct area *above = areas_add(
		areas, &(struct area){.level = AREA_PROVINCE, .code = "60", .name = "Tỉnh Bình Thuận"});
	for (size_t i = 0; i < COUNT_OF(wards); i++)
		areas_add(areas, &wards[i])->parent = above;
	return area_scope(a, areas, "22915", day, NULL);
}

static void judge(enum list_kind kind, struct buf *lines)
{
	struct arena *a = arena_new();
	struct reference reference = {.arena = a, .sandbox = true};
	struct import_terms terms = {
		.programme = "social", .period = {.year = 2024, .month = 4}, .accept_repairs = true};
	struct area_scope scope = two_wards(a, &reference.areas, month_first(terms.period));
	struct title title = {0};
	struct list_row row;
	struct why why = {0}, title_why;
	map_begin(&reference.banks, a);
	map_begin(&reference.categories.aliases, a);
	char *copy = arena_strndup(a, lines->at ? (const char *)lines->at : "", lines->n), *rest = copy;
	while (list_row_read(kind, &rest, copy + lines->n, &row, &why)) {
		struct entry e;
		struct account_entry account;
		struct death_entry death;
		if (row.title)
			title_read(a, &scope, row.row, row.raw, &title);
		entry_judge(a, &reference, &terms, &row, &e);
		account_entry_judge(a, &reference, "DEMO", &row, &account);
		death_entry_judge(a, &reference, &row, &death);
		struct change_entry change;
		change_judge(a, &reference, LIST_DECREASE, &row, &change);
		change_judge(a, &reference, LIST_MOVES, &row, &change);
		change_judge(a, &reference, LIST_CORRECTIONS, &row, &change);
	}
	if (!title_check(a, &title, &scope, terms.period, &title_why) && *title_why.text == '\0')
		abort();
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
