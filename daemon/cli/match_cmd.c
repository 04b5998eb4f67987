#include "daemon/cli/match_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "ledger/register/account_store.h"
#include "ledger/register/match_store.h"
#include "daemon/cli/register_keys.h"

struct asked {
	struct month period;
	bool status;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"period", .month = &o->period, .needed = true},
		{"status", .given = &o->status},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind == argc;
}

static void fill_counts(struct json_writer *j, const void *what)
{
	const struct match_counts *c = what;
	json_put_i64(j, "answers", c->answers);
	json_put_i64(j, "passed", c->passed);
	json_put_i64(j, "asked", c->asked);
	json_put_i64(j, "findings", c->findings);
	json_put_i64(j, "people", c->people);
	json_put_i64(j, "cash_wish", c->cash_wish);
	json_put_i64(j, "confirmed", c->confirmed);
	json_put_i64(j, "waiting", c->waiting);
	json_put_i64(j, "failed", c->failed);
	json_put_i64(j, "no_account", c->no_account);
}

static void print_counts(const struct asked *asked, const struct match_counts *c)
{
	if (!asked->status)
		printf("%" PRId64 " câu trả lời của ngân hàng (%" PRId64 " khớp), hỏi thêm %" PRId64
		       " tài khoản, %" PRId64 " việc cần xem\n",
			c->answers, c->passed, c->asked, c->findings);
	printf("%" PRId64 " người: %" PRId64 " có tài khoản đã xác nhận, %" PRId64 " chờ ngân hàng, %" PRId64
	       " tài khoản không khớp, %" PRId64 " muốn tiền mặt, %" PRId64 " chưa có tài khoản\n",
		c->people, c->confirmed, c->waiting, c->failed, c->cash_wish, c->no_account);
}

/* Accounts whose bank has another code go there first; only that needs keys. A transaction of its own. */
static enum result follow(struct cli *cli, int64_t *carried)
{
	bool any;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result r = accounts_renamed(cli->w, &any);
	if (r != OK || !any)
		return r;
	struct opening *opening;
	r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "account.carry", .reason = "ngân hàng đổi mã"}, &opening);
	cli_next_step(cli);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = accounts_follow(cli->w, opening, carried);
	return r == OK ? tx_commit(cli->w) : r;
}

int cli_match(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	struct match_counts counts = {0};
	int64_t carried = 0;
	if (!read_options(argc, argv, &asked))
		return cli_usage(cli);
	enum result r = asked.status ? OK : follow(cli, &carried);
	if (r != OK)
		return cli_exit(cli, r);
	cli_next_step(cli);
	TX_GUARD(cli->w);
	r = cli_enter(cli);
	if (r == OK)
		r = asked.status ? match_status(cli->w, asked.period, &counts)
				 : match_run(cli->w, asked.period, &counts);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (carried > 0 && !cli->json)
		printf("%" PRId64 " tài khoản chuyển theo mã mới của ngân hàng\n", carried);
	if (cli->json)
		cli_print_json(fill_counts, &counts);
	else
		print_counts(&asked, &counts);
	return EX_OK;
}
