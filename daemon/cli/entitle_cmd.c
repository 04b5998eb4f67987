#include "daemon/cli/entitle_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "ledger/register/entitle_store.h"
#include "ledger/register/reference_store.h"

struct asked {
	const char *programme;
	struct month period;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"programme", .text = &o->programme, .needed = true},
		{"period", .month = &o->period, .needed = true},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind == argc;
}

static void fill_counts(struct json_writer *j, const void *what)
{
	const struct entitle_counts *c = what;
	json_put_i64(j, "people", c->people);
	json_put_i64(j, "new_claims", c->claims);
	json_put_vnd(j, "new_dong", c->sum);
	json_put_i64(j, "ended", c->ended);
	json_put_i64(j, "no_rate", c->no_rate);
	json_put_i64(j, "amount_differs", c->amount_differs);
	json_put_i64(j, "already_claimed", c->already_claimed);
	json_put_i64(j, "stopped", c->stopped);
	json_put_i64(j, "risen", c->risen);
	json_put_i64(j, "grants", c->grants);
	json_put_i64(j, "overpaid", c->overpaid);
	json_put_i64(j, "not_due", c->not_due);
}

static void print_counts(struct cli *cli, const struct entitle_counts *c)
{
	printf("%" PRId64 " người: %" PRId64 " khoản mới, %s\n", c->people, c->claims,
		cli_money(cli->w->arena, c->sum));
	if (c->ended > 0)
		printf("%" PRId64 " khoản không còn được hưởng (đã mất)\n", c->ended);
	if (c->no_rate > 0)
		printf("%" PRId64 " khoản chưa có mức hưởng\n", c->no_rate);
	if (c->amount_differs > 0)
		printf("%" PRId64 " người có số tiền trên danh sách khác mức được hưởng: chờ quyết định\n",
			c->amount_differs);
	if (c->already_claimed > 0)
		printf("%" PRId64 " tháng đã được tính ở khoản khác\n", c->already_claimed);
	if (c->risen > 0)
		printf("%" PRId64 " tháng truy lĩnh do mức hưởng tăng (trong số khoản mới)\n", c->risen);
	if (c->grants > 0)
		printf("%" PRId64 " khoản trợ cấp một lần (trong số khoản mới)\n", c->grants);
	if (c->stopped > 0)
		printf("%" PRId64
		       " tháng không tính: tạm dừng, thôi hưởng, chưa đến lĩnh, sai tuổi hoặc hết số tháng\n",
			c->stopped);
	if (c->overpaid > 0)
		printf("%" PRId64 " tháng đã tính nhiều hơn mức được hưởng: xem xét thu hồi\n", c->overpaid);
	if (c->not_due > 0)
		printf("%" PRId64
		       " người có khoản của các tháng sau khi mất, tạm dừng hoặc thôi hưởng: xem chitra finding list\n",
			c->not_due);
}

static void seen(void *context, int64_t people)
{
	progress_at(context, people);
}

static enum result run(struct cli *cli, const struct asked *asked, struct entitle_counts *counts)
{
	struct reference reference;
	struct progress bar = progress_begin(cli, "Tính mức hưởng", -1);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = reference_load(cli->w, &reference);
	if (r != OK)
		return r;
	r = entitle_run(cli->w, &reference, asked->programme, asked->period, seen, &bar, counts);
	reference_free(&reference);
	progress_end(&bar);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_entitle(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	struct entitle_counts counts;
	if (!read_options(argc, argv, &asked))
		return cli_usage(cli);
	enum result r = run(cli, &asked, &counts);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_counts, &counts);
	else
		print_counts(cli, &counts);
	return EX_OK;
}
