#include "daemon/cli/recovery_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/post.h"
#include "ledger/recon/clawback_store.h"
#include "ledger/register/recovery_store.h"

struct asked {
	int64_t id, break_id;
	struct vnd amount;
	const char *number, *reason, *decision;
	bool all;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"all", .given = &o->all},
		{"number", .text = &o->number},
		{"reason", .reason = &o->reason},
		{"break", .id = &o->break_id},
		{"amount", .amount = &o->amount},
		{"decision", .text = &o->decision},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- the list --------------------------------------------------------------------------------------------------------- */

static const char *word_of(const char *code)
{
	static const struct {
		const char *code, *vi;
	} words[] = {
		{"after_death", "tháng sau khi mất"},
		{"stopped_since", "đã tạm dừng hoặc thôi hưởng"},
		{"twice", "hai số định danh, chi hai lần"},
		{"officer", "cán bộ đề nghị"},
		{"open", "chưa quyết định"},
		{"asked", "phải thu hồi"},
		{"came_back", "tiền đã hoàn lại"},
		{"repaid", "đã thu đủ"},
		{"waived", "không thu hồi"},
	};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].code, code) == 0)
			return words[i].vi;
	return code;
}

static const char *standing(struct arena *a, const struct recovery_case *c)
{
	const char *now = c->number ? arena_printf(a, "%s, %s", word_of(c->state), c->number)
				    : word_of(c->state);
	return c->decision ? arena_printf(a, "%s; %s đề nghị %s: chitra decide confirm %" PRId64, now,
				     c->proposed_by, *c->proposed == 'w' ? "không thu hồi" : "thu hồi",
				     c->decision)
			   : now;
}

static void print_list(struct arena *a, const struct recovery_cases *all)
{
	static const char *const heading[] = {">số", "họ tên", "năm sinh", "xã, phường", "chương trình",
		"tháng", ">khoản hưởng", ">số tiền", ">đã thu", ">tuổi (ngày)", "vì sao", "tình trạng"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	char month[MONTH_TEXT_SIZE];
	if (all->n == 0) {
		puts("Không có khoản nào chờ thu hồi");
		return;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct recovery_case *c = &all->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId64, c->id), c->name,
			arena_printf(a, "%d", c->birth_year), c->area ? c->area : "", c->programme,
			arena_strdup(a, month_format(c->month, month)),
			c->claim ? arena_printf(a, "%" PRId64, c->claim) : "", cli_money(a, c->amount),
			cli_money(a, c->repaid), arena_printf(a, "%d", c->age_days),
			*c->facts ? arena_printf(a, "%s: %s", word_of(c->why), c->facts) : word_of(c->why),
			standing(a, c)};
		_Static_assert(COUNT_OF(cells) == COUNT_OF(heading), "a cell for each column");
		for (size_t k = 0; k < COUNT_OF(cells); k++)
			table_add(&t, cells[k]);
	}
	table_print(&t);
}

struct listed {
	struct recovery_cases cases;
	struct recovery_debits debits;
};

static void print_debits(struct arena *a, const struct recovery_debits *d)
{
	if (d->n > 0)
		puts("\nNgân hàng đã ghi nợ thừa, phải đòi lại (chitra break show SỐ):");
	for (size_t i = 0; i < d->n; i++)
		printf("  chênh lệch %" PRId64 ": %s, còn %s, %s, ngày %s%s%s (%s, %s)\n", d->at[i].brk,
			cli_money(a, d->at[i].amount), cli_money(a, d->at[i].open), d->at[i].account,
			cli_day_vi(a, d->at[i].day), d->at[i].id ? ", mã chi trả " : "",
			d->at[i].id ? d->at[i].id : "", d->at[i].officers[0], d->at[i].officers[1]);
}

static void fill_debits(struct json_writer *j, const struct recovery_debits *d)
{
	json_open_array(j, "bank_debits");
	for (size_t i = 0; i < d->n; i++) {
		json_open_object(j, NULL);
		json_put_i64(j, "break", d->at[i].brk);
		json_put_str(j, "account", d->at[i].account);
		json_put_day(j, "day", d->at[i].day);
		json_put_vnd(j, "dong", d->at[i].amount);
		json_put_vnd(j, "open_dong", d->at[i].open);
		json_put_str(j, "end_to_end_id", d->at[i].id);
		json_close(j);
	}
	json_close(j);
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct listed *listed = what;
	const struct recovery_cases *all = &listed->cases;
	char month[MONTH_TEXT_SIZE];
	json_open_array(j, "cases");
	for (size_t i = 0; i < all->n; i++) {
		const struct recovery_case *c = &all->at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "id", c->id);
		json_put_i64(j, "claim", c->claim);
		json_put_str(j, "name", c->name);
		json_put_i64(j, "birth_year", c->birth_year);
		json_put_str(j, "ward", c->area);
		json_put_str(j, "programme", c->programme);
		json_put_str(j, "month", month_format(c->month, month));
		json_put_vnd(j, "amount_dong", c->amount);
		json_put_vnd(j, "repaid_dong", c->repaid);
		json_put_i64(j, "age_days", c->age_days);
		json_put_str(j, "why", c->why);
		json_put_str(j, "facts", c->facts);
		json_put_str(j, "state", c->state);
		json_put_str(j, "number", c->number);
		json_put_str(j, "proposed", c->proposed);
		json_put_str(j, "proposed_by", c->proposed_by);
		json_put_i64(j, "decision", c->decision);
		json_close(j);
	}
	json_close(j);
	fill_debits(j, &listed->debits);
}

static int list(struct cli *cli, const struct asked *o)
{
	struct listed all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = recovery_list(cli->w, o->all, &all.cases);
	if (r == OK)
		r = recovery_debits(cli->w, o->all, &all.debits);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_list, &all);
	else if (r == OK) {
		print_list(cli->w->arena, &all.cases);
		print_debits(cli->w->arena, &all.debits);
	}
	return cli_exit(cli, r);
}

/* ---- what is decided, and what came back -------------------------------------------------------------------------------- */

static void fill_id(struct json_writer *j, const void *what)
{
	json_put_i64(j, "id", *(const int64_t *)what);
}

static int propose(struct cli *cli, const struct asked *o, const char *kind)
{
	int64_t made;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = recovery_propose(cli->w, o->id, kind, o->number, o->reason, &made);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_id, &made);
	else if (r == OK)
		printf("Đã đề nghị; người thứ hai xác nhận: chitra decide confirm %" PRId64 "\n", made);
	return cli_exit(cli, r);
}

static void fill_confirmed(struct json_writer *j, const void *what)
{
	json_put_bool(j, "confirmed", *(const bool *)what);
}

static int repaid(struct cli *cli, const struct asked *o)
{
	bool confirmed;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = recovery_repaid(cli->w, o->id, o->break_id, o->amount, &confirmed);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_confirmed, &confirmed);
	else if (r == OK)
		puts(confirmed ? "Đã ghi số tiền thu được" : "Đã đề nghị; chờ cán bộ thứ hai nói như vậy");
	return cli_exit(cli, r);
}

/* ---- what a bank debited too much ----------------------------------------------------------------------------------------- */

static int claw(struct cli *cli, const struct asked *o)
{
	struct hash decision;
	struct clawback_wish wish = {.brk = o->id,
		.credit = o->break_id,
		.amount = o->amount,
		.decision = o->decision ? &decision : NULL};
	struct entries entries = {0};
	bool confirmed;
	if (o->decision && !cli_decision(cli, o->decision, &decision))
		return cli_exit(cli, REFUSED);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = clawback_say(cli->w, &cli->me, &wish, &entries, &confirmed);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_confirmed, &confirmed);
	else if (r == OK)
		puts(!confirmed       ? "Đã đề nghị; chờ cán bộ thứ hai nói như vậy"
			: o->decision ? "Đã ghi là không đòi được"
				      : "Đã ghi số tiền ngân hàng trả lại");
	return cli_exit(cli, r);
}

int cli_recovery(struct cli *cli, int argc, char **argv)
{
	struct asked o = {.amount = vnd(0)};
	if (!read_options(argc, argv, &o) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc)
		return list(cli, &o);
	if (optind + 2 != argc || !cli_id(argv[optind + 1], &o.id))
		return cli_usage(cli);
	bool reason = o.reason && strlen(o.reason) >= 3, number = o.number && *o.number;
	if (strcmp(what, "ask") == 0 && reason && number)
		return propose(cli, &o, "recover");
	if (strcmp(what, "waive") == 0 && reason && (number || !o.number))
		return propose(cli, &o, "waive");
	if (strcmp(what, "repaid") == 0 && o.break_id)
		return repaid(cli, &o);
	if (strcmp(what, "received") == 0 && o.break_id && !o.decision)
		return claw(cli, &o);
	if (strcmp(what, "give-up") == 0 && o.decision && !o.break_id)
		return claw(cli, &o);
	return cli_usage(cli);
}
