#include "daemon/cli/batch_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/payout/flag_store.h"
#include "ledger/payout/make_store.h"
#include "daemon/cli/pick.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/words.h"

#define SLICE_CLAIMS 20000

struct batch_options {
	struct pick pick;
	const char **areas; /* as many as there are words */
	size_t n_areas;
	const char *channel;
};

static bool take_area(const char *value, void *to)
{
	struct batch_options *o = to;
	o->areas[o->n_areas++] = value;
	return true;
}

static bool read_options(int argc, char **argv, const char *all_name, struct batch_options *o)
{
	const struct cli_option known[] = {
		PICK_OPTIONS(&o->pick, all_name),
		{"area", .take = take_area, .to = o},
		{"channel", .text = &o->channel},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- make ------------------------------------------------------------------------------------------------------------- */

static void fill_made(struct json_writer *j, const void *what)
{
	const struct batch_made *m = what;
	json_put_i64(j, "batches", (int64_t)m->batches);
	json_put_i64(j, "lines", m->lines);
	json_put_vnd(j, "sum_dong", m->sum);
	json_put_i64(j, "by_account", m->account);
	json_put_i64(j, "cash_by_wish", m->cash_wish);
	json_put_i64(j, "cash_for_want_of_account", m->cash_want);
	json_put_i64(j, "wait_for_decision", m->finding);
	json_put_i64(j, "wait_for_account", m->unconfirmed);
	json_put_i64(j, "without_channel", m->no_channel);
}

static void say_made(const struct cli *cli, const struct batch_made *m)
{
	if (cli->json) {
		cli_print_json(fill_made, m);
		return;
	}
	printf("%zu bảng mới, %" PRId64 " dòng, %s (%" PRId64 " qua tài khoản, %" PRId64
	       " tiền mặt theo nguyện vọng, %" PRId64 " tiền mặt vì chưa có tài khoản)\n",
		m->batches, m->lines, cli_money(cli->w->arena, m->sum), m->account, m->cash_wish,
		m->cash_want);
	if (m->finding > 0)
		printf("%" PRId64 " khoản chờ cán bộ quyết định (chitra finding list)\n", m->finding);
	if (m->unconfirmed > 0)
		printf("%" PRId64 " khoản chờ xác nhận tài khoản (chitra match --status)\n", m->unconfirmed);
	if (m->no_channel > 0)
		printf("%" PRId64 " khoản chưa có kênh chi\n", m->no_channel);
}

/* Some wards in one transaction, whose memory goes with it. */
static enum result make_slice(struct cli *cli, const struct batch_wish *wish, const struct batch_area *areas,
	size_t n, struct batch_made *made)
{
	struct arena *kept = cli->w->arena, *own = arena_new();
	cli->w->arena = own;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = batch_make(cli->w, wish, areas, n, made);
	if (r == OK)
		r = tx_commit(cli->w);
	tx_rollback(cli->w);
	cli->w->arena = kept;
	arena_free(own);
	return r;
}

static bool is_same_ward(const struct batch_area *a, const struct batch_area *b)
{
	return strcmp(a->code, b->code) == 0 && day_cmp(a->from, b->from) == 0;
}

static enum result make_all(struct cli *cli, const struct batch_wish *wish, struct batch_made *made)
{
	struct batch_areas areas;
	cli_next_step(cli);
	enum result r = batch_areas(cli->w, wish, &areas);
	if (r != OK)
		return r;
	int64_t total = 0, done = 0;
	for (size_t i = 0; i < areas.n; i++)
		total += areas.at[i].claims;
	struct progress bar = progress_begin(cli, "Lập bảng", total);
	for (size_t i = 0; i < areas.n && r == OK;) {
		size_t first = i;
		for (int64_t claims = 0; i < areas.n && (i == first || claims < SLICE_CLAIMS ||
								is_same_ward(&areas.at[i], &areas.at[i - 1]));
			i++) {
			claims += areas.at[i].claims;
			done += areas.at[i].claims;
		}
		r = make_slice(cli, wish, areas.at + first, i - first, made);
		progress_at(&bar, done);
	}
	progress_end(&bar);
	return r;
}

static int make(struct cli *cli, const struct batch_options *o)
{
	if (!o->pick.programme || !o->pick.has_period || o->pick.all == (o->n_areas > 0))
		return cli_usage(cli);
	CLEANUP(secret_drop) struct key32 *id_key = cli_key(cli, "id_key");
	CLEANUP(kek_set_free) struct kek_set keks = {0};
	enum result r = id_key ? desk_keks_load(cli, &keks) : REFUSED;
	if (r != OK)
		return cli_exit(cli, r);
	struct batch_made made = {0};
	struct batch_wish wish = {.programme = o->pick.programme,
		.period = o->pick.period,
		.areas = o->areas,
		.n_areas = o->n_areas,
		.channel = o->channel,
		.keys = {.id_key = id_key, .keks = keks.at, .n_keks = keks.n}};
	r = make_all(cli, &wish, &made);
	/* Batches of the wards before a refusal are made and stay. */
	if (r == OK || (!cli->json && made.batches > 0))
		say_made(cli, &made);
	return cli_exit(cli, r);
}

/* ---- looking ----------------------------------------------------------------------------------------------------------- */

static void fill_list(struct json_writer *j, const void *what)
{
	pick_put(j, what);
}

static int list(struct cli *cli, const struct pick *pick)
{
	struct batches b;
	struct batch_filter filter = pick_filter(pick);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = batch_list(cli->w, &filter, &b);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_list, &b);
	else
		pick_print(cli->w->arena, &b);
	return EX_OK;
}

/* Who is behind each line, in the order of the lines. */
struct payees {
	struct rows rows;
	int name, birth_year, bank, holder, cash_reason;
	unsigned *flags; /* of each line (flag.h) */
};

static enum result read_payees(struct work *w, const struct batch *batch, size_t n, struct payees *out)
{
	enum result r = db_run(w, Q_BATCH_PAYEES, DB_ARGS(db_i64(batch->id)), &out->rows);
	if (r != OK)
		return r;
	bug_if(rows_n(&out->rows) != n);
	out->name = rows_col(&out->rows, "name");
	out->birth_year = rows_col(&out->rows, "birth_year");
	out->bank = rows_col(&out->rows, "bank");
	out->holder = rows_col(&out->rows, "holder");
	out->cash_reason = rows_col(&out->rows, "cash_reason");
	struct flagged flagged;
	r = batch_flags(w, &batch->id, 1, &flagged);
	out->flags = arena_array(w->arena, n, unsigned);
	for (size_t i = 0; r == OK && i < flagged.n; i++)
		out->flags[flagged.at[i].line - 1] = flagged.at[i].flags;
	return r;
}

static const char *cash_vi(const char *reason)
{
	if (!reason)
		return "tiền mặt";
	return strcmp(reason, "wish") == 0 ? "tiền mặt (nguyện vọng)" : "tiền mặt (chưa có tài khoản)";
}

static enum result print_lines(
	struct work *w, void *context, const struct batch *batch, const struct batch_line *lines, size_t n)
{
	static const char *const headings[] = {">Dòng", "Mã chi trả", "Tháng", "Loại", ">Lần", ">Số tiền",
		"Họ và tên", "Năm sinh", "Ngân hàng", "Chủ tài khoản"};
	struct payees p;
	bool any = false;
	(void)context;
	enum result r = read_payees(w, batch, n, &p);
	if (r != OK)
		return r;
	struct table t = table_new(w->arena, headings, COUNT_OF(headings));
	for (size_t i = 0; i < n; i++) {
		bool cash = row_null(&p.rows, i, p.bank);
		const struct pay_line *l = &lines[i].line;
		char month[MONTH_TEXT_SIZE];
		table_add(&t, arena_printf(w->arena, "%" PRId32, l->line));
		table_add(&t, l->id);
		table_add(&t, arena_strdup(w->arena, month_format(l->month, month)));
		table_add(&t, word_vi(l->kind));
		table_add(&t, arena_printf(w->arena, "%" PRId32, l->issue));
		table_add(&t, cli_money(w->arena, l->amount));
		table_add(&t, row_text(&p.rows, i, p.name));
		table_add(&t, arena_printf(w->arena, "%" PRId32, row_i32(&p.rows, i, p.birth_year)));
		table_add(&t,
			cash ? cash_vi(row_text(&p.rows, i, p.cash_reason)) : row_text(&p.rows, i, p.bank));
		table_add(&t, cash ? "" : row_text(&p.rows, i, p.holder));
	}
	printf("\nBảng %" PRId64 " (%s, %s)\n", batch->id, batch->programme, batch->area_name);
	table_print(&t);
	for (size_t i = 0; i < n; i++) {
		if (!p.flags[i])
			continue;
		printf("%s  dòng %" PRId32 ": %s\n", any ? "" : "Cần xem trước khi ký:\n", lines[i].line.line,
			flags_vi(w->arena, p.flags[i]));
		any = true;
	}
	return OK;
}

struct shown {
	struct json_writer *j;
	struct cli *cli;
	struct batches *batches;
	enum result result;
};

static void put_flags(struct json_writer *j, unsigned flags)
{
	json_open_array(j, "flags");
	for (int f = 0; f < FLAGS; f++)
		if ((flags >> f) & 1)
			json_put_str(j, NULL, flag_name((enum flag)f));
	json_close(j);
}

static enum result put_lines(
	struct work *w, void *context, const struct batch *batch, const struct batch_line *lines, size_t n)
{
	struct json_writer *j = context;
	struct payees p;
	enum result r = read_payees(w, batch, n, &p);
	for (size_t i = 0; r == OK && i < n; i++) {
		const struct pay_line *l = &lines[i].line;
		char month[MONTH_TEXT_SIZE];
		json_open_object(j, NULL);
		json_put_i64(j, "batch", l->batch);
		json_put_i64(j, "line", l->line);
		json_put_str(j, "id", l->id);
		json_put_str(j, "month", month_format(l->month, month));
		json_put_str(j, "kind", l->kind);
		json_put_i64(j, "issue", l->issue);
		json_put_vnd(j, "amount_dong", l->amount);
		json_put_str(j, "name", row_text(&p.rows, i, p.name));
		json_put_i64(j, "birth_year", row_i32(&p.rows, i, p.birth_year));
		json_put_str(j, "bank", row_text(&p.rows, i, p.bank));
		json_put_str(j, "holder", row_text(&p.rows, i, p.holder));
		json_put_str(j, "cash_reason", row_text(&p.rows, i, p.cash_reason));
		put_flags(j, p.flags[i]);
		json_close(j);
	}
	return r;
}

static void fill_show(struct json_writer *j, const void *what)
{
	struct shown *s = *(struct shown *const *)what;
	pick_put(j, s->batches);
	json_open_array(j, "lines");
	s->result = batch_each(s->cli->w, s->batches, put_lines, j);
	json_close(j);
}

static int show(struct cli *cli, const struct pick *pick)
{
	struct batches b;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = batch_lock(cli->w, pick->ids, pick->n, &b);
	if (r != OK)
		return cli_exit(cli, r);
	struct shown s = {.cli = cli, .batches = &b, .result = OK}, *at = &s;
	if (cli->json) {
		cli_print_json(fill_show, &at);
		return s.result == OK ? EX_OK : cli_exit(cli, s.result);
	}
	pick_print(cli->w->arena, &b);
	return cli_exit(cli, batch_each(cli->w, &b, print_lines, NULL));
}

/* ---- changing ---------------------------------------------------------------------------------------------------------- */

/* Those that the officer made and that are open still. */
static enum result own_open(struct cli *cli, struct pick *pick)
{
	struct batches b;
	pick->state = "open";
	struct batch_filter filter = pick_filter(pick);
	enum result r = batch_list(cli->w, &filter, &b);
	if (r != OK)
		return r;
	pick->ids = arena_array(cli->w->arena, b.n, int64_t);
	for (size_t i = 0; i < b.n; i++)
		if (b.at[i].made_by == cli->me.id)
			pick->ids[pick->n++] = b.at[i].id;
	return OK;
}

static int submit(struct cli *cli, struct pick *pick)
{
	struct batches b = {0};
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK && pick->all)
		r = own_open(cli, pick);
	if (r == OK && pick->n > 0)
		r = batch_submit(cli->w, cli->me.id, pick->ids, pick->n, &b);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_list, &b);
	else
		printf("%zu bảng đã trình\n", b.n);
	return EX_OK;
}

/* Maker, checker or approver of the batch's agency and ward. */
static enum result may_change(struct cli *cli, const struct batches *b)
{
	static const char *const roles[] = {"maker", "checker", "approver"};
	const struct wanted *wanted = batches_wanted(cli->w->arena, b);
	for (size_t i = 0; i < b->n; i++) {
		bool may = false;
		for (size_t k = 0; k < COUNT_OF(roles) && !may; k++) {
			enum result r = officer_may(cli->w, roles[k], &wanted[i], 1, &may);
			if (r != OK)
				return r;
		}
		if (!may) {
			why_set(&cli->w->why, "no_mandate", "you have no mandate for batch %" PRId64,
				b->at[i].id);
			return REFUSED;
		}
	}
	return OK;
}

static enum result remake_one(struct cli *cli, int64_t id, const char *must_be, const struct batch_keys *keys,
	struct batch_made *made)
{
	struct batches b;
	enum result r = batch_lock(cli->w, &id, 1, &b);
	if (r == OK)
		r = batch_must_be(cli->w, &b, must_be);
	if (r == OK)
		r = may_change(cli, &b);
	return r == OK ? batch_remake(cli->w, id, keys, made) : r;
}

/* must_be: frozen (sent back) or open (remade). */
static int remake(struct cli *cli, const struct pick *pick, const char *must_be)
{
	CLEANUP(secret_drop) struct key32 *id_key = cli_key(cli, "id_key");
	CLEANUP(kek_set_free) struct kek_set keks = {0};
	enum result r = id_key ? desk_keks_load(cli, &keks) : REFUSED;
	struct batch_keys keys = {.id_key = id_key, .keks = keks.at, .n_keks = keks.n};
	struct batch_made made = {0};
	if (r != OK)
		return cli_exit(cli, r);
	TX_GUARD(cli->w);
	r = cli_enter(cli);
	for (size_t i = 0; i < pick->n && r == OK; i++) {
		struct batch_made one = {0};
		r = remake_one(cli, pick->ids[i], must_be, &keys, &one);
		made.batches += one.batches;
		made.lines += one.lines;
		made.account += one.account;
		made.cash_wish += one.cash_wish;
		made.cash_want += one.cash_want;
		bug_if(!vnd_add(made.sum, one.sum, &made.sum));
	}
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_made, &made);
	else
		printf("%zu bảng lập lại, %" PRId64 " dòng, %s\n", made.batches, made.lines,
			cli_money(cli->w->arena, made.sum));
	return EX_OK;
}

static int withdraw(struct cli *cli, const struct pick *pick)
{
	struct batches b;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = batch_lock(cli->w, pick->ids, pick->n, &b);
	if (r == OK)
		r = may_change(cli, &b);
	if (r == OK)
		r = batch_withdraw(cli->w, pick->ids, pick->n);
	struct batch_filter these = {.ids = pick->ids, .n_ids = pick->n};
	if (r == OK)
		r = batch_list(cli->w, &these, &b);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_list, &b);
	else if (r == OK)
		printf("%zu bảng đã rút\n", b.n);
	return cli_exit(cli, r);
}

int cli_batch(struct cli *cli, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct batch_options o = {.areas = arena_array(cli->w->arena, (size_t)argc, const char *)};
	bool submits = strcmp(what, "submit") == 0;
	if (argc < 2 || !read_options(argc - 1, argv + 1, submits ? "all-open" : "all", &o))
		return cli_usage(cli);
	int n = argc - 1 - optind;
	if (strcmp(what, "make") == 0)
		return n == 0 ? make(cli, &o) : cli_usage(cli);
	if (strcmp(what, "list") == 0)
		return n == 0 ? list(cli, &o.pick) : cli_usage(cli);
	if (!pick_ids(cli->w->arena, n, argv + 1 + optind, &o.pick) || (o.pick.all && !submits))
		return cli_usage(cli);
	if (submits)
		return submit(cli, &o.pick);
	if (strcmp(what, "show") == 0)
		return show(cli, &o.pick);
	if (strcmp(what, "withdraw") == 0)
		return withdraw(cli, &o.pick);
	if (strcmp(what, "send-back") == 0)
		return remake(cli, &o.pick, "frozen");
	if (strcmp(what, "remake") == 0)
		return remake(cli, &o.pick, "open");
	return cli_usage(cli);
}
