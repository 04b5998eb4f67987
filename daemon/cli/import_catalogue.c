/* import_catalogue.c: the names that lists may write under «Đối tượng». */
#include <stdio.h>
#include <string.h>

#include "daemon/cli/import_run.h"
#include "daemon/cli/csv_out.h"
#include "ledger/register/reference_store.h"

static void print_csv(const struct catalogue *c)
{
	static const char *const heading[] = {"programme", "code", "name", "others"};
	csv_out_row(stdout, heading, COUNT_OF(heading));
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_row *r = &c->at[i];
		const char *cells[] = {r->programme, r->code, r->name, r->others};
		csv_out_row(stdout, cells, COUNT_OF(cells));
	}
}

static void print_words(const struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_row *r = &c->at[i];
		if (i == 0 || strcmp(r->programme, r[-1].programme) != 0)
			printf("%sChương trình %s\n", i > 0 ? "\n" : "", r->programme);
		printf("  %s\n", r->name);
		if (*r->others)
			printf("\thoặc: %s\n", r->others);
	}
}

static void fill(struct json_writer *j, const void *what)
{
	const struct catalogue *c = what;
	json_open_array(j, "categories");
	for (size_t i = 0; i < c->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "programme", c->at[i].programme);
		json_put_str(j, "code", c->at[i].code);
		json_put_str(j, "name", c->at[i].name);
		json_put_str(j, "others", c->at[i].others);
		json_close(j);
	}
	json_close(j);
}

int import_catalogue(struct cli *cli, const struct import_asked *asked)
{
	struct catalogue c;
	if (asked->n_files != 1)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = catalogue_load(cli->w, asked->programme, &c);
	if (r == OK && c.n == 0) {
		why_set(&cli->w->why, "programme_unknown", "there is no programme %s", asked->programme);
		r = REFUSED;
	}
	if (r != OK)
		return cli_exit(cli, r);
	if (cli->json)
		cli_print_json(fill, &c);
	else if (asked->csv)
		print_csv(&c);
	else
		print_words(&c);
	return EX_OK;
}
