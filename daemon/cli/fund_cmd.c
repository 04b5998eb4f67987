#include "daemon/cli/fund_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/books/chart.h"
#include "ledger/books/post.h"
#include "ledger/register/payer_store.h"
#include "daemon/wake.h"

#define HOURS_US INT64_C(3600000000)

struct funds {
	struct funding_orders orders;
	struct funding_accounts accounts;
	struct vnd *advances; /* of each account */
};

static bool read_order(int argc, char **argv, struct funding_order *o)
{
	const struct cli_option known[] = {
		{"account", .text = &o->account, .needed = true},
		{"amount", .amount = &o->amount, .needed = true},
		{"reference", .text = &o->reference, .needed = true},
		{"kind", .text = &o->kind},
		{"channel", .text = &o->channel},
	};
	static const char *const kinds[] = {"treasury", "agent_advance", "agent_return", "refund", "unspent"};
	*o = (struct funding_order){.kind = "treasury", .amount = vnd(0)};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc)
		return false;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i], o->kind) == 0)
			return true;
	return cli_wrong("Chọn loại (--kind): treasury, agent_advance, agent_return, refund, unspent");
}

struct expected {
	const struct funding_order *order;
	bool fresh;
	bool refund, confirmed;
};

static void fill_expected(struct json_writer *j, const void *what)
{
	const struct expected *e = what;
	json_put_str(j, "account", e->order->account);
	json_put_str(j, "reference", e->order->reference);
	json_put_vnd(j, "amount_dong", e->order->amount);
	json_put_bool(j, "added", e->fresh);
	if (e->refund)
		json_put_bool(j, "confirmed", e->confirmed);
}

static void say_expected(struct arena *a, const struct expected *e)
{
	const struct funding_order *o = e->order;
	if (e->refund)
		printf("%s: nộp trả kho bạc %s từ %s; %s\n", o->reference, cli_money(a, o->amount),
			o->account,
			e->confirmed ? "hai cán bộ đã nói, sao kê ghi nợ thì vào sổ"
				     : "chờ cán bộ thứ hai nói như vậy");
	else
		printf("%s: chờ %s vào %s%s\n", o->reference, cli_money(a, o->amount), o->account,
			e->fresh ? "" : " (đã ghi từ trước)");
}

static int expect(struct cli *cli, int argc, char **argv)
{
	struct funding_order o;
	struct expected e = {.order = &o};
	if (!read_order(argc, argv, &o))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = funding_expect(cli->w, cli->me.id, &o, &e.fresh);
	e.refund = funding_is_refund(&o);
	if (r == OK && e.refund)
		r = refund_confirm(cli->w, &o, &e.confirmed);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_expected, &e);
	else if (r == OK)
		say_expected(cli->w->arena, &e);
	return cli_exit(cli, r);
}

/* ---- a refund that is not paid after all ------------------------------------------------------------------------------ */

struct withdrawn {
	const char *account, *reference, *reason;
	struct vnd amount;
};

static void fill_withdrawn(struct json_writer *j, const void *what)
{
	const struct withdrawn *o = what;
	json_put_str(j, "account", o->account);
	json_put_str(j, "reference", o->reference);
	json_put_vnd(j, "amount_dong", o->amount);
	json_put_bool(j, "withdrawn", true);
}

static int withdraw(struct cli *cli, int argc, char **argv)
{
	struct withdrawn o = {.amount = vnd(0)};
	const struct cli_option known[] = {
		{"account", .text = &o.account, .needed = true},
		{"reference", .text = &o.reference, .needed = true},
		{"reason", .reason = &o.reason, .needed = true},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = refund_withdraw(cli->w, o.account, o.reference, o.reason, &o.amount);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_withdrawn, &o);
	else if (r == OK)
		printf("%s: không nộp trả %s từ %s nữa; nếu đã gửi lệnh thì báo ngân hàng dừng lại\n",
			o.reference, cli_money(cli->w->arena, o.amount), o.account);
	return cli_exit(cli, r);
}

/* ---- the list --------------------------------------------------------------------------------------------------------- */

static enum result read_funds(struct cli *cli, struct funds *out)
{
	struct work *w = cli->w;
	enum result r = funding_list(w, &out->orders);
	if (r == OK)
		r = funding_accounts(w, &out->accounts);
	if (r != OK)
		return r;
	out->advances = arena_array(w->arena, out->accounts.n, struct vnd);
	for (size_t i = 0; i < out->accounts.n && r == OK; i++) {
		struct vnd balance;
		r = books_balance(
			w, account_code(w->arena, ACCOUNT_ADVANCE, out->accounts.at[i].code, NULL), &balance);
		if (r == OK)
			bug_if(!vnd_neg(balance, &out->advances[i]));
	}
	return r;
}

static void fill_funds(struct json_writer *j, const void *what)
{
	const struct funds *f = what;
	json_open_array(j, "orders");
	for (size_t i = 0; i < f->orders.n; i++) {
		const struct funding_order *o = &f->orders.at[i];
		json_open_object(j, NULL);
		json_put_str(j, "account", o->account);
		json_put_str(j, "kind", o->kind);
		json_put_str(j, "channel", o->channel);
		json_put_str(j, "reference", o->reference);
		json_put_vnd(j, "amount_dong", o->amount);
		json_put_bool(j, "booked", o->booked);
		json_put_bool(j, "waits_for_second", o->waits);
		json_put_bool(j, "withdrawn", o->withdrawn);
		json_close(j);
	}
	json_close(j);
	json_open_array(j, "accounts");
	for (size_t i = 0; i < f->accounts.n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "account", f->accounts.at[i].code);
		json_put_str(j, "agency", f->accounts.at[i].agency);
		json_put_vnd(j, "advance_dong", f->advances[i]);
		json_put_vnd(j, "promised_dong", f->accounts.promised[i]);
		json_close(j);
	}
	json_close(j);
}

static void print_funds(struct arena *a, const struct funds *f)
{
	static const char *const orders[] = {
		"Tài khoản", "Loại", "Số lệnh", ">Số tiền", "Người ghi", "Đã về"};
	static const char *const accounts[] = {
		"Tài khoản chi", "Cơ quan", ">Kinh phí chưa chuyển chi", ">Trong đó hẹn nộp trả"};
	struct table t = table_new(a, orders, COUNT_OF(orders));
	for (size_t i = 0; i < f->orders.n; i++) {
		const struct funding_order *o = &f->orders.at[i];
		table_add(&t, o->account);
		table_add(&t, o->kind);
		table_add(&t, o->reference);
		table_add(&t, cli_money(a, o->amount));
		table_add(&t, o->maker);
		table_add(&t, o->booked      ? "rồi"
			      : o->withdrawn ? "đã rút"
			      : o->waits     ? "chờ cán bộ thứ hai"
					     : "chưa");
	}
	table_print(&t);
	puts("");
	t = table_new(a, accounts, COUNT_OF(accounts));
	for (size_t i = 0; i < f->accounts.n; i++) {
		table_add(&t, f->accounts.at[i].code);
		table_add(&t, f->accounts.at[i].agency);
		table_add(&t, cli_money(a, f->advances[i]));
		table_add(&t, cli_money(a, f->accounts.promised[i]));
	}
	table_print(&t);
}

static int list(struct cli *cli)
{
	struct funds f;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = read_funds(cli, &f);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_funds, &f);
	else
		print_funds(cli->w->arena, &f);
	return EX_OK;
}

int cli_fund(struct cli *cli, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "expect") == 0)
		return expect(cli, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "withdraw") == 0)
		return withdraw(cli, argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list(cli);
	return cli_usage(cli);
}

/* ---- the sandbox's clock ---------------------------------------------------------------------------------------------- */

static void fill_clock(struct json_writer *j, const void *what)
{
	const struct business_clock *c = what;
	json_put_bool(j, "sandbox", c->sandbox);
	json_put_instant(j, "now", c->now_us);
	json_put_day(j, "today", c->today);
}

static int say_clock(const struct cli *cli, const struct business_clock *c)
{
	char day[DAY_TEXT_SIZE];
	if (cli->json) {
		cli_print_json(fill_clock, c);
		return EX_OK;
	}
	int64_t minute = (c->now_us - instant_of_day_vn(c->today)) / (HOURS_US / 60);
	printf("%s %02d:%02d%s\n", day_format(c->today, day), (int)(minute / 60), (int)(minute % 60),
		c->sandbox ? "" : " (không phải hệ thống thử nghiệm)");
	return EX_OK;
}

int cli_sandbox(struct cli *cli, int argc, char **argv)
{
	struct business_clock clock = {0};
	bool moves = argc == 2 && strcmp(argv[1], "next-day") == 0;
	if (!moves && !(argc == 2 && strcmp(argv[1], "now") == 0))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	cli_next_step(cli);
	enum result r = tx_begin(cli->w);
	if (r == OK)
		r = clock_look(cli->w, &clock);
	if (r == OK && moves && !clock.sandbox) {
		why_set(&cli->w->why, "not_sandbox", "the business clock moves only in a sandbox");
		r = REFUSED;
	}
	if (r == OK && moves)
		r = clock_move(
			cli->w, instant_of_day_vn(day_add(clock.today, 1)) + 8 * HOURS_US, &clock.now_us);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	clock.today = day_of_instant_vn(clock.now_us);
	if (moves)
		wake_send_once(config_text(cli->config, "chitra", "run_dir"), WAKE_TELLER_TASK);
	return say_clock(cli, &clock);
}
