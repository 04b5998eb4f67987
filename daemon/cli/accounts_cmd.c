#include "daemon/cli/accounts_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "ledger/books/balance_store.h"

struct answer {
	struct balances_asked asked;
	struct balances balances;
	const struct national *national; /* NULL: not asked for */
};

/* A day means its end, an instant what came with it too. */
static bool take_recorded(const char *text, void *to)
{
	struct balances_asked *a = to;
	struct day day;
	int64_t us;

	if (instant_parse(bytes_z(text), &us))
		a->before_us = us + 1;
	else if (day_parse(bytes_z(text), &day))
		a->before_us = instant_of_day_vn(day_add(day, 1));
	else
		return cli_wrong("Sửa --recorded: viết ngày như 2024-04-03, hoặc thời điểm như "
				 "2024-04-03T01:00:00.000000Z, không phải «%s»",
			text);
	return true;
}

static void fill(struct json_writer *j, const void *what)
{
	const struct answer *a = what;
	char day[DAY_TEXT_SIZE], at[INSTANT_TEXT_SIZE];

	if (a->asked.clock == CLOCK_EFFECTIVE)
		json_put_str(j, "effective", day_format(a->asked.day, day));
	if (a->asked.clock == CLOCK_RECORDED)
		json_put_str(j, "recorded_before", instant_format(a->asked.before_us, at));
	json_open_array(j, "accounts");
	for (size_t i = 0; i < a->balances.n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "account", a->balances.accounts[i]);
		json_put_vnd(j, "balance_dong", a->balances.at[i]);
		if (a->national) {
			json_put_str(j, "national_code", a->national[i].code);
			json_put_str(j, "national_name", a->national[i].name);
			json_put_bool(j, "reviewed", a->national[i].reviewed);
		}
		json_close(j);
	}
	json_close(j);
}

static void say_national(const struct national *n)
{
	if (n->code)
		printf("  %s %s%s", n->code, n->name, n->reviewed ? "" : " (kế toán chưa duyệt)");
	else
		printf("  chưa xác định");
}

static void say(const struct answer *a)
{
	const struct balances *b = &a->balances;
	char dong[VND_TEXT_SIZE];

	for (size_t i = 0; i < b->n; i++) {
		printf("%-60s %20s", b->accounts[i], vnd_format_dots(b->at[i], dong));
		if (a->national)
			say_national(&a->national[i]);
		putchar('\n');
	}
}

int cli_ledger_accounts(struct cli *cli, int argc, char **argv)
{
	struct answer a = {.asked = {.clock = CLOCK_NOW}};
	bool by_day = false, by_recorded = false, national = false;
	const struct cli_option options[] = {
		{.name = "effective", .day = &a.asked.day, .given = &by_day},
		{.name = "recorded", .take = take_recorded, .to = &a.asked, .given = &by_recorded},
		{.name = "national", .given = &national},
	};
	enum result result;

	if (!cli_options(argc, argv, options, COUNT_OF(options)) || argc - optind > 1 ||
		(by_day && by_recorded))
		return cli_usage(cli);
	a.asked.clock = by_day ? CLOCK_EFFECTIVE : by_recorded ? CLOCK_RECORDED : CLOCK_NOW;
	a.asked.account = argc > optind ? argv[optind] : NULL;
	TX_GUARD(cli->w);
	result = cli_enter(cli);
	if (result == OK)
		result = books_balances(cli->w, &a.asked, &a.balances);
	if (result == OK && national)
		result = books_national(cli->w, &a.balances, &a.national);
	if (result == OK)
		result = tx_commit(cli->w);
	if (result != OK)
		return cli_exit(cli, result);
	if (cli->json)
		cli_print_json(fill, &a);
	else
		say(&a);
	return EX_OK;
}
