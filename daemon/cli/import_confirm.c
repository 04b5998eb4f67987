/* import_confirm.c: lists of accounts that wait for a second officer: which, what one would do, and yes or no. */
#include "daemon/cli/import_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/text.h"
#include "ledger/register/account_file_store.h"

#define ROWS_SHOWN 12

/* ---- which ---------------------------------------------------------------------------------------------------------------- */

static void put_file(struct json_writer *j, const struct account_file *f)
{
	char day[DAY_TEXT_SIZE];
	json_put_i64(j, "list", f->file);
	json_put_str(j, "file", f->name);
	json_put_str(j, "bank", f->bank);
	json_put_str(j, "by", f->by);
	json_put_str(j, "as_of", day_format(f->known_on, day));
	json_put_i64(j, "rows", f->rows);
}

static void fill_waiting(struct json_writer *j, const void *what)
{
	const struct account_files *all = what;
	json_open_array(j, "waiting");
	for (size_t i = 0; i < all->n; i++) {
		json_open_object(j, NULL);
		put_file(j, &all->at[i]);
		json_close(j);
	}
	json_close(j);
}

static void print_waiting(struct arena *a, const struct account_files *all)
{
	static const char *const heading[] = {
		">số", "tệp", "ngân hàng", "tính đến ngày", ">tài khoản", "người nhập"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < all->n; i++) {
		const struct account_file *f = &all->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId64, f->file), f->name, f->bank,
			cli_day_vi(a, f->known_on), arena_printf(a, "%" PRId64, f->rows), f->by};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	table_print(&t);
	puts(all->n ? "Người thứ hai: chitra import confirm SỐ, hoặc chitra import drop SỐ"
		    : "Không có danh sách nào chờ");
}

int import_waiting_run(struct cli *cli)
{
	struct account_files all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_files_waiting(cli->w, &all);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_waiting, &all);
	else
		print_waiting(cli->w->arena, &all);
	return EX_OK;
}

/* ---- what the second officer sees ------------------------------------------------------------------------------------------ */

struct confirmed {
	const struct account_file_effect *effect;
	const char *step; /* "shown", "confirmed" */
};

static void fill_effect(struct json_writer *j, const void *what)
{
	const struct confirmed *c = what;
	const struct account_file_effect *e = c->effect;
	json_put_str(j, "step", c->step);
	put_file(j, &e->list);
	json_put_i64(j, "opens", e->opens);
	json_put_i64(j, "changes", e->changes);
	json_put_i64(j, "shares", e->shares);
	json_put_i64(j, "dormant", e->dormant);
	json_put_i64(j, "differs", e->differs);
	json_put_i64(j, "shut", e->shut);
	json_put_i64(j, "left_out", e->left_out);
	json_open_array(j, "some_rows");
	for (size_t i = 0; i < e->n; i++) {
		const struct account_file_row *r = &e->at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "row", r->row);
		json_put_str(j, "name", r->person_name);
		json_put_str(j, "bank", r->bank);
		json_put_str(j, "number", r->number);
		json_put_str(j, "holder", r->holder);
		json_put_str(j, "status", r->status);
		json_put_str(j, "grade", r->grade);
		json_put_bool(j, "opens", r->opens);
		json_put_bool(j, "changes", r->changes);
		json_put_bool(j, "shares", r->shares);
		json_close(j);
	}
	json_close(j);
}

static const char *said_vi(const char *code)
{
	static const struct {
		const char *code, *vi;
	} words[] = {{"exact", "khớp"}, {"tone_variant", "khớp, khác dấu thanh"},
		{"folded", "khớp, không dấu"}, {"partial", "khớp một phần"}, {"different", "khác"},
		{"open", "đang hoạt động"}, {"dormant", "lâu không dùng"}, {"closed", "đã đóng"},
		{"blocked", "bị khóa"}, {"not_found", "không có"}};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].code, code) == 0)
			return words[i].vi;
	return code;
}

static void print_count(int64_t n, const char *what)
{
	if (n > 0)
		printf("  %" PRId64 " %s\n", n, what);
}

static const char *remark(const struct account_file_row *r)
{
	if (r->changes)
		return r->shares ? "đổi tài khoản, số có người khác dùng" : "đổi tài khoản";
	if (r->shares)
		return "số có người khác dùng";
	return r->opens ? "tài khoản mới" : "";
}

static void print_effect(struct arena *a, const struct account_file_effect *e)
{
	static const char *const heading[] = {
		">dòng", "người hưởng", "tài khoản", "chủ tài khoản", "tên", "trạng thái", ""};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	printf("Danh sách %" PRId64 " (%s) của %s, tính đến %s, do %s nhập: %" PRId64 " tài khoản\n",
		e->list.file, e->list.name, e->list.bank, cli_day_vi(a, e->list.known_on), e->list.by,
		e->list.rows);
	print_count(e->opens, "tài khoản sẽ bắt đầu nhận tiền");
	print_count(e->changes, "trong số đó: người hưởng đang nhận qua tài khoản khác");
	print_count(e->shares, "tài khoản có người khác cùng dùng số");
	print_count(e->dormant, "tài khoản lâu không dùng");
	print_count(e->differs, "tài khoản có tên chủ không khớp (đã ghi nhận, không nhận tiền)");
	print_count(e->shut, "tài khoản đã đóng hoặc bị khóa (đã ghi nhận, không nhận tiền)");
	print_count(
		e->left_out, "tài khoản không tính: đã có tin mới hơn, hoặc họ tên, số định danh vừa sửa");
	for (size_t i = 0; i < e->n; i++) {
		const struct account_file_row *r = &e->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId32, r->row), r->person_name,
			arena_printf(a, "%s %s", r->bank, r->number), r->holder, said_vi(r->grade),
			said_vi(r->status), remark(r)};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	if (e->n > 0)
		table_print(&t);
	if ((int64_t)e->n < e->list.rows)
		printf("và %" PRId64 " dòng nữa; đối chiếu với bản do ngân hàng gửi trước khi xác nhận\n",
			e->list.rows - (int64_t)e->n);
}

/* ---- yes or no -------------------------------------------------------------------------------------------------------------- */

static bool agrees(void)
{
	char answer[8] = "";
	fflush(stdout);
	fprintf(stderr, "Xác nhận? [c/K] ");
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'c' || answer[0] == 'C');
}

/* A list does not change, so what was shown is what is confirmed. */
static enum result show(struct cli *cli, int64_t file, struct account_file_effect *out)
{
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "account.masked", .reason = "chitra import confirm"},
		&opening);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK)
		r = account_file_allowed(cli->w, file, false);
	if (r == OK)
		r = account_file_show(cli->w, opening, file, ROWS_SHOWN, out);
	return r == OK ? tx_commit(cli->w) : r;
}

static enum result decide(struct cli *cli, int64_t file, bool dropping)
{
	cli_next_step(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_file_allowed(cli->w, file, dropping);
	if (r == OK)
		r = (dropping ? account_file_drop : account_file_confirm)(cli->w, file);
	return r == OK ? tx_commit(cli->w) : r;
}

static int confirm(struct cli *cli, int64_t file, bool yes)
{
	struct account_file_effect effect;
	struct confirmed c = {.effect = &effect, .step = "confirmed"};
	enum result r = show(cli, file, &effect);
	if (r != OK)
		return cli_exit(cli, r);
	if (!cli->json)
		print_effect(cli->w->arena, &effect);
	bool asks = !yes && !cli->json && isatty(STDIN_FILENO);
	if (!yes && !(asks && agrees())) {
		c.step = "shown";
		if (cli->json)
			cli_print_json(fill_effect, &c);
		else
			puts("Chưa xác nhận. Nếu đúng là danh sách của ngân hàng, chạy lại với --yes; nếu sai: chitra import drop");
		return EX_OK;
	}
	r = decide(cli, file, false);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_effect, &c);
	else
		puts("Đã xác nhận: danh sách được tính từ bây giờ");
	return EX_OK;
}

static void fill_dropped(struct json_writer *j, const void *what)
{
	json_put_str(j, "step", "dropped");
	json_put_i64(j, "list", *(const int64_t *)what);
}

static int drop(struct cli *cli, int64_t file)
{
	enum result r = decide(cli, file, true);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_dropped, &file);
	else
		puts("Đã bỏ danh sách: không tài khoản nào nhận tiền vì nó");
	return EX_OK;
}

int import_decide_run(struct cli *cli, int argc, char **argv)
{
	bool yes = false, dropping = strcmp(argv[0], "drop") == 0;
	const struct cli_option known[] = {{"yes", .given = &yes}};
	uint64_t file;
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind != argc - 1 ||
		!text_u64(bytes_z(argv[optind]), INT64_MAX, &file))
		return cli_usage(cli);
	return dropping ? drop(cli, (int64_t)file) : confirm(cli, (int64_t)file, yes);
}
