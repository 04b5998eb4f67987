#include "daemon/cli/claim_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/post.h"
#include "ledger/payout/void_store.h"
#include "ledger/register/explain.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/words.h"

struct asked {
	struct month period;
	bool has_period;
	const char *area, *programme, *reason, *decision;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"period", .month = &o->period, .given = &o->has_period},
		{"area", .text = &o->area},
		{"programme", .text = &o->programme},
		{"reason", .text = &o->reason},
		{"decision", .text = &o->decision},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- the list --------------------------------------------------------------------------------------------------------- */

static void fill_list(struct json_writer *j, const void *what)
{
	const struct claim_rows_out *all = what;
	json_open_array(j, "claims");
	for (size_t i = 0; i < all->n; i++) {
		const struct claim_row *c = &all->at[i];
		char month[MONTH_TEXT_SIZE];
		json_open_object(j, NULL);
		json_put_i64(j, "claim", c->claim);
		json_put_str(j, "name", c->name);
		json_put_i64(j, "birth_year", c->birth_year);
		json_put_str(j, "masked_id", c->masked_id);
		json_put_str(j, "programme", c->programme);
		json_put_str(j, "month", month_format(month_of_day(c->month), month));
		json_put_str(j, "kind", c->kind);
		json_put_vnd(j, "dong", c->amount);
		json_put_str(j, "state", c->state);
		json_close(j);
	}
	json_close(j);
}

static void print_list(struct arena *a, const struct claim_rows_out *all)
{
	static const char *const headings[] = {">số", "họ tên", "năm sinh", "số định danh", "chương trình",
		"tháng", "loại", ">số tiền", "trạng thái"};
	struct table t = table_new(a, headings, COUNT_OF(headings));
	for (size_t i = 0; i < all->n; i++) {
		const struct claim_row *c = &all->at[i];
		char month[MONTH_TEXT_SIZE];
		table_add(&t, arena_printf(a, "%" PRId64, c->claim));
		table_add(&t, c->name);
		table_add(&t, arena_printf(a, "%" PRId32, c->birth_year));
		table_add(&t, c->masked_id ? c->masked_id : "");
		table_add(&t, c->programme);
		table_add(&t, arena_strdup(a, month_format(month_of_day(c->month), month)));
		table_add(&t, word_vi(c->kind));
		table_add(&t, cli_money(a, c->amount));
		table_add(&t, explain_state(c->state));
	}
	table_print(&t);
}

static int list(struct cli *cli, const struct asked *o)
{
	struct claim_rows_out all;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "claim.list", .reason = "chitra claim list"}, &opening);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = claim_list(cli->w, opening, o->period, o->area, o->programme, &all);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_list, &all);
	else if (r == OK)
		print_list(cli->w->arena, &all);
	return cli_exit(cli, r);
}

/* ---- the end of one ----------------------------------------------------------------------------------------------------- */

static void fill_voided(struct json_writer *j, const void *what)
{
	json_put_bool(j, "voided", *(const bool *)what);
}

static int end(struct cli *cli, const struct asked *o, const char *id_text)
{
	int64_t id;
	bool voided;
	struct entries entries = {0};
	struct hash decision;
	struct claim_end why = {
		.reason = o->decision ? "unclaimed" : o->reason, .decision = o->decision ? &decision : NULL};
	if (!cli_id(id_text, &id))
		return cli_usage(cli);
	if (o->decision && !cli_decision(cli, o->decision, &decision))
		return cli_exit(cli, REFUSED);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = claim_void(cli->w, &cli->me, id, &why, &entries, &voided);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_voided, &voided);
	else if (r == OK)
		puts(voided ? "Đã hủy khoản hưởng" : "Đã đề nghị hủy; chờ cán bộ thứ hai");
	return cli_exit(cli, r);
}

int cli_claim(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	if (!read_options(argc, argv, &o) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc && o.has_period && o.area)
		return list(cli, &o);
	bool one = optind + 2 == argc;
	if (strcmp(what, "void") == 0 && one && o.reason && !o.decision)
		return end(cli, &o, argv[optind + 1]);
	if (strcmp(what, "cancel") == 0 && one && o.decision && !o.reason)
		return end(cli, &o, argv[optind + 1]);
	return cli_usage(cli);
}
