#include "daemon/cli/recall_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/payout/recall_store.h"

struct asked {
	const char *cause, *reason, *said;
	bool all;
};

static bool is_one_of(const char *word, const char *const *of, size_t n)
{
	for (size_t i = 0; word && i < n; i++)
		if (strcmp(word, of[i]) == 0)
			return true;
	return false;
}

/* ---- the list ----------------------------------------------------------------------------------------------------------- */

static const char *word_of(const char *code)
{
	static const struct {
		const char *code, *vi;
	} words[] = {
		{"DUPL", "chi hai lần"},
		{"UPAY", "không phải chi"},
		{"FRAD", "gian lận"},
		{"TECH", "lỗi kỹ thuật"},
		{"AC03", "sai tài khoản"},
		{"AM09", "sai số tiền"},
		{"proposed", "chờ cán bộ thứ hai"},
		{"asked", "ngân hàng chưa trả lời"},
		{"accepted", "ngân hàng đồng ý, chờ tiền về"},
		{"refused", "ngân hàng không đồng ý"},
		{"withdrawn", "thôi đề nghị"},
		{"came_back", "tiền đã về"},
		{"not_paid", "chưa chi"},
	};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].code, code) == 0)
			return words[i].vi;
	return code;
}

static void print_list(struct arena *a, const struct recalls *all)
{
	static const char *const heading[] = {"mã chi trả", "họ tên", "chương trình", "tháng", "xã, phường",
		"ngân hàng", ">số tiền", "vì sao", ">tuổi (ngày)", "tình trạng", "cán bộ"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	char month[MONTH_TEXT_SIZE];
	if (all->n == 0) {
		puts("Không có khoản nào đang đề nghị ngân hàng hoàn trả");
		return;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct recall *c = &all->at[i];
		const char *cells[] = {c->id, c->name, c->programme,
			arena_strdup(a, month_format(c->month, month)), c->area, c->bank,
			cli_money(a, c->amount),
			arena_printf(a, "%s %s: %s", c->cause, word_of(c->cause), c->reason),
			arena_printf(a, "%d", c->age_days),
			c->answer ? arena_printf(a, "%s: %s", word_of(c->stands), c->answer)
				  : word_of(c->stands),
			c->second ? arena_printf(a, "%s, %s", c->first, c->second) : c->first};
		_Static_assert(COUNT_OF(cells) == COUNT_OF(heading), "a cell for each column");
		for (size_t k = 0; k < COUNT_OF(cells); k++)
			table_add(&t, cells[k]);
	}
	table_print(&t);
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct recalls *all = what;
	char month[MONTH_TEXT_SIZE];
	json_open_array(j, "recalls");
	for (size_t i = 0; i < all->n; i++) {
		const struct recall *c = &all->at[i];
		json_open_object(j, NULL);
		json_put_str(j, "end_to_end_id", c->id);
		json_put_str(j, "name", c->name);
		json_put_str(j, "programme", c->programme);
		json_put_str(j, "month", month_format(c->month, month));
		json_put_str(j, "ward", c->area);
		json_put_str(j, "bank", c->bank);
		json_put_vnd(j, "amount_dong", c->amount);
		json_put_str(j, "state", c->state);
		json_put_str(j, "cause", c->cause);
		json_put_str(j, "reason", c->reason);
		json_put_str(j, "stands", c->stands);
		json_put_str(j, "answer", c->answer);
		json_put_str(j, "first", c->first);
		json_put_str(j, "second", c->second);
		json_put_i64(j, "age_days", c->age_days);
		json_close(j);
	}
	json_close(j);
}

static int list(struct cli *cli, bool all)
{
	struct recalls found;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = recall_list(cli->w, all, &found);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_list, &found);
	else if (r == OK)
		print_list(cli->w->arena, &found);
	return cli_exit(cli, r);
}

/* ---- what officers say of one ----------------------------------------------------------------------------------------------- */

struct step {
	const char *id, *said, *vi;
};

static void fill_step(struct json_writer *j, const void *what)
{
	const struct step *s = what;
	json_put_str(j, "end_to_end_id", s->id);
	json_put_str(j, "stands", s->said);
}

static enum result say(struct work *w, const struct asked *o, const struct step *s)
{
	if (strcmp(s->said, "proposed") == 0)
		return recall_ask(w, s->id, o->cause, o->reason);
	if (strcmp(s->said, "asked") == 0)
		return recall_confirm(w, s->id);
	return recall_say(w, s->id, s->said, o->reason);
}

static int take(struct cli *cli, const struct asked *o, const struct step *s)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = say(cli->w, o, s);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_step, s);
	else if (r == OK)
		puts(s->vi);
	return cli_exit(cli, r);
}

int cli_recall(struct cli *cli, int argc, char **argv)
{
	static const char *const causes[] = {"DUPL", "TECH", "FRAD", "UPAY", "AC03", "AM09"};
	static const char *const answers[] = {"accepted", "refused"};
	struct asked o = {0};
	const struct cli_option known[] = {
		{"all", .given = &o.all},
		{"cause", .text = &o.cause},
		{"reason", .reason = &o.reason},
		{"said", .text = &o.said},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc && !o.reason && !o.cause && !o.said)
		return list(cli, o.all);
	if (optind + 2 != argc || o.all)
		return cli_usage(cli);
	const char *id = argv[optind + 1];
	bool reason = o.reason && strlen(o.reason) >= 3;
	if (strcmp(what, "ask") == 0 && reason && !o.said && is_one_of(o.cause, causes, COUNT_OF(causes)))
		return take(cli, &o,
			&(struct step){
				id, "proposed", "Đã đề nghị; người thứ hai xác nhận: chitra recall confirm"});
	if (strcmp(what, "confirm") == 0 && !o.reason && !o.cause && !o.said)
		return take(cli, &o,
			&(struct step){id, "asked",
				"Đã xác nhận: gửi ngân hàng đề nghị hoàn trả (chitra recall list); tiền về thì sao kê cho biết"});
	if (strcmp(what, "answered") == 0 && reason && !o.cause &&
		is_one_of(o.said, answers, COUNT_OF(answers)))
		return take(cli, &o, &(struct step){id, o.said, "Đã ghi trả lời của ngân hàng"});
	if (strcmp(what, "withdraw") == 0 && reason && !o.cause && !o.said)
		return take(cli, &o, &(struct step){id, "withdrawn", "Đã thôi đề nghị hoàn trả"});
	return cli_usage(cli);
}
