#include "daemon/cli/carry_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/register/carry_store.h"
#include "daemon/cli/area_signs.h"
#include "daemon/cli/csv_out.h"

static const char *number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

static const char *dots(struct arena *a, struct vnd v)
{
	char text[VND_TEXT_SIZE];
	return arena_strdup(a, vnd_format_dots(v, text));
}

static void print_csv(struct arena *a, const struct carry *c)
{
	static const char *const heading[] = {"programme", "ward", "name", "birth_year", "this_month_dong",
		"arrears_dong", "grants_dong", "earlier_months", "earlier_dong", "total_dong"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < c->n; i++) {
		const struct carry_row *r = &c->rows[i];
		const char *cells[] = {r->programme, r->area, r->name, number(a, r->birth_year),
			number(a, vnd_dong(r->this_month)), number(a, vnd_dong(r->arrears)),
			number(a, vnd_dong(r->grants)), number(a, r->earlier_months),
			number(a, vnd_dong(r->earlier)), number(a, vnd_dong(r->all))};
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

/* What is paid beside the month itself stands below it, and only where there is any: eighty columns are enough. */
static void add_beside(struct arena *a, struct table *t, const char *what, struct vnd v)
{
	const char *cells[] = {"", what, "", dots(a, v), "", ""};
	for (size_t i = 0; vnd_dong(v) != 0 && i < COUNT_OF(cells); i++)
		table_add(t, cells[i]);
}

static void add_line(
	struct arena *a, struct table *t, const char *n, const char *year, const struct carry_row *r)
{
	const char *earlier = r->earlier_months == 0 ? "0"
						     : arena_printf(a, "%s (%" PRId64 " th)",
							       dots(a, r->earlier), r->earlier_months);
	const char *cells[] = {n, r->name, year, dots(a, r->this_month), earlier, dots(a, r->all)};
	for (size_t i = 0; i < COUNT_OF(cells); i++)
		table_add(t, cells[i]);
	add_beside(a, t, "  truy lĩnh", r->arrears);
	add_beside(a, t, "  một lần", r->grants);
}

static void add_to(struct vnd *sum, struct vnd v)
{
	bug_if(!vnd_add(*sum, v, sum));
}

/* One programme's people of one ward, with their sum; how many they are. */
static size_t print_ward(struct arena *a, const struct carry_row *rows, size_t n)
{
	static const char *const heading[] = {
		">STT", "họ và tên", ">sinh", ">tháng này", ">chưa lĩnh trước", ">cộng"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	struct carry_row sum = {.name = "Cộng"};
	size_t i;
	for (i = 0; i < n && strcmp(rows[i].programme, rows->programme) == 0 &&
		    strcmp(rows[i].area, rows->area) == 0;
		i++) {
		const struct carry_row *r = &rows[i];
		add_line(a, &t, number(a, (int64_t)i + 1), number(a, r->birth_year), r);
		add_to(&sum.this_month, r->this_month);
		add_to(&sum.arrears, r->arrears);
		add_to(&sum.grants, r->grants);
		add_to(&sum.earlier, r->earlier);
		add_to(&sum.all, r->all);
		sum.earlier_months += r->earlier_months;
	}
	add_line(a, &t, "", "", &sum);
	printf("\nChương trình %s, %s%s%s\n\n", rows->programme, rows->area, *rows->area_name ? " " : "",
		rows->area_name);
	table_print(&t);
	return i;
}

static void print_words(struct arena *a, const struct carry *c)
{
	printf("Tháng này và chưa lĩnh các tháng trước, đồng%s\n", c->n == 0 ? ": không có ai" : "");
	struct area_signs signs = {0};
	for (size_t i = 0; i < c->n;) {
		area_signs_see(&signs, c->rows[i].area);
		i += print_ward(a, &c->rows[i], c->n - i);
	}
	area_signs_print(&signs);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct carry *c = what;
	json_open_array(j, "people");
	for (size_t i = 0; i < c->n; i++) {
		const struct carry_row *r = &c->rows[i];
		json_open_object(j, NULL);
		json_put_str(j, "programme", r->programme);
		json_put_str(j, "ward", r->area);
		json_put_str(j, "name", r->name);
		json_put_i64(j, "birth_year", r->birth_year);
		json_put_vnd(j, "this_month_dong", r->this_month);
		json_put_vnd(j, "arrears_dong", r->arrears);
		json_put_vnd(j, "grants_dong", r->grants);
		json_put_i64(j, "earlier_months", r->earlier_months);
		json_put_vnd(j, "earlier_dong", r->earlier);
		json_put_vnd(j, "total_dong", r->all);
		json_close(j);
	}
	json_close(j);
}

int cli_report_carry(struct cli *cli, const struct carry_wish *wish, bool csv)
{
	struct carry found;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = carry_read(cli->w, wish, &found);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &found);
	else
		(csv ? print_csv : print_words)(cli->w->arena, &found);
	return EX_OK;
}
