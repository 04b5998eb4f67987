#include "daemon/cli/period_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/period_store.h"
#include "daemon/cli/refusal.h"

struct asked {
	const char *agency;
	struct month month;
	const char *month_text; /* 2024-04 */
};

/* What a command has found, for whoever prints it. */
struct found {
	struct arena *arena;
	struct period_row row;
	struct period_faults faults;
	struct period period;
};

/* Without --agency: the only one that has books. */
static enum result pick_agency(struct cli *cli, struct asked *o)
{
	struct period_rows all;
	enum result r = o->agency ? OK : period_list(cli->w, NULL, &all);
	if (r != OK || o->agency)
		return r;
	for (size_t i = 0; i < all.n; i++) {
		if (o->agency && strcmp(o->agency, all.at[i].agency) != 0) {
			why_set(&cli->w->why, "agency_needed", "%s, %s, …", o->agency, all.at[i].agency);
			return REFUSED;
		}
		o->agency = all.at[i].agency;
	}
	if (o->agency)
		return OK;
	why_set(&cli->w->why, "period_empty", "the books are empty");
	return REFUSED;
}

/* ---- in words --------------------------------------------------------------------------------------------------------- */

static const char *state_code(enum period_state s)
{
	switch (s) {
	case PERIOD_OPEN: return "open";
	case PERIOD_PROPOSED: return "proposed";
	case PERIOD_CLOSED: return "closed";
	}
	bug("no such state of a period: %d", (int)s);
}

static const char *state_vi(struct arena *a, const struct period_row *r)
{
	switch (r->state) {
	case PERIOD_OPEN: return "chưa đóng";
	case PERIOD_PROPOSED: return arena_printf(a, "%s đề nghị đóng, chờ cán bộ thứ hai", r->first);
	case PERIOD_CLOSED:
		return r->second ? arena_printf(a, "đã đóng (%s, %s), bút toán %" PRId64, r->first, r->second,
					   r->leaf)
				 : arena_printf(a, "đã đóng, bút toán %" PRId64, r->leaf);
	}
	bug("no such state of a period: %d", (int)r->state);
}

static const char *carried_code(enum carried list)
{
	static const char *const codes[CARRIED] = {
		"in_flight", "unclaimed", "suspense_credit", "suspense_debit"};
	return codes[list];
}

static const char *carried_vi(enum carried list)
{
	static const char *const words[CARRIED] = {
		"Đang chuyển", "Bị hoàn, chưa chi lại", "Treo, tiền vào", "Treo, tiền ra"};
	return words[list];
}

/* "so-ldtbxh-merit, từ 04/04/2024 đến 05/04/2024, 2 việc, 5.000 đ" */
static const char *where_vi(struct arena *a, const struct period_fault *f)
{
	const char *at = f->place ? f->place : "";
	if (f->day.n != 0)
		at = arena_printf(a, "%s%sngày %s", at, *at ? ", " : "", cli_day_vi(a, f->day));
	if (f->until.n != 0 && f->until.n > f->day.n)
		at = arena_printf(a, "%s đến %s", at, cli_day_vi(a, f->until));
	if (f->n > 0)
		at = arena_printf(a, "%s%s%" PRId64 " việc", at, *at ? ", " : "", f->n);
	if (!vnd_is_zero(f->amount))
		at = arena_printf(a, "%s%s%s", at, *at ? ", " : "", cli_money(a, f->amount));
	return at;
}

static void print_faults(struct arena *a, const struct period_faults *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const char *where = where_vi(a, &all->at[i]), *step = refusal_vi(all->at[i].code);
		printf("%zu. %s\n", i + 1, step ? step : all->at[i].code);
		if (*where)
			printf("   %s\n", where);
	}
}

static void print_period(struct arena *a, const struct period *p)
{
	static const char *const heading[] = {"tài khoản", ">nợ", ">có"};
	static const char *const listed[] = {"khoản", "của", "mã", ">đồng"};
	struct table t = table_new(a, heading, COUNT_OF(heading)),
		     items = table_new(a, listed, COUNT_OF(listed));
	for (size_t i = 0; i < p->n_accounts; i++) {
		struct vnd balance = p->accounts[i].balance, other;
		bool credit = vnd_is_negative(balance);
		bug_if(!vnd_neg(balance, &other));
		table_add(&t, p->accounts[i].code);
		table_add(&t, credit ? "" : cli_money(a, balance));
		table_add(&t, credit ? cli_money(a, other) : "");
	}
	table_add(&t, "cộng");
	table_add(&t, cli_money(a, p->debits));
	table_add(&t, cli_money(a, p->credits));
	table_print(&t);
	if (p->n_items > 0)
		puts("\nChuyển sang kỳ sau:");
	for (size_t i = 0; i < p->n_items; i++) {
		const struct period_item *x = &p->items[i];
		table_add(&items, carried_vi(x->list));
		table_add(&items, x->of);
		table_add(&items, x->id);
		table_add(&items, cli_money(a, x->amount));
	}
	if (p->n_items > 0)
		table_print(&items);
}

static void print_sums(struct arena *a, const struct period *p)
{
	printf("  %zu tài khoản; nợ %s, có %s\n", p->n_accounts, cli_money(a, p->debits),
		cli_money(a, p->credits));
	for (unsigned i = 0; i < CARRIED; i++)
		if (p->count[i] > 0)
			printf("  %s: %zu khoản, %s\n", carried_vi((enum carried)i), p->count[i],
				cli_money(a, p->sum[i]));
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------ */

static void put_row(struct json_writer *j, const struct period_row *r)
{
	char month[MONTH_TEXT_SIZE];
	json_put_str(j, "agency", r->agency);
	json_put_str(j, "period", month_format(r->month, month));
	json_put_str(j, "state", state_code(r->state));
	json_put_str(j, "proposed_by", r->first);
	json_put_str(j, "confirmed_by", r->second);
	if (r->state == PERIOD_CLOSED)
		json_put_i64(j, "leaf", r->leaf);
	else
		json_put_null(j, "leaf");
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct period_rows *all = what;
	json_open_array(j, "periods");
	for (size_t i = 0; i < all->n; i++) {
		json_open_object(j, NULL);
		put_row(j, &all->at[i]);
		json_close(j);
	}
	json_close(j);
}

static void put_day(struct json_writer *j, const char *name, struct day d)
{
	if (d.n != 0)
		json_put_day(j, name, d);
	else
		json_put_null(j, name);
}

static void fill_faults(struct json_writer *j, const void *what)
{
	const struct found *f = what;
	put_row(j, &f->row);
	json_put_bool(j, "may_close", f->faults.n == 0 && f->row.state != PERIOD_CLOSED);
	json_open_array(j, "missing");
	for (size_t i = 0; i < f->faults.n; i++) {
		const struct period_fault *x = &f->faults.at[i];
		json_open_object(j, NULL);
		json_put_str(j, "code", x->code);
		json_put_str(j, "place", x->place);
		put_day(j, "from", x->day);
		put_day(j, "until", x->until);
		json_put_i64(j, "count", x->n);
		json_put_vnd(j, "dong", x->amount);
		json_put_str(j, "next", refusal_vi(x->code));
		json_close(j);
	}
	json_close(j);
}

static void put_lists(struct json_writer *j, const struct period *p)
{
	json_open_array(j, "carried_over");
	for (size_t i = 0; i < p->n_items; i++) {
		const struct period_item *x = &p->items[i];
		json_open_object(j, NULL);
		json_put_str(j, "list", carried_code(x->list));
		json_put_str(j, "of", x->of);
		json_put_str(j, "id", x->id);
		json_put_vnd(j, "dong", x->amount);
		json_close(j);
	}
	json_close(j);
}

static void fill_period(struct json_writer *j, const void *what)
{
	const struct found *f = what;
	const struct period *p = &f->period;
	char hex[HASH_HEX_SIZE];
	put_row(j, &f->row);
	json_put_str(j, "sha256", hash_hex(&p->sha256, hex));
	json_put_vnd(j, "debits_dong", p->debits);
	json_put_vnd(j, "credits_dong", p->credits);
	json_open_array(j, "accounts");
	for (size_t i = 0; i < p->n_accounts; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "account", p->accounts[i].code);
		json_put_vnd(j, "dong", p->accounts[i].balance);
		json_close(j);
	}
	json_close(j);
	put_lists(j, p);
}

static void fill_row(struct json_writer *j, const void *what)
{
	put_row(j, &((const struct found *)what)->row);
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static int list(struct cli *cli, const struct asked *o)
{
	static const char *const heading[] = {"cơ quan", "kỳ", "trạng thái"};
	struct arena *a = cli->w->arena;
	struct period_rows all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = period_list(cli->w, o->agency, &all);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json) {
		cli_print_json(fill_list, &all);
		return EX_OK;
	}
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < all.n; i++) {
		char month[MONTH_TEXT_SIZE];
		table_add(&t, all.at[i].agency);
		table_add(&t, arena_strdup(a, month_format(all.at[i].month, month)));
		table_add(&t, state_vi(a, &all.at[i]));
	}
	table_print(&t);
	return EX_OK;
}

static enum result read_check(struct cli *cli, struct asked *o, struct found *f)
{
	enum result r = cli_enter(cli);
	if (r == OK)
		r = pick_agency(cli, o);
	if (r == OK)
		r = period_find(cli->w, o->agency, o->month, &f->row);
	if (r == OK && f->row.state != PERIOD_CLOSED)
		r = period_faults(cli->w, o->agency, o->month, &f->faults);
	return r;
}

static int check(struct cli *cli, struct asked *o)
{
	struct found f = {.arena = cli->w->arena};
	TX_GUARD(cli->w);
	enum result r = read_check(cli, o, &f);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_faults, &f);
	else if (f.faults.n > 0)
		print_faults(f.arena, &f.faults);
	else if (f.row.state == PERIOD_OPEN)
		printf("Đóng được: chitra period close %s --agency %s\n", o->month_text, o->agency);
	else
		printf("%s\n", state_vi(f.arena, &f.row));
	return f.faults.n == 0 ? EX_OK : EX_DATAERR;
}

static int show(struct cli *cli, struct asked *o)
{
	struct found f = {.arena = cli->w->arena};
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = pick_agency(cli, o);
	if (r == OK)
		r = period_find(cli->w, o->agency, o->month, &f.row);
	if (r == OK)
		r = period_show(cli->w, &f.row, &f.period, NULL);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json) {
		cli_print_json(fill_period, &f);
		return EX_OK;
	}
	printf("Kỳ %s, %s: %s\n\n", o->month_text, o->agency, state_vi(f.arena, &f.row));
	print_period(f.arena, &f.period);
	return EX_OK;
}

static void print_said(const struct asked *o, const struct found *f)
{
	printf("Kỳ %s, %s: %s\n", o->month_text, o->agency, state_vi(f->arena, &f->row));
	print_sums(f->arena, &f->period);
	if (f->row.state == PERIOD_PROPOSED)
		printf("Cán bộ khác xem (chitra period show %s --agency %s), rồi: chitra period confirm %s --agency %s\n",
			o->month_text, o->agency, o->month_text, o->agency);
}

static int say(struct cli *cli, struct asked *o, bool second)
{
	struct found f = {.arena = cli->w->arena};
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = pick_agency(cli, o);
	if (r == OK)
		r = second ? period_confirm(cli->w, cli->me.login, o->agency, o->month, &f.row)
			   : period_propose(cli->w, o->agency, o->month, &f.row);
	if (r == OK)
		r = period_show(cli->w, &f.row, &f.period, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_row, &f);
	else
		print_said(o, &f);
	return EX_OK;
}

int cli_period(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	const struct cli_option known[] = {{"agency", .text = &o.agency}};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc)
		return list(cli, &o);
	if (optind + 2 != argc || !cli_month(argv[optind + 1], &o.month))
		return cli_usage(cli);
	o.month_text = argv[optind + 1];
	if (strcmp(what, "check") == 0)
		return check(cli, &o);
	if (strcmp(what, "show") == 0)
		return show(cli, &o);
	if (strcmp(what, "close") == 0)
		return say(cli, &o, false);
	if (strcmp(what, "confirm") == 0)
		return say(cli, &o, true);
	return cli_usage(cli);
}
