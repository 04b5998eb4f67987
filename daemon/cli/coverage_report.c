#include "daemon/cli/coverage_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "daemon/cli/area_signs.h"
#include "daemon/cli/csv_out.h"

static const char *number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

/* "" where no single unit is known. */
static const char *since(const struct coverage_unit *u, char out[static DAY_TEXT_SIZE])
{
	return u->from.n ? day_format(u->from, out) : "";
}

static void print_csv(struct arena *a, const struct coverage *c)
{
	static const char *const heading[] = {"area", "area_from", "name", "entitled", "with_account",
		"wishing_account", "paid_by_account"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_unit *u = &c->units[i];
		char from[DAY_TEXT_SIZE];
		const char *cells[] = {u->area, since(u, from), u->name, number(a, u->entitled),
			number(a, u->with_account), number(a, u->wishing), number(a, u->paid)};
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static void add_unit(struct arena *a, struct table *t, const struct coverage_unit *u)
{
	const char *cells[] = {u->area, u->name, number(a, u->entitled), number(a, u->with_account),
		number(a, u->wishing), number(a, u->paid), coverage_share(a, u->paid, u->wishing)};
	for (size_t i = 0; i < COUNT_OF(cells); i++)
		table_add(t, cells[i]);
}

static const char *wishes_vi(struct arena *a, const struct coverage_total *t)
{
	if (t->all.wishing == 0)
		return "chưa có ai";
	return coverage_wishes_met(t)
		       ? "đạt"
		       : arena_printf(a, "chưa đạt, còn %" PRId64 " người", t->all.wishing - t->all.paid);
}

static void print_words(struct arena *a, const struct coverage *c)
{
	static const char *const heading[] = {
		"mã", "xã, phường", ">được hưởng", ">có TK", ">muốn TK", ">qua TK", ">tỷ lệ"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	struct coverage_total sum = coverage_total(c);
	sum.all.area = "";
	sum.all.name = "Cộng";
	struct area_signs signs = {0};
	for (size_t i = 0; i < c->n; i++) {
		area_signs_see(&signs, c->units[i].area);
		add_unit(a, &t, &c->units[i]);
	}
	add_unit(a, &t, &sum.all);
	printf("Chi trả qua tài khoản, kỳ %02d/%d, tính đến ngày %s\n\n", c->period.month, c->period.year,
		cli_day_vi(a, c->as_of));
	if (c->n == 0) {
		puts("Chưa có danh sách của kỳ này trong phạm vi được xem, hoặc chưa tính: chitra entitle");
		return;
	}
	table_print(&t);
	area_signs_print(&signs);
	printf("\nMục tiêu ≥ 50 %% số xã, phường có chi qua tài khoản: %" PRId64 "/%" PRId64 " (%s): %s\n",
		sum.cashless, sum.units, coverage_share(a, sum.cashless, sum.units),
		coverage_units_met(&sum) ? "đạt" : "chưa đạt");
	printf("Mục tiêu 100 %% người có tài khoản và muốn nhận qua tài khoản:\n  %" PRId64 "/%" PRId64
	       " (%s): %s\n",
		sum.all.paid, sum.all.wishing, coverage_share(a, sum.all.paid, sum.all.wishing),
		wishes_vi(a, &sum));
}

static void put_unit(struct json_writer *j, const struct coverage_unit *u)
{
	json_put_i64(j, "entitled", u->entitled);
	json_put_i64(j, "with_account", u->with_account);
	json_put_i64(j, "wishing_account", u->wishing);
	json_put_i64(j, "paid_by_account", u->paid);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct coverage *c = what;
	struct coverage_total sum = coverage_total(c);
	char period[MONTH_TEXT_SIZE], day[DAY_TEXT_SIZE];
	json_put_str(j, "period", month_format(c->period, period));
	json_put_str(j, "as_of", day_format(c->as_of, day));
	json_open_array(j, "units");
	for (size_t i = 0; i < c->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "area", c->units[i].area);
		json_put_str(j, "area_from", c->units[i].from.n ? day_format(c->units[i].from, day) : NULL);
		json_put_str(j, "name", c->units[i].name);
		put_unit(j, &c->units[i]);
		json_close(j);
	}
	json_close(j);
	put_unit(j, &sum.all);
	json_open_object(j, "target_units");
	json_put_i64(j, "cashless", sum.cashless);
	json_put_i64(j, "units", sum.units);
	json_put_bool(j, "met", coverage_units_met(&sum));
	json_close(j);
	json_open_object(j, "target_wishes");
	json_put_i64(j, "paid", sum.all.paid);
	json_put_i64(j, "wishing", sum.all.wishing);
	json_put_bool(j, "met", coverage_wishes_met(&sum));
	json_close(j);
}

int cli_report_coverage(struct cli *cli, const struct coverage_asked *asked, bool csv)
{
	struct coverage found;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = coverage_read(cli->w, asked, &found);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &found);
	else
		(csv ? print_csv : print_words)(cli->w->arena, &found);
	return EX_OK;
}
