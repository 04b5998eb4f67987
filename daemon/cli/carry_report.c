#include "daemon/cli/carry_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/register/carry_store.h"
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

static void print_words(struct arena *a, const struct carry *c)
{
	static const char *const heading[] = {">STT", "chương trình", "xã, phường", "họ và tên", ">năm sinh",
		">tháng này", ">truy lĩnh", ">một lần", ">số tháng chưa lĩnh", ">chưa lĩnh tháng trước",
		">tổng"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < c->n; i++) {
		const struct carry_row *r = &c->rows[i];
		const char *cells[] = {number(a, (int64_t)i + 1), r->programme, r->area, r->name,
			number(a, r->birth_year), dots(a, r->this_month), dots(a, r->arrears),
			dots(a, r->grants), number(a, r->earlier_months), dots(a, r->earlier),
			dots(a, r->all)};
		for (size_t k = 0; k < COUNT_OF(cells); k++)
			table_add(&t, cells[k]);
	}
	table_print(&t);
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

int cli_report_carry(struct cli *cli, struct month period, const char *programme, const char *area, bool csv)
{
	struct carry found;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = carry_read(cli->w, period, programme, area, &found);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &found);
	else
		(csv ? print_csv : print_words)(cli->w->arena, &found);
	return EX_OK;
}
