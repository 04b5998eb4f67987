#include "daemon/cli/area_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ledger/register/area_store.h"

struct asked {
	const char *unit, *to, *source;
};

static void fill(struct json_writer *j, const void *what)
{
	const struct area_rows *rows = what;
	char day[DAY_TEXT_SIZE];
	json_open_array(j, "units");
	for (size_t i = 0; i < rows->n; i++) {
		const struct area_row *a = &rows->at[i];
		json_open_object(j, NULL);
		json_put_str(j, "level", a->level);
		json_put_str(j, "name", a->name);
		json_put_str(j, "parent", a->parent);
		json_put_str(j, "from", day_format(a->from, day));
		if (a->ends)
			json_put_str(j, "to", day_format(a->to, day));
		json_put_str(j, "became", a->later);
		json_put_str(j, "made_of", a->earlier);
		json_close(j);
	}
	json_close(j);
}

static void print(const struct area_rows *rows)
{
	char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE] = "";
	for (size_t i = 0; i < rows->n; i++) {
		const struct area_row *a = &rows->at[i];
		if (a->ends)
			day_format(a->to, to);
		printf("%s%s%s, từ %s%s%s\n", a->name, *a->parent ? ", " : "", a->parent,
			day_format(a->from, from), a->ends ? " đến " : "", a->ends ? to : "");
		if (*a->later)
			printf("\tsau đó: %s\n", a->later);
		else if (a->ends)
			puts("\tsau đó: chưa rõ; ghi đơn vị của kỳ này vào danh sách, và đề nghị bổ sung danh mục đơn vị");
		if (*a->earlier)
			printf("\ttrước đó: %s\n", a->earlier);
	}
}

static int show(struct cli *cli, const char *code)
{
	struct area_rows rows;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = area_show(cli->w, code, &rows);
	if (r == OK && rows.n == 0) {
		why_set(&cli->w->why, "area_unknown", "there was never a unit %s", code);
		r = REFUSED;
	}
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &rows);
	else
		print(&rows);
	return EX_OK;
}

static void fill_nothing(struct json_writer *j, const void *unused)
{
	(void)unused;
	json_put_bool(j, "added", true);
}

static int village(struct cli *cli, const char *name, const struct asked *o)
{
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = area_village_add(cli->w, o->unit, name, o->to, o->source);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill_nothing, NULL);
	else
		printf("Từ nay người của %s thuộc %s nhập vào %s\n", name, o->unit, o->to);
	return EX_OK;
}

int cli_area(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	const struct cli_option known[] = {
		{"unit", .text = &o.unit},
		{"to", .text = &o.to},
		{"source", .text = &o.source},
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 2 != argc)
		return cli_usage(cli);
	bool given = o.unit && o.to && o.source && strlen(o.source) >= 3 && strlen(o.source) <= 200;
	if (strcmp(argv[optind], "show") == 0 && !o.unit && !o.to && !o.source)
		return show(cli, argv[optind + 1]);
	if (strcmp(argv[optind], "village") == 0 && given)
		return village(cli, argv[optind + 1], &o);
	return cli_usage(cli);
}
