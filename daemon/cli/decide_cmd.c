#include "daemon/cli/decide_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/register/decision_store.h"
#include "daemon/cli/import_run.h"
#include "daemon/cli/register_keys.h"
#include "daemon/cli/words.h"

#define RATES_MOST  5
#define TIMES_MOST  1000
#define PEOPLE_MOST 1000000

struct asked {
	struct arena *arena;
	struct decision d;
	bool has_from, open;
	const char *list, *sheet, *marked; /* of whom something is granted */
	bool accept_repairs;
	int people; /* that the second officer counted */
	const char *codes[RATES_MOST];
};

/* "A,B" into codes. */
static bool take_codes(const char *value, void *to)
{
	struct asked *o = to;
	for (char *rest = arena_strdup(o->arena, value), *one; (one = strsep(&rest, ","));) {
		if (o->d.n_codes == RATES_MOST || !*one)
			return false;
		o->codes[o->d.n_codes++] = one;
	}
	o->d.codes = o->codes;
	return true;
}

static bool take_times(const char *value, void *to)
{
	return cli_count(value, 1, TIMES_MOST, to);
}

static bool take_people(const char *value, void *to)
{
	return cli_count(value, 1, PEOPLE_MOST, to);
}

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"programme", .text = &o->d.programme},
		{"from", .month = &o->d.month, .given = &o->has_from},
		{"period", .month = &o->d.period, .given = &o->d.has_period},
		{"rate", .take = take_codes, .to = o},
		{"times", .take = take_times, .to = &o->d.quantity},
		{"amount", .amount = &o->d.amount},
		{"number", .text = &o->d.number},
		{"reason", .reason = &o->d.reason},
		{"open", .given = &o->open},
		{"list", .text = &o->list},
		{"sheet", .text = &o->sheet},
		{"marked", .text = &o->marked},
		{"accept-repairs", .given = &o->accept_repairs},
		{"people", .take = take_people, .to = &o->people},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* Which of --from, --period, --rate and --amount a kind wants, and no other. */
static bool is_whole(const struct asked *o)
{
	static const struct {
		const char *kind;
		bool from, period, rate, amount;
	} kinds[] = {
		{"suspend", true, false, false, false},
		{"terminate", true, false, false, false},
		{"resume", true, false, false, false},
		{"together", false, true, false, false},
		{"grant", true, true, true, false},
		{"funeral", false, true, true, false},
		{"recover", true, false, false, true},
	};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].kind, o->d.kind) == 0)
			return kinds[i].from == o->has_from && kinds[i].period == o->d.has_period &&
			       kinds[i].rate == (o->d.n_codes > 0) &&
			       kinds[i].amount == !vnd_is_zero(o->d.amount) && o->d.programme &&
			       o->d.number && *o->d.number && o->d.reason && *o->d.reason &&
			       (strcmp(o->d.kind, "grant") != 0 || o->d.n_codes == 1) &&
			       (strcmp(o->d.kind, "grant") == 0 || o->d.quantity == 1);
	return false;
}

static void fill_id(struct json_writer *j, const void *what)
{
	json_put_i64(j, "id", *(const int64_t *)what);
}

static int propose(struct cli *cli, struct asked *o, const char *id_text)
{
	struct person_found_by_id person;
	struct personal_id id;
	struct why why = {0};
	int64_t made;
	CLEANUP(register_keys_free) struct desk_register_keys keys = {0};
	enum result loaded = register_keys_load(cli, &keys);
	if (loaded != OK)
		return cli_exit(cli, loaded);
	if (id_text && !personal_id_parse(bytes_z(id_text), &id, &why))
		return cli_refused(cli, &why);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK && id_text) {
		r = person_by_id(cli->w, &keys.keys, &id, &person);
		if (r == OK)
			o->d.person = person.id;
	}
	if (r == OK)
		r = decision_propose(cli->w, o->d, &made);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_id, &made);
	else
		printf("Đã đề nghị; người thứ hai xác nhận: chitra decide confirm %" PRId64 "\n", made);
	return EX_OK;
}

/* To each of a list, as to one. */
static int grant_list(struct cli *cli, const struct asked *o)
{
	struct import_asked asked = {.kind = LIST_GRANTS,
		.programme = o->d.programme,
		.sheet = o->sheet,
		.marked = o->marked,
		.accept_repairs = o->accept_repairs,
		.grant = &o->d,
		.files = &o->list,
		.n_files = 1};
	int code = import_lists(cli, &asked);
	if (code == EX_OK && !cli->json)
		printf("Người thứ hai xem và xác nhận: chitra decide list --open --number '%s';\n"
		       "  chitra decide confirm --number '%s' --people SỐ-NGƯỜI\n",
			o->d.number, o->d.number);
	return code;
}

static void fill_confirmed(struct json_writer *j, const void *what)
{
	json_put_i64(j, "confirmed", *(const int64_t *)what);
}

/* The decisions that are named, or all under one number, when the officer knows how many. */
static int confirm(struct cli *cli, const struct asked *o, int n, char **words)
{
	int64_t *ids, confirmed = n ? n : o->people;
	bool by_number = n == 0 && o->d.number && o->people;
	if (!by_number && (o->d.number || o->people || !cli_ids(cli->w->arena, n, words, &ids)))
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = by_number ? decision_confirm_number(cli->w, o->d.number, o->people)
			      : decision_confirm(cli->w, ids, (size_t)n);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_confirmed, &confirmed);
	else
		puts("Đã quyết định");
	return EX_OK;
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct decisions_out *d = what;
	char month[MONTH_TEXT_SIZE];
	json_open_array(j, "decisions");
	for (size_t i = 0; i < d->n; i++) {
		const struct decision_out *o = &d->at[i];
		json_open_object(j, NULL);
		json_put_i64(j, "id", o->id);
		json_put_str(j, "kind", o->kind);
		json_put_str(j, "programme", o->programme);
		json_put_str(j, "person", o->person_name);
		json_put_str(j, "month", month_format(month_of_day(o->month), month));
		json_put_str(j, "rates", o->rates);
		json_put_i64(j, "times", o->quantity);
		json_put_vnd(j, "amount_dong", o->amount);
		json_put_str(j, "number", o->number);
		json_put_str(j, "reason", o->reason);
		json_put_str(j, "first", o->first);
		json_put_str(j, "second", o->second);
		json_put_bool(j, "claimed", o->claimed);
		json_close(j);
	}
	json_close(j);
}

static void print_list(struct arena *a, const struct decisions_out *d)
{
	static const char *const heading[] = {">số", "loại", "chương trình", "người hưởng", "tháng", "mức",
		"quyết định", "đề nghị", "xác nhận", "lý do"};
	struct table t = table_new(a, heading, COUNT_OF(heading));
	char month[MONTH_TEXT_SIZE];
	for (size_t i = 0; i < d->n; i++) {
		const struct decision_out *o = &d->at[i];
		const char *cells[] = {arena_printf(a, "%" PRId64, o->id), word_vi(o->kind), o->programme,
			o->person_name ? o->person_name : "tất cả",
			arena_strdup(a, month_format(month_of_day(o->month), month)),
			o->has_amount ? cli_money(a, o->amount)
			: o->rates    ? o->rates
				      : "",
			o->number ? o->number : "", o->first, o->second ? o->second : "chờ", o->reason};
		for (size_t c = 0; c < COUNT_OF(cells); c++)
			table_add(&t, cells[c]);
	}
	table_print(&t);
	printf("%zu quyết định\n", d->n);
}

static int list(struct cli *cli, const struct asked *o)
{
	struct decisions_out found;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = decision_list(cli->w, o->open, 0, o->d.number, &found);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_list, &found);
	else
		print_list(cli->w->arena, &found);
	return EX_OK;
}

int cli_decide(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {.arena = cli->w->arena, .d.quantity = 1};
	if (!read_options(argc, argv, &asked) || optind >= argc)
		return cli_usage(cli);
	const char *what = asked.d.kind = argv[optind], *word = argv[optind + 1];
	int words = argc - optind - 1;
	if (strcmp(what, "list") == 0 && words == 0)
		return list(cli, &asked);
	if (strcmp(what, "confirm") == 0)
		return confirm(cli, &asked, words, argv + optind + 1);
	if (asked.list && strcmp(what, "grant") == 0 && words == 0 && is_whole(&asked))
		return grant_list(cli, &asked);
	if (asked.list || words != (strcmp(what, "together") != 0) || !is_whole(&asked))
		return cli_usage(cli);
	if (words == 0)
		asked.d.month = month_add(asked.d.period, 1);
	return propose(cli, &asked, word);
}
