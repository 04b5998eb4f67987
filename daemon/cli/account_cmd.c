#include "daemon/cli/account_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/payout/flag.h"
#include "ledger/register/account_store.h"
#include "ledger/register/decision_store.h"
#include "daemon/cli/csv_out.h"
#include "daemon/cli/register_keys.h"

#define DAYS_MOST 3660

struct asked {
	const char *bank, *kind, *holder, *document, *number, *programme, *method, *asked_by;
	bool has_from, has_until, open, csv;
	struct day from, until;
	int days;
};

static bool take_days(const char *value, void *to)
{
	return cli_count(value, 0, DAYS_MOST, to);
}

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"bank", .text = &o->bank},
		{"kind", .text = &o->kind},
		{"holder", .text = &o->holder},
		{"document", .text = &o->document},
		{"reason", .text = &o->document},
		{"number", .text = &o->number},
		{"from", .day = &o->from, .given = &o->has_from},
		{"since", .day = &o->from, .given = &o->has_from},
		{"until", .day = &o->until, .given = &o->has_until},
		{"open", .given = &o->open},
		{"csv", .given = &o->csv},
		{"days", .take = take_days, .to = &o->days},
		{"programme", .text = &o->programme},
		{"method", .text = &o->method},
		{"asked-by", .text = &o->asked_by},
	};
	*o = (struct asked){.kind = "self", .days = AUTHORITY_WARNING_DAYS};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- who ------------------------------------------------------------------------------------------------------------------ */

/* Inside the officer's transaction. */
static enum result find_person(
	struct cli *cli, const struct register_keys *keys, const char *text, int64_t *person)
{
	struct personal_id id;
	struct person_found_by_id found;
	if (!personal_id_parse(bytes_z(text), &id, &cli->w->why))
		return REFUSED;
	enum result r = person_by_id(cli->w, keys, &id, &found);
	if (r == OK)
		*person = found.id;
	return r;
}

static void fill_word(struct json_writer *j, const void *what)
{
	json_put_i64(j, "word", *(const int64_t *)what);
}

static int said_word(struct cli *cli, int64_t word, bool adds)
{
	if (cli->json)
		cli_print_json(fill_word, &word);
	else
		printf("Đã đề nghị; người thứ hai xác nhận: chitra account confirm %" PRId64 "%s\n", word,
			adds ? " --number SỐ-TÀI-KHOẢN" : "");
	return EX_OK;
}

/* ---- add, renew, end ------------------------------------------------------------------------------------------------------- */

static bool is_kind(const char *kind)
{
	static const char *const kinds[] = {"self", "delegate", "guardian", "household"};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

static int add(struct cli *cli, const struct asked *o, const char *id)
{
	bool own = strcmp(o->kind, "self") == 0;
	struct account_wish wish = {.kind = o->kind,
		.bank = o->bank,
		.holder = o->holder,
		.has_from = o->has_from,
		.has_until = o->has_until,
		.from = o->from,
		.until = o->until,
		.document = o->document};
	int64_t word = 0;
	if (!o->bank || !o->number || !o->document || !is_kind(o->kind) || (!own && !o->holder))
		return cli_usage(cli);
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result loaded = register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	if (!account_no_parse(bytes_z(o->number), &wish.number, &cli->w->why))
		return cli_refused(cli, &cli->w->why);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = find_person(cli, &keys.keys, id, &wish.person);
	if (r == OK)
		r = account_propose(cli->w, &keys.keys, &wish, &word);
	secret_wipe(&wish.number, sizeof wish.number);
	if (r == OK)
		r = tx_commit(cli->w);
	return r == OK ? said_word(cli, word, true) : cli_exit(cli, r);
}

static int change(struct cli *cli, const struct asked *o, const char *what, const char *account)
{
	struct account_change c = {.what = what,
		.document = o->document,
		.has_from = o->has_from,
		.has_until = o->has_until,
		.from = o->from,
		.until = o->until};
	int64_t word = 0;
	if (!o->document || (strcmp(what, "renew") == 0) != o->has_until || !cli_id(account, &c.account))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_change(cli->w, &c, &word);
	if (r == OK)
		r = tx_commit(cli->w);
	return r == OK ? said_word(cli, word, false) : cli_exit(cli, r);
}

/* ---- confirm, drop ----------------------------------------------------------------------------------------------------------- */

static void fill_count(struct json_writer *j, const void *what)
{
	json_put_i64(j, "words", *(const int *)what);
}

static int confirm(struct cli *cli, const struct asked *o, int n, char **words)
{
	int64_t *ids;
	struct account_no number;
	if (!cli_ids(cli->w->arena, n, words, &ids))
		return cli_usage(cli);
	struct decided_archive archive = {.directory = config_text(cli->config, "archive", "directory")};
	CLEANUP(secret_drop) struct key32 *id_key = archive.directory ? cli_key(cli, "id_key") : NULL;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result loaded = archive.directory && !id_key ? REFUSED : register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	archive.key = id_key;
	if (o->number && !account_no_parse(bytes_z(o->number), &number, &cli->w->why))
		return cli_refused(cli, &cli->w->why);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_confirm(cli->w, &keys.keys,
			&(struct account_confirmed){.words = ids,
				.n = (size_t)n,
				.number = o->number ? &number : NULL,
				.archive = archive.directory ? &archive : NULL});
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_count, &n);
	else
		puts("Đã xác nhận");
	return EX_OK;
}

static int drop(struct cli *cli, int n, char **words)
{
	int64_t *ids;
	if (!cli_ids(cli->w->arena, n, words, &ids))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_drop(cli->w, ids, (size_t)n);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_count, &n);
	else
		puts("Đã bỏ đề nghị");
	return EX_OK;
}

/* ---- list ----------------------------------------------------------------------------------------------------------------------- */

static const char *state_vi(const struct account_row *a)
{
	if (!a->stands)
		return a->word && strcmp(a->what, "add") == 0 ? "chờ xác nhận" : "đã kết thúc";
	if (a->renamed)
		return "ngân hàng đã đổi mã";
	if (a->status && strcmp(a->status, "dormant") == 0)
		return a->passes ? "lâu không dùng" : "không khớp";
	if (a->passes)
		return "dùng được";
	if (!a->status || strcmp(a->status, "unclear") == 0)
		return "chờ ngân hàng";
	return strcmp(a->status, "open") == 0 ? "không khớp" : "đã đóng hoặc khóa";
}

static const char *kind_vi(const char *kind)
{
	static const struct {
		const char *kind, *vi;
	} kinds[] = {{"self", "của mình"}, {"delegate", "ủy quyền"}, {"guardian", "giám hộ"},
		{"household", "hộ gia đình"}};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].vi;
	return kind;
}

static const char *until_vi(struct arena *a, struct day until)
{
	return until.n ? arena_printf(a, " đến %s", cli_day_vi(a, until)) : "";
}

/* What the second officer confirms, whole, and how. */
static void print_word(struct arena *a, const struct account_row *r)
{
	bool adds = strcmp(r->what, "add") == 0;
	const char *what = adds ? "thêm" : strcmp(r->what, "renew") == 0 ? "gia hạn" : "kết thúc";
	printf("  Đề nghị %" PRId64 ": %s tài khoản %" PRId64
	       " từ %s%s\n    %s đề nghị; giấy tờ hoặc lý do: %s\n",
		r->word, what, r->account, cli_day_vi(a, r->word_from), until_vi(a, r->word_until), r->by,
		r->document);
	printf("    Người thứ hai: chitra account confirm %" PRId64 "%s\n", r->word,
		adds ? " --number SỐ-TÀI-KHOẢN" : "");
}

/* Person by person. */
static void print_rows(struct arena *a, const struct account_rows *rows)
{
	static const char *const heading[] = {">số", "tài khoản", "chủ tài khoản", "loại", "trạng thái"};
	for (size_t i = 0, next; i < rows->n; i = next) {
		struct table t = table_new(a, heading, COUNT_OF(heading));
		for (next = i; next < rows->n && rows->at[next].person == rows->at[i].person; next++) {
			const struct account_row *r = &rows->at[next];
			const char *cells[] = {arena_printf(a, "%" PRId64, r->account),
				arena_printf(a, "%s %s", r->bank, r->number), r->holder,
				arena_printf(a, "%s%s", kind_vi(r->kind), until_vi(a, r->until)),
				state_vi(r)};
			for (size_t c = 0; c < COUNT_OF(cells); c++)
				table_add(&t, cells[c]);
		}
		printf("%s%s\n", i ? "\n" : "", rows->at[i].person_name);
		table_print(&t);
		for (size_t k = i; k < next; k++)
			if (rows->at[k].word)
				print_word(a, &rows->at[k]);
	}
	if (rows->n == 0)
		puts("Không có tài khoản nào");
}

static void fill_rows(struct json_writer *j, const void *what)
{
	const struct account_rows *rows = what;
	char day[DAY_TEXT_SIZE];
	json_open_array(j, "accounts");
	for (size_t i = 0; i < rows->n; i++) {
		const struct account_row *r = &rows->at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "account", r->account);
		json_put_str(j, "name", r->person_name);
		json_put_str(j, "bank", r->bank);
		json_put_str(j, "number", r->number);
		json_put_str(j, "holder", r->holder);
		json_put_str(j, "kind", r->kind);
		json_put_str(j, "source", r->source);
		json_put_str(j, "valid_from", day_format(r->valid_from, day));
		json_put_str(j, "authority", r->authority);
		json_put_str(j, "authority_until", r->has_until ? day_format(r->until, day) : NULL);
		json_put_bool(j, "stands", r->stands);
		json_put_bool(j, "passes", r->passes);
		json_put_str(j, "status", r->status);
		if (r->word) {
			json_put_i64(j, "word", r->word);
			json_put_str(j, "what", r->what);
			json_put_str(j, "document", r->document);
			json_put_str(j, "from", day_format(r->word_from, day));
			json_put_str(j, "until", r->word_until.n ? day_format(r->word_until, day) : NULL);
			json_put_str(j, "by", r->by);
		}
		json_close(j);
	}
	json_close(j);
}

static int list(struct cli *cli, const char *id)
{
	struct account_rows rows;
	int64_t person = 0;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	struct opening *opening;
	enum result r = desk_opening(cli, &keys,
		&(struct opening_wish){.what = "account.masked", .reason = "chitra account list"}, &opening);
	TX_GUARD(cli->w);
	if (r == OK)
		r = cli_enter(cli);
	if (r == OK && id)
		r = find_person(cli, &keys.keys, id, &person);
	if (r == OK)
		r = account_list(cli->w, opening, person, &rows);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_rows, &rows);
	else
		print_rows(cli->w->arena, &rows);
	return EX_OK;
}

/* ---- expiring ------------------------------------------------------------------------------------------------------------------- */

static void fill_expiring(struct json_writer *j, const void *what)
{
	const struct account_expirings *all = what;
	char day[DAY_TEXT_SIZE];
	json_open_array(j, "expiring");
	for (size_t i = 0; i < all->n; i++) {
		json_open_object(j, NULL);
		json_put_i64(j, "account", all->at[i].account);
		json_put_str(j, "name", all->at[i].person_name);
		json_put_str(j, "area", all->at[i].area);
		json_put_str(j, "holder", all->at[i].holder);
		json_put_str(j, "kind", all->at[i].kind);
		json_put_str(j, "authority", all->at[i].authority);
		json_put_str(j, "until", day_format(all->at[i].until, day));
		json_put_i64(j, "days_left", all->at[i].days_left);
		json_close(j);
	}
	json_close(j);
}

static void csv_expiring(struct arena *a, const struct account_expirings *all)
{
	static const char *const heading[] = {
		"account", "name", "area", "holder", "kind", "authority", "until", "days_left"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < all->n; i++) {
		const struct account_expiring *e = &all->at[i];
		char day[DAY_TEXT_SIZE];
		const char *cells[] = {arena_printf(a, "%" PRId64, e->account), e->person_name,
			e->area ? e->area : "", e->holder, e->kind, e->authority ? e->authority : "",
			day_format(e->until, day), arena_printf(a, "%d", e->days_left)};
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static void print_expiring(struct arena *a, const struct account_expirings *all)
{
	static const char *const heading[] = {
		">số", "người hưởng", "xã", "người nhận thay", "đến ngày", "còn"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < all->n; i++) {
		const struct account_expiring *e = &all->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId64, e->account), e->person_name,
			e->area ? e->area : "", e->holder, cli_day_vi(a, e->until),
			e->days_left < 0 ? "đã hết hạn" : arena_printf(a, "%d ngày", e->days_left)};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	table_print(&t);
	if (all->n > 0)
		puts("Gia hạn: chitra account renew SỐ --until NGÀY --document GIẤY-ỦY-QUYỀN-MỚI");
}

static int expiring(struct cli *cli, const struct asked *o)
{
	struct account_expirings all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = account_expiring(cli->w, o->days, &all);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_expiring, &all);
	else
		(o->csv ? csv_expiring : print_expiring)(cli->w->arena, &all);
	return EX_OK;
}

int cli_account(struct cli *cli, int argc, char **argv)
{
	struct asked o;
	if (!read_options(argc, argv, &o) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	int n = argc - optind - 1;
	char **words = argv + optind + 1;
	if (strcmp(what, "add") == 0 && n == 1)
		return add(cli, &o, words[0]);
	if ((strcmp(what, "renew") == 0 || strcmp(what, "end") == 0) && n == 1)
		return change(cli, &o, what, words[0]);
	if (strcmp(what, "confirm") == 0)
		return confirm(cli, &o, n, words);
	if (strcmp(what, "drop") == 0)
		return drop(cli, n, words);
	if (strcmp(what, "list") == 0 && n == !o.open)
		return list(cli, n > 0 ? words[0] : NULL);
	if (strcmp(what, "expiring") == 0 && n == 0)
		return expiring(cli, &o);
	return cli_usage(cli);
}

/* ---- wishes -------------------------------------------------------------------------------------------------------------------------- */

static void fill_wishes(struct json_writer *j, const void *what)
{
	const struct wish_rows *rows = what;
	char day[DAY_TEXT_SIZE];
	json_open_array(j, "wishes");
	for (size_t i = 0; i < rows->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "programme", rows->at[i].programme);
		json_put_str(j, "method", rows->at[i].method);
		json_put_str(j, "since", day_format(rows->at[i].since, day));
		json_put_str(j, "said_by", rows->at[i].said_by);
		json_put_bool(j, "holds", rows->at[i].holds);
		json_close(j);
	}
	json_close(j);
}

static void print_wishes(struct arena *a, const struct wish_rows *rows)
{
	static const char *const heading[] = {"", "chương trình", "nhận bằng", "từ ngày", "theo lời của"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	for (size_t i = 0; i < rows->n; i++) {
		const struct wish_row *r = &rows->at[i];
		const char *cells[] = {r->holds   ? "đang áp dụng"
				       : r->later ? "chưa tới ngày"
						  : "đã qua",
			r->programme, strcmp(r->method, "cash") == 0 ? "tiền mặt" : "tài khoản",
			cli_day_vi(a, r->since), r->said_by};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	table_print(&t);
}

int cli_preference(struct cli *cli, int argc, char **argv)
{
	struct asked o;
	struct wish_rows rows;
	if (!read_options(argc, argv, &o) || optind + 1 != argc)
		return cli_usage(cli);
	bool adds = o.method || o.programme || o.asked_by;
	if (adds && (!o.method || !o.programme || !o.asked_by ||
			    (strcmp(o.method, "account") != 0 && strcmp(o.method, "cash") != 0)))
		return cli_usage(cli);
	struct wish wish = {.programme = o.programme,
		.method = o.method,
		.asked_by = o.asked_by,
		.has_since = o.has_from,
		.since = o.from};
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result loaded = register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = find_person(cli, &keys.keys, argv[optind], &wish.person);
	if (r == OK && adds)
		r = wish_add(cli->w, &wish);
	if (r == OK)
		r = wish_list(cli->w, wish.person, &rows);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_wishes, &rows);
	else
		print_wishes(cli->w->arena, &rows);
	return EX_OK;
}
