#include "daemon/cli/report_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/recon/report_store.h"
#include "daemon/cli/area_signs.h"
#include "daemon/cli/carry_report.h"
#include "daemon/cli/coverage_report.h"
#include "daemon/cli/csv_out.h"
#include "daemon/cli/register_keys.h"

struct asked {
	struct month period;
	bool has_period, has_as_of, csv, has_area_day;
	struct day as_of, area_day;
	const char *reason, *programme, *area;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"period", .month = &o->period, .given = &o->has_period},
		{"csv", .given = &o->csv},
		{"reason", .reason = &o->reason},
		{"programme", .text = &o->programme},
		{"area", .text = &o->area},
		{"area-as-of", .day = &o->area_day, .given = &o->has_area_day},
		{"as-of", .day = &o->as_of, .given = &o->has_as_of},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind == argc;
}

static const char *number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

static const char *dots(struct arena *a, int64_t n)
{
	char text[VND_TEXT_SIZE];
	return arena_strdup(a, vnd_format_dots(vnd(n), text));
}

/* ---- summary ------------------------------------------------------------------------------------------------------------ */

static struct vnd plus(struct vnd a, struct vnd b)
{
	struct vnd sum;
	if (!vnd_add(a, b, &sum))
		bug("a total of a report is out of range");
	return sum;
}

static void add(struct report_row *to, const struct report_row *r)
{
	to->on_list += r->on_list;
	to->payable += r->payable;
	to->cash_wish += r->cash_wish;
	to->cash_want += r->cash_want;
	to->held += r->held;
	to->exceptions += r->exceptions;
	to->ended += r->ended;
	to->open += r->open;
	to->settled += r->settled;
	to->returned += r->returned;
	to->rejected += r->rejected;
	to->not_paid += r->not_paid;
	to->settled_payouts += r->settled_payouts;
	to->settled_amount = plus(to->settled_amount, r->settled_amount);
	to->returned_amount = plus(to->returned_amount, r->returned_amount);
	to->unexplained = plus(to->unexplained, r->unexplained);
}

/* The programme's rows together, or all; rows are in the order of programmes. */
static struct report_row total(const struct report *r, const char *programme)
{
	struct report_row sum = {.programme = programme};
	for (size_t i = 0; i < r->n; i++)
		if (!programme || strcmp(r->rows[i].programme, programme) == 0)
			add(&sum, &r->rows[i]);
	return sum;
}

static bool is_first_of_programme(const struct report *r, size_t i)
{
	return i == 0 || strcmp(r->rows[i].programme, r->rows[i - 1].programme) != 0;
}

static void print_csv(struct arena *a, const struct report *r)
{
	static const char *const heading[] = {"programme", "ward", "on_list", "payable", "cash_wish",
		"cash_want", "held", "exceptions", "ended", "open", "settled", "returned", "rejected",
		"not_paid", "settled_payouts", "settled_dong", "returned_dong", "unexplained_dong",
		"ward_name"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < r->n; i++) {
		const struct report_row *x = &r->rows[i];
		const char *cells[] = {x->programme, x->ward, number(a, x->on_list), number(a, x->payable),
			number(a, x->cash_wish), number(a, x->cash_want), number(a, x->held),
			number(a, x->exceptions), number(a, x->ended), number(a, x->open),
			number(a, x->settled), number(a, x->returned), number(a, x->rejected),
			number(a, x->not_paid), number(a, x->settled_payouts),
			number(a, vnd_dong(x->settled_amount)), number(a, vnd_dong(x->returned_amount)),
			number(a, vnd_dong(x->unexplained)), x->ward_name};
		_Static_assert(COUNT_OF(cells) == COUNT_OF(heading), "a cell for each column");
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static void put_row(struct table *t, const char *programme, const char *ward, const struct report_row *x)
{
	struct arena *a = t->arena;
	const char *cells[] = {programme, ward, x->ward_name ? x->ward_name : "", dots(a, x->on_list),
		dots(a, x->payable), dots(a, x->cash_wish), dots(a, x->cash_want), dots(a, x->held),
		dots(a, x->exceptions), dots(a, x->settled), dots(a, x->returned),
		dots(a, vnd_dong(x->settled_amount)), dots(a, vnd_dong(x->returned_amount)),
		dots(a, vnd_dong(x->unexplained))};
	for (size_t i = 0; i < COUNT_OF(cells); i++)
		table_add(t, cells[i]);
}

static void print_words(struct arena *a, const struct report *r)
{
	static const char *const heading[] = {"chương trình", "mã", "xã, phường", ">trong danh sách",
		">qua tài khoản", ">xin tiền mặt", ">chưa có tài khoản", ">tạm giữ", ">vướng mắc", ">đã nhận",
		">bị hoàn", ">đã chi (đồng)", ">hoàn lại (đồng)", ">chưa giải thích (đồng)"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	struct area_signs signs = {0};
	for (size_t i = 0; i < r->n; i++) {
		area_signs_see(&signs, r->rows[i].ward);
		put_row(&t, r->rows[i].programme, r->rows[i].ward, &r->rows[i]);
		if (i + 1 == r->n || is_first_of_programme(r, i + 1)) {
			struct report_row sum = total(r, r->rows[i].programme);
			put_row(&t, r->rows[i].programme, "cộng", &sum);
		}
	}
	struct report_row all = total(r, NULL);
	put_row(&t, "tất cả", "", &all);
	table_print(&t);
	area_signs_print(&signs);
	printf("\n%" PRId64 " dòng danh sách bị từ chối. Đang chuyển %s, treo %s, chưa giải thích %s.\n",
		r->rejected_rows, cli_money(a, r->in_flight), cli_money(a, r->suspense),
		cli_money(a, r->unexplained));
	printf("Thu hồi: %" PRId64
	       " khoản đang mở; chưa quyết định %s, phải thu %s, đã thu %s, không thu %s.\n",
		r->recovery.cases, cli_money(a, r->recovery.open), cli_money(a, r->recovery.asked),
		cli_money(a, r->recovery.back), cli_money(a, r->recovery.waived));
	printf("Sổ cái %s: %" PRId64 " bút toán, %" PRId64 " đã niêm phong.\n",
		r->books_balance ? "cân" : "KHÔNG CÂN", r->ledger_seq, r->checkpoint_size);
}

static void put_programmes(struct json_writer *j, const struct report *r)
{
	json_open_object(j, "by_programme");
	for (size_t i = 0; i < r->n; i++) {
		if (!is_first_of_programme(r, i))
			continue;
		struct report_row sum = total(r, r->rows[i].programme);
		json_open_object(j, r->rows[i].programme);
		json_put_i64(j, "people", sum.on_list);
		json_put_i64(j, "payable", sum.payable);
		json_put_i64(j, "settled_count", sum.settled_payouts);
		json_put_vnd(j, "settled_dong", sum.settled_amount);
		json_put_vnd(j, "returned_dong", sum.returned_amount);
		json_close(j);
	}
	json_close(j);
}

/* What the CSV has, so that nobody needs both. */
static void put_wards(struct json_writer *j, const struct report *r)
{
	json_open_array(j, "by_ward");
	for (size_t i = 0; i < r->n; i++) {
		const struct report_row *x = &r->rows[i];
		json_open_object(j, NULL);
		json_put_str(j, "programme", x->programme);
		json_put_str(j, "ward", x->ward);
		json_put_str(j, "ward_name", x->ward_name);
		json_put_i64(j, "on_list", x->on_list);
		json_put_i64(j, "payable", x->payable);
		json_put_i64(j, "cash_wish", x->cash_wish);
		json_put_i64(j, "cash_want", x->cash_want);
		json_put_i64(j, "held", x->held);
		json_put_i64(j, "exceptions", x->exceptions);
		json_put_i64(j, "ended", x->ended);
		json_put_i64(j, "open", x->open);
		json_put_i64(j, "settled", x->settled);
		json_put_i64(j, "returned", x->returned);
		json_put_i64(j, "rejected", x->rejected);
		json_put_i64(j, "not_paid", x->not_paid);
		json_put_i64(j, "settled_payouts", x->settled_payouts);
		json_put_vnd(j, "settled_dong", x->settled_amount);
		json_put_vnd(j, "returned_dong", x->returned_amount);
		json_put_vnd(j, "unexplained_dong", x->unexplained);
		json_close(j);
	}
	json_close(j);
}

static void put_checkpoint(struct json_writer *j, const struct report *r)
{
	if (r->checkpoint_size == 0) {
		json_put_null(j, "checkpoint");
		return;
	}
	json_open_object(j, "checkpoint");
	json_put_i64(j, "size", r->checkpoint_size);
	json_put_hex(j, "root", bytes_of(r->checkpoint_root.b, sizeof r->checkpoint_root.b));
	json_close(j);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct report *r = what;
	struct report_row all = total(r, NULL);
	char period[MONTH_TEXT_SIZE];
	json_put_str(j, "period", month_format(r->period, period));
	json_put_i64(j, "people", all.on_list);
	put_programmes(j, r);
	json_put_i64(j, "payable", all.payable);
	json_open_object(j, "cash");
	json_put_i64(j, "wish", all.cash_wish);
	json_put_i64(j, "want", all.cash_want);
	json_close(j);
	json_put_i64(j, "held", all.held);
	json_put_i64(j, "exceptions", all.exceptions);
	json_put_i64(j, "rejected_rows", r->rejected_rows);
	json_put_i64(j, "settled_count", all.settled_payouts);
	json_put_vnd(j, "settled_dong", all.settled_amount);
	json_put_vnd(j, "returned_dong", all.returned_amount);
	json_put_vnd(j, "in_flight_dong", r->in_flight);
	json_put_vnd(j, "suspense_dong", r->suspense);
	json_put_vnd(j, "unexplained_dong", r->unexplained);
	json_open_object(j, "recovery");
	json_put_i64(j, "cases", r->recovery.cases);
	json_put_vnd(j, "open_dong", r->recovery.open);
	json_put_vnd(j, "asked_dong", r->recovery.asked);
	json_put_vnd(j, "back_dong", r->recovery.back);
	json_put_vnd(j, "waived_dong", r->recovery.waived);
	json_close(j);
	json_put_bool(j, "books_balance", r->books_balance);
	json_put_i64(j, "ledger_seq", r->ledger_seq);
	put_checkpoint(j, r);
	put_wards(j, r);
}

static int run_summary(struct cli *cli, const struct asked *o)
{
	struct report r;
	if (!o->has_period)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);
	if (result == OK)
		result = report_read(cli->w, o->period, o->has_area_day ? &o->area_day : NULL, &r);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json)
		cli_print_json(fill, &r);
	else
		(o->csv ? print_csv : print_words)(cli->w->arena, &r);
	return EX_OK;
}

/* ---- statements --------------------------------------------------------------------------------------------------------- */

static void print_line(void *context, const struct report_line *l)
{
	char day[DAY_TEXT_SIZE], amount[VND_TEXT_SIZE];
	(void)context;
	const char *cells[] = {l->account, day_format(l->day, day), l->entry_ref,
		l->debit ? "debit" : "credit", vnd_format(l->amount, amount), l->id};
	csv_out_row(stdout, cells, COUNT_OF(cells));
}

static int run_statements(struct cli *cli, const struct asked *o)
{
	static const char *const heading[] = {
		"account", "date", "entry_ref", "direction", "amount", "end_to_end_id"};
	if (!o->csv)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result result = cli_enter(cli);
	if (result == OK) {
		csv_out_row(stdout, heading, COUNT_OF(heading));
		result = report_lines(cli->w, print_line, NULL);
	}
	return cli_exit(cli, result);
}

/* ---- payouts that have ended ---------------------------------------------------------------------------------------------- */

static void print_settled(void *context, const struct report_settled *s)
{
	char day[DAY_TEXT_SIZE] = "", amount[VND_TEXT_SIZE];
	(void)context;
	if (s->has_value_date)
		day_format(s->value_date, day);
	const char *outcome = strcmp(s->state, "settled") == 0 ? "paid" : s->state;
	const char *cells[] = {
		s->id, vnd_format(s->amount, amount), s->bank, s->account, outcome, day, s->entry};
	csv_out_row(stdout, cells, COUNT_OF(cells));
}

static int run_settled(struct cli *cli, const struct asked *o)
{
	static const char *const heading[] = {
		"end_to_end_id", "amount", "bank", "account", "outcome", "value_date", "entry_ref"};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	if (!o->has_period || !o->csv)
		return cli_usage(cli);
	struct opening *opening;
	enum result result = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "report.settled",
			.reason = o->reason ? o->reason : "comparison with the bank's book"},
		&opening);
	TX_GUARD(cli->w);
	if (result == OK)
		result = cli_enter(cli);
	if (result == OK) {
		csv_out_row(stdout, heading, COUNT_OF(heading));
		result = report_settled(cli->w, opening, o->period, print_settled, NULL);
	}
	if (result == OK)
		result = tx_commit(cli->w);
	return cli_exit(cli, result);
}

static int run_carry(struct cli *cli, const struct asked *o)
{
	if (!o->has_period)
		return cli_usage(cli);
	const struct carry_wish wish = {.period = o->period,
		.programme = o->programme,
		.area = o->area,
		.area_day = o->has_area_day ? &o->area_day : NULL};
	return cli_report_carry(cli, &wish, o->csv);
}

static int run_coverage(struct cli *cli, const struct asked *o)
{
	struct coverage_asked asked = {.period = o->period,
		.as_of = o->has_as_of ? &o->as_of : NULL,
		.programme = o->programme,
		.area = o->area,
		.area_day = o->has_area_day ? &o->area_day : NULL};
	return o->has_period ? cli_report_coverage(cli, &asked, o->csv) : cli_usage(cli);
}

int cli_report(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *, const struct asked *);
	} reports[] = {{"summary", run_summary}, {"statements", run_statements}, {"settled", run_settled},
		{"carry", run_carry}, {"coverage", run_coverage}};
	struct asked asked = {0};
	if (argc < 2 || !read_options(argc - 1, argv + 1, &asked) ||
		(asked.has_as_of && strcmp(argv[1], "coverage") != 0) ||
		(asked.has_area_day &&
			(strcmp(argv[1], "statements") == 0 || strcmp(argv[1], "settled") == 0)))
		return cli_usage(cli);
	for (size_t i = 0; i < COUNT_OF(reports); i++)
		if (strcmp(argv[1], reports[i].name) == 0)
			return reports[i].run(cli, &asked);
	return cli_usage(cli);
}
