#include "daemon/cli/reconcile_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/recon/reconcile_store.h"
#include "daemon/cli/break_cmd.h"

struct asked {
	const char *account;
	struct day day;
};

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"account", .text = &o->account, .needed = true},
		{"date", .day = &o->day, .needed = true},
	};
	return cli_options(argc, argv, known, COUNT_OF(known)) && optind == argc;
}

/* ---- in words --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *code, *vi;
} kinds[] = {
	{"payout", "Chi trả"},
	{"return", "Chi trả bị hoàn lại"},
	{"funding", "Kho bạc cấp kinh phí"},
	{"fee", "Phí ngân hàng"},
	{"agent_advance", "Tạm ứng cho bưu điện"},
	{"agent_return", "Bưu điện nộp lại"},
	{"suspense", "Treo, chờ xử lý"},
};

static const char *kind_vi(const char *code)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].code, code) == 0)
			return kinds[i].vi;
	return code;
}

static const char *result_vi(enum reconciled r)
{
	switch (r) {
	case RECONCILED_CLEAN: return "KHỚP: số dư liền mạch, không còn đồng nào chưa giải thích";
	case RECONCILED_BREAKS: return "CÒN VIỆC: mọi đồng chưa giải thích đều đã có việc đang mở";
	case RECONCILED_BROKEN:
		return "KHÔNG KHỚP: thiếu sao kê, số dư đứt đoạn, hoặc có chênh lệch chưa ai nhận";
	}
	bug("a day is reconciled as %d", (int)r);
}

static void row(struct table *t, const char *what, const char *lines, const char *amount)
{
	table_add(t, what);
	table_add(t, lines);
	table_add(t, amount);
}

static const char *count(struct arena *a, int64_t n)
{
	char dots[VND_TEXT_SIZE];
	return arena_strdup(a, vnd_format_dots(vnd(n), dots));
}

static const char *money(struct arena *a, struct vnd v)
{
	char dots[VND_TEXT_SIZE];
	return arena_strdup(a, vnd_format_dots(v, dots));
}

static void print_statement(struct arena *a, const struct reconciliation *c)
{
	struct table t = table_new(a, (const char *const[]){"", ">dòng", ">đồng"}, 3);
	row(&t, "Số dư đầu ngày", "", money(a, c->opening));
	row(&t, "Ghi có", count(a, c->credit_count), money(a, c->credits));
	row(&t, "Ghi nợ", count(a, c->debit_count), money(a, c->debits));
	row(&t, "Số dư cuối ngày", "", money(a, c->closing));
	row(&t, "Số dư trên sổ cái", "", money(a, c->books));
	table_print(&t);
	printf("\nSao kê %s, %s ngày trước%s; sổ cái %s.\n", c->complete ? "đủ dòng" : "KHÔNG CỘNG KHỚP",
		c->chained ? "nối tiếp" : "KHÔNG NỐI TIẾP", c->looked_into ? " (hai cán bộ đã xem)" : "",
		vnd_cmp(c->books, c->expected) == 0 ? "khớp sao kê" : "LỆCH sao kê");
	if (vnd_cmp(c->in_flight, c->in_flight_payouts) != 0)
		printf("LỆCH: tiền đang chuyển trên sổ cái %s đ, theo các khoản chi %s đ.\n",
			money(a, c->in_flight), money(a, c->in_flight_payouts));
}

static void print_kinds(struct arena *a, const struct reconciliation *c)
{
	if (c->kinds_n == 0)
		return;
	struct table t = table_new(a, (const char *const[]){"Các dòng là", ">dòng", ">đồng"}, 3);
	for (size_t i = 0; i < c->kinds_n; i++)
		row(&t, kind_vi(c->kinds[i].kind), count(a, c->kinds[i].lines), money(a, c->kinds[i].amount));
	putchar('\n');
	table_print(&t);
}

static void print_unexplained(struct arena *a, const struct reconciliation *c)
{
	struct table t = table_new(a, (const char *const[]){"Chưa giải thích", ">khoản", ">đồng"}, 3);
	row(&t, "Dòng chưa đối chiếu", "", money(a, c->unallocated));
	row(&t, "Quá hạn chưa có kết quả", count(a, c->overdue_payouts), money(a, c->overdue));
	row(&t, "Treo trên sổ cái", "", money(a, c->suspense));
	row(&t, "Tổng", "", money(a, c->unexplained));
	putchar('\n');
	table_print(&t);
}

static void print_breaks(struct arena *a, const struct reconciliation *c)
{
	if (c->breaks_n == 0)
		return;
	struct table t = table_new(a,
		(const char *const[]){
			">số", "mã", "việc đang mở", ">đồng", ">tuổi (ngày)", "bút toán", "mã chi trả"},
		7);
	for (size_t i = 0; i < c->breaks_n; i++) {
		const struct open_break *b = &c->breaks[i];
		table_add(&t, arena_printf(a, "%" PRId64, b->id));
		table_add(&t, b->kind);
		table_add(&t, break_vi(b->kind));
		table_add(&t, money(a, b->amount));
		table_add(&t, arena_printf(a, "%" PRId32, b->age_days));
		table_add(&t, b->entry_ref);
		table_add(&t, b->id_of_payout);
	}
	putchar('\n');
	table_print(&t);
}

static void print_words(struct arena *a, const struct reconciliation *c)
{
	int year, month, day;
	day_to_ymd(c->day, &year, &month, &day);
	printf("Đối chiếu tài khoản %s, ngày %02d/%02d/%04d\n\n", c->funding.code, day, month, year);
	if (c->statement == 0) {
		puts("Chưa có sao kê của ngày này.");
	} else {
		print_statement(a, c);
		print_kinds(a, c);
	}
	print_unexplained(a, c);
	print_breaks(a, c);
	printf("\n%s\n", result_vi(c->result));
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------ */

static void put_lists(struct json_writer *j, const struct reconciliation *c)
{
	json_open_array(j, "explained");
	for (size_t i = 0; i < c->kinds_n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "kind", c->kinds[i].kind);
		json_put_i64(j, "lines", c->kinds[i].lines);
		json_put_vnd(j, "dong", c->kinds[i].amount);
		json_close(j);
	}
	json_close(j);
	json_open_array(j, "breaks");
	for (size_t i = 0; i < c->breaks_n; i++) {
		const struct open_break *b = &c->breaks[i];
		json_open_object(j, NULL);
		json_put_i64(j, "id", b->id);
		json_put_str(j, "kind", b->kind);
		json_put_vnd(j, "dong", b->amount);
		json_put_day(j, "day", b->day);
		json_put_i64(j, "age_days", b->age_days);
		json_put_str(j, "entry_ref", b->entry_ref);
		json_put_str(j, "end_to_end_id", b->id_of_payout);
		json_put_str(j, "note", b->note);
		json_close(j);
	}
	json_close(j);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct reconciliation *c = what;
	json_put_str(j, "account", c->funding.code);
	json_put_day(j, "date", c->day);
	json_put_str(j, "result", reconciled_name(c->result));
	json_put_bool(j, "statement", c->statement != 0);
	json_put_bool(j, "complete", c->complete);
	json_put_bool(j, "chained", c->chained);
	json_put_bool(j, "looked_into", c->looked_into);
	json_put_vnd(j, "opening_dong", c->opening);
	json_put_vnd(j, "credits_dong", c->credits);
	json_put_vnd(j, "debits_dong", c->debits);
	json_put_vnd(j, "closing_dong", c->closing);
	json_put_vnd(j, "books_dong", c->books);
	json_put_bool(j, "books_agree", vnd_cmp(c->books, c->expected) == 0);
	json_put_vnd(j, "in_flight_dong", c->in_flight);
	json_put_bool(j, "in_flight_agrees", vnd_cmp(c->in_flight, c->in_flight_payouts) == 0);
	json_put_vnd(j, "unallocated_dong", c->unallocated);
	json_put_vnd(j, "overdue_dong", c->overdue);
	json_put_vnd(j, "suspense_dong", c->suspense);
	json_put_vnd(j, "unexplained_dong", c->unexplained);
	put_lists(j, c);
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static int exit_of(enum reconciled r)
{
	switch (r) {
	case RECONCILED_CLEAN: return EX_OK;
	case RECONCILED_BREAKS: return 2;
	case RECONCILED_BROKEN: return 1;
	}
	bug("a day is reconciled as %d", (int)r);
}

int cli_reconcile(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	struct reconciliation c;
	if (!read_options(argc, argv, &asked))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = reconcile(cli->w, asked.account, asked.day, &c);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &c);
	else
		print_words(cli->w->arena, &c);
	return exit_of(c.result);
}
